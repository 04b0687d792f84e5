//! What others wrote, passed on as they never would: replayed, stripped, out of order.

use aronde_protocol::entry::Entry;
use aronde_protocol::run;
use rand::RngExt;
use rand::seq::IndexedRandom;

use super::{Lie, Teller};
use crate::simulation::liar::without_personal;

/// The lies.
pub const LIES: &[Lie] = &[
    Lie { name: "scatters what it holds", weight: 10, tell: scatter },
    Lie { name: "strips signatures", weight: 4, tell: strip },
    Lie { name: "corrupts signatures", weight: 3, tell: corrupt },
    Lie { name: "drops personal parts", weight: 4, tell: drop_personal },
    Lie { name: "replays another federation's entries", weight: 3, tell: elsewhere },
    Lie { name: "tells what it withheld", weight: 5, tell: late },
];

fn sample(t: &mut Teller<'_>) -> Vec<Entry> {
    let many = t.random.random_range(1..24);
    t.entries.sample(t.random, many).map(|e| Entry::clone(e)).collect()
}

/// Sound entries in any order, most without their past.
fn scatter(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    run::encode(&sample(t))
}

fn strip(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let stripped: Vec<Entry> = sample(t).into_iter().map(|e| e.with_signature(None)).collect();
    run::encode(&stripped)
}

/// One person's signature under another's entry.
fn corrupt(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let forged: Vec<Entry> = sample(t).into_iter().map(|e| e.signed(&t.key)).collect();
    run::encode(&forged)
}

fn drop_personal(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let stripped: Vec<Entry> = sample(t).iter().filter_map(without_personal).collect();
    run::encode(&stripped)
}

/// What honest members signed for another federation.
fn elsewhere(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    run::encode(&t.hands.elsewhere)
}

/// What was made earlier, perhaps told to others only, in any order.
fn late(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let many = t.random.random_range(1..24);
    let made: Vec<Entry> = t.hands.made.sample(t.random, many).cloned().collect();
    run::encode(&made)
}
