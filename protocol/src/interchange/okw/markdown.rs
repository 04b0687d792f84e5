//! Lists in Markdown: headings, and below each the places in bold with what is known of them.

use super::contacts::{is_email, is_phone};
use super::place::{self, Told};
use super::{Listed, OkwError};
use crate::document::value::Value;
use crate::interchange::Findings;
use crate::limits::{CAPACITY_ROWS_MAX, UNKNOWN_FIELD_MAX};
use crate::printable::one_line;

/// An entry as it is gathered.
struct Entry {
    line: u64,
    name: String,
    category: String,
    lines: Vec<String>,
}

/// Reads a list.
pub(super) fn read(text: &str, findings: &mut Findings) -> Result<Vec<Listed>, OkwError> {
    let mut told = Told::default();
    let mut entries: Vec<Entry> = Vec::new();
    let (mut category, mut open) = (String::new(), false);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim().trim_end_matches('\\').trim_end();
        if let Some(heading) = line.strip_prefix('#') {
            category = one_line(heading.trim_start_matches('#'));
            open = false;
        } else if let Some((name, rest)) = line.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
            if entries.len() == CAPACITY_ROWS_MAX {
                findings.add(
                    format!("line {}", number + 1),
                    format!("is beyond {CAPACITY_ROWS_MAX} entries; what follows is not read"),
                );
                break;
            }
            let name = one_line(name.trim_end_matches([':', ' ']));
            let lines = vec![rest.trim().trim_start_matches(':').trim().to_owned()];
            entries.push(Entry { line: number as u64 + 1, name, category: category.clone(), lines });
            open = true;
        } else if open {
            if let Some(entry) = entries.last_mut() {
                entry.lines.push(line.to_owned());
            }
        } else if !line.is_empty() && line != "---" {
            told.kept_text(number + 1);
        }
    }
    let listed: Vec<Listed> = entries.iter().filter_map(|entry| sheet(entry, &mut told)).collect();
    // A page that only has bold words now and then lists nothing.
    let linked = listed
        .iter()
        .filter(|l| ["website", "street"].iter().any(|name| l.draft.fields.contains_key(*name)))
        .count();
    if listed.is_empty() || linked * 2 < listed.len() {
        let reason = "it is a page of text; a list in Markdown is a table, or has names in bold with an address below each".to_owned();
        return Err(OkwError::Neither { line: 1, reason });
    }
    findings.add(
        "",
        format!(
            "The page was read as a list: {} names in bold, each with what stands below it.",
            listed.len()
        ),
    );
    told.into(findings);
    Ok(listed)
}

fn sheet(entry: &Entry, told: &mut Told) -> Option<Listed> {
    let at = format!("line {}", entry.line);
    let mut fields: Vec<(&str, String)> = vec![("title", entry.name.clone())];
    let (mut description, mut street) = (Vec::new(), Vec::new());
    for line in entry.lines.iter().filter(|line| !line.is_empty()) {
        let (before, address, after) = match link(line) {
            Some((before, address, after)) if !fields.iter().any(|(name, _)| *name == "website") => {
                (before, Some(address), after)
            }
            _ => (line.clone(), None, String::new()),
        };
        if let Some(address) = address {
            fields.push(("website", address));
        }
        for rest in [before, after] {
            let rest = rest.trim();
            if rest.is_empty() {
                continue;
            }
            let words: Vec<&str> = rest.split_whitespace().collect();
            if let [one] = words.as_slice()
                && is_email(one)
            {
                fields.push(("email", (*one).to_owned()));
            } else if is_phone(rest.trim_start_matches('\\')) {
                fields.push(("phone", rest.trim_start_matches('\\').to_owned()));
            } else if is_address(rest) {
                street.push(rest.to_owned());
            } else {
                description.push(rest.trim_matches('_').to_owned());
            }
        }
    }
    if !street.is_empty() {
        fields.push(("street", street.join(", ")));
    }
    if !description.is_empty() {
        let mut text = description.join("\n");
        let mut end = text.len().min(UNKNOWN_FIELD_MAX / 4);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        fields.push(("description", text));
    }
    if !entry.category.is_empty() {
        fields.push(("category", entry.category.clone()));
    }
    let leaves = fields.into_iter().map(|(name, text)| (vec![name.to_owned()], Value::Text(text))).collect();
    place::read(leaves, None, &at, told).map(Listed::sheet)
}

/// The first address of a line with what stands around it: `[text](address)` or a bare one.
fn link(line: &str) -> Option<(String, String, String)> {
    if let Some((before, rest)) = line.split_once('[')
        && let Some((_, rest)) = rest.split_once("](")
        && let Some((address, after)) = rest.split_once(')')
        && address.contains("://")
        && !before.ends_with('!')
    {
        return Some((before.to_owned(), address.trim().to_owned(), after.to_owned()));
    }
    let at = line.find("http://").or_else(|| line.find("https://"))?;
    let (before, rest) = line.split_at(at);
    let (address, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Some((before.to_owned(), address.to_owned(), after.to_owned()))
}

/// Whether a line looks like a postal address: it has a number, few words, and no sentence.
fn is_address(line: &str) -> bool {
    let words = line.split_whitespace().count();
    (2..=10).contains(&words)
        && line.len() <= 90
        && line.chars().any(|c| c.is_ascii_digit())
        && !line.contains(['_', '€', '!', '?', '"', '@'])
        && !line.starts_with(['-', '>', '+'])
        && line
            .split_whitespace()
            .filter(|word| {
                word.trim_matches(',').chars().all(|c| c.is_ascii_digit())
                    || word.starts_with(char::is_uppercase)
            })
            .count()
            >= 2
}
