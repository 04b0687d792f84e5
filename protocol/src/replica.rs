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
//! it answers for it, and loads it again with [`Replica::load`]. Nor does a replica follow a newer charter than the
//! federation's name says for longer than it is held: [`Replica::follow`] is told, so that what counts stays a
//! function of the set and the name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::acceptance::{Reason, Settlements, Verdict};
use crate::authority::Authority;
use crate::authority::graph::{Arriving, Graph};
use crate::authority::judge::Judge;
use crate::authority::operation::Operation;
use crate::authority::past::{OperationSet, Pasts};
use crate::chain::{Chains, Position};
use crate::digest::Digest;
use crate::entry::{Class, Gist, Header};
use crate::id::{DocumentId, EntryId};
use crate::key::MemberKey;

mod forks;
mod heads;
mod history;
mod judge;
mod pool;
mod preview;
mod receive;
mod redaction;
mod view;
mod vouched;
mod whole;
mod why;

#[cfg(test)]
pub(crate) use pool::tests;

pub use forks::Fork;
pub use history::{Checkpoints, Covering, History, Roots, Sealed, Unheld};
pub use judge::Keeping;
use pool::Pool;
pub use receive::{Received, Refusal};
pub use redaction::Redaction;
pub use vouched::unvouched;
pub use whole::Whole;
pub use why::{Because, Cause, Step};

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
    position: Position,
    past: Arc<OperationSet>,
}

/// See the module.
#[derive(Debug)]
pub struct Replica {
    federation: EntryId,
    held: Vec<Held>,
    places: HashMap<EntryId, usize>,
    /// Places of the operations, by their number in the graph.
    operations: Vec<usize>,
    graph: Graph,
    chains: Chains,
    pasts: Pasts,
    /// The charter that the federation's name says.
    name: EntryId,
    /// Once the founding entry is held.
    judge: Option<Judge>,
    settlements: Settlements,
    authority: Authority,
    /// Places from here on, and operations from here on, are not judged yet.
    unjudged: (usize, usize),
    /// Whether a head that an operation names came to be held since all work was judged.
    reached: bool,
    /// How often an entry that counted ceased to.
    withdrawn: u64,
    /// Places of the entries of a document, its first one included, each after its past.
    documents: BTreeMap<DocumentId, Vec<usize>>,
    /// Places of records, in order.
    records: Vec<usize>,
    /// Places of attestations by what they speak of.
    attestations: HashMap<EntryId, Vec<usize>>,
    /// Places of redactions by what they name.
    redactions: BTreeMap<EntryId, Vec<usize>>,
    /// Places of the entries of a log, by author, log and seq: more than one at a seq is a fork.
    logs: BTreeMap<(MemberKey, u64), BTreeMap<u64, Vec<usize>>>,
    pool: Pool,
    /// The trees over the ids held and over those accepted.
    held_digest: Digest,
    accepted: Digest,
}

impl Replica {
    /// An empty replica of a federation, named by its founding entry, which is also the charter that it follows
    /// until [`Replica::follow`] says another.
    pub fn new(federation: EntryId) -> Self {
        Self {
            federation,
            held: Vec::new(),
            places: HashMap::new(),
            operations: Vec::new(),
            graph: Graph::default(),
            chains: Chains::default(),
            pasts: Pasts::default(),
            name: federation,
            judge: None,
            settlements: Settlements::default(),
            authority: Authority::default(),
            unjudged: (0, 0),
            reached: false,
            withdrawn: 0,
            documents: BTreeMap::new(),
            records: Vec::new(),
            attestations: HashMap::new(),
            redactions: BTreeMap::new(),
            logs: BTreeMap::new(),
            pool: Pool::default(),
            held_digest: Digest::new(),
            accepted: Digest::new(),
        }
    }

    /// A replica of entries that were held before, as the store kept them: nothing is checked again here.
    /// They are given in the order in which they were held.
    pub fn load(federation: EntryId, charter: EntryId, entries: impl IntoIterator<Item = Known>) -> Self {
        let mut loading = Loading::new(federation, charter);
        for known in entries {
            loading.hold(known);
        }
        loading.judge()
    }

    /// Most work knows just what the entry before it knew: then it is the very set of that one.
    fn past_of(&self, header: &Header) -> Arc<OperationSet> {
        let mut past: Arc<OperationSet> = Arc::default();
        for named in header.prev.iter().chain(&header.seen).chain(&header.deps) {
            let Some(held) = self.get(named) else { continue };
            if past.is_empty() {
                past = Arc::clone(&held.past);
            } else if !past.includes(&held.past) {
                Arc::make_mut(&mut past).extend(&held.past);
            }
            if held.header.kind.class().is_operation()
                && let Some(number) = self.graph.number(named)
                && !past.contains(number)
            {
                Arc::make_mut(&mut past).insert(number);
            }
        }
        past
    }

    fn hold(&mut self, header: Header, id: EntryId, author: MemberKey, gist: Gist) {
        let place = self.held.len();
        let past = self.past_of(&header);
        let prev = header.prev.as_ref().and_then(|prev| self.get(prev));
        let shared = prev.is_some_and(|prev| Arc::ptr_eq(&prev.past, &past));
        let prev = prev.map(|prev| prev.position);
        let past = if shared { past } else { self.pasts.intern(past) };
        let position = self.chains.place(prev, header.seq);
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
            _ => {}
        }
        if class.is_operation() {
            let operation = gist.operation().cloned();
            if let Some(entry) = operation.as_ref().and_then(Operation::redacts) {
                self.redactions.entry(entry).or_default().push(place);
            }
            let arriving = Arriving { id, author, operation, past: Arc::clone(&past), position };
            let (held, places) = (&self.held, &self.places);
            let work = |head: &EntryId| {
                let held = places.get(head).and_then(|place| held.get(*place));
                held.filter(|h| !h.header.kind.class().is_operation()).map(|h| h.position)
            };
            self.graph.add(arriving, &self.chains, &work);
            self.operations.push(place);
        } else {
            self.reached |= self.graph.held(&id, position, &self.chains);
        }
        let verdict = Verdict::Parked(Reason::Unknown);
        self.held.push(Held { header, id, author, gist, verdict, right: false, position, past });
    }
}

/// A replica that is being filled from a store: nothing is judged until all is there.
#[derive(Debug)]
pub struct Loading(Replica);

impl Loading {
    /// Begins one, named by its founding entry and by the charter that it follows.
    pub fn new(federation: EntryId, charter: EntryId) -> Self {
        Self(Replica { name: charter, ..Replica::new(federation) })
    }

    /// Holds an entry that was held before, whose past was given before it. Answers whether it is new.
    pub fn hold(&mut self, known: Known) -> bool {
        let Known { header, id, author, gist } = known;
        let new = !self.0.places.contains_key(&id);
        if new {
            self.0.hold(header, id, author, gist);
        }
        new
    }

    /// Whether an entry is held.
    pub fn holds(&self, id: &EntryId) -> bool {
        self.0.holds(id)
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Judges all that was given.
    pub fn judge(mut self) -> Replica {
        self.0.judge();
        self.0
    }
}

/// An entry that was held before, as the store kept it.
#[derive(Debug)]
pub struct Known {
    /// The entry's header.
    pub header: Header,
    /// Its id.
    pub id: EntryId,
    /// Its author.
    pub author: MemberKey,
    /// What it says, as far as rights go.
    pub gist: Gist,
}
