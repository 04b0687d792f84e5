//! `aronde sop adopt`

use aronde_node::api::{self, ServiceError};

use super::said;
use crate::context::{Context, ask};

/// `aronde sop adopt`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop adopt 4f1c20@9ab311
  aronde sop adopt 4f1c20                   as it stands now

Your workshop works by just this revision until it adopts another one. Whoever keeps the procedure may go on changing
it meanwhile. `aronde sop show` says the revision: the first digits of the entry that wrote the procedure last.")]
pub struct Adopt {
    /// The procedure, and perhaps @ and a revision; without it, as it stands now
    #[arg(value_name = "ID[@REV]")]
    id: String,
    /// What you add in words
    #[arg(long)]
    note: Option<String>,
}

impl Adopt {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let done = ask!(context, SopAdopt, api::SopAdopt { id: self.id, note: self.note });
        context.show(&done, || said(&done, "works by"))
    }
}
