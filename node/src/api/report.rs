//! `audit --report`: an audit with its totals, as a page for people or a document for programs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aronde_protocol::id::WorkshopId;
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AuditAnswer, CharterAlarm, CharterRow, FederationName, LedgerTotal, PolicyRow};

/// Asks for an audit of everything and a report of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditReport {
    /// The file to write, absolute, which is not there yet.
    pub file: PathBuf,
    /// What is written.
    pub form: ReportForm,
    /// The language of a page; a document for programs has none.
    #[serde(default)]
    pub language: ReportLanguage,
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportForm {
    /// One page that any browser shows and prints.
    Html,
    /// A [`Report`].
    Json,
}

/// The language of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportLanguage {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Dutch.
    #[serde(rename = "nl")]
    Dutch,
}

/// A report was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReported {
    /// What the audit found.
    #[serde(flatten)]
    pub audit: AuditAnswer,
    /// The file.
    pub report: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// What a report in JSON says. Nobody signs it: what it says is checked by an audit, or from a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What this is: `aronde report 1`.
    pub format: String,
    /// Who made it, and when.
    pub made: ReportMade,
    /// The federation, and the newest charter that is followed.
    pub federation: FederationName,
    /// That charter; absent while there is none.
    pub charter: Option<CharterRow>,
    /// Charters that quarrel, if there are any.
    pub alarm: Option<CharterAlarm>,
    /// The federation's policy.
    pub policy: Vec<PolicyRow>,
    /// Root over the entries that count, 64 hex digits.
    pub digest: String,
    /// Root over all entries held, 64 hex digits.
    pub held_digest: String,
    /// What the audit found.
    pub audit: AuditAnswer,
    /// Entries that came in after the audit read what is held, and before the totals were made; 0 almost always.
    pub came_in: u64,
    /// How many contributions stand how, those that no total counts included.
    pub contributions: BTreeMap<String, u64>,
    /// Exact sums, as `ledger totals` answers them.
    pub totals: ReportTotals,
}

/// Who made a report: as it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportMade {
    /// When, by the clock of the machine.
    pub at: Timestamp,
    /// The member of the home, a DID.
    pub by: MemberKey,
    /// What people call them.
    pub name: Option<String>,
    /// The workshop of the home.
    pub workshop: Option<WorkshopId>,
    /// What people call it.
    pub workshop_name: Option<String>,
    /// The version of Aronde.
    pub version: String,
}

/// The same contributions, added up four times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTotals {
    /// By who did it.
    pub member: Vec<LedgerTotal>,
    /// By the workshop in whose scope it was done.
    pub workshop: Vec<LedgerTotal>,
    /// By what it was for.
    pub subject: Vec<LedgerTotal>,
    /// By the month in which it was done, in UTC.
    pub month: Vec<LedgerTotal>,
}

impl Report {
    /// What its `format` says. Another number at its end is another shape.
    pub const FORMAT: &str = "aronde report 1";
}
