//! `contribute`, `attest`, `ledger list | show`.

use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::quantity::Quantity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Says that something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribute {
    /// For which design or other thing: its id, or a prefix.
    pub subject: String,
    /// What was done, a Valueflows action: `work`, `use`, `produce` …
    pub action: String,
    /// How much.
    pub quantity: Quantity,
    /// In words; kept apart from the facts and redactable.
    pub note: Option<String>,
    /// When it was done; now, when absent.
    pub at: Option<Timestamp>,
    /// Who did it, a DID; the signer, when absent.
    pub provider: Option<String>,
}

/// What an attestation says of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is as the record says.
    Confirm,
    /// It is not.
    Dispute,
}

/// Says whether a record is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attest {
    /// The record, or a prefix of its id.
    pub record: String,
    /// Whether it is right.
    pub verdict: Verdict,
    /// In words; kept apart from the facts and redactable.
    pub note: Option<String>,
}

/// An attestation was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// The attestation.
    pub id: EntryId,
    /// The record it is about.
    pub record: EntryId,
    /// Where that record stands now.
    pub standing: Standing,
}

/// Asks for records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerList {
    /// Only about this: its id, or a prefix.
    pub subject: Option<String>,
}

/// Asks for one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerShow {
    /// The record, or a prefix of its id.
    pub record: String,
}

/// Where a contribution stands under the federation's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Said, and neither confirmed nor disputed.
    Claimed,
    /// Confirmed by someone other than author and provider.
    Confirmed,
    /// Disputed by someone.
    Disputed,
    /// Replaced by a correction of its author.
    Corrected,
    /// Taken back by its author.
    Retracted,
    /// Held, without effect: nobody with right stands behind it.
    Parked,
}

impl Standing {
    /// The word for it, as in the JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Confirmed => "confirmed",
            Self::Disputed => "disputed",
            Self::Corrected => "corrected",
            Self::Retracted => "retracted",
            Self::Parked => "parked",
        }
    }
}

/// A contribution in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSummary {
    /// The record.
    pub id: EntryId,
    /// Who said it, a DID.
    pub author: String,
    /// Who did it, a DID.
    pub provider: String,
    /// What was done.
    pub action: String,
    /// For what.
    pub subject: EntryId,
    /// How much, an exact decimal.
    pub quantity: String,
    /// Of which unit, a UCUM code.
    pub unit: String,
    /// In words; absent when there are none or they are not held.
    pub note: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// How many confirmations count.
    pub confirmations: u64,
    /// How many disputes count.
    pub disputes: u64,
}

/// A contribution in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRecord {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: RecordSummary,
    /// What people call the author.
    pub author_name: Option<String>,
    /// The workshop the author wrote for; absent when no membership of theirs stands.
    pub workshop: Option<WorkshopId>,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// The title of the subject, when it is a design that is held.
    pub subject_title: Option<String>,
    /// When it was done, as the author claims.
    pub at: Timestamp,
    /// The author's log, as text: it is a 64-bit number.
    pub log: String,
    /// The place in that log.
    pub seq: u64,
    /// What was said about it.
    pub attestations: Vec<Attestation>,
}

/// A confirmation or a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The attestation.
    pub id: EntryId,
    /// Who said it, a DID.
    pub author: String,
    /// What people call them.
    pub author_name: Option<String>,
    /// Which of the two.
    pub verdict: Verdict,
    /// In words.
    pub note: Option<String>,
    /// When, as they claim.
    pub at: Timestamp,
    /// Whether it counts towards the standing.
    pub counts: bool,
}
