//! What a document was read to, kept so that it need not be read again.
//!
//! A document costs each of its entries when it is read from them. A snapshot holds what they made; later entries
//! that build on all of it are applied on top. It is kept in memory, or on disk between starts.
//!
//! Invariants: the document that comes of a snapshot equals the one that the entries alone make, or none comes;
//! its bytes are our own, told by a hash, and never a peer's; no personal value is in it, so that a redaction
//! has nothing to look for there. A snapshot is a cache: whoever has none, or one that is of no use, reads the
//! entries.

use std::collections::{BTreeSet, HashMap};

use automerge::{Automerge, ChangeHash, LoadOptions, TextEncoding};
use serde::{Deserialize, Serialize};

use super::DocumentEntry;
use super::actor;
use super::apply::Misfit;
use super::history::{History, NodeSet};
use super::materialise::{Document, Skipped, apply, decode};
use crate::canonical;
use crate::id::{DocumentId, EntryId};

/// What the bytes begin with. The number goes up whenever the same entries make another document: with the
/// schema, with what fits, with the layout inside Automerge.
const FORMAT: &[u8] = concat!("aronde document 1 ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();
const HASH: usize = 32;

/// A document as far as it was read.
#[derive(Debug, Clone)]
pub struct Snapshot {
    document: DocumentId,
    kind: String,
    schema: u64,
    changes: HashMap<EntryId, ChangeHash>,
    skipped: Vec<Skipped>,
    merged: Automerge,
}

/// Its bytes, behind format and hash. Entries and the hashes of their changes go side by side.
#[derive(Serialize, Deserialize)]
struct Form {
    document: DocumentId,
    kind: String,
    schema: u64,
    entries: Vec<EntryId>,
    #[serde(with = "serde_bytes")]
    changes: Vec<u8>,
    skipped: Vec<(EntryId, Option<u32>, Misfit)>,
    #[serde(with = "serde_bytes")]
    merged: Vec<u8>,
}

impl From<Document> for Snapshot {
    fn from(document: Document) -> Self {
        let ids = document.history.nodes.iter().map(|node| node.id);
        // What is said of personal parts is said anew: they come later, or go.
        let stays = |skipped: &Skipped| !matches!(skipped.why, Misfit::Personal(_));
        Self {
            document: document.id,
            changes: ids.zip(document.changes).collect(),
            kind: document.kind,
            schema: document.schema,
            skipped: document.skipped.into_iter().filter(stays).collect(),
            merged: document.merged,
        }
    }
}

impl Snapshot {
    /// Whether an entry is in it: of such a one neither the facts are read again nor their bytes wanted.
    pub fn holds(&self, entry: &EntryId) -> bool {
        self.changes.contains_key(entry)
    }

    /// How many entries are in it.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing is in it, which no document ever is.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The document that these entries make, given in any order; the facts of those that are in the snapshot may
    /// be left out. None when the entries alone have to say it: one that is in the snapshot is missing, or
    /// one that is not builds on less than everything before it.
    pub fn with(self, entries: &[DocumentEntry]) -> Option<Document> {
        let history = History::new(self.document, entries);
        if self.changes.keys().any(|held| !history.index.contains_key(held)) {
            return None;
        }
        let Self { document: id, kind, schema, changes: known, mut skipped, mut merged } = self;
        let (edits, personal) =
            decode(entries, &history, |id| known.contains_key(id), Vec::new(), &mut skipped);
        let held: NodeSet =
            (0..).zip(&history.nodes).filter(|(_, n)| known.contains_key(&n.id)).map(|(n, _)| n).collect();
        let mut heads: BTreeSet<usize> = history.tips(&held).into_iter().collect();
        let actors = actor::assign(&history.nodes);
        let mut changes = Vec::with_capacity(history.nodes.len());
        for (here, node) in history.nodes.iter().enumerate() {
            if let Some(change) = known.get(&node.id) {
                changes.push(*change);
                continue;
            }
            // On all heads there were, it takes no actor from an entry that is in the snapshot.
            if !node.deps.iter().eq(&heads) {
                return None;
            }
            merged.set_actor(actors.get(here)?.clone());
            let edits = edits.get(here).map(Vec::as_slice).unwrap_or_default();
            changes.push(apply(&mut merged, &kind, node.id, edits, &mut skipped));
            heads = BTreeSet::from([here]);
        }
        skipped.sort_by_key(|s| (s.entry, s.edit));
        Some(Document { id, kind, schema, history, skipped, merged, changes, personal })
    }

    /// Its bytes. Two snapshots of one document need not have the same.
    pub fn encode(&self) -> Vec<u8> {
        let (mut entries, mut changes) = (Vec::new(), Vec::new());
        for (entry, change) in &self.changes {
            entries.push(*entry);
            changes.extend_from_slice(change.as_ref());
        }
        let skipped = self.skipped.iter().map(|s| (s.entry, s.edit, s.why.clone())).collect();
        let (document, kind, schema) = (self.document, self.kind.clone(), self.schema);
        let form = Form { document, kind, schema, entries, changes, skipped, merged: self.merged.save() };
        // Plain data without floats always has a canonical form.
        let form = canonical::encode(&form).unwrap_or_default();
        [FORMAT, blake3::hash(&form).as_bytes(), &form].concat()
    }

    /// The snapshot with these bytes; none when they are of another version or not as they were written.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (hash, form) = bytes.strip_prefix(FORMAT)?.split_at_checked(HASH)?;
        if blake3::hash(form).as_bytes() != hash {
            return None;
        }
        let form: Form = serde_ipld_dagcbor::from_slice(form).ok()?;
        let options = LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint);
        let merged = Automerge::load_with_options(&form.merged, options).ok()?;
        let changes = form.changes.chunks_exact(HASH).map(|hash| ChangeHash::try_from(hash).ok());
        let Form { document, kind, schema, entries, skipped, .. } = form;
        let changes: HashMap<EntryId, ChangeHash> = entries
            .into_iter()
            .zip(changes)
            .map(|(entry, change)| Some((entry, change?)))
            .collect::<Option<_>>()?;
        let skipped = skipped.into_iter().map(|(entry, edit, why)| Skipped { entry, edit, why }).collect();
        Some(Self { document, kind, schema, changes, skipped, merged })
    }
}
