//! `invite`: a ticket for a newcomer.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a member may do in a workshop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Admits and removes members, binds nodes.
    Steward,
    /// Writes.
    Maker,
    /// Reads and attests only.
    Auditor,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Steward => "steward",
            Self::Maker => "maker",
            Self::Auditor => "auditor",
        })
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "steward" => Ok(Self::Steward),
            "maker" => Ok(Self::Maker),
            "auditor" => Ok(Self::Auditor),
            _ => Err("a role is one of steward, maker, auditor".to_owned()),
        }
    }
}

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
