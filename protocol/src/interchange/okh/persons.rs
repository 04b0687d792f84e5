//! Who a manifest names.
//!
//! Those who made the design become its authors. Who wrote the manifest or answers questions about it
//! counts as an author only when nobody else is named; otherwise they stay in the manifest file.

use super::fields::{Fields, is_placeholder};
use crate::document::draft::DraftAuthor;
use crate::document::value::Value;
use crate::interchange::Findings;
use crate::limits::{AUTHOR_TEXT_MAX, AUTHORS_MAX};
use crate::printable::shown;

/// Fields that name who made it: the licensor first, since version 2 knows no other.
const MAKERS: &[&str] =
    &["licensor", "author", "authors", "contributors", "contributor", "maintainer", "maintainers"];
/// Fields that name whom to ask.
const OTHERS: &[&str] = &["manifest-author", "contact"];

/// Takes every field that names persons, and says who becomes an author.
pub(super) fn take_authors(fields: &mut Fields, findings: &mut Findings) -> Vec<DraftAuthor> {
    let mut authors = Vec::new();
    for name in MAKERS {
        take(fields, name, &mut authors, findings);
    }
    for name in OTHERS {
        let mut named = Vec::new();
        take(fields, name, &mut named, findings);
        for person in named {
            if authors.is_empty() {
                findings.add(
                    *name,
                    format!("{} is taken as the author, since no other is named", shown(&person.name)),
                );
                authors.push(person);
            } else if !authors.iter().any(|a| a.name == person.name) {
                findings.add(*name, format!("{} is kept in the manifest file only", shown(&person.name)));
            }
        }
    }
    authors.retain(|author| {
        let fits = author.name.len().max(author.contact.as_ref().map_or(0, String::len)) <= AUTHOR_TEXT_MAX;
        if !fits {
            findings.add(
                "licensor",
                format!("{} is too long and is kept in the manifest file only", shown(&author.name)),
            );
        }
        fits
    });
    if authors.len() > AUTHORS_MAX {
        authors.truncate(AUTHORS_MAX);
        findings.add(
            "authors",
            format!("are more than {AUTHORS_MAX}; the others are kept in the manifest file only"),
        );
    }
    authors
}

fn take(fields: &mut Fields, name: &str, into: &mut Vec<DraftAuthor>, findings: &mut Findings) {
    let Some(own) = fields.entry(name).map(|(own, _)| own.to_owned()) else { return };
    let Some(value) = fields.remove(&own) else { return };
    let items = match value {
        Value::List(items) => items,
        one => vec![one],
    };
    for item in items {
        match item {
            Value::Nothing => {}
            Value::Text(text) => text_author(&text).into_iter().for_each(|author| add(into, author)),
            Value::Map(parts) => {
                let text = |name: &str| {
                    let text = parts.get(name).and_then(Value::as_text).map(str::trim);
                    text.filter(|t| !is_placeholder(t)).map(str::to_owned)
                };
                let contacts = ["email", "e-mail", "mail", "url", "website", "web", "orcid"];
                let contact = contacts.iter().find_map(|name| text(name));
                let Some(name) = text("name").or_else(|| text("affiliation")).or_else(|| contact.clone())
                else {
                    continue;
                };
                let kept = |part: &str| {
                    part == "name" || Some(part) == contacts.iter().find(|c| text(c).is_some()).copied()
                };
                let left: Vec<&str> = parts
                    .iter()
                    .filter(|(part, value)| {
                        let says = !matches!(value, Value::Nothing) && text(part).is_none_or(|t| t != name);
                        !kept(part) && says && value.as_text().is_none_or(|t| !is_placeholder(t))
                    })
                    .map(|(part, _)| part.as_str())
                    .collect();
                if !left.is_empty() {
                    let left = shown(&left.join(", "));
                    findings.add(&*own, format!("{left} of {} stay in the manifest file only", shown(&name)));
                }
                add(into, DraftAuthor { name, contact });
            }
            _ => findings.add(
                &*own,
                "names somebody in a way that is not understood; it stays in the manifest file only",
            ),
        }
    }
}

/// `Name <mail>`, a name, or only an address.
fn text_author(text: &str) -> Option<DraftAuthor> {
    let text = text.trim();
    if is_placeholder(text) {
        return None;
    }
    if let Some((name, rest)) = text.split_once('<') {
        let contact = rest.trim_end().trim_end_matches('>').trim();
        let name = if name.trim().is_empty() { contact } else { name.trim() };
        let contact = (!contact.is_empty()).then(|| contact.to_owned());
        return Some(DraftAuthor { name: name.to_owned(), contact }).filter(|a| !a.name.is_empty());
    }
    let contact = (text.contains('@') && !text.contains(' ')).then(|| text.to_owned());
    Some(DraftAuthor { name: text.to_owned(), contact })
}

/// Adds somebody once; a contact that was missing is filled in.
fn add(authors: &mut Vec<DraftAuthor>, author: DraftAuthor) {
    match authors.iter_mut().find(|a| a.name == author.name) {
        Some(known) if known.contact.is_none() => known.contact = author.contact,
        Some(known) if author.contact.is_none() || known.contact == author.contact => {}
        _ => authors.push(author),
    }
}
