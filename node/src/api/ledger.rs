//! The ledger: what can be asked of it; what is written to it is in `api/ledger/say.rs`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod evidence;
mod say;

pub use evidence::{EvidenceFile, EvidenceWritten, LedgerEvidence};
pub use say::{
    AgentClaim, AgentClaimed, AgentList, AgentRow, Attest, Attested, Book, Booked, Cite, Contribute,
    ContributeImport, Correct, Imported, Relation, Retract, Settle, Verdict,
};

/// Asks for records. What is absent excludes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerList {
    /// Only about this: its id, a prefix, or words of its title.
    pub subject: Option<String>,
    /// Only what this one did: a DID, a member's name, or an agent's id or name.
    pub provider: Option<String>,
    /// Only in the scope of this workshop: its id, a prefix, or its name.
    pub workshop: Option<String>,
    /// Only what was done then or later.
    pub from: Option<Timestamp>,
    /// Only what was done before.
    pub to: Option<Timestamp>,
    /// Only what stands so.
    pub standing: Option<Standing>,
    /// Only this action.
    pub action: Option<String>,
}

/// Asks for one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerShow {
    /// The record, or a prefix of its id.
    pub record: String,
}

/// What totals are grouped by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LedgerGroup {
    /// Who did it.
    #[default]
    Member,
    /// What it was for.
    Subject,
    /// In which workshop's scope.
    Workshop,
    /// In which month it was done, in UTC.
    Month,
}

/// Asks for totals: of all that is neither retracted, corrected nor parked, unless the filter names a standing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerTotals {
    /// By what.
    #[serde(default)]
    pub group: LedgerGroup,
    /// Over which records.
    #[serde(default)]
    pub records: LedgerList,
}

/// The exact sum of a group's quantities of one unit, for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerTotal {
    /// What it was for; absent when nothing was said.
    pub subject: Option<EntryId>,
    /// The group: a DID, the name of an agent as it was found (its id, when the name is not there), an id of a subject
    /// or a workshop, or a month as `2026-11`; absent when nothing was said.
    pub group: Option<String>,
    /// The unit: a UCUM code, or a currency's.
    pub unit: String,
    /// The sum, an exact decimal.
    pub quantity: String,
    /// How many records went into it.
    pub records: u64,
    /// What people call the group.
    pub name: Option<String>,
    /// The agent, where the group is one.
    pub agent: Option<EntryId>,
    /// What people call the subject.
    pub subject_title: Option<String>,
    /// The same sum by action.
    pub actions: BTreeMap<String, String>,
    /// How many of the records stand how.
    pub standings: BTreeMap<String, u64>,
}

/// A form that records are exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LedgerFormat {
    /// A table for spreadsheets, in which no cell is a formula.
    Csv,
    /// As `ledger list --json`.
    Json,
    /// JSON-LD in the words of Valueflows 1.0.
    Valueflows,
    /// A table for people who work with data; into a file only.
    Parquet,
}

/// Asks for records in a form for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerExport {
    /// The form.
    pub format: LedgerFormat,
    /// A file to write; absolute. The text is in the answer, when absent.
    pub path: Option<PathBuf>,
    /// Which records.
    #[serde(default)]
    pub records: LedgerList,
}

/// Records in a form for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerExported {
    /// How many records.
    pub records: u64,
    /// The file that was written.
    pub path: Option<PathBuf>,
    /// The text, when no file was asked for.
    pub text: Option<String>,
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
    /// Replaced by a correction of its author or provider.
    Corrected,
    /// Taken back by its author or provider.
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
    pub author: MemberKey,
    /// Who did it, a DID; absent when that is an agent whom no one member claims to be.
    pub provider: Option<MemberKey>,
    /// The agent that the record names.
    pub agent: Option<EntryId>,
    /// What people call who did it.
    pub provider_name: Option<String>,
    /// Whom it was for, a DID.
    pub receiver: Option<MemberKey>,
    /// The workshop in whose scope it was done.
    pub workshop: Option<WorkshopId>,
    /// What was done.
    pub action: String,
    /// For what.
    pub subject: Option<EntryId>,
    /// How much, an exact decimal.
    pub quantity: String,
    /// Of which unit: a UCUM code, or a currency's.
    pub unit: String,
    /// Of `use`: how much was used, an exact decimal.
    pub resource_quantity: Option<String>,
    /// Its unit.
    pub resource_unit: Option<String>,
    /// What was worked with or made.
    pub resource: Option<String>,
    /// In what capacity.
    pub role: Option<String>,
    /// When it was done, or began, as its author claims.
    pub at: Timestamp,
    /// When it ended, where that is said.
    pub ended: Option<Timestamp>,
    /// When it was written down, as its author claims.
    pub recorded: Timestamp,
    /// Whether it was written down long after it was done, by the federation's policy.
    pub late: bool,
    /// The contribution in whose place it stands.
    pub corrects: Option<EntryId>,
    /// In words; absent when there are none or they are not held.
    pub note: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// How many confirmations count.
    pub confirmations: u64,
    /// How many disputes count.
    pub disputes: u64,
    /// How it was settled: `cash`, `credits`, `invoice`, `gift`, `shares`.
    pub settled: Vec<String>,
}

/// A contribution in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRecord {
    /// What a list shows. Its `workshop` is the one that the author writes for, where the record names none.
    #[serde(flatten)]
    pub summary: RecordSummary,
    /// What people call the author.
    pub author_name: Option<String>,
    /// What people call the workshop.
    pub workshop_name: Option<String>,
    /// The title of the subject, when it is a design that is held.
    pub subject_title: Option<String>,
    /// The author's log, as text: it is a 64-bit number.
    pub log: String,
    /// The place in that log.
    pub seq: u64,
    /// What shows it, in one line each.
    pub evidence: Vec<String>,
    /// The contributions that correct it.
    pub corrected_by: Vec<EntryId>,
    /// How it was settled.
    pub settlements: Vec<Settlement>,
    /// What was said about it.
    pub attestations: Vec<Attestation>,
}

/// How a contribution was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The settlement.
    pub id: EntryId,
    /// `cash`, `credits`, `invoice`, `gift` or `shares`.
    pub means: String,
    /// How much was paid, as `3.50 EUR`.
    pub amount: Option<String>,
    /// Who settled it, a DID.
    pub by: MemberKey,
    /// When it was written down.
    pub at: Timestamp,
}

/// A confirmation or a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The attestation.
    pub id: EntryId,
    /// Who said it, a DID.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// What is said.
    pub verdict: Verdict,
    /// How they come to know.
    pub relation: Option<Relation>,
    /// In words.
    pub note: Option<String>,
    /// When, as they claim.
    pub at: Timestamp,
    /// Whether it counts towards the standing.
    pub counts: bool,
}
