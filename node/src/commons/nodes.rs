//! `node`: which nodes speak for one's own workshop.

use aronde_protocol::authority::operation::{BindNode, Operation, UnbindNode};
use libp2p::PeerId;

use super::{Commons, Log, operation};
use crate::api::{NodeChanged, NodeRow, ServiceError, Signer};

impl Commons {
    /// `node list`.
    pub(super) fn node_list(&self) -> Vec<NodeRow> {
        let entries = self.entries();
        let published = super::replicated::addresses_of(&entries);
        let authority = entries.replica().authority();
        let mut rows: Vec<NodeRow> = authority
            .nodes
            .iter()
            .filter_map(|(peer, bindings)| {
                let (id, binding) = (PeerId::from_bytes(peer).ok()?, bindings.first()?);
                let addresses = published.get(&id).into_iter().flatten().map(ToString::to_string);
                Some(NodeRow {
                    peer: id.to_string(),
                    workshop: binding.workshop,
                    workshop_name: Self::workshop_name(&entries, &binding.workshop),
                    bound_by: binding.entry,
                    own: id == self.peer,
                    addresses: addresses.collect(),
                })
            })
            .collect();
        rows.sort_by_key(|row| (entries.replica().place(&row.workshop), row.peer.clone()));
        rows
    }

    /// `node bind`.
    pub(super) fn node_bind(&self, peer: &str, signer: &Signer) -> Result<NodeChanged, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, workshop) = self.steward(&entries, &key)?;
        let id: PeerId = peer.trim().parse().map_err(|_| {
            let shown: String = peer.chars().take(80).collect();
            ServiceError::user(format!("\"{shown}\" is not the identity of a node"))
                .hint("it begins with 12D3KooW; its owner sees it with: aronde key show")
        })?;
        if let Some(other) = entries.replica().authority().workshop_of_node(&id.to_bytes()) {
            let of = Self::workshop_name(&entries, &other).unwrap_or_else(|| other.short());
            return Err(ServiceError::user(format!("this node is bound to {of} already"))
                .hint("a steward there ends that first: aronde node unbind PEER"));
        }
        let bind = Operation::BindNode(BindNode { under, peer: id.to_bytes().into() });
        let draft = operation(&bind, None)?;
        let entry = self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        let workshop_name = Self::workshop_name(&entries, &workshop);
        Ok(NodeChanged { id: entry, peer: id.to_string(), workshop, workshop_name, bound: true })
    }

    /// `node unbind`.
    pub(super) fn node_unbind(&self, peer: &str, signer: &Signer) -> Result<NodeChanged, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, workshop) = self.steward(&entries, &key)?;
        let (text, nodes) = (peer.trim(), &entries.replica().authority().nodes);
        let fits = |peer: &Vec<u8>| {
            let id = PeerId::from_bytes(peer).ok()?;
            (text.len() >= 4 && (id.to_string().starts_with(text) || id.to_string().ends_with(text)))
                .then_some(id)
        };
        let found: Vec<PeerId> = nodes.keys().filter_map(fits).collect();
        let id = match found.as_slice() {
            [one] => *one,
            [] => {
                let shown: String = text.chars().take(80).collect();
                return Err(ServiceError::user(format!("no node \"{shown}\" is bound"))
                    .hint("see which are with: aronde node list"));
            }
            many => {
                return Err(ServiceError::user(format!("{} nodes fit \"{text}\"", many.len()))
                    .hint("give the whole identity; see: aronde node list"));
            }
        };
        let bindings = nodes.get(&id.to_bytes()).into_iter().flatten();
        let all: Vec<_> = bindings.map(|b| b.workshop).collect();
        if !all.contains(&workshop) {
            let of = all.first().and_then(|other| Self::workshop_name(&entries, other)).unwrap_or_default();
            return Err(ServiceError::user(format!("this node is bound to {of}, not to your workshop"))
                .hint("only a steward of that workshop can end that"));
        }
        let unbind = Operation::UnbindNode(UnbindNode { under, peer: id.to_bytes().into() });
        let draft = operation(&unbind, None)?;
        let entry = self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        let workshop_name = Self::workshop_name(&entries, &workshop);
        Ok(NodeChanged { id: entry, peer: id.to_string(), workshop, workshop_name, bound: false })
    }
}
