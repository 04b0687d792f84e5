//! `aronde capacity remove`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};

/// `aronde capacity remove`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity remove machines 2
  aronde capacity remove stocks \"birch plywood 12 mm\"")]
pub struct Remove {
    /// The list: machines, processes, skills, stocks, products, availability, contacts
    list: String,
    /// The item: its name, or its number in the list
    item: String,
    /// Another sheet than your workshop's: its id, the beginning of it, or its title
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,
}

impl Remove {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let remove = api::CapacityRemove { id: self.sheet, list: self.list, item: self.item };
        let changed = ask!(context, CapacityRemove, remove);
        context.show(&changed, || super::changed(&changed))
    }
}
