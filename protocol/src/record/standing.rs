//! What a record is worth: a pure function of the accepted attestations that speak of it.
//!
//! The rule, free of clocks and of order of arrival: of each member, an attestation counts unless the
//! same member said something later in the same log. Branches of a fork and different logs are not
//! later than each other: what they say counts side by side. The record's author and provider don't
//! count as confirming it. Then a record is *disputed* when a dispute counts, else *confirmed* when
//! enough confirmations by different members count (policy: [`CONFIRMATIONS`]), else *claimed*.
//!
//! Retraction and correction by the author come before these, when their kinds do.

use std::collections::BTreeSet;

use crate::id::EntryId;
use crate::key::MemberKey;

/// How many members must confirm a record, where the federation's policy doesn't say otherwise.
pub const CONFIRMATIONS: usize = 1;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Said, and neither confirmed nor disputed.
    Claimed,
    /// Confirmed by enough members other than author and provider.
    Confirmed,
    /// Disputed by a member.
    Disputed,
}

/// An accepted attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The entry.
    pub id: EntryId,
    /// Who says it.
    pub author: MemberKey,
    /// In which log.
    pub log: u64,
    /// At which place.
    pub seq: u64,
    /// Whether it confirms; it disputes otherwise.
    pub confirms: bool,
}

/// A record's standing, and the words that make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The standing.
    pub standing: Standing,
    /// Members whose confirmation counts.
    pub confirming: BTreeSet<MemberKey>,
    /// Members whose dispute counts.
    pub disputing: BTreeSet<MemberKey>,
    /// The attestations that count.
    pub counting: BTreeSet<EntryId>,
}

/// Judges a record by the accepted attestations that speak of it, given in any order.
pub fn judge(author: MemberKey, provider: MemberKey, words: &[Word]) -> Judged {
    let last = |w: &&Word| !words.iter().any(|v| v.author == w.author && v.log == w.log && v.seq > w.seq);
    let (mut confirming, mut disputing, mut counting) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for word in words.iter().filter(last) {
        if word.confirms && (word.author == author || word.author == provider) {
            continue;
        }
        counting.insert(word.id);
        if word.confirms {
            confirming.insert(word.author)
        } else {
            disputing.insert(word.author)
        };
    }
    let standing = if !disputing.is_empty() {
        Standing::Disputed
    } else if confirming.len() >= CONFIRMATIONS {
        Standing::Confirmed
    } else {
        Standing::Claimed
    };
    Judged { standing, confirming, disputing, counting }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    fn member(n: u8) -> MemberKey {
        SecretKey::from_seed(&[n; 32]).member()
    }

    fn word(author: u8, log: u64, seq: u64, confirms: bool) -> Word {
        Word { id: EntryId([author; 32]), author: member(author), log, seq, confirms }
    }

    fn standing(words: &[Word]) -> Standing {
        let forward = judge(member(1), member(2), words).standing;
        let backward: Vec<Word> = words.iter().rev().copied().collect();
        assert_eq!(judge(member(1), member(2), &backward).standing, forward, "order decides nothing");
        forward
    }

    #[test]
    fn a_contribution_is_claimed_until_another_member_confirms_it() {
        assert_eq!(standing(&[]), Standing::Claimed);
        assert_eq!(
            standing(&[word(1, 0, 5, true), word(2, 0, 0, true)]),
            Standing::Claimed,
            "author and provider"
        );
        assert_eq!(standing(&[word(3, 0, 0, true)]), Standing::Confirmed);
    }

    #[test]
    fn one_dispute_outweighs_confirmations_until_it_is_taken_back_in_the_same_log() {
        assert_eq!(standing(&[word(3, 0, 0, true), word(4, 0, 0, false)]), Standing::Disputed);
        let back = [word(3, 0, 0, true), word(4, 0, 0, false), word(4, 0, 1, true)];
        assert_eq!(standing(&back), Standing::Confirmed);
        assert_eq!(standing(&[word(4, 0, 0, false), word(4, 1, 9, true)]), Standing::Disputed, "another log");
    }

    #[test]
    fn the_author_may_dispute_what_he_said_himself() {
        assert_eq!(standing(&[word(1, 0, 0, false), word(3, 0, 0, true)]), Standing::Disputed);
    }
}
