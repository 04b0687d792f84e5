//! Seeded random histories of authority: what honest and hostile hands sign over the life of a federation.
//!
//! Goals: every rule of `docs/trust.md` is reached, also where it meets another: duels, forks, back-dating, removed
//! members and their friends, motions and charters that race, healing, rotations and thieves who rotate,
//! re-admissions, keepers, cuts of every looseness, votes by removed keys. All entries are real ones, signed, which
//! the door lets in. Replicas that hold the same must say the same of them, the reference must agree, and the model
//! written in another language too.
//!
//! Non-goals: the network and lost entries ([`crate::simulation`]); what may be held at all.
//!
//! One number replays a history: `cargo run --release -p aronde-tests --bin aronde-histories -- --seed N`.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a generator uses indexes of its own; a wrong one shall stop it"
)]

use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

pub mod acts;
pub mod attacks;
pub mod campaign;
pub mod cast;
pub mod delivery;
pub mod model;
pub mod pieces;
pub mod pool;
pub mod report;
pub mod shrink;
pub mod world;

use cast::{A, B, F, HONEST, S};
use world::World;

/// What was signed in one history.
#[derive(Debug, Clone)]
pub struct History {
    /// What it was made from.
    pub seed: u64,
    /// The entries, each after its past; the founding entry first.
    pub entries: Vec<Entry>,
    /// The charters that some honest hand followed at the end.
    pub followed: Vec<EntryId>,
}

impl History {
    /// Some of its entries, and the charters among them.
    #[must_use]
    pub fn with(&self, entries: &[Entry]) -> Self {
        let among = |id: &&EntryId| entries.iter().any(|e| e.id() == **id);
        let followed = self.followed.iter().filter(among).copied().collect();
        Self { seed: self.seed, entries: entries.to_vec(), followed }
    }

    /// The history without some of its entries and all that has them in its past.
    #[must_use]
    pub fn partial(&self) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut left = self.entries.clone();
        for _ in 0..random.random_range(1..4) {
            let gone = left[random.random_range(0..left.len())].id();
            let fewer = shrink::without(&left, gone);
            if fewer.len() > self.entries.len() / 2 {
                left = fewer;
            }
        }
        self.with(&left)
    }

    /// The founding entry.
    pub fn founding(&self) -> EntryId {
        self.entries.first().map_or(EntryId([0; 32]), Entry::id)
    }
}

/// The history of a seed. Every fourth is plain: nothing in it is judged otherwise by the model that came with the
/// design.
pub fn generate(seed: u64) -> History {
    let mut world = cast::begin(seed);
    match seed % 8 {
        0 => storm(&mut world, attacks::ALL),
        4 => storm(&mut world, attacks::PLAIN),
        1 => life(&mut world, true),
        _ => life(&mut world, false),
    }
    let mut followed = Vec::new();
    for hand in HONEST {
        let charter = world.view(*hand).charter;
        followed.push(world.pool.id(charter));
    }
    followed.sort_unstable();
    followed.dedup();
    History { seed, entries: world.pool.entries().to_vec(), followed }
}

/// All keys sign anything: removals in circles, motions, charters.
fn storm(world: &mut World, tries: &[attacks::Try]) {
    for _ in 0..world.random.random_range(8..56) {
        let who = HONEST[world.random.random_range(0..HONEST.len())];
        let Some(membership) = world.grant_of(who) else { continue };
        let hand = if world.chance(40) { world.copy(who) } else { who };
        let Some(made) = world.attack(hand, membership, tries) else { continue };
        let speaks = world.pool.operation(made).is_some_and(|op| {
            op.is_motion() || matches!(op, aronde_protocol::authority::operation::Operation::Charter(_))
        });
        world.meet(hand, F);
        if speaks && world.chance(70) {
            for _ in 0..3 {
                let who = cast::STEWARDS[world.random.random_range(0..6)];
                let (Some(grant), hand) = (world.grant_of(who), world.copy(who)) else { continue };
                world.meet(hand, F);
                let said = world.spoken(world.pool.id(grant), made);
                let seen = [made, grant].into_iter().collect();
                world.sign(hand, &said, &seen);
                world.meet(hand, F);
            }
        }
        if world.chance(50) {
            world.meet(who, F);
        }
    }
}

/// Honest people at work, with some set pieces among it.
fn life(world: &mut World, plain: bool) {
    let tries = if plain { attacks::PLAIN } else { attacks::ALL };
    work(world, plain);
    for _ in 0..world.random.random_range(1..6) {
        match world.random.random_range(0..if plain { 7 } else { 15 }) {
            0 => world.duel(),
            1 => world.motions(),
            2 | 7 => world.collude(tries),
            5 => world.lapse(),
            6 => world.old_key_endorses(),
            3 => {
                world.charter_round(HONEST, !plain);
            }
            4 => {
                let whom = HONEST[world.random.random_range(1..HONEST.len())];
                let by = [F, S, A, B][world.random.random_range(0..4)];
                world.remove(by, whom, true);
            }
            8 | 9 => world.rivals(true),
            10 => world.rotate_key(),
            11 => world.come_back(),
            12 => world.keepers(),
            13 => world.policies(),
            _ => {
                let whom = world.one(HONEST).unwrap_or(F);
                let whom = world.copy(whom);
                world.fork(whom);
                world.hostile_acts(whom, tries);
                world.meet(whom, A);
            }
        }
        work(world, plain);
    }
    if world.chance(30) {
        world.charter_round(HONEST, !plain);
        work(world, plain);
    }
}

fn work(world: &mut World, plain: bool) {
    for _ in 0..world.random.random_range(1..9) {
        let hand = HONEST[world.random.random_range(0..HONEST.len())];
        world.act(hand, plain);
        if world.chance(40) {
            let other = HONEST[world.random.random_range(0..HONEST.len())];
            world.meet(hand, other);
        }
    }
    if world.chance(50) {
        world.gather(HONEST);
    }
}
