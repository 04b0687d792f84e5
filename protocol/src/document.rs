//! Documents: what people edit together.
//!
//! Goals: a document is a pure function of its accepted entries; every value knows the entry that
//! wrote it; concurrent values are all shown. Entries carry *edits* in our own canonical form
//! ([`edit`]); Automerge merges them ([`materialise`]) and never meets bytes from a peer.
//!
//! Invariants: the order in which entries are given changes nothing; an edit that doesn't fit is
//! skipped and reported, and never decides whether its entry is accepted; nothing is ever deleted
//! inside Automerge but the characters of a text.
//!
//! Not here: which entries are accepted (acceptance), the validity of licences, the bytes of files.

pub mod actor;
pub mod apply;
pub mod authoring;
pub mod batch;
pub mod check;
pub mod design;
pub mod diff;
pub mod draft;
pub mod edit;
pub mod field_name;
pub mod history;
pub mod materialise;
pub mod order;
pub mod procedure;
pub mod read;
pub mod register;
pub mod release;
pub mod resolve;
mod rising;
pub mod schema;
pub mod settled;
pub mod snapshot;
pub mod text_diff;
pub mod touch;
pub mod update;
pub mod value;
pub mod view;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
pub(crate) mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::id::EntryId;
use crate::key::MemberKey;

/// What a document reads of one accepted entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentEntry {
    /// The entry.
    pub id: EntryId,
    /// Who wrote it.
    pub author: MemberKey,
    /// Which of the author's logs it is in.
    pub log: u64,
    /// Its place in that log, among entries of whatever kind and document.
    pub seq: u64,
    /// When it was written, as its author claims: milliseconds since 1970.
    pub at: u64,
    /// The entries of this document that its author had before them.
    pub deps: Vec<EntryId>,
    /// Its facts: of a creation for the document's first entry, of an edit for every other.
    pub facts: Vec<u8>,
    /// Its personal part; none when it had none, when it was redacted, or when it isn't here yet.
    pub personal: Option<Vec<u8>>,
}

impl DocumentEntry {
    /// What a document reads of this entry.
    pub fn of(entry: &Entry) -> Self {
        let header = entry.header();
        Self {
            id: entry.id(),
            author: entry.author(),
            log: header.log,
            seq: header.seq,
            at: header.at,
            deps: header.deps.clone(),
            facts: entry.facts().to_vec(),
            personal: entry.personal().map(<[u8]>::to_vec),
        }
    }
}

/// The name of an item of a list, or of a collaborative text: the edit that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemId {
    /// The entry that made it.
    pub entry: EntryId,
    /// The index of the edit in that entry.
    pub edit: u32,
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.entry, self.edit)
    }
}

impl std::str::FromStr for ItemId {
    type Err = crate::id::IdError;

    /// Reads what it is shown as.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (entry, edit) = text.split_once('.').unwrap_or((text, ""));
        let edit = edit.parse().map_err(|_| crate::id::IdError(text.chars().take(80).collect()))?;
        Ok(Self { entry: entry.parse()?, edit })
    }
}

/// Who wrote a value, when, in which entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Hand {
    /// The entry.
    pub entry: EntryId,
    /// Its author.
    pub author: MemberKey,
    /// When, as the author claims: milliseconds since 1970.
    pub at: u64,
}
