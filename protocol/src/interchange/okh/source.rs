//! The three formats of manifests, told by their content, bounded, and read into one [`Tree`].

pub(in crate::interchange) mod json;
mod toml;
pub(in crate::interchange) mod yaml;

use serde_saphyr::Spanned;

use super::OkhError;
use super::tree::Tree;
use crate::interchange::Findings;
use crate::limits::{MANIFEST_MAX, MANIFEST_NODES_MAX};

/// The format a manifest is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Open Know-How 1.
    Yaml,
    /// Open Know-How 2.
    Toml,
    /// Either of them.
    Json,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Format::Yaml => "YAML",
            Format::Toml => "TOML",
            Format::Json => "JSON",
        })
    }
}

/// What is wrong with a text, and where; line and column count from 1.
#[derive(Debug)]
pub(in crate::interchange) struct Fault {
    pub(in crate::interchange) line: u64,
    pub(in crate::interchange) column: u64,
    pub(in crate::interchange) reason: String,
}

/// Reads a manifest's text in the format it looks like; when that fails and another format takes it, in
/// that one. The error is of the format it looks like.
pub(super) fn read(text: &str, findings: &mut Findings) -> Result<(Format, Tree), OkhError> {
    let likely = likely(text);
    let fault = match read_as(likely, text, findings) {
        Ok(tree) => return Ok((likely, tree)),
        Err(fault) => fault,
    };
    for other in [Format::Toml, Format::Json, Format::Yaml] {
        // Nearly every text is YAML: only a map counts.
        if other != likely
            && let Ok(tree @ Tree::Map(_)) = read_as(other, text, findings)
        {
            findings.add(
                "",
                format!(
                    "The manifest looks like {likely} but is not (line {}: {}); it was read as {other}.",
                    fault.line, fault.reason
                ),
            );
            return Ok((other, tree));
        }
    }
    Err(OkhError::Syntax { format: likely, line: fault.line, column: fault.column, reason: fault.reason })
}

/// The most that is read of a text in YAML: bytes, and values with its aliases expanded.
#[derive(Debug, Clone, Copy)]
pub(in crate::interchange) struct Most {
    pub(in crate::interchange) bytes: usize,
    pub(in crate::interchange) values: usize,
}

impl Most {
    const MANIFEST: Self = Self { bytes: MANIFEST_MAX, values: MANIFEST_NODES_MAX };
}

fn read_as(format: Format, text: &str, findings: &mut Findings) -> Result<Tree, Fault> {
    match format {
        Format::Yaml => yaml::read(text, Most::MANIFEST, findings),
        Format::Toml => toml::read(text),
        Format::Json => json::read(text),
    }
}

/// By the first line that says something: a brace is JSON, a key before `=` or a table's head is TOML.
fn likely(text: &str) -> Format {
    let says = |line: &&str| !line.is_empty() && !line.starts_with('#') && !line.starts_with('%');
    let Some(line) = text.lines().map(str::trim).find(says) else { return Format::Yaml };
    if line.starts_with('{') {
        return Format::Json;
    }
    if line.starts_with('[') {
        return Format::Toml;
    }
    match line.find(['=', ':']) {
        Some(at) if line.get(at..).is_some_and(|rest| rest.starts_with('=')) => Format::Toml,
        _ => Format::Yaml,
    }
}

/// The first document of a YAML text with the places of what is in it; else the line, from 1, and what is wrong.
pub(in crate::interchange) fn yaml(text: &str) -> Result<Option<Spanned<Node>>, (u64, String)> {
    let mut findings = Findings::default();
    yaml::first(text, Most::MANIFEST, &mut findings).map_err(|fault| (fault.line, fault.reason))
}

/// The text of a number where it stands.
pub(in crate::interchange) fn number(node: &Spanned<Node>, text: &str) -> Option<String> {
    yaml::literal(node.defined, text)
}

/// One value with the places of what is in it.
pub(in crate::interchange) enum Node {
    Nothing,
    Boolean(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<Node>, Spanned<Node>)>),
}

/// Line and column of a byte.
fn place(text: &str, at: usize) -> (u64, u64) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u64 + 1;
    (line, column)
}

/// The reason when lists and maps lie too deep in each other.
fn too_deep() -> String {
    format!("lists and maps lie more than {} deep in each other", crate::limits::MANIFEST_DEPTH_MAX)
}
