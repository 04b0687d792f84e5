//! `aronde capacity claim`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};

/// `aronde capacity claim`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity claim 4f1c20

When another workshop listed yours, you get a sheet of your own with what theirs says, and it takes its place.")]
pub struct Claim {
    /// The listed sheet: its id, the beginning of it, or its title
    sheet: String,
}

impl Claim {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let changed = ask!(context, CapacityClaim, api::CapacityClaim { id: self.sheet });
        context.show(&changed, || super::changed(&changed))
    }
}
