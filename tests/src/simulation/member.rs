//! An honest member: software that follows the rules, on one node.

use std::collections::BTreeSet;

use aronde_protocol::burst::Burst;
use aronde_protocol::entry::Entry;
use aronde_protocol::key::{KeyCommitment, MemberKey, SecretKey};
use aronde_protocol::replica::Replica;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::act::authority::{next_of, remove};
use super::act::{self, Situation};
use super::schedule::Time;

/// How often a member rotates its key at most: so many keys lie on paper.
const KEYS: usize = 6;

/// Members' keys with the hash of the key that each has on paper.
pub type People = Vec<(MemberKey, KeyCommitment)>;

/// An honest member with its two logs.
pub struct Member {
    /// The key that it began with, and those that rotations show, in their order.
    keys: Vec<SecretKey>,
    operations: u64,
    work: u64,
    /// How far its clock is ahead, in ms: up to a day.
    ahead: u64,
}

impl Member {
    /// A member with fresh logs.
    pub fn new(key: &SecretKey, random: &mut ChaCha8Rng) -> Self {
        let ahead = if random.random_ratio(1, 8) { random.random_range(0..86_400_000) } else { 0 };
        let keys = std::iter::successors(Some(key.clone()), |key| Some(next_of(key))).take(KEYS).collect();
        Self { keys, operations: random.random(), work: random.random(), ahead }
    }

    /// Its keys, those of later rotations included.
    pub fn keys(&self) -> impl Iterator<Item = MemberKey> {
        self.keys.iter().map(SecretKey::member)
    }

    /// Whether this is it.
    pub fn is(&self, author: MemberKey) -> bool {
        self.keys().any(|key| key == author)
    }

    /// Whether it writes this log.
    pub fn writes(&self, author: MemberKey, log: u64) -> bool {
        (log == self.operations || log == self.work) && self.is(author)
    }

    /// Begins fresh logs: after its disk was put back, or when somebody shows entries of its logs that
    /// were not written here.
    pub fn leave_logs(&mut self, random: &mut ChaCha8Rng) {
        (self.operations, self.work) = (random.random(), random.random());
    }

    /// Does something that this member may do, by what its replica holds: the name of the act and the
    /// entries.
    pub fn act(
        &self,
        replica: &Replica,
        people: &People,
        now: Time,
        random: &mut ChaCha8Rng,
    ) -> Option<(&'static str, Vec<Entry>)> {
        let authority = replica.authority();
        let mine = self.keys.iter().flat_map(|key| {
            authority.memberships_of(key.member()).map(move |(id, membership)| (key, *id, membership))
        });
        let mine: Vec<_> = mine.collect();
        let (key, under, membership) = *mine.choose(random)?;
        let act = act::choose(membership.role, random)?;
        let log = if act.operates { self.operations } else { self.work };
        let burst = Burst::begin(replica, key, log, 1_700_000_000_000 + now + self.ahead);
        let mut situation = Situation { replica, key, under, membership, burst, people, random };
        (act.plan)(&mut situation)?;
        let entries = situation.burst.sign();
        (!entries.is_empty()).then_some((act.name, entries))
    }

    /// Removes another member from a workshop where both are stewards.
    pub fn duel(
        &self,
        replica: &Replica,
        with: &Self,
        now: Time,
        random: &mut ChaCha8Rng,
    ) -> Option<Vec<Entry>> {
        let stewards = |member: &Self| {
            let all = replica.authority().memberships.iter();
            let all = all.filter(|(_, m)| act::steward(m.role) && member.is(m.key));
            all.map(|(id, m)| (*id, m)).collect::<Vec<_>>()
        };
        let theirs: BTreeSet<_> = stewards(with).into_iter().map(|(_, m)| (m.workshop, m.key)).collect();
        let (under, membership) =
            stewards(self).into_iter().find(|(_, m)| theirs.iter().any(|(w, _)| *w == m.workshop))?;
        let (_, whom) = *theirs.iter().find(|(w, _)| *w == membership.workshop)?;
        let key = self.keys.iter().find(|key| key.member() == membership.key)?;
        let burst = Burst::begin(replica, key, self.operations, 1_700_000_000_000 + now);
        let people = People::new();
        let mut situation = Situation { replica, key, under, membership, burst, people: &people, random };
        remove(&mut situation, whom)?;
        Some(situation.burst.sign())
    }
}
