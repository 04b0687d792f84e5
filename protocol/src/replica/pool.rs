//! The received: entries that wait for their past or for a signature. It is bounded and promises
//! nothing.

use std::collections::HashMap;

use crate::entry::Entry;
use crate::id::EntryId;
use crate::limits;

/// An entry that waits.
#[derive(Debug)]
pub struct Waiting {
    /// The entry; its signature, if it still has one, is either unchecked or good (see `authentic`).
    pub entry: Entry,
    /// Whether it is known to be authentic.
    pub authentic: bool,
}

/// The bounded pool of what was received and isn't held yet.
#[derive(Debug, Default)]
pub struct Pool {
    waiting: HashMap<EntryId, Waiting>,
    /// Who waits for an id: those that name it in prev, seen or deps.
    waiters: HashMap<EntryId, Vec<EntryId>>,
    bytes: usize,
}

impl Pool {
    /// Takes an entry in, unless the pool is full.
    pub fn insert(&mut self, entry: Entry) -> bool {
        if self.waiting.len() >= limits::POOL_ENTRIES_MAX || self.bytes + entry.len() > limits::POOL_BYTES_MAX
        {
            return false;
        }
        self.bytes += entry.len();
        for named in names(&entry) {
            self.waiters.entry(named).or_default().push(entry.id());
        }
        self.waiting.insert(entry.id(), Waiting { entry, authentic: false });
        true
    }

    /// Takes an entry out.
    pub fn remove(&mut self, id: &EntryId) -> Option<Entry> {
        let Waiting { entry, .. } = self.waiting.remove(id)?;
        self.bytes -= entry.len();
        for named in names(&entry) {
            if let Some(waiters) = self.waiters.get_mut(&named) {
                waiters.retain(|w| w != id);
                if waiters.is_empty() {
                    self.waiters.remove(&named);
                }
            }
        }
        Some(entry)
    }

    /// An entry that waits.
    pub fn get(&self, id: &EntryId) -> Option<&Waiting> {
        self.waiting.get(id)
    }

    /// An entry that waits, to change it.
    pub fn get_mut(&mut self, id: &EntryId) -> Option<&mut Waiting> {
        self.waiting.get_mut(id)
    }

    /// Those that wait for this id.
    pub fn waiters(&self, id: &EntryId) -> Vec<EntryId> {
        self.waiters.get(id).cloned().unwrap_or_default()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// All that wait.
    pub fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.values()
    }
}

/// The entries that an entry names: its past, one step.
pub fn names(entry: &Entry) -> impl Iterator<Item = EntryId> + use<'_> {
    let header = entry.header();
    header.prev.iter().chain(&header.seen).chain(&header.deps).copied()
}
