//! `aronde sop approve`

use aronde_node::api::{self, ServiceError};
use aronde_protocol::record::procedure::Approval;

use super::said;
use crate::context::{Context, ask};

/// `aronde sop approve`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop approve 4f1c20
  aronde sop approve 4f1c20@9ab311 --note \"tried on two machines\"
  aronde sop approve 4f1c20 --object --note \"step 3 burns the filter\"

Your word takes the place of your workshop's earlier one. A later revision is not approved by it.")]
pub struct Approve {
    /// The procedure, and perhaps @ and a revision; without it, as it stands now
    #[arg(value_name = "ID[@REV]")]
    id: String,
    /// Object to it instead
    #[arg(long)]
    object: bool,
    /// What you add in words
    #[arg(long)]
    note: Option<String>,
}

impl Approve {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let verdict = if self.object { Approval::Object } else { Approval::Approve };
        let done = ask!(context, SopApprove, api::SopApprove { id: self.id, verdict, note: self.note });
        let does = if self.object { "objects to" } else { "approves" };
        context.show(&done, || said(&done, does))
    }
}
