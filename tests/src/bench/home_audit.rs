//! What the audit of a home costs: everything, beside verifying its signatures alone and hashing its bytes alone; and what
//! came since, which is to cost what is new and nothing for what is held.

#![allow(clippy::cast_precision_loss)] // figures for people

use std::hint::black_box;
use std::time::{Duration, Instant};

use aronde_node::api::{Answer, Audit, AuditAnswer, Request, Service, Signer};
use aronde_node::commons::Commons;
use aronde_node::store::{Found, Options, Position, Store};
use aronde_protocol::burst::Draft;
use aronde_protocol::entry::Kind;
use aronde_protocol::key::SecretKey;
use aronde_protocol::record::contribution::{ContributionFacts, Happened};
use aronde_protocol::run;

use super::Fault;
use super::pair::{Pair, Which};
use super::process;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Entries held at the first audit.
    pub entries: u64,
    /// Their signatures.
    pub signatures: u64,
    /// Opening the home.
    pub opened: Duration,
    /// The audit of everything, on all cores.
    pub audited: Duration,
    /// Verifying the signatures and nothing else, on one core.
    pub verified: Duration,
    /// Hashing headers and facts and nothing else, on one core.
    pub hashed: Duration,
    /// Entries that came after it.
    pub new: u64,
    /// The audit of these.
    pub audited_new: Duration,
    /// The most memory that the audit of everything took beside what was open, in kB.
    pub memory_kb: u64,
}

/// Measures a home of so many records of eight members, with a signature for each `burst` of them, and then so many
/// new ones.
///
/// # Errors
/// The home cannot be made, or is not audited well.
pub fn measure(records: usize, burst: usize, new: usize) -> Result<Cost, Fault> {
    let folder = tempfile::tempdir()?;
    let pair = Pair::found()?;
    let home = pair.home(folder.path(), Which::A)?;
    write(&Commons::open(&home)?, &pair.authors, 0, records, burst)?;

    let opening = Instant::now();
    let commons = Commons::open(&home)?;
    let opened = opening.elapsed();
    process::reset_peak();
    let before = process::memory_kb("VmRSS");
    let (whole, audited) = audit(&commons, &Audit::default())?;
    let memory_kb = process::memory_kb("VmHWM").saturating_sub(before);
    write(&commons, &pair.authors, records, new, burst)?;
    let since = "2100-01-01T00:00:00Z".parse()?;
    let (part, audited_new) = audit(&commons, &Audit { since: Some(since) })?;
    if part.since.is_none() || part.checked.entries != new as u64 {
        return Err(format!("the second audit checked {} entries", part.checked.entries).into());
    }
    drop(commons);

    let (mut verified, mut hashed, mut signatures) = (Duration::ZERO, Duration::ZERO, 0);
    let (store, _) = Store::open(home.path(), Options::default())?;
    for found in store.scan_from(Position::START) {
        let Found::Record { payload, .. } = found? else {
            return Err("the journal is damaged".into());
        };
        let entries = run::decode(&payload)?;
        let verifying = Instant::now();
        signatures += entries.iter().filter(|entry| entry.signature_holds()).count() as u64;
        verified += verifying.elapsed();
        let hashing = Instant::now();
        for entry in &entries {
            black_box(blake3::hash(entry.header_bytes()));
            black_box(blake3::hash(entry.facts()));
        }
        hashed += hashing.elapsed();
    }
    if signatures != whole.checked.signatures + part.checked.signatures {
        return Err(format!("{signatures} signatures hold, the audits checked others").into());
    }
    // What is compared with the first audit is the share of it.
    let of_whole = |time: Duration| time.mul_f64(records as f64 / (records + new) as f64);
    Ok(Cost {
        entries: whole.checked.entries,
        signatures: whole.checked.signatures,
        opened,
        audited,
        verified: of_whole(verified),
        hashed: of_whole(hashed),
        new: part.checked.entries,
        audited_new,
        memory_kb,
    })
}

fn audit(commons: &Commons, asked: &Audit) -> Result<(AuditAnswer, Duration), Fault> {
    let auditing = Instant::now();
    match commons.call(Request::Audit(asked.clone()), Signer::default())? {
        Answer::Audit(answer) if answer.ok => Ok((answer, auditing.elapsed())),
        Answer::Audit(answer) => Err(format!("not audited well: {:?}", answer.findings.first()).into()),
        _ => Err("another answer".into()),
    }
}

fn write(
    commons: &Commons,
    authors: &[SecretKey],
    from: usize,
    records: usize,
    burst: usize,
) -> Result<(), Fault> {
    let mut numbers = from..from + records;
    while !numbers.is_empty() {
        let mut group = Vec::with_capacity(authors.len());
        for author in authors {
            let drafts: Result<Vec<Draft>, Fault> = numbers.by_ref().take(burst).map(draft).collect();
            let drafts = drafts?;
            if !drafts.is_empty() {
                group.push((author, drafts));
            }
        }
        commons.write_work(group)?;
    }
    Ok(())
}

fn draft(number: usize) -> Result<Draft, Fault> {
    let facts = ContributionFacts {
        happened: Some(Happened::At(1_700_000_000_000 + number as u64 * 100_000)),
        ..ContributionFacts::new("work", "1.5 h".parse()?)
    };
    let facts = facts.encode()?;
    Ok(Draft { kind: Kind::CONTRIBUTION, subject: None, deps: vec![], facts, personal: None })
}
