//! A replica: what is held of one federation, and what of it counts.
//!
//! Entries may be given in any order, repeated, by anyone. What is held is decided by each entry's
//! own bytes, its authenticity and its past alone; what counts is decided by the set held alone. So
//! two replicas that hold the same set say the same, whatever way it came to them.
//!
//! Invariants: every held entry is authentic and its whole past is held; one without a signature of its
//! own is vouched for by one that is held, so what is held can be shown to anyone; entries are kept in
//! an order in which each comes after its past; a signature is kept only after it was checked.
//!
//! Deliberately absent: clocks, quotas, disks. The node stores what [`Received::fresh`] lists before
//! it answers for it, and loads it again with [`Replica::load`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::acceptance::{Reason, Verdict};
use crate::authority::Authority;
use crate::digest::Digest;
use crate::entry::{Class, Gist, Header};
use crate::id::{DocumentId, EntryId};
use crate::key::MemberKey;

mod judge;
mod past;
mod pool;
mod receive;
mod view;
mod vouched;

#[cfg(test)]
pub(crate) use pool::tests;

use past::{OperationSet, Pasts};
use pool::Pool;
pub use receive::{Received, Refusal};
pub use vouched::unvouched;

/// What is known of an entry that is held.
#[derive(Debug)]
pub struct Held {
    /// The entry's header.
    pub header: Header,
    /// Its id.
    pub id: EntryId,
    /// Its author.
    pub author: MemberKey,
    /// What it says, as far as rights go.
    pub gist: Gist,
    /// Whether it counts.
    pub verdict: Verdict,
    right: bool,
    past: Arc<OperationSet>,
}

/// See the module.
#[derive(Debug)]
pub struct Replica {
    federation: EntryId,
    held: Vec<Held>,
    places: HashMap<EntryId, usize>,
    /// Places of the operations, by their number in [`OperationSet`].
    operations: Vec<usize>,
    /// Their numbers, by id.
    numbers: HashMap<EntryId, usize>,
    /// Numbers of the operations that admit a key.
    admissions: HashMap<MemberKey, Vec<usize>>,
    pasts: Pasts,
    authority: Authority,
    /// Places of the entries of a document, its first one included, each after its past.
    documents: BTreeMap<DocumentId, Vec<usize>>,
    /// Places of records, in order.
    records: Vec<usize>,
    /// Places of attestations by what they speak of.
    attestations: HashMap<EntryId, Vec<usize>>,
    /// Places of the entries of a log, by author, log and seq: more than one at a seq is a fork.
    logs: BTreeMap<(MemberKey, u64), BTreeMap<u64, Vec<usize>>>,
    pool: Pool,
    /// The trees over the ids held and over those accepted.
    held_digest: Digest,
    accepted: Digest,
}

impl Replica {
    /// An empty replica of a federation, named by its founding entry.
    pub fn new(federation: EntryId) -> Self {
        Self {
            federation,
            held: Vec::new(),
            places: HashMap::new(),
            operations: Vec::new(),
            numbers: HashMap::new(),
            admissions: HashMap::new(),
            pasts: Pasts::default(),
            authority: Authority::default(),
            documents: BTreeMap::new(),
            records: Vec::new(),
            attestations: HashMap::new(),
            logs: BTreeMap::new(),
            pool: Pool::default(),
            held_digest: Digest::new(),
            accepted: Digest::new(),
        }
    }

    /// Holds an entry that was held before, as the store kept it: nothing is checked again here.
    /// Entries are given in the order in which they were held.
    pub fn load(&mut self, header: Header, id: EntryId, author: MemberKey, gist: Gist) {
        if !self.places.contains_key(&id) {
            self.hold(header, id, author, gist);
        }
    }

    fn past_of(&self, header: &Header) -> OperationSet {
        let mut past = OperationSet::default();
        for named in header.prev.iter().chain(&header.seen).chain(&header.deps) {
            if let Some(held) = self.get(named) {
                past.extend(&held.past);
            }
            if let Some(number) = self.numbers.get(named) {
                past.insert(*number);
            }
        }
        past
    }

    fn hold(&mut self, header: Header, id: EntryId, author: MemberKey, gist: Gist) {
        let place = self.held.len();
        let past = self.past_of(&header);
        let past = self.pasts.intern(past);
        self.places.insert(id, place);
        self.held_digest.insert(id);
        self.logs.entry((author, header.log)).or_default().entry(header.seq).or_default().push(place);
        let class = header.kind.class();
        match (class, header.subject) {
            (Class::Document, None) => self.documents.entry(id).or_default().push(place),
            (Class::Document, Some(subject)) => {
                self.documents.entry(subject).or_default().push(place);
            }
            (Class::Record, subject) => {
                self.records.push(place);
                if let (Gist::Attestation { .. }, Some(subject)) = (&gist, subject) {
                    self.attestations.entry(subject).or_default().push(place);
                }
            }
            (Class::Operation, _) => {
                let number = self.operations.len();
                self.numbers.insert(id, number);
                if let Some(key) = gist.operation().and_then(|operation| operation.admits(author)) {
                    self.admissions.entry(key).or_default().push(number);
                }
                self.operations.push(place);
            }
            _ => {}
        }
        let verdict = Verdict::Parked(Reason::Unknown);
        self.held.push(Held { header, id, author, gist, verdict, right: false, past });
        if class.is_operation() { self.judge_operation(place) } else { self.judge_work(place) }
    }
}
