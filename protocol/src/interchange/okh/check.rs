//! What a manifest lacks or says in a way that others will not read.

use super::fields::Fields;
use crate::document::value::Value;
use crate::interchange::Findings;
use crate::printable::shown;

/// How far a thing is developed.
pub(super) const TECHNOLOGY: [&str; 6] = ["OTRL-1", "OTRL-2", "OTRL-3", "OTRL-4", "OTRL-5", "OTRL-6"];
/// How far its documentation is.
pub(super) const DOCUMENTATION: [&str; 5] = ["ODRL-1", "ODRL-2", "ODRL-3", "ODRL-3*", "ODRL-4"];

/// Tells what the specifications ask for and is not there, and codes that are none.
pub(super) fn fields(fields: &Fields, findings: &mut Findings) {
    let second = fields.has("okhv") || (fields.has("name") && !fields.has("title"));
    // Title and licence are told where they are read.
    let wanted: &[&[&str]] = if second {
        &[&["okhv"], &["repo", "repository", "project-link"], &["licensor"], &["function"]]
    } else {
        &[&["description"], &["project-link", "documentation-home"]]
    };
    for names in wanted {
        if let [name, ..] = names
            && !names.iter().any(|n| fields.has(n))
        {
            findings.add(*name, "is missing, which Open Know-How asks for");
        }
    }
    coded(fields, "okhv", &["OKH-LOSHv1.0", "2.3", "2.4"], findings);
    coded(fields, "technology-readiness-level", &TECHNOLOGY, findings);
    coded(fields, "documentation-readiness-level", &DOCUMENTATION, findings);
    languages(fields, findings);
    sizes(fields, findings);
}

fn coded(fields: &Fields, name: &str, codes: &[&str], findings: &mut Findings) {
    let Some((own, value)) = fields.entry(name) else { return };
    let code = match value {
        Value::Text(text) => text.clone(),
        Value::Decimal(number) => number.to_string(),
        _ => {
            findings.add(own, format!("is not one of {}; kept as it is", codes.join(", ")));
            return;
        }
    };
    if !codes.contains(&code.as_str()) {
        findings.add(own, format!("is \"{}\", not one of {}; kept as it is", shown(&code), codes.join(", ")));
    }
}

fn languages(fields: &Fields, findings: &mut Findings) {
    for name in ["documentation-language", "manifest-language"] {
        let Some((own, value)) = fields.entry(name) else { continue };
        let texts = match value {
            Value::List(items) => items.iter().filter_map(Value::as_text).collect(),
            value => value.as_text().into_iter().collect::<Vec<_>>(),
        };
        for text in texts.into_iter().filter(|text| !is_language(text)) {
            findings.add(
                own,
                format!("\"{}\" is not a language tag such as fr or en-GB; kept as it is", shown(text)),
            );
        }
    }
}

/// The form of a BCP 47 tag; whether the language exists is not asked.
fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(at, part)| {
        let len = if at == 0 { 2..=3 } else { 1..=8 };
        len.contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

fn sizes(fields: &Fields, findings: &mut Findings) {
    if let Some((own, value)) = fields.entry("outer-dimensions") {
        let sides = ["width", "height", "depth"];
        let right = matches!(value, Value::Map(parts)
            if parts.len() == 3 && sides.iter().all(|s| matches!(parts.get(*s), Some(Value::Integer(_) | Value::Decimal(_)))));
        if !right {
            findings.add(own, "is not width, height and depth as numbers in mm; kept as it is");
        }
    }
    if let Some((own, value)) = fields.entry("mass")
        && !matches!(value, Value::Integer(_) | Value::Decimal(_))
    {
        findings.add(own, "is not a number of grams; kept as it is");
    }
}
