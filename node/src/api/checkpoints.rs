//! `checkpoint`: charters whose authors said what they held, and what comes of that here.

use aronde_protocol::id::{EntryId, FileHash, WorkshopId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{MemberName, WorkshopName};

/// Asks for all checkpoints of the chain of charters that is followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointList {}

/// What comes of comparing a checkpoint with what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckpointState {
    /// What it says comes out here. Of all but the newest, what counted then is not judged again.
    Agrees,
    /// Something else comes out here.
    Differs,
    /// Not all that it covers is held here.
    NotHeld,
}

impl CheckpointState {
    /// The word for it, as in the JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::NotHeld => "not-held",
        }
    }
}

/// What a checkpoint says of the entries that it covers. Roots are in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointSeal {
    /// How many there are.
    pub entries: u64,
    /// The root over them, in the order in which charters came to cover them.
    pub history: String,
    /// How many heads their logs have.
    pub logs: u64,
    /// The root over these heads.
    pub heads: String,
    /// The digest of those that count.
    pub accepted: String,
}

/// A checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRow {
    /// The charter.
    pub id: EntryId,
    /// The charter before it.
    pub before: EntryId,
    /// Who made it.
    pub author: MemberName,
    /// When, as they claim.
    pub at: Timestamp,
    /// The workshops that verified it and vouch for it.
    pub endorsed: Vec<WorkshopName>,
    /// What it says.
    pub seal: CheckpointSeal,
    /// What comes of that here.
    pub state: CheckpointState,
    /// Whether it is the newest that is followed.
    pub newest: bool,
}

/// Asks for one checkpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointShow {
    /// Its id or the beginning of it; the newest that is followed, when absent.
    pub checkpoint: Option<String>,
    /// An entry to find in it, or the beginning of its id.
    pub entry: Option<String>,
}

/// A checkpoint in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointDetail {
    /// What the list says of it.
    #[serde(flatten)]
    pub row: CheckpointRow,
    /// What comes out here, where that differs.
    pub found: Option<CheckpointSeal>,
    /// Heads of logs that it covers and that are not held here.
    pub missing: Vec<EntryId>,
    /// The entry that was asked for.
    pub entry: Option<EntryCovered>,
}

/// Since when an entry was known, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCovered {
    /// The entry.
    pub entry: EntryId,
    /// Its place in the history; absent when the checkpoint does not cover it.
    pub place: Option<u64>,
    /// The first checkpoint that covers it.
    pub since: Option<EntryId>,
    /// When that was made, as its author claims.
    pub at: Option<Timestamp>,
    /// The workshops that vouched for that, or for one after it up to the one that was asked for.
    pub known_to: Vec<WorkshopName>,
}

/// Asks for the proof that a workshop endorsed a charter and another that rivals it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointProof {
    /// The charter, or the beginning of its id; one of those that quarrel, when absent.
    pub charter: Option<String>,
}

/// The proof of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointProofMade {
    /// The workshop that endorsed both.
    pub workshop: WorkshopId,
    /// What it is called.
    pub workshop_name: String,
    /// The two charters.
    pub charters: [EntryId; 2],
    /// The hash of the proof.
    pub hash: FileHash,
    /// The proof's bytes, in hexadecimal digits.
    pub proof: String,
}
