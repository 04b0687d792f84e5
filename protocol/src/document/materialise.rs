//! From the accepted entries of a document to the merged document.
//!
//! Each entry is applied at its `deps`: on a *strand*, an Automerge document that holds exactly the
//! past of the last entry applied to it. An entry takes over the strand of one of its `deps` (a copy
//! when another entry needs it too), what it lacks of the others is fetched from the changes made
//! before, and then it is applied. So a branch is one strand and a line is one document; nothing is
//! replayed entry by entry. Counters inside Automerge, and with them the order of concurrent
//! characters, follow from each entry's past alone.
//!
//! A document is a cache: it is built when it is read and thrown away freely.

use std::collections::HashMap;

use automerge::transaction::CommitOptions;
use automerge::{ActorId, Automerge, Change, ChangeHash, ReadDoc, TextEncoding};
use serde::Serialize;

use super::apply::{Applier, Misfit};
use super::edit::{CreateFacts, EditFacts, FactsError, PersonalPart, Written};
use super::history::{History, Node, NodeSet};
use super::value::Value;
use super::{DocumentEntry, actor};
use crate::id::{DocumentId, EntryId};
use crate::limits::STRANDS_MAX;

/// A document that cannot be built at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The entry that made it isn't among the entries.
    #[error("the document {0} cannot be shown: its first entry is not here")]
    NoFirstEntry(DocumentId),
    /// The facts of the entry that made it cannot be read.
    #[error("the document {0} cannot be shown: {1}")]
    Facts(DocumentId, FactsError),
    /// The merging library failed on changes of our own making.
    #[error("the document {0} could not be merged: {1}; please report this with an export of the document")]
    Library(DocumentId, String),
}

/// An edit, or a whole entry, that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The entry.
    pub entry: EntryId,
    /// The edit's index there; none when it is the whole entry or its personal part.
    pub edit: Option<u32>,
    /// Why.
    pub why: Misfit,
}

impl Serialize for Skipped {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        (self.entry, self.edit, self.why.to_string()).serialize(s)
    }
}

/// A merged document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// Its kind: `design`.
    pub kind: String,
    /// The schema that it was created with.
    pub schema: u64,
    /// Its accepted entries.
    pub history: History,
    /// What was skipped, ordered by entry and edit.
    pub skipped: Vec<Skipped>,
    pub(super) merged: Automerge,
    pub(super) changes: Vec<ChangeHash>,
    pub(super) personal: HashMap<EntryId, Vec<Value>>,
}

impl Document {
    /// The document that these accepted entries make, given in any order.
    ///
    /// # Errors
    /// The first entry is missing or cannot be read.
    pub fn of(document: DocumentId, entries: &[DocumentEntry]) -> Result<Self, DocumentError> {
        let first = entries
            .iter()
            .find(|e| e.id == document && e.deps.is_empty())
            .ok_or(DocumentError::NoFirstEntry(document))?;
        let create = CreateFacts::decode(&first.facts).map_err(|e| DocumentError::Facts(document, e))?;
        let history = History::new(document, entries);
        let mut skipped = Vec::new();
        let (edits, personal) = decode(entries, &history, |_| false, create.edits, &mut skipped);
        let mut builder = Builder::new(&history, &create.kind);
        let merged = builder.build(&edits, &mut skipped).map_err(|e| DocumentError::Library(document, e))?;
        let changes = builder.hashes;
        skipped.sort_by_key(|s| (s.entry, s.edit));
        let (kind, schema) = (create.kind, create.schema);
        Ok(Self { id: document, kind, schema, history, skipped, merged, changes, personal })
    }

    /// The heads: accepted entries that no accepted entry of the document names in its `deps`.
    pub fn heads(&self) -> Vec<EntryId> {
        self.history.heads()
    }
}

/// The edits of each node that is not `applied`, and the personal values that are here.
pub(super) fn decode(
    entries: &[DocumentEntry],
    history: &History,
    applied: impl Fn(&EntryId) -> bool,
    create: Vec<Written>,
    skipped: &mut Vec<Skipped>,
) -> (Vec<Vec<Written>>, HashMap<EntryId, Vec<Value>>) {
    let mut edits: Vec<Vec<Written>> = vec![Vec::new(); history.nodes.len()];
    let mut personal = HashMap::new();
    let mut done = NodeSet::default();
    for entry in entries {
        let Some(here) = history.index.get(&entry.id).copied().filter(|n| done.insert(*n)) else { continue };
        if here > 0 && !applied(&entry.id) {
            match EditFacts::decode(&entry.facts) {
                Ok(facts) => {
                    if let Some(of_node) = edits.get_mut(here) {
                        *of_node = facts.edits;
                    }
                }
                Err(e) => {
                    let why = Misfit::Facts(e.to_string());
                    skipped.push(Skipped { entry: entry.id, edit: None, why });
                }
            }
        }
        match entry.personal.as_deref().map(PersonalPart::decode) {
            Some(Ok(part)) => {
                personal.insert(entry.id, part.values);
            }
            Some(Err(e)) => {
                let why = Misfit::Personal(e.to_string());
                skipped.push(Skipped { entry: entry.id, edit: None, why });
            }
            None => {}
        }
    }
    if let Some(first) = edits.first_mut() {
        *first = create;
    }
    (edits, personal)
}

/// An Automerge document and the nodes it holds: the past of one node, itself included.
#[derive(Clone)]
struct Strand {
    doc: Automerge,
    holds: NodeSet,
}

impl Strand {
    fn empty() -> Self {
        let doc = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
        Self { doc, holds: NodeSet::default() }
    }
}

struct Builder<'h> {
    history: &'h History,
    kind: &'h str,
    actors: Vec<ActorId>,
    /// For each node, the dep whose strand it takes over.
    base: Vec<Option<usize>>,
    /// For each node, how many nodes have yet to take its strand.
    takers: Vec<usize>,
    strands: HashMap<usize, Strand>,
    hashes: Vec<ChangeHash>,
    /// The change of each node, kept only when there are branches to merge.
    made: Vec<Change>,
    is_line: bool,
}

impl<'h> Builder<'h> {
    fn new(history: &'h History, kind: &'h str) -> Self {
        let actors = actor::assign(&history.nodes);
        // The entry it continues, else the latest dep: it lacks the least.
        let base_of = |n: &Node| n.continues.or(n.deps.last().copied());
        let base: Vec<Option<usize>> = history.nodes.iter().map(base_of).collect();
        let mut takers = vec![0; history.nodes.len()];
        for b in base.iter().flatten() {
            if let Some(count) = takers.get_mut(*b) {
                *count += 1;
            }
        }
        Self {
            history,
            kind,
            actors,
            base,
            takers,
            strands: HashMap::new(),
            hashes: Vec::with_capacity(history.nodes.len()),
            made: Vec::new(),
            is_line: history.is_line(),
        }
    }

    fn build(&mut self, edits: &[Vec<Written>], skipped: &mut Vec<Skipped>) -> Result<Automerge, String> {
        let history = self.history;
        let mut longest: Option<Strand> = None;
        for (here, node) in history.nodes.iter().enumerate() {
            let mut strand = self.strand_before(here, node)?;
            if let Some(actor) = self.actors.get(here) {
                strand.doc.set_actor(actor.clone());
            }
            let edits = edits.get(here).map(Vec::as_slice).unwrap_or_default();
            let hash = apply(&mut strand.doc, self.kind, node.id, edits, skipped);
            strand.holds.insert(here);
            self.hashes.push(hash);
            if !self.is_line {
                self.made.push(strand.doc.get_change_by_hash(&hash).ok_or("a change was lost")?);
            }
            if self.takers.get(here).is_some_and(|t| *t > 0) {
                self.keep(here, strand);
            } else if longest.as_ref().is_none_or(|l| l.holds.len() < strand.holds.len()) {
                longest = Some(strand);
            }
        }
        let mut whole = longest.unwrap_or_else(Strand::empty);
        let rest: Vec<usize> = (0..history.nodes.len()).filter(|n| !whole.holds.contains(*n)).collect();
        self.fetch(&mut whole, &rest)?;
        Ok(whole.doc)
    }

    /// The document as it is at the node's `deps`.
    fn strand_before(&mut self, here: usize, node: &Node) -> Result<Strand, String> {
        let Some(base) = self.base.get(here).copied().flatten() else { return Ok(Strand::empty()) };
        let mut last = true;
        if let Some(count) = self.takers.get_mut(base) {
            *count = count.saturating_sub(1);
            last = *count == 0;
        }
        let taken = if last { self.strands.remove(&base) } else { self.strands.get(&base).cloned() };
        let mut strand = taken.unwrap_or_else(Strand::empty);
        if node.deps.len() > 1 || strand.holds.is_empty() {
            let missing = self.history.missing(&node.deps, &strand.holds);
            self.fetch(&mut strand, &missing)?;
        }
        Ok(strand)
    }

    fn fetch(&self, strand: &mut Strand, nodes: &[usize]) -> Result<(), String> {
        if nodes.is_empty() {
            return Ok(());
        }
        let changes: Vec<Change> = nodes.iter().filter_map(|n| self.made.get(*n).cloned()).collect();
        strand.doc.apply_changes(changes).map_err(|e| e.to_string())?;
        for node in nodes {
            strand.holds.insert(*node);
        }
        Ok(())
    }

    /// Keeps a strand for those who take it over; of too many, the shortest is built again later.
    fn keep(&mut self, here: usize, strand: Strand) {
        self.strands.insert(here, strand);
        if self.strands.len() > STRANDS_MAX {
            let shortest = self.strands.iter().min_by_key(|(n, s)| (s.holds.len(), **n)).map(|(n, _)| *n);
            if let Some(shortest) = shortest {
                self.strands.remove(&shortest);
            }
        }
    }
}

/// Applies an entry's edits as one change, an empty one when none fits.
pub(super) fn apply(
    doc: &mut Automerge,
    kind: &str,
    entry: EntryId,
    edits: &[Written],
    skipped: &mut Vec<Skipped>,
) -> ChangeHash {
    let mut tx = doc.transaction();
    let mut applier = Applier::new(&mut tx, entry, kind);
    for (index, edit) in (0_u32..).zip(edits) {
        if let Err(why) = applier.apply(index, edit) {
            skipped.push(Skipped { entry, edit: Some(index), why });
        }
    }
    let (hash, _) = tx.commit();
    hash.unwrap_or_else(|| doc.empty_commit(CommitOptions::default()))
}
