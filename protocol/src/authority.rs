//! Authority: who may do what (`docs/design.md`, section 4).
//!
//! [`Authority`] is a pure function of the set of operations held. Operations form a graph through
//! `prev` and `seen`, and have only operations in their past, so this part of the commons can be
//! fetched and judged alone.
//!
//! This level knows founding, the admission of workshops and members, and the binding of nodes.
//! An operation *holds* when the membership it acts under holds, is its author's, lies in its past and
//! has the role. Nothing here strikes yet: removals, motions above quorum 1, charters and rotation
//! enter as further operations in [`operation`] and further steps of [`Authority::judge`], which
//! already judges from scratch and says of each operation whether it holds or why not.
//!
//! Deliberately absent: order of arrival, clocks, ids as tie-breaks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{EntryId, MembershipId, WorkshopId};
use crate::key::{KeyCommitment, MemberKey};

pub mod operation;

use operation::Operation;

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
    /// The member.
    pub key: MemberKey,
    /// The workshop.
    pub workshop: WorkshopId,
    /// The role.
    pub role: Role,
    /// The next key that a rotation may show.
    pub next: KeyCommitment,
}

/// A workshop of the federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workshop {
    /// Its name, as it was admitted.
    pub name: String,
}

/// A node that a steward bound to a workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeBinding {
    /// The operation that binds it.
    pub entry: EntryId,
    /// The workshop it is bound to.
    pub workshop: WorkshopId,
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
    /// A kind or rules level that this version doesn't know.
    #[error("this version does not know its kind or rules level; a newer one will judge it")]
    Unknown,
}

/// One operation as it is judged: what it says, and what lies in its past.
pub struct Judged<'a> {
    /// Its id.
    pub id: EntryId,
    /// Who signs it.
    pub author: MemberKey,
    /// What it says; `None` for a kind or level that isn't known.
    pub operation: Option<&'a Operation>,
    /// Whether an operation lies in its past.
    pub past: &'a dyn Fn(&EntryId) -> bool,
}

/// Who may do what, by a set of operations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// The federation's name for people.
    pub name: String,
    /// The newest charter; the founding entry until there is another.
    pub charter: Option<EntryId>,
    /// Memberships that hold.
    pub memberships: BTreeMap<MembershipId, Membership>,
    /// The same by member.
    of_member: BTreeMap<MemberKey, Vec<MembershipId>>,
    /// Workshops that stand.
    pub workshops: BTreeMap<WorkshopId, Workshop>,
    /// Nodes, by libp2p peer id (bytes of its multihash).
    pub nodes: BTreeMap<Vec<u8>, Vec<NodeBinding>>,
    /// Operations that don't hold, with the reason.
    pub parked: BTreeMap<EntryId, NotHolding>,
}

impl Authority {
    /// Judges a set of operations, given so that each comes after its past.
    pub fn judge<'a>(operations: impl IntoIterator<Item = Judged<'a>>) -> Self {
        let mut authority = Self::default();
        for operation in operations {
            authority.add(&operation);
        }
        authority
    }

    /// Judges one more operation, whose past was judged before. As long as nothing strikes, what was
    /// judged stands; an operation that changes earlier verdicts makes its caller judge again.
    pub fn add(&mut self, judged: &Judged<'_>) {
        if let Err(reason) = self.admit(judged) {
            self.parked.insert(judged.id, reason);
        }
    }

    fn admit(&mut self, judged: &Judged<'_>) -> Result<(), NotHolding> {
        let operation = judged.operation.ok_or(NotHolding::Unknown)?;
        match operation {
            Operation::Found(found) => {
                self.name.clone_from(&found.name);
                self.charter = Some(judged.id);
                self.stand(judged.id, &found.workshop, judged.author, found.next);
            }
            Operation::AdmitWorkshop(admit) => {
                self.acting(judged, admit.under)?;
                self.stand(judged.id, &admit.name, admit.key, admit.next);
            }
            Operation::AdmitMember(admit) => {
                let workshop = self.acting(judged, admit.under)?.workshop;
                let membership = Membership { key: admit.key, workshop, role: admit.role, next: admit.next };
                self.join(judged.id, membership);
            }
            Operation::BindNode(bind) => {
                let workshop = self.acting(judged, bind.under)?.workshop;
                let bindings = self.nodes.entry(bind.peer.clone().into_vec()).or_default();
                bindings.push(NodeBinding { entry: judged.id, workshop });
                bindings.sort_by_key(|b| b.entry);
            }
            _ => return Err(NotHolding::Unknown),
        }
        Ok(())
    }

    fn stand(&mut self, id: EntryId, name: &str, key: MemberKey, next: KeyCommitment) {
        self.workshops.insert(id, Workshop { name: name.to_owned() });
        self.join(id, Membership { key, workshop: id, role: Role::Steward, next });
    }

    fn join(&mut self, id: MembershipId, membership: Membership) {
        let all = self.of_member.entry(membership.key).or_default();
        all.push(id);
        all.sort_unstable();
        self.memberships.insert(id, membership);
    }

    /// The stewardship that an operation acts under.
    fn acting(&self, judged: &Judged<'_>, under: MembershipId) -> Result<&Membership, NotHolding> {
        let membership = self
            .memberships
            .get(&under)
            .filter(|m| m.key == judged.author && (judged.past)(&under))
            .ok_or(NotHolding::NotAMember)?;
        if membership.role == Role::Steward { Ok(membership) } else { Err(NotHolding::NotASteward) }
    }

    /// The memberships of a member, by id.
    pub fn memberships_of(&self, key: MemberKey) -> impl Iterator<Item = (&MembershipId, &Membership)> {
        let ids = self.of_member.get(&key).into_iter().flatten();
        ids.filter_map(|id| self.memberships.get_key_value(id))
    }

    /// The workshop that a node is bound to.
    pub fn workshop_of_node(&self, peer: &[u8]) -> Option<WorkshopId> {
        self.nodes.get(peer)?.first().map(|b| b.workshop)
    }
}
