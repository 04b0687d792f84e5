//! `aronde status`: who you are, what is held, who is connected.

use aronde_node::api::{self, PeerState, ServiceError, StatusAnswer};

use crate::context::{Context, ask};
use crate::output::{Table, bytes, clean, count, or_dash};

/// `aronde status`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde status
  aronde status --json | jq -r .digest     equal on two machines that agree")]
pub struct Status {}

impl Status {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let Self {} = self;
        let status = ask!(context, Status, api::Status {});
        context.show(&status, || text(&status))
    }
}

fn text(status: &StatusAnswer) -> String {
    let mut table = Table::new("");
    let member = &status.member;
    let role = member.role.map_or("no standing membership", aronde_protocol::authority::Role::as_str);
    let federation = &status.federation;
    let charter = if federation.charter == federation.id {
        String::new()
    } else {
        format!(", charter {}", federation.charter.short())
    };
    let name = or_dash(federation.name.as_deref());
    table.row(["federation", &format!("{name} ({}{charter})", federation.id.short())]);
    let workshop = &status.workshop;
    table.row(["workshop", &format!("{} ({})", or_dash(workshop.name.as_deref()), workshop.id.short())]);
    table.row(["member", &format!("{}, {role}", or_dash(member.name.as_deref()))]);
    table.row(["", &member.did.to_string()]);
    let counts = &status.counts;
    table.row([
        "held",
        &format!(
            "{}, {}, {}, {}: {}",
            count(counts.documents, "document", "documents"),
            count(counts.records, "record", "records"),
            count(counts.files, "file", "files"),
            count(counts.entries, "entry", "entries"),
            bytes(counts.bytes),
        ),
    ]);
    if counts.parked > 0 {
        let parked = count(counts.parked, "entry", "entries");
        table.row(["parked", &format!("{parked} without effect; aronde audit names them")]);
    }
    table.row(["digest", &status.digest.chars().take(16).collect::<String>()]);
    match &status.node.http {
        Some(http) => table.row(["node", &format!("running, {http}")]),
        None => table.row(["node", "not running; start it with: aronde up"]),
    }
    for address in &status.node.addresses {
        table.row(["", address]);
    }
    let mut text = table.text();
    if status.peers.is_empty() {
        text += "\nNo other node is known yet. Invite one with: aronde invite --workshop NAME\n";
    } else {
        let mut table = Table::new("  ");
        for peer in &status.peers {
            table.row([&or_dash(peer.workshop_name.as_deref()), peer_state(peer), &peer.peer_id]);
        }
        text += &format!("\npeers\n{}", table.text());
    }
    for warning in &status.warnings {
        text += &format!("! {}\n", clean(warning));
    }
    text
}

/// How things stand with a peer, in a word or two.
pub(super) fn peer_state(peer: &PeerState) -> &'static str {
    match (peer.connected, peer.in_sync) {
        (true, Some(true)) => "in sync",
        (true, Some(false)) => "catching up",
        (true, None) => "connected",
        (false, Some(true)) => "away, was in sync",
        (false, Some(false)) => "away, behind or ahead",
        (false, None) => "away",
    }
}
