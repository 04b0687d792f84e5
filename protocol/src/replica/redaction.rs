//! Which personal parts are taken away: `docs/trust.md`, "Nodes, names, redaction".
//!
//! An author's own redaction takes a part away for ever, whatever becomes of the redaction: nothing that is held
//! later brings it back, so whoever holds the redaction may erase the part. A steward's, and one that a motion
//! carried, is obeyed while it holds, and erases once the charter followed settles that it does. What is forgotten
//! may be held without its part, and nothing else is.

use std::collections::BTreeSet;

use super::{Held, Replica};
use crate::authority::Role;
use crate::authority::operation::Operation;
use crate::authority::past::OperationSet;
use crate::entry::Entry;
use crate::id::{EntryId, WorkshopId};
use crate::key::MemberKey;

/// What a redaction does to an entry's personal part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Redaction {
    /// It is shown to nobody. It stays, since the redaction may yet prove void.
    Hidden,
    /// It is erased everywhere.
    Forgotten,
}

impl Replica {
    /// What became of the personal part of an entry that is held; none while nothing was redacted.
    pub fn redaction(&self, id: &EntryId) -> Option<Redaction> {
        let held = self.get(id)?;
        self.strongest(id, &held.author, &held.past)
    }

    /// The workshops that an entry's author was ever admitted to in its past: their stewards may redact it.
    pub fn homes(&self, held: &Held) -> BTreeSet<WorkshopId> {
        let homes = self.graph.homes(&held.author, &held.past);
        homes.into_iter().filter_map(|workshop| self.graph.id(workshop)).collect()
    }

    /// The entries held whose personal part was redacted.
    pub fn redacted(&self) -> impl Iterator<Item = (EntryId, Redaction)> {
        self.redactions.keys().filter_map(|id| self.redaction(id).map(|redaction| (*id, redaction)))
    }

    /// Whether an entry that isn't held yet may be held without its personal part. What the `first` of its chain
    /// names is held, and what the entry names is, or is of its chain.
    pub(super) fn forgets(&self, entry: &Entry, first: &Entry) -> bool {
        let id = entry.id();
        if !self.redactions.contains_key(&id) {
            return false;
        }
        let mut past = OperationSet::default();
        past.extend(&self.past_of(first.header()));
        past.extend(&self.past_of(entry.header()));
        self.strongest(&id, &entry.author(), &past) == Some(Redaction::Forgotten)
    }

    fn strongest(&self, id: &EntryId, author: &MemberKey, past: &OperationSet) -> Option<Redaction> {
        let said = self.redactions.get(id)?.iter().filter_map(|place| self.held.get(*place));
        said.filter_map(|redaction| self.effect(redaction, author, past)).max()
    }

    fn effect(&self, redaction: &Held, author: &MemberKey, past: &OperationSet) -> Option<Redaction> {
        if redaction.author == *author {
            return Some(Redaction::Forgotten);
        }
        let may = match redaction.gist.operation()? {
            Operation::RedactByMotion(_) => true,
            Operation::Redact(said) => {
                let grant = self.graph.number(&said.under).and_then(|under| self.graph.grant(under))?;
                grant.role == Role::Steward && self.graph.homes(author, past).contains(&grant.workshop?)
            }
            _ => return None,
        };
        let settled = || {
            let judge = self.judge.as_ref().zip(self.graph.number(&redaction.id));
            judge.is_some_and(|(judge, number)| judge.settles(number))
        };
        (may && redaction.verdict.counts())
            .then(|| if settled() { Redaction::Forgotten } else { Redaction::Hidden })
    }
}
