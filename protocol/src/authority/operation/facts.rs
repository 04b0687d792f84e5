//! The facts of each operation, as they stand in an entry.
//!
//! Names of people are not here but in the personal part, so that a person can be forgotten without
//! touching a right. Lists of entries are sorted and without repetition, so that one statement has one
//! spelling.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::authority::Role;
use crate::id::{DocumentId, EntryId, MembershipId, WorkshopId};
use crate::key::{KeyCommitment, MemberKey};

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

/// A motion to admit a workshop with its first steward.
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
    /// Heads of the key's work logs: documents and records at or behind them stand under this membership,
    /// though it is not in their past. For a member who comes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<EntryId>,
}

/// Removes a member from the author's own workshop. A steward removes anyone there; any member
/// removes their own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveMember {
    /// The membership that the author acts under; its workshop is the member's.
    pub under: MembershipId,
    /// The key whose memberships there, in this operation's past, are struck.
    pub key: MemberKey,
    /// Heads of the member's logs, every branch: what is at or behind one of them stands.
    pub cut: Vec<EntryId>,
}

/// A motion to remove a workshop: strikes all its memberships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveWorkshop {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The workshop.
    pub workshop: WorkshopId,
    /// Heads of its members' logs, every branch: what is at or behind one of them stands.
    pub cut: Vec<EntryId>,
}

/// A motion to give a workshop that was left alone a steward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiveSteward {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The workshop.
    pub workshop: WorkshopId,
    /// Its new steward.
    pub key: MemberKey,
    /// That steward's next key.
    pub next: KeyCommitment,
}

/// A motion to set values of the federation's policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPolicy {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The values by name. Names that this version doesn't know are kept.
    pub values: BTreeMap<String, u64>,
}

/// A workshop's vote for a motion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// The stewardship that the author acts under; the vote is its workshop's.
    pub under: MembershipId,
    /// The motion.
    pub motion: EntryId,
}

/// Replaces a member's key by the next one, which the admission (or the last rotation) named by its hash.
/// Signed by the old key, as its author, and by the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// The membership whose key is replaced.
    pub membership: MembershipId,
    /// The key from now on.
    pub key: MemberKey,
    /// The key after it.
    pub next: KeyCommitment,
    /// Heads of the old key's logs, every branch: what is at or behind one of them stands.
    pub cut: Vec<EntryId>,
    /// The next key's signature, over [`Rotate::statement`].
    #[serde(with = "serde_bytes")]
    pub proof: [u8; 64],
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

/// Ends every binding of a node to the author's own workshop that lies in this operation's past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnbindNode {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The node's libp2p peer id, as the bytes of its multihash.
    pub peer: serde_bytes::ByteBuf,
}

/// Makes a workshop a keeper of a document. The author's workshop keeps it: as the one that created
/// it, or by an earlier grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddKeeper {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The document. It is not in an operation's past: whether it is what this says is judged with it.
    pub document: DocumentId,
    /// The grant by which the author's workshop keeps it; absent for the workshop that created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<EntryId>,
    /// The workshop that keeps it from now on.
    pub workshop: WorkshopId,
}

/// Strikes one grant by which a document is kept, with a cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropKeeper {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The document.
    pub document: DocumentId,
    /// The grant by which the author's workshop keeps it; absent for the workshop that created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<EntryId>,
    /// The grant that is struck; absent for the one of the workshop that created the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<EntryId>,
    /// Heads of logs, every branch: what is at or behind one of them stands.
    pub cut: Vec<EntryId>,
}

/// An agreed point in the authority's past: settles its own past, and the work behind its heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charter {
    /// The stewardship that the author acts under. To propose a charter is to endorse it.
    pub under: MembershipId,
    /// The charter before it; the first follows the founding entry.
    pub before: EntryId,
    /// Rivals that it heals: charters that follow the same one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heals: Vec<EntryId>,
    /// The rules level from here on.
    pub level: u64,
    /// Accepted heads of work logs, every branch, that no charter before it settled.
    pub heads: Vec<EntryId>,
    /// What its author held of all that it covers: it is a checkpoint then. Absent when its author did not hold all
    /// of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Box<Seal>>,
}

/// What a charter says of all that it covers, for others to compare (`docs/trust.md`, Checkpoints). It decides
/// nothing: what it covers is not in its past, so the authority is judged without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// How many entries it covers.
    pub entries: u64,
    /// The root of the [tree](crate::merkle) over them, in the order in which charters came to cover them.
    #[serde(with = "serde_bytes")]
    pub history: [u8; 32],
    /// How many heads their logs have.
    pub logs: u64,
    /// The root of the [tree](crate::merkle) over these heads.
    #[serde(with = "serde_bytes")]
    pub heads: [u8; 32],
    /// The root of the [tree](crate::digest) over those of them that count.
    #[serde(with = "serde_bytes")]
    pub accepted: [u8; 32],
}

/// A workshop's endorsement of a charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endorse {
    /// The stewardship that the author acts under; the endorsement is its workshop's.
    pub under: MembershipId,
    /// The charter.
    pub charter: EntryId,
}

/// Asks every node to forget the personal part of an entry: one's own, or, for a steward, one by a
/// member of one's workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redact {
    /// The membership that the author acts under.
    pub under: MembershipId,
    /// The entry. Work is not in an operation's past: whether it may be redacted by this author is judged with it.
    pub entry: EntryId,
}

/// Moves that every node forgets the personal part of an entry, whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactByMotion {
    /// The stewardship that the author acts under.
    pub under: MembershipId,
    /// The entry, of which nothing need be known: a motion asks nobody whose it is.
    pub entry: EntryId,
}

impl Rotate {
    /// What the next key signs: this rotation of this membership, in this federation, by this old key, with this
    /// cut. Domain-separated from entries.
    pub fn statement(&self, federation: EntryId, old: MemberKey) -> Vec<u8> {
        let mut said = b"aronde rotation 1\0".to_vec();
        said.extend(federation.as_bytes());
        said.extend(self.membership.as_bytes());
        said.extend(old.as_bytes());
        said.extend(self.key.as_bytes());
        said.extend(self.next.0);
        for head in &self.cut {
            said.extend(head.as_bytes());
        }
        said
    }

    /// Whether the next key has signed it.
    pub fn is_proved(&self, federation: EntryId, old: MemberKey) -> bool {
        self.key.signed(&self.statement(federation, old), &self.proof)
    }
}
