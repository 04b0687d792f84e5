//! TOML 1.0: plain values first, then tables, as people lay it out.

use super::{Written, decimal, quoted};
use crate::document::value::Value;

/// The text.
pub(super) fn text(fields: &Written) -> String {
    let (mut plain, mut tables) = (String::new(), String::new());
    for (name, value) in fields {
        match value {
            Value::Nothing => {}
            Value::Map(parts) => {
                tables += &["\n[", &key(name), "]\n"].concat();
                tables += &rows(parts.iter());
            }
            Value::List(items)
                if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Map(_))) =>
            {
                for item in items {
                    if let Value::Map(parts) = item {
                        tables += &["\n[[", &key(name), "]]\n"].concat();
                        tables += &rows(parts.iter());
                    }
                }
            }
            value => plain += &row(name, value),
        }
    }
    plain + &tables
}

fn rows<'v>(parts: impl Iterator<Item = (&'v String, &'v Value)>) -> String {
    let says = parts.filter(|(_, value)| **value != Value::Nothing);
    says.map(|(name, value)| row(name, value)).collect()
}

fn row(name: &str, value: &Value) -> String {
    [key(name).as_str(), " = ", &inline(value), "\n"].concat()
}

fn inline(value: &Value) -> String {
    match value {
        // A list of TOML has no place for nothing; an empty text says as little.
        Value::Nothing => "\"\"".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(n) => n.to_string(),
        Value::Decimal(n) => decimal(*n),
        Value::Text(text) => quoted(text),
        Value::Quantity(quantity) => quoted(&quantity.to_string()),
        Value::File(hash) => quoted(&hash.to_string()),
        Value::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Map(parts) => {
            let says = parts.iter().filter(|(_, value)| **value != Value::Nothing);
            let parts: Vec<String> =
                says.map(|(name, value)| format!("{} = {}", key(name), inline(value))).collect();
            if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
        }
    }
}

fn key(name: &str) -> String {
    let bare =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare { name.to_owned() } else { quoted(name) }
}
