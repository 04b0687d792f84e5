//! `aronde sop list`

use aronde_node::api::{self, ServiceError, SopSummary};

use crate::context::{Context, ask};
use crate::output::{Table, or_dash};

/// `aronde sop list`
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let Self {} = self;
        let procedures = ask!(context, SopList, api::SopList {});
        context.show(&procedures, || text(&procedures))
    }
}

fn text(procedures: &[SopSummary]) -> String {
    if procedures.is_empty() {
        return "No procedures yet. Take one in with: aronde sop import FILE.md; or begin one: aronde sop new --list-templates"
            .to_owned();
    }
    let mut table = Table::new("");
    table.row(["PROCEDURE", "REVISION", "TITLE", "LANGUAGE", "STEPS", "CONTROLS", "WORKSHOP", "ADOPTED BY"]);
    for procedure in procedures {
        let adopted: Vec<String> = procedure.adopted_by.iter().map(|w| or_dash(w.name.as_deref())).collect();
        table.row([
            &procedure.id.short(),
            &procedure.revision.short(),
            &or_dash(procedure.title.as_deref()),
            &or_dash(procedure.language.as_deref()),
            &procedure.step_count.to_string(),
            &procedure.control_count.to_string(),
            &or_dash(procedure.workshop_name.as_deref()),
            &adopted.join(", "),
        ]);
    }
    table.text()
}
