//! What operations say: their facts.
//!
//! Names of people are not here but in the personal part, so that a person can be forgotten without
//! touching a right.

use serde::{Deserialize, Serialize};

use super::Role;
use crate::canonical;
use crate::entry::{EntryError, Kind};
use crate::id::MembershipId;
use crate::key::{KeyCommitment, MemberKey};
use crate::limits;

/// Founds a federation: its author is the first steward of its first workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The federation's name.
    pub name: String,
    /// The first workshop's name.
    pub workshop: String,
    /// The author's next key.
    pub next: KeyCommitment,
    /// Drawn at random, so that no two federations are the same.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
}

/// Admits a workshop with its first steward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmitWorkshop {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The workshop's name.
    pub name: String,
    /// Its first steward.
    pub key: MemberKey,
    /// That steward's next key.
    pub next: KeyCommitment,
}

/// Admits a member to the author's own workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmitMember {
    /// The stewardship that the author acts under; its workshop is the member's.
    pub under: MembershipId,
    /// The member.
    pub key: MemberKey,
    /// The member's next key.
    pub next: KeyCommitment,
    /// What the member may do.
    pub role: Role,
}

/// Binds a node to the author's own workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindNode {
    /// The stewardship that the author acts under; its workshop is the node's.
    pub under: MembershipId,
    /// The node's libp2p peer id, as the bytes of its multihash.
    pub peer: serde_bytes::ByteBuf,
}

/// The personal part of an operation that admits somebody: what that member is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberName {
    /// 16 random bytes, so that a hash doesn't give away a name.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
    /// The name, of at most [`limits::NAME_MAX`] bytes.
    pub name: String,
}

impl MemberName {
    /// Reads a personal part; `None` when it isn't one, since it decides nothing.
    pub fn read(bytes: &[u8]) -> Option<String> {
        canonical::decode::<Self>(bytes).ok().map(|p| p.name).filter(|name| is_name(name))
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The name is empty, too long or holds control characters.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        check_name(&self.name)?;
        canonical::encode(self).map_err(|error| EntryError::Canonical { part: "personal part", error })
    }
}

/// Whether a text may be the name of a member, workshop or federation.
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= limits::NAME_MAX && !text.chars().any(char::is_control)
}

fn check_name(text: &str) -> Result<(), EntryError> {
    if is_name(text) {
        Ok(())
    } else {
        Err(EntryError::Unfit("name is empty, longer than 64 bytes or holds control characters"))
    }
}

/// An operation of a known kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// See [`Found`].
    Found(Found),
    /// See [`AdmitWorkshop`].
    AdmitWorkshop(AdmitWorkshop),
    /// See [`AdmitMember`].
    AdmitMember(AdmitMember),
    /// See [`BindNode`].
    BindNode(BindNode),
}

impl Operation {
    /// Reads the facts of an operation; `None` when the kind isn't known here.
    ///
    /// # Errors
    /// The facts of a known kind are not canonical, or over a limit. A weak key is malformed facts.
    pub fn from_facts(kind: &Kind, facts: &[u8]) -> Result<Option<Self>, EntryError> {
        let refused = |error| EntryError::Canonical { part: "facts", error };
        let operation = match kind.as_str() {
            Kind::FOUND => Operation::Found(canonical::decode(facts).map_err(refused)?),
            Kind::ADMIT_WORKSHOP => Operation::AdmitWorkshop(canonical::decode(facts).map_err(refused)?),
            Kind::ADMIT_MEMBER => Operation::AdmitMember(canonical::decode(facts).map_err(refused)?),
            Kind::BIND_NODE => Operation::BindNode(canonical::decode(facts).map_err(refused)?),
            _ => return Ok(None),
        };
        operation.check()?;
        Ok(Some(operation))
    }

    fn check(&self) -> Result<(), EntryError> {
        match self {
            Operation::Found(found) => check_name(&found.name).and(check_name(&found.workshop)),
            Operation::AdmitWorkshop(admit) => check_name(&admit.name),
            Operation::AdmitMember(_) => Ok(()),
            Operation::BindNode(bind) => {
                let fits = (1..=limits::PEER_ID_MAX).contains(&bind.peer.len());
                if fits { Ok(()) } else { Err(EntryError::Unfit("peer id is empty or too long")) }
            }
        }
    }

    /// The kind it is carried in.
    pub fn kind(&self) -> &'static str {
        match self {
            Operation::Found(_) => Kind::FOUND,
            Operation::AdmitWorkshop(_) => Kind::ADMIT_WORKSHOP,
            Operation::AdmitMember(_) => Kind::ADMIT_MEMBER,
            Operation::BindNode(_) => Kind::BIND_NODE,
        }
    }

    /// Its facts.
    ///
    /// # Errors
    /// Never for the types here; the encoder's signature has one.
    pub fn to_facts(&self) -> Result<Vec<u8>, canonical::CanonicalError> {
        match self {
            Operation::Found(facts) => canonical::encode(facts),
            Operation::AdmitWorkshop(facts) => canonical::encode(facts),
            Operation::AdmitMember(facts) => canonical::encode(facts),
            Operation::BindNode(facts) => canonical::encode(facts),
        }
    }

    /// The key that it admits, if it is an admission (a grant): `author` for a founding.
    pub fn admits(&self, author: MemberKey) -> Option<MemberKey> {
        match self {
            Operation::Found(_) => Some(author),
            Operation::AdmitWorkshop(admit) => Some(admit.key),
            Operation::AdmitMember(admit) => Some(admit.key),
            Operation::BindNode(_) => None,
        }
    }
}
