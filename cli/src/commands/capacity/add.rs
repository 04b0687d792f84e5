//! `aronde capacity add`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::values;

/// `aronde capacity add`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity add machines --set name=\"Laser cutter\" --set width=\"1250 mm\" --set depth=\"750 mm\" \\
      --set thickness=\"15 mm\" --set materials=\"plywood; acrylic\" --set cost=\"12.50 EUR/h\"
  aronde capacity add stocks --set material=\"birch plywood 12 mm\" --set quantity=\"4 {sheet}\" --set secondary=yes
  aronde capacity add availability --set start=2026-12-01T09:00 --set end=2026-12-01T17:00 \\
      --set rule=\"FREQ=WEEKLY;BYDAY=TU,TH\"")]
pub struct Add {
    /// The list: machines, processes, skills, stocks, products, availability, contacts
    list: String,
    /// A field and its value (may be repeated)
    #[arg(long, value_name = "FIELD=VALUE", required = true, value_parser = values::field)]
    set: Vec<(String, String)>,
    /// Another sheet than your workshop's: its id, the beginning of it, or its title
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,
}

impl Add {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let add = api::CapacityAdd { id: self.sheet, list: self.list, set: self.set };
        let changed = ask!(context, CapacityAdd, add);
        context.show(&changed, || super::changed(&changed))
    }
}
