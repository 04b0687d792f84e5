//! `aronde design log`

use aronde_node::api::{self, LoggedEntry, ServiceError};

use crate::context::{Context, ask};
use crate::output::{clean, member, time};

/// `aronde design log`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design log 4f1c20
  aronde design log 4f1c20 --json | jq '.[0].changes'

The newest change comes first. What does not count (a proposal, parked work) is marked.")]
pub struct Log {
    /// The design: its id, or the beginning of it
    id: String,
}

impl Log {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let logged = ask!(context, DocumentLog, api::DocumentLog { id: self.id });
        context.show(&logged, || logged.iter().map(text).collect::<Vec<_>>().join("\n"))
    }
}

fn text(logged: &LoggedEntry) -> String {
    let who = member(logged.author_name.as_deref(), logged.author);
    let counts = if logged.counts { "" } else { "  does not count" };
    let mut text = format!("{}  {}  {who}{counts}\n", logged.entry.short(), time(logged.at));
    for change in &logged.changes {
        text += &format!("  {}\n", clean(change));
    }
    text
}
