//! Seeded mutations of byte strings, for the short form: the same ones on every machine.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

/// The longest that a mutation becomes.
const LEN_MAX: usize = 32 * 1024;
/// Bytes at which CBOR, lengths and texts turn.
const TURNING: [u8; 14] = [0, 1, 0x17, 0x18, 0x20, 0x40, 0x5f, 0x7f, 0x80, 0x9f, 0xa0, 0xf6, 0xfb, 0xff];

/// One to four changes of one of these, sometimes with a part of another.
pub fn mutated(corpus: &[Vec<u8>], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = corpus.choose(random).cloned().unwrap_or_default();
    for _ in 0..random.random_range(1..=4_u8) {
        change(&mut bytes, corpus, random);
    }
    bytes.truncate(LEN_MAX);
    bytes
}

fn change(bytes: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut ChaCha8Rng) {
    let at = random.random_range(0..=bytes.len());
    let to = (at + random.random_range(0..=16_usize)).min(bytes.len());
    match random.random_range(0..9_u8) {
        0 | 1 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8_u8),
        2 if at < bytes.len() => bytes[at] = *TURNING.choose(random).unwrap_or(&0),
        3 if at < bytes.len() => bytes[at] = bytes[at].wrapping_add(random.random_range(1..=3)),
        4 => drop(bytes.drain(at..to)),
        5 => {
            let again = bytes[at..to].to_vec();
            bytes.splice(at..at, again);
        }
        6 => bytes.insert(at, random.random()),
        7 => bytes.truncate(at),
        _ => {
            let other = corpus.choose(random).map(Vec::as_slice).unwrap_or_default();
            let from = random.random_range(0..=other.len());
            let until = (from + random.random_range(0..=64_usize)).min(other.len());
            bytes.splice(at..to, other[from..until].iter().copied());
        }
    }
}
