//! What can be asked of a replica.

use std::collections::{BTreeSet, HashSet};

use super::{Held, Replica};
use crate::acceptance::{Reason, Verdict};
use crate::authority::past::OperationSet;
use crate::authority::{Authority, NotHolding};
use crate::digest::Digest;
use crate::entry::Class;
use crate::id::{DocumentId, EntryId};
use crate::key::MemberKey;
use crate::limits;

const OPEN: Verdict = Verdict::Parked(Reason::Operation(NotHolding::Open));

impl Replica {
    /// The federation, by its founding entry.
    pub fn federation(&self) -> EntryId {
        self.federation
    }

    /// Who may do what.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// An entry that is held.
    pub fn get(&self, id: &EntryId) -> Option<&Held> {
        self.places.get(id).and_then(|place| self.held.get(*place))
    }

    /// Whether an entry is held.
    pub fn holds(&self, id: &EntryId) -> bool {
        self.places.contains_key(id)
    }

    /// All that is held, each after its past. The order is this replica's own.
    pub fn held(&self) -> impl ExactSizeIterator<Item = &Held> {
        self.held.iter()
    }

    /// Where an entry stands in that order.
    pub fn place(&self, id: &EntryId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// How often an entry that counted ceased to: what was read of documents before is to be read again when this
    /// has grown.
    pub fn withdrawn(&self) -> u64 {
        self.withdrawn
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The tree over the ids of what counts.
    pub fn accepted(&self) -> &Digest {
        &self.accepted
    }

    /// The tree over the ids of all that is held.
    pub fn digest(&self) -> &Digest {
        &self.held_digest
    }

    /// How many wait in the pool of the received.
    pub fn waiting(&self) -> usize {
        self.pool.len()
    }

    /// What the pool waits for: entries that are named and neither held nor waiting, and those that came without
    /// their personal part.
    pub fn wanted(&self) -> Vec<EntryId> {
        let named = self.pool.iter().flat_map(super::pool::names);
        let wanted: HashSet<_> = named.filter(|id| !self.holds(id) && self.pool.get(id).is_none()).collect();
        let mut wanted: Vec<_> = wanted.into_iter().chain(self.pool.bare()).collect();
        wanted.sort_unstable();
        wanted
    }

    /// The documents whose first entry counts.
    pub fn documents(&self) -> impl Iterator<Item = DocumentId> + use<'_> {
        self.documents.keys().filter(|id| self.get(id).is_some_and(|d| d.verdict.counts())).copied()
    }

    /// All entries of a document that are held, parked ones included, each after its past.
    pub fn all_of_document(&self, id: &DocumentId) -> impl Iterator<Item = &Held> {
        let entries = self.documents.get(id).into_iter().flatten();
        entries.filter_map(|place| self.held.get(*place))
    }

    /// The accepted entries of a document, each after its past.
    pub fn document(&self, id: &DocumentId) -> impl Iterator<Item = &Held> {
        let entries = self.documents.get(id).into_iter().flatten();
        entries.filter_map(|place| self.held.get(*place)).filter(|held| held.verdict.counts())
    }

    /// The heads of a document: accepted entries that no accepted entry names in `deps`, sorted.
    pub fn document_heads(&self, id: &DocumentId) -> Vec<EntryId> {
        let named: HashSet<_> = self.document(id).flat_map(|held| &held.header.deps).collect();
        let mut heads: Vec<_> =
            self.document(id).map(|held| held.id).filter(|id| !named.contains(id)).collect();
        heads.sort_unstable();
        heads
    }

    /// The records, each after its past, parked ones included.
    pub fn records(&self) -> impl Iterator<Item = &Held> {
        self.records.iter().filter_map(|place| self.held.get(*place))
    }

    /// The attestations that speak of a record, parked ones included.
    pub fn attestations(&self, record: &EntryId) -> impl Iterator<Item = &Held> {
        let places = self.attestations.get(record).into_iter().flatten();
        places.filter_map(|place| self.held.get(*place))
    }

    /// The heads of the authority that software names in `seen`: accepted operations and open motions that lie
    /// in the past of no other, sorted.
    pub fn authority_heads(&self) -> Vec<EntryId> {
        let mut behind = OperationSet::default();
        let accepted = || {
            let all = self.operations.iter().enumerate();
            all.filter_map(|(n, place)| self.held.get(*place).map(|h| (n, h)))
                .filter(|(_, h)| h.verdict.counts() || h.verdict == OPEN)
        };
        for (_, held) in accepted() {
            behind.extend(&held.past);
        }
        let mut heads: Vec<_> = accepted().filter(|(n, _)| !behind.contains(*n)).map(|(_, h)| h.id).collect();
        heads.sort_unstable();
        heads
    }

    /// What an author names in `seen`: the heads of the authority. Where there are more than an entry may name, which
    /// one hostile steward can bring about: heads that know the charter followed and what makes the author a member,
    /// then those that know most. What an operation leaves out, the next one names.
    pub fn seen_by(&self, author: MemberKey) -> Vec<EntryId> {
        let heads = self.authority_heads();
        if heads.len() <= limits::SEEN_MAX {
            return heads;
        }
        let past =
            |id: &EntryId| self.get(id).map_or(0, |held| held.past.without(&OperationSet::default()).len());
        let mut heads: Vec<_> = heads.into_iter().map(|id| (std::cmp::Reverse(past(&id)), id)).collect();
        heads.sort_unstable();
        let memberships: Vec<_> = self.authority.memberships_of(author).map(|(id, _)| *id).collect();
        let rotations = memberships.iter().filter_map(|id| self.graph.number(id)).flat_map(|grant| {
            self.graph.rotations(grant).iter().filter_map(|rotation| self.graph.id(*rotation))
        });
        let needed = self.authority.charter.into_iter().chain(memberships.iter().copied()).chain(rotations);
        let knows = |head: &EntryId, id: &EntryId| {
            head == id || self.get(head).is_some_and(|held| self.has_in_past(held, id))
        };
        let mut named: BTreeSet<EntryId> = needed
            .filter_map(|id| heads.iter().map(|(_, head)| *head).find(|head| knows(head, &id)))
            .take(limits::SEEN_MAX)
            .collect();
        for (_, head) in heads {
            if named.len() < limits::SEEN_MAX {
                named.insert(head);
            }
        }
        named.into_iter().collect()
    }

    /// The operations that lie in an entry's past, its own class of facts apart.
    pub fn has_in_past(&self, entry: &Held, operation: &EntryId) -> bool {
        self.graph.number(operation).is_some_and(|n| entry.past.contains(n))
    }

    /// The last entry of a log. Where branches of a fork end at one place, that of them which came first here.
    pub fn log_head(&self, author: MemberKey, log: u64) -> Option<&Held> {
        let (_, places) = self.logs.get(&(author, log))?.last_key_value()?;
        places.first().and_then(|place| self.held.get(*place))
    }

    /// The logs: author, log, and how many places of it are held.
    pub fn logs(&self) -> impl Iterator<Item = (MemberKey, u64, usize)> + use<'_> {
        self.logs.iter().map(|((author, log), seqs)| (*author, *log, seqs.len()))
    }

    /// The operations that are held, each after its past.
    pub fn operations(&self) -> impl Iterator<Item = &Held> {
        self.operations.iter().filter_map(|place| self.held.get(*place))
    }

    /// Entries of a class, each after its past.
    pub fn of_class(&self, class: Class) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(move |held| held.header.kind.class() == class)
    }
}
