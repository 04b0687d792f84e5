//! `aronde retract`: take a record back.

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};

/// `aronde retract`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde retract 9b20e1 --note \"written twice\"

Only who made the record or did the work can, and it is final. The record stays to be seen, and counts in no total. A
settlement, a citation or a claim on an agent is taken back in the same way.")]
pub struct Retract {
    /// The record: its id, or the beginning of it
    record: String,
    /// In words: why
    #[arg(long)]
    note: Option<String>,
}

impl Retract {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let wrote = ask!(context, Retract, api::Retract { record: self.record, note: self.note });
        context.show(&wrote, || format!("{}\ntaken back", wrote.id))
    }
}
