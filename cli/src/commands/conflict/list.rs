//! `aronde conflict list`

use aronde_node::api::{self, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, clean, or_dash};

/// `aronde conflict list`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde conflict list
  aronde conflict list --design 4f1c20 --json")]
pub struct List {
    /// Only those of this document: its id, or the beginning of it
    #[arg(long, visible_alias = "subject", value_name = "ID")]
    design: Option<String>,
}

impl List {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let rows = ask!(context, ConflictList, api::ConflictList { subject: self.design });
        context.show(&rows, || {
            if rows.is_empty() {
                return "Nothing stands in conflict.".to_owned();
            }
            let mut table = Table::new("");
            table.row(["DOCUMENT", "TITLE", "FIELD", "OF", "VALUES"]);
            for row in &rows {
                table.row([
                    &row.subject.short(),
                    &or_dash(row.title.as_deref()),
                    &super::show::field_name(row),
                    &or_dash(row.label.as_deref()),
                    &row.values.len().to_string(),
                ]);
            }
            let first = rows.first().map_or_else(String::new, |row| clean(&row.subject.short()));
            format!("{}see them with: aronde conflict show {first}\n", table.text())
        })
    }
}
