//! The test vectors of `docs/format.md`: small bundles from fixed seeds, sound and broken, each with what a verifier
//! must say.

use aronde_protocol::bundle::{FindingKind, Wanted, verify};
use aronde_protocol::entry::{Entry, Header};
use aronde_protocol::id::EntryId;
use serde_json::{Value, json};

use super::redacted::Story;
use super::unpacked::{Loose, Unpacked, sections};
use super::{exported, exported_part, sample};
use crate::histories::generate;

/// The folder of the vectors' files, and the list beside it.
pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/vectors/bundles");

/// One file.
pub struct Vector {
    /// Its name without its ending.
    pub name: &'static str,
    /// What it shows, in words.
    pub what: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Vector {
    /// What a verifier must say of it.
    pub fn expected(&self) -> Value {
        let audit = verify(self.bytes.as_slice(), &Wanted::default());
        let findings =
            audit.findings.iter().map(|f| json!({ "kind": f.kind, "entry": f.entry, "offset": f.offset }));
        json!({
            "file": format!("bundles/{}.car", self.name),
            "what": self.what,
            "ok": audit.ok,
            "findings": findings.collect::<Vec<_>>(),
        })
    }
}

/// All vectors, sound ones first.
pub fn all() -> Vec<Vector> {
    let (entries, charter) = sample::federation(14);
    let key = sample::exporter();
    let founding = entries[0].id();
    let whole = exported(&entries, founding, key, true);
    let mut vectors = vec![
        vector(
            "small",
            "a founding and three admissions, signed once",
            exported(&entries[..4], founding, key, true),
        ),
        vector("whole", "a charter, a fork, bursts, a redaction, entries that do not count", whole.clone()),
        vector(
            "without-personal",
            "the same without personal parts",
            exported(&entries, founding, key, false),
        ),
    ];
    // A history whose exporter chose between rival charters.
    let chosen = (0..400).map(generate).find_map(|history| {
        let follows = *history.followed.iter().find(|charter| **charter != history.founding())?;
        let bytes = exported(&history.entries, follows, key, true);
        let audit = verify(bytes.as_slice(), &Wanted::default());
        let rivals = serde_json::to_string(&audit.findings).is_ok_and(|told| told.contains("rival-charters"));
        (rivals && history.entries.len() < 90).then_some(bytes)
    });
    let chosen = chosen.expect("a history with rivals");
    vectors.push(vector("rival-charters", "its exporter follows one of two rival charters", chosen));
    vectors.extend(redacted());
    vectors.extend(checkpoints(&entries));
    vectors.extend(broken_files(&whole));
    vectors.extend(broken_contents(&whole, &entries, charter));
    vectors
}

fn vector(name: &'static str, what: &'static str, bytes: Vec<u8>) -> Vector {
    Vector { name, what, bytes }
}

/// A note that is not there, rightly and wrongly.
fn redacted() -> Vec<Vector> {
    let void = Story::begin().removes_its_author().redacts(2);
    vec![
        vector(
            "redacted-by-author",
            "a note is gone, by its author's redaction, which does not hold",
            void.bundle(),
        ),
        vector(
            "redacted-by-steward",
            "the same by a steward's, which holds",
            Story::begin().redacts(0).bundle(),
        ),
        vector("redacted-and-settled", "a charter covers that", Story::begin().redacts(0).settles().bundle()),
        vector(
            "redacted-by-motion",
            "the same by a motion of another workshop, which is carried",
            Story::begin().settles().moves_to_redact(1).bundle(),
        ),
        vector(
            "motion-and-settled",
            "a charter settles that it is carried",
            Story::begin().settles().moves_to_redact(1).settles().bundle(),
        ),
        vector(
            "motion-open-at-charter",
            "a charter knows the motion, which is carried only since",
            Story::begin().moves_to_redact(1).settles().bundle(),
        ),
        vector(
            "motion-open",
            "a note is not there, though the motion is not carried: no charter gives its workshop a vote",
            Story::begin().moves_to_redact(1).bundle_without_the_note(),
        ),
        vector(
            "redacted-elsewhere",
            "a note is not there, though the steward who asked for that is another workshop's",
            Story::begin().redacts(1).bundle_without_the_note(),
        ),
    ]
}

/// Checkpoints, and what proves that entries were known by them.
fn checkpoints(entries: &[Entry]) -> Vec<Vector> {
    let (key, founding) = (sample::exporter(), entries[0].id());
    let part = exported_part(entries, founding, key, sample::record(entries));
    let other = |change: &dyn Fn(&mut Unpacked)| {
        let mut bundle = Unpacked::of(&part);
        change(&mut bundle);
        bundle.pack(Some(key))
    };
    let moved = |bundle: &mut Unpacked| {
        let places = &mut bundle.proofs.as_mut().unwrap().places.0;
        let covered = places.iter().flatten().copied().max().unwrap();
        *places.iter_mut().flatten().find(|place| **place == covered).unwrap() -= 1;
    };
    vec![
        vector(
            "part",
            "a record, with the authority, and what proves that a checkpoint covers them",
            part.clone(),
        ),
        vector("wrong-proof", "a hash of the proofs is missing", {
            other(&|bundle| bundle.proofs.as_mut().unwrap().hashes.truncate(0))
        }),
        vector("wrong-place", "an entry is said to stand where another one does", other(&moved)),
        vector("wrong-seal", "a checkpoint says other of what counts than comes out", {
            sample::checkpoints(|seal| seal.accepted[0] ^= 1, true)
        }),
        vector("wrong-history", "a checkpoint says another history than comes out", {
            sample::checkpoints(|seal| seal.history[0] ^= 1, true)
        }),
        vector("set-back", "what a checkpoint of the exporter's workshop covers is not there", {
            sample::checkpoints(|_| {}, false)
        }),
    ]
}

/// What is wrong before any entry is looked at.
fn broken_files(whole: &[u8]) -> Vec<Vector> {
    let parts = sections(whole);
    let rebuilt = |order: &[usize]| -> Vec<u8> {
        order.iter().flat_map(|n| whole[parts[*n].clone()].iter().copied()).collect()
    };
    let order: Vec<usize> = (0..parts.len()).collect();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.to_vec();
        change(&mut bytes);
        bytes
    };
    let with_order = |change: &dyn Fn(&mut Vec<usize>)| {
        let mut order = order.clone();
        change(&mut order);
        rebuilt(&order)
    };
    // The root's block begins after two bytes of length and 36 of its CID; a text of 15 bytes lies in its third byte.
    let newer = |bytes: &mut Vec<u8>| {
        let root = parts[1].start + 38;
        bytes[root + 16] = b'2';
        let hash = EntryId::of(&bytes[root..parts[1].end]);
        for at in [parts[0].start + 18, parts[1].start + 6] {
            bytes[at..at + 32].copy_from_slice(hash.as_bytes());
        }
    };
    vec![
        vector("no-car", "another version in the header of the CAR", with(&|bytes| bytes[58] = 2)),
        vector("newer-format", "the root says that it is of format 2", with(&newer)),
        vector("cut", "the last byte is not there", with(&|bytes| bytes.truncate(bytes.len() - 1))),
        vector("goes-on", "a byte after the end", with(&|bytes| bytes.push(0))),
        vector("bit-of-a-header", "one bit of the third entry's header differs", {
            let at = parts[7].end - 1;
            with(&|bytes| bytes[at] ^= 1)
        }),
        vector("long-length", "a length that is not in its shortest form", {
            let at = parts[3].start;
            with(&|bytes| {
                bytes[at + 1] |= 0x80;
                bytes.insert(at + 2, 0);
            })
        }),
        vector("block-dropped", "a block is not there", with_order(&|order| order.retain(|n| *n != 5))),
        vector("blocks-swapped", "two blocks have changed places", with_order(&|order| order.swap(5, 6))),
        vector("block-twice", "a block is there twice", with_order(&|order| order.insert(5, 5))),
    ]
}

/// What every hash covers, and is wrong.
fn broken_contents(whole: &[u8], entries: &[Entry], charter: EntryId) -> Vec<Vector> {
    let (key, stranger) = (sample::exporter(), sample::stranger());
    let tampered = |change: &dyn Fn(&mut Unpacked)| {
        let mut bundle = Unpacked::of(whole);
        change(&mut bundle);
        bundle
    };
    let signed = |change: &dyn Fn(&mut Unpacked)| {
        let mut bundle = tampered(change);
        bundle.count();
        bundle.pack(Some(key))
    };
    let named = |bundle: &Unpacked, id: EntryId| {
        bundle.entries.iter().position(|e| EntryId::of(&e.header) == id).unwrap()
    };
    let redacted = entries.iter().find(|e| e.personal().is_some() && e.author() == key.member()).unwrap();
    let personal = |bundle: &Unpacked| bundle.entries.iter().position(|e| e.personal.is_some()).unwrap();
    let stranger_writes = |like: &Loose| {
        let mut header = Header::decode(&like.header).unwrap();
        header.author = *stranger.member().as_bytes();
        (header.seq, header.prev, header.personal) = (0, None, None);
        let entry = Entry::build(header, like.facts.clone(), None, None).unwrap().signed(&stranger);
        Loose {
            header: entry.header_bytes().to_vec(),
            facts: entry.facts().to_vec(),
            personal: None,
            signature: entry.signature().copied(),
        }
    };
    vec![
        vector("other-exporter", "sound, and signed by somebody who is no member", {
            Unpacked::of(whole).pack(Some(&stranger))
        }),
        vector("bad-manifest-signature", "another time in the manifest, and the signature that it had", {
            tampered(&|bundle| bundle.manifest.at += 1).pack(None)
        }),
        vector("tail-dropped", "the last entry is not there, and the manifest as it was", {
            tampered(&|bundle| drop(bundle.entries.pop())).pack(Some(key))
        }),
        vector("wrong-charter", "the manifest names the founding entry instead of the charter", {
            signed(&|bundle| bundle.manifest.charter = bundle.manifest.federation)
        }),
        vector("wrong-digests", "one bit differs in both digests", {
            tampered(&|bundle| {
                bundle.manifest.held[0] ^= 1;
                bundle.manifest.accepted[0] ^= 1;
            })
            .pack(Some(key))
        }),
        vector("out-of-order", "two entries have changed places", {
            signed(&|bundle| {
                let last = bundle.entries.len() - 1;
                bundle.entries.swap(last - 1, last);
            })
        }),
        vector("missing-past", "an entry that others name is not there", {
            signed(&|bundle| drop(bundle.entries.remove(named(bundle, charter))))
        }),
        vector("bad-signature", "one bit of an entry's signature differs", {
            signed(&|bundle| {
                let mut signatures = bundle.entries.iter_mut().filter_map(|e| e.signature.as_mut());
                signatures.next().unwrap()[40] ^= 1;
            })
        }),
        vector("not-vouched", "the signature that vouches for a burst is not there", {
            signed(&|bundle| bundle.entries.last_mut().unwrap().signature = None)
        }),
        vector("header-not-canonical", "a header with a byte after its end", {
            signed(&|bundle| bundle.entries.last_mut().unwrap().header.push(0))
        }),
        vector("other-facts", "the facts are not those that the header names", {
            signed(&|bundle| bundle.entries.last_mut().unwrap().facts = b"\xa0".to_vec())
        }),
        vector("not-a-member", "an entry by somebody whom nobody admitted", {
            // Where it belongs in the order of entries.
            let stands = (0..).map(|at| {
                signed(&|bundle| {
                    let forged = stranger_writes(bundle.entries.last().unwrap());
                    bundle.entries.insert(at.min(bundle.entries.len()), forged);
                })
            });
            let in_order = |bytes: &Vec<u8>| {
                let audit = verify(bytes.as_slice(), &Wanted::default());
                audit.findings.iter().all(|f| f.kind == FindingKind::RefusedEntry)
            };
            stands.take(entries.len() + 1).find(in_order).unwrap()
        }),
        vector("missing-personal", "a personal part that no redaction took away is not there", {
            signed(&|bundle| {
                let at = personal(bundle);
                bundle.entries[at].personal = None;
            })
        }),
        vector("not-redacted", "a personal part that a redaction took away is there", {
            signed(&|bundle| {
                let at = named(bundle, redacted.id());
                bundle.entries[at].personal = redacted.personal().map(<[u8]>::to_vec);
            })
        }),
    ]
}
