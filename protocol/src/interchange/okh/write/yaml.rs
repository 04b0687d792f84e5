//! YAML 1.2: blocks where people read, quotation marks wherever a plain text could be taken for something else.

use super::{Written, decimal, quoted};
use crate::document::value::Value;

/// The text.
pub(super) fn text(fields: &Written) -> String {
    let mut text = "# Open Know-How Manifest 1.0\n---\n".to_owned();
    for (name, value) in fields {
        text += &[key(name).as_str(), ":", &block(value, 0), "\n"].concat();
    }
    text
}

/// What stands behind a key's colon, or a list's dash, at this depth.
fn block(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    match value {
        Value::List(items) if !items.is_empty() => {
            let item = |item: &Value| format!("\n{indent}-{}", within(item, depth + 1));
            items.iter().map(item).collect()
        }
        Value::Map(parts) if !parts.is_empty() => {
            let part = |(name, value): (&String, &Value)| {
                format!("\n{indent}{}:{}", key(name), block(value, depth + 1))
            };
            parts.iter().map(part).collect()
        }
        Value::Text(text) if is_literal(text) => {
            let line =
                |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("\n{indent}{line}") };
            format!(" |-{}", text.split('\n').map(line).collect::<String>())
        }
        value => format!(" {}", flow(value)),
    }
}

/// An item of a list: a map begins on the dash's own line.
fn within(value: &Value, depth: usize) -> String {
    match value {
        Value::Map(parts) if !parts.is_empty() => {
            let indent = "  ".repeat(depth + 1);
            let part = |(at, (name, value)): (usize, (&String, &Value))| {
                let before = if at == 0 { " ".to_owned() } else { format!("\n{indent}") };
                format!("{before}{}:{}", key(name), block(value, depth + 1))
            };
            parts.iter().enumerate().map(part).collect()
        }
        value => block(value, depth),
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::Nothing => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(n) => n.to_string(),
        Value::Decimal(n) => decimal(*n),
        Value::Text(text) => scalar(text),
        Value::Quantity(quantity) => quoted(&quantity.to_string()),
        Value::File(hash) => quoted(&hash.to_string()),
        Value::List(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
    }
}

/// Whether a text can stand as lines.
fn is_literal(text: &str) -> bool {
    let line = |line: &str| !line.ends_with([' ', '\t']) && !line.starts_with('\t');
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with('\n')
        && text.split('\n').all(line)
        && !text
            .chars()
            .any(|c| c != '\n' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')))
}

/// A text without quotation marks only where nothing else can be meant.
fn scalar(text: &str) -> String {
    let begins = text.starts_with(|c: char| c.is_alphabetic());
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | ',' | '(' | ')');
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "infinity"];
    let is_plain = begins
        && text.chars().all(plain)
        && !text.ends_with(' ')
        && text.len() < 200
        && !reserved.contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { quoted(text) }
}

fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if plain { scalar(name) } else { quoted(name) }
}
