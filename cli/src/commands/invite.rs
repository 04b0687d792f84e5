//! `aronde invite`: one ticket for a newcomer.

use aronde_node::api::{self, Offer, ServiceError};
use aronde_protocol::authority::Role;

use crate::context::{Context, ask};
use crate::output::{clean, time};
use crate::values;

/// `aronde invite`
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("offer").required(true).args(["workshop", "member", "node"])),
    after_help = "\
Examples:
  aronde invite --workshop \"Workshop South\"   another workshop, and its first steward
  aronde invite --member --role auditor       a member of your workshop
  aronde invite --node                        a further machine of yours

The ticket is a secret: who shows it first is admitted. It works once, while this node runs."
)]
pub struct Invite {
    /// Invite a workshop of this name
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    workshop: Option<String>,
    /// Invite a member to your workshop
    #[arg(long)]
    member: bool,
    /// The member's role: steward, maker or auditor
    #[arg(long, default_value = "maker", conflicts_with_all = ["workshop", "node"])]
    role: Role,
    /// Invite a further node of yours
    #[arg(long)]
    node: bool,
}

impl Invite {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let invited = ask!(context, Invite, api::Invite { offer: self.offer() });
        if !context.json() {
            eprintln!("Valid until {}, once. On the other machine:", time(invited.expires));
            eprintln!("  aronde join TICKET --name NAME");
        }
        context.show(&invited, || clean(&invited.ticket))
    }

    fn offer(self) -> Offer {
        match self.workshop {
            Some(name) => Offer::Workshop { name },
            None if self.member => Offer::Member { role: self.role },
            None => Offer::Node,
        }
    }
}
