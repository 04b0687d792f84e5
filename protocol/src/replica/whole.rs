//! A set of entries that is given whole and in causal order, as a bundle gives it or a journal: held by the same door
//! as what arrives piece by piece, without a pool, and judged once.
//!
//! Unlike [`Replica::receive`], it takes entries whose personal part is not there, so what it holds is never
//! passed on; and whether each entry is vouched for is asked when all are there. It verifies no signature: whoever
//! gives an entry says whether one holds.

use std::collections::HashSet;

use super::pool::names;
use super::receive::Refusal;
use super::{Known, Loading, Replica};
use crate::entry::Entry;
use crate::id::EntryId;

/// See the module.
#[derive(Debug)]
pub struct Whole {
    replica: Replica,
    /// By place: whether a signature of its author came with the entry.
    signed: Vec<bool>,
}

impl Whole {
    /// Nothing, of a federation.
    pub fn new(federation: EntryId) -> Self {
        Self { replica: Replica::new(federation), signed: Vec::new() }
    }

    /// Whether an entry was taken in.
    pub fn holds(&self, id: &EntryId) -> bool {
        self.replica.holds(id)
    }

    /// Whether all that an entry names was taken in.
    pub fn holds_past_of(&self, entry: &Entry) -> bool {
        names(entry).all(|named| self.holds(&named))
    }

    /// Takes an entry in, whose past was. `signed` says whether its signature was checked and holds.
    ///
    /// # Errors
    /// It may not be held.
    pub fn take(&mut self, entry: Entry, signed: bool) -> Result<(), Refusal> {
        let gist = self.replica.passes(&entry)?;
        let (id, author) = (entry.id(), entry.author());
        self.replica.hold(entry.into_header(), id, author, gist);
        self.signed.push(signed);
        Ok(())
    }

    /// Another copy of an entry that was taken in came with a signature that was checked and holds.
    pub fn witness(&mut self, id: &EntryId) {
        if let Some(signed) = self.replica.place(id).and_then(|place| self.signed.get_mut(place)) {
            *signed = true;
        }
    }

    /// The entries that neither a signature nor an entry after them vouches for, each after its past.
    pub fn unvouched(&self) -> Vec<EntryId> {
        let mut authentic = self.signed.clone();
        for (place, held) in self.replica.held.iter().enumerate().rev() {
            if authentic.get(place) != Some(&true) {
                continue;
            }
            let prev = held.header.prev.and_then(|prev| self.replica.place(&prev));
            if let Some((prev, before)) = prev.and_then(|p| Some((p, self.replica.held.get(p)?)))
                && held.header.vouches_for(&before.header, before.id)
                && let Some(vouched) = authentic.get_mut(prev)
            {
                *vouched = true;
            }
        }
        let held = self.replica.held.iter().zip(authentic);
        held.filter(|(_, authentic)| !authentic).map(|(held, _)| held.id).collect()
    }

    /// Judges all of it.
    pub fn judge(mut self) -> Replica {
        self.replica.judge();
        self.replica
    }

    /// Judges what is vouched for and rests on nothing that isn't, following a charter. The others are not held; they
    /// are named, each after its past.
    pub fn judge_vouched(mut self, charter: EntryId) -> (Replica, Vec<EntryId>) {
        let mut gone: HashSet<EntryId> = HashSet::new();
        let mut left_out = Vec::new();
        loop {
            let unvouched: HashSet<EntryId> = self.unvouched().into_iter().collect();
            if unvouched.is_empty() {
                self.replica.name = charter;
                return (self.judge(), left_out);
            }
            let mut kept = Loading::new(self.replica.federation, charter);
            let mut signed = Vec::new();
            for (held, witness) in std::mem::take(&mut self.replica.held).into_iter().zip(&self.signed) {
                let h = &held.header;
                let mut named = h.prev.iter().chain(&h.seen).chain(&h.deps);
                if unvouched.contains(&held.id) || named.any(|id| gone.contains(id)) {
                    gone.insert(held.id);
                    left_out.push(held.id);
                    continue;
                }
                kept.hold(Known { header: held.header, id: held.id, author: held.author, gist: held.gist });
                signed.push(*witness);
            }
            self = Self { replica: kept.0, signed };
        }
    }
}
