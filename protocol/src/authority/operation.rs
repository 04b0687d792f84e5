//! What operations say: their facts, read at the door and checked for form alone.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::entry::{EntryError, Kind};
use crate::id::{EntryId, MembershipId};
use crate::key::MemberKey;
use crate::limits;

mod facts;

pub use facts::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, Charter, DropKeeper, Endorse, Found, GiveSteward,
    Redact, RedactByMotion, RemoveMember, RemoveWorkshop, Rotate, Seal, SetPolicy, UnbindNode, Vote,
};

/// The personal part of an operation that admits somebody: what that member is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberName {
    /// 16 random bytes, so that a hash doesn't give away a name.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
    /// The name, of at most [`limits::NAME_MAX`] bytes.
    pub name: String,
}

impl MemberName {
    /// Reads a personal part; `None` when it isn't one, since it decides nothing.
    pub fn read(bytes: &[u8]) -> Option<String> {
        canonical::decode::<Self>(bytes).ok().map(|p| p.name).filter(|name| is_name(name))
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The name is empty, too long or holds control characters.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        check_name(&self.name)?;
        canonical::encode(self).map_err(|error| EntryError::Canonical { part: "personal part", error })
    }
}

/// The personal part of an operation that removes somebody or redacts: why it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// 16 random bytes, so that a hash doesn't give away a reason.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
    /// The reason, of at most [`limits::NOTE_MAX`] bytes.
    pub reason: String,
}

impl Reason {
    /// Reads a personal part; `None` when it isn't one, since it decides nothing.
    pub fn read(bytes: &[u8]) -> Option<String> {
        canonical::decode::<Self>(bytes).ok().map(|p| p.reason).filter(|reason| is_reason(reason))
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The reason is empty or too long.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        if !is_reason(&self.reason) {
            return Err(EntryError::Unfit("reason is empty or longer than 4 KiB"));
        }
        canonical::encode(self).map_err(|error| EntryError::Canonical { part: "personal part", error })
    }
}

fn is_reason(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= limits::NOTE_MAX
}

/// Whether a text may be the name of a member, workshop or federation.
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= limits::NAME_MAX && !text.chars().any(char::is_control)
}

fn check_name(text: &str) -> Result<(), EntryError> {
    if is_name(text) {
        Ok(())
    } else {
        Err(EntryError::Unfit("name is empty, longer than 64 bytes or holds control characters"))
    }
}

/// One row a kind: the variant and the constant of [`Kind`] that names it.
macro_rules! operations {
    ($($variant:ident $kind:ident),+ $(,)?) => {
        /// An operation of a known kind.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Operation {
            $(#[doc = concat!("See [`", stringify!($variant), "`].")] $variant($variant)),+
        }

        impl Operation {
            /// The kinds of operations that this version knows.
            pub const KINDS: &[&str] = &[$(Kind::$kind),+];

            /// Reads the facts of an operation; `None` when the kind isn't known here.
            ///
            /// # Errors
            /// The facts of a known kind are not canonical, or over a limit. A weak key is malformed facts.
            pub fn from_facts(kind: &Kind, facts: &[u8]) -> Result<Option<Self>, EntryError> {
                let refused = |error| EntryError::Canonical { part: "facts", error };
                let operation = match kind.as_str() {
                    $(Kind::$kind => Operation::$variant(canonical::decode(facts).map_err(refused)?),)+
                    _ => return Ok(None),
                };
                operation.check()?;
                Ok(Some(operation))
            }

            /// The kind it is carried in.
            pub fn kind(&self) -> &'static str {
                match self { $(Operation::$variant(_) => Kind::$kind),+ }
            }

            /// Its facts.
            ///
            /// # Errors
            /// Never for the types here; the encoder's signature has one.
            pub fn to_facts(&self) -> Result<Vec<u8>, canonical::CanonicalError> {
                match self { $(Operation::$variant(facts) => canonical::encode(facts)),+ }
            }
        }
    };
}

operations! {
    Found FOUND,
    AdmitWorkshop ADMIT_WORKSHOP,
    AdmitMember ADMIT_MEMBER,
    RemoveMember REMOVE_MEMBER,
    RemoveWorkshop REMOVE_WORKSHOP,
    GiveSteward GIVE_STEWARD,
    SetPolicy SET_POLICY,
    Vote VOTE,
    Rotate ROTATE,
    BindNode BIND_NODE,
    UnbindNode UNBIND_NODE,
    AddKeeper ADD_KEEPER,
    DropKeeper DROP_KEEPER,
    Charter CHARTER,
    Endorse ENDORSE,
    Redact REDACT,
    RedactByMotion REDACT_BY_MOTION,
}

impl Operation {
    /// The form that bytes alone decide: names, lengths, lists sorted and within their limit.
    fn check(&self) -> Result<(), EntryError> {
        match self {
            Operation::Found(found) => check_name(&found.name).and(check_name(&found.workshop)),
            Operation::AdmitWorkshop(admit) => check_name(&admit.name),
            Operation::AdmitMember(admit) => check_heads(&admit.heads, limits::CUT_MAX),
            Operation::RemoveMember(RemoveMember { cut, .. })
            | Operation::RemoveWorkshop(RemoveWorkshop { cut, .. })
            | Operation::DropKeeper(DropKeeper { cut, .. })
            | Operation::Rotate(Rotate { cut, .. }) => check_heads(cut, limits::CUT_MAX),
            Operation::BindNode(BindNode { peer, .. }) | Operation::UnbindNode(UnbindNode { peer, .. }) => {
                let fits = (1..=limits::PEER_ID_MAX).contains(&peer.len());
                if fits { Ok(()) } else { Err(EntryError::Unfit("peer id is empty or too long")) }
            }
            Operation::SetPolicy(set) => {
                let named = |name: &String| {
                    !name.is_empty()
                        && name.len() <= limits::POLICY_NAME_MAX
                        && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                };
                let fits = (1..=limits::POLICY_VALUES_MAX).contains(&set.values.len());
                if fits && set.values.keys().all(named) {
                    Ok(())
                } else {
                    Err(EntryError::Unfit(
                        "policy sets nothing, too much, or a name that is not of a to z and -",
                    ))
                }
            }
            Operation::Charter(charter) => {
                if charter.level == 0 {
                    return Err(EntryError::Unfit("charter names no rules level"));
                }
                // It covers its own past at least: the founding entry, which is a head or before one.
                if charter
                    .seal
                    .as_ref()
                    .is_some_and(|seal| seal.entries == 0 || !(1..=seal.entries).contains(&seal.logs))
                {
                    return Err(EntryError::Unfit("charter's seal is over no entries, or over no heads"));
                }
                check_heads(&charter.heals, limits::HEALS_MAX)
                    .and(check_heads(&charter.heads, limits::CHARTER_HEADS_MAX))
            }
            Operation::GiveSteward(_)
            | Operation::Vote(_)
            | Operation::AddKeeper(_)
            | Operation::Endorse(_)
            | Operation::Redact(_)
            | Operation::RedactByMotion(_) => Ok(()),
        }
    }

    /// The key that it admits, if it is an admission: `author` for a founding.
    pub fn admits(&self, author: MemberKey) -> Option<MemberKey> {
        match self {
            Operation::Found(_) => Some(author),
            Operation::AdmitWorkshop(admit) => Some(admit.key),
            Operation::AdmitMember(admit) => Some(admit.key),
            Operation::GiveSteward(give) => Some(give.key),
            _ => None,
        }
    }

    /// The membership that its author acts under; none for a founding.
    pub fn under(&self) -> Option<MembershipId> {
        match self {
            Operation::Found(_) => None,
            Operation::Rotate(op) => Some(op.membership),
            Operation::AdmitWorkshop(AdmitWorkshop { under, .. })
            | Operation::AdmitMember(AdmitMember { under, .. })
            | Operation::RemoveMember(RemoveMember { under, .. })
            | Operation::RemoveWorkshop(RemoveWorkshop { under, .. })
            | Operation::GiveSteward(GiveSteward { under, .. })
            | Operation::SetPolicy(SetPolicy { under, .. })
            | Operation::Vote(Vote { under, .. })
            | Operation::BindNode(BindNode { under, .. })
            | Operation::UnbindNode(UnbindNode { under, .. })
            | Operation::AddKeeper(AddKeeper { under, .. })
            | Operation::DropKeeper(DropKeeper { under, .. })
            | Operation::Charter(Charter { under, .. })
            | Operation::Endorse(Endorse { under, .. })
            | Operation::Redact(Redact { under, .. })
            | Operation::RedactByMotion(RedactByMotion { under, .. }) => Some(*under),
        }
    }

    /// Whether it needs a quorum of workshops' votes.
    pub fn is_motion(&self) -> bool {
        matches!(
            self,
            Operation::AdmitWorkshop(_)
                | Operation::RemoveWorkshop(_)
                | Operation::GiveSteward(_)
                | Operation::SetPolicy(_)
                | Operation::RedactByMotion(_)
        )
    }

    /// The entry whose personal part it asks to be forgotten, if it is a redaction of either sort.
    pub fn redacts(&self) -> Option<EntryId> {
        match self {
            Operation::Redact(Redact { entry, .. })
            | Operation::RedactByMotion(RedactByMotion { entry, .. }) => Some(*entry),
            _ => None,
        }
    }

    /// Whether it strikes what others rest on: a removal of a member or a workshop, or of a keeper's grant.
    pub fn strikes(&self) -> bool {
        matches!(self, Operation::RemoveMember(_) | Operation::RemoveWorkshop(_) | Operation::DropKeeper(_))
    }

    /// The heads of logs that it names: what it cuts at, lets stand again, or settles.
    pub fn heads(&self) -> &[EntryId] {
        match self {
            Operation::AdmitMember(AdmitMember { heads, .. }) | Operation::Charter(Charter { heads, .. }) => {
                heads
            }
            Operation::RemoveMember(RemoveMember { cut, .. })
            | Operation::RemoveWorkshop(RemoveWorkshop { cut, .. })
            | Operation::DropKeeper(DropKeeper { cut, .. })
            | Operation::Rotate(Rotate { cut, .. }) => cut,
            _ => &[],
        }
    }
}

/// A list of entries has one spelling: sorted, each once.
fn check_heads(heads: &[EntryId], most: usize) -> Result<(), EntryError> {
    if heads.len() > most {
        return Err(EntryError::Unfit("a list of entries is too long"));
    }
    if heads.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(EntryError::Unfit("a list of entries is not sorted, or names one twice"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::authority::Role;
    use crate::key::{KeyCommitment, SecretKey};

    fn key(seed: u8) -> MemberKey {
        SecretKey::from_seed(&[seed; 32]).member()
    }

    fn next() -> KeyCommitment {
        key(9).commitment()
    }

    const ID: EntryId = EntryId([7; 32]);

    #[test]
    fn a_name_travels_when_people_can_read_it_and_not_otherwise() {
        let part = |name: &str| MemberName { nonce: [3; 16], name: name.to_owned() };
        assert_eq!(MemberName::read(&part("Maker A").encode().unwrap()).unwrap(), "Maker A");
        let longest = "x".repeat(limits::NAME_MAX);
        assert!(is_name(&longest) && part(&longest).encode().is_ok());
        for bad in ["", "  ", "Maker\nA", "\u{7}", &format!("{longest}x")] {
            assert!(!is_name(bad) && part(bad).encode().is_err(), "{bad:?}");
            // What somebody else's software wrote so is no name here.
            assert_eq!(MemberName::read(&canonical::encode(&part(bad)).unwrap()), None, "{bad:?}");
        }
        assert_eq!(MemberName::read(b"Maker A"), None);
    }

    #[test]
    fn a_reason_says_something_and_is_no_book() {
        let part = |reason: &str| Reason { nonce: [3; 16], reason: reason.to_owned() };
        let longest = "x".repeat(limits::NOTE_MAX);
        for good in ["left us", "two\nlines", &longest] {
            assert_eq!(Reason::read(&part(good).encode().unwrap()).unwrap(), good);
        }
        for bad in ["", " \n", &format!("{longest}x")] {
            assert!(part(bad).encode().is_err());
            assert_eq!(Reason::read(&canonical::encode(&part(bad)).unwrap()), None);
        }
    }

    fn refused(operation: &Operation) -> bool {
        let facts = operation.to_facts().unwrap();
        Operation::from_facts(&Kind::new(operation.kind()).unwrap(), &facts).is_err()
    }

    #[test]
    fn a_policy_sets_something_under_plain_names() {
        let set = |names: &[&str]| {
            let values: BTreeMap<String, u64> = names.iter().map(|name| ((*name).to_owned(), 2)).collect();
            Operation::SetPolicy(SetPolicy { under: ID, values })
        };
        let longest = "q".repeat(limits::POLICY_NAME_MAX);
        assert!(!refused(&set(&["quorum", "charter-days", &longest])));
        for bad in [&[][..], &[""], &["Quorum"], &["quorum 2"], &[format!("{longest}q").as_str()]] {
            assert!(refused(&set(bad)), "{bad:?}");
        }
        let many: Vec<String> =
            (0..=limits::POLICY_VALUES_MAX).map(|n| "p".repeat(1 + n % 60) + &"q".repeat(n / 60)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(refused(&set(&many)) && !refused(&set(&many[1..])));
    }

    #[test]
    fn heads_have_one_spelling_and_a_limit() {
        let heads = |n: usize| -> Vec<EntryId> {
            let mut heads: Vec<_> = (0..n as u64).map(|n| EntryId::of(&n.to_le_bytes())).collect();
            heads.sort_unstable();
            heads
        };
        assert!(check_heads(&heads(5), 5).is_ok());
        assert!(check_heads(&heads(6), 5).is_err());
        let (mut twice, mut unsorted) = (heads(2), heads(2));
        twice[1] = twice[0];
        unsorted.reverse();
        assert!(check_heads(&twice, 5).is_err() && check_heads(&unsorted, 5).is_err());
    }

    #[test]
    fn what_admits_says_whom_and_only_removals_strike() {
        let found = Operation::Found(Found {
            name: "Commons".into(),
            workshop: "Workshop North".into(),
            next: next(),
            nonce: [0; 16],
        });
        let admit = Operation::AdmitMember(AdmitMember {
            under: ID,
            key: key(2),
            role: Role::Maker,
            next: next(),
            heads: vec![],
        });
        let remove = Operation::RemoveMember(RemoveMember { under: ID, key: key(2), cut: vec![] });
        assert_eq!(found.admits(key(1)), Some(key(1)));
        assert_eq!(admit.admits(key(1)), Some(key(2)));
        assert_eq!(remove.admits(key(1)), None);
        assert!(remove.strikes() && !found.strikes() && !admit.strikes());
    }

    #[test]
    fn a_role_is_read_from_its_own_word_alone() {
        for role in [Role::Steward, Role::Maker, Role::Auditor] {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        }
        assert!("king".parse::<Role>().is_err());
    }
}
