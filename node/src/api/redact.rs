//! `redact`.

use aronde_protocol::id::EntryId;
use serde::{Deserialize, Serialize};

/// Has the personal part of an entry forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redact {
    /// The entry, or the beginning of its id.
    pub entry: String,
    /// Why, in words that everybody sees.
    pub reason: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// The redaction.
    pub id: EntryId,
    /// The entry whose personal part it takes away.
    pub entry: EntryId,
    /// What the entry is.
    pub kind: String,
    /// Whether the part is erased, here and wherever this is heard of. Otherwise it is hidden, and erased when a
    /// charter covers the redaction.
    pub erased: bool,
}
