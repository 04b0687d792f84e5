//! A session: two nodes come to hold the same entries.
//!
//! One session reconciles everything held. Its first request carries the root of the tree over held
//! ids and negentropy's first message; where the roots are equal the answer says so and the session
//! is over, so that "nothing changed" costs one round trip and some hundred bytes. Else negentropy
//! finds what either lacks; what we lack is fetched, what the peer lacks is pushed, and both compare
//! roots again. Negentropy's sums can be forged: where the roots differ though it found nothing that
//! could be moved, the tree is walked by prefix.
//!
//! The asking side is the state machine [`Session`]: it is given each answer and says what to ask
//! next. The answering side, [`answer`], keeps no state. Both are pure but for what is held, which
//! they reach through [`Held`]; who carries the bytes, and when, is not decided here.
//!
//! Every answer is taken to be hostile: it is bounded, and a session ends after a bounded number of
//! requests whatever it is told.

mod answer;
mod message;
mod sums;
mod walk;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

pub use answer::{Answered, answer};
pub use message::{MessageError, Request, Response, VERSION, WireNode};
pub(crate) use message::{decode, encode};

use crate::digest::TreeNode;
use crate::entry::Entry;
use crate::federation::FederationName;
use crate::id::{EntryId, FileHash};
use crate::limits::{
    ANNOUNCED_IDS_MAX, FETCH_IDS_MAX, FOUND_IDS_MAX, OPENING_MESSAGE_MAX, PASSES_MAX, PUSH_BYTES_MAX,
    ROUNDS_MAX, SESSION_STEPS_MAX, WALK_PREFIXES_MAX, WALK_STEPS_MAX,
};
use crate::replica::{self, Refusal, Replica};
use crate::wire::{Bytes, Ids};
use sums::Sums;

/// What a session needs of the replica it speaks for.
pub trait Held {
    /// The federation's name, as far as this replica knows it.
    fn federation(&self) -> FederationName;
    /// The root of the tree over held ids.
    fn held_root(&self) -> [u8; 32];
    /// Claimed time and id of everything held, strictly ascending.
    fn held_items(&self) -> Arc<Vec<(u64, EntryId)>>;
    /// The node of the tree over held ids at a prefix.
    fn held_children(&self, prefix: &[u8]) -> TreeNode;
    /// Compact runs with the first of these entries in causal order that fit in `max_bytes`.
    fn runs(&self, ids: &[EntryId], max_bytes: usize) -> Page;
    /// Checks runs at the door and keeps what may be kept.
    fn receive(&self, runs: Vec<Vec<u8>>) -> Received;
    /// A hash of the sorted names of the files that are still wanted; equal where nothing is.
    fn wanted_root(&self) -> [u8; 32];
    /// Bytes `from..to` of a file of exactly this length, bao-encoded, when they are held.
    fn file_range(&self, file: &FileHash, len: u64, from: u64, to: u64) -> Option<Vec<u8>>;
}

/// Some entries, as compact runs.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The runs, in causal order.
    pub runs: Vec<Vec<u8>>,
    /// Which of the entries asked for they carry.
    pub carried: Vec<EntryId>,
}

/// What became of runs that were received.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// Entries that are held now and were not before.
    pub fresh: Vec<EntryId>,
    /// Entries that were held already.
    pub known: Vec<EntryId>,
    /// Entries that wait for their past.
    pub waiting: Vec<EntryId>,
    /// Entries named by those that wait and held by nobody here.
    pub wanted: Vec<EntryId>,
    /// Why the sender is to blame, if it is: a sentence.
    pub refused: Option<String>,
}

impl Received {
    /// What to say to the session of what a replica made of entries that one peer gave.
    ///
    /// The peer is to blame for what is refused of its own, when honest software never sends it. What
    /// others sent earlier may be refused at the same time, because the past that it waited for came
    /// now: who brought that past is not to blame.
    pub fn of(given: &[EntryId], received: &replica::Received, replica: &Replica) -> Self {
        let given: HashSet<EntryId> = given.iter().copied().collect();
        let provable =
            |(id, refusal): &&(EntryId, Refusal)| given.contains(id) && *refusal != Refusal::RefusedPast;
        let blame = |(id, refusal): &(EntryId, Refusal)| format!("entry {}: {refusal}", id.short());
        let mut waiting: Vec<EntryId> = given.iter().filter(|id| !replica.holds(id)).copied().collect();
        waiting.sort_unstable();
        Self {
            fresh: received.fresh.iter().map(Entry::id).collect(),
            known: received.known.clone(),
            waiting,
            wanted: replica.wanted(),
            refused: received.refused.iter().find(provable).map(blame),
        }
    }
}

/// Why a session ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// An answer that can't be read.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// An answer to another question.
    #[error("the peer answered another question than the one asked")]
    Unexpected,
    /// The peer is busy.
    #[error("the peer is busy; it is asked again later")]
    Busy,
    /// The peer refuses, and says why.
    #[error("the peer refuses: {0}")]
    Refused(String),
    /// Our own list of held entries is out of order: a fault of this node.
    #[error("the list of held entries is not strictly ascending; rebuild the index")]
    OutOfOrder,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send this request and give its answer to [`Session::step`].
    Ask(Vec<u8>),
    /// The session is over; [`Session::report`] says with what.
    Done,
}

/// What a session did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Both hold the same entries.
    pub equal: bool,
    /// The peer's root over held ids, as it last said.
    pub peer_root: Option<[u8; 32]>,
    /// The peer's hash over the files it wants, as it last said.
    pub peer_wanted: Option<[u8; 32]>,
    /// Entries held now that were not before.
    pub fresh: usize,
    /// The newest of them, enough for an announcement.
    pub fresh_ids: Vec<EntryId>,
    /// Entries the peer says it did not hold before.
    pub pushed: usize,
    /// Why the peer is to blame, if it is.
    pub refused: Option<String>,
    /// Requests sent.
    pub round_trips: usize,
    /// Bytes of requests.
    pub sent_bytes: usize,
    /// Bytes of answers.
    pub received_bytes: usize,
    /// Whether the tree had to be walked.
    pub walked: bool,
}

#[derive(Debug)]
enum Asked {
    Compare { root: [u8; 32], first_message: bool },
    Reconcile,
    Fetch(Vec<EntryId>),
    Push,
    Walk(Vec<Vec<u8>>),
}

/// The asking side of one session.
#[derive(Debug)]
pub struct Session {
    asked: Asked,
    sums: Sums,
    /// The next message of negentropy, when what it found so far has been moved.
    message: Option<Vec<u8>>,
    need: VecDeque<EntryId>,
    have: VecDeque<EntryId>,
    /// What the store asked for beyond what was found, so that nothing is asked for twice.
    extra: HashSet<EntryId>,
    prefixes: Vec<Vec<u8>>,
    rounds: usize,
    passes: usize,
    walk_steps: usize,
    moved: usize,
    report: Report,
}

impl Session {
    /// Begins a session: the request to send first.
    ///
    /// # Errors
    /// The list of held entries is out of order.
    pub fn open(held: &dyn Held) -> Result<(Self, Vec<u8>), SessionError> {
        let (sums, first) = Sums::begin(held.held_items())?;
        let inline = first.len() <= OPENING_MESSAGE_MAX;
        let root = held.held_root();
        let request = Request::Compare {
            federation: held.federation(),
            root,
            wanted: held.wanted_root(),
            message: inline.then(|| Bytes(first.clone())),
        };
        let mut session = Self {
            asked: Asked::Compare { root, first_message: inline },
            sums,
            message: Some(first),
            need: VecDeque::new(),
            have: VecDeque::new(),
            extra: HashSet::new(),
            prefixes: Vec::new(),
            rounds: 0,
            passes: 0,
            walk_steps: 0,
            moved: 0,
            report: Report::default(),
        };
        let bytes = session.send(&request)?;
        Ok((session, bytes))
    }

    /// What the session did so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Takes the answer to the last request.
    ///
    /// # Errors
    /// The answer can't be read, answers another question, or refuses. What was received before it
    /// stays received.
    pub fn step(&mut self, held: &dyn Held, answer: &[u8]) -> Result<Step, SessionError> {
        self.report.received_bytes += answer.len();
        let response = Response::decode(answer)?;
        match response {
            Response::Busy => return Err(SessionError::Busy),
            Response::Refused(why) => return Err(SessionError::Refused(why.as_str().to_owned())),
            _ => {}
        }
        match (std::mem::replace(&mut self.asked, Asked::Reconcile), response) {
            (Asked::Compare { root, .. }, Response::Equal { wanted }) => {
                self.report.equal = true;
                self.report.peer_wanted = Some(wanted);
                self.report.peer_root = Some(root);
                return Ok(Step::Done);
            }
            (Asked::Compare { first_message, .. }, Response::Different { root, wanted, message }) => {
                self.report.peer_wanted = Some(wanted);
                self.report.peer_root = Some(root);
                if !self.begin_pass(held, first_message, message.map(|m| m.0))? {
                    return Ok(Step::Done);
                }
            }
            (Asked::Reconcile, Response::Message(message)) => self.found_by_sums(&message.0)?,
            (Asked::Fetch(ids), Response::Runs(runs)) => {
                let received = held.receive(runs.0.into_iter().map(|run| run.0).collect());
                self.received(ids, received);
            }
            (Asked::Push, Response::Pushed { fresh, refused }) => {
                let fresh = usize::try_from(fresh).unwrap_or(usize::MAX);
                self.report.pushed = self.report.pushed.saturating_add(fresh);
                self.moved = self.moved.saturating_add(fresh);
                if let Some(why) = refused {
                    return Err(SessionError::Refused(why.as_str().to_owned()));
                }
            }
            (Asked::Walk(prefixes), Response::Nodes(nodes)) => {
                if nodes.0.len() != prefixes.len() {
                    return Err(SessionError::Unexpected);
                }
                for (prefix, node) in prefixes.iter().zip(nodes.0) {
                    let difference = walk::compare(held, prefix, &node)?;
                    self.need.extend(difference.need);
                    self.have.extend(difference.have);
                    self.prefixes.extend(difference.below);
                }
            }
            _ => return Err(SessionError::Unexpected),
        }
        if self.report.refused.is_some() || self.report.round_trips >= SESSION_STEPS_MAX {
            return Ok(Step::Done);
        }
        self.next(held)
    }

    /// The roots differ: what finds out where? False when nothing is left to try.
    fn begin_pass(
        &mut self,
        held: &dyn Held,
        first_message: bool,
        message: Option<Vec<u8>>,
    ) -> Result<bool, SessionError> {
        self.passes += 1;
        if self.passes == 1 {
            if let (true, Some(message)) = (first_message, message) {
                self.found_by_sums(&message)?;
            }
            return Ok(true);
        }
        let moved = std::mem::take(&mut self.moved);
        if self.passes > PASSES_MAX {
            Ok(false)
        } else if moved > 0 {
            let (sums, first) = Sums::begin(held.held_items())?;
            self.sums = sums;
            self.message = Some(first);
            self.rounds = 0;
            Ok(true)
        } else if self.report.walked {
            Ok(false)
        } else {
            self.report.walked = true;
            self.prefixes = vec![Vec::new()];
            Ok(true)
        }
    }

    fn found_by_sums(&mut self, message: &[u8]) -> Result<(), SessionError> {
        self.rounds += 1;
        let found = self.sums.reconcile(message)?;
        self.need.extend(found.need);
        self.have.extend(found.have);
        self.message = if self.rounds < ROUNDS_MAX { found.next } else { None };
        Ok(())
    }

    fn received(&mut self, asked: Vec<EntryId>, received: Received) {
        let mut left: HashSet<EntryId> = asked.iter().copied().collect();
        for id in received.fresh.iter().chain(&received.known).chain(&received.waiting) {
            left.remove(id);
        }
        // A page carries at least one of the entries asked for, or the peer doesn't have them.
        if left.len() < asked.len() {
            for id in asked.into_iter().rev().filter(|id| left.contains(id)) {
                self.need.push_front(id);
            }
        }
        for id in received.wanted {
            if self.extra.len() < FOUND_IDS_MAX && self.extra.insert(id) {
                self.need.push_front(id);
            }
        }
        self.moved = self.moved.saturating_add(received.fresh.len());
        self.report.fresh = self.report.fresh.saturating_add(received.fresh.len());
        let news = received.fresh.len().saturating_sub(ANNOUNCED_IDS_MAX);
        self.report.fresh_ids.extend(received.fresh.into_iter().skip(news));
        let old = self.report.fresh_ids.len().saturating_sub(ANNOUNCED_IDS_MAX);
        self.report.fresh_ids.drain(..old);
        self.report.refused = received.refused;
    }

    fn next(&mut self, held: &dyn Held) -> Result<Step, SessionError> {
        let more_to_find = self.message.is_some() || !self.prefixes.is_empty();
        if !self.need.is_empty() && (self.need.len() >= FOUND_IDS_MAX / 2 || !more_to_find) {
            let ids: Vec<EntryId> = self.need.drain(..self.need.len().min(FETCH_IDS_MAX)).collect();
            let request = Request::Fetch { ids: Ids(ids.clone()) };
            self.asked = Asked::Fetch(ids);
            return self.ask(&request);
        }
        if !self.have.is_empty()
            && (self.have.len() >= FOUND_IDS_MAX / 2 || !more_to_find)
            && let Some(request) = self.push(held)
        {
            self.asked = Asked::Push;
            return self.ask(&request);
        }
        if let Some(message) = self.message.take() {
            self.asked = Asked::Reconcile;
            return self.ask(&Request::Reconcile { message: Bytes(message) });
        }
        if !self.prefixes.is_empty() && self.walk_steps < WALK_STEPS_MAX {
            self.walk_steps += 1;
            let from = self.prefixes.len().saturating_sub(WALK_PREFIXES_MAX);
            let prefixes = self.prefixes.split_off(from);
            let asked: Vec<Bytes<32>> = prefixes.iter().cloned().map(Bytes).collect();
            self.asked = Asked::Walk(prefixes);
            return self.ask(&Request::Walk { prefixes: asked.into() });
        }
        self.prefixes.clear();
        if !self.need.is_empty() || !self.have.is_empty() {
            return self.next(held);
        }
        let root = held.held_root();
        self.asked = Asked::Compare { root, first_message: false };
        self.ask(&Request::Compare {
            federation: held.federation(),
            root,
            wanted: held.wanted_root(),
            message: None,
        })
    }

    /// A page of what the peer lacks; entries that can't be carried are left out.
    fn push(&mut self, held: &dyn Held) -> Option<Request> {
        while !self.have.is_empty() {
            let batch: Vec<EntryId> = self.have.drain(..self.have.len().min(FOUND_IDS_MAX)).collect();
            let page = held.runs(&batch, PUSH_BYTES_MAX);
            let carried: HashSet<EntryId> = page.carried.into_iter().collect();
            if carried.is_empty() || page.runs.is_empty() {
                continue;
            }
            for id in batch.into_iter().rev().filter(|id| !carried.contains(id)) {
                self.have.push_front(id);
            }
            let runs: Vec<_> = page.runs.into_iter().map(Bytes).collect();
            return Some(Request::Push { runs: runs.into() });
        }
        None
    }

    fn ask(&mut self, request: &Request) -> Result<Step, SessionError> {
        Ok(Step::Ask(self.send(request)?))
    }

    fn send(&mut self, request: &Request) -> Result<Vec<u8>, SessionError> {
        let bytes = request.encode()?;
        self.report.round_trips += 1;
        self.report.sent_bytes += bytes.len();
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests;
