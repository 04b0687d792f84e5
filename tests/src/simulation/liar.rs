//! Nodes that lie when they are asked: relays in hostile hands.
//!
//! A liar answers with the real code and then twists the answer, some of the time: who lies always
//! is soon cut off.

use aronde_protocol::entry::Entry;
use aronde_protocol::limits::{NEGENTROPY_FRAME, RESPONSE_MAX};
use aronde_protocol::run;
use aronde_protocol::session::Response;
use aronde_protocol::wire::{Bytes, Text};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedMutRandom, IndexedRandom, SliceRandom};

/// A way to twist an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trick {
    Withhold,
    StripSignatures,
    CorruptSignatures,
    DropPersonal,
    Shuffle,
    ForgeSums,
    ClaimEqual,
    ClaimOtherRoot,
    Noise,
    Cut,
    Silence,
    Replay,
    Refuse,
}

const TRICKS: [Trick; 13] = [
    Trick::Withhold,
    Trick::StripSignatures,
    Trick::CorruptSignatures,
    Trick::DropPersonal,
    Trick::Shuffle,
    Trick::ForgeSums,
    Trick::ClaimEqual,
    Trick::ClaimOtherRoot,
    Trick::Noise,
    Trick::Cut,
    Trick::Silence,
    Trick::Replay,
    Trick::Refuse,
];

/// What one liar does.
#[derive(Debug)]
pub struct Habit {
    tricks: Vec<Trick>,
    /// Of 8 answers, so many are twisted.
    often: u32,
    last: Vec<u8>,
}

impl Habit {
    /// Some tricks.
    pub fn draw(random: &mut ChaCha8Rng) -> Self {
        let many = random.random_range(1..=4);
        let tricks = TRICKS.sample(random, many).copied().collect();
        Self { tricks, often: random.random_range(1..=8), last: Vec::new() }
    }

    /// The answer that is sent instead of this one, if any is.
    pub fn twist(&mut self, answer: Vec<u8>, random: &mut ChaCha8Rng) -> Option<Vec<u8>> {
        if !random.random_ratio(self.often, 8) {
            self.last.clone_from(&answer);
            return Some(answer);
        }
        let trick = self.tricks.choose(random).copied().unwrap_or(Trick::Silence);
        match trick {
            Trick::Silence => None,
            Trick::Replay => Some(self.last.clone()),
            Trick::Noise => Some((0..random.random_range(0..200)).map(|_| random.random()).collect()),
            Trick::Cut => {
                let len = random.random_range(0..=answer.len());
                answer.get(..len).map(<[u8]>::to_vec)
            }
            Trick::Refuse => Response::Refused(Text::cut("no")).encode().ok(),
            _ => match Response::decode(&answer) {
                Ok(response) => {
                    twist(response, trick, random).encode().ok().filter(|b| b.len() <= RESPONSE_MAX)
                }
                Err(_) => Some(answer),
            },
        }
    }
}

fn twist(response: Response, trick: Trick, random: &mut ChaCha8Rng) -> Response {
    // Negentropy's word for "nothing differs".
    let nothing = || Bytes::<NEGENTROPY_FRAME>(vec![0x61]);
    match (trick, response) {
        (Trick::ClaimEqual, Response::Different { wanted, .. }) => Response::Equal { wanted },
        (Trick::ClaimOtherRoot, Response::Equal { wanted }) => {
            Response::Different { root: random.random(), wanted, message: None }
        }
        (Trick::ClaimOtherRoot, Response::Different { wanted, message, .. }) => {
            Response::Different { root: random.random(), wanted, message }
        }
        (Trick::ForgeSums, Response::Different { root, wanted, message: Some(_) }) => {
            Response::Different { root, wanted, message: Some(nothing()) }
        }
        (Trick::ForgeSums, Response::Message(_)) => Response::Message(nothing()),
        (_, Response::Runs(runs)) => {
            let entries = runs.0.iter().filter_map(|run| run::decode(&run.0).ok()).flatten();
            let mut entries: Vec<Entry> =
                entries.filter_map(|entry| twist_entry(entry, trick, random)).collect();
            if trick == Trick::Shuffle {
                entries.shuffle(random);
            }
            Response::Runs(run::encode(&entries).into_iter().map(Bytes).collect::<Vec<_>>().into())
        }
        (_, response) => response,
    }
}

fn twist_entry(entry: Entry, trick: Trick, random: &mut ChaCha8Rng) -> Option<Entry> {
    match trick {
        Trick::Withhold if random.random() => None,
        Trick::StripSignatures => Some(entry.with_signature(None)),
        Trick::CorruptSignatures => entry.signature().copied().map_or(Some(entry.clone()), |mut bytes| {
            if let Some(byte) = bytes.choose_mut(random) {
                *byte ^= 1;
            }
            Some(entry.with_signature(Some(bytes)))
        }),
        Trick::DropPersonal => without_personal(&entry),
        _ => Some(entry),
    }
}

/// The entry as a relay passes it on that dropped its personal part.
pub fn without_personal(entry: &Entry) -> Option<Entry> {
    let (header, facts) = (entry.header_bytes().to_vec(), entry.facts().to_vec());
    Entry::from_parts(header, facts, None, entry.signature().copied()).ok()
}
