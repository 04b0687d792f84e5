//! `aronde contribute`: say what was done.

use aronde_node::api::{self, ServiceError};
use aronde_protocol::key::MemberKey;
use aronde_protocol::quantity::Quantity;
use jiff::Timestamp;

use crate::context::{Context, ask};
use crate::values;

/// `aronde contribute`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde contribute --subject 4f1c20 --action work --quantity \"3 h\" --note \"milled the frame\"
  aronde contribute --subject 4f1c20 --action produce --quantity \"4 {piece}\" --at 2026-11-20

Quantities are exact decimals with a UCUM unit: h, kg, m, {piece} … Another member confirms with:
aronde attest RECORD --confirm")]
pub struct Contribute {
    /// For which design or other thing: its id, or the beginning of it
    #[arg(long, value_name = "ID")]
    subject: String,
    /// What was done, a Valueflows action: work, use, consume, produce …
    #[arg(long)]
    action: String,
    /// How much, as "3 h"
    #[arg(long)]
    quantity: Quantity,
    /// In words
    #[arg(long)]
    note: Option<String>,
    /// When it was done: a day or a time; now, when left out
    #[arg(long, value_name = "DATE", value_parser = values::time)]
    at: Option<Timestamp>,
    /// Who did it, a DID; you, when left out
    #[arg(long, value_name = "DID")]
    provider: Option<MemberKey>,
}

impl Contribute {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let wrote = ask!(
            context,
            Contribute,
            api::Contribute {
                subject: self.subject,
                action: self.action,
                quantity: self.quantity,
                note: self.note,
                at: self.at,
                provider: self.provider,
            }
        );
        context.show(&wrote, || {
            format!(
                "{}\nclaimed; another member confirms it with: aronde attest {} --confirm",
                wrote.id,
                wrote.id.short()
            )
        })
    }
}
