//! What differs between two states of a document, as text: `-` for what goes, `+` for what comes, `~` for what is
//! changed. In a long text what goes stands in `[-` `-]`, what comes in `{+` `+}`.

use aronde_node::api::{Change, Diff, FieldChange, ItemChange};
use aronde_protocol::document::text_diff::Piece;

use super::{Table, bytes, clean, or_dash};

/// More of an unchanged line than this is left out, on either side of what changed in it.
const AROUND: usize = 60;
/// More of a single value than this is left out.
const VALUE: usize = 200;

/// The whole diff.
pub fn text(diff: &Diff) -> String {
    if diff.fields.is_empty() && diff.items.is_empty() {
        return "Nothing would be different: all of it is said already.\n".to_owned();
    }
    let mut text = fields(&diff.fields, "  ", value_of_design);
    let mut list = "";
    for item in &diff.items {
        if item.list != list {
            list = &item.list;
            let name = match list {
                "bom" => "parts".to_owned(),
                other => clean(other),
            };
            text += &format!("{}{name}\n", if text.is_empty() { "" } else { "\n" });
        }
        text += &one_item(item);
    }
    text
}

fn one_item(item: &ItemChange) -> String {
    let label = or_dash(item.label.as_deref());
    let sign = match item.change {
        Change::Added => "+",
        Change::Removed => "-",
        Change::Changed => "~",
    };
    if item.change != Change::Changed {
        return format!("  {sign} {}\n", summed_up(item, &label));
    }
    let number = item.new.map_or_else(String::new, |n| n.to_string());
    let moved = match (item.old, item.new) {
        (Some(old), Some(new)) if item.moved => format!(", moved from {old} to {new}"),
        _ => String::new(),
    };
    let value = match item.list.as_str() {
        "files" => value_of_file,
        _ => value_of_design,
    };
    format!("  {sign} {number}  {label}{moved}\n{}", fields(&item.fields, "      ", value))
}

/// All that is in an item, in one line: how much of what, or which file, and every other field by its name.
fn summed_up(item: &ItemChange, label: &str) -> String {
    let of = |field: &FieldChange| {
        let values = if item.change == Change::Added { &field.new } else { &field.old };
        values.iter().map(|value| short(value)).collect::<Vec<_>>().join(" | ")
    };
    let named = |name: &str| item.fields.iter().find(|field| field.field == name).map(of);
    let mut told = vec![];
    let known: &[&str] = match item.list.as_str() {
        "bom" => {
            told.extend(named("quantity"));
            &["part", "quantity"]
        }
        "files" => &["path", "file", "len"],
        _ => &["name"],
    };
    told.push(label.to_owned());
    if item.list == "files" {
        told.extend(named("len").map(|len| value_of_file("len", &len)));
    }
    let rest = item.fields.iter().filter(|field| !known.contains(&field.field.as_str()));
    told.extend(rest.map(|field| format!("{} {}", clean(&field.field), of(field))));
    told.join("  ")
}

fn fields(changes: &[FieldChange], indent: &'static str, value: fn(&str, &str) -> String) -> String {
    let mut text = String::new();
    let mut table = Table::new(indent);
    let several = |field: &str, values: &[String]| match values {
        [] => "(nothing)".to_owned(),
        [one] => value(field, one),
        many => {
            let many: Vec<String> = many.iter().map(|v| value(field, v)).collect();
            format!("{} values: {}", many.len(), many.join(" | "))
        }
    };
    for change in changes {
        let name = match change.field.as_str() {
            "@presence" => "kept or removed",
            "@place" => "place in the list",
            name => name,
        };
        if let Some(pieces) = &change.text {
            // What was said so far stands before it, in columns of its own.
            text += &std::mem::replace(&mut table, Table::new(indent)).text();
            text += &format!("{indent}{}\n{}", clean(name), words(pieces, indent));
        } else {
            let (old, new) = (several(&change.field, &change.old), several(&change.field, &change.new));
            table.row([name, &format!("{old} → {new}")]);
        }
    }
    text + &table.text()
}

fn value_of_design(_: &str, value: &str) -> String {
    format!("\"{}\"", short(value))
}

/// A file's hash and length, shortened to what people can compare.
fn value_of_file(field: &str, value: &str) -> String {
    match (field, value.parse()) {
        ("len", Ok(len)) => bytes(len),
        ("file", _) => clean(&value.chars().take(12).collect::<String>()),
        _ => value_of_design(field, value),
    }
}

fn short(value: &str) -> String {
    let line = clean(&value.replace('\n', " "));
    if line.chars().nth(VALUE).is_some() { line.chars().take(VALUE).chain(['…']).collect() } else { line }
}

/// The lines of a text in which something changed, each with the line before and after it.
fn words(pieces: &[Piece], indent: &str) -> String {
    // A line is a run of parts without a line break but for their ends.
    let mut lines: Vec<Vec<(char, String)>> = vec![vec![]];
    for piece in pieces {
        let (sign, text) = match piece {
            Piece::Kept(text) => ('=', text),
            Piece::Gone(text) => ('-', text),
            Piece::Come(text) => ('+', text),
        };
        for (number, part) in text.split('\n').enumerate() {
            if number > 0 {
                lines.push(vec![]);
            }
            if let (false, Some(line)) = (part.is_empty(), lines.last_mut()) {
                line.push((sign, clean(part)));
            }
        }
    }
    let changed: Vec<bool> = lines.iter().map(|line| line.iter().any(|(sign, _)| *sign != '=')).collect();
    let near = |n: usize| {
        changed.get(n.saturating_sub(1)..changed.len().min(n + 2)).is_some_and(|c| c.contains(&true))
    };
    let (mut text, mut skipped) = (String::new(), false);
    for (number, line) in lines.iter().enumerate() {
        if !near(number) {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            text += &format!("{indent}  …\n");
        }
        let last = line.len().saturating_sub(1);
        let shown = line.iter().enumerate().map(|(at, (sign, part))| match sign {
            '-' => format!("[-{part}-]"),
            '+' => format!("{{+{part}+}}"),
            _ => kept(part, at == 0, at == last),
        });
        let shown: String = shown.collect();
        if !shown.trim().is_empty() {
            text += &format!("{indent}  {}\n", shown.trim_end());
        }
    }
    text
}

/// What stayed in a changed line, without what is far from the change.
fn kept(part: &str, first: bool, last: bool) -> String {
    let chars: Vec<char> = part.chars().collect();
    let (before, after) = (if first { 0 } else { AROUND }, if last { 0 } else { AROUND });
    if chars.len() <= before + after + 2 || (first && last && chars.len() <= 2 * AROUND) {
        return part.to_owned();
    }
    let (before, after) = if first && last { (AROUND, 0) } else { (before, after) };
    let head = chars.iter().take(before);
    let tail = chars.iter().skip(chars.len().saturating_sub(after));
    head.chain(['…'].iter()).chain(tail).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn change(field: &str, old: &[&str], new: &[&str]) -> FieldChange {
        let owned = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect();
        FieldChange { field: field.into(), old: owned(old), new: owned(new), text: None }
    }

    fn item(list: &str, label: &str, at: (Option<u64>, Option<u64>), fields: Vec<FieldChange>) -> ItemChange {
        let change = match at {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        };
        let (list, label) = (list.to_owned(), Some(label.to_owned()));
        let moved = change == Change::Changed && at.0 != at.1;
        ItemChange { list, item: "a.0".into(), label, change, old: at.0, new: at.1, moved, fields }
    }

    #[test]
    fn a_diff_reads_field_by_field_and_part_by_part() {
        let diff = Diff {
            fields: vec![change("licence", &[], &["MIT"]), change("version", &["1"], &["1", "2"])],
            items: vec![
                item(
                    "bom",
                    "leg",
                    (Some(1), Some(1)),
                    vec![change("quantity", &["3 {piece}"], &["4 {piece}"])],
                ),
                item("bom", "seat", (Some(2), Some(4)), vec![]),
                item(
                    "bom",
                    "bolt\u{1b}[2J",
                    (None, Some(2)),
                    vec![
                        change("note", &[], &["M8"]),
                        change("part", &[], &["bolt"]),
                        change("quantity", &[], &["4 {piece}"]),
                    ],
                ),
                item("files", "a.step", (Some(1), None), vec![change("len", &["12000"], &[])]),
                item(
                    "files",
                    "b.step",
                    (Some(2), Some(2)),
                    vec![change("file", &["00112233445566"], &["778899"])],
                ),
            ],
        };
        let expected = "  licence  (nothing) → \"MIT\"
  version  \"1\" → 2 values: \"1\" | \"2\"

parts
  ~ 1  leg
      quantity  \"3 {piece}\" → \"4 {piece}\"
  ~ 4  seat, moved from 2 to 4
  + 4 {piece}  bolt\u{fffd}[2J  note M8

files
  - a.step  12 kB
  ~ 2  b.step
      file  001122334455 → 778899
";
        assert_eq!(text(&diff), expected);
        assert!(text(&Diff::default()).starts_with("Nothing would be different"));
    }

    #[test]
    fn a_long_text_shows_where_it_changed() {
        let kept = |text: &str| Piece::Kept(text.to_owned());
        let long = "x".repeat(200);
        let pieces = [
            kept("one\ntwo\nthree\nA stool with "),
            Piece::Gone("three".into()),
            Piece::Come("four".into()),
            kept(&format!(" legs, {long}\nfive\nsix\n")),
            Piece::Come("seven\n".into()),
        ];
        let shown = words(&pieces, "");
        let lines: Vec<&str> = shown.lines().collect();
        let changed = format!("  A stool with [-three-]{{+four+}} legs, {}…", "x".repeat(53));
        assert_eq!(lines, ["  …", "  three", &changed, "  five", "  six", "  {+seven+}"]);
    }
}
