//! Proposals: edits of a document that wait for one of its keepers.
//!
//! An edit without right is held and parked. A *proposal* is such an edit with all of its past in the document that is
//! parked too, and is named by that edit, its *head*: so a name stands for exactly one set of edits, and who
//! takes in what they have seen takes in nothing that came later. A list shows one row for each line of
//! work: the heads on which their own author has built nothing more. What others build on a proposal does not hide it.
//!
//! Here it doesn't matter why an edit is parked: because its author's workshop doesn't keep the document, or
//! because its author was removed. A keeper may take in either; [`Proposal::without_right`] says whom they
//! then answer for by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::acceptance::{Reason, Verdict};
use crate::entry::Gist;
use crate::id::{DocumentId, EntryId};
use crate::key::MemberKey;
use crate::replica::{Held, Replica};

/// Edits that a keeper can take in together.
#[derive(Debug, Clone)]
pub struct Proposal<'a> {
    /// The document.
    pub document: DocumentId,
    /// The edit on top of all others.
    pub head: &'a Held,
    /// What comes in with it, each after its past, the head last.
    pub edits: Vec<&'a Held>,
    /// The accepted edits that it is built on: those of its `deps` past that no other of them names.
    pub base: Vec<EntryId>,
    /// How many accepted edits of the document it doesn't know.
    pub unknown: usize,
}

/// The lines of work that wait in a document: one proposal for each, those written last at the end.
pub fn waiting<'a>(replica: &'a Replica, document: &DocumentId) -> Vec<Proposal<'a>> {
    let parked: Vec<&Held> = parked(replica, document).collect();
    let author: BTreeMap<EntryId, MemberKey> = parked.iter().map(|held| (held.id, held.author)).collect();
    let continued: BTreeSet<EntryId> = parked
        .iter()
        .flat_map(|held| held.header.deps.iter().filter(|dep| author.get(*dep) == Some(&held.author)))
        .copied()
        .collect();
    let heads = parked.iter().filter(|held| !continued.contains(&held.id));
    heads.filter_map(|held| of(replica, &held.id)).collect()
}

/// The proposal with this head; none when that is no parked edit of a document that counts.
pub fn of<'a>(replica: &'a Replica, head: &EntryId) -> Option<Proposal<'a>> {
    let head = replica.get(head).filter(|held| is_parked(held))?;
    let document = head.header.subject.filter(|id| replica.get(id).is_some_and(|d| d.verdict.counts()))?;
    let (mut edits, mut base) = (BTreeMap::new(), BTreeSet::new());
    let mut todo = vec![head.id];
    while let Some((place, held)) = todo.pop().and_then(|id| Some((replica.place(&id)?, replica.get(&id)?))) {
        if held.verdict.counts() {
            base.insert(held.id);
        } else if edits.insert(place, held).is_none() {
            todo.extend(&held.header.deps);
        }
    }
    let known = past(replica, base.iter().copied());
    let unknown = replica.document(&document).filter(|held| !known.contains(&held.id)).count();
    let below: BTreeSet<EntryId> = known
        .iter()
        .filter_map(|id| replica.get(id))
        .flat_map(|held| held.header.deps.iter().copied())
        .collect();
    let base = base.into_iter().filter(|id| !below.contains(id)).collect();
    Some(Proposal { document, head, edits: edits.into_values().collect(), base, unknown })
}

/// The proposals of one author that go on from this one: the newest on each line.
pub fn further<'a>(replica: &'a Replica, proposal: &Proposal<'_>) -> Vec<Proposal<'a>> {
    let mut found = waiting(replica, &proposal.document);
    found.retain(|p| p.head.id != proposal.head.id && p.edits.iter().any(|edit| edit.id == proposal.head.id));
    found
}

/// All edits of a document that are parked and that this version can read, each after its past.
pub fn parked<'a>(replica: &'a Replica, document: &DocumentId) -> impl Iterator<Item = &'a Held> {
    replica.all_of_document(document).filter(|held| is_parked(held))
}

impl Proposal<'_> {
    /// Each author with how many of the edits are theirs, the head's author first.
    pub fn authors(&self) -> Vec<(MemberKey, usize)> {
        let mut counts: BTreeMap<MemberKey, usize> = BTreeMap::new();
        for edit in &self.edits {
            *counts.entry(edit.author).or_default() += 1;
        }
        let mut authors: Vec<(MemberKey, usize)> = counts.into_iter().collect();
        authors.sort_by_key(|(author, _)| (*author != self.head.author, *author));
        authors
    }

    /// Authors of edits that nobody may write as they stand, in whatever document: removed, rotated away, or never
    /// allowed. Who takes such edits in answers for them by name.
    pub fn without_right(&self) -> BTreeSet<MemberKey> {
        let merely_not_kept = Verdict::Parked(Reason::Proposal);
        self.edits.iter().filter(|edit| edit.verdict != merely_not_kept).map(|edit| edit.author).collect()
    }
}

fn is_parked(held: &Held) -> bool {
    held.gist == Gist::Edit && !held.verdict.counts()
}

/// These entries and what lies behind them by `deps`.
fn past(replica: &Replica, from: impl Iterator<Item = EntryId>) -> BTreeSet<EntryId> {
    let (mut past, mut todo) = (BTreeSet::new(), from.collect::<Vec<_>>());
    while let Some(id) = todo.pop() {
        if past.insert(id) {
            todo.extend(replica.get(&id).into_iter().flat_map(|held| held.header.deps.iter().copied()));
        }
    }
    past
}
