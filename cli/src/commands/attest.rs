//! `aronde attest`: confirm or dispute a record.

use aronde_node::api::{self, Relation, ServiceError, Verdict};
use clap::ValueEnum;

use crate::context::{Context, ask};

/// `aronde attest`
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("verdict").required(true).args(["confirm", "dispute", "withdraw"])),
    after_help = "\
Examples:
  aronde attest 9b20e1 --confirm
  aronde attest 9b20e1 --confirm --as host
  aronde attest 9b20e1 --dispute --note \"it was two hours\"
  aronde attest 9b20e1 --withdraw"
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
    /// Take back what you said of it before
    #[arg(long)]
    withdraw: bool,
    /// How you come to know
    #[arg(long = "as", value_name = "RELATION")]
    relation: Option<How>,
    /// In words
    #[arg(long)]
    note: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum How {
    /// You were there
    Present,
    /// You ran the place where it was done
    Host,
    /// You look after what it was done for
    Maintainer,
    /// You got what was made
    Received,
}

impl Attest {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let verdict = match (self.confirm, self.dispute) {
            (true, _) => Verdict::Confirm,
            (_, true) => Verdict::Dispute,
            _ => Verdict::Withdraw,
        };
        let relation = self.relation.map(|how| match how {
            How::Present => Relation::Present,
            How::Host => Relation::Host,
            How::Maintainer => Relation::Maintainer,
            How::Received => Relation::Received,
        });
        let request = api::Attest { record: self.record, verdict, relation, note: self.note };
        let done = ask!(context, Attest, request);
        context.show(&done, || {
            format!("{}\nthe record {} is {} now", done.id, done.record.short(), done.standing.word())
        })
    }
}
