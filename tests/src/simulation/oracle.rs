//! The oracle: what must hold when all honest nodes hold the same set.
//!
//! What counts is a function of the set and of the charter that is followed. So nodes that follow one charter
//! say the same, and the reference says it too; where nodes follow different ones, a majority signed
//! rivals, and each of these nodes must raise the alarm.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::acceptance::Verdict;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::replica::{Replica, Sealed};
use aronde_protocol::session::Held;
use aronde_protocol::{limits, reference};

use super::node::Node;
use super::world::World;

/// Nodes whose documents are built and compared by value; the heads are compared at all.
const READERS: usize = 24;

/// What all honest nodes agree on. Where they follow rival charters: what node 0 says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Entries held.
    pub held: usize,
    /// Of these, accepted.
    pub accepted: usize,
    /// Operations among those held.
    pub operations: usize,
    /// Of these, holding.
    pub holding: usize,
    /// Charters in force that were followed, the founding left out.
    pub charters: usize,
    /// Rival charters that honest nodes follow, beyond one.
    pub splits: usize,
    /// Memberships that were struck.
    pub struck: usize,
    /// Documents that count.
    pub documents: usize,
    /// Places of logs with more than one entry.
    pub forks: usize,
}

impl Agreed {
    fn of(replica: &Replica, splits: usize) -> Self {
        let authority = replica.authority();
        Self {
            held: replica.len(),
            accepted: replica.accepted().len(),
            operations: replica.operations().count(),
            holding: replica.operations().filter(|h| h.verdict.counts()).count(),
            charters: authority.charters.values().filter(|c| c.followed).count(),
            splits,
            struck: authority.former.len(),
            documents: replica.documents().count(),
            forks: replica.forks().len(),
        }
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.held += other.held;
        self.accepted += other.accepted;
        self.operations += other.operations;
        self.holding += other.holding;
        self.charters += other.charters;
        self.splits += other.splits;
        self.struck += other.struck;
        self.documents += other.documents;
        self.forks += other.forks;
    }
}

/// What one node makes of the set, but for the values of documents.
#[derive(PartialEq)]
struct Opinion {
    verdicts: BTreeMap<EntryId, Verdict>,
    accepted: [u8; 32],
    heads: BTreeMap<DocumentId, Vec<EntryId>>,
    seals: BTreeMap<EntryId, Sealed>,
}

impl Opinion {
    fn of(replica: &Replica) -> Self {
        Self {
            verdicts: replica.held().map(|h| (h.id, h.verdict)).collect(),
            accepted: replica.accepted().root(),
            heads: replica.documents().map(|d| (d, replica.document_heads(&d))).collect(),
            seals: replica.authority().charters.keys().map(|id| (*id, replica.sealed(id))).collect(),
        }
    }
}

/// Compares everything that must be equal, and looks for what must not be lost, forked or grow.
///
/// # Errors
/// The first promise that is broken.
pub fn check(world: &World) -> Result<Agreed, String> {
    let mut camps: BTreeMap<Option<EntryId>, Vec<(usize, &Node)>> = BTreeMap::new();
    for (n, node) in world.honest_nodes().enumerate() {
        camps.entry(node.store.look(|replica| replica.authority().charter)).or_default().push((n, node));
    }
    let Some(first) = world.honest_nodes().next() else { return Ok(Agreed::default()) };
    let entries: Vec<Entry> = first.store.entries().iter().map(|e| Entry::clone(e)).collect();
    for camp in camps.values() {
        let Some((n, node)) = camp.first() else { continue };
        if camps.len() > 1 && node.store.look(|replica| replica.authority().alarm.is_none()) {
            return Err(format!("node {n} follows another charter than others and raises no alarm"));
        }
        same_in(camp)?;
        as_the_reference(*n, node, &entries)?;
    }
    held_by_all(world, first)?;
    nothing_lost(world, first)?;
    no_honest_fork(world, first)?;
    Ok(first.store.look(|replica| Agreed::of(replica, camps.len() - 1)))
}

fn values(node: &Node) -> Result<BTreeMap<DocumentId, String>, String> {
    let documents: Vec<DocumentId> = node.store.look(|r| r.documents().collect());
    documents.into_iter().map(|d| Ok((d, node.store.read(&d)?))).collect()
}

/// Nodes that follow one charter say the same.
fn same_in(camp: &[(usize, &Node)]) -> Result<(), String> {
    let Some(((m, first), others)) = camp.split_first() else { return Ok(()) };
    let expected = first.store.look(Opinion::of);
    let expected_values = values(first)?;
    let stride = (camp.len() / READERS).max(1);
    for (place, (n, node)) in others.iter().enumerate() {
        let differs = |what: &str| Err(format!("nodes {m} and {n} hold the same and differ in {what}"));
        let opinion = node.store.look(Opinion::of);
        if let Some((id, verdict)) =
            opinion.verdicts.iter().find(|(id, v)| expected.verdicts.get(*id) != Some(*v))
        {
            let other = expected.verdicts.get(id);
            return differs(&format!("the verdict on {}: {other:?} and {verdict:?}", id.short()));
        }
        if opinion.accepted != expected.accepted {
            return differs("the digest of what they accept");
        }
        if opinion.heads != expected.heads {
            return differs("the heads of a document");
        }
        if opinion.seals != expected.seals {
            return differs("what comes of a charter's seal");
        }
        if !first.store.look(|ours| node.store.look(|theirs| ours.authority() == theirs.authority())) {
            return differs("the authority");
        }
        if place.is_multiple_of(stride) && values(node)? != expected_values {
            return differs("the values of a document");
        }
    }
    Ok(())
}

/// The reference, which replays the rules from the raw set, accepts the same.
fn as_the_reference(n: usize, node: &Node, entries: &[Entry]) -> Result<(), String> {
    let judged = reference::judge(entries, node.store.look(Replica::follows));
    let (accepted, charter) = node.store.look(|r| {
        let counting: BTreeSet<EntryId> = r.held().filter(|h| h.verdict.counts()).map(|h| h.id).collect();
        (counting, r.authority().charter)
    });
    if charter != Some(judged.charter) {
        return Err(format!("node {n} follows another charter than the reference"));
    }
    if let Some(id) = judged.accepted.symmetric_difference(&accepted).next() {
        let kind = entries.iter().find(|e| e.id() == *id).map(|e| e.header().kind.as_str().to_owned());
        let says = |set: &BTreeSet<EntryId>| if set.contains(id) { "accepts" } else { "does not accept" };
        return Err(format!(
            "the reference, following {}, {} {} {}, node {n} {} it{}",
            judged.charter.short(),
            says(&judged.accepted),
            kind.unwrap_or_default(),
            id.short(),
            says(&accepted),
            node.store.look(|r| why(r, id)),
        ));
    }
    Ok(())
}

/// What is known of an entry at a node, for people.
fn why(replica: &Replica, id: &EntryId) -> String {
    let Some(held) = replica.get(id) else { return String::new() };
    let admitted = replica
        .operations()
        .filter(|h| h.gist.operation().is_some_and(|o| o.admits(h.author) == Some(held.author)));
    let grants: Vec<String> = admitted
        .map(|h| {
            format!(
                "{} {} {:?}, in its past: {}",
                h.header.kind.as_str(),
                h.id.short(),
                h.verdict,
                replica.has_in_past(held, &h.id)
            )
        })
        .collect();
    format!(
        ": {:?} by {:?}, {:?}; grants of its author: {}",
        held.gist,
        held.author,
        held.verdict,
        grants.join("; ")
    )
}

fn held_by_all(world: &World, first: &Node) -> Result<(), String> {
    let root = first.store.held_root();
    let forks = first.store.look(Replica::forks);
    for (n, node) in world.honest_nodes().enumerate() {
        if node.store.held_root() != root {
            return Err(format!("nodes 0 and {n} do not hold the same"));
        }
        if node.store.look(Replica::forks) != forks {
            return Err(format!("nodes 0 and {n} hold the same and see other forks"));
        }
        if node.store.counts().pool > limits::POOL_ENTRIES_MAX {
            return Err(format!("the pool of node {n} has no bound"));
        }
    }
    let strangers = world.hands.strangers();
    match first.store.look(|r| r.held().filter(|h| strangers.contains(&h.author)).count()) {
        0 => Ok(()),
        strange => Err(format!("{strange} entries of strangers are held")),
    }
}

fn nothing_lost(world: &World, first: &Node) -> Result<(), String> {
    for (id, at) in &world.acknowledged {
        if !first.store.look(|replica| replica.holds(id)) {
            return Err(format!("entry {} was acknowledged at node {at} and is lost", id.short()));
        }
    }
    Ok(())
}

/// An honest member's log forks only when an image of its whole machine was put back.
fn no_honest_fork(world: &World, first: &Node) -> Result<(), String> {
    for fork in first.store.look(Replica::forks) {
        let whose = world
            .honest_nodes()
            .position(|n| !n.rolled_back && n.member.as_ref().is_some_and(|m| m.is(fork.author)));
        if let Some(whose) = whose {
            return Err(format!("the log of node {whose}, who is honest, is forked at {}", fork.seq));
        }
    }
    Ok(())
}
