//! A replica: what is held of one federation, and what of it counts.
//!
//! Entries may be given in any order, repeated, by anyone. What is held is decided by each entry's
//! own bytes, its authenticity and its past alone; what counts is decided by the set held alone. So
//! two replicas that hold the same set say the same, whatever way it came to them.
//!
//! Invariants: every held entry is authentic and its whole past is held; entries are kept in an order
//! in which each comes after its past; a signature is kept only after it was checked.
//!
//! Deliberately absent: clocks, quotas, disks. The node stores what [`Received::fresh`] lists before
//! it answers for it, and loads it again with [`Replica::load`].

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::acceptance::{Reason, Verdict, Work};
use crate::authority::{Authority, Judged};
use crate::digest::Digest;
use crate::entry::{Class, Entry, EntryError, Gist, Header, Kind};
use crate::id::{DocumentId, EntryId, WorkshopId};
use crate::key::MemberKey;
use crate::limits;

mod past;
mod pool;

use past::{OperationSet, Pasts};
use pool::{Pool, names};

/// Why an entry is not held, ever. Decided by its bytes and its past.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its own bytes are not in order.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// It belongs elsewhere.
    #[error("the entry belongs to another federation")]
    WrongFederation,
    /// The signature it came with isn't its author's. Says nothing of the entry itself.
    #[error("the signature is not the author's")]
    BadSignature,
    /// `prev` and `seq` don't continue one log.
    #[error("the entry does not continue its log: prev is of another author, log or place")]
    BrokenLog,
    /// A log holds operations or work, never both.
    #[error("the entry mixes operations and work in one log, or names work where an operation is due")]
    MixedClasses,
    /// `subject` or `deps` don't fit the kind.
    #[error("the entry's subject and deps do not fit its kind")]
    SubjectUnfit,
    /// Its author is nobody in its own past.
    #[error("the entry's author is no member in its own past")]
    NotAMember,
    /// It rests on an entry that is refused.
    #[error("the entry rests on one that is refused")]
    RefusedPast,
}

/// What came of entries that were received.
#[derive(Debug, Default)]
pub struct Received {
    /// Now held, each after its past, with only checked signatures. To be stored.
    pub fresh: Vec<Entry>,
    /// How many were held before.
    pub known: usize,
    /// Entries that are refused, with the reason.
    pub refused: Vec<(EntryId, Refusal)>,
    /// Entries that had no place in the pool; they can be asked for again.
    pub dropped: usize,
}

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

    /// Takes entries in, in any order, repeated or not, from anyone.
    pub fn receive(&mut self, entries: impl IntoIterator<Item = Entry>) -> Received {
        let mut out = Received::default();
        let mut todo = VecDeque::new();
        for entry in entries {
            let id = entry.id();
            if self.places.contains_key(&id) {
                out.known += 1;
            } else if entry.federation() != self.federation {
                out.refused.push((id, Refusal::WrongFederation));
            } else if entry.lacks_personal() {
                // Wanted, not equal: a relay that drops personal parts can't make us think we are done.
                out.dropped += 1;
            } else if let Some(waiting) = self.pool.get_mut(&id) {
                if !waiting.authentic && entry.signature().is_some() {
                    waiting.entry = entry;
                }
                todo.push_front(id);
            } else if self.pool.insert(entry) {
                // Last first: one signature at the end of a run vouches for all before it.
                todo.push_front(id);
            } else {
                out.dropped += 1;
            }
        }
        while let Some(id) = todo.pop_front() {
            self.settle(id, &mut todo, &mut out);
        }
        out
    }

    /// Moves one entry of the pool on as far as it goes, and queues those that it lets go on.
    fn settle(&mut self, id: EntryId, todo: &mut VecDeque<EntryId>, out: &mut Received) {
        if !self.authenticate(id, out) {
            return;
        }
        let Some(waiting) = self.pool.get(&id) else { return };
        // An authentic entry vouches for the one before it, which may wait for just that.
        if let Some(prev) = waiting.entry.header().prev
            && self.pool.get(&prev).is_some_and(|before| !before.authentic)
        {
            todo.push_back(prev);
        }
        if names(&waiting.entry).any(|named| !self.places.contains_key(&named)) {
            return;
        }
        let Some(entry) = self.pool.remove(&id) else { return };
        match self.door(&entry) {
            Ok(gist) => {
                self.hold(entry.header().clone(), id, entry.author(), gist);
                out.fresh.push(entry);
                todo.extend(self.pool.waiters(&id));
            }
            Err(refusal) => self.refuse(id, refusal, out),
        }
    }

    /// Whether an entry of the pool is authentic: by its own signature, or by the next one's.
    fn authenticate(&mut self, id: EntryId, out: &mut Received) -> bool {
        let Some(waiting) = self.pool.get(&id) else { return false };
        if waiting.authentic {
            return true;
        }
        let vouched = self.pool.waiters(&id).iter().any(|next| {
            self.pool.get(next).is_some_and(|n| n.authentic && n.entry.vouches_for(&waiting.entry))
        });
        let signed = !vouched && waiting.entry.signature_holds();
        let Some(waiting) = self.pool.get_mut(&id) else { return false };
        if !signed && waiting.entry.signature().is_some() {
            if !vouched {
                out.refused.push((id, Refusal::BadSignature));
            }
            // Unchecked or bad: a signature is checked before it is kept or passed on, else dropped.
            waiting.entry = waiting.entry.clone().with_signature(None);
        }
        waiting.authentic = vouched || signed;
        waiting.authentic
    }

    /// Refuses an entry and all that wait for it: their past can never be held.
    fn refuse(&mut self, id: EntryId, refusal: Refusal, out: &mut Received) {
        out.refused.push((id, refusal));
        let mut doomed = self.pool.waiters(&id);
        while let Some(next) = doomed.pop() {
            if self.pool.remove(&next).is_some() {
                out.refused.push((next, Refusal::RefusedPast));
                doomed.extend(self.pool.waiters(&next));
            }
        }
    }

    /// The door: whether an entry, authentic and with its past held, may be held.
    fn door(&self, entry: &Entry) -> Result<Gist, Refusal> {
        let header = entry.header();
        let class = header.kind.class();
        let at = |id: &EntryId| self.get(id).ok_or(Refusal::RefusedPast);
        if let Some(prev) = &header.prev {
            let prev = at(prev)?;
            if prev.author != entry.author()
                || prev.header.log != header.log
                || prev.header.seq.checked_add(1) != Some(header.seq)
            {
                return Err(Refusal::BrokenLog);
            }
            if prev.header.kind.class().is_operation() != class.is_operation() {
                return Err(Refusal::MixedClasses);
            }
        }
        for seen in &header.seen {
            if !at(seen)?.header.kind.class().is_operation() {
                return Err(Refusal::MixedClasses);
            }
        }
        if header.v == limits::RULES_LEVEL {
            self.subject_fits(header)?;
        }
        let gist = Gist::of(entry)?;
        let past = self.past_of(header);
        let member = header.kind.founds()
            || self.operations.iter().enumerate().any(|(number, place)| {
                past.contains(number)
                    && self.held.get(*place).is_some_and(|o| {
                        o.gist.operation().and_then(|operation| operation.admits(o.author))
                            == Some(entry.author())
                    })
            });
        if member { Ok(gist) } else { Err(Refusal::NotAMember) }
    }

    fn subject_fits(&self, header: &Header) -> Result<(), Refusal> {
        let fits = match header.kind.as_str() {
            Kind::CREATE | Kind::ADDRESSES => header.subject.is_none() && header.deps.is_empty(),
            Kind::ATTESTATION => header.subject.is_some() && header.deps.is_empty(),
            _ => match (header.kind.class(), header.subject) {
                (Class::Document, Some(subject)) => {
                    !header.deps.is_empty()
                        && header.deps.iter().all(|dep| {
                            self.get(dep).is_some_and(|d| {
                                d.header.kind.class() == Class::Document
                                    && (d.id == subject || d.header.subject == Some(subject))
                            })
                        })
                }
                (Class::Document, None) => false,
                _ => header.deps.is_empty(),
            },
        };
        if fits { Ok(()) } else { Err(Refusal::SubjectUnfit) }
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
                self.numbers.insert(id, self.operations.len());
                self.operations.push(place);
            }
            _ => {}
        }
        let verdict = Verdict::Parked(Reason::Unknown);
        self.held.push(Held { header, id, author, gist, verdict, right: false, past });
        if class.is_operation() { self.judge_operation(place) } else { self.judge_work(place) }
    }

    fn judge_operation(&mut self, place: usize) {
        let Some(held) = self.held.get(place) else { return };
        let (past, numbers) = (Arc::clone(&held.past), &self.numbers);
        let in_past = |id: &EntryId| numbers.get(id).is_some_and(|n| past.contains(*n));
        self.authority.add(&Judged {
            id: held.id,
            author: held.author,
            operation: held.gist.operation(),
            past: &in_past,
        });
        let verdict = match self.authority.parked.get(&held.id) {
            Some(reason) => Verdict::Parked(Reason::Operation(*reason)),
            None => Verdict::Accepted,
        };
        self.set_verdict(place, verdict);
    }

    fn set_verdict(&mut self, place: usize, verdict: Verdict) {
        if let Some(held) = self.held.get_mut(place) {
            held.verdict = verdict;
            if verdict.counts() {
                self.accepted.insert(held.id);
            } else {
                self.accepted.remove(&held.id);
            }
        }
    }

    /// The workshop that keeps a document, when its first entry counts.
    pub fn keeper(&self, document: &DocumentId) -> Option<WorkshopId> {
        let held = self.get(document).filter(|d| d.verdict.counts())?;
        match &held.gist {
            Gist::Create { under } => self.authority.memberships.get(under).map(|m| m.workshop),
            _ => None,
        }
    }

    fn judge_work(&mut self, place: usize) {
        let Some(held) = self.held.get(place) else { return };
        let right = self.work(held, |work| work.right(&self.authority));
        let deps = held.header.deps.clone();
        let (id, subject) = (held.id, held.header.subject);
        let confirms = matches!(held.gist, Gist::Attestation { confirms: true });
        if let Some(held) = self.held.get_mut(place) {
            held.right = right.is_ok();
        }
        self.set_verdict(place, right.map_or_else(Verdict::Parked, |()| Verdict::Accepted));
        if right.is_ok() {
            self.adopt(deps);
            if let (true, Some(subject)) = (confirms, subject) {
                self.confirm(subject);
            }
        }
        self.confirm(id);
    }

    /// Judges something of an entry with its past and its document's keeper at hand.
    fn work<T>(&self, held: &Held, judge: impl FnOnce(&Work<'_>) -> T) -> T {
        let in_past = |id: &EntryId| self.numbers.get(id).is_some_and(|n| held.past.contains(*n));
        let keeper = held.header.subject.as_ref().and_then(|document| self.keeper(document));
        judge(&Work { author: held.author, gist: &held.gist, past: &in_past, keeper })
    }

    /// What an entry with right builds on counts: its `deps` past within the document, but never a
    /// document's first entry, which needs a right of its own.
    fn adopt(&mut self, deps: Vec<EntryId>) {
        let mut todo = deps;
        while let Some(dep) = todo.pop() {
            let Some(place) = self.places.get(&dep).copied() else { continue };
            let Some(held) = self.held.get(place) else { continue };
            if held.verdict.counts() || held.header.subject.is_none() {
                continue;
            }
            todo.extend(&held.header.deps);
            self.set_verdict(place, Verdict::Accepted);
        }
    }

    /// A record counts when a confirmation with right, by a member of another workshop, names it.
    fn confirm(&mut self, record: EntryId) {
        let Some(place) = self.places.get(&record).copied() else { return };
        let Some(held) = self.held.get(place) else { return };
        if held.verdict.counts() || held.header.kind.class() != Class::Record || held.gist == Gist::Unknown {
            return;
        }
        let home: HashSet<WorkshopId> =
            self.work(held, |work| work.workshops(&self.authority)).into_iter().collect();
        let confirmed =
            self.attestations.get(&record).into_iter().flatten().filter_map(|p| self.held.get(*p)).any(|a| {
                a.right
                    && a.gist == Gist::Attestation { confirms: true }
                    && self.work(a, |work| work.workshops(&self.authority)).iter().any(|w| !home.contains(w))
            });
        if confirmed {
            self.set_verdict(place, Verdict::Accepted);
        }
    }
}

mod view;
