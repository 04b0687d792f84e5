//! `aronde proposal list`

use aronde_node::api::{self, ProposalState, ProposalSummary, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, clean, or_dash, time};

/// `aronde proposal list`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde proposal list
  aronde proposal list --mine
  aronde proposal list --design 4f1c20 --json")]
pub struct List {
    /// Only your own
    #[arg(long)]
    mine: bool,
    /// Only those for this design or procedure: its id, or the beginning of it
    #[arg(long, value_name = "ID")]
    design: Option<String>,
}

impl List {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let list = api::ProposalList { mine: self.mine, design: self.design };
        let proposals = ask!(context, ProposalList, list);
        context.show(&proposals, || text(&proposals))
    }
}

fn text(proposals: &[ProposalSummary]) -> String {
    if proposals.is_empty() {
        return "No proposals wait. One is made by changing a design or a procedure that your workshop does not keep: aronde design edit, aronde sop edit".to_owned();
    }
    let mut table = Table::new("");
    table.row(["PROPOSAL", "DESIGN", "TITLE", "BY", "WORKSHOP", "WHEN", "EDITS", "STATE"]);
    for proposal in proposals {
        let name = proposal.author_name.as_deref().map_or_else(|| proposal.author.short(), clean);
        table.row([
            &proposal.id.short(),
            &proposal.design.short(),
            &or_dash(proposal.title.as_deref()),
            &name,
            &or_dash(proposal.workshop_name.as_deref()),
            &time(proposal.at),
            &proposal.edits.to_string(),
            &state(proposal),
        ]);
    }
    table.text()
}

/// How things are with a proposal, in one line.
pub fn state(proposal: &ProposalSummary) -> String {
    if proposal.state == ProposalState::Open {
        return proposal.state.word().to_owned();
    }
    let by = match (proposal.declined_by_name.as_deref(), proposal.declined_by) {
        (Some(name), _) => name.to_owned(),
        (None, key) => key.map(|key| key.short()).unwrap_or_default(),
    };
    let reason = proposal.reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
    clean(&format!("{} by {by}{reason}", proposal.state.word()))
}
