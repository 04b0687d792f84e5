//! `aronde sync`: exchange with every peer that can be reached.

use aronde_node::api::{self, Answer, Request, Service, ServiceError, Signer, Synced};
use aronde_node::http::client::Client;
use aronde_node::run;

use crate::context::{Context, PATIENCE};
use crate::output::{Table, count, or_dash};
use crate::progress::{OnStderr, waiting};
use crate::values;

/// `aronde sync`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sync
  aronde sync --wait --timeout 2m

Done when entries and files are equal with every reachable peer. Without a running node, one runs for
the call. Ends with 3 when no peer is reachable or the time is up.")]
pub struct Sync {
    /// Go on until entries and files are equal with every reachable peer
    #[arg(long)]
    wait: bool,
    /// Give up after this time
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = values::seconds)]
    timeout: u64,
}

impl Sync {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let request = api::Sync { wait: self.wait, timeout_s: self.timeout };
        let home = context.home()?;
        let synced = if let Some(node) = Client::find(&home, PATIENCE)? {
            let call = || node.call(Request::Sync(request), Signer::default());
            match waiting("exchanging with peers", call)? {
                Answer::Sync(synced) => synced,
                _ => return Err(ServiceError::internal("the answer is to another question")),
            }
        } else {
            let passphrase = context.passphrase_for(&home.member_key())?;
            run::sync(&home, &request, passphrase, &OnStderr::default())?
        };
        context.show(&synced, || text(&synced))
    }
}

fn text(synced: &Synced) -> String {
    if synced.peers.is_empty() {
        return "No other node is known yet. Invite one with: aronde invite --workshop NAME\n".to_owned();
    }
    let mut text = format!(
        "{}: {} and {} came, {} went\n",
        if synced.in_sync { "Equal with every reachable peer" } else { "Not equal yet" },
        count(synced.entries_received, "entry", "entries"),
        count(synced.files_received, "file", "files"),
        count(synced.entries_sent, "entry", "entries"),
    );
    let mut table = Table::new("  ");
    for peer in &synced.peers {
        table.row([&or_dash(peer.workshop_name.as_deref()), super::status::peer_state(peer), &peer.peer_id]);
    }
    text += &table.text();
    text
}
