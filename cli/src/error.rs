//! From a failure to words and an exit code.

use std::process::ExitCode;

use aronde_node::api::{ErrorKind, ServiceError};
use serde_json::json;

use crate::output;

/// What a command that did not fail answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// The answer is no.
    No,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::No => Self::from(1),
        }
    }
}

/// The exit code of a failure.
pub fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::User | ErrorKind::Config => 2,
        ErrorKind::Network => 3,
        ErrorKind::Internal => 4,
    }
}

/// Says what failed and what to do next, on stderr; with `--json` also as the one document on
/// stdout.
pub fn report(failure: &ServiceError, json: bool) -> ExitCode {
    eprintln!("aronde: {}", output::clean(&failure.message));
    for hint in &failure.hints {
        eprintln!("  hint: {}", output::clean(hint));
    }
    if json {
        // Nothing more can be said when stdout is gone too.
        let _ = output::print_json(&json!({ "error": failure }));
    }
    ExitCode::from(exit_code(failure.kind))
}

/// What is said after a panic, whose own words are on stderr already.
pub fn panicked() -> ServiceError {
    ServiceError::internal("a fault in Aronde stopped this command")
        .hint("nothing that was acknowledged is lost; check with: aronde audit")
        .hint("please report it with the lines above")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_has_its_exit_code() {
        let kinds = [ErrorKind::User, ErrorKind::Config, ErrorKind::Network, ErrorKind::Internal];
        assert_eq!(kinds.map(exit_code), [2, 2, 3, 4]);
        assert_eq!(ExitCode::from(Outcome::No), ExitCode::from(1));
        assert_eq!(ExitCode::from(Outcome::Done), ExitCode::from(0));
    }
}
