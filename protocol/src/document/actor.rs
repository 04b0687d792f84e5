//! Which Automerge actor applies which entry.
//!
//! Automerge needs each actor's changes to follow one another, and slows down with many actors. An
//! entry shares the actor of its `prev` when `prev` is among its `deps` and has no other successor in
//! the document; else it starts an actor of its own, named by hashing its id. So at a fork of a log
//! each branch has its own, and nothing depends on the order of arrival.

use automerge::ActorId;

use super::history::Node;
use crate::id::EntryId;

/// The actor that this entry starts.
pub fn started_by(entry: EntryId) -> ActorId {
    let hash = blake3::derive_key("aronde 2026 automerge actor of a document entry", entry.as_bytes());
    ActorId::from(hash.get(..16).unwrap_or(&hash))
}

/// The actor of each node of a history, which lie in causal order. `successors` counts, for each
/// node, the nodes whose `prev` it is.
pub fn assign(nodes: &[Node], successors: &[usize]) -> Vec<ActorId> {
    let mut actors: Vec<ActorId> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let shared = node
            .prev
            .filter(|p| node.deps.contains(p) && successors.get(*p) == Some(&1))
            .and_then(|p| actors.get(p).cloned());
        actors.push(shared.unwrap_or_else(|| started_by(node.id)));
    }
    actors
}
