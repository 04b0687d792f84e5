//! The oracle: what must hold when all honest nodes hold the same set.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::entry::Entry;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::replica::Replica;
use aronde_protocol::{limits, reference};

use super::node::Node;
use super::world::World;

/// Nodes whose documents are built and compared by value; the heads are compared at all.
const READERS: usize = 24;

/// What all honest nodes agree on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Entries held.
    pub held: usize,
    /// Of these, accepted.
    pub accepted: usize,
    /// Operations among those held.
    pub operations: usize,
    /// Documents that count.
    pub documents: usize,
    /// Places of logs with more than one entry.
    pub forks: usize,
}

/// Compares everything that must be equal, and looks for what must not be lost, forked or grow.
///
/// # Errors
/// The first promise that is broken.
pub fn check(world: &World) -> Result<Agreed, String> {
    let Some(first) = world.honest_nodes().next() else { return Ok(Agreed::default()) };
    let agreed = first.store.look(|replica| agreed(replica));
    same_everywhere(world, first)?;
    nothing_lost(world, first)?;
    no_honest_fork(world, first)?;
    let strangers = world.hands.strangers();
    let strange = first.store.look(|r| r.held().filter(|h| strangers.contains(&h.author)).count());
    if strange > 0 {
        return Err(format!("{strange} entries of strangers are held"));
    }
    let entries: Vec<Entry> = first.store.entries().iter().map(|e| Entry::clone(e)).collect();
    let expected = reference::accepted(&entries);
    let accepted: BTreeSet<EntryId> = first.store.look(counting);
    if let Some(id) = expected.symmetric_difference(&accepted).next() {
        let kind = entries.iter().find(|e| e.id() == *id).map(|e| e.header().kind.as_str().to_owned());
        let says = |set: &BTreeSet<EntryId>| if set.contains(id) { "accepts" } else { "does not accept" };
        return Err(format!(
            "the reference {} {} {}, the replica {} it",
            says(&expected),
            kind.unwrap_or_default(),
            id.short(),
            says(&accepted)
        ));
    }
    Ok(agreed)
}

fn agreed(replica: &Replica) -> Agreed {
    Agreed {
        held: replica.len(),
        accepted: replica.accepted().len(),
        operations: replica.operations().count(),
        documents: replica.documents().count(),
        forks: replica.forks().len(),
    }
}

fn counting(replica: &Replica) -> BTreeSet<EntryId> {
    replica.held().filter(|h| h.verdict.counts()).map(|h| h.id).collect()
}

fn verdicts(replica: &Replica) -> BTreeMap<EntryId, aronde_protocol::acceptance::Verdict> {
    replica.held().map(|h| (h.id, h.verdict)).collect()
}

fn heads(replica: &Replica) -> BTreeMap<DocumentId, Vec<EntryId>> {
    replica.documents().map(|d| (d, replica.document_heads(&d))).collect()
}

fn values(node: &Node) -> Result<BTreeMap<DocumentId, String>, String> {
    let documents: Vec<DocumentId> = node.store.look(|r| r.documents().collect());
    documents.into_iter().map(|d| Ok((d, node.store.read(&d)?))).collect()
}

fn same_everywhere(world: &World, first: &Node) -> Result<(), String> {
    let expected = first.store.look(verdicts);
    let (expected_heads, expected_values) = (first.store.look(heads), values(first)?);
    for (n, node) in world.honest_nodes().enumerate().skip(1) {
        let differs = |what: &str| format!("nodes 0 and {n} hold the same and differ in {what}");
        let (ours, theirs) = (&first.store, &node.store);
        ours.look(|ours| {
            theirs.look(|theirs| {
                if theirs.digest().root() != ours.digest().root() {
                    return Err(format!("nodes 0 and {n} do not hold the same"));
                }
                if verdicts(theirs) != expected {
                    return Err(differs("their verdicts"));
                }
                if theirs.accepted().root() != ours.accepted().root() {
                    return Err(differs("the digest of what they accept"));
                }
                if theirs.authority() != ours.authority() {
                    return Err(differs("the authority"));
                }
                if heads(theirs) != expected_heads {
                    return Err(differs("the heads of a document"));
                }
                if theirs.forks() != ours.forks() {
                    return Err(differs("the forks they see"));
                }
                if theirs.waiting() > limits::POOL_ENTRIES_MAX {
                    return Err(format!("the pool of node {n} has no bound"));
                }
                Ok(())
            })
        })?;
        let stride = (world.honest / READERS).max(1);
        if n.is_multiple_of(stride) && values(node)? != expected_values {
            return Err(differs("the values of a document"));
        }
    }
    Ok(())
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
