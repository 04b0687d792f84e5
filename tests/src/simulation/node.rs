//! One node of the simulation: a store, who writes there, and what it knows of its peers.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use aronde_protocol::session::Session;

use super::liar::Habit;
use super::member::Member;
use super::schedule::Time;
use super::store::Store;

/// What travels.
#[derive(Clone)]
pub enum Packet {
    /// What an announcement tells: the root over what the sender holds. It leads to a session only.
    Hint([u8; 32]),
    /// A request of the session with this number.
    Ask(u64, Rc<[u8]>),
    /// An answer to a request of it. Which one it answers is not said: one that comes twice or late is
    /// taken for the answer to the last request, as no stream would allow.
    Answer(u64, Rc<[u8]>),
}

/// A session that this node began.
pub struct Open {
    /// Its number, different for all sessions of the run.
    pub number: u64,
    /// Requests sent in it.
    pub requests: u64,
    /// The state machine.
    pub session: Session,
}

/// What a node knows of one of its peers.
#[derive(Default)]
pub struct Peer {
    /// The session with it.
    pub open: Option<Open>,
    /// Another one is to follow.
    pub due: bool,
    /// The root that it said last.
    pub root: Option<[u8; 32]>,
    /// Faults since it was cut off last.
    pub faults: u32,
    /// It is not spoken with until then.
    pub cut_until: Time,
    /// Sessions in a row that failed or ended unequal.
    pub failures: u32,
}

/// See the module.
// Each says whether one thing is so now; they don't exclude each other.
#[allow(clippy::struct_excessive_bools)]
pub struct Node {
    /// What it holds.
    pub store: Store,
    /// Who writes here, if anyone does.
    pub member: Option<Member>,
    /// How it lies, if it does.
    pub habit: Option<Habit>,
    /// Whether it runs.
    pub up: bool,
    /// How often it was started: events for an earlier life find it gone.
    pub life: u64,
    /// Its peers.
    pub peers: BTreeMap<usize, Peer>,
    /// Messages that leave when what was written is flushed.
    pub outbox: Vec<(usize, Packet)>,
    /// Whether a flush is planned.
    pub flushing: bool,
    /// Whether an announcement is planned.
    pub announcing: bool,
    /// Whether its member writes before it meets anyone, when it starts.
    pub writes_first: bool,
    /// Whether its disk was ever put back by somebody who went on writing in the old logs.
    pub rolled_back: bool,
}

impl Node {
    /// A node with these peers, not yet started.
    pub fn new(store: Store, member: Option<Member>, habit: Option<Habit>, peers: &[usize]) -> Self {
        let peers: BTreeSet<usize> = peers.iter().copied().collect();
        Self {
            store,
            member,
            habit,
            up: true,
            life: 0,
            peers: peers.into_iter().map(|p| (p, Peer::default())).collect(),
            outbox: Vec::new(),
            flushing: false,
            announcing: false,
            writes_first: false,
            rolled_back: false,
        }
    }

    /// Forgets all that is not on the disk.
    pub fn stop(&mut self) {
        self.up = false;
        self.life += 1;
        self.outbox.clear();
        (self.flushing, self.announcing) = (false, false);
        for peer in self.peers.values_mut() {
            *peer = Peer::default();
        }
    }
}
