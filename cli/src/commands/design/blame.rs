//! `aronde design blame`

use aronde_node::api::{self, BlamedField, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, clean, member, time};

/// More of a value than this is left out.
const VALUE: usize = 48;

/// `aronde design blame`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde design blame 4f1c20
  aronde design blame 4f1c20 --json | jq '.[] | select(.field == \"version\")'

Every field with whoever wrote it last. \"aronde why ENTRY\" says by what right.")]
pub struct Blame {
    /// The design: its id, or the beginning of it
    id: String,
}

impl Blame {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let blamed = ask!(context, DocumentBlame, api::DocumentBlame { id: self.id });
        context.show(&blamed, || text(&blamed))
    }
}

fn text(blamed: &[BlamedField]) -> String {
    let mut table = Table::new("");
    table.row(["FIELD", "VALUE", "BY", "WHEN", "ENTRY"]);
    for field in blamed {
        let label =
            field.label.as_deref().map_or_else(String::new, |label| format!(" ({})", shortened(label)));
        for value in &field.values {
            let shown = value.value.as_deref().map_or_else(|| "(removed)".to_owned(), shortened);
            let who = member(value.author_name.as_deref(), value.author);
            let name = format!("{}{label}", clean(&field.field));
            table.row([&name, &shown, &who, &time(value.at), &value.entry.short()]);
        }
    }
    table.text()
}

fn shortened(text: &str) -> String {
    let line = clean(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let begin: String = line.chars().take(VALUE).collect();
    if line.chars().nth(VALUE).is_some() { begin + "…" } else { begin }
}
