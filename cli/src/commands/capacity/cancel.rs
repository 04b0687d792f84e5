//! `aronde capacity cancel`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};

/// `aronde capacity cancel`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity cancel 4f1c20")]
pub struct Cancel {
    /// The booking: its id, or the beginning of it
    booking: String,
}

impl Cancel {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let wrote = ask!(context, CapacityCancel, api::CapacityCancel { booking: self.booking });
        context.show(&wrote, || format!("{}\nthe booking is cancelled", wrote.id))
    }
}
