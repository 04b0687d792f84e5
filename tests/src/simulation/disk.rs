//! A replica's disk: what was flushed, and what a crash takes.
//!
//! What was flushed is never lost, but by putting back an old copy. Of what was not, a crash keeps
//! some from the beginning: the write was torn. Entries are shared between disks; each replica
//! checked its own.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::replica;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// An entry's id and witness: what makes two copies the same.
type Copy = (EntryId, Option<[u8; 64]>);

/// Each entry once in memory.
#[derive(Clone, Default)]
pub struct Shelf(Rc<RefCell<HashMap<Copy, Rc<Entry>>>>);

impl Shelf {
    /// The shared copy.
    pub fn share(&self, entry: Entry) -> Rc<Entry> {
        let key = (entry.id(), entry.signature().copied());
        Rc::clone(self.0.borrow_mut().entry(key).or_insert_with(|| Rc::new(entry)))
    }
}

/// The disk of one replica. Entries lie on it in the order in which they came to be held.
#[derive(Default)]
pub struct Disk {
    entries: Vec<Rc<Entry>>,
    flushed: usize,
    copied: usize,
}

impl Disk {
    /// Writes entries, which are safe after the next flush.
    pub fn write(&mut self, entries: impl IntoIterator<Item = Rc<Entry>>) {
        self.entries.extend(entries);
    }

    /// Whether something is not flushed.
    pub fn dirty(&self) -> bool {
        self.flushed < self.entries.len()
    }

    /// Makes safe what was written, and says what that is.
    pub fn flush(&mut self) -> &[Rc<Entry>] {
        let from = std::mem::replace(&mut self.flushed, self.entries.len());
        self.entries.get(from..).unwrap_or_default()
    }

    /// How many of its entries are safe.
    pub fn flushed(&self) -> usize {
        self.flushed
    }

    /// All that is on it.
    pub fn entries(&self) -> &[Rc<Entry>] {
        &self.entries
    }

    /// The power goes: what was not flushed is lost, or its end is.
    pub fn crash(&mut self, random: &mut ChaCha8Rng) {
        let kept = random.random_range(self.flushed..=self.entries.len());
        self.entries.truncate(kept);
        // What the lost end vouched for can't be shown to anyone.
        let unvouched = replica::unvouched(&self.entries);
        self.entries.retain(|e| !unvouched.contains(&e.id()));
        self.flushed = self.entries.len();
    }

    /// Copies what is flushed to another medium.
    pub fn copy(&mut self) {
        self.copied = self.flushed;
    }

    /// Puts the copy back: what came after it is gone, and said.
    pub fn put_back(&mut self) -> Vec<Rc<Entry>> {
        let copied = self.copied.min(self.entries.len());
        self.flushed = copied;
        self.entries.split_off(copied)
    }
}
