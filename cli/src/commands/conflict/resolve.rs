//! `aronde conflict resolve`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::editor::what_became;

/// `aronde conflict resolve`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde conflict resolve 4f1c20 version --take 2
  aronde conflict resolve 4f1c20 version --value 2.1.0
  aronde conflict resolve 4f1c20 steps/3/torque --value \"2.5 N.m\"

The decision is signed like any change, and counts when your workshop keeps the document.")]
pub struct Resolve {
    /// The document: its id, or the beginning of it
    id: String,
    /// The field, as "aronde conflict show" names it; an item may be given by its number
    field: String,
    /// Take the value of this number, as "aronde conflict show" counts them
    #[arg(long, value_name = "N", required_unless_present = "value")]
    take: Option<u64>,
    /// Take this value instead; an empty one empties the field
    #[arg(long, value_name = "V", conflicts_with = "take")]
    value: Option<String>,
}

impl Resolve {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let asked =
            api::ConflictResolve { id: self.id, field: self.field, take: self.take, value: self.value };
        let edited = ask!(context, ConflictResolve, asked);
        context.show(&edited, || what_became(&edited))
    }
}
