//! The raw set: each entry with what it says, its past, and its branch of its log.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::verdict::Verdict;
use crate::authority::operation::{Charter, Operation};
use crate::entry::{Class, Entry, Gist};
use crate::id::EntryId;
use crate::key::MemberKey;

/// A set of entries.
pub(super) type Set = BTreeSet<EntryId>;

/// An entry with what follows from its bytes and its past.
pub(super) struct Fact<'a> {
    pub entry: &'a Entry,
    pub gist: Gist,
    /// All that is reached through `prev`, `seen` and `deps`, without itself.
    pub past: Set,
    /// All that is at or behind it: itself, and what is reached by `prev` alone.
    pub branch: Set,
}

impl Fact<'_> {
    pub fn id(&self) -> EntryId {
        self.entry.id()
    }

    pub fn author(&self) -> MemberKey {
        self.entry.author()
    }

    pub fn class(&self) -> Class {
        self.entry.header().kind.class()
    }

    pub fn operation(&self) -> Option<&Operation> {
        self.gist.operation()
    }
}

/// The set, and the verdicts that charters settle, which recursion over charters asks for again and again.
pub(super) struct Held<'a> {
    pub facts: BTreeMap<EntryId, Fact<'a>>,
    /// The operations that are in order.
    pub in_order: Set,
    /// The verdict over the past of the first, judged from the second.
    pub settled: RefCell<BTreeMap<(EntryId, EntryId), Rc<Verdict>>>,
}

impl<'a> Held<'a> {
    pub fn new(entries: &'a [Entry]) -> Self {
        let by_id: BTreeMap<EntryId, &Entry> = entries.iter().map(|e| (e.id(), e)).collect();
        let facts = by_id.iter().map(|(id, entry)| {
            let header = entry.header();
            let past = reached(header.prev.iter().chain(&header.seen).chain(&header.deps), |id| {
                let header = by_id.get(id).map(|e| e.header());
                header.into_iter().flat_map(|h| h.prev.iter().chain(&h.seen).chain(&h.deps))
            });
            let branch =
                reached([id], |id| by_id.get(id).into_iter().filter_map(|e| e.header().prev.as_ref()));
            let gist = Gist::of(entry).unwrap_or(Gist::Unknown);
            (*id, Fact { entry, gist, past, branch })
        });
        let mut held = Self { facts: facts.collect(), in_order: Set::new(), settled: RefCell::default() };
        // Each after its past, which decides it.
        let mut operations: Vec<(usize, EntryId)> =
            held.operations().map(|f| (f.past.len(), f.id())).collect();
        operations.sort_unstable();
        for (_, id) in operations {
            if held.get(&id).is_some_and(|f| held.is_in_order(f)) {
                held.in_order.insert(id);
            }
        }
        held
    }

    pub fn get(&self, id: &EntryId) -> Option<&Fact<'a>> {
        self.facts.get(id)
    }

    pub fn operation(&self, id: &EntryId) -> Option<&Operation> {
        self.get(id)?.operation()
    }

    pub fn charter(&self, id: &EntryId) -> Option<&Charter> {
        if let Operation::Charter(charter) = self.operation(id)? { Some(charter) } else { None }
    }

    pub fn is_in_past(&self, id: &EntryId, of: &EntryId) -> bool {
        self.get(of).is_some_and(|f| f.past.contains(id))
    }

    /// Whether an entry is at or behind one of these heads; a head that is not held reaches nothing.
    pub fn is_behind(&self, id: &EntryId, heads: &[EntryId]) -> bool {
        heads.iter().any(|head| self.get(head).is_some_and(|f| f.branch.contains(id)))
    }

    /// All operations.
    pub fn operations(&self) -> impl Iterator<Item = &Fact<'a>> {
        self.facts.values().filter(|f| f.class() == Class::Operation)
    }

    /// The operations among these.
    pub fn among<'s>(&'s self, ids: &'s Set) -> impl Iterator<Item = &'s Fact<'a>> {
        ids.iter().filter_map(|id| self.get(id)).filter(|f| f.class() == Class::Operation)
    }
}

/// What is reached from these, itself included.
fn reached<'e, I>(from: impl IntoIterator<Item = &'e EntryId>, next: impl Fn(&EntryId) -> I) -> Set
where
    I: Iterator<Item = &'e EntryId>,
{
    let mut found = Set::new();
    let mut todo: Vec<EntryId> = from.into_iter().copied().collect();
    while let Some(id) = todo.pop() {
        if found.insert(id) {
            todo.extend(next(&id));
        }
    }
    found
}

/// Whether an entry begins a document.
pub(super) fn creates(fact: &Fact<'_>) -> bool {
    matches!(fact.gist, Gist::Create { .. })
}

/// Whether an entry is of a document.
pub(super) fn is_document(fact: &Fact<'_>) -> bool {
    fact.class() == Class::Document
}
