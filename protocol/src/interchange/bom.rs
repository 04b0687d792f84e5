//! Bills of materials: tables as electronics and drawing programs and spreadsheets write them, and lists in a manifest.
//!
//! Goals: find the header under whatever stands above it, know its columns by their usual names in
//! English, French, Dutch and German, keep every other column under its own name, and say of each row
//! that is not taken as a part why. Quantities are exact or not given at all.
//!
//! Non-goals: spreadsheets' own formats and HTML.

mod amount;
mod columns;

use std::collections::BTreeMap;

use columns::Columns;

use crate::canonical;
use crate::document::draft::DraftPart;
use crate::document::value::Value;
use crate::interchange::{Finding, Findings, text};
use crate::limits::{BOM_COLUMNS_MAX, BOM_LINES_MAX, BOM_MAX, DRAFT_TEXT_MAX};
use crate::printable::shown;

/// Why a table can't be read as a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BomError {
    /// Longer than [`BOM_MAX`].
    #[error("it has {0} bytes, at most {BOM_MAX} are read")]
    TooLong(usize),
    /// Not text.
    #[error("it is not a text table; export it as CSV")]
    NotText,
    /// No row names columns.
    #[error("no row in it names its columns; begin it with a row such as \"Part,Quantity,Note\"")]
    NoHeader,
}

/// What was read of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bom {
    /// Its lines, in order.
    pub parts: Vec<DraftPart>,
    /// What should be known, by `path:line`.
    pub findings: Vec<Finding>,
}

/// Rows looked at for the header: some programs write a page about the project first.
const HEADER_ROWS: usize = 40;
/// Rows by which the delimiter is chosen.
const SNIFFED_ROWS: usize = 50;

/// A row with the line it stands on.
pub(in crate::interchange) struct Row {
    pub(in crate::interchange) line: u64,
    pub(in crate::interchange) cells: Vec<String>,
}

impl Row {
    /// Whether it only draws a line, as below the header of a table in Markdown.
    pub(in crate::interchange) fn is_rule(&self) -> bool {
        self.cells.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | '=')))
    }
}

/// Reads a table of parts. `name` is what findings call it.
pub fn read(name: &str, bytes: &[u8]) -> Result<Bom, BomError> {
    if bytes.len() > BOM_MAX {
        return Err(BomError::TooLong(bytes.len()));
    }
    let decoded = text::decode(bytes).ok_or(BomError::NotText)?;
    let mut findings = Findings::default();
    if let Some(remark) = decoded.remark {
        findings.add(name, remark);
    }
    let rows = rows(name, &decoded.text, &mut findings);
    let header = rows
        .iter()
        .take(HEADER_ROWS)
        .position(|row| columns::is_header(&row.cells))
        .ok_or(BomError::NoHeader)?;
    let (above, rows) = rows.split_at(header);
    let Some((header, rows)) = rows.split_first() else { return Err(BomError::NoHeader) };
    for row in above {
        skipped(name, row, "stands above the header", &mut findings);
    }
    let below: Vec<&[String]> = rows.iter().map(|row| row.cells.as_slice()).collect();
    let columns = Columns::of(&header.cells, &below);
    if columns.counts_references() {
        findings.add(name, "has no column for quantities; they are counted from the designators");
    }
    let mut parts = Vec::new();
    for row in rows.iter().filter(|row| !row.is_rule()) {
        if parts.len() == BOM_LINES_MAX {
            let line = row.line;
            findings.add(
                format!("{name}:{line}"),
                format!("is beyond {BOM_LINES_MAX} parts; it and what follows are not read"),
            );
            break;
        }
        let len: usize = row.cells.iter().map(String::len).sum();
        if len > DRAFT_TEXT_MAX {
            let why = format!("has {len} bytes, more than {DRAFT_TEXT_MAX},");
            skipped(name, row, &why, &mut findings);
            continue;
        }
        match columns.part(&row.cells) {
            Ok(taken) => {
                for what in taken.remarks {
                    findings.add(format!("{name}:{}", row.line), what);
                }
                parts.push(taken.part);
            }
            Err(why) => skipped(name, row, why, &mut findings),
        }
    }
    Ok(Bom { parts, findings: findings.into_vec() })
}

fn skipped(name: &str, row: &Row, why: &str, findings: &mut Findings) {
    let text = row.cells.iter().filter(|c| !c.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ");
    if !text.is_empty() {
        findings.add(
            format!("{name}:{}", row.line),
            format!("\"{}\" {why} and is not read as a part", shown(&text)),
        );
    }
}

/// All rows, by the delimiter that divides most of the first ones alike.
pub(in crate::interchange) fn rows(name: &str, text: &str, findings: &mut Findings) -> Vec<Row> {
    // Excel's own note on its delimiter.
    let told = text.lines().next().and_then(|line| line.trim().strip_prefix("sep=")).map(str::as_bytes);
    let delimiter = match told {
        Some(&[delimiter]) => delimiter,
        _ => [b',', b';', b'\t', b'|']
            .into_iter()
            .max_by_key(|delimiter| {
                // The last of equals wins, so the comma is asked with a small advantage.
                evenness(text, *delimiter) * 2 + usize::from(*delimiter == b',')
            })
            .unwrap_or(b','),
    };
    let mut rows = Vec::new();
    for record in reader(text, delimiter).records().skip(usize::from(told.is_some())) {
        // A text is always readable as rows; should the crate find a fault, it is told.
        let Ok(record) = record else {
            findings.add(name, "has a row that can't be read");
            continue;
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() > BOM_COLUMNS_MAX {
            findings.add(
                format!("{name}:{line}"),
                format!("has more than {BOM_COLUMNS_MAX} columns; the others are not read"),
            );
        }
        let cells: Vec<String> =
            record.iter().take(BOM_COLUMNS_MAX).map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().any(|cell| cell.lines().count() > 20) {
            findings.add(
                format!("{name}:{line}"),
                "has a cell of more than 20 lines; perhaps a quotation mark is not closed",
            );
        }
        rows.push(Row { line, cells });
    }
    rows
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// How many of the first rows have the most usual number of cells, if that is more than one, times it.
fn evenness(text: &str, delimiter: u8) -> usize {
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for record in reader(text, delimiter).records().take(SNIFFED_ROWS).flatten() {
        *widths.entry(record.len()).or_default() += 1;
    }
    widths
        .into_iter()
        .filter(|(width, _)| *width > 1)
        .map(|(width, rows)| width.min(30) * rows)
        .max()
        .unwrap_or(0)
}

/// Lines that a manifest lists itself: a list of maps by the same names as columns, or of plain names.
/// `None` when the field names files instead. The flag says whether the lines hold all of the field.
pub(crate) fn inline(field: &str, value: &Value, findings: &mut Findings) -> Option<(Vec<DraftPart>, bool)> {
    let Value::List(items) = value else { return None };
    let mut parts = Vec::new();
    let mut whole = true;
    for (at, item) in items.iter().enumerate() {
        let field = format!("{field}[{at}]");
        match item {
            Value::Map(cells) if !names_a_file(cells) => match columns::part_of(cells) {
                Ok(_) if canonical::encode(item).map_or(true, |bytes| bytes.len() > DRAFT_TEXT_MAX) => {
                    whole = false;
                    findings.add(
                        &*field,
                        format!("has more than {DRAFT_TEXT_MAX} bytes and is not read as a part"),
                    );
                }
                Ok(taken) => {
                    taken.remarks.into_iter().for_each(|what| findings.add(&*field, what));
                    parts.push(taken.part);
                }
                Err(why) => {
                    whole = false;
                    findings.add(&*field, format!("{why} and is not read as a part"));
                }
            },
            Value::Text(text)
                if !text.trim().is_empty() && text.len() <= DRAFT_TEXT_MAX && !looks_like_path(text) =>
            {
                parts.push(DraftPart { part: text.trim().to_owned(), ..DraftPart::default() });
            }
            _ => whole = false,
        }
        if parts.len() == BOM_LINES_MAX {
            findings.add(
                field,
                format!("is beyond {BOM_LINES_MAX} parts; what follows is kept in the manifest file only"),
            );
            return Some((parts, false));
        }
    }
    (!parts.is_empty()).then_some((parts, whole))
}

fn names_a_file(cells: &BTreeMap<String, Value>) -> bool {
    ["path", "file", "location"].iter().any(|name| cells.get(*name).is_some_and(|v| v.as_text().is_some()))
}

/// Whether a text is a path or address rather than words: an address, or no blank-separated list and a
/// stroke or an extension in it.
pub(crate) fn looks_like_path(text: &str) -> bool {
    let text = text.trim();
    if text.contains("://") {
        return true;
    }
    let extension = text.rsplit_once('.').map(|(_, extension)| extension);
    let has_extension =
        extension.is_some_and(|e| (1..=8).contains(&e.len()) && e.chars().all(|c| c.is_ascii_alphanumeric()));
    !text.contains('\n')
        && !text.contains(", ")
        && (has_extension || (text.contains('/') && !text.contains(' ')))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn quantity(part: &DraftPart) -> String {
        part.quantity.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn a_kicad_table_gives_its_parts_with_every_column() {
        let text = "\"Reference\",\"Value\",\"Footprint\",\"Qty\",\"DNP\"\n\"C1,C2\",\"100n\",\"C_0603\",\"2\",\"\"\n";
        let bom = read("bom.csv", text.as_bytes()).unwrap();
        assert_eq!(bom.findings, []);
        let part = &bom.parts[0];
        assert_eq!((part.part.as_str(), quantity(part).as_str()), ("100n", "2 {piece}"));
        assert_eq!(part.reference.as_deref(), Some("C1,C2"));
        assert_eq!(part.unknown, BTreeMap::from([("Footprint".into(), "C_0603".into())]));
    }

    #[test]
    fn delimiters_marks_and_encodings_are_told_by_content() {
        for bytes in [
            &b"\xef\xbb\xbfBezeichnung;Menge;Einheit\r\nBlech 2,5 mm;1,5;m\r\n"[..],
            b"Bezeichnung\tMenge\tEinheit\nBlech 2,5 mm\t1,5\tm\n",
            b"sep=;\nBezeichnung;Menge;Einheit\nBlech 2,5 mm;1,5;m\n",
            b"Bezeichnung,Menge,Einheit\n\"Blech 2,5 mm\",\"1,5\",m\n",
        ] {
            let bom = read("bom.csv", bytes).unwrap();
            assert_eq!(
                (bom.parts[0].part.as_str(), quantity(&bom.parts[0]).as_str()),
                ("Blech 2,5 mm", "1.5 m")
            );
            assert_eq!(bom.findings, []);
        }
        let bom = read(
            "bom.csv",
            "Désignation;Quantité\nécrou;4\n".chars().map(|c| c as u8).collect::<Vec<_>>().as_slice(),
        );
        let bom = bom.unwrap();
        assert_eq!(bom.parts[0].part, "écrou");
        assert!(bom.findings[0].what.contains("Windows-1252"));
    }

    #[test]
    fn what_is_no_part_is_told_with_its_line() {
        let text = "Source:,board.sch\nDate:,today\n\nItem,Quantity,Cost,Source\n,,,\nM3 nut,16,0.88,shop\nTOTAL,,~100,\n\"NOTE: prices are for the minimum, order\",,,\n";
        let bom = read("bom.csv", text.as_bytes()).unwrap();
        assert_eq!(bom.parts.len(), 1);
        assert_eq!(bom.parts[0].unknown["Cost"], "0.88".into());
        let fields: Vec<&str> = bom.findings.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["bom.csv:1", "bom.csv:2", "bom.csv:7", "bom.csv:8"]);
        assert!(bom.findings[2].what.contains("TOTAL"));
    }

    #[test]
    fn a_quantity_that_is_not_exact_is_kept_as_text_and_told() {
        let bom = read("b", b"Part,Qty\nglue,some\nscrew,\"1,000\"\nwire,2.50 m\nnut,4x\n").unwrap();
        let shown: Vec<String> = bom.parts.iter().map(quantity).collect();
        assert_eq!(shown, ["", "", "2.50 m", "4 {piece}"]);
        assert_eq!(bom.parts[0].unknown["Qty"], "some".into());
        // The line of a document has a field of this name, which would hide the text.
        let small = read("b", b"part,quantity,note,note\nglue,some,a,b\n").unwrap();
        let names: Vec<&String> = small.parts[0].unknown.keys().collect();
        assert_eq!(names, ["note (2)", "quantity (as written)"]);
        assert_eq!(bom.parts[1].unknown["Qty"], "1,000".into());
        assert_eq!(bom.findings.len(), 2);
    }

    #[test]
    fn without_quantities_designators_are_counted() {
        let bom = read("b", b"Comment,Designator,Footprint,LCSC\n10k,\"R1, R2,R3\",0603,C1\nAVR,U1,QFP,C2\n")
            .unwrap();
        assert_eq!((bom.parts[0].part.as_str(), quantity(&bom.parts[0]).as_str()), ("10k", "3 {piece}"));
        assert_eq!(quantity(&bom.parts[1]), "1 {piece}");
    }

    #[test]
    fn a_table_in_markdown_is_a_table() {
        let text = "# Parts\n\n| Part | Qty | Note |\n|:---|---:|---|\n| M3 nut | 4 | steel |\n";
        let bom = read("bom.md", text.as_bytes()).unwrap();
        assert_eq!(bom.parts.len(), 1);
        assert_eq!((bom.parts[0].part.as_str(), quantity(&bom.parts[0]).as_str()), ("M3 nut", "4 {piece}"));
        assert_eq!(bom.parts[0].note.as_deref(), Some("steel"));
    }

    #[test]
    fn columns_of_one_name_and_of_none_are_kept_apart() {
        let bom = read("b", b"Part,Qty,Link,Link,\nnut,1,a,b,c\n").unwrap();
        let names: Vec<&String> = bom.parts[0].unknown.keys().collect();
        assert_eq!(names, ["Link", "Link (2)", "column 5"]);
    }

    #[test]
    fn what_is_no_table_is_refused_with_the_reason() {
        assert_eq!(read("b", b"PK\x03\x04\0"), Err(BomError::NotText));
        assert_eq!(read("b", b"# Parts\n\n- two nuts\n"), Err(BomError::NoHeader));
        assert_eq!(read("b", b""), Err(BomError::NoHeader));
        assert_eq!(read("b", &vec![b'a'; BOM_MAX + 1]), Err(BomError::TooLong(BOM_MAX + 1)));
    }

    #[test]
    fn hostile_tables_are_bounded() {
        let wide = format!("Part,Qty{}\nnut,1{}\n", ",x".repeat(5_000), ",y".repeat(5_000));
        assert!(read("b", wide.as_bytes()).unwrap().parts[0].unknown.len() <= BOM_COLUMNS_MAX);
        let long = format!("Part,Qty\n{}", "nut,1\n".repeat(BOM_LINES_MAX + 5));
        let bom = read("b", long.as_bytes()).unwrap();
        assert_eq!((bom.parts.len(), bom.findings.len()), (BOM_LINES_MAX, 1));
        let cell = format!("Part,Qty\nnut,1\n{},1\n", "n".repeat(DRAFT_TEXT_MAX));
        let bom = read("b", cell.as_bytes()).unwrap();
        assert_eq!((bom.parts.len(), bom.findings[0].field.as_str()), (1, "b:3"));
        let open = format!("Part,Qty\n\"nut,1\n{}", "nut,1\n".repeat(100));
        assert!(
            read("b", open.as_bytes()).unwrap().findings.iter().any(|f| f.what.contains("quotation mark"))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
                                     head in "(Part|Qty|Ref|Note|\"|,|;|\n|\t){0,8}") {
            let _ = read("b", &[head.as_bytes(), b"\n", &bytes].concat());
        }
    }
}
