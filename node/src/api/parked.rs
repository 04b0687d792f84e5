//! `parked` and `why`: what is held and doesn't count, and by what right the rest does.

use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use serde::{Deserialize, Serialize};

/// Asks for all that is parked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParkedList {
    /// Only entries of the home's own member.
    #[serde(default)]
    pub mine: bool,
}

/// An entry that is held and doesn't count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedEntry {
    /// The entry.
    pub entry: EntryId,
    /// Who signed it.
    pub author: MemberKey,
    /// What the author is or was called.
    pub author_name: Option<String>,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub subject: Option<EntryId>,
    /// The reason, by the word that `docs/trust.md` has for it.
    pub reason: String,
}

/// Asks why one entry doesn't count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParkedExplain {
    /// The entry, or the beginning of its id.
    pub entry: String,
}

/// Why an entry doesn't count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedExplanation {
    /// The entry and the word for the reason.
    #[serde(flatten)]
    pub parked: ParkedEntry,
    /// The reason in one paragraph.
    pub because: String,
    /// What would make it count, in one paragraph.
    pub would_count_if: String,
    /// The removal beyond whose cut it lies, or the rotation.
    pub cut_by: Option<EntryId>,
}

/// Asks for one's own parked work to be signed again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParkedRescue {}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescued {
    /// Entries that count now, by what was signed.
    pub rescued: Vec<RescuedEntry>,
    /// Entries that stay parked, with what would help.
    pub left: Vec<LeftEntry>,
}

/// One that counts now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescuedEntry {
    /// What was parked.
    pub entry: EntryId,
    /// What was signed: the same statement again, or an edit that takes it in.
    pub by: EntryId,
}

/// One that stays parked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftEntry {
    /// What is parked.
    pub entry: EntryId,
    /// What would help.
    pub would_count_if: String,
}

/// Asks by what right an entry counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// The entry, or the beginning of its id.
    pub entry: String,
}

/// The chain of rights of an entry, from it back to the founding entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyAnswer {
    /// The entry.
    pub entry: EntryId,
    /// Whether it counts. The chain is empty when it doesn't.
    pub counts: bool,
    /// The chain.
    pub steps: Vec<WhyStep>,
}

/// One step of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyStep {
    /// The entry.
    pub entry: EntryId,
    /// Who signed it.
    pub author: MemberKey,
    /// What the author is or was called.
    pub author_name: Option<String>,
    /// Its kind.
    pub kind: String,
    /// When its author says it was signed.
    pub at: jiff::Timestamp,
    /// By what it counts, in one sentence.
    pub because: String,
    /// The charter that settled it, if one did.
    pub settled: Option<EntryId>,
}
