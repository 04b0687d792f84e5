//! The federation whose bundle is tampered with: three workshops, a charter, a redaction, a fork, bursts, personal
//! parts, records and entries that do not count.

use aronde_protocol::authority::operation::{AdmitWorkshop, Charter, Endorse, Operation, Redact};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::replica::Replica;

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

/// The entries, each after its past, and the newest charter.
pub fn federation(count: usize) -> (Vec<Entry>, EntryId) {
    let mut entries = samples::history(count);
    let founding = entries[0].id();
    let mut replica = Replica::new(founding);
    replica.receive(entries.iter().cloned());
    let [a, b, ..] = samples::keys();
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
    let heads: Vec<EntryId> = replica.records().take(1).map(|held| held.id).collect();
    let named = Burst::begin(&replica, a, 0, 500_000).names();
    let seal = replica.seal(&named, founding, &[], &heads);
    assert!(seal.is_some());
    let charter = Charter { under: founding, before: founding, heals: vec![], level: 1, heads, seal };
    entries.extend(writes(&mut replica, a, &[Operation::Charter(charter)]));
    let charter = entries.last().unwrap().id();
    entries.extend(writes(&mut replica, b, &[Operation::Endorse(Endorse { under: south, charter })]));
    // Two bursts of Maker A on one place of a log.
    for turn in [1, 2] {
        let forked = samples::burst(&replica, turn, 3);
        entries.extend(forked);
    }
    replica.receive(entries.iter().cloned());
    let newest = replica.authority().charter.unwrap();
    (entries, newest)
}
