//! Why a request failed, in words for the one who asked.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who can do something about a failure. The command line's exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorKind {
    /// The request itself: a wrong id, a used ticket, a passphrase that does not fit.
    User,
    /// The home: its settings, its folder, its disk.
    Config,
    /// Nobody answered, or too late.
    Network,
    /// A fault of ours.
    Internal,
}

/// A failure: one clear sentence, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceError {
    /// Who can do something about it.
    pub kind: ErrorKind,
    /// One sentence that says what failed and where.
    pub message: String,
    /// What to do next, most useful first.
    #[serde(default)]
    pub hints: Vec<String>,
}

impl ServiceError {
    /// A failure of the given kind, without hints.
    pub fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string(), hints: Vec::new() }
    }

    /// The request cannot be answered as asked.
    pub fn user(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::User, message)
    }

    /// The home is not in order.
    pub fn config(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A peer or the node could not be reached.
    pub fn network(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Network, message)
    }

    /// Something that should not happen.
    pub fn internal(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// The same with one more thing to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ServiceError {}
