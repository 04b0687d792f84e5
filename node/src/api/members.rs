//! `member`: who belongs to which workshop, with which role.

use std::path::PathBuf;

use aronde_protocol::authority::Role;
use aronde_protocol::id::{EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::{KeyCommitment, MemberKey};
use serde::{Deserialize, Serialize};

use super::{Passphrase, Proposed};

/// Asks for all members, former ones included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberList {}

/// A member of a workshop, or a former one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The member, by the key that signs for them now.
    pub did: MemberKey,
    /// What people call them; absent when it is not held here.
    pub name: Option<String>,
    /// The workshop.
    pub workshop: WorkshopId,
    /// What people call the workshop.
    pub workshop_name: Option<String>,
    /// What they may, or might, do there.
    pub role: Role,
    /// Whether they were removed, and not admitted again.
    pub removed: bool,
    /// The removals; absent when there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_by: Vec<EntryId>,
    /// Why, as a removal says; absent when none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Keys that were theirs before a rotation, the oldest first; absent when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_keys: Vec<MemberKey>,
    /// The entry that admitted them.
    pub membership: MembershipId,
}

/// Admits a member to one's own workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberAdd {
    /// Their DID.
    pub did: String,
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The hash of their next key, as their `key show` says.
    pub next: Option<KeyCommitment>,
    /// Lets all stand again that they wrote and that is held here: for one who comes back.
    pub with_work: bool,
}

/// Gives a member of one's own workshop another role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRole {
    /// The member: a DID, the beginning of one, or a name.
    pub member: String,
    /// The new role.
    pub role: Role,
}

/// Removes a member of one's own workshop, or oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRemove {
    /// The member: a DID, the beginning of one, or a name.
    pub member: String,
    /// Why.
    pub reason: Option<String>,
    /// Only to say what should be known before: nothing is written.
    pub only_ask: bool,
}

/// Replaces the home's member key by its next key, in every membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRotate {
    /// The file of the next key; the home's, when absent.
    pub next: Option<PathBuf>,
    /// Opens that file.
    pub next_passphrase: Option<Passphrase>,
    /// Opens the member key, and encrypts the new keys.
    pub passphrase: Option<Passphrase>,
}

/// Replaces a lost key of a member of one's own workshop, without its next key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberReplace {
    /// The member: a DID, the beginning of one, or a name.
    pub member: String,
    /// The DID of their new key.
    pub new: MemberKey,
    /// The hash of the key after it.
    pub next: Option<KeyCommitment>,
}

/// What came of a change of members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChanged {
    /// The entry that did it; of a removal with a new admission the latter. Absent when it was only asked.
    pub id: Option<EntryId>,
    /// The member.
    pub did: MemberKey,
    /// What people call them.
    pub name: Option<String>,
    /// The workshop; for a rotation the first of them.
    pub workshop: WorkshopId,
    /// What people call the workshop.
    pub workshop_name: Option<String>,
    /// The role from now on; absent after a removal.
    pub role: Option<Role>,
    /// The charter that was proposed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Proposed>,
    /// What should be known of it, each one sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}
