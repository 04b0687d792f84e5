//! `aronde sop new`

use aronde_node::api::{self, ServiceError};
use aronde_node::templates;
use serde::Serialize;

use crate::context::{Context, ask};
use crate::output::Table;

/// `aronde sop new`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde sop new --title \"Cutting plywood\"
  aronde sop new --list-templates
  aronde sop new --from quality-assurance --language nl --title \"Quality of the stool\"")]
pub struct New {
    /// What it is called; the template's title, when not given
    #[arg(long, required_unless_present_any = ["from", "list_templates"])]
    title: Option<String>,
    /// The template to begin from
    #[arg(long, value_name = "TEMPLATE")]
    from: Option<String>,
    /// Its language: en, fr or nl
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Its licence, an SPDX expression
    #[arg(long)]
    licence: Option<String>,
    /// List the templates and make nothing
    #[arg(long, conflicts_with_all = ["title", "from", "licence"])]
    list_templates: bool,
}

/// A template in a list.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    language: &'static str,
    title: &'static str,
}

impl New {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        if self.list_templates {
            let wanted = self.language.as_deref();
            let all = templates::ALL.iter().filter(|t| wanted.is_none_or(|code| t.language.code() == code));
            let rows: Vec<Row> =
                all.map(|t| Row { name: t.name, language: t.language.code(), title: t.title() }).collect();
            return context.show(&rows, || text(&rows));
        }
        let new = api::SopNew {
            title: self.title,
            template: self.from,
            language: self.language,
            licence: self.licence,
        };
        let wrote = ask!(context, SopNew, new);
        context.show(&wrote, || {
            let id = wrote.id;
            format!("{id}\nsee it with: aronde sop show {}", id.short())
        })
    }
}

fn text(rows: &[Row]) -> String {
    let mut table = Table::new("");
    table.row(["TEMPLATE", "LANGUAGE", "TITLE"]);
    for row in rows {
        table.row([row.name, row.language, row.title]);
    }
    table.text()
}
