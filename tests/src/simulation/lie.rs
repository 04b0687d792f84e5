//! What hostile members write and send: a table. A further lie is a function and a line.
//!
//! A lie is a list of runs that is pushed to some of the liar's peers, in any order. What of it may be
//! held by the rules is held by everybody in the end; the rest by nobody.

use std::collections::BTreeSet;
use std::rc::Rc;

use aronde_protocol::entry::Entry;
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::replica::Replica;
use aronde_protocol::run;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::store::Store;

pub mod forge;
pub mod relay;
pub mod trap;
pub mod usurp;

/// Something that hostile members send.
pub struct Lie {
    /// In the trace.
    pub name: &'static str,
    /// How often, beside the others.
    pub weight: u32,
    /// Makes the runs.
    pub tell: fn(&mut Teller<'_>) -> Vec<Vec<u8>>,
}

/// All lies.
const LIES: &[&[Lie]] = &[forge::LIES, trap::LIES, relay::LIES, usurp::LIES];

/// Keys in hostile hands, which act together, and what was made with them.
pub struct Hands {
    members: Vec<SecretKey>,
    strangers: Vec<SecretKey>,
    made: Vec<Entry>,
    /// Entries that honest members wrote in another federation.
    elsewhere: Vec<Entry>,
}

/// Who tells a lie, and what it has at hand.
pub struct Teller<'a> {
    /// The hands.
    pub hands: &'a mut Hands,
    /// What the liar's own node holds.
    pub replica: &'a Replica,
    /// The same with its bytes.
    pub entries: &'a [Rc<Entry>],
    /// The key that signs.
    pub key: SecretKey,
    /// Chance.
    pub random: &'a mut ChaCha8Rng,
}

impl Hands {
    /// These members turn, and two keys come that nobody ever admits.
    pub fn new(members: Vec<SecretKey>, elsewhere: Vec<Entry>, random: &mut ChaCha8Rng) -> Self {
        let strangers = (0..2).map(|_| SecretKey::from_seed(&random.random())).collect();
        Self { members, strangers, made: Vec::new(), elsewhere }
    }

    /// The keys nobody admitted.
    pub fn strangers(&self) -> BTreeSet<MemberKey> {
        self.strangers.iter().map(SecretKey::member).collect()
    }

    /// A lie, from a liar's node: its name, and runs to push.
    pub fn tell(&mut self, store: &Store, random: &mut ChaCha8Rng) -> Option<(&'static str, Vec<Vec<u8>>)> {
        let all: Vec<&Lie> = LIES.iter().copied().flatten().collect();
        let lie = *all.choose_weighted(random, |lie| lie.weight).ok()?;
        let hands = if random.random_ratio(1, 8) { &self.strangers } else { &self.members };
        let key = hands.choose(random)?.clone();
        let entries = store.entries();
        let runs = store
            .look(|replica| (lie.tell)(&mut Teller { hands: self, replica, entries: &entries, key, random }));
        (!runs.is_empty()).then_some((lie.name, runs))
    }
}

impl Teller<'_> {
    /// Remembers what was made, to build on it, and packs it.
    pub fn send(&mut self, entries: &[Entry]) -> Vec<Vec<u8>> {
        self.hands.made.extend(entries.iter().cloned());
        run::encode(entries)
    }

    /// The last entry of one of the signer's logs, of operations or of work, made by a liar or held.
    pub fn before(&mut self, operates: bool) -> Option<Entry> {
        let author = self.key.member();
        let held = self.entries.iter().map(|e| &**e);
        let mine = self
            .hands
            .made
            .iter()
            .chain(held)
            .filter(|e| e.author() == author && e.header().kind.class().is_operation() == operates);
        let mine: Vec<&Entry> = mine.collect();
        mine.choose(self.random).map(|e| Entry::clone(e))
    }
}
