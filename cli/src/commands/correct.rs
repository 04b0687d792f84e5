//! `aronde correct`: a contribution in the place of one that was wrong.

use aronde_node::api::{self, ServiceError};
use aronde_protocol::quantity::Quantity;
use jiff::Timestamp;

use crate::context::{Context, ask};
use crate::values;

/// `aronde correct`
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("what").required(true).multiple(true).args(["quantity", "action", "resource", "at", "subject"])),
    after_help = "\
Examples:
  aronde correct 9b20e1 --quantity 2h --note \"one hour was lunch\"
  aronde correct 9b20e1 --at 2026-11-19

Only who made the record or did the work can. The record stays to be seen, and the new one is confirmed anew."
)]
pub struct Correct {
    /// The record: its id, or the beginning of it
    record: String,
    /// How much it was
    #[arg(long, value_parser = values::quantity)]
    quantity: Option<Quantity>,
    /// What was done
    #[arg(long)]
    action: Option<String>,
    /// What was worked with or made
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// When it was done
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    at: Option<Timestamp>,
    /// For what
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// In words: why
    #[arg(long)]
    note: Option<String>,
}

impl Correct {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let request = api::Correct {
            record: self.record,
            action: self.action,
            quantity: self.quantity,
            resource: self.resource,
            at: self.at,
            subject: self.subject,
            note: self.note,
        };
        let wrote = ask!(context, Correct, request);
        context.show(&wrote, || {
            format!(
                "{}\nstands in its place; another member confirms it with: aronde attest {} --confirm",
                wrote.id,
                wrote.id.short()
            )
        })
    }
}
