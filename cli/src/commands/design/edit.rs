//! `aronde design edit`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::values;

/// `aronde design edit`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design edit 4f1c20 --set version=1.1.0
  aronde design edit 4f1c20 --set title=\"Press 2\" --set licence=CERN-OHL-S-2.0

A field with several values is decided by setting it.")]
pub struct Edit {
    /// The design: its id, or the beginning of it
    id: String,
    /// A field and its new value (may be repeated)
    #[arg(long, value_name = "FIELD=VALUE", required = true, value_parser = values::field)]
    set: Vec<(String, String)>,
}

impl Edit {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let edited = ask!(context, DesignEdit, api::DesignEdit { id: self.id, set: self.set });
        context.show(&edited, || {
            let entry = edited.entry.short();
            if edited.accepted {
                format!("{}\nchanged by the entry {entry}", edited.id)
            } else {
                format!(
                    "{}\nproposed by the entry {entry}: the workshop that keeps the design must take it in",
                    edited.id
                )
            }
        })
    }
}
