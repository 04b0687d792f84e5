//! `aronde proposal show`

use aronde_node::api::{self, ProposalDetail, ServiceError};

use super::list::state;
use crate::context::{Context, ask};
use crate::output::{Table, clean, count, diff, member, or_dash, time, workshops};

/// `aronde proposal show`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde proposal show 7d31ab
  aronde proposal show 7d31ab --json | jq .diff

What goes stands after -, what comes after +, what is changed after ~.")]
pub struct Show {
    /// The proposal: its id, or the beginning of it
    id: String,
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let proposal = ask!(context, ProposalShow, api::ProposalShow { id: self.id });
        context.show(&proposal, || text(&proposal))
    }
}

fn text(proposal: &ProposalDetail) -> String {
    let summary = &proposal.summary;
    let kind = clean(&summary.kind);
    let (who, keep, them) = workshops(&proposal.keepers);
    let mut text = format!("A proposal for {}\n", or_dash(summary.title.as_deref()));
    let mut table = Table::new("  ");
    table.row(["proposal", &summary.id.to_string()]);
    table.row([&summary.kind, &summary.design.to_string()]);
    for by in &proposal.by {
        let workshop = summary.workshop_name.as_deref().filter(|_| by.author == summary.author);
        let of = workshop.map_or_else(String::new, |workshop| format!(" of {workshop}"));
        let edits = count(by.edits, "edit", "edits");
        let who = member(by.author_name.as_deref(), by.author);
        let right = if by.without_right { ", written without any right" } else { "" };
        table.row(["by", &format!("{who}{of}, {edits}{right}")]);
    }
    table.row(["written", &time(summary.at)]);
    table.row(["state", &state(summary)]);
    text += &table.text();
    if proposal.unknown_edits > 0 {
        let edits = count(proposal.unknown_edits, "edit", "edits");
        text += &format!("\nThe {kind} moved on since: its author did not know {edits} of it.\n");
    }
    for further in &proposal.further {
        text += &format!(
            "\nIts author went on since: aronde proposal show {} shows that too.\n",
            further.short()
        );
    }
    for declined in &proposal.declined_before {
        let id = declined.short();
        text += &format!("\nIt contains what was declined before: aronde proposal show {id} says why.\n");
    }
    if proposal.left_out > 0 {
        let edits = count(proposal.left_out, "edit of it does", "edits of it do");
        text += &format!("\n{edits} not fit the {kind} and would have no effect.\n");
    }
    text += &format!("\n{}", diff::text(&proposal.diff));
    if !proposal.conflicts.is_empty() {
        text += &format!(
            "\nTaken in, these would have several values, until somebody who keeps the {kind} sets them:\n"
        );
        for field in &proposal.conflicts {
            text += &format!("  {}\n", clean(field));
        }
    }
    let id = summary.id.short();
    if !proposal.yours {
        return text + &format!("\n{who} {keep} this {kind}, and it is for {them} to decide.\n");
    }
    let answering = proposal.by.iter().any(|by| by.without_right);
    let yes =
        if answering { " --yes, and answer by name for what was written without any right" } else { "" };
    text += &format!("\ntake it in with: aronde proposal accept {id}{yes}\n");
    text + &format!("or decline it with: aronde proposal decline {id} --reason \"WHY\"\n")
}
