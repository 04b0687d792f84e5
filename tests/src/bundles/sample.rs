//! The federation whose bundle is tampered with: three workshops, a charter, a redaction, a fork, bursts, personal
//! parts, records and entries that do not count.

use aronde_protocol::authority::operation::{AdmitWorkshop, Charter, Endorse, Operation, Redact, Seal};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::{Class, Entry, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::record::contribution::ContributionFacts;
use aronde_protocol::replica::Replica;

use super::exported;
use crate::fuzz::samples;

/// Who exports: Maker A, who founded the federation.
pub fn exporter() -> &'static SecretKey {
    &samples::keys()[0]
}

/// Somebody else, who is nobody there.
pub fn stranger() -> SecretKey {
    SecretKey::from_seed(&[99; 32])
}

fn writes(replica: &mut Replica, key: &SecretKey, said: &[Operation]) -> Vec<Entry> {
    let mut burst = Burst::begin(replica, key, 0, 500_000);
    for operation in said {
        let facts = operation.to_facts().unwrap();
        let (subject, deps) = (None, vec![]);
        burst.add(Draft { kind: operation.kind(), subject, deps, facts, personal: None }).unwrap();
    }
    let fresh = replica.receive(burst.sign()).fresh;
    assert_eq!(fresh.len(), said.len());
    fresh
}

/// A charter by Maker A that Maker B endorses for Workshop South, whose seal somebody may change.
fn checkpoint(
    replica: &mut Replica,
    south: EntryId,
    heads: Vec<EntryId>,
    change: impl FnOnce(&mut Seal),
) -> Vec<Entry> {
    let [a, b, ..] = samples::keys();
    let (under, before) = (replica.federation(), replica.authority().charter.unwrap());
    let named = Burst::begin(replica, a, 0, 500_000).names();
    let mut seal = replica.seal(&named, before, &[], &heads).unwrap();
    change(&mut seal);
    let charter = Charter { under, before, heals: vec![], level: 1, heads, seal: Some(Box::new(seal)) };
    let mut entries = writes(replica, a, &[Operation::Charter(charter)]);
    let charter = entries[0].id();
    entries.extend(writes(replica, b, &[Operation::Endorse(Endorse { under: south, charter })]));
    assert_eq!(replica.authority().charter, Some(charter));
    entries
}

/// The entries, each after its past, and the newest charter.
pub fn federation(count: usize) -> (Vec<Entry>, EntryId) {
    let mut entries = samples::history(count);
    let founding = entries[0].id();
    let mut replica = Replica::new(founding);
    replica.receive(entries.iter().cloned());
    let a = exporter();
    // South has a steward since the founder admitted it; an entry with a personal part is redacted by its author.
    let south = entries[1].id();
    let named = entries.iter().find(|e| e.personal().is_some() && e.author() == a.member());
    let mut said = Vec::new();
    if let Some(entry) = named {
        said.push(Operation::Redact(Redact { under: founding, entry: entry.id() }));
    }
    let admit = AdmitWorkshop {
        under: founding,
        name: "Workshop East".into(),
        key: SecretKey::from_seed(&[5; 32]).member(),
        next: SecretKey::from_seed(&[6; 32]).member().commitment(),
    };
    said.push(Operation::AdmitWorkshop(admit));
    entries.extend(writes(&mut replica, a, &said));
    // Two checkpoints: over one record, and over all that counts.
    let heads = replica.records().take(1).map(|held| held.id).collect();
    entries.extend(checkpoint(&mut replica, south, heads, |_| {}));
    let heads = replica.charter_heads();
    entries.extend(checkpoint(&mut replica, south, heads, |_| {}));
    // Two bursts of Maker A on one place of a log.
    for turn in [1, 2] {
        let forked = samples::burst(&replica, turn, 3);
        entries.extend(forked);
    }
    replica.receive(entries.iter().cloned());
    let newest = replica.authority().charter.unwrap();
    (entries, newest)
}

/// A record that the charter covers.
pub fn record(entries: &[Entry]) -> EntryId {
    let records = entries.iter().filter(|entry| entry.header().kind.class() == Class::Record);
    records.map(Entry::id).next().unwrap()
}

/// A bundle about everything with one more checkpoint, which the exporter makes over a record that is there or not.
pub fn checkpoints(change: impl FnOnce(&mut Seal), shown: bool) -> Vec<u8> {
    let (mut entries, _) = federation(6);
    let (founding, south) = (entries[0].id(), entries[1].id());
    let mut replica = Replica::new(founding);
    replica.receive(entries.iter().cloned());
    let mut burst = Burst::begin(&replica, &samples::keys()[1], 77, 600_000);
    let facts = ContributionFacts::new("work", "1 h".parse().unwrap()).encode().unwrap();
    let (subject, deps) = (Some(founding), vec![]);
    burst.add(Draft { kind: Kind::CONTRIBUTION, subject, deps, facts, personal: None }).unwrap();
    let work = replica.receive(burst.sign()).fresh;
    entries.extend(checkpoint(&mut replica, south, vec![work[0].id()], change));
    if shown {
        entries.extend(work);
    }
    exported(&entries, founding, exporter(), true)
}
