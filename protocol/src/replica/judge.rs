//! What counts, as entries come to be held. The rules are [`crate::acceptance`]'s.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Held, Replica};
use crate::acceptance::{Reason, Verdict, Work};
use crate::authority::Judged;
use crate::entry::{Class, Gist};
use crate::id::{DocumentId, EntryId, WorkshopId};

impl Replica {
    pub(super) fn judge_operation(&mut self, place: usize) {
        let Some(held) = self.held.get(place) else { return };
        let (past, numbers) = (Arc::clone(&held.past), &self.numbers);
        let in_past = |id: &EntryId| numbers.get(id).is_some_and(|n| past.contains(*n));
        self.authority.add(&Judged {
            id: held.id,
            author: held.author,
            operation: held.gist.operation(),
            past: &in_past,
        });
        let verdict = match self.authority.parked.get(&held.id) {
            Some(reason) => Verdict::Parked(Reason::Operation(*reason)),
            None => Verdict::Accepted,
        };
        self.set_verdict(place, verdict);
    }

    fn set_verdict(&mut self, place: usize, verdict: Verdict) {
        if let Some(held) = self.held.get_mut(place) {
            held.verdict = verdict;
            if verdict.counts() {
                self.accepted.insert(held.id);
            } else {
                self.accepted.remove(&held.id);
            }
        }
    }

    /// The workshop that keeps a document, when its first entry counts.
    pub fn keeper(&self, document: &DocumentId) -> Option<WorkshopId> {
        let held = self.get(document).filter(|d| d.verdict.counts())?;
        match &held.gist {
            Gist::Create { under } => self.authority.memberships.get(under).map(|m| m.workshop),
            _ => None,
        }
    }

    pub(super) fn judge_work(&mut self, place: usize) {
        let Some(held) = self.held.get(place) else { return };
        let right = self.work(held, |work| work.right(&self.authority));
        let deps = held.header.deps.clone();
        let (id, subject) = (held.id, held.header.subject);
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

    /// Judges something of an entry with its past and its document's keeper at hand.
    fn work<T>(&self, held: &Held, judge: impl FnOnce(&Work<'_>) -> T) -> T {
        let in_past = |id: &EntryId| self.numbers.get(id).is_some_and(|n| held.past.contains(*n));
        let keeper = held.header.subject.as_ref().and_then(|document| self.keeper(document));
        judge(&Work { author: held.author, gist: &held.gist, past: &in_past, keeper })
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

    /// A record counts when a confirmation with right, by a member of another workshop, names it.
    fn confirm(&mut self, record: EntryId) {
        let Some(place) = self.places.get(&record).copied() else { return };
        let Some(held) = self.held.get(place) else { return };
        if held.verdict.counts() || held.header.kind.class() != Class::Record || held.gist == Gist::Unknown {
            return;
        }
        let home: HashSet<WorkshopId> =
            self.work(held, |work| work.workshops(&self.authority)).into_iter().collect();
        let confirmed =
            self.attestations.get(&record).into_iter().flatten().filter_map(|p| self.held.get(*p)).any(|a| {
                a.right
                    && a.gist == Gist::Attestation { confirms: true }
                    && self.work(a, |work| work.workshops(&self.authority)).iter().any(|w| !home.contains(w))
            });
        if confirmed {
            self.set_verdict(place, Verdict::Accepted);
        }
    }
}
