//! What counts, as entries come to be held. The rules are [`crate::acceptance`]'s.
//!
//! What is new is judged after each batch. Work is judged once more, all of it, when the verdict on operations
//! that were judged before changed, when a head that a cut names came to be held, or when a membership came that
//! names heads; else nothing that was judged can change but by adoption and confirmation, which only add.

use std::collections::{BTreeSet, HashSet};

use super::{Held, Replica};
use crate::acceptance::{Reason, Rights, Settlements, Verdict, Work};
use crate::authority::graph::{Act, Ground, Number, Tree};
use crate::authority::judge::{Effect, Judge};
use crate::authority::operation::Operation;
use crate::authority::{NotHolding, charter, view};
use crate::entry::{Class, Gist};
use crate::id::{DocumentId, EntryId, WorkshopId};

/// What makes a workshop a keeper of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// The operation that grants it; none for the document's creation.
    pub grant: Option<EntryId>,
    /// The workshop.
    pub workshop: WorkshopId,
}

impl Replica {
    /// Follows another charter than the federation's name said. It takes effect when the charter is held; until
    /// then the founding entry is followed.
    pub fn follow(&mut self, charter: EntryId) {
        self.name = charter;
        self.judge();
    }

    /// The charter that the federation's name says here.
    pub fn follows(&self) -> EntryId {
        self.name
    }

    /// Judges what is held and not judged yet.
    pub(super) fn judge(&mut self) {
        let (work, operations) = self.unjudged;
        self.unjudged = (self.held.len(), self.operations.len());
        let reached = std::mem::take(&mut self.reached);
        if self.judge_operations(operations, reached) {
            self.judge_all_work();
        } else {
            for place in work..self.held.len() {
                self.judge_work(place);
            }
        }
    }

    /// Judges the operations from this number on. Answers whether all work is to be judged again, as it is when
    /// a head that an operation names was `reached`.
    fn judge_operations(&mut self, first: Number, reached: bool) -> bool {
        let Some(founding) = self.graph.number(&self.federation) else { return false };
        let mut judge = self.judge.take().unwrap_or_else(|| Judge::new(founding));
        let named = self.graph.number(&self.name);
        let named = named.filter(|n| charter::is_charter(&self.graph, *n)).unwrap_or(founding);
        let effect = if named == judge.named() {
            judge.add(&self.graph, first)
        } else {
            judge.name(&self.graph, named);
            Effect::Changed
        };
        let changed = effect == Effect::Changed;
        let anew = changed || reached || (first..self.graph.len()).any(|n| self.changes_work(n));
        // A charter settles what is behind its heads as they come to be held.
        if changed || reached {
            self.settlements =
                Settlements::of(&self.graph, &charter::chain(&self.graph, judge.followed().charter));
        }
        view::refresh(&mut self.authority, &self.graph, &mut judge, first, changed);
        for number in (if changed { 0 } else { first })..self.graph.len() {
            let verdict = match self.graph.id(number) {
                Some(id) if !judge.verdict().holds.contains(number) => {
                    let reason = self.authority.parked.get(&id).copied().unwrap_or(NotHolding::Unknown);
                    Verdict::Parked(Reason::Operation(reason))
                }
                _ => Verdict::Accepted,
            };
            if let Some(place) = self.operations.get(number).copied() {
                self.set_verdict(place, verdict);
            }
        }
        self.judge = Some(judge);
        anew
    }

    /// Whether an operation changes the right of work that was judged before it came.
    fn changes_work(&self, number: Number) -> bool {
        match self.graph.node(number).and_then(|node| node.operation.as_ref()) {
            Some(Operation::AdmitMember(admit)) => !admit.heads.is_empty(),
            Some(Operation::UnbindNode(_)) => true,
            _ => false,
        }
    }

    fn set_verdict(&mut self, place: usize, verdict: Verdict) {
        let Some(held) = self.held.get_mut(place) else { return };
        match (held.verdict.counts(), verdict.counts()) {
            (false, true) => {
                self.accepted.insert(held.id);
            }
            (true, false) => {
                self.accepted.remove(&held.id);
                self.withdrawn += 1;
            }
            _ => {}
        }
        held.verdict = verdict;
    }

    /// The workshop that created a document, when its first entry counts.
    pub fn creator(&self, document: &DocumentId) -> Option<WorkshopId> {
        self.tree(document, |held| held.verdict.counts()).and_then(|(_, workshop)| self.graph.id(workshop))
    }

    /// The tree of keepers of a document.
    fn tree(&self, document: &DocumentId, counts: impl Fn(&Held) -> bool) -> Option<Tree> {
        match self.get(document).filter(|d| counts(d)).map(|d| &d.gist) {
            Some(Gist::Create { under }) => {
                let workshop = self.graph.number(under).and_then(|n| self.graph.grant(n))?.workshop?;
                Some((*document, workshop))
            }
            _ => None,
        }
    }

    /// The workshops that keep a document now: for an entry that knew all that is held.
    pub fn keepers(&self, document: &DocumentId) -> BTreeSet<WorkshopId> {
        self.keepings(document).into_iter().map(|keeping| keeping.workshop).collect()
    }

    /// By what each of them keeps it, the creation first, then grants as they came; a workshop may keep it twice.
    pub fn keepings(&self, document: &DocumentId) -> Vec<Keeping> {
        let Some(tree) = self.tree(document, |held| held.verdict.counts()) else { return Vec::new() };
        let Some(verdict) = self.judge.as_ref().map(Judge::verdict) else { return Vec::new() };
        let creation = (Ground::Creation(tree), None, tree.1);
        let granted = self.graph.keepings(&tree).iter().filter_map(|k| match self.graph.node(*k) {
            Some(node) if verdict.holds.contains(*k) => match &node.act {
                Act::Keep { workshop, .. } => Some((Ground::Keeping(*k), Some(node.id), *workshop)),
                _ => None,
            },
            _ => None,
        });
        let kept = [creation].into_iter().chain(granted);
        let kept = kept.filter(|(ground, ..)| !verdict.is_struck(&self.graph, *ground));
        kept.filter_map(|(_, grant, w)| Some(Keeping { grant, workshop: self.graph.id(w)? })).collect()
    }

    /// Whether what an entry says of a document is a keeper's word: whether its author, there where the entry stands,
    /// could have changed the document.
    pub fn is_by_keeper(&self, entry: &Held, document: &DocumentId) -> bool {
        let Some(tree) = self.tree(document, |held| held.verdict.counts()) else { return false };
        let work = Work { gist: &Gist::Edit, document: Some(tree), ..self.work(entry, |_| false) };
        self.rights(|rights| rights.right(&work)).is_some_and(|right| right.is_ok())
    }

    /// Answers something about the rights of work; none before the founding entry is held.
    pub(super) fn rights<T>(&self, ask: impl FnOnce(&Rights<'_>) -> T) -> Option<T> {
        let judge = self.judge.as_ref()?;
        Some(ask(&Rights {
            graph: &self.graph,
            authority: judge.verdict(),
            settlements: &self.settlements,
            nodes: &self.authority.nodes,
        }))
    }

    /// An entry, as its right is judged. `counts` says whether a document's first entry counts.
    pub(super) fn work<'a>(&'a self, held: &'a Held, counts: impl Fn(&Held) -> bool) -> Work<'a> {
        let document = held.header.subject.as_ref().and_then(|document| self.tree(document, counts));
        Work { author: held.author, gist: &held.gist, past: &held.past, position: held.position, document }
    }

    fn right(&self, held: &Held) -> Result<(), Reason> {
        let work = self.work(held, |first| first.right);
        self.rights(|rights| rights.right(&work)).unwrap_or(Err(Reason::Unknown)).map(|_| ())
    }

    /// Judges one work entry, whose past was judged.
    fn judge_work(&mut self, place: usize) {
        let Some(held) = self.held.get(place).filter(|h| !h.header.kind.class().is_operation()) else {
            return;
        };
        let right = self.right(held);
        let (id, deps, subject) = (held.id, held.header.deps.clone(), held.header.subject);
        let confirms = matches!(held.gist, Gist::Attestation { confirms: true });
        if let Some(held) = self.held.get_mut(place) {
            held.right = right.is_ok();
        }
        self.set_verdict(place, right.map_or_else(Verdict::Parked, |()| Verdict::Accepted));
        if right.is_ok() {
            self.adopt(deps);
            if let (true, Some(subject)) = (confirms, subject) {
                self.confirm(subject);
            }
        }
        self.confirm(id);
    }

    /// Judges all work anew.
    fn judge_all_work(&mut self) {
        let mut verdicts: Vec<Option<Result<(), Reason>>> = Vec::with_capacity(self.held.len());
        for place in 0..self.held.len() {
            let judged = self.held.get(place).filter(|h| !h.header.kind.class().is_operation());
            let right = judged.map(|held| self.right(held));
            if let Some(held) = self.held.get_mut(place) {
                held.right = right == Some(Ok(()));
            }
            verdicts.push(right);
        }
        // What an entry with right builds on comes before it.
        let mut adopted: HashSet<usize> = HashSet::new();
        for (place, right) in verdicts.iter().enumerate().rev() {
            if *right == Some(Ok(())) || adopted.contains(&place) {
                let deps = self.held.get(place).map_or(&[][..], |held| held.header.deps.as_slice());
                let deps = deps.iter().filter_map(|dep| self.places.get(dep).copied());
                let taken = deps.filter(|d| self.held.get(*d).is_some_and(|d| d.header.subject.is_some()));
                adopted.extend(taken);
            }
        }
        for (place, right) in verdicts.into_iter().enumerate() {
            let Some(right) = right else { continue };
            let counts = right.is_ok() || adopted.contains(&place) || self.is_confirmed(place);
            let verdict = match right {
                Err(reason) if !counts => Verdict::Parked(reason),
                _ => Verdict::Accepted,
            };
            self.set_verdict(place, verdict);
        }
    }

    /// What an entry with right builds on counts: its `deps` past within the document, but never a
    /// document's first entry, which needs a right of its own.
    fn adopt(&mut self, deps: Vec<EntryId>) {
        let mut todo = deps;
        while let Some(dep) = todo.pop() {
            let Some(place) = self.places.get(&dep).copied() else { continue };
            let Some(held) = self.held.get(place) else { continue };
            if held.verdict.counts() || held.header.subject.is_none() {
                continue;
            }
            todo.extend(&held.header.deps);
            self.set_verdict(place, Verdict::Accepted);
        }
    }

    /// A record counts when a confirmation with right names it, by somebody in a workshop in which the
    /// record's author never was.
    fn confirm(&mut self, record: EntryId) {
        let Some(place) = self.places.get(&record).copied() else { return };
        if self.held.get(place).is_some_and(|held| !held.verdict.counts()) && self.is_confirmed(place) {
            self.set_verdict(place, Verdict::Accepted);
        }
    }

    /// Whether the author of an entry speaks there for a workshop in which the author of a record never was.
    pub fn is_from_elsewhere(&self, entry: &EntryId, record: &EntryId) -> bool {
        let (Some(entry), Some(record)) = (self.get(entry), self.get(record)) else { return false };
        let (entry, record) = (self.work(entry, |first| first.right), self.work(record, |first| first.right));
        let elsewhere = |rights: &Rights<'_>| {
            let home = rights.homes(&record);
            rights.workshops(&entry).iter().any(|workshop| !home.contains(workshop))
        };
        self.rights(elsewhere).unwrap_or(false)
    }

    fn is_confirmed(&self, place: usize) -> bool {
        let Some(held) = self.held.get(place) else { return false };
        if held.header.kind.class() != Class::Record || held.gist == Gist::Unknown {
            return false;
        }
        let record = self.work(held, |first| first.right);
        let confirming = self.attestations.get(&held.id).into_iter().flatten();
        let confirming: Vec<_> = confirming
            .filter_map(|place| self.held.get(*place))
            .filter(|a| a.right && a.gist == Gist::Attestation { confirms: true })
            .map(|a| self.work(a, |first| first.right))
            .collect();
        let elsewhere = |rights: &Rights<'_>| {
            let home = if confirming.is_empty() { BTreeSet::new() } else { rights.homes(&record) };
            confirming.iter().any(|word| rights.workshops(word).iter().any(|w| !home.contains(w)))
        };
        self.rights(elsewhere).unwrap_or(false)
    }
}
