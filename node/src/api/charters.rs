//! `charter`: what the federation agreed on, and by whom.

use aronde_protocol::id::EntryId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{MemberName, WorkshopName};

/// Asks for all charters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterList {}

/// A charter. Its flags are independent of each other.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharterRow {
    /// The charter.
    pub id: EntryId,
    /// The charter before it; the first follows the founding entry.
    pub before: EntryId,
    /// The rivals that it heals; absent when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heals: Vec<EntryId>,
    /// Who proposed it.
    pub author: MemberName,
    /// When, as they claim.
    pub at: Timestamp,
    /// The workshops that endorsed it.
    pub endorsed: Vec<WorkshopName>,
    /// The workshops that are asked, and did not.
    pub missing: Vec<WorkshopName>,
    /// Whether enough endorsed it.
    pub in_force: bool,
    /// Whether it lies on the chain that is followed here.
    pub followed: bool,
    /// Whether it is the newest of that chain.
    pub newest: bool,
    /// Whether it is one of several that follow one charter, and an alarm is up.
    pub rival: bool,
}

/// Asks for one charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterShow {
    /// Its id or the beginning of it; the newest that is followed, when absent.
    pub charter: Option<String>,
}

/// A charter in full, or the founding entry while there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharterDetail {
    /// The charter; the founding entry, while there is none.
    pub id: EntryId,
    /// What the list says of it; absent for the founding entry.
    pub charter: Option<CharterRow>,
    /// How many operations it settles.
    pub operations: u64,
    /// Heads of the logs of work that it settles.
    pub heads: Vec<EntryId>,
    /// The workshops that stand in it, and vote when it is the newest.
    pub workshops: Vec<WorkshopName>,
    /// The entries that would begin or cease to count here if it were followed; absent when it is, or when that
    /// can't be said.
    pub would_change: Option<Vec<EntryId>>,
    /// The entries whose words would be erased if it were followed, since a motion redacted them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub would_erase: Vec<EntryId>,
    /// Charters that quarrel over what follows one, if there are any.
    pub alarm: Option<CharterAlarm>,
}

/// Charters that follow one charter, none of which heals the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharterAlarm {
    /// The charter that they follow.
    pub before: EntryId,
    /// They.
    pub rivals: Vec<EntryId>,
    /// The workshops that endorsed more than one of them.
    pub double_signers: Vec<WorkshopName>,
}

/// Proposes a charter that settles what counts here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterPropose {}

/// Endorses a charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterEndorse {
    /// Its id or the beginning of it; the one that waits, when there is just one.
    pub charter: Option<String>,
}

/// A charter that was proposed or endorsed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// The entry that was written: the charter, or the endorsement.
    pub id: EntryId,
    /// The charter.
    pub charter: EntryId,
    /// Whether enough workshops endorsed it.
    pub in_force: bool,
    /// The workshops that are asked, and did not; empty when it is in force.
    pub missing: Vec<WorkshopName>,
}
