//! `aronde proposal accept`

use aronde_node::api::{self, ProposalAccepted, ServiceError};

use super::command;
use crate::context::{Context, ask};
use crate::output::{clean, count, member};

/// `aronde proposal accept`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde proposal accept 7d31ab

Taken in is just what `aronde proposal show` shows under this id, not what its author adds later.")]
pub struct Accept {
    /// The proposal: its id, or the beginning of it
    id: String,
    /// Answer by name for edits that their author had no right to make: a removed member's
    #[arg(long)]
    yes: bool,
}

impl Accept {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let accept = api::ProposalAccept { id: self.id, answering: self.yes };
        let accepted = ask!(context, ProposalAccept, accept);
        context.show(&accepted, || text(&accepted))
    }
}

fn text(accepted: &ProposalAccepted) -> String {
    let by: Vec<String> = accepted.by.iter().map(|b| member(b.author_name.as_deref(), b.author)).collect();
    let mut text = format!(
        "{}\n{} by {} came in with the entry {}\n",
        accepted.design,
        count(accepted.edits, "edit", "edits"),
        by.join(" and "),
        accepted.id.short()
    );
    for by in accepted.by.iter().filter(|by| by.without_right) {
        let who = member(by.author_name.as_deref(), by.author);
        text += &format!("you answer for what {who} wrote without a right to it\n");
    }
    let id = accepted.design.short();
    let command = command(&accepted.kind);
    for field in &accepted.conflicts {
        text += &format!(
            "{0} has several values now; decide with: aronde {command} edit {id} --set '{0}=VALUE'\n",
            clean(field)
        );
    }
    text
}
