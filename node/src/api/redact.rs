//! `redact`.

use aronde_protocol::id::EntryId;
use serde::{Deserialize, Serialize};

use super::Moved;

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
    /// The redaction, or the motion for it.
    pub id: EntryId,
    /// The entry whose personal part it takes away.
    pub entry: EntryId,
    /// What the entry is.
    pub kind: String,
    /// Whether the part is erased, here and wherever this is heard of. Otherwise it is hidden, and erased when a
    /// charter covers the redaction; or it waits for votes.
    pub erased: bool,
    /// The motion, where it takes one: neither the signer nor anybody of their workshop wrote the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<Moved>,
}
