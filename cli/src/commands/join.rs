//! `aronde join`: join a federation with a ticket.

use std::str::FromStr;

use aronde_node::api::ServiceError;
use aronde_node::run;
use aronde_protocol::ticket::Ticket;

use super::init;
use crate::context::Context;
use crate::output::clean;
use crate::progress::OnStderr;
use crate::values;

/// `aronde join`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde join aronde1… --name \"Maker B\"

The node that printed the ticket must be running and reachable. When joining fails, nothing is left
behind and the ticket can be tried again.")]
pub struct Join {
    /// The ticket, as `aronde invite` printed it
    ticket: String,
    /// What you are called
    #[arg(long, value_parser = values::name)]
    name: String,
    /// What your workshop is called; as the ticket says, when left out
    #[arg(long, value_parser = values::name)]
    workshop: Option<String>,
}

impl Join {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let place = context.place()?;
        init::refuse_existing(&place)?;
        // Before a passphrase is asked for: a mistyped ticket opens nothing.
        Ticket::from_str(&self.ticket).map_err(ServiceError::user)?;
        let join = run::Join {
            ticket: self.ticket.trim().to_owned(),
            name: self.name,
            workshop: self.workshop,
            key: init::key_source(context, &place)?,
            passphrase: init::passphrase(context, &place)?,
            listen: vec![],
            mdns: true,
        };
        let joined = run::join(&place, &join, &OnStderr::default())?;
        context.show(&joined, || {
            let waits = joined.waits.as_ref().map(|waits| format!("{}\n", clean(&waits.to_string())));
            init::welcome(&joined) + init::RUN + &waits.unwrap_or_default()
        })
    }
}
