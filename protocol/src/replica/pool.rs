//! The received: entries that wait for their past or for a signature. It is bounded and promises
//! nothing: when it is full, those that wait longest make room. So what never comes to be held, sent
//! by a liar in any number, keeps nothing else out. A signature in it was checked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::entry::Entry;
use crate::id::EntryId;
use crate::limits;

/// The bounded pool of what was received and isn't held yet.
#[derive(Debug, Default)]
pub struct Pool {
    waiting: HashMap<EntryId, (u64, Entry)>,
    /// The same by when they came.
    came: BTreeMap<u64, EntryId>,
    count: u64,
    /// Who waits for an id: those that name it in prev, seen or deps.
    waiters: HashMap<EntryId, Vec<EntryId>>,
    /// Those that came without their personal part.
    bare: BTreeSet<EntryId>,
    bytes: usize,
}

impl Pool {
    /// Takes an entry in that isn't there. Says how many others made room for it.
    pub fn insert(&mut self, entry: Entry) -> usize {
        let mut gone = 0;
        while self.waiting.len() >= limits::POOL_ENTRIES_MAX
            || self.bytes.saturating_add(entry.len()) > limits::POOL_BYTES_MAX
        {
            let Some((_, oldest)) = self.came.first_key_value().map(|(n, id)| (*n, *id)) else { break };
            self.remove(&oldest);
            gone += 1;
        }
        self.bytes += entry.len();
        for named in names(&entry) {
            self.waiters.entry(named).or_default().push(entry.id());
        }
        if entry.lacks_personal() {
            self.bare.insert(entry.id());
        }
        self.count += 1;
        self.came.insert(self.count, entry.id());
        self.waiting.insert(entry.id(), (self.count, entry));
        gone
    }

    /// Takes an entry out.
    pub fn remove(&mut self, id: &EntryId) -> Option<Entry> {
        let (number, entry) = self.waiting.remove(id)?;
        self.came.remove(&number);
        self.bare.remove(id);
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
    pub fn get(&self, id: &EntryId) -> Option<&Entry> {
        self.waiting.get(id).map(|(_, entry)| entry)
    }

    /// Those that wait for this id.
    pub fn waiters(&self, id: &EntryId) -> Vec<EntryId> {
        self.waiters.get(id).cloned().unwrap_or_default()
    }

    /// Those that wait without their personal part.
    pub fn bare(&self) -> impl Iterator<Item = EntryId> {
        self.bare.iter().copied()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// All that wait.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.waiting.values().map(|(_, entry)| entry)
    }
}

/// The entries that an entry names: its past, one step.
pub fn names(entry: &Entry) -> impl Iterator<Item = EntryId> + use<'_> {
    let header = entry.header();
    header.prev.iter().chain(&header.seen).chain(&header.deps).copied()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
pub(crate) mod tests {
    use super::*;
    use crate::authority::operation::{Found, Operation};
    use crate::burst::{Burst, Draft};
    use crate::entry::{Kind, Part};
    use crate::key::SecretKey;
    use crate::replica::Replica;

    /// A replica with its founder's key and the founding entry.
    pub fn federation() -> (Replica, SecretKey, Entry) {
        let key = SecretKey::from_seed(&[1; 32]);
        let next = key.member().commitment();
        let found = Operation::Found(Found {
            name: "Federation".into(),
            workshop: "Workshop North".into(),
            next,
            nonce: [0; 16],
        });
        let facts = found.to_facts().unwrap();
        let mut burst = Burst::found(&key, 1, 1);
        burst.add(Draft { kind: Kind::FOUND, subject: None, deps: vec![], facts, personal: None }).unwrap();
        let founding = burst.sign().remove(0);
        let mut replica = Replica::new(founding.id());
        assert_eq!(replica.receive([founding.clone()]).fresh.len(), 1);
        (replica, key, founding)
    }

    #[test]
    fn entries_whose_past_never_comes_keep_nothing_out_however_many_they_are() {
        let (mut replica, key, founding) = federation();
        let mut header = founding.header().clone();
        (header.federation, header.kind) = (Some(founding.id()), Kind::new(Kind::CREATE).unwrap());
        (header.facts, header.prev) = (Part::of(b""), Some(EntryId([7; 32])));
        let many = u64::try_from(limits::POOL_ENTRIES_MAX).unwrap() + 100;
        let flood = (1..=many).map(|seq| {
            header.seq = seq;
            Entry::build_by(Some(key.member()), header.clone(), vec![], None, None).unwrap()
        });
        let flood: Vec<Entry> = flood.collect();
        for some in flood.chunks(1_000) {
            replica.receive(some.to_vec());
        }
        assert_eq!(replica.waiting(), limits::POOL_ENTRIES_MAX);

        let next = key.member().commitment();
        let admit = crate::authority::operation::AdmitWorkshop {
            under: founding.id(),
            name: "Workshop South".into(),
            key: SecretKey::from_seed(&[2; 32]).member(),
            next,
        };
        let facts = Operation::AdmitWorkshop(admit).to_facts().unwrap();
        let mut burst = Burst::begin(&replica, &key, 1, 2);
        burst
            .add(Draft { kind: Kind::ADMIT_WORKSHOP, subject: None, deps: vec![], facts, personal: None })
            .unwrap();
        assert_eq!(replica.receive(burst.sign()).fresh.len(), 1, "a sound entry is held all the same");
        assert_eq!(replica.waiting(), limits::POOL_ENTRIES_MAX - 1, "and the longest waiting made room");
    }
}
