//! `aronde capacity book`

use aronde_node::api::{self, ServiceError};
use jiff::Timestamp;

use crate::context::{Context, ask};
use crate::values;

/// `aronde capacity book`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity book \"Workshop North\" --machine \"Laser cutter\" --from 2026-12-01T09:00:00Z --to 2026-12-01T11:00:00Z
  aronde capacity book 4f1c20 --from 2026-12-24 --to 2026-12-27 --note \"closed\"")]
pub struct Book {
    /// The sheet: its id, the beginning of it, its title, or its workshop
    sheet: String,
    /// The machine: its name, or its number; the whole workshop without it
    #[arg(long)]
    machine: Option<String>,
    /// From when
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    from: Timestamp,
    /// To when
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    to: Timestamp,
    /// What for
    #[arg(long)]
    note: Option<String>,
}

impl Book {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let (from, to) = (self.from, self.to);
        let book = api::CapacityBook { id: self.sheet, machine: self.machine, from, to, note: self.note };
        let wrote = ask!(context, CapacityBook, book);
        context.show(&wrote, || {
            format!("{}\nbooked; take it back with: aronde capacity cancel {}", wrote.id, wrote.id.short())
        })
    }
}
