//! `audit`: everything held, checked again from raw bytes.

use serde::{Deserialize, Serialize};

/// Asks for an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditAnswer {
    /// False only when something held fails its check; forks and parked entries leave it true.
    pub ok: bool,
    /// How much was checked.
    pub checked: Checked,
    /// What a person should look at.
    pub findings: Vec<Finding>,
}

/// How much an audit checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Entries hashed and judged.
    pub entries: u64,
    /// Signatures verified.
    pub signatures: u64,
    /// Logs followed from head to start.
    pub logs: u64,
    /// Documents rebuilt.
    pub documents: u64,
    /// Records whose standing was computed.
    pub records: u64,
    /// Files hashed.
    pub files: u64,
}

/// Something an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What sort of thing: `damaged-entry`, `damaged-file`, `missing-file`, `fork`, `parked` …
    pub kind: String,
    /// The id of the entry, or the hash of the file; absent when neither can be told.
    pub entry: Option<String>,
    /// One sentence that says what is wrong, and what to do.
    pub what: String,
}
