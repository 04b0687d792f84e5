//! A seeded, deterministic run of many replicas.
//!
//! Members write, honest and hostile ones; a network loses, repeats, delays and reorders what they
//! send; replicas stop and start again from what they stored. At the end everything reaches
//! everyone, and all replicas must hold the same set, accept the same set, see the same authority
//! and the same documents, equal to the reference that replays the rules from the raw set.
//!
//! One number replays a run: `cargo run --release -p aronde-tests --bin aronde-simulate -- --seed N`.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::key::SecretKey;
use aronde_protocol::replica::{Known, Replica};
use aronde_protocol::{reference, run};
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};

mod hostile;
mod member;

use hostile::Hostile;
use member::Member;

/// How large a run is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Replicas, each with a member of its own.
    pub replicas: usize,
    /// Things that happen before everything is delivered.
    pub steps: usize,
}

/// What happened in a run.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// Entries held in the end.
    pub held: usize,
    /// Of these, accepted.
    pub accepted: usize,
    /// Operations among those held.
    pub operations: usize,
    /// Places of logs with more than one entry.
    pub forks: usize,
    /// Runs delivered.
    pub delivered: usize,
    /// Entries refused, counted at each delivery.
    pub refused: usize,
    /// Restarts from what was stored.
    pub restarts: usize,
}

/// A replica, its member, and what it stored.
struct Node {
    replica: Replica,
    member: Member,
    stored: Vec<Entry>,
}

impl Node {
    fn receive(&mut self, entries: Vec<Entry>) -> usize {
        let received = self.replica.receive(entries);
        self.stored.extend(received.fresh);
        received.refused.len()
    }

    /// A document as it shows here, all its values and conflicts.
    fn read(&self, document: &DocumentId) -> Result<String, String> {
        let stored: BTreeMap<EntryId, &Entry> = self.stored.iter().map(|e| (e.id(), e)).collect();
        let entries = self.replica.document(document).filter_map(|held| stored.get(&held.id));
        let entries: Vec<DocumentEntry> = entries.map(|e| DocumentEntry::of(e)).collect();
        let document = Document::of(*document, &entries).map_err(|e| e.to_string())?;
        Ok(format!("{:?} {:?}", document.heads(), document.fields()))
    }

    /// Stops and starts: what was not stored is gone.
    fn restart(&mut self) {
        let known = self.stored.iter().filter_map(|entry| {
            let gist = self.replica.get(&entry.id()).map(|h| h.gist.clone())?;
            Some(Known { header: entry.header().clone(), id: entry.id(), author: entry.author(), gist })
        });
        let replica = Replica::load(self.replica.federation(), self.replica.follows(), known);
        self.replica = replica;
    }
}

/// Runs one seed.
///
/// # Errors
/// What did not converge, or which promise broke.
pub fn run(seed: u64, size: Size) -> Result<Report, String> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut report = Report::default();
    let (mut nodes, mut hostile) = found(size, &mut random);
    let mut flying: Vec<(usize, Vec<u8>)> = Vec::new();
    for _ in 0..size.steps {
        match random.random_range(0..100) {
            0..30 => {
                let n = random.random_range(0..nodes.len());
                let Some(node) = nodes.get_mut(n) else { continue };
                let entries = node.member.write(&node.replica, &mut random);
                report.refused += node.receive(entries.clone());
                send(n, &entries, size.replicas, &mut flying, &mut random);
            }
            30..42 => {
                let n = random.random_range(0..nodes.len());
                let Some(node) = nodes.get(n) else { continue };
                let entries = hostile.write(&node.replica, &node.stored, &mut random);
                send(n, &entries, size.replicas, &mut flying, &mut random);
            }
            42..60 => {
                // Somebody sends some of what it holds, in any order: gossip.
                let n = random.random_range(0..nodes.len());
                let Some(node) = nodes.get(n) else { continue };
                let some = random.random_range(1..24).min(node.stored.len());
                let entries: Vec<Entry> = node.stored.sample(&mut random, some).cloned().collect();
                send(n, &entries, size.replicas, &mut flying, &mut random);
            }
            60..97 if !flying.is_empty() => {
                let i = random.random_range(0..flying.len());
                // One in eight is delivered again later.
                let (to, bytes) = if random.random_ratio(1, 8) {
                    flying.get(i).cloned()
                } else {
                    Some(flying.swap_remove(i))
                }
                .unwrap_or_default();
                report.refused += deliver(&mut nodes, to, &bytes, &mut report.delivered)?;
            }
            97.. => {
                let n = random.random_range(0..nodes.len());
                let Some(node) = nodes.get_mut(n) else { continue };
                let before = verdicts(&node.replica);
                node.restart();
                if verdicts(&node.replica) != before {
                    return Err(format!("seed {seed}: replica {n} judges otherwise after a restart"));
                }
                report.restarts += 1;
            }
            _ => {}
        }
    }
    heal(&mut nodes, &mut random, &mut report)?;
    compare(seed, &nodes, &hostile, &mut report)?;
    Ok(report)
}

fn found(size: Size, random: &mut ChaCha8Rng) -> (Vec<Node>, Hostile) {
    let keys: Vec<SecretKey> = (0..size.replicas).map(|_| SecretKey::from_seed(&random.random())).collect();
    let entries = member::found(&keys, random);
    let federation = entries.first().map_or(EntryId([0; 32]), Entry::federation);
    let mut nodes = Vec::new();
    for key in &keys {
        let member = Member::new(key.clone(), random);
        let mut node = Node { replica: Replica::new(federation), member, stored: Vec::new() };
        node.receive(entries.clone());
        nodes.push(node);
    }
    (nodes, Hostile::new(&keys, random))
}

fn send(
    from: usize,
    entries: &[Entry],
    replicas: usize,
    flying: &mut Vec<(usize, Vec<u8>)>,
    random: &mut ChaCha8Rng,
) {
    for to in (0..replicas).filter(|to| *to != from) {
        // One in four is lost.
        if random.random_ratio(3, 4) {
            let mut runs = run::encode(entries);
            runs.shuffle(random);
            flying.extend(runs.into_iter().map(|run| (to, run)));
        }
    }
}

fn deliver(nodes: &mut [Node], to: usize, bytes: &[u8], delivered: &mut usize) -> Result<usize, String> {
    let entries = run::decode(bytes).map_err(|e| format!("a run made here can't be read: {e}"))?;
    *delivered += 1;
    Ok(nodes.get_mut(to).map_or(0, |node| node.receive(entries)))
}

/// Everything held anywhere reaches everyone, in an order of its own for each, until nothing is new:
/// what one replica had waiting for its past may come to be held only here.
fn heal(nodes: &mut [Node], random: &mut ChaCha8Rng, report: &mut Report) -> Result<(), String> {
    let mut before = 0;
    loop {
        let held = nodes.iter().flat_map(|n| &n.stored);
        let all: BTreeMap<EntryId, Entry> = held.map(|e| (e.id(), e.clone())).collect();
        if all.len() == before {
            return Ok(());
        }
        before = all.len();
        for to in 0..nodes.len() {
            let mut entries: Vec<Entry> = all.values().cloned().collect();
            entries.shuffle(random);
            for some in entries.chunks(random.random_range(1..64)) {
                for run in run::encode(some) {
                    report.refused += deliver(nodes, to, &run, &mut report.delivered)?;
                }
            }
        }
    }
}

fn verdicts(replica: &Replica) -> BTreeMap<EntryId, String> {
    replica.held().map(|h| (h.id, format!("{:?}", h.verdict))).collect()
}

fn compare(seed: u64, nodes: &[Node], hostile: &Hostile, report: &mut Report) -> Result<(), String> {
    let Some(first) = nodes.first() else { return Ok(()) };
    let expected = verdicts(&first.replica);
    let accepted: BTreeSet<EntryId> =
        first.replica.held().filter(|h| h.verdict.counts()).map(|h| h.id).collect();
    let documents = first.replica.documents();
    let nodes_read =
        documents.map(|d| Ok((d, first.read(&d)?))).collect::<Result<BTreeMap<_, _>, String>>()?;
    for (n, node) in nodes.iter().enumerate() {
        let replica = &node.replica;
        let differs = |what: &str| Err(format!("seed {seed}: replicas 0 and {n} differ in {what}"));
        if !verdicts(replica).keys().eq(expected.keys()) {
            return differs("what they hold");
        }
        if verdicts(replica) != expected {
            return differs("their verdicts");
        }
        if replica.authority() != first.replica.authority() {
            return differs("the authority");
        }
        for document in first.replica.documents() {
            if replica.document_heads(&document) != first.replica.document_heads(&document) {
                return differs("the heads of a document");
            }
            if node.read(&document)? != nodes_read.get(&document).cloned().unwrap_or_default() {
                return differs("the values of a document");
            }
        }
        if replica.accepted().root() != first.replica.accepted().root() {
            return differs("the digest of what they accept");
        }
        if replica.forks() != first.replica.forks() {
            return differs("the forks they see");
        }
    }
    if reference::accepted(&first.stored) != accepted {
        return Err(format!("seed {seed}: the replica and the reference accept different sets"));
    }
    let strangers = first.replica.held().filter(|h| hostile.strangers().contains(&h.author)).count();
    if strangers > 0 {
        return Err(format!("seed {seed}: {strangers} entries of strangers are held"));
    }
    report.held = first.replica.len();
    report.accepted = accepted.len();
    report.operations = first.replica.operations().count();
    report.forks = first.replica.forks().len();
    Ok(())
}
