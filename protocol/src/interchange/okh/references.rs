//! What a manifest says about files: which field, what for, which path.

use super::fields::{Fields, is_placeholder, spelled};
use crate::document::value::Value;

/// Fields that name files, with the role they give. What version 1 and 2 name differently has one role,
/// by the official mapping where it has one.
const FILE_FIELDS: &[(&str, &str)] = &[
    ("readme", "readme"),
    ("image", "image"),
    ("images", "image"),
    ("bom", "bom"),
    ("simplified-bom", "bom"),
    ("source", "source"),
    ("design-files", "source"),
    ("export", "export"),
    ("manufacturing-files", "export"),
    ("auxiliary", "auxiliary"),
    ("schematics", "schematics"),
    ("manufacturing-instructions", "manufacturing-instructions"),
    ("making-instructions", "manufacturing-instructions"),
    ("user-manual", "user-manual"),
    ("operating-instructions", "user-manual"),
    ("contribution-guide", "contribution-guide"),
    ("tool-list", "tool-list"),
    ("tool-settings", "tool-settings"),
    ("risk-assessment", "risk-assessment"),
    ("quality-instructions", "quality-instructions"),
    ("maintenance-instructions", "maintenance-instructions"),
    ("disposal-instructions", "disposal-instructions"),
    ("software", "software"),
    ("installation-guide", "software"),
    ("attestation", "attestation"),
    ("archive-download", "release"),
    ("release", "release"),
    ("documentation-home", "documentation"),
    ("documentation", "documentation"),
    ("files", "auxiliary"),
];

/// Lists of parts of the design, which name files of their own.
const PARTS: &[&str] = &["part", "parts", "modules", "software", "sub-parts"];

/// Under which name an item holds its path.
const PATHS: &[&str] = &["path", "location", "file", "url", "link", "release"];

/// One path or address that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where it stands: `design-files[0].path`.
    pub field: String,
    /// The manifest's own name of the field at the top.
    pub top: String,
    /// What the file is for.
    pub role: &'static str,
    /// The path or address as written.
    pub target: String,
    /// Whether the path is all that the manifest says there, so that a file's role carries it whole.
    pub whole: bool,
}

/// Every path and address in the fields that name files.
pub(super) fn gather(fields: &Fields) -> Vec<Reference> {
    let mut references = Vec::new();
    for (name, own, value) in fields.iter() {
        if let Some(role) = role(name) {
            let at = At { field: own, top: own, role, whole: true };
            items(value, &at, &mut references);
        }
        if PARTS.contains(&name)
            && let Value::List(parts) = value
        {
            for (index, part) in parts.iter().enumerate() {
                let Value::Map(part) = part else { continue };
                for (inner, value) in part {
                    if let Some(role) = role(&spelled(inner)) {
                        let field = format!("{own}[{index}].{inner}");
                        let at = At { field: &field, top: own, role, whole: false };
                        items(value, &at, &mut references);
                    }
                }
            }
        }
    }
    references
}

fn role(name: &str) -> Option<&'static str> {
    FILE_FIELDS.iter().find(|(field, _)| *field == name).map(|(_, role)| *role)
}

struct At<'a> {
    field: &'a str,
    top: &'a str,
    role: &'static str,
    whole: bool,
}

/// One path, a list of them, or maps that hold one.
fn items(value: &Value, at: &At<'_>, references: &mut Vec<Reference>) {
    match value {
        Value::List(list) => {
            for (index, item) in list.iter().enumerate() {
                let field = format!("{}[{index}]", at.field);
                one(item, &At { field: &field, ..*at }, references);
            }
        }
        value => one(value, at, references),
    }
}

fn one(value: &Value, at: &At<'_>, references: &mut Vec<Reference>) {
    let (field, target, whole) = match value {
        Value::Text(text) => (at.field.to_owned(), text, at.whole),
        Value::Map(parts) => {
            let path = PATHS.iter().find_map(|name| Some((name, parts.get(*name)?.as_text()?)));
            let Some((name, text)) = path else { return };
            let says = parts.values().filter(|v| !matches!(v, Value::Nothing)).count();
            push(references, at, format!("{}.{name}", at.field), text, at.whole && says == 1);
            return;
        }
        _ => return,
    };
    push(references, at, field, target, whole);
}

fn push(references: &mut Vec<Reference>, at: &At<'_>, field: String, target: &str, whole: bool) {
    let target = target.trim();
    if !is_placeholder(target) {
        references.push(Reference {
            field,
            top: at.top.to_owned(),
            role: at.role,
            target: target.to_owned(),
            whole,
        });
    }
}
