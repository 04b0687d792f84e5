//! `status`: who we are, what is held, who is connected.

use aronde_protocol::id::{EntryId, WorkshopId};
use serde::{Deserialize, Serialize};

use super::Role;

/// Asks for the state of this home and its node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {}

/// The state of this home and its node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusAnswer {
    /// The federation this home belongs to.
    pub federation: FederationName,
    /// The member who signs here by default.
    pub member: MemberName,
    /// The workshop the node is bound to.
    pub workshop: WorkshopName,
    /// The node.
    pub node: NodeState,
    /// How much is held.
    pub counts: Counts,
    /// Root over the accepted entries, 64 hex digits: equal on two replicas when they agree.
    pub digest: String,
    /// Root over all entries held, 64 hex digits.
    pub held_digest: String,
    /// Every node of the federation that is known here, but ours.
    pub peers: Vec<PeerState>,
    /// What its owner should look at, each one sentence: a fork of our own log, a repaired index, a
    /// rival charter. Absent when there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A federation by its three names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederationName {
    /// Its founding entry.
    pub id: EntryId,
    /// What people call it.
    pub name: Option<String>,
    /// The newest charter that is followed; the founding entry until there is one.
    pub charter: EntryId,
}

/// A member as this home knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberName {
    /// `did:key:z6Mk…`.
    pub did: String,
    /// What people call them; absent when it is not held here.
    pub name: Option<String>,
    /// The role in this home's workshop; absent when the membership does not stand.
    pub role: Option<Role>,
}

/// A workshop as this home knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkshopName {
    /// The entry that admitted it.
    pub id: WorkshopId,
    /// What people call it; absent when it is not held here.
    pub name: Option<String>,
}

/// The node of this home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeState {
    /// Its libp2p identity.
    pub peer_id: String,
    /// Where it listens, multiaddrs; empty when it is not running.
    pub addresses: Vec<String>,
    /// Its local HTTP interface as `http://ADDRESS:PORT`; absent when it is not running.
    pub http: Option<String>,
}

/// How much is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Entries held.
    pub entries: u64,
    /// Entries held that have no effect, for now.
    pub parked: u64,
    /// Documents.
    pub documents: u64,
    /// Records.
    pub records: u64,
    /// Files present.
    pub files: u64,
    /// Bytes of the entries and files held.
    pub bytes: u64,
}

/// A node of the federation as seen from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerState {
    /// Its libp2p identity.
    pub peer_id: String,
    /// The workshop it is bound to.
    pub workshop: WorkshopId,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// Whether there is a connection now.
    pub connected: bool,
    /// Whether both held the same when they last compared; absent when they never did.
    pub in_sync: Option<bool>,
}
