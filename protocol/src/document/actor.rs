//! Which Automerge actor applies which entry.
//!
//! Automerge needs each actor's changes to follow one another, and slows down with the number of
//! actors. An entry has the actor of the entry that it continues: the latest of its own log among its
//! `deps`, when no other entry would continue that one. Any other entry starts an actor, named by
//! hashing its id. So what an author writes elsewhere changes nothing, at a fork of a log each branch
//! has its own actor, and nothing depends on the order of arrival.

use automerge::ActorId;

use super::history::Node;
use crate::id::EntryId;

/// The actor that this entry starts.
pub fn started_by(entry: EntryId) -> ActorId {
    let hash = blake3::derive_key("aronde 2026 automerge actor of a document entry", entry.as_bytes());
    ActorId::from(hash.get(..16).unwrap_or(&hash))
}

/// The actor of each node of a history, which lie in causal order.
pub fn assign(nodes: &[Node]) -> Vec<ActorId> {
    let mut actors: Vec<ActorId> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let continued = node.continues.and_then(|before| actors.get(before).cloned());
        actors.push(continued.unwrap_or_else(|| started_by(node.id)));
    }
    actors
}
