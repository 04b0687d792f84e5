//! Seeded ways to tamper with a bundle: by hand, byte by byte, and by somebody who knows the format, has a key of
//! their own, and puts every hash right.

use aronde_protocol::digest::Digest;
use aronde_protocol::entry::{Entry, Header};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::sample;
use super::unpacked::{Loose, Unpacked, sections};

/// What was done to a bundle.
#[derive(Debug)]
pub struct Tampered {
    /// In words.
    pub what: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A bundle that somebody tampers with.
pub struct Original {
    /// Its bytes.
    pub bytes: Vec<u8>,
    unpacked: Unpacked,
    stranger: SecretKey,
}

impl Original {
    /// Takes a sound bundle.
    pub fn new(bytes: Vec<u8>) -> Self {
        let unpacked = Unpacked::of(&bytes);
        Self { bytes, unpacked, stranger: sample::stranger() }
    }

    /// What a seed makes of it.
    pub fn tampered(&self, seed: u64) -> Tampered {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (what, bytes) =
            if seed.is_multiple_of(2) { self.by_hand(&mut random) } else { self.knowing(&mut random) };
        Tampered { what: format!("seed {seed}: {what}"), bytes }
    }

    /// Without knowing anything of the format.
    fn by_hand(&self, random: &mut ChaCha8Rng) -> (String, Vec<u8>) {
        let mut bytes = self.bytes.clone();
        let at = random.random_range(0..bytes.len());
        let parts = sections(&bytes);
        let one = random.random_range(0..parts.len());
        let other = random.random_range(0..parts.len());
        let rebuilt =
            |order: &[usize]| order.iter().flat_map(|n| &bytes[parts[*n].clone()]).copied().collect();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        match random.random_range(0..8_u8) {
            0 | 1 => {
                bytes[at] ^= 1 << random.random_range(0..8_u8);
                (format!("a bit of byte {at} flipped"), bytes)
            }
            2 => {
                for n in 0..random.random_range(2..6_usize) {
                    if let Some(byte) = bytes.get_mut(at + n) {
                        *byte = random.random();
                    }
                }
                (format!("some bytes from {at} on written over"), bytes)
            }
            3 => {
                bytes.truncate(at);
                (format!("cut to {at} bytes"), bytes)
            }
            4 => {
                let more = bytes[parts[one].clone()].to_vec();
                bytes.extend(more);
                (format!("section {one} once more at the end"), bytes)
            }
            5 => {
                order.remove(one);
                (format!("section {one} dropped"), rebuilt(&order))
            }
            6 => {
                order.swap(one, other);
                (format!("sections {one} and {other} swapped"), rebuilt(&order))
            }
            _ => {
                order.insert(other, one);
                (format!("section {one} twice"), rebuilt(&order))
            }
        }
    }

    /// By somebody who puts every hash right, and signs with a key of their own or leaves the exporter's signature.
    fn knowing(&self, random: &mut ChaCha8Rng) -> (String, Vec<u8>) {
        let mut bundle = self.unpacked.clone();
        let count = bundle.entries.len();
        let (one, other) = (random.random_range(0..count), random.random_range(0..count));
        let mut what = match random.random_range(0..14_u8) {
            0 => "nothing else".to_owned(),
            1 => {
                let signature = bundle.entries[other].signature.unwrap_or([7; 64]);
                bundle.entries[one].signature = Some(signature);
                format!("entry {one} with the signature of entry {other}")
            }
            2 => {
                if let Some(signature) = &mut bundle.entries[one].signature {
                    signature[random.random_range(0..64_usize)] ^= 1 << random.random_range(0..8_u8);
                }
                format!("the signature of entry {one} changed")
            }
            3 => {
                bundle.entries[one].signature = None;
                format!("the signature of entry {one} dropped")
            }
            4 => {
                bundle.entries.remove(one);
                format!("entry {one} dropped")
            }
            5 => {
                bundle.entries.truncate(one.max(1));
                format!("all from entry {one} on dropped")
            }
            6 => {
                bundle.entries.swap(one, other);
                format!("entries {one} and {other} swapped")
            }
            7 => {
                let again = bundle.entries[one].clone();
                bundle.entries.insert(other, again);
                format!("entry {one} again at {other}")
            }
            8 => {
                let facts = bundle.entries[other].facts.clone();
                bundle.entries[one].facts = facts;
                format!("entry {one} with the facts of entry {other}")
            }
            9 => {
                bundle.entries[one].personal = match bundle.entries[one].personal {
                    Some(_) => None,
                    None => Some(b"something".to_vec()),
                };
                format!("the personal part of entry {one} dropped or given")
            }
            10 => {
                let changed = changed(&bundle.entries[one], random);
                bundle.entries[one] = changed;
                format!("the header of entry {one} changed")
            }
            11 => {
                let forged = self.forged(&bundle.entries[one]);
                bundle.entries.push(forged);
                format!("an entry like {one} by a stranger at the end")
            }
            12 => proven(&mut bundle, random),
            _ => state(&mut bundle, random),
        };
        if random.random() {
            bundle.count();
            what += ", counted anew";
        }
        if random.random_ratio(1, 4) {
            judged_anew(&mut bundle);
            what += ", said to count";
        }
        if random.random_ratio(2, 3) {
            (what + ", signed by a stranger", bundle.pack(Some(&self.stranger)))
        } else {
            (what + ", with the exporter's signature", bundle.pack(None))
        }
    }

    /// An entry by a stranger, signed as it should be.
    fn forged(&self, like: &Loose) -> Loose {
        let Ok(mut header) = Header::decode(&like.header) else { return like.clone() };
        header.author = *self.stranger.member().as_bytes();
        (header.seq, header.prev, header.personal) = (0, None, None);
        match Entry::build(header, like.facts.clone(), None, None) {
            Ok(entry) => loose(&entry.signed(&self.stranger)),
            Err(_) => like.clone(),
        }
    }
}

fn loose(entry: &Entry) -> Loose {
    Loose {
        header: entry.header_bytes().to_vec(),
        facts: entry.facts().to_vec(),
        personal: entry.personal().map(<[u8]>::to_vec),
        signature: entry.signature().copied(),
    }
}

/// An entry with another field or another byte in its header.
fn changed(entry: &Loose, random: &mut ChaCha8Rng) -> Loose {
    let mut changed = entry.clone();
    if let (Ok(mut header), true) = (Header::decode(&entry.header), random.random()) {
        match random.random_range(0..6_u8) {
            0 => header.at += 1,
            1 => header.log ^= 1,
            2 => header.seq += 1,
            3 => header.seen = Vec::new(),
            4 => header.subject = Some(EntryId([3; 32])),
            _ => header.deps.push(EntryId([255; 32])),
        }
        let parts = (entry.facts.clone(), entry.personal.clone());
        if let Ok(built) = Entry::build(header, parts.0, parts.1, entry.signature) {
            return loose(&built);
        }
    }
    let at = random.random_range(0..changed.header.len());
    changed.header[at] ^= 1 << random.random_range(0..8_u8);
    changed
}

/// Other proofs.
fn proven(bundle: &mut Unpacked, random: &mut ChaCha8Rng) -> String {
    let Some(proofs) = &mut bundle.proofs else { return "no proofs to change".to_owned() };
    let (places, hashes) = (&mut proofs.places.0, &mut proofs.hashes);
    let (one, other) = (random.random_range(0..places.len()), random.random_range(0..places.len()));
    let hash = random.random_range(0..hashes.len());
    match random.random_range(0..7_u8) {
        0 => {
            places.swap(one, other);
            format!("the places of entries {one} and {other} swapped")
        }
        1 => {
            places[one] = None;
            format!("entry {one} said not to be covered")
        }
        2 => {
            places[one] = Some(places[other].map_or(7, |place| place + 1));
            format!("entry {one} said to stand elsewhere")
        }
        3 => {
            hashes.remove(hash);
            "a hash of the proofs dropped".to_owned()
        }
        4 => {
            hashes[hash][3] ^= 1;
            "a hash of the proofs changed".to_owned()
        }
        5 => {
            proofs.goes_on.0.pop();
            "the last step between checkpoints dropped".to_owned()
        }
        _ => {
            proofs.charter = bundle.manifest.federation;
            "the proofs said to be of the founding entry".to_owned()
        }
    }
}

/// Another statement in the manifest.
fn state(bundle: &mut Unpacked, random: &mut ChaCha8Rng) -> String {
    let manifest = &mut bundle.manifest;
    let some = manifest.heads.first().copied();
    let what = match random.random_range(0..11_u8) {
        0 => {
            manifest.name.push('!');
            "name"
        }
        1 => {
            manifest.federation = EntryId([1; 32]);
            "federation"
        }
        2 => {
            manifest.charter = some.unwrap_or(manifest.federation);
            "charter"
        }
        3 => {
            manifest.charter = manifest.federation;
            "charter"
        }
        4 => {
            manifest.counts.accepted += 1;
            "count"
        }
        5 => {
            manifest.held[0] ^= 1;
            "digest of what is held"
        }
        6 => {
            manifest.accepted[31] ^= 1;
            "digest of what counts"
        }
        7 => {
            manifest.heads.pop();
            "list of heads"
        }
        8 => {
            manifest.personal = !manifest.personal;
            "word on personal parts"
        }
        9 => {
            manifest.subject = Some(EntryId([2; 32]));
            "subject"
        }
        _ => {
            manifest.at += 1;
            "time"
        }
    };
    format!("another {what} in the manifest")
}

/// Says that just what is there counts, and which heads there are, as far as it can be read.
fn judged_anew(bundle: &mut Unpacked) {
    let headers: Vec<(EntryId, Option<Header>)> =
        bundle.entries.iter().map(|e| (EntryId::of(&e.header), Header::decode(&e.header).ok())).collect();
    let named: Vec<EntryId> = headers.iter().filter_map(|(_, h)| h.as_ref()?.prev).collect();
    let mut heads: Vec<EntryId> =
        headers.iter().map(|(id, _)| *id).filter(|id| !named.contains(id)).collect();
    heads.sort_unstable();
    heads.dedup();
    bundle.manifest.heads = heads;
    bundle.manifest.accepted = headers.iter().map(|(id, _)| *id).collect::<Digest>().root();
    bundle.manifest.counts.accepted = headers.len() as u64;
}
