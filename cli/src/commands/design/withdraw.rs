//! `aronde design withdraw`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::editor::what_became;

/// `aronde design withdraw`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design withdraw 4f1c20 --reason \"the hook breaks under 5 kg\"
  aronde design withdraw 4f1c20 --reason \"\"        take the withdrawal back

Nothing is hidden or lost: the reason is shown wherever the design is.")]
pub struct Withdraw {
    /// The design: its id, or the beginning of it
    id: String,
    /// Why nobody should make it any more
    #[arg(long)]
    reason: String,
}

impl Withdraw {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let edited = ask!(context, DesignWithdraw, api::DesignWithdraw { id: self.id, reason: self.reason });
        context.show(&edited, || what_became(&edited))
    }
}
