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
    /// The motion that is to admit the workshop, while it needs more votes; absent when it is admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waiting>,
}

/// An admission that needs more votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The motion.
    pub motion: aronde_protocol::id::EntryId,
    /// What the workshop is called.
    pub workshop: String,
    /// How many more votes it needs.
    pub needed: u64,
    /// The workshops that may still vote.
    pub missing: Vec<WorkshopName>,
}

impl std::fmt::Display for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.missing.iter().filter_map(|w| w.name.as_deref()).collect();
        let votes = if self.needed == 1 { "vote" } else { "votes" };
        let (n, names) = (self.needed, names.join(", "));
        write!(f, "the admission of {} waits for {n} more {votes}, of: {names}", self.workshop)
    }
}
