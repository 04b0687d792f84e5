//! Authority: who may do what (`docs/trust.md`; `docs/design.md`, section 4).
//!
//! [`Authority`] is a pure function of the set of operations held and of the charter that the federation's name
//! says. Operations form a graph through `prev` and `seen`, and have only operations in their past, so this part of
//! the commons can be fetched and judged alone.
//!
//! It is judged in layers, each a file: what an operation's own past says of it (`graph.rs`, `order.rs`), what
//! holds from a charter on (`verdict.rs`, `circle.rs`), which charter is followed (`charter.rs`), all of this kept as
//! operations come (`judge.rs`), and what it means for people (`view.rs`: the types below).
//!
//! Deliberately absent: order of arrival, clocks, ids as tie-breaks, documents.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{EntryId, MembershipId, WorkshopId};
use crate::key::{KeyCommitment, MemberKey};

pub(crate) mod charter;
mod circle;
pub(crate) mod graph;
pub(crate) mod judge;
pub mod operation;
mod order;
pub(crate) mod past;
pub(crate) mod verdict;
pub(crate) mod view;

pub use verdict::QUORUM;

/// What a member may do in a workshop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Admits and removes the workshop's members, binds its nodes; and all a maker does.
    Steward,
    /// Writes documents and records.
    Maker,
    /// Reads and attests only.
    Auditor,
}

impl Role {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Steward => "steward",
            Role::Maker => "maker",
            Role::Auditor => "auditor",
        }
    }

    /// Whether it covers writing documents and records.
    pub fn writes(self) -> bool {
        self != Role::Auditor
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Role::Steward, Role::Maker, Role::Auditor]
            .into_iter()
            .find(|r| r.as_str() == text)
            .ok_or_else(|| format!("\"{text}\" is no role: steward, maker or auditor is expected"))
    }
}

/// One admission of one key to one workshop with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The member, by the key that holds it now.
    pub key: MemberKey,
    /// Keys that held it before, since rotated away; the oldest first.
    pub old_keys: Vec<MemberKey>,
    /// The workshop.
    pub workshop: WorkshopId,
    /// The role.
    pub role: Role,
    /// The next key that a rotation may show.
    pub next: KeyCommitment,
}

/// A membership that was granted and is struck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// The membership.
    pub membership: Membership,
    /// The removals that strike it, sorted.
    pub removed_by: Vec<EntryId>,
}

/// A workshop of the federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workshop {
    /// Its name, as it was admitted.
    pub name: String,
    /// The removals that strike it, sorted; empty while it stands.
    pub removed_by: Vec<EntryId>,
}

/// A node that a steward bound to a workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeBinding {
    /// The operation that binds it.
    pub entry: EntryId,
    /// The workshop it is bound to.
    pub workshop: WorkshopId,
}

/// A motion that is open: it can be carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Motion {
    /// The workshops whose votes count, with the votes; the motion is its author's.
    pub votes: BTreeMap<WorkshopId, Vec<EntryId>>,
    /// The workshops that may still vote.
    pub missing: BTreeSet<WorkshopId>,
    /// How many workshops carry it.
    pub quorum: usize,
}

/// A charter that is held and in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// The charter before it.
    pub before: EntryId,
    /// The rivals that it heals.
    pub heals: Vec<EntryId>,
    /// The workshops whose endorsement counts at the charter before it.
    pub endorsed: BTreeSet<WorkshopId>,
    /// The workshops that are asked there, and have not endorsed it.
    pub missing: BTreeSet<WorkshopId>,
    /// Whether it is a valid successor of the one before it.
    pub in_force: bool,
    /// Whether it lies on the chain of charters that is followed.
    pub followed: bool,
}

/// Two or more charters that are valid successors of one, none of which heals the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The charter that they follow.
    pub before: EntryId,
    /// They, sorted.
    pub rivals: Vec<EntryId>,
    /// The workshops that endorsed more than one of them.
    pub double_signers: BTreeSet<WorkshopId>,
}

/// Why an operation does not hold.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum NotHolding {
    /// The membership it acts under is not in its past, doesn't hold, or is somebody else's.
    #[error("its author does not hold the membership that it acts under")]
    NotAMember,
    /// The role of that membership doesn't cover it.
    #[error("its author is not a steward in the membership that it acts under")]
    NotASteward,
    /// It names what it may not name.
    #[error("it names something that is not in its past, or that it has no say over")]
    NotInOrder,
    /// What it keeps a document through doesn't hold.
    #[error("the grant by which its workshop would keep the document does not hold")]
    NotAKeeper,
    /// A motion that is not carried yet.
    #[error("it is a motion, and not enough workshops have voted for it yet")]
    Open,
    /// A motion that doesn't know the newest charter.
    #[error("it is a motion made before the newest charter, which did not settle it")]
    Lapsed,
    /// Beyond the cut of a removal.
    #[error("it lies beyond the cut of a removal of its author")]
    Cut,
    /// By an old key, beyond the cut of its rotation.
    #[error("it is signed by a key that was rotated away, beyond the cut of the rotation")]
    Rotated,
    /// A kind or rules level that this version doesn't know.
    #[error("this version does not know its kind or rules level; a newer one will judge it")]
    Unknown,
}

/// Who may do what, by a set of operations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// The federation's name for people.
    pub name: String,
    /// The newest charter followed; the founding entry until there is another; none before that is held.
    pub charter: Option<EntryId>,
    /// The quarrel over what follows it, or over what followed an earlier one, if there is one.
    pub alarm: Option<Alarm>,
    /// Memberships that stand.
    pub memberships: BTreeMap<MembershipId, Membership>,
    /// Memberships that were granted and are struck.
    pub former: BTreeMap<MembershipId, Former>,
    /// Memberships that stand, by the key that holds them now.
    of_member: BTreeMap<MemberKey, Vec<MembershipId>>,
    /// Workshops that stand.
    pub workshops: BTreeMap<WorkshopId, Workshop>,
    /// Workshops that were removed.
    pub former_workshops: BTreeMap<WorkshopId, Workshop>,
    /// Nodes, by libp2p peer id (bytes of its multihash).
    pub nodes: BTreeMap<Vec<u8>, Vec<NodeBinding>>,
    /// Open motions.
    pub motions: BTreeMap<EntryId, Motion>,
    /// Charters that are held and in order.
    pub charters: BTreeMap<EntryId, Charter>,
    /// The policy's values.
    pub policy: BTreeMap<String, u64>,
    /// How many workshops carry a motion.
    pub quorum: usize,
    /// The workshops that vote: those that stood at the newest charter.
    pub voters: BTreeSet<WorkshopId>,
    /// Operations that don't hold, with the reason.
    pub parked: BTreeMap<EntryId, NotHolding>,
}

impl Authority {
    /// The memberships of a member that stand, by id.
    pub fn memberships_of(&self, key: MemberKey) -> impl Iterator<Item = (&MembershipId, &Membership)> {
        let ids = self.of_member.get(&key).into_iter().flatten();
        ids.filter_map(|id| self.memberships.get_key_value(id))
    }

    /// The workshop that a node is bound to.
    pub fn workshop_of_node(&self, peer: &[u8]) -> Option<WorkshopId> {
        self.nodes.get(peer)?.first().map(|b| b.workshop)
    }

    fn join(&mut self, id: MembershipId, membership: Membership) {
        let all = self.of_member.entry(membership.key).or_default();
        all.push(id);
        all.sort_unstable();
        self.memberships.insert(id, membership);
    }
}
