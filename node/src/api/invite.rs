//! `invite`: a ticket for a newcomer.

use aronde_protocol::authority::Role;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a ticket offers to the one who shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Offer {
    /// A place in the federation for a new workshop and its first steward.
    Workshop {
        /// What the workshop is called.
        name: String,
    },
    /// A place in the inviting workshop.
    Member {
        /// With which role.
        role: Role,
    },
    /// A further node of the inviting member.
    Node,
}

/// Asks for a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// What it offers.
    pub offer: Offer,
}

/// A ticket. It is a secret until it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The ticket, one word.
    pub ticket: String,
    /// After this it is refused.
    pub expires: Timestamp,
}
