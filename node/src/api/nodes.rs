//! `node`: which nodes speak for which workshop.

use aronde_protocol::id::{EntryId, WorkshopId};
use serde::{Deserialize, Serialize};

/// Asks for all nodes that are bound.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeList {}

/// A node that is bound to a workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRow {
    /// Its libp2p identity.
    pub peer: String,
    /// The workshop.
    pub workshop: WorkshopId,
    /// What people call the workshop.
    pub workshop_name: Option<String>,
    /// The entry that binds it.
    pub bound_by: EntryId,
    /// Whether it is this one.
    pub own: bool,
    /// Where it is reached, as it published.
    pub addresses: Vec<String>,
}

/// Binds a node to one's own workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeBind {
    /// Its libp2p identity.
    pub peer: String,
}

/// Ends the binding of a node of one's own workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeUnbind {
    /// Its libp2p identity, or the beginning of it.
    pub peer: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeChanged {
    /// The entry that did it.
    pub id: EntryId,
    /// The node.
    pub peer: String,
    /// The workshop.
    pub workshop: WorkshopId,
    /// What people call the workshop.
    pub workshop_name: Option<String>,
    /// Whether it is bound now.
    pub bound: bool,
}
