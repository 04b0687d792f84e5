//! `aronde capacity list`

use aronde_node::api::{self, CapacitySummary, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, or_dash};

/// `aronde capacity list`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde capacity list
  aronde capacity list --models
  aronde capacity list --json | jq '.[] | select(.country == \"BE\")'")]
pub struct List {
    /// Machine models instead of sheets
    #[arg(long)]
    models: bool,
}

impl List {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let sheets = ask!(context, CapacityList, api::CapacityList { models: self.models });
        context.show(&sheets, || text(&sheets, self.models))
    }
}

fn text(sheets: &[CapacitySummary], models: bool) -> String {
    if sheets.is_empty() {
        return if models {
            "No machine models yet. Take a catalogue in with: aronde capacity import FILE".to_owned()
        } else {
            "No capacity sheets yet. Make your workshop's with: aronde capacity set city=…".to_owned()
        };
    }
    let mut table = Table::new("");
    if models {
        table.row(["MODEL", "TITLE", "PROCESS"]);
        for model in sheets {
            table.row([&model.id.short(), &or_dash(model.title.as_deref()), &model.processes.join(", ")]);
        }
        return table.text();
    }
    table.row(["SHEET", "TITLE", "WORKSHOP", "CITY", "MACHINES", "PROCESSES"]);
    for sheet in sheets {
        let workshop =
            if sheet.listed { "listed".to_owned() } else { or_dash(sheet.workshop_name.as_deref()) };
        table.row([
            &sheet.id.short(),
            &or_dash(sheet.title.as_deref()),
            &workshop,
            &or_dash(sheet.city.as_deref()),
            &sheet.machines.to_string(),
            &sheet.processes.join(", "),
        ]);
    }
    table.text()
}
