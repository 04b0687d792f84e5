//! What judging a bundle costs, beside verifying its signatures alone and hashing its bytes alone.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aronde_node::cores;
use aronde_protocol::authority::operation::{Found, Operation};
use aronde_protocol::bundle::{self, Contents, Exporter, Reader, Wanted, verify, verify_with};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::key::SecretKey;
use aronde_protocol::record::contribution::{ContributionFacts, Happened};
use aronde_protocol::replica::Replica;

use super::Fault;
use super::process;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Records in the bundle.
    pub records: usize,
    /// Its signatures.
    pub signatures: usize,
    /// The file, in bytes.
    pub bytes: usize,
    /// Judging it, on one core.
    pub judged: Duration,
    /// Judging it, its signatures verified on all cores.
    pub judged_on_all: Duration,
    /// Verifying its signatures and nothing else, on one core.
    pub verified: Duration,
    /// Hashing headers and facts and nothing else.
    pub hashed: Duration,
    /// The most memory that judging took, in kB.
    pub memory_kb: u64,
}

/// Measures a bundle of so many records, of one member, with a signature for each `burst` of them.
///
/// # Errors
/// The bundle cannot be made, or is not judged well.
pub fn measure(records: usize, burst: usize) -> Result<Cost, Fault> {
    let (bytes, signatures) = made(records, burst)?;
    process::reset_peak();
    let before = process::memory_kb("VmRSS");
    let judging = Instant::now();
    let audit = verify(bytes.as_slice(), &Wanted::default());
    let judged = judging.elapsed();
    if !audit.ok {
        return Err(format!("the bundle is not judged well: {:?}", audit.findings.first()).into());
    }
    let memory_kb = process::memory_kb("VmHWM").saturating_sub(before);
    let judging = Instant::now();
    let audit = verify_with(bytes.as_slice(), &Wanted::default(), |entries| {
        cores::on_all(entries, bundle::signatures)
    });
    let judged_on_all = judging.elapsed();
    drop(audit);

    let mut entries = Vec::new();
    let mut reader = Reader::open(bytes.as_slice())?;
    while let Some(piece) = reader.entry()? {
        entries.push(Entry::from_parts(piece.header, piece.facts.to_vec(), None, piece.row.3)?);
    }
    let verifying = Instant::now();
    let hold = entries.iter().filter(|entry| entry.signature_holds()).count();
    let verified = verifying.elapsed();
    if hold != signatures {
        return Err(format!("{hold} of {signatures} signatures hold").into());
    }
    let hashing = Instant::now();
    for entry in &entries {
        black_box(blake3::hash(entry.header_bytes()));
        black_box(blake3::hash(entry.facts()));
    }
    let hashed = hashing.elapsed();
    let bytes = bytes.len();
    Ok(Cost { records, signatures, bytes, judged, judged_on_all, verified, hashed, memory_kb })
}

fn made(records: usize, burst: usize) -> Result<(Vec<u8>, usize), Fault> {
    let key = SecretKey::from_seed(&[1; 32]);
    let found = Operation::Found(Found {
        name: "Commons".into(),
        workshop: "Workshop North".into(),
        next: key.member().commitment(),
        nonce: [0; 16],
    });
    let draft = |kind, facts| Draft { kind, subject: None, deps: vec![], facts, personal: None };
    let mut founding = Burst::found(&key, 0, 1);
    let under = founding.add(draft(Kind::FOUND, found.to_facts()?))?;
    let mut replica = Replica::new(under);
    let mut entries = replica.receive(founding.sign()).fresh;
    let mut done = 0;
    while done < records {
        let mut writing = Burst::begin(&replica, &key, 7, 1_000 + done as u64);
        let some = burst.min(records - done);
        for n in 0..some {
            let facts = ContributionFacts {
                happened: Some(Happened::At(1_700_000_000_000 + (done + n) as u64)),
                ..ContributionFacts::new("work", "1.5 h".parse()?)
            };
            writing.add(draft(Kind::CONTRIBUTION, facts.encode()?))?;
        }
        entries.extend(replica.receive(writing.sign()).fresh);
        done += some;
    }
    let mut contents = Contents::default();
    let places: std::collections::HashMap<_, _> =
        entries.iter().enumerate().map(|(place, entry)| (entry.id(), place)).collect();
    for entry in &entries {
        contents.add(entry, true);
    }
    let signatures = entries.iter().filter(|entry| entry.signature().is_some()).count();
    let exporter = Exporter { subject: None, personal: true, history: None, key: &key, at: 1 };
    let mut bytes = Vec::new();
    contents.settle(&replica, &exporter)?.write(&mut bytes, |ids| {
        let found = ids.iter().filter_map(|id| places.get(id).and_then(|place| entries.get(*place)));
        Ok::<_, std::io::Error>(found.cloned().collect())
    })?;
    Ok((bytes, signatures))
}
