//! The reference: the rules of authority and acceptance replayed from scratch over the raw set.
//!
//! It is written apart from [`crate::replica`], for clearness alone: sets and closures, nothing
//! remembered, quadratic without shame. Tests hold the replica to it for every order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::Role;
use crate::authority::operation::Operation;
use crate::entry::{Class, Entry, Gist, Kind};
use crate::id::{EntryId, WorkshopId};

/// The accepted entries of a set that is closed under past.
pub fn accepted(entries: &[Entry]) -> BTreeSet<EntryId> {
    Reference::new(entries).accepted()
}

struct Fact<'a> {
    entry: &'a Entry,
    gist: Gist,
    past: BTreeSet<EntryId>,
}

struct Reference<'a>(BTreeMap<EntryId, Fact<'a>>);

impl<'a> Reference<'a> {
    fn new(entries: &'a [Entry]) -> Self {
        let by_id: BTreeMap<_, _> = entries.iter().map(|e| (e.id(), e)).collect();
        let facts = by_id.iter().map(|(id, entry)| {
            let mut past = BTreeSet::new();
            let mut todo = vec![*id];
            while let Some(next) = todo.pop() {
                let Some(e) = by_id.get(&next) else { continue };
                let h = e.header();
                for named in h.prev.iter().chain(&h.seen).chain(&h.deps) {
                    if past.insert(*named) {
                        todo.push(*named);
                    }
                }
            }
            (*id, Fact { entry, gist: Gist::of(entry).unwrap_or(Gist::Unknown), past })
        });
        Self(facts.collect())
    }

    /// An operation holds when it founds, or when the membership that it acts under is a holding
    /// grant of stewardship to its author, in its past.
    fn holds(&self, id: &EntryId) -> bool {
        let Some(fact) = self.0.get(id) else { return false };
        let under = match fact.gist.operation() {
            None => return false,
            Some(Operation::Found(_)) => return true,
            Some(Operation::AdmitWorkshop(op)) => op.under,
            Some(Operation::AdmitMember(op)) => op.under,
            Some(Operation::BindNode(op)) => op.under,
            Some(_) => return false,
        };
        self.member(fact, &under).is_some_and(|(role, _)| role == Role::Steward)
    }

    /// The role and workshop that a grant gives an entry's author, when it holds and lies in its past.
    fn member(&self, fact: &Fact<'_>, grant: &EntryId) -> Option<(Role, WorkshopId)> {
        if !fact.past.contains(grant) || !self.holds(grant) {
            return None;
        }
        let granted = self.0.get(grant)?;
        let (key, role, workshop) = match granted.gist.operation()? {
            Operation::Found(_) => (granted.entry.author(), Role::Steward, *grant),
            Operation::AdmitWorkshop(op) => (op.key, Role::Steward, *grant),
            Operation::AdmitMember(op) => (op.key, op.role, self.member(granted, &op.under)?.1),
            _ => return None,
        };
        (key == fact.entry.author()).then_some((role, workshop))
    }

    /// All that the author of an entry is, in the entry's past.
    fn memberships(&self, fact: &Fact<'_>) -> Vec<(EntryId, Role, WorkshopId)> {
        fact.past.iter().filter_map(|g| self.member(fact, g).map(|(role, w)| (*g, role, w))).collect()
    }

    fn right(&self, fact: &Fact<'_>) -> bool {
        let mine = self.memberships(fact);
        let writes = |w: Option<WorkshopId>| {
            mine.iter().any(|(_, role, ws)| *role != Role::Auditor && w.is_none_or(|w| w == *ws))
        };
        match &fact.gist {
            Gist::Create { under } => mine.iter().any(|(g, role, _)| g == under && *role != Role::Auditor),
            Gist::Edit => {
                let subject = fact.entry.header().subject;
                let document = subject.and_then(|d| self.0.get(&d)).filter(|d| self.right(d));
                document.is_some_and(|d| match &d.gist {
                    Gist::Create { under } => self.member(d, under).is_some_and(|(_, w)| writes(Some(w))),
                    _ => false,
                })
            }
            Gist::Contribution | Gist::Decline => writes(None),
            Gist::Attestation { .. } | Gist::ForkHealed { .. } => !mine.is_empty(),
            Gist::Addresses { peer } => fact.past.iter().any(|b| {
                self.holds(b)
                    && self.0.get(b).is_some_and(|binding| match binding.gist.operation() {
                        Some(Operation::BindNode(op)) => {
                            op.peer.as_slice() == peer.as_slice()
                                && self
                                    .member(binding, &op.under)
                                    .is_some_and(|(_, w)| mine.iter().any(|(_, _, ws)| *ws == w))
                        }
                        _ => false,
                    })
            }),
            Gist::Operation(_) | Gist::Unknown => false,
        }
    }

    fn accepted(&self) -> BTreeSet<EntryId> {
        let holding = self.0.keys().filter(|id| self.holds(id)).copied();
        let mut accepted: BTreeSet<EntryId> = holding.collect();
        let with_right: Vec<&Fact<'_>> = self.0.values().filter(|f| self.right(f)).collect();
        for fact in &with_right {
            accepted.insert(fact.entry.id());
            self.adopt(fact, &mut accepted);
            self.confirm(fact, &mut accepted);
        }
        accepted
    }

    fn adopt(&self, fact: &Fact<'_>, accepted: &mut BTreeSet<EntryId>) {
        let mut todo = fact.entry.header().deps.clone();
        let mut walked = BTreeSet::new();
        while let Some(dep) = todo.pop() {
            let Some(dep) = self.0.get(&dep) else { continue };
            if dep.entry.header().kind.as_str() != Kind::CREATE && walked.insert(dep.entry.id()) {
                accepted.insert(dep.entry.id());
                todo.extend(&dep.entry.header().deps);
            }
        }
    }

    fn confirm(&self, fact: &Fact<'_>, accepted: &mut BTreeSet<EntryId>) {
        if fact.gist != (Gist::Attestation { confirms: true }) {
            return;
        }
        let subject = fact.entry.header().subject.and_then(|s| self.0.get(&s));
        let Some(record) = subject.filter(|r| r.entry.header().kind.class() == Class::Record) else { return };
        if record.gist == Gist::Unknown {
            return;
        }
        let workshops =
            |f: &Fact<'_>| -> BTreeSet<_> { self.memberships(f).into_iter().map(|(_, _, w)| w).collect() };
        if workshops(fact).difference(&workshops(record)).next().is_some() {
            accepted.insert(record.entry.id());
        }
    }
}
