//! What documents of every kind show alike: fields that nobody has decided, and edits without effect.

use aronde_node::api::{Conflict, LeftOut};

use super::{Table, clean, count, member, time};

/// Each field that was set differently at the same time: the values one under the other, each with
/// its hand, and the command that decides: `command` is how the document `id` is edited, as in `design edit`.
pub fn conflicts(conflicts: &[Conflict], id: &str, command: &str) -> String {
    if conflicts.is_empty() {
        return String::new();
    }
    let mut text = "\nset differently at the same time\n".to_owned();
    for conflict in conflicts {
        let field = clean(&conflict.field);
        text += &format!("  {field}\n");
        let mut table = Table::new("    ");
        let mut values: Vec<_> = conflict.values.iter().collect();
        values.sort_by_key(|value| value.at);
        for value in values {
            let shown = value.value.as_ref().map_or_else(|| "(removed)".to_owned(), |v| format!("\"{v}\""));
            let who = member(value.author_name.as_deref(), value.author);
            table.row([&shown, &who, &time(value.at)]);
        }
        text += &table.text();
        text += &format!("    decide with: aronde {command} {id} --set '{field}=VALUE'\n");
    }
    text
}

/// What somebody's software said of a document and has no effect. `what` is the word for it, as in "design".
pub fn left_out(left_out: &[LeftOut], what: &str) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let mut table = Table::new("  ");
    for left in left_out {
        table.row([&left.entry.short(), &left.why]);
    }
    let edits = count(left_out.len() as u64, "edit does", "edits do");
    format!("\n{edits} not fit the {what} and had no effect\n{}", table.text())
}
