//! `aronde proposal decline`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};

/// `aronde proposal decline`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde proposal decline 7d31ab --reason \"the thread must stay metric\"

Nothing is taken away: the edits stay where they are, and it can still be taken in.")]
pub struct Decline {
    /// The proposal: its id, or the beginning of it
    id: String,
    /// Why, in a few words; everybody in the federation sees them
    #[arg(long)]
    reason: String,
}

impl Decline {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let decline = api::ProposalDecline { id: self.id, reason: self.reason };
        let declined = ask!(context, ProposalDecline, decline);
        context.show(&declined, || {
            format!("{}\nthe proposal {} is declined", declined.id, declined.proposal.short())
        })
    }
}
