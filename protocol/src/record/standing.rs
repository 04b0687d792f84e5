//! What a record is worth: a pure function of the accepted records that speak of it.
//!
//! A record is *parked* when it doesn't count, else *retracted* when who said it or did it takes it back, else *corrected*
//! when one of them wrote another in its place, else *disputed* when a dispute counts, else *confirmed* when enough
//! confirmations count, else *claimed*. [`super::ledger`] gathers what this reads.
//!
//! Which words count is free of clocks and of order of arrival: of each member, an attestation counts unless the same
//! member said something later in the same log. Branches of a fork and different logs are not later than each other: what
//! they say counts side by side. The record's author and provider don't count as confirming it.
//!
//! How many are enough is the federation's [`Policy`].

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::attestation::Verdict;
use crate::id::EntryId;
use crate::key::MemberKey;
use crate::quantity::sum::{Exact, Measured, convert};
use crate::quantity::{money, unit};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Said, and neither confirmed nor disputed.
    Claimed,
    /// Confirmed by enough members other than author and provider.
    Confirmed,
    /// Disputed by a member; or a correction beside another one of the same record.
    Disputed,
    /// Another contribution stands in its place.
    Corrected,
    /// Taken back.
    Retracted,
    /// Held, without effect.
    Parked,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Claimed, Self::Confirmed, Self::Disputed, Self::Corrected, Self::Retracted, Self::Parked];

    /// Whether a record that stands so is part of what was done.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Claimed | Self::Confirmed | Self::Disputed)
    }
}

/// What the federation's policy says of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many members must confirm a record.
    pub confirmations: u64,
    /// How many of them must be of a workshop in which the record's author never was.
    pub elsewhere: u64,
    /// Over so many hours a contribution is large.
    pub large_hours: Option<u64>,
    /// Over so much money, of any currency, a contribution is large.
    pub large_amount: Option<u64>,
    /// How many members must confirm a large one.
    pub large_confirmations: u64,
    /// A record that is written more than so many days after what it says is late.
    pub late_days: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self::of(&BTreeMap::new())
    }
}

impl Policy {
    /// The name of [`Policy::confirmations`] in the federation's policy; 1 when not set.
    pub const CONFIRMATIONS: &'static str = "confirmations";
    /// The name of [`Policy::elsewhere`]; 0 when not set.
    pub const ELSEWHERE: &'static str = "confirmations-elsewhere";
    /// The name of [`Policy::large_hours`]; nothing is large by its hours when not set.
    pub const LARGE_HOURS: &'static str = "large-hours";
    /// The name of [`Policy::large_amount`]; nothing is large by its money when not set.
    pub const LARGE_AMOUNT: &'static str = "large-amount";
    /// The name of [`Policy::large_confirmations`]; as others when not set.
    pub const LARGE_CONFIRMATIONS: &'static str = "large-confirmations";
    /// The name of [`Policy::late_days`]; 90 when not set.
    pub const LATE_DAYS: &'static str = "late-days";

    /// What the federation set, and the defaults.
    pub fn of(values: &BTreeMap<String, u64>) -> Self {
        let value = |name: &str| values.get(name).copied();
        let confirmations = value(Self::CONFIRMATIONS).unwrap_or(1).max(1);
        Self {
            confirmations,
            elsewhere: value(Self::ELSEWHERE).unwrap_or(0),
            large_hours: value(Self::LARGE_HOURS),
            large_amount: value(Self::LARGE_AMOUNT),
            large_confirmations: value(Self::LARGE_CONFIRMATIONS).unwrap_or(confirmations).max(confirmations),
            late_days: value(Self::LATE_DAYS).unwrap_or(90),
        }
    }

    /// How many must confirm a record of such an amount.
    pub fn needed(&self, amount: Decimal, unit: &str) -> u64 {
        let limit = match Measured::of(unit) {
            Measured::In(unit::Dimension::Time) => self.large_hours.map(|hours| (hours, "h")),
            Measured::Of(code) if money::by_code(&code).is_some() => {
                self.large_amount.map(|most| (most, unit))
            }
            _ => None,
        };
        let is_large = limit.is_some_and(|(most, of)| {
            let limit = convert(Decimal::from(most).into(), of, if of == "h" { "s" } else { of });
            let amount = convert(Exact::from(amount), unit, if of == "h" { "s" } else { of });
            match (amount, limit) {
                (Ok(Some(amount)), Ok(Some(limit))) => amount.exceeds(limit).unwrap_or(true),
                // What has more digits than can be kept is large by any measure.
                _ => true,
            }
        });
        if is_large { self.large_confirmations } else { self.confirmations }
    }

    /// Whether a record was written late.
    pub fn is_late(&self, happened: u64, recorded: u64) -> bool {
        recorded.saturating_sub(happened) > self.late_days.saturating_mul(24 * 3600 * 1000)
    }
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
    /// What it says.
    pub verdict: Verdict,
    /// Whether its author speaks for a workshop in which the record's author never was.
    pub elsewhere: bool,
}

/// The words on a record, and what they make of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Claimed, confirmed or disputed.
    pub standing: Standing,
    /// Members whose confirmation counts.
    pub confirming: BTreeSet<MemberKey>,
    /// Members whose dispute counts.
    pub disputing: BTreeSet<MemberKey>,
    /// The attestations that count.
    pub counting: BTreeSet<EntryId>,
}

/// Judges a record by the accepted attestations that speak of it, given in any order. `hands` are those who said it and
/// did it; `needed` and `elsewhere` are how many confirmations it takes, and how many of them from elsewhere.
pub fn judge(hands: &[MemberKey], words: &[Word], needed: u64, elsewhere: u64) -> Judged {
    let mut last: BTreeMap<(MemberKey, u64), u64> = BTreeMap::new();
    for word in words {
        let seq = last.entry((word.author, word.log)).or_insert(word.seq);
        *seq = word.seq.max(*seq);
    }
    let (mut confirming, mut disputing, mut counting) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut from_elsewhere = BTreeSet::new();
    for word in words.iter().filter(|word| last.get(&(word.author, word.log)) == Some(&word.seq)) {
        match word.verdict {
            Verdict::Confirm if hands.contains(&word.author) => continue,
            Verdict::Confirm => {
                confirming.insert(word.author);
                from_elsewhere.extend(word.elsewhere.then_some(word.author));
            }
            Verdict::Dispute => {
                disputing.insert(word.author);
            }
            Verdict::Withdraw => continue,
        }
        counting.insert(word.id);
    }
    let enough = confirming.len() as u64 >= needed && from_elsewhere.len() as u64 >= elsewhere;
    let standing = if !disputing.is_empty() {
        Standing::Disputed
    } else if enough {
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

    fn word(author: u8, log: u64, seq: u64, verdict: Verdict) -> Word {
        let id = EntryId([author; 32]);
        Word { id, author: member(author), log, seq, verdict, elsewhere: author > 4 }
    }

    use Verdict::{Confirm, Dispute, Withdraw};

    fn under(words: &[Word], needed: u64, elsewhere: u64) -> Standing {
        let hands = [member(1), member(2)];
        let forward = judge(&hands, words, needed, elsewhere).standing;
        let backward: Vec<Word> = words.iter().rev().copied().collect();
        assert_eq!(judge(&hands, &backward, needed, elsewhere).standing, forward, "order decides nothing");
        forward
    }

    fn standing(words: &[Word]) -> Standing {
        under(words, 1, 0)
    }

    #[test]
    fn a_contribution_is_claimed_until_another_member_confirms_it() {
        assert_eq!(standing(&[]), Standing::Claimed);
        let own = [word(1, 0, 5, Confirm), word(2, 0, 0, Confirm)];
        assert_eq!(standing(&own), Standing::Claimed, "author and provider");
        assert_eq!(standing(&[word(3, 0, 0, Confirm)]), Standing::Confirmed);
    }

    #[test]
    fn one_dispute_outweighs_confirmations_until_it_is_taken_back_in_the_same_log() {
        assert_eq!(standing(&[word(3, 0, 0, Confirm), word(4, 0, 0, Dispute)]), Standing::Disputed);
        let back = [word(3, 0, 0, Confirm), word(4, 0, 0, Dispute), word(4, 0, 1, Confirm)];
        assert_eq!(standing(&back), Standing::Confirmed);
        let withdrawn = [word(4, 0, 0, Dispute), word(4, 0, 1, Withdraw)];
        assert_eq!(standing(&withdrawn), Standing::Claimed);
        let elsewhere = [word(4, 0, 0, Dispute), word(4, 1, 9, Confirm)];
        assert_eq!(standing(&elsewhere), Standing::Disputed, "another log");
    }

    #[test]
    fn the_author_may_dispute_what_he_said_himself() {
        assert_eq!(standing(&[word(1, 0, 0, Dispute), word(3, 0, 0, Confirm)]), Standing::Disputed);
    }

    #[test]
    fn a_policy_may_ask_for_more_and_for_words_from_elsewhere() {
        let two = [word(3, 0, 0, Confirm), word(4, 0, 0, Confirm)];
        assert_eq!((under(&two, 2, 0), under(&two, 3, 0)), (Standing::Confirmed, Standing::Claimed));
        assert_eq!(under(&two, 2, 1), Standing::Claimed, "both are of the same workshop");
        assert_eq!(under(&[two[0], word(5, 0, 0, Confirm)], 2, 1), Standing::Confirmed);
    }

    #[test]
    fn what_is_large_is_told_by_hours_and_money_only() {
        let values = [("large-hours", 40), ("large-amount", 1000), ("large-confirmations", 3)];
        let policy = Policy::of(&values.map(|(name, value)| (name.to_owned(), value)).into());
        let needed = |amount: &str, unit: &str| policy.needed(amount.parse().unwrap(), unit);
        assert_eq!([needed("40", "h"), needed("40.01", "h"), needed("2401", "min")], [1, 3, 3]);
        assert_eq!([needed("1000", "EUR"), needed("1000.01", "CHF"), needed("5000", "kg")], [1, 3, 1]);
        assert_eq!(Policy::default().needed(Decimal::MAX, "h"), 1);
    }
}
