//! Traps: what is sent so that it can't be held, to see who holds it all the same, or stumbles.

use aronde_protocol::canonical;
use aronde_protocol::entry::{Entry, Header, Kind, Part};
use aronde_protocol::id::EntryId;
use aronde_protocol::limits;
use rand::RngExt;
use serde::Serialize;

use super::{Lie, Teller};
use crate::simulation::act::record;

/// The lies.
pub const LIES: &[Lie] = &[
    Lie { name: "signs a burst whose end is refused", weight: 6, tell: refused_end },
    Lie { name: "leaves a gap in a log", weight: 4, tell: gap },
    Lie { name: "withholds what an entry builds on", weight: 5, tell: withheld },
    Lie { name: "floods the pools", weight: 2, tell: flood },
    Lie { name: "names a thousand heads", weight: 2, tell: thousand_heads },
];

/// Contributions of the signer, each after the one before; unsigned.
fn line(t: &mut Teller<'_>, before: Option<&Entry>, count: usize) -> Vec<Entry> {
    let Ok(kind) = Kind::new(Kind::CONTRIBUTION) else { return Vec::new() };
    let (seen, log) = (t.replica.authority_heads(), t.random.random());
    let mut line: Vec<Entry> = Vec::new();
    for _ in 0..count {
        let before = line.last().or(before);
        let facts = record::contribution(t.random);
        let header = Header {
            v: limits::RULES_LEVEL,
            federation: Some(t.replica.federation()),
            author: *t.key.member().as_bytes(),
            log: before.map_or(log, |b| b.header().log),
            seq: before.map_or(0, |b| b.header().seq + 1),
            prev: before.map(Entry::id),
            at: t.random.random_range(0..limits::AT_MAX),
            seen: seen.clone(),
            kind: kind.clone(),
            subject: None,
            deps: vec![],
            facts: Part::of(&facts),
            personal: None,
        };
        line.extend(Entry::build(header, facts, None, None));
    }
    line
}

/// Sound entries that only a refused one vouches for: nobody may hold them.
fn refused_end(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let mut line = line(t, None, 3);
    let Some(last) = line.pop() else { return Vec::new() };
    let facts = b"\xa0".to_vec();
    let header = Header { facts: Part::of(&facts), ..last.header().clone() };
    line.extend(Entry::build(header, facts, None, None).map(|e| e.signed(&t.key)));
    t.send(&line)
}

/// A signed entry that skips a place of its log.
fn gap(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let Some(before) = t.before(false) else { return Vec::new() };
    let line = line(t, Some(&before), 1).into_iter().filter_map(|entry| {
        let header = Header { seq: entry.header().seq + 3, ..entry.header().clone() };
        Some(Entry::build(header, entry.facts().to_vec(), None, None).ok()?.signed(&t.key))
    });
    let line: Vec<Entry> = line.collect();
    t.send(&line)
}

/// The end of a line without its beginning, which is told another day or never.
fn withheld(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let line: Vec<Entry> = line(t, None, 4).into_iter().map(|e| e.signed(&t.key)).collect();
    let (beginning, end) = line.split_at(line.len() / 2);
    if t.random.random() {
        t.hands.made.extend(beginning.iter().cloned());
    }
    t.send(end)
}

/// Many unsigned entries whose past never comes.
fn flood(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let line = line(t, None, 65);
    let end = line.get(1..).unwrap_or_default();
    aronde_protocol::run::encode(end)
}

#[derive(Serialize)]
struct Run(u8, Option<EntryId>, #[serde(with = "serde_bytes")] [u8; 32], u64, u64, Option<EntryId>, Vec<Row>);

#[derive(Serialize)]
enum Row {
    #[serde(rename = "r")]
    Raw(serde_bytes::ByteBuf, Parts),
}

#[derive(Serialize)]
struct Parts(serde_bytes::ByteBuf, Option<serde_bytes::ByteBuf>, Option<Part>, Option<serde_bytes::ByteBuf>);

/// A header over the limit, which only hand-made bytes can carry.
fn thousand_heads(t: &mut Teller<'_>) -> Vec<Vec<u8>> {
    let Some(entry) = line(t, None, 1).pop() else { return Vec::new() };
    let mut header = entry.header().clone();
    header.seen = (0..1_000).map(|_| EntryId(t.random.random())).collect();
    header.seen.sort_unstable();
    let Ok(bytes) = canonical::encode(&header) else { return Vec::new() };
    let signature = t.key.vouch(&EntryId::of(&bytes));
    let parts = Parts(entry.facts().to_vec().into(), None, None, Some(signature.to_vec().into()));
    let row = Row::Raw(bytes.into(), parts);
    let run = Run(1, header.federation, header.author, header.log, 0, None, vec![row]);
    canonical::encode(&run).into_iter().collect()
}
