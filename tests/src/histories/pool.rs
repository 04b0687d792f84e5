//! All entries of a history, in the order in which they were signed.

use std::collections::{BTreeSet, HashMap};

use aronde_protocol::authority::operation::Operation;
use aronde_protocol::entry::{Class, Entry, Gist};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;

/// A place in the pool. Each entry comes after its past.
pub type At = usize;

/// Some entries.
pub type Places = BTreeSet<At>;

/// See the module.
#[derive(Default)]
pub struct Pool {
    entries: Vec<Entry>,
    gists: Vec<Gist>,
    pasts: Vec<Places>,
    places: HashMap<EntryId, At>,
}

impl Pool {
    /// Adds an entry whose past is here.
    pub fn add(&mut self, entry: Entry) -> At {
        if let Some(at) = self.places.get(&entry.id()) {
            return *at;
        }
        let header = entry.header();
        let mut past = Places::new();
        for named in header.prev.iter().chain(&header.seen).chain(&header.deps) {
            if let Some(at) = self.places.get(named).copied() {
                past.insert(at);
                past.extend(self.past(at));
            }
        }
        let at = self.entries.len();
        self.places.insert(entry.id(), at);
        self.gists.push(Gist::of(&entry).unwrap_or(Gist::Unknown));
        self.pasts.push(past);
        self.entries.push(entry);
        at
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry at a place.
    pub fn entry(&self, at: At) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// Its id.
    pub fn id(&self, at: At) -> EntryId {
        self.entry(at).map_or(EntryId([0; 32]), Entry::id)
    }

    /// Where an entry is.
    pub fn at(&self, id: &EntryId) -> Option<At> {
        self.places.get(id).copied()
    }

    /// What an entry says.
    pub fn gist(&self, at: At) -> &Gist {
        self.gists.get(at).unwrap_or(&Gist::Unknown)
    }

    /// What an operation says.
    pub fn operation(&self, at: At) -> Option<&Operation> {
        self.gist(at).operation()
    }

    /// Who signed it.
    pub fn author(&self, at: At) -> Option<MemberKey> {
        self.entry(at).map(Entry::author)
    }

    /// Its past, without itself.
    pub fn past(&self, at: At) -> Places {
        self.pasts.get(at).cloned().unwrap_or_default()
    }

    /// Whether one is in the past of another.
    pub fn is_past(&self, at: At, of: At) -> bool {
        self.pasts.get(of).is_some_and(|past| past.contains(&at))
    }

    /// Whether it is an operation.
    pub fn is_operation(&self, at: At) -> bool {
        self.class(at) == Class::Operation
    }

    /// What part of the commons it belongs to.
    pub fn class(&self, at: At) -> Class {
        self.entry(at).map_or(Class::Unknown, |e| e.header().kind.class())
    }

    /// Whether it admits a key.
    pub fn is_grant(&self, at: At) -> bool {
        matches!(
            self.operation(at),
            Some(
                Operation::Found(_)
                    | Operation::AdmitWorkshop(_)
                    | Operation::AdmitMember(_)
                    | Operation::GiveSteward(_)
            )
        )
    }

    /// The key that an operation gives a membership to, and that membership: by a grant or a rotation.
    pub fn gives(&self, at: At) -> Option<(MemberKey, EntryId)> {
        match self.operation(at)? {
            Operation::Rotate(op) => Some((op.key, op.membership)),
            op => self.author(at).and_then(|author| op.admits(author)).map(|key| (key, self.id(at))),
        }
    }

    /// The workshop that a grant is in.
    pub fn workshop(&self, at: At) -> Option<EntryId> {
        match self.operation(at)? {
            Operation::Found(_) | Operation::AdmitWorkshop(_) => Some(self.id(at)),
            Operation::GiveSteward(op) => Some(op.workshop),
            Operation::AdmitMember(op) => self.workshop(self.at(&op.under)?),
            _ => None,
        }
    }

    /// These with all their pasts.
    pub fn closed(&self, some: impl IntoIterator<Item = At>) -> Places {
        let mut closed = Places::new();
        for at in some {
            if closed.insert(at) {
                closed.extend(self.past(at));
            }
        }
        closed
    }

    /// Those that lie in no other's past.
    pub fn heads(&self, some: &Places) -> Places {
        some.iter().copied().filter(|at| !some.iter().any(|other| self.is_past(*at, *other))).collect()
    }

    /// Those that no other of them reaches by `prev`: the heads of every branch of every log.
    pub fn log_heads(&self, some: &Places) -> Places {
        let prev = |at: &At| self.entry(*at).and_then(|e| e.header().prev).and_then(|p| self.at(&p));
        let mut behind = Places::new();
        for at in some {
            let mut here = prev(at);
            while let Some(at) = here.filter(|at| behind.insert(*at)) {
                here = prev(&at);
            }
        }
        some.difference(&behind).copied().collect()
    }
}
