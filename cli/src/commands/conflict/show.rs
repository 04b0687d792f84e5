//! `aronde conflict show`

use aronde_node::api::{self, ConflictRow, ServiceError};

use crate::context::{Context, ask};
use crate::output::{Table, clean, member, or_dash, time};

/// More of a value than this is left out of the table; --json has all of it.
const VALUE: usize = 100;

/// `aronde conflict show`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde conflict show 4f1c20
  aronde conflict show 4f1c20 version")]
pub struct Show {
    /// The document: its id, or the beginning of it
    id: String,
    /// Only this field
    field: Option<String>,
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let mut rows = ask!(context, ConflictList, api::ConflictList { subject: Some(self.id) });
        if let Some(field) = &self.field {
            rows.retain(|row| row.field == *field || field_name(row) == *field);
            if rows.is_empty() {
                return Err(ServiceError::user(format!("nothing stands in conflict in \"{field}\""))
                    .hint("see what does: aronde conflict list"));
            }
        }
        context.show(&rows, || {
            if rows.is_empty() {
                return "Nothing stands in conflict in this document.".to_owned();
            }
            rows.iter().map(text).collect::<Vec<_>>().join("\n")
        })
    }
}

/// A field with its item's id shortened, for people; the whole name and the item's number are taken too.
pub fn field_name(row: &ConflictRow) -> String {
    match row.field.split('/').collect::<Vec<_>>().as_slice() {
        [list, item, last] if item.len() > 64 => {
            let short: String = item.chars().take(10).collect();
            clean(&format!("{list}/{short}…/{last}"))
        }
        _ => clean(&row.field),
    }
}

fn text(row: &ConflictRow) -> String {
    let title = or_dash(row.title.as_deref());
    let of = row.label.as_deref().map_or_else(String::new, |label| format!(" of \"{}\"", clean(label)));
    let what = match row.field.rsplit('/').next().unwrap_or_default() {
        "@presence" => "whether it stands".to_owned(),
        "@place" => "where it stands".to_owned(),
        _ => field_name(row),
    };
    let mut table = Table::new("  ");
    for (number, value) in (1_u64..).zip(&row.values) {
        let shown = value
            .value
            .as_deref()
            .map_or_else(|| "(removed)".to_owned(), |value| format!("\"{}\"", shortened(value)));
        let who = member(value.author_name.as_deref(), value.author);
        table.row([&number.to_string(), &shown, &who, &time(value.at)]);
    }
    let (id, field) = (row.subject.short(), clean(&row.field));
    format!(
        "{what}{of}: {title}\n{}  decide with: aronde conflict resolve {id} '{field}' --take N\n",
        table.text()
    )
}

fn shortened(text: &str) -> String {
    let begin: String = text.chars().take(VALUE).collect();
    let line = begin.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().nth(VALUE).is_some() { line + "…" } else { line }
}
