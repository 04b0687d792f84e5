//! Lists of places and machines: Open Know-Where in YAML, JSON and CSV, lists of fab labs, catalogues of machines,
//! lists of suppliers in Markdown.
//!
//! Nobody writes one form. So a file is told by its content: values in maps (YAML, JSON, `GeoJSON`), a table with names
//! above its columns (whatever divides it), or headings with entries below. Of each the names of fields are looked up
//! in English, French and Dutch, however they are spelled and nested.
//!
//! Invariants: what is read of a place has its field in a capacity sheet, or is kept below `okw/` under its own name and
//! told; persons, addresses of e-mail and telephones go into contacts, which are personal, and nowhere else; input is
//! bounded in bytes, values, rows and fields; a file that names neither places nor machines is refused with line and
//! reason.

use crate::document::draft::Draft;
use crate::document::schema::{Kind, capacity};
use crate::interchange::okh::source::{Fault, Most, json, yaml};
use crate::interchange::okh::tree::Tree;
use crate::interchange::{Finding, Findings, text};
use crate::limits::{CAPACITY_FILE_MAX, CAPACITY_VALUES_MAX};

mod atoms;
mod columns;
mod contacts;
mod machines;
mod markdown;
mod measure;
mod place;
mod records;
mod table;
mod write;

pub use measure::{Extent, extents};
pub use write::{json as to_json, tree_of, yaml as to_yaml};

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Maps and lists.
    Yaml,
    /// Maps and lists.
    Json,
    /// A table of one line a row: CSV, TSV, with semicolons, or in Markdown.
    Table,
    /// Headings with an entry for each place below.
    Markdown,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Format::Yaml => "YAML",
            Format::Json => "JSON",
            Format::Table => "a table",
            Format::Markdown => "Markdown",
        })
    }
}

/// Why a file can't be read as places or machines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OkwError {
    /// Longer than [`CAPACITY_FILE_MAX`].
    #[error("the file has {0} bytes, at most {CAPACITY_FILE_MAX} are read; divide it")]
    TooLong(usize),
    /// Not text.
    #[error("the file is not text; export it as CSV, JSON or YAML")]
    NotText,
    /// Not readable in its format.
    #[error("the file can't be read as {format}, line {line}, column {column}: {reason}")]
    Syntax {
        /// The format it looks like.
        format: Format,
        /// Counted from 1.
        line: u64,
        /// Counted from 1, in characters.
        column: u64,
        /// What is wrong there.
        reason: String,
    },
    /// Readable, and about something else.
    #[error("the file names neither places nor machines, line {line}: {reason}")]
    Neither {
        /// Where it can be seen, counted from 1.
        line: u64,
        /// Why.
        reason: String,
    },
}

/// A sheet or a machine model as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// [`capacity::KIND`] or [`capacity::MODEL`].
    pub kind: &'static Kind,
    /// What it says.
    pub draft: Draft,
}

impl Listed {
    /// What it is called.
    pub fn title(&self) -> &str {
        self.draft.fields.get("title").and_then(|title| title.as_text()).unwrap_or_default()
    }

    fn sheet(draft: Draft) -> Self {
        Self { kind: &capacity::KIND, draft }
    }
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What it is written in.
    pub format: Format,
    /// The places or machine models in it, in order.
    pub listed: Vec<Listed>,
    /// What should be known about the reading.
    pub findings: Vec<Finding>,
}

/// Reads a file. `name` is what a sheet is called when the file holds one place and doesn't say.
///
/// # Errors
/// It can't be read, or is about something else.
pub fn read(bytes: &[u8], name: &str) -> Result<Read, OkwError> {
    if bytes.len() > CAPACITY_FILE_MAX {
        return Err(OkwError::TooLong(bytes.len()));
    }
    let decoded = text::decode(bytes).ok_or(OkwError::NotText)?;
    let mut findings = Findings::default();
    if let Some(remark) = decoded.remark {
        findings.add("", format!("The file {remark}."));
    }
    let text = decoded.text.as_str();
    let (format, listed) = match likely(text) {
        Format::Json => {
            (Format::Json, records::read(values(Format::Json, text, &mut findings)?, name, &mut findings)?)
        }
        Format::Yaml => {
            (Format::Yaml, records::read(values(Format::Yaml, text, &mut findings)?, name, &mut findings)?)
        }
        Format::Table => (Format::Table, table::read(text, &mut findings)?),
        Format::Markdown => match table::read(text, &mut findings) {
            Ok(listed) => (Format::Table, listed),
            Err(_) => (Format::Markdown, markdown::read(text, &mut findings)?),
        },
    };
    Ok(Read { format, listed, findings: findings.into_vec() })
}

fn values(format: Format, text: &str, findings: &mut Findings) -> Result<Tree, OkwError> {
    let most = Most { bytes: CAPACITY_FILE_MAX, values: CAPACITY_VALUES_MAX };
    let tree = if format == Format::Json { json::read(text) } else { yaml::read(text, most, findings) };
    tree.map_err(|Fault { line, column, reason }| OkwError::Syntax { format, line, column, reason })
}

/// What a text is written in, by its first lines: a bracket begins JSON; `#` at a line's beginning with no fields below
/// is a heading; a table has names of places or machines in one row; else it is YAML.
fn likely(text: &str) -> Format {
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim_start();
    if first.starts_with(['{', '[']) {
        return Format::Json;
    }
    if table::has_header(text) {
        return Format::Table;
    }
    let lines = || text.lines().map(str::trim_end).take(2_000);
    let headings = lines().filter(|line| line.starts_with("## ") || line.starts_with("# ")).count();
    let bold = lines().filter(|line| line.starts_with("**")).count();
    let fields = lines().filter(|line| is_field(line)).count();
    if bold > 0 && headings + bold > fields || headings > 0 && fields == 0 {
        return Format::Markdown;
    }
    if fields > 0 { Format::Yaml } else { Format::Table }
}

/// Whether a line begins with the name of a field and a colon, or with an item that does.
fn is_field(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    let name =
        line.split_once(':').map(|(name, rest)| (name, rest.is_empty() || rest.starts_with([' ', '\t'])));
    name.is_some_and(|(name, value)| {
        value
            && !name.is_empty()
            && name.len() <= 60
            && !name.starts_with(['#', '*', '[', '|', '>'])
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.' | '"' | '\''))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;
