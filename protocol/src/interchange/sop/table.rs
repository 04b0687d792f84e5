//! Tables of a page as items, and items as tables.

use super::list::{main_field, typed};
use super::words::{self, Language};
use crate::document::draft::Wanted;
use crate::document::schema::procedure::{CONTROLS, HAZARDS, MATERIALS, STEPS, TOOLS};
use crate::document::schema::{self, PROCEDURE};
use crate::document::value::Value;
use crate::limits::{BOM_COLUMNS_MAX, PATH_NAME_MAX};

/// A column whose values are no values of its field is kept under this name.
const AS_WRITTEN: &str = " (as written)";

/// The list that the head of a table announces by at least two of its columns, the first among them.
pub(super) fn list_of(source: &str) -> Option<&'static str> {
    let head = cells(source.lines().next()?);
    [CONTROLS, HAZARDS, TOOLS, MATERIALS].into_iter().find(|list| {
        let columns: Vec<Option<&str>> = head.iter().map(|cell| words::column(list, cell)).collect();
        let own = |field: &&str| !matches!(*field, "quantity" | "note");
        columns.first().is_some_and(|first| *first == Some(main_field(list)))
            && columns.iter().flatten().copied().filter(own).count() >= 2
    })
}

/// The form and the items of a table; none when it cannot be written again.
pub(super) fn read(list: &'static str, source: &str) -> Option<(String, Vec<Wanted>)> {
    let mut lines = source.lines();
    let (head, rule) = (lines.next()?.trim(), lines.next()?.trim());
    let rows: Vec<Vec<&str>> = lines.map(cells).collect();
    let mut columns = columns(list, head)?;
    for (at, name) in columns.iter_mut().enumerate() {
        let values = rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty());
        if values.clone().any(|cell| typed(list, name, cell).is_none()) {
            name.push_str(AS_WRITTEN);
        }
    }
    let mut items = Vec::new();
    for row in &rows {
        let mut item = Wanted::new();
        for (name, cell) in columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            item.insert(name.clone(), typed(list, name, cell)?);
        }
        if item.is_empty() || row.len() > columns.len() {
            return None;
        }
        items.push(item);
    }
    (!items.is_empty()).then(|| (format!("{head}\n{rule}"), items))
}

/// The field of each column: a known one, else the column's own name.
fn columns(list: &str, head: &str) -> Option<Vec<String>> {
    let head = cells(head);
    if head.len() < 2 || head.len() > BOM_COLUMNS_MAX {
        return None;
    }
    let mut columns: Vec<String> = Vec::new();
    for (at, cell) in head.iter().enumerate() {
        let known = words::column(list, cell).filter(|field| !columns.iter().any(|held| held == field));
        let known = known.or_else(|| {
            (at == 0 && !columns.iter().any(|c| c == main_field(list))).then_some(main_field(list))
        });
        let name = known.map_or_else(|| (*cell).to_owned(), str::to_owned);
        let is_known = |name: &str| schema::field(PROCEDURE, Some(list), &[name.to_owned()]).is_known();
        let clash = known.is_none() && is_known(&name);
        if name.is_empty()
            || name.len() + AS_WRITTEN.len() > PATH_NAME_MAX
            || clash
            || columns.contains(&name)
            || name.contains('/')
        {
            return None;
        }
        columns.push(name);
    }
    // A step's words have no column of their own but its title.
    (list != STEPS).then_some(columns)
}

/// A table with this head, and columns more where items say more.
pub(super) fn write(list: &str, form: &str, items: &[&Wanted], language: Language) -> Option<String> {
    let (head, rule) = form.split_once('\n')?;
    let columns = columns(list, head)?;
    let said = |item: &Wanted, name: &str| item.get(name).map(|v| cell(&v.to_string())).unwrap_or_default();
    let more: Vec<(&'static str, &'static str)> = schema::kind(PROCEDURE)?
        .names(Some(list))
        .filter(|field| !columns.iter().any(|column| column == field))
        .filter(|field| items.iter().any(|item| item.get(*field).is_some_and(|v| *v != Value::Nothing)))
        .filter_map(|field| Some((field, words::label(list, field, language)?)))
        .collect();
    let (mut head, mut rule) = (head.trim_end().to_owned(), rule.trim_end().to_owned());
    for (_, label) in &more {
        let open = !head.ends_with('|');
        head += &if open { format!(" | {label}") } else { format!(" {label} |") };
        rule += if open { " | ---" } else { " --- |" };
    }
    let mut text = format!("{head}\n{rule}");
    for item in items {
        let mut row: Vec<String> = Vec::new();
        for name in &columns {
            let value = said(item, name);
            row.push(if value.is_empty() { said(item, &format!("{name}{AS_WRITTEN}")) } else { value });
        }
        row.extend(more.iter().map(|(field, _)| said(item, field)));
        text += &format!("\n| {} |", row.join(" | "));
    }
    Some(text)
}

/// The cells of a row, as they are written.
fn cells(row: &str) -> Vec<&str> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in row.char_indices() {
        if c == '|' && !escaped {
            cells.push(row.get(start..at).unwrap_or_default().trim());
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    let last = row.get(start..).unwrap_or_default().trim();
    if !last.is_empty() || cells.is_empty() {
        cells.push(last);
    }
    cells
}

/// A text as a cell: on one line, without a line of the table in it.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '\n' => cell.push(' '),
            '|' if !escaped => cell += "\\|",
            c => cell.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    cell
}
