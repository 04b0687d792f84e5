//! An honest member: software that follows the rules, on one replica.

use aronde_protocol::burst::Burst;
use aronde_protocol::entry::Entry;
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::replica::Replica;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::act::{self, Situation};
use super::schedule::Time;

/// An honest member with its two logs.
pub struct Member {
    key: SecretKey,
    operations: u64,
    work: u64,
    /// How far its clock is ahead, in ms: up to a day.
    ahead: u64,
}

impl Member {
    /// A member with fresh logs.
    pub fn new(key: SecretKey, random: &mut ChaCha8Rng) -> Self {
        let ahead = if random.random_ratio(1, 8) { random.random_range(0..86_400_000) } else { 0 };
        Self { key, operations: random.random(), work: random.random(), ahead }
    }

    /// Who it is.
    pub fn key(&self) -> MemberKey {
        self.key.member()
    }

    /// Whether it writes this log.
    pub fn writes(&self, author: MemberKey, log: u64) -> bool {
        author == self.key() && (log == self.operations || log == self.work)
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
        now: Time,
        random: &mut ChaCha8Rng,
    ) -> Option<(&'static str, Vec<Entry>)> {
        let mut mine = replica.authority().memberships_of(self.key());
        let all: Vec<_> = mine.by_ref().map(|(id, m)| (*id, m.role)).collect();
        let chosen = random.random_range(0..all.len().max(1));
        let (under, role) = *all.get(chosen)?;
        let act = act::choose(role, random)?;
        let at = 1_700_000_000_000 + now + self.ahead;
        let log = if act.operates { self.operations } else { self.work };
        let burst = Burst::begin(replica, &self.key, log, at);
        let mut situation = Situation { replica, me: self.key(), under, burst, random };
        (act.plan)(&mut situation)?;
        let entries = situation.burst.sign();
        (!entries.is_empty()).then_some((act.name, entries))
    }
}
