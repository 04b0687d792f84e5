//! What the network asks for after nearly every event, ready without a lock on the disk.

use std::collections::HashMap;

use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{EntryId, WorkshopId};
use libp2p::PeerId;

use super::entries::Entries;

/// See the module.
#[derive(Debug, Default)]
pub struct Glance {
    /// The federation's name.
    pub federation: Option<FederationName>,
    /// The bound nodes, ours included.
    pub nodes: HashMap<Vec<u8>, WorkshopId>,
    /// The root of the tree over held ids.
    pub held_root: [u8; 32],
    /// The operation that binds our own node.
    pub binding: Option<EntryId>,
}

impl Glance {
    /// What the entries say now.
    pub fn of(entries: &Entries, own: &PeerId) -> Self {
        let replica = entries.replica();
        let authority = replica.authority();
        let founding = replica.federation();
        let nodes: HashMap<_, _> = authority
            .nodes
            .keys()
            .filter_map(|p| Some((p.clone(), authority.workshop_of_node(p)?)))
            .collect();
        Self {
            federation: Some(FederationName { founding, charter: authority.charter.unwrap_or(founding) }),
            nodes,
            held_root: replica.digest().root(),
            binding: authority.nodes.get(&own.to_bytes()).and_then(|b| b.first()).map(|b| b.entry),
        }
    }
}
