//! What `init`, the first `up` and `join` answer.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{FederationName, MemberName, WorkshopName};

/// A home that belongs to a federation now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The federation's id once more, as every command that writes answers `id`.
    pub id: aronde_protocol::id::EntryId,
    /// The federation.
    pub federation: FederationName,
    /// The member of this home.
    pub member: MemberName,
    /// The workshop of this home.
    pub workshop: WorkshopName,
    /// The folder.
    pub home: PathBuf,
}
