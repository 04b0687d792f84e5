//! `audit`: everything held, checked again from raw bytes; and as a file that anyone checks.

use std::path::PathBuf;

pub use aronde_protocol::bundle::Checked;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Asks for an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Only what came after the newest audit up to this time that ended well; everything, where there is none.
    #[serde(default)]
    pub since: Option<Timestamp>,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditAnswer {
    /// False only when something held fails its check; forks and parked entries leave it true.
    pub ok: bool,
    /// How much was checked.
    pub checked: Checked,
    /// What a person should look at.
    pub findings: Vec<Finding>,
    /// The audit from which the rest was taken; absent when everything was checked.
    pub since: Option<EarlierAudit>,
}

/// An audit that ended well, where a later one began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierAudit {
    /// When it ended.
    pub at: Timestamp,
    /// When the last audit of everything ended that it rests on.
    pub whole_at: Timestamp,
    /// Entries that were held then.
    pub entries: u64,
    /// The root of the tree over their ids.
    pub held_digest: EntryId,
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

/// Asks for a bundle: what is held, as one file that anyone judges (`docs/format.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditBundle {
    /// The file, absolute, which is not there yet.
    pub file: PathBuf,
    /// What it is to be about: the id of an entry, or the beginning of one; everything otherwise.
    pub subject: Option<String>,
    /// Whether personal parts go into it.
    pub personal: bool,
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditBundled {
    /// The file.
    pub file: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// The federation, by its founding entry.
    pub federation: EntryId,
    /// Who signed it.
    pub exporter: MemberKey,
    /// What it is about.
    pub subject: Option<EntryId>,
    /// The newest charter, or the founding entry.
    pub charter: EntryId,
    /// Entries in it.
    pub entries: u64,
    /// Those of them that count.
    pub accepted: u64,
    /// Signatures of entries in it.
    pub signatures: u64,
    /// Personal parts in it.
    pub personal: u64,
}
