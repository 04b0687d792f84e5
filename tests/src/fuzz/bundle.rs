//! Audit bundles: files that anyone hands over to be judged.

use aronde_protocol::bundle::{Page, Reader, Root, Wanted, verify};
use aronde_protocol::entry::Entry;
use aronde_protocol::replica::Replica;
use aronde_protocol::run;

use super::{door, pieces, samples};
use crate::bundles::exported;
use crate::bundles::unpacked::Unpacked;

/// Bytes that begin like a file are judged as one; what is read to its end is the one file of its content. Bytes that
/// begin like a root or a page are read as these, since few changes get past the hashes of a file. Others are pieces, a
/// compact run each, signed anew where the sample has the key: what is held of them makes a sound bundle.
pub fn body(bytes: &[u8]) {
    match bytes {
        [0x3a, ..] => {
            let audit = verify(bytes, &Wanted::default());
            assert_eq!(audit.ok, !audit.findings.iter().any(|finding| finding.fault));
            assert!(audit.findings.iter().all(|finding| !finding.what.is_empty()));
            let mut reader = Reader::open(bytes);
            let whole = reader.as_mut().is_ok_and(|reader| {
                loop {
                    match reader.entry() {
                        Ok(Some(_)) => {}
                        read => return read.is_ok(),
                    }
                }
            });
            assert!(whole || !audit.ok, "what breaks while it is read is not judged well");
            if whole {
                assert_eq!(Unpacked::of(bytes).pack(None), bytes, "one content, one file");
            }
        }
        [0x83, 0x6f, ..] => {
            if let Ok(root) = Root::decode(bytes) {
                assert_eq!(root.encode().as_deref(), Ok(bytes));
                let _ = root.is_signed();
            }
        }
        [0x80..=0x9f, ..] => {
            if let Ok(page) = Page::decode(bytes) {
                assert_eq!(page.encode().as_deref(), Ok(bytes));
            }
        }
        _ => made(bytes),
    }
}

fn made(bytes: &[u8]) {
    let runs = pieces::split(bytes).into_iter().map(|piece| run::decode(piece).unwrap_or_default());
    let entries: Vec<Entry> = runs.flatten().map(door::resigned).collect();
    let Some(founding) = entries.iter().find(|entry| entry.header().kind.founds()).map(Entry::id) else {
        return;
    };
    let held = Replica::new(founding).receive(entries).fresh;
    if held.is_empty() {
        return;
    }
    let bytes = exported(&held, founding, &samples::keys()[0], true);
    let audit = verify(bytes.as_slice(), &Wanted::default());
    assert!(audit.ok, "what is held makes a sound bundle: {audit:#?}");
    assert_eq!(Unpacked::of(&bytes).pack(None), bytes, "one content, one file");
}

/// Files, their roots and pages, and the runs of a federation.
pub fn seeds() -> Vec<Vec<u8>> {
    let histories = [samples::history(0), samples::history(16)];
    let key = &samples::keys()[0];
    let mut seeds = Vec::new();
    for history in &histories {
        let bytes = exported(history, history[0].id(), key, true);
        let blocks = crate::bundles::unpacked::sections(&bytes);
        // A length of two bytes and a CID, before the block.
        seeds.extend([1, 2].map(|n| bytes[blocks[n].start + 38..blocks[n].end].to_vec()));
        seeds.push(bytes);
        seeds.push(pieces::join(run::encode(history)));
    }
    seeds
}
