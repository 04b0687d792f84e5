//! Tables: CSV with any divider, tables in Markdown. A row is a place, a machine of a place, or a machine model.

use std::collections::HashMap;

use super::columns::{self, Column};
use super::machines;
use super::place::{self, Told};
use super::{Listed, OkwError};
use crate::document::schema::capacity;
use crate::document::value::Value;
use crate::interchange::Findings;
use crate::interchange::bom::{Row, rows};
use crate::limits::{CAPACITY_ITEMS_MAX, CAPACITY_ROWS_MAX};
use crate::printable::shown;

/// Rows looked at for the header.
const HEADER_ROWS: usize = 40;
/// Bytes looked at to tell whether there is one.
const SNIFFED: usize = 16 * 1024;
/// A longer cell is no name of a column.
const HEAD_MAX: usize = 80;

/// What the columns of a header make of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Places,
    Models,
}

/// Whether one of the first rows names columns of places or machines.
pub(super) fn has_header(text: &str) -> bool {
    let mut end = text.len().min(SNIFFED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let rows = rows("", text.get(..end).unwrap_or_default(), &mut Findings::default());
    rows.iter().take(HEADER_ROWS).any(|row| kind(row).is_some())
}

fn kind(row: &Row) -> Option<Rows> {
    let known: Vec<Column> = row
        .cells
        .iter()
        .filter(|cell| !cell.is_empty() && cell.len() <= HEAD_MAX)
        .filter_map(|cell| columns::of(cell))
        .collect();
    let has = |column: Column| known.contains(&column);
    let titled = has(Column::Field("title"));
    let of_place = known.iter().any(|column| columns::is_of_a_place(*column));
    let of_machine = known.iter().filter(|column| machines::is_of_a_machine(**column)).count();
    let telling =
        [Column::Machine("model"), Column::Machine("technology"), Column::Size].iter().any(|c| has(*c));
    let named = titled || has(Column::Machine("model")) || has(Column::Machine("name"));
    if of_machine >= 2 && named && telling && !of_place && !(titled && has(Column::Machine("name"))) {
        return Some(Rows::Models);
    }
    let offers = [
        Column::Processes,
        Column::Machines,
        Column::Machine("name"),
        Column::Field("website"),
        Column::Contact("name"),
    ];
    let place = titled && (of_place || offers.iter().any(|c| has(*c)));
    place.then_some(Rows::Places)
}

/// Reads a table.
pub(super) fn read(text: &str, findings: &mut Findings) -> Result<Vec<Listed>, OkwError> {
    let mut noticed = Findings::default();
    let rows = rows("row", text, &mut noticed);
    let header = rows.iter().take(HEADER_ROWS).position(|row| kind(row).is_some());
    let Some(header) = header else {
        let first = rows.iter().find(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        let line = first.map_or(1, |row| row.line);
        let cells = first.map(|row| shown(&row.cells.join(", "))).unwrap_or_default();
        let reason = if cells.is_empty() {
            "it is empty".to_owned()
        } else {
            format!(
                "its columns are \"{cells}\"; a list needs a name beside an address, coordinates, machines or processes"
            )
        };
        return Err(OkwError::Neither { line, reason });
    };
    findings.append(noticed.into_vec());
    let (above, rows) = rows.split_at(header);
    let Some((head, rows)) = rows.split_first() else {
        return Err(OkwError::Neither { line: 1, reason: "it is empty".to_owned() });
    };
    for row in above.iter().filter(|row| row.cells.iter().any(|cell| !cell.is_empty())) {
        findings.add(
            format!("line {}", row.line),
            format!("\"{}\" stands above the header and is not read", shown(&row.cells.join(", "))),
        );
    }
    let kind = kind(head).unwrap_or(Rows::Places);
    let names = names(&head.cells);
    let mut told = Told::default();
    let mut listed: Vec<Listed> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for row in rows.iter().filter(|row| !row.is_rule() && row.cells.iter().any(|cell| !cell.is_empty())) {
        let at = format!("line {}", row.line);
        if listed.len() == CAPACITY_ROWS_MAX {
            findings.add(at, format!("is beyond {CAPACITY_ROWS_MAX} rows; it and what follows are not read"));
            break;
        }
        let cells: Vec<(String, Value)> = names
            .iter()
            .zip(&row.cells)
            .filter(|(name, cell)| !name.is_empty() && !cell.trim().is_empty())
            .map(|(name, cell)| (name.clone(), Value::Text(cell.trim().to_owned())))
            .collect();
        let read = match kind {
            Rows::Models => {
                machines::model(&cells, &at, &mut told).map(|draft| Listed { kind: &capacity::MODEL, draft })
            }
            Rows::Places => {
                let leaves = cells.into_iter().map(|(name, value)| (vec![name], value)).collect();
                place::read(leaves, None, &at, &mut told).map(Listed::sheet)
            }
        };
        let Some(read) = read else {
            findings.add(at, format!("\"{}\" has no name and is not read", shown(&row.cells.join(", "))));
            continue;
        };
        // A row a machine: the machines of one place are one sheet's.
        if kind == Rows::Places && names.iter().any(|name| columns::of(name) == Some(Column::Machine("name")))
        {
            let text = |name: &str| read.draft.fields.get(name).map(ToString::to_string).unwrap_or_default();
            let key = (text("title"), text("city"));
            if let Some(place) = places.get(&key).and_then(|at| listed.get_mut(*at)) {
                let machines = read.draft.lists.get(capacity::MACHINES).cloned().unwrap_or_default();
                let all = place.draft.lists.entry(capacity::MACHINES.to_owned()).or_default();
                all.extend(machines.into_iter().take(CAPACITY_ITEMS_MAX.saturating_sub(all.len())));
                continue;
            }
            places.insert(key, listed.len());
        }
        listed.push(read);
    }
    if listed.is_empty() {
        return Err(OkwError::Neither {
            line: head.line,
            reason: "there is no row with a name below its columns".to_owned(),
        });
    }
    told.into(findings);
    Ok(listed)
}

/// The names of columns, each once.
fn names(head: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(head.len());
    for (number, name) in head.iter().enumerate() {
        let mut name = crate::printable::one_line(name);
        if name.is_empty() && number > 0 && number + 1 < head.len() {
            name = format!("column {}", number + 1);
        }
        let same = names.iter().filter(|before| **before == name).count();
        names.push(if same > 0 && !name.is_empty() { format!("{name} ({})", same + 1) } else { name });
    }
    names
}
