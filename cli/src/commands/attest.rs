//! `aronde attest`: confirm or dispute a record.

use aronde_node::api::{self, ServiceError, Verdict};

use crate::context::{Context, ask};

/// `aronde attest`
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("verdict").required(true).args(["confirm", "dispute"])),
    after_help = "\
Examples:
  aronde attest 9b20e1 --confirm
  aronde attest 9b20e1 --dispute --note \"it was two hours\""
)]
pub struct Attest {
    /// The record: its id, or the beginning of it
    record: String,
    /// It is as the record says
    #[arg(long)]
    confirm: bool,
    /// It is not
    #[arg(long)]
    dispute: bool,
    /// In words
    #[arg(long)]
    note: Option<String>,
}

impl Attest {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let verdict = if self.confirm { Verdict::Confirm } else { Verdict::Dispute };
        let done = ask!(context, Attest, api::Attest { record: self.record, verdict, note: self.note });
        context.show(&done, || {
            format!("{}\nthe record {} is {} now", done.id, done.record.short(), done.standing.word())
        })
    }
}
