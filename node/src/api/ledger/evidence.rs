//! `ledger evidence`.

use std::path::PathBuf;

use aronde_protocol::id::EntryId;
use serde::{Deserialize, Serialize};

/// Writes out the files that a record shows as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEvidence {
    /// The record: its id, or the beginning of it.
    pub record: String,
    /// The folder to write to; absolute. It is made when it is not there.
    pub out: PathBuf,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceWritten {
    /// The record.
    pub id: EntryId,
    /// The folder.
    pub out: PathBuf,
    /// The files.
    pub files: Vec<EvidenceFile>,
    /// Files that were not fetched yet, by the names that they will have.
    pub missing: Vec<String>,
}

/// A file of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// What it is called in the folder: the beginning of its hash, and an ending.
    pub name: String,
    /// What it is, as `image/jpeg`.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
}
