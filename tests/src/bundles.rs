//! Audit bundles and their two verifiers: the one here, and the one in Python that `docs/format.md` and
//! `docs/trust.md` were enough to write.
//!
//! Goals: what one says of a bundle the other says too, finding by finding, of sound ones, of broken ones and of
//! thousands that were tampered with.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may stop"
)]

use std::collections::HashMap;

use aronde_protocol::bundle::{Asked, Exporter, about, bundle};
use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::replica::Replica;

pub mod campaign;
pub mod redacted;
pub mod sample;
pub mod tamper;
pub mod unpacked;
pub mod vectors;
pub mod verifier;

/// 2026-01-01T00:00:00Z.
pub const NEW_YEAR: u64 = 1_767_225_600_000;

/// A bundle about a part of these entries, with what proves that they were known by a checkpoint, if there is one.
pub fn exported_part(entries: &[Entry], follows: EntryId, key: &SecretKey, subject: EntryId) -> Vec<u8> {
    let mut replica = Replica::new(entries[0].id());
    replica.receive(entries.iter().cloned());
    replica.follow(follows);
    let by_id: HashMap<EntryId, &Entry> = entries.iter().map(|entry| (entry.id(), entry)).collect();
    let signed = |id: &EntryId| by_id[id].signature().is_some();
    let part: Vec<Entry> =
        about(&replica, Asked::Subject(subject), signed).iter().map(|id| by_id[id].clone()).collect();
    let mut apart = Replica::new(entries[0].id());
    assert_eq!(apart.receive(part.iter().cloned()).fresh.len(), part.len());
    apart.follow(follows);
    let newest = replica.authority().charter.expect("a founding");
    let history = replica.history(&newest).ok();
    let exporter =
        Exporter { subject: Some(subject), personal: true, history: history.as_ref(), key, at: NEW_YEAR };
    bundle(&part, &apart, &exporter).expect("what is held can be exported")
}

/// A bundle of these entries, as somebody exports it who follows a charter.
pub fn exported(entries: &[Entry], follows: EntryId, key: &SecretKey, personal: bool) -> Vec<u8> {
    let mut replica = Replica::new(entries[0].id());
    let received = replica.receive(entries.iter().cloned());
    assert_eq!(received.fresh.len(), entries.len(), "{:?}", received.refused);
    replica.follow(follows);
    let exporter = Exporter { subject: None, personal, history: None, key, at: NEW_YEAR };
    bundle(entries, &replica, &exporter).expect("what is held can be exported")
}
