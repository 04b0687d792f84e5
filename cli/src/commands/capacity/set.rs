//! `aronde capacity set`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::values;

/// `aronde capacity set`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity set city=Brussels country=BE latitude=50.85 longitude=4.35 website=https://example.org
  aronde capacity set --machine \"Laser cutter\" --machine \"CNC router\"
  aronde capacity set machines/1/cost=\"12.50 EUR/h\" machines/1/process=\"découpe laser\"
  aronde capacity set public=\"street; machines\" withheld=contacts

An item is named by its number in its list. What goes to the public beside name, city, page and processes is what
public names; what withheld names goes to nobody outside your workshop.")]
pub struct Set {
    /// Fields and their new values
    #[arg(value_name = "FIELD=VALUE", value_parser = values::field)]
    fields: Vec<(String, String)>,
    /// A machine to add, by its name (may be repeated)
    #[arg(long, value_name = "NAME")]
    machine: Vec<String>,
    /// Another sheet than your workshop's: its id, the beginning of it, or its title
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,
}

impl Set {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let set = api::CapacitySet { id: self.sheet, set: self.fields, machines: self.machine };
        let changed = ask!(context, CapacitySet, set);
        context.show(&changed, || super::changed(&changed))
    }
}
