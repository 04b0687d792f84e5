//! `aronde settle`: how a contribution was settled.

use aronde_node::api::{self, ServiceError};
use aronde_protocol::key::MemberKey;
use aronde_protocol::quantity::Quantity;

use crate::context::{Context, ask};
use crate::values;

/// `aronde settle`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde settle 9b20e1 --by cash --amount \"4.50 EUR\"
  aronde settle 9b20e1 --by gift

No money moves: it is the line in the book that is crossed out when it was paid.")]
pub struct Settle {
    /// The contribution: its id, or the beginning of it
    record: String,
    /// How
    #[arg(long = "by", value_name = "MEANS", value_parser = ["cash", "credits", "invoice", "gift", "shares"])]
    means: String,
    /// How much was paid, as "4.50 EUR"
    #[arg(long, value_parser = values::quantity)]
    amount: Option<Quantity>,
    /// Who settled it, a DID; you, when left out
    #[arg(long, value_name = "DID")]
    member: Option<MemberKey>,
    /// In words
    #[arg(long)]
    note: Option<String>,
}

impl Settle {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let means = self.means.clone();
        let request = api::Settle {
            record: self.record,
            means: self.means,
            amount: self.amount,
            by: self.member,
            note: self.note,
        };
        let wrote = ask!(context, Settle, request);
        context.show(&wrote, || format!("{}\nsettled by {means}", wrote.id))
    }
}
