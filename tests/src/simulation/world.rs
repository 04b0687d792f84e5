//! The world of one run: what is there, and what happens next.

use std::collections::BTreeMap;

use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::Size;
use super::act::authority::{found, next_of};
use super::disk::Shelf;
use super::liar::Habit;
use super::lie::Hands;
use super::member::{Member, People};
use super::network::{Network, Weather};
use super::node::{Node, Packet};
use super::schedule::{Schedule, Time};
use super::store::Store;
use super::trace::Trace;

/// A node looks for a session of its own accord so often, in ms.
const SESSION_INTERVAL: Time = 45_000;
/// What came within so many ms is announced together.
const ANNOUNCE_AFTER: Time = 2_000;

/// What happens.
pub enum Event {
    /// A message arrives.
    Arrive { from: usize, to: usize, packet: Packet },
    /// A node's timer for sessions.
    Tick { here: usize },
    /// A node meets a peer again.
    Meet { here: usize, with: usize },
    /// A node announces what is fresh.
    Announce { here: usize, life: u64 },
    /// What a node wrote is safe.
    Flush { here: usize, life: u64 },
    /// No answer came to a request.
    Expire { here: usize, with: usize, life: u64, number: u64, requests: u64 },
    /// A node that stopped starts again.
    Start { here: usize },
    /// The weather changes.
    Weather,
}

/// What is counted in a run.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Messages sent.
    pub sent: usize,
    /// Of these, lost.
    pub lost: usize,
    /// Copies beyond the first that arrived.
    pub doubled: usize,
    /// Sessions begun.
    pub sessions: u64,
    /// Sessions that broke off.
    pub failed: usize,
    /// Requests without an answer.
    pub timeouts: usize,
    /// Sessions that walked the tree.
    pub walked: usize,
    /// Faults that liars were blamed for.
    pub blamed: usize,
    /// Crashes.
    pub crashes: usize,
    /// Entries that crashes took before they were flushed.
    pub torn: usize,
    /// Disks put back from an old copy.
    pub put_back: usize,
    /// Times that a node left its logs, shown entries of them that it did not have.
    pub logs_left: usize,
    /// Times that the network fell into parts.
    pub partitions: usize,
    /// Pairs of stewards who removed each other at once.
    pub duels: usize,
    /// Acts of honest members.
    pub acts: usize,
    /// Acts of hostile ones.
    pub lies: usize,
}

impl Counts {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.sessions += other.sessions;
        self.failed += other.failed;
        self.timeouts += other.timeouts;
        self.walked += other.walked;
        self.blamed += other.blamed;
        self.crashes += other.crashes;
        self.torn += other.torn;
        self.put_back += other.put_back;
        self.logs_left += other.logs_left;
        self.partitions += other.partitions;
        self.duels += other.duels;
        self.acts += other.acts;
        self.lies += other.lies;
    }
}

/// See the module.
pub struct World {
    /// All nodes; the honest ones come first.
    pub nodes: Vec<Node>,
    /// How many are honest.
    pub honest: usize,
    /// What travels between them.
    pub network: Network,
    /// What is to happen.
    pub schedule: Schedule<Event>,
    /// What happened.
    pub trace: Trace,
    /// All chance.
    pub random: ChaCha8Rng,
    /// What was counted.
    pub counts: Counts,
    /// Who may be admitted: all members, honest and hostile.
    pub people: People,
    /// The hostile members.
    pub hands: Hands,
    /// What was acknowledged, and where. What an old copy of a disk took with it is not owed.
    pub acknowledged: BTreeMap<EntryId, usize>,
    /// The first promise that was broken.
    pub broken: Option<String>,
    /// Whether the weather changes and power fails.
    pub rough: bool,
}

impl World {
    /// A federation that its founder's node alone knows.
    pub fn found(seed: u64, size: Size, print: bool) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let liars = (size.replicas / 5).clamp(1, 12);
        let honest = size.replicas.saturating_sub(liars).max(2);
        let writers = honest.min(3 + honest / 8).min(24);
        let network = Network::grow(honest, liars, &mut random);
        let keys: Vec<SecretKey> =
            (0..writers + liars).map(|_| SecretKey::from_seed(&random.random())).collect();
        // Some of those who write are admitted later.
        let early = writers.div_ceil(2).max(writers.min(3));
        let (founders, turned) =
            (keys.get(..early).unwrap_or_default(), keys.get(writers..).unwrap_or_default());
        let entries = found(&[founders, turned].concat(), &mut random);
        let people = keys.iter().map(|key| (key.member(), next_of(key).member().commitment())).collect();
        let federation = entries.first().map_or(EntryId([0; 32]), Entry::federation);
        let shelf = Shelf::default();
        let mut nodes = Vec::with_capacity(honest + liars);
        for n in 0..honest + liars {
            let store = Store::new(federation, shelf.clone());
            let key = if n < writers { keys.get(n) } else { None };
            let member = key.map(|key| Member::new(key, &mut random));
            let habit = (n >= honest).then(|| Habit::draw(&mut random));
            nodes.push(Node::new(store, member, habit, network.linked(n)));
        }
        let elsewhere = found(keys.get(..writers.min(3)).unwrap_or_default(), &mut random);
        let mut world = Self {
            nodes,
            honest,
            network,
            schedule: Schedule::new(),
            trace: Trace::new(print),
            people,
            hands: Hands::new(turned.to_vec(), elsewhere, &mut random),
            random,
            counts: Counts::default(),
            acknowledged: BTreeMap::new(),
            broken: None,
            rough: true,
        };
        world.write(0, entries);
        for here in 0..honest + liars {
            let first = world.random.random_range(0..SESSION_INTERVAL);
            world.schedule.after(first, Event::Tick { here });
        }
        world.schedule.after(0, Event::Weather);
        world
    }

    /// Whether a node follows the rules.
    pub fn honest(&self, node: usize) -> bool {
        node < self.honest
    }

    /// A promise is broken: the run ends with the first.
    pub fn broken(&mut self, what: String) {
        self.trace.note(self.schedule.now(), format_args!("BROKEN: {what}"));
        self.broken.get_or_insert(what);
    }

    /// Lets so many ms pass.
    pub fn pass(&mut self, ms: Time) {
        let until = self.schedule.now() + ms;
        while self.broken.is_none() && self.schedule.next_at().is_some_and(|at| at <= until) {
            if let Some(event) = self.schedule.next() {
                self.happen(event);
            }
        }
        self.schedule.move_to(until);
    }

    fn happen(&mut self, event: Event) {
        let alive =
            |world: &Self, here: usize, life: u64| world.nodes.get(here).is_some_and(|n| n.life == life);
        match event {
            Event::Arrive { from, to, packet } => self.arrive(from, to, &packet),
            Event::Tick { here } => {
                self.schedule.after(SESSION_INTERVAL, Event::Tick { here });
                if let Some(with) = self.network.linked(here).choose(&mut self.random).copied() {
                    self.begin_session(here, with);
                }
            }
            Event::Meet { here, with } => self.begin_session(here, with),
            Event::Announce { here, life } if alive(self, here, life) => self.announce(here),
            Event::Flush { here, life } if alive(self, here, life) => self.flush(here),
            Event::Expire { here, with, life, number, requests } if alive(self, here, life) => {
                self.expire(here, with, number, requests);
            }
            Event::Announce { .. } | Event::Flush { .. } | Event::Expire { .. } => {}
            Event::Start { here } => self.start(here),
            Event::Weather => self.change_weather(),
        }
    }

    fn change_weather(&mut self) {
        let wait = self.random.random_range(2_000..60_000);
        self.schedule.after(wait, Event::Weather);
        if self.rough {
            let weather = Weather::draw(&mut self.random);
            self.counts.partitions += usize::from(weather.parts > 1);
            self.trace.note(self.schedule.now(), format_args!("weather: {weather}"));
            self.network.change(weather);
        }
    }

    /// An honest member's own entries come to its node: by the same door as a stranger's.
    pub fn write(&mut self, here: usize, entries: Vec<Entry>) {
        let Some(node) = self.nodes.get(here) else { return };
        let count = entries.len();
        let received = node.store.take(entries);
        node.store.news();
        if received.fresh.len() != count {
            let refused: Vec<String> = received.refused.iter().map(|(_, why)| why.to_string()).collect();
            self.broken(format!("node {here}: what an honest member wrote is not held: {refused:?}"));
        }
        self.arrived(here);
    }

    /// What follows when a peer gave something: our own entries among it are looked for.
    pub fn fresh(&mut self, here: usize) {
        let Some(node) = self.nodes.get_mut(here) else { return };
        let news = node.store.news();
        let member = node.member.as_mut();
        if let Some(member) = member.filter(|m| news.iter().any(|e| m.writes(e.author(), e.header().log))) {
            member.leave_logs(&mut self.random);
            self.counts.logs_left += 1;
            let now = self.schedule.now();
            self.trace
                .note(now, format_args!("{here} is shown entries of its own logs and begins fresh ones"));
        }
        if !news.is_empty() {
            self.arrived(here);
        }
    }

    /// What is held now is flushed and announced.
    fn arrived(&mut self, here: usize) {
        let Some(node) = self.nodes.get_mut(here) else { return };
        let life = node.life;
        if node.store.dirty() && !node.flushing {
            node.flushing = true;
            let takes = [1, 5, 40, 800].choose(&mut self.random).copied().unwrap_or(5);
            self.schedule.after(takes, Event::Flush { here, life });
        }
        if !node.announcing {
            node.announcing = true;
            let wait = self.random.random_range(0..=ANNOUNCE_AFTER);
            self.schedule.after(wait, Event::Announce { here, life });
        }
    }

    fn flush(&mut self, here: usize) {
        let Some(node) = self.nodes.get_mut(here) else { return };
        node.flushing = false;
        for entry in node.store.flush() {
            if node.member.as_ref().is_some_and(|m| m.is(entry.author())) {
                self.acknowledged.entry(entry.id()).or_insert(here);
            }
        }
        for (to, packet) in std::mem::take(&mut node.outbox) {
            self.carry(here, to, &packet);
        }
    }
}
