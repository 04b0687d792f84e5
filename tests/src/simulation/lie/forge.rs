//! Entries that no honest software writes, by keys that are members' and by keys that are not.

use aronde_protocol::authority::operation::Operation;
use aronde_protocol::canonical;
use aronde_protocol::entry::{Entry, Header, Kind, Part};
use aronde_protocol::id::EntryId;
use aronde_protocol::limits;
use aronde_protocol::record::decline::DeclineFacts;
use rand::RngExt;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::usurp::operation;
use super::{Lie, Teller};
use crate::simulation::act::{document, record};

/// The lies.
pub const LIES: &[Lie] = &[
    Lie { name: "forges a burst", weight: 30, tell: burst },
    Lie { name: "equivocates", weight: 8, tell: equivocate },
    Lie { name: "back-dates", weight: 5, tell: back_date },
    Lie { name: "grinds an id", weight: 3, tell: grind },
];

/// Forks, partial views, other people's memberships, deps across documents, facts out of form, forged
/// and missing signatures, other federations and levels: any of these, in one burst.
fn burst(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let mut burst: Vec<Entry> = Vec::new();
    for _ in 0..t.random.random_range(1..4) {
        let operates = t.random.random_ratio(1, 3);
        let before = match burst.last() {
            Some(last) => Some(last.clone()),
            None if t.random.random_ratio(2, 3) => t.before(operates),
            None => None,
        };
        burst.extend(forge(t, before.as_ref()));
    }
    let (key, last) = (t.key.clone(), burst.len().saturating_sub(1));
    let signed = burst.into_iter().enumerate().map(|(i, entry)| match t.random.random_range(0..20) {
        0 => entry.with_signature(Some([t.random.random(); 64])),
        1 => entry,
        _ if i == last || t.random.random() => entry.signed(&key),
        _ => entry,
    });
    let signed: Vec<Entry> = signed.collect();
    t.send(&signed)
}

/// Two entries for one place of one log, both signed.
fn equivocate(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let before = t.before(false);
    let (Some(kind), seen) = (Kind::new(Kind::CONTRIBUTION).ok(), t.replica.authority_heads()) else {
        return Vec::new();
    };
    let log = t.random.random_range(0..3);
    let both: Vec<Entry> = (0..2)
        .filter_map(|_| {
            let facts = record::contribution(t.random);
            let header = Header {
                v: limits::RULES_LEVEL,
                federation: Some(t.replica.federation()),
                author: *t.key.member().as_bytes(),
                log: before.as_ref().map_or(log, |b| b.header().log),
                seq: before.as_ref().map_or(0, |b| b.header().seq + 1),
                prev: before.as_ref().map(Entry::id),
                at: t.random.random_range(0..limits::AT_MAX),
                seen: seen.clone(),
                kind: kind.clone(),
                subject: None,
                deps: vec![],
                facts: Part::of(&facts),
                personal: None,
            };
            Some(Entry::build(header, facts, None, None).ok()?.signed(&t.key))
        })
        .collect();
    t.send(&both)
}

/// An entry that claims to be of the first day: an old time, and nothing seen but the founding.
fn back_date(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let Some(entry) = forge(t, None) else { return Vec::new() };
    let mut header = entry.header().clone();
    (header.at, header.seen) = (0, vec![t.replica.federation()]);
    let entry = Entry::build(header, entry.facts().to_vec(), None, None).map(|e| e.signed(&t.key));
    entry.map(|e| t.send(&[e])).unwrap_or_default()
}

/// An entry whose id sorts before others': no race is decided by ids, so it must win nothing.
fn grind(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let before = t.before(false);
    let Some(entry) = forge(t, before.as_ref()) else { return Vec::new() };
    let tries = (0..64).filter_map(|at| {
        let header = Header { at, ..entry.header().clone() };
        Entry::build(header, entry.facts().to_vec(), None, None).ok()
    });
    let first = tries.min_by_key(Entry::id).map(|e| e.signed(&t.key));
    first.map(|e| t.send(&[e])).unwrap_or_default()
}

/// Kinds of work, known and not.
const WORK: [&str; 14] = [
    Kind::CREATE,
    Kind::EDIT,
    Kind::EDIT,
    Kind::CONTRIBUTION,
    Kind::CORRECTION,
    Kind::RETRACTION,
    Kind::SETTLEMENT,
    Kind::CITATION,
    Kind::AGENT,
    Kind::AGENT_CLAIM,
    Kind::ATTESTATION,
    Kind::DECLINE,
    Kind::ADDRESSES,
    "record/weather",
];

fn kind(t: &mut Teller<'_>) -> Option<Kind> {
    let operations =
        Operation::KINDS.iter().copied().filter(|k| *k != Kind::FOUND).chain(["operation/crown"]);
    let kind = if t.random.random_ratio(1, 3) {
        operations.choose(t.random)
    } else {
        WORK.choose(t.random).copied()
    };
    Kind::new(kind?).ok()
}

/// One entry, unsigned.
pub fn forge(t: &mut Teller<'_>, before: Option<&Entry>) -> Option<Entry> {
    let kind = kind(t)?;
    let fits = before.is_none_or(|e| e.header().kind.class().is_operation() == kind.class().is_operation());
    let before = before.filter(|_| fits || t.random.random_ratio(1, 10));
    let replica = t.replica;
    let held = |t: &mut Teller<'_>| some(&replica.held().map(|h| h.id).collect::<Vec<_>>(), t);
    // An old or partial view of the authority, or the full one.
    let mut seen = if t.random.random() {
        replica.authority_heads()
    } else {
        some(&replica.operations().map(|h| h.id).collect::<Vec<_>>(), t)
    };
    if t.random.random_ratio(1, 16) {
        seen = held(t);
    }
    let created = replica.held().filter(|h| h.header.kind.as_str() == Kind::CREATE);
    let document = created.map(|h| h.id).choose(t.random);
    let (subject, deps) = match kind.as_str() {
        Kind::EDIT if t.random.random_ratio(1, 10) => (document, held(t)),
        Kind::EDIT => {
            let of_it = replica.held().filter(|h| Some(h.id) == document || h.header.subject == document);
            (document, some(&of_it.map(|h| h.id).collect::<Vec<_>>(), t))
        }
        Kind::CONTRIBUTION | Kind::CORRECTION => (document, vec![]),
        Kind::ATTESTATION
        | Kind::DECLINE
        | Kind::RETRACTION
        | Kind::SETTLEMENT
        | Kind::CITATION
        | Kind::AGENT_CLAIM => (replica.records().map(|h| h.id).choose(t.random), vec![]),
        _ => (None, vec![]),
    };
    // Facts of another form are refused for a kind that is known, and what a good signature on them
    // vouches for must not be held on that word.
    let facts = if t.random.random_ratio(1, 16) { b"\xa0".to_vec() } else { facts(&kind, t) };
    let elsewhere = t.random.random_ratio(1, 40);
    let header = Header {
        v: limits::RULES_LEVEL + u64::from(t.random.random_ratio(1, 30)),
        federation: Some(if elsewhere { EntryId([9; 32]) } else { replica.federation() }),
        author: *t.key.member().as_bytes(),
        log: before.map_or_else(|| t.random.random_range(0..3), |b| b.header().log),
        seq: before.map_or(0, |b| b.header().seq + u64::from(!t.random.random_ratio(1, 40))),
        prev: before.map(Entry::id),
        at: t.random.random_range(0..=limits::AT_MAX),
        seen,
        kind,
        subject,
        deps,
        facts: Part::of(&facts),
        personal: None,
    };
    Entry::build(header, facts, None, None).ok()
}

/// At most two of them, sorted.
fn some(ids: &[EntryId], t: &mut Teller<'_>) -> Vec<EntryId> {
    let many = t.random.random_range(0..3).min(ids.len());
    let mut some: Vec<EntryId> = ids.sample(t.random, many).copied().collect();
    some.sort_unstable();
    some
}

/// Facts of the right form, often about somebody else's membership.
fn facts(kind: &Kind, t: &mut Teller<'_>) -> Vec<u8> {
    match kind.as_str() {
        Kind::CREATE => {
            let under = t.grant();
            document::create_facts(under, t.random.random_range(0..1_000))
        }
        Kind::EDIT => document::edit_facts("title", t.random.random_range(0..1_000)),
        // A correction that doesn't say what it corrects is refused at the door.
        Kind::CONTRIBUTION | Kind::CORRECTION => record::contribution(t.random),
        kind if record::LEDGER.contains(&kind) => {
            let about = t.replica.records().map(|h| h.id).choose(t.random).unwrap_or(EntryId([1; 32]));
            record::ledger(kind, about, t.random).unwrap_or_default()
        }
        Kind::ATTESTATION => record::attestation(t.random),
        Kind::DECLINE => {
            let document = t.replica.documents().choose(t.random).unwrap_or(EntryId([1; 32]));
            canonical::encode(&DeclineFacts { document }).unwrap_or_default()
        }
        Kind::ADDRESSES => record::addresses(t.replica, t.random),
        kind => operation(kind, t).and_then(|o| o.to_facts().ok()).unwrap_or_else(|| b"\xa0".to_vec()),
    }
}
