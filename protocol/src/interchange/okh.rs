//! Open Know-How manifests: version 1 in YAML, version 2 (LOSH) in TOML, either in JSON.
//!
//! Sources: <https://github.com/iop-alliance/OpenKnowHow> for both versions' fields, and two thousand
//! manifests for what people write. Format and version are told by content, never by a file's name;
//! names of fields are taken in any of their spellings (`made-independently`, `madeIndependently`,
//! `made_independently`).
//!
//! Invariants: a field has its place in the draft, or is kept in `unknown` under its own name, or a
//! finding says that it stays in the manifest file only. Persons are never put into `unknown`, because
//! what lies there is not personal and can't be redacted.
//!
//! Non-goals: validity by the official schemas. What they would refuse is told, not refused.

mod check;
mod fields;
mod persons;
mod references;
pub(in crate::interchange) mod source;
pub(in crate::interchange) mod tree;
mod typed;
pub mod write;

pub use references::Reference;
pub use source::Format;

use std::collections::BTreeMap;

use fields::Fields;

use crate::canonical;
use crate::document::draft::DesignDraft;
use crate::document::value::Value;
use crate::interchange::{Finding, Findings, Given, bom, text};
use crate::licence;
use crate::limits::{FIELD_NAME_MAX, MANIFEST_MAX, TITLE_MAX, UNKNOWN_FIELD_MAX};
use crate::printable::{one_line, shown};

/// Why a manifest can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OkhError {
    /// Longer than [`MANIFEST_MAX`].
    #[error("the manifest has {0} bytes, at most {MANIFEST_MAX} are read; is it a manifest?")]
    TooLong(usize),
    /// Not text.
    #[error("the manifest is not a text file; write it in YAML, TOML or JSON")]
    NotText,
    /// Not readable in its format.
    #[error("the manifest can't be read as {format}, line {line}, column {column}: {reason}")]
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
    /// Not fields with values.
    #[error("the manifest holds {0} from line 1 on, not fields with values such as \"title: My design\"")]
    NotAMap(&'static str),
    /// Neither a title nor anything to make one of.
    #[error("the manifest has no field title (name in version 2); add it, or give a title")]
    NoTitle,
}

/// What was read of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The format it is written in.
    pub format: Format,
    /// The design; its files are not filled in, its BOM holds what the manifest itself lists.
    pub draft: DesignDraft,
    /// Whether the parts it lists are the whole bill of materials, as our exports say: no table is read then.
    pub lists_parts: bool,
    /// What it says about files, to be matched with the files that are there.
    pub references: Vec<Reference>,
    /// What should be known about the reading.
    pub findings: Vec<Finding>,
}

/// Reads a manifest. What is given beside it goes before what it says.
pub fn read(bytes: &[u8], given: &Given) -> Result<Manifest, OkhError> {
    if bytes.len() > MANIFEST_MAX {
        return Err(OkhError::TooLong(bytes.len()));
    }
    let decoded = text::decode(bytes).ok_or(OkhError::NotText)?;
    let mut findings = Findings::default();
    if let Some(remark) = decoded.remark {
        findings.add("", format!("The manifest {remark}."));
    }
    let (format, tree) = source::read(&decoded.text, &mut findings)?;
    let items = match tree {
        tree::Tree::Map(items) => items,
        tree::Tree::List(_) => return Err(OkhError::NotAMap("a list")),
        tree::Tree::Nothing => return Err(OkhError::NotAMap("nothing")),
        _ => return Err(OkhError::NotAMap("a single value")),
    };
    let mut fields = Fields::new(write::restored(tree::settle_map(items, "", &mut findings)));
    fields.lift("project", &mut findings);
    check::fields(&fields, &mut findings);
    let references = references::gather(&fields);
    let lines = typed::lines(&mut fields);
    let lists_parts = lines.is_some();
    let mut draft = draft(&mut fields, given, &mut findings)?;
    if let Some(lines) = lines {
        draft.bom = lines;
    }
    Ok(Manifest { format, draft, lists_parts, references, findings: findings.into_vec() })
}

/// Every path and address in those of these fields that name files.
pub fn named_files(fields: &BTreeMap<String, Value>) -> Vec<Reference> {
    references::gather(&Fields::new(fields.clone()))
}

fn draft(fields: &mut Fields, given: &Given, findings: &mut Findings) -> Result<DesignDraft, OkhError> {
    let typed = typed::read(fields);
    let second = fields.has("okhv") || fields.has("name") && !fields.has("title");
    let title = title(fields, given, findings)?;
    let function = given.function.clone();
    let description = fields.take_prose(&["description"], findings).unwrap_or_default();
    let mut draft = DesignDraft {
        title,
        description,
        version: fields.take_text(&["version", "project-version"], findings),
        licence: licence(fields, given, findings),
        function: function.or_else(|| fields.take_text(&["function", "intended-use"], findings)),
        authors: persons::take_authors(fields, findings),
        bom: take_parts(fields, findings),
        files: Vec::new(),
        typed: typed.fields,
        lists: typed.lists,
        unknown: BTreeMap::new(),
    };
    // Version 1 asks for a description and version 2 for a function: where the other one alone is known, exports
    // say it twice.
    if draft.function.as_deref() == Some(draft.description.as_str()) {
        if second {
            draft.function = None;
        } else {
            draft.description.clear();
        }
    }
    let unknown = unknown(std::mem::take(fields), findings);
    Ok(DesignDraft { unknown, ..draft })
}

/// The given title, the manifest's, or the name of its repository.
fn title(fields: &mut Fields, given: &Given, findings: &mut Findings) -> Result<String, OkhError> {
    let written = fields.take_text(&["title"], findings).or_else(|| fields.take_text(&["name"], findings));
    let title =
        given.title.clone().or(written).map(|title| one_line(&title)).filter(|title| !title.is_empty());
    if let Some(title) = title {
        return Ok(bounded_title(title, findings));
    }
    let page = ["repo", "repository", "project-link", "documentation-home"]
        .iter()
        .find_map(|name| fields.get(name).and_then(Value::as_text))
        .ok_or(OkhError::NoTitle)?;
    let path = page.split_once("://").map_or(page, |(_, rest)| rest);
    let name = path.trim_end_matches('/').split('/').skip(1).last().map(one_line).unwrap_or_default();
    let name = name.trim_end_matches(".git").to_owned();
    if name.is_empty() {
        return Err(OkhError::NoTitle);
    }
    findings.add("title", format!("is missing; the name of its repository, \"{}\", is taken", shown(&name)));
    Ok(bounded_title(name, findings))
}

fn bounded_title(mut title: String, findings: &mut Findings) -> String {
    if title.len() > TITLE_MAX {
        let mut end = TITLE_MAX;
        while !title.is_char_boundary(end) {
            end -= 1;
        }
        title.truncate(end);
        findings.add(
            "title",
            format!("is longer than {TITLE_MAX} bytes and was cut; the manifest file keeps it"),
        );
    }
    title
}

/// The licence of the hardware. The field stays in `unknown` unless all it says is the valid expression
/// that is taken.
fn licence(fields: &mut Fields, given: &Given, findings: &mut Findings) -> Option<String> {
    if let Some(given) = &given.licence {
        let reading = licence::read(given);
        reading.remarks.iter().for_each(|remark| findings.add("licence", remark));
        return reading.expression;
    }
    let names = ["license", "licence", "spdx-license", "hardware-license"];
    let Some((name, value)) = names.iter().find_map(|name| fields.entry(name)) else {
        findings.add("license", "is missing; without a licence nobody may make the design");
        return None;
    };
    let (name, value) = (name.to_owned(), value.clone());
    let (field, text, whole) = match &value {
        Value::Text(text) => (name.clone(), text.clone(), true),
        Value::Map(parts) => {
            let mut found = None;
            // As the official mapping from version 1 to 2 does.
            for part in ["hardware", "documentation", "software"] {
                let text = parts.get(part).and_then(Value::as_text).filter(|t| !fields::is_placeholder(t));
                if let Some(text) = text {
                    found = Some((format!("{name}.{part}"), text.to_owned(), part));
                    break;
                }
            }
            let Some((field, text, part)) = found else {
                findings.add(name, "names no licence; without one nobody may make the design");
                return None;
            };
            if part != "hardware" {
                findings.add(
                    &*field,
                    format!("is taken as the licence of the design, since {name}.hardware is not given"),
                );
            }
            (field, text, false)
        }
        _ => {
            findings.add(name, "is neither a licence expression nor names of licences; kept as it is");
            return None;
        }
    };
    let reading = licence::read(&text);
    reading.remarks.iter().for_each(|remark| findings.add(&*field, remark));
    if whole && reading.exact {
        fields.remove(&name);
    }
    reading.expression
}

/// BOM lines that the manifest lists itself; a list of files stays for the references.
fn take_parts(fields: &mut Fields, findings: &mut Findings) -> Vec<crate::document::draft::DraftPart> {
    let Some((name, value)) = fields.entry("bom").map(|(name, value)| (name.to_owned(), value.clone()))
    else {
        return Vec::new();
    };
    let parts = bom::inline(&name, &value, findings);
    if let Some((parts, whole)) = parts {
        if whole {
            fields.remove(&name);
        }
        return parts;
    }
    Vec::new()
}

/// What has no place in the draft, under its own name.
fn unknown(fields: Fields, findings: &mut Findings) -> BTreeMap<String, Value> {
    let mut unknown = BTreeMap::new();
    for (name, value) in fields.into_values() {
        if value == Value::Nothing {
            continue;
        }
        if name.is_empty() {
            findings.add("", "A field without a name is kept in the manifest file only.");
            continue;
        }
        // Names are bounded as they are read; one that was put together of two may still be too long.
        if name.len() > FIELD_NAME_MAX {
            findings.add(shown(&name), "has too long a name and is kept in the manifest file only");
            continue;
        }
        match canonical::encode(&value) {
            Ok(bytes) if bytes.len() <= UNKNOWN_FIELD_MAX => {
                unknown.insert(name, value);
            }
            _ => findings.add(
                shown(&name),
                format!("is larger than {UNKNOWN_FIELD_MAX} bytes and is kept in the manifest file only"),
            ),
        }
    }
    unknown
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests;
