//! What an entry is: a text `class/name`.
//!
//! The class is read from the text alone, so a kind that this version doesn't know still has one,
//! and everyone agrees whether an entry is an operation or work.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits;

/// What part of the commons an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Says who may do what. A log of operations holds nothing else.
    Operation,
    /// Makes or changes a document.
    Document,
    /// States something, once.
    Record,
    /// Says where a node is reached.
    Node,
    /// A class of a newer version: work that can't be judged here.
    Unknown,
}

impl Class {
    /// Whether entries of this class lie in a log of operations.
    pub fn is_operation(self) -> bool {
        self == Class::Operation
    }
}

/// A kind, known or not: lowercase words joined by `-`, class and name joined by `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind(String);

/// A text that is no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kind: \"class/name\" in lowercase letters and hyphens is expected")]
pub struct KindError;

impl Kind {
    /// Founds a federation.
    pub const FOUND: &str = "operation/found";
    /// Admits a workshop with its first steward (a motion).
    pub const ADMIT_WORKSHOP: &str = "operation/admit-workshop";
    /// Admits a member to the author's workshop.
    pub const ADMIT_MEMBER: &str = "operation/admit-member";
    /// Removes a member from the author's workshop.
    pub const REMOVE_MEMBER: &str = "operation/remove-member";
    /// Removes a workshop (a motion).
    pub const REMOVE_WORKSHOP: &str = "operation/remove-workshop";
    /// Gives a workshop left alone a steward (a motion).
    pub const GIVE_STEWARD: &str = "operation/give-steward";
    /// Sets values of the policy (a motion).
    pub const SET_POLICY: &str = "operation/set-policy";
    /// Votes for a motion.
    pub const VOTE: &str = "operation/vote";
    /// Replaces a member's key by the next one.
    pub const ROTATE: &str = "operation/rotate";
    /// Binds a node to the author's workshop.
    pub const BIND_NODE: &str = "operation/bind-node";
    /// Ends the bindings of a node to the author's workshop.
    pub const UNBIND_NODE: &str = "operation/unbind-node";
    /// Makes a workshop a keeper of a document.
    pub const ADD_KEEPER: &str = "operation/add-keeper";
    /// Strikes a keeper's grant.
    pub const DROP_KEEPER: &str = "operation/drop-keeper";
    /// Settles the past.
    pub const CHARTER: &str = "operation/charter";
    /// Endorses a charter.
    pub const ENDORSE: &str = "operation/endorse";
    /// Asks for a personal part to be forgotten.
    pub const REDACT: &str = "operation/redact";
    /// Asks for the personal part of anybody's entry to be forgotten (a motion).
    pub const REDACT_BY_MOTION: &str = "operation/redact-by-motion";
    /// Begins a document.
    pub const CREATE: &str = "document/create";
    /// Changes a document.
    pub const EDIT: &str = "document/edit";
    /// Says who did what.
    pub const CONTRIBUTION: &str = "record/contribution";
    /// Says who did what, in the place of another contribution.
    pub const CORRECTION: &str = "record/correction";
    /// Takes a record back.
    pub const RETRACTION: &str = "record/retraction";
    /// Says how a contribution was settled.
    pub const SETTLEMENT: &str = "record/settlement";
    /// Says that something was made on the ground of another work.
    pub const CITATION: &str = "record/citation";
    /// Stands for somebody who is no member, or for a group.
    pub const AGENT: &str = "record/agent";
    /// Says that an agent is its author.
    pub const AGENT_CLAIM: &str = "record/agent-claim";
    /// Confirms or disputes a record.
    pub const ATTESTATION: &str = "record/attestation";
    /// Books a machine, or cancels a booking.
    pub const BOOKING: &str = "record/booking";
    /// Declines a proposal.
    pub const DECLINE: &str = "record/decline";
    /// Says that a workshop approves a revision of a procedure, or objects to it.
    pub const PROCEDURE_APPROVAL: &str = "record/procedure-approval";
    /// Says that a workshop works by a revision of a procedure.
    pub const PROCEDURE_ADOPTION: &str = "record/procedure-adoption";
    /// Says that somebody followed a revision of a procedure, and how it ended.
    pub const PROCEDURE_RUN: &str = "record/procedure-run";
    /// Says that a fork of a log of its author is known to them, and left.
    pub const FORK_HEALED: &str = "record/fork-healed";
    /// Says what a document was under a version.
    pub const RELEASE: &str = "record/release";
    /// Says where a node is reached.
    pub const ADDRESSES: &str = "node/addresses";

    /// One of the constants above, or a kind of a newer version.
    ///
    /// # Errors
    /// The text has not the form of a kind.
    pub fn new(text: &str) -> Result<Self, KindError> {
        let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        match text.split_once('/') {
            Some((class, name)) if text.len() <= limits::KIND_MAX && word(class) && word(name) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(KindError),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What part of the commons it belongs to.
    pub fn class(&self) -> Class {
        match self.0.split_once('/').map(|(class, _)| class) {
            Some("operation") => Class::Operation,
            Some("document") => Class::Document,
            Some("record") => Class::Record,
            Some("node") => Class::Node,
            _ => Class::Unknown,
        }
    }

    /// Whether it founds a federation.
    pub fn founds(&self) -> bool {
        self.0 == Self::FOUND
    }
}

impl TryFrom<String> for Kind {
    type Error = KindError;

    fn try_from(text: String) -> Result<Self, KindError> {
        Kind::new(&text)
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
