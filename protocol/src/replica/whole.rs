//! A set of entries that is given whole and in causal order, as a bundle gives it: held by the same door as what
//! arrives piece by piece, without a pool, and judged once.
//!
//! Unlike [`Replica::receive`], it takes entries whose personal part is not there, so what it holds is never
//! passed on; and whether each entry is vouched for is asked when all are there.

use super::Replica;
use super::receive::{Named, Refusal, door};
use crate::entry::Entry;
use crate::id::EntryId;

/// See the module.
#[derive(Debug)]
pub(crate) struct Whole {
    replica: Replica,
    /// By place: whether a signature of its author came with the entry.
    signed: Vec<bool>,
}

impl Whole {
    /// Nothing, of a federation.
    pub fn new(federation: EntryId) -> Self {
        Self { replica: Replica::new(federation), signed: Vec::new() }
    }

    /// Takes an entry in, whose past was. `signed` says whether its signature was checked and holds.
    ///
    /// # Errors
    /// It may not be held.
    pub fn take(&mut self, entry: Entry, signed: bool) -> Result<(), Refusal> {
        let replica = &self.replica;
        if entry.federation() != replica.federation {
            return Err(Refusal::WrongFederation);
        }
        let look = |id: &EntryId| replica.get(id).map(|h| Named::of(h.id, &h.header, h.author));
        // Whoever wrote the entry before it was a member there, and so is here.
        let member = entry.header().prev.is_some() || replica.is_member(&entry);
        let gist = door(&entry, &look, member)?;
        let (id, author) = (entry.id(), entry.author());
        self.replica.hold(entry.into_header(), id, author, gist);
        self.signed.push(signed);
        Ok(())
    }

    /// The entries that neither a signature nor an entry after them vouches for, each after its past.
    pub fn unvouched(&self) -> Vec<EntryId> {
        let mut authentic = self.signed.clone();
        for (place, held) in self.replica.held.iter().enumerate().rev() {
            let prev = held.header.prev.and_then(|prev| self.replica.place(&prev));
            let Some((prev, before)) = prev.and_then(|p| Some((p, self.replica.held.get(p)?))) else {
                continue;
            };
            if authentic.get(place) == Some(&true)
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
}
