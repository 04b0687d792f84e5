//! Front matter: what stands between `---` lines at the very top of a page.
//!
//! Only plain `key: value` lines of keys that a procedure has are read; all others are kept as they are.

use crate::document::schema::{self, FieldType, PROCEDURE};
use crate::document::value::Value;
use crate::limits::{AUTHOR_TEXT_MAX, AUTHORS_MAX, FRONT_MATTER_LINES_MAX};

/// The fields that front matter carries, by the key that is written.
pub(super) const FIELDS: [&str; 8] =
    ["title", "version", "language", "keywords", "norms", "derived-from", "duration", "withdrawn"];

/// What front matter says.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// Fields of the procedure.
    pub known: Vec<(&'static str, Value)>,
    /// The licence as written.
    pub licence: Option<String>,
    /// Authors by name.
    pub authors: Vec<String>,
    /// All other lines.
    pub rest: String,
}

/// Divides a page into its front matter and its body, which begins on this line.
pub(super) fn split(page: &str) -> (Option<Front>, &str, usize) {
    let Some(after) = page.strip_prefix("---\n") else { return (None, page, 1) };
    let mut end = 0;
    for (number, line) in after.split_inclusive('\n').enumerate().take(FRONT_MATTER_LINES_MAX) {
        if matches!(line.trim_end(), "---" | "...") {
            let (front, rest) = after.split_at(end);
            let body = rest.get(line.len()..).unwrap_or_default();
            return (Some(read(front)), body, number + 3);
        }
        end += line.len();
    }
    (None, page, 1)
}

/// The field that a key means.
fn field(key: &str) -> Option<&'static str> {
    let key = key.to_lowercase();
    let key = match key.as_str() {
        "titre" | "titel" => "title",
        "lang" | "langue" | "taal" => "language",
        "tags" | "mots-clés" | "trefwoorden" => "keywords",
        "versie" => "version",
        other => other,
    };
    FIELDS.iter().copied().find(|field| *field == key)
}

fn read(text: &str) -> Front {
    let mut front = Front::default();
    let mut lines = text.lines().peekable();
    let mut kept: Vec<&str> = Vec::new();
    while let Some(line) = lines.next() {
        let plain = line.split_once(':').filter(|(key, _)| {
            !key.is_empty() && !key.starts_with([' ', '\t', '#', '-', '"', '\'']) && !key.contains(": ")
        });
        let Some((key, rest)) = plain else {
            kept.push(line);
            continue;
        };
        let inner = |next: &&str| next.starts_with([' ', '\t', '-']);
        if lines.peek().is_some_and(inner) {
            let mut block = vec![line];
            while let Some(next) = lines.next_if(inner) {
                block.push(next);
            }
            let items = block.iter().skip(1).map(|l| l.trim().strip_prefix("- ").and_then(scalar));
            let items: Option<Vec<String>> = items.collect();
            match items {
                Some(items) if is_author(key) && rest.trim().is_empty() => {
                    front.author(items, &mut kept, &block);
                }
                Some(items) if field(key) == Some("keywords") && rest.trim().is_empty() => {
                    front.field("keywords", &items.join("; "), &mut kept, &block);
                }
                _ => kept.extend(block),
            }
            continue;
        }
        let Some(value) = scalar(rest) else {
            kept.push(line);
            continue;
        };
        let block = [line];
        if is_author(key) {
            front.author(several(&value), &mut kept, &block);
        } else if matches!(key.to_lowercase().as_str(), "licence" | "license" | "licentie") {
            let exact = crate::licence::parse(&value).is_ok();
            let had = front.licence.as_deref().is_some_and(|held| crate::licence::parse(held).is_ok());
            if !had && (exact || front.licence.is_none()) {
                front.licence = Some(value);
            }
            // What has to be guessed stays as it was written, beside what was guessed.
            if !exact {
                kept.push(line);
            }
        } else if let Some(field) = field(key) {
            let value = if field == "keywords" { several(&value).join("; ") } else { value };
            front.field(field, &value, &mut kept, &block);
        } else {
            kept.push(line);
        }
    }
    let rest = kept.join("\n").trim_matches('\n').to_owned();
    Front { rest, ..front }
}

impl Front {
    fn field<'t>(&mut self, field: &'static str, text: &str, kept: &mut Vec<&'t str>, block: &[&'t str]) {
        let kind: FieldType = schema::field(PROCEDURE, None, &[field.to_owned()]).kind;
        let fits = |value: &Value| *value != Value::Nothing && value.to_string() == text;
        match kind.read(text).filter(fits) {
            Some(value) if !self.known.iter().any(|(name, _)| *name == field) => {
                self.known.push((field, value));
            }
            _ => kept.extend(block),
        }
    }

    fn author<'t>(&mut self, names: Vec<String>, kept: &mut Vec<&'t str>, block: &[&'t str]) {
        let fits = |name: &String| !name.is_empty() && name.len() <= AUTHOR_TEXT_MAX && !name.contains(';');
        if self.authors.is_empty()
            && !names.is_empty()
            && names.len() <= AUTHORS_MAX
            && names.iter().all(fits)
        {
            self.authors = names;
        } else {
            kept.extend(block);
        }
    }
}

fn is_author(key: &str) -> bool {
    matches!(key.to_lowercase().as_str(), "author" | "authors" | "auteur" | "auteurs")
}

/// `[a, b]` or `a; b`.
fn several(value: &str) -> Vec<String> {
    let inner = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
    let items: Vec<&str> = match inner {
        Some(inner) => inner.split(',').collect(),
        None => value.split(';').collect(),
    };
    let plain = |item: &&str| item.trim().trim_matches(['"', '\'']).trim().to_owned();
    items.iter().map(plain).filter(|item| !item.is_empty()).collect()
}

/// A value on one line: plain, or in quotes.
fn scalar(text: &str) -> Option<String> {
    let text = text.trim();
    let value = match text.chars().next()? {
        '"' => {
            let mut value = String::new();
            let mut chars = text.char_indices().skip(1);
            loop {
                match chars.next()? {
                    (at, '"') => {
                        let after = text.get(at + 1..)?.trim();
                        break (after.is_empty() || after.starts_with('#')).then_some(value)?;
                    }
                    (_, '\\') => match chars.next()?.1 {
                        c @ ('"' | '\\') => value.push(c),
                        _ => return None,
                    },
                    (_, c) => value.push(c),
                }
            }
        }
        '\'' => {
            let (value, after) = text.get(1..)?.split_once('\'')?;
            let after = after.trim();
            (after.is_empty() || after.starts_with('#')).then(|| value.to_owned())?
        }
        '|' | '>' | '&' | '*' | '!' | '{' | '%' | '@' | '`' | '#' => return None,
        _ => text.split_once(" #").map_or(text, |(value, _)| value).trim().to_owned(),
    };
    (!value.is_empty()).then_some(value)
}

/// A value as it is written: plain where that is read as the same text, else in quotes.
pub(super) fn written(value: &str) -> String {
    let value = value.replace(['\n', '\r'], " ");
    let plain =
        !value.contains(": ") && !value.ends_with(':') && !value.starts_with(['-', '[', ',', '?', ':']);
    if plain && scalar(&value).as_deref() == Some(value.as_str()) {
        return value;
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
