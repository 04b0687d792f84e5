//! `workshop`: the workshops of the federation, and motions, which need the votes of several.

use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::{KeyCommitment, MemberKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{MemberName, Proposed, WorkshopName};

/// Asks for all workshops, former ones included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkshopList {}

/// A workshop, or a former one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkshopRow {
    /// The entry that admitted it.
    pub id: WorkshopId,
    /// What people call it.
    pub name: String,
    /// Its stewards.
    pub stewards: Vec<MemberName>,
    /// How many members it has, stewards included.
    pub members: u64,
    /// How many nodes are bound to it.
    pub nodes: u64,
    /// Whether it votes: whether it stood at the newest charter.
    pub votes: bool,
    /// Whether it was removed.
    pub removed: bool,
    /// The removals; absent when there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_by: Vec<EntryId>,
    /// Why, as a removal says; absent when none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Moves to admit a workshop with its first steward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkshopAdmit {
    /// What it is called.
    pub name: String,
    /// Its first steward.
    pub steward: MemberKey,
    /// What people call the steward.
    pub steward_name: Option<String>,
    /// The hash of the steward's next key.
    pub next: Option<KeyCommitment>,
}

/// Moves to remove a workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkshopRemove {
    /// The workshop: its name, its id or the beginning of it.
    pub workshop: String,
    /// Why.
    pub reason: String,
}

/// Moves to give a workshop that was left alone a steward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkshopSteward {
    /// The workshop: its name, its id or the beginning of it.
    pub workshop: String,
    /// The steward: the DID of anyone, or a member by name.
    pub steward: String,
    /// What people call the steward.
    pub steward_name: Option<String>,
    /// The hash of the steward's next key.
    pub next: Option<KeyCommitment>,
}

/// Asks for the motions that are open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkshopMotions {}

/// A motion that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MotionRow {
    /// The motion.
    pub id: EntryId,
    /// `admit-workshop`, `remove-workshop`, `give-steward`, `set-policy` or `redact-by-motion`.
    pub kind: String,
    /// What it would do, in words.
    pub what: String,
    /// Why, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who moved it.
    pub author: MemberName,
    /// When, as they claim.
    pub at: Timestamp,
    /// The workshops that voted for it.
    pub votes: Vec<WorkshopName>,
    /// The workshops that may still vote.
    pub missing: Vec<WorkshopName>,
    /// How many votes carry it.
    pub quorum: u64,
    /// Whether this home's workshop may still vote.
    pub waits_for_us: bool,
}

/// Votes for a motion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkshopVote {
    /// The motion: its id or the beginning of it.
    pub motion: String,
}

/// What came of a motion or a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The entry that was written: the motion, or the vote.
    pub id: EntryId,
    /// The motion.
    pub motion: EntryId,
    /// What it does, in words.
    pub what: String,
    /// Whether enough workshops have voted for it.
    pub carried: bool,
    /// How many more votes it needs.
    pub needed: u64,
    /// The workshops that may still vote; empty when it is carried.
    pub missing: Vec<WorkshopName>,
    /// The charter that was proposed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Proposed>,
    /// What should be known of it, each one sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}
