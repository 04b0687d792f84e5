//! A manifest's fields, found by any spelling of their names.

use std::collections::BTreeMap;

use crate::document::value::Value;
use crate::interchange::Findings;
use crate::limits::DRAFT_TEXT_MAX;
use crate::printable::shown;

/// Fields by their own names.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: BTreeMap<String, Value>,
    /// Own names by the spelling of the specification.
    names: BTreeMap<String, String>,
}

impl Fields {
    pub(super) fn new(values: BTreeMap<String, Value>) -> Self {
        let mut names = BTreeMap::new();
        for name in values.keys() {
            let spelled = spelled(name);
            // The specification's own spelling goes before others of the same field.
            if *name == spelled || !names.contains_key(&spelled) {
                names.insert(spelled, name.clone());
            }
        }
        Self { values, names }
    }

    /// A field that says something, with its own name.
    pub(super) fn entry(&self, name: &str) -> Option<(&str, &Value)> {
        let own = self.names.get(name)?;
        let value = self.values.get(own)?;
        let says = match value {
            Value::Nothing => false,
            Value::Text(text) => !is_placeholder(text),
            _ => true,
        };
        says.then_some((own, value))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|(_, value)| value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    pub(super) fn remove(&mut self, own: &str) -> Option<Value> {
        self.values.remove(own)
    }

    /// Takes the first of these fields that is a text or a number. One of another type is told and stays;
    /// one that is too long for an entry stays, and is told with all that is too large.
    pub(super) fn take_text(&mut self, names: &[&str], findings: &mut Findings) -> Option<String> {
        self.take(names, DRAFT_TEXT_MAX, findings)
    }

    /// The same of a text of any length.
    pub(super) fn take_prose(&mut self, names: &[&str], findings: &mut Findings) -> Option<String> {
        self.take(names, usize::MAX, findings)
    }

    fn take(&mut self, names: &[&str], max: usize, findings: &mut Findings) -> Option<String> {
        for name in names {
            let Some((own, value)) = self.entry(name).map(|(own, value)| (own.to_owned(), value)) else {
                continue;
            };
            let text = match value {
                Value::Text(text) => Some(text.trim().to_owned()),
                Value::Integer(n) => Some(n.to_string()),
                Value::Decimal(n) => Some(n.to_string()),
                Value::List(items) => match items.as_slice() {
                    [Value::Text(text)] if !is_placeholder(text) => Some(text.trim().to_owned()),
                    _ => None,
                },
                _ => None,
            };
            match text {
                Some(text) if text.len() > max => {}
                Some(text) => {
                    self.remove(&own);
                    return Some(text);
                }
                None => findings.add(shown(&own), "is not a text; it is kept as it is and not read"),
            }
        }
        None
    }

    /// Brings fields that lie one map too deep up to where they belong, unless they are there already.
    pub(super) fn lift(&mut self, name: &str, findings: &mut Findings) {
        if self.has("title") || self.has("name") {
            return;
        }
        let Some((own, Value::Map(inner))) = self.entry(name) else { return };
        if !(inner.contains_key("title") || inner.contains_key("name")) {
            return;
        }
        let (own, inner) = (own.to_owned(), inner.clone());
        let mut values = std::mem::take(&mut self.values);
        values.remove(&own);
        for (name, value) in inner {
            if let Some(upper) = values.get(&name).cloned() {
                findings.add(format!("{own}.{name}"), format!("is also given as {name}, which is taken"));
                values.insert(name.clone(), upper);
                values.insert(format!("{own}.{name}"), value);
            } else {
                values.insert(name, value);
            }
        }
        findings.add(own, "holds the manifest's fields; they are read as if they stood at the top");
        *self = Self::new(values);
    }

    /// All fields by the specification's spelling, with their own names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.names
            .iter()
            .filter_map(|(spelled, own)| Some((spelled.as_str(), own.as_str(), self.values.get(own)?)))
    }

    pub(super) fn into_values(self) -> BTreeMap<String, Value> {
        self.values
    }
}

/// The specification's spelling of a field's name: lower case, `-` between words, no prefix.
pub(super) fn spelled(name: &str) -> String {
    let name = name.strip_prefix("okh:").unwrap_or(name).trim();
    let mut spelled = String::with_capacity(name.len() + 4);
    let mut low = false;
    for c in name.chars() {
        if c.is_uppercase() && low {
            spelled.push('-');
        }
        low = c.is_lowercase() || c.is_ascii_digit();
        spelled.extend(if c == '_' || c == ' ' { '-' } else { c }.to_lowercase());
    }
    spelled
}

/// What templates leave behind: `[value]`, `value`, `…`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let plain = text.trim().trim_matches(['[', ']', '<', '>', '\'', '"']);
    plain.is_empty() || matches!(plain, "value" | "Value" | "..." | "…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for name in
            ["made-independently", "madeIndependently", "made_independently", "okh:made-independently"]
        {
            assert_eq!(spelled(name), "made-independently");
        }
        assert_eq!(spelled("Software"), "software");
        assert_eq!(spelled("2d-size-mm"), "2d-size-mm");
    }
}
