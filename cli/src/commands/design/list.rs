//! `aronde design list`

use aronde_node::api::{self, DesignSummary, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, or_dash};

/// `aronde design list`
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let Self {} = self;
        let designs = ask!(context, DesignList, api::DesignList {});
        context.show(&designs, || text(&designs))
    }
}

fn text(designs: &[DesignSummary]) -> String {
    if designs.is_empty() {
        return "No designs yet. Take one in with: aronde design import PATH".to_owned();
    }
    let mut table = Table::new("");
    table.row(["DESIGN", "TITLE", "VERSION", "LICENCE", "WORKSHOP"]);
    for design in designs {
        let title = or_dash(design.title.as_deref());
        let title = if design.withdrawn { format!("{title} (withdrawn)") } else { title };
        table.row([
            &design.id.short(),
            &title,
            &or_dash(design.version.as_deref()),
            &or_dash(design.licence.as_deref()),
            &or_dash(design.workshop_name.as_deref()),
        ]);
    }
    table.text()
}
