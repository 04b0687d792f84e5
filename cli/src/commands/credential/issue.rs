//! `aronde credential issue`

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError, Standing};
use jiff::Timestamp;

use super::{answered, write};
use crate::context::{Context, ask};
use crate::output::print;
use crate::values;

/// `aronde credential issue`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde credential issue 9b20e1 --path laser.json
  aronde credential issue 9b20e1 --with-note --valid-until 2030-01-01 > laser.json

You issue it: about yourself, when you did the work, which it then says; about who did it, when you wrote the record or
confirmed it. Names of people are not in it, and the record's note only with --with-note.")]
pub struct Issue {
    /// The record: its id, or the beginning of it
    record: String,
    /// The file to write; the credential is printed, when left out
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,
    /// Put the record's note in it, which nothing takes back
    #[arg(long)]
    with_note: bool,
    /// Valid until then; without end, when left out
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    valid_until: Option<Timestamp>,
}

impl Issue {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let request = api::CredentialIssue {
            record: self.record,
            with_note: self.with_note,
            valid_until: self.valid_until,
        };
        let signed = ask!(context, CredentialIssue, request);
        let Some(path) = &self.path else {
            if context.json() {
                return context.show(&answered(&signed)?, String::new);
            }
            return print(
                &signed.credential.lines().map(crate::output::clean).collect::<Vec<_>>().join("\n"),
            );
        };
        write(path, &signed.credential)?;
        context.show(&answered(&signed)?, || {
            let whose = if signed.issuer == signed.subject { ", self-issued" } else { "" };
            let stood = match signed.standing {
                Standing::Confirmed => "confirmed",
                _ => "claimed: nobody else, or fewer than the policy asks, confirmed it",
            };
            format!(
                "a credential of {}{whose}; the record is {stood}\n\
                 others who know of it sign it too: aronde credential cosign FILE\n\
                 anyone checks it: aronde credential verify FILE",
                signed.record.short()
            )
        })
    }
}
