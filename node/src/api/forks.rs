//! `forks`, `forks show | heal`: places where one log has more than one hand, or a hand that forgot.

use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Asks for all forks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forks {}

/// Asks for one fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForksShow {
    /// One of its entries (or a prefix of its id), or `AUTHOR/LOG/SEQ`.
    pub fork: String,
}

/// Asks for the proof of a fork.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForksProof {
    /// As for [`ForksShow`]; the only one there is, when absent.
    pub fork: Option<String>,
}

/// Heals forks of the signer's own logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForksHeal {
    /// As for [`ForksShow`]: all of the log that it is on; every log of the signer, when absent.
    pub fork: Option<String>,
}

/// A fork in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkSummary {
    /// Whose log.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// Which log, a number of 64 bits as text.
    pub log: String,
    /// The place at which it parts, from 0.
    pub seq: u64,
    /// The entries there, by id: each begins a branch.
    pub entries: Vec<EntryId>,
    /// What its owner said about it, if that covers all that is held of the log.
    pub healed: Option<Healing>,
}

/// The word of a log's owner that its branches are theirs, and left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Healing {
    /// The entry that says so.
    pub entry: EntryId,
    /// When, as they claim.
    pub at: Timestamp,
}

/// A fork with its branches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkDetail {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: ForkSummary,
    /// The branches, in the order of `entries`.
    pub branches: Vec<ForkBranch>,
}

/// One branch of a fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkBranch {
    /// How many entries it has.
    pub length: u64,
    /// How many of them count.
    pub counting: u64,
    /// The first of them, at most 1,000, each after the one that it continues.
    pub entries: Vec<ForkEntry>,
}

/// An entry on a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkEntry {
    /// Its id.
    pub id: EntryId,
    /// Its place in the log.
    pub seq: u64,
    /// When it was written, as its author claims.
    pub at: Timestamp,
    /// What it is, `class/name`.
    pub kind: String,
    /// What it is about, if it is about something.
    pub subject: Option<EntryId>,
    /// The title of the design that it makes, changes or speaks of.
    pub subject_title: Option<String>,
    /// Whether it counts.
    pub counts: bool,
    /// Why it doesn't, in words.
    pub reason: Option<String>,
}

/// The proof of a fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkProofMade {
    /// Whose log.
    pub author: MemberKey,
    /// Which log, as text.
    pub log: String,
    /// Which place.
    pub seq: u64,
    /// The two entries that it is about, by id.
    pub entries: [EntryId; 2],
    /// BLAKE3 of the proof's bytes.
    pub hash: FileHash,
    /// The bytes in hex, as `aronde verify` checks them.
    pub proof: String,
}

/// A log whose forks were healed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkHealed {
    /// The entry that says so.
    pub id: EntryId,
    /// The log, as text.
    pub log: String,
    /// The last entries of its branches, by id.
    pub heads: Vec<EntryId>,
}
