//! A manifest's values before they are settled: numbers by their text, repeated keys still there.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::document::value::Value;
use crate::interchange::Findings;
use crate::limits::FIELD_NAME_MAX;
use crate::printable::shown;

/// What the three formats have in common. Depth is bounded by whoever builds it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::interchange) enum Tree {
    Nothing,
    Boolean(bool),
    /// By its text in the source, so that it stays exact.
    Number(String),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    /// The value; what had to be decided on the way is told under `field`.
    pub(in crate::interchange) fn settle(self, field: &str, findings: &mut Findings) -> Value {
        match self {
            Tree::Nothing => Value::Nothing,
            Tree::Boolean(value) => Value::Boolean(value),
            Tree::Text(text) => Value::Text(text),
            Tree::Number(text) => number(&text).unwrap_or_else(|| {
                findings.add(
                    field,
                    format!(
                        "is the number {}, which can't be kept exactly and is kept as text",
                        shown(&text)
                    ),
                );
                Value::Text(text)
            }),
            Tree::List(items) => Value::List(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(at, item)| item.settle(&format!("{field}[{at}]"), findings))
                    .collect(),
            ),
            Tree::Map(items) => Value::Map(settle_map(items, field, findings)),
        }
    }
}

/// A map; of a repeated key the last value is taken, as most readers do.
pub(in crate::interchange) fn settle_map(
    items: Vec<(String, Tree)>,
    field: &str,
    findings: &mut Findings,
) -> BTreeMap<String, Value> {
    let mut map = BTreeMap::new();
    for (name, item) in items {
        let inner = if field.is_empty() { shown(&name) } else { format!("{field}.{}", shown(&name)) };
        if name.len() > FIELD_NAME_MAX {
            findings.add(inner, "has too long a name and is kept in the manifest file only");
            continue;
        }
        let value = item.settle(&inner, findings);
        if map.insert(name, value).is_some() {
            findings.add(inner, "is given twice; the last one is taken");
        }
    }
    map
}

/// A number exactly: whole, decimal with its digits, or with an exponent when that fits.
fn number(text: &str) -> Option<Value> {
    let plain = text.replace('_', "");
    let plain = plain.strip_prefix('+').unwrap_or(&plain);
    let (sign, digits) = plain.strip_prefix('-').map_or((1, plain), |digits| (-1, digits));
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            // A second sign is none: it would also turn the least number into one that is none.
            let unsigned = digits.starts_with(|c: char| c.is_ascii_hexdigit());
            let number = i64::from_str_radix(digits, radix).ok().filter(|_| unsigned);
            return number.map(|n| Value::Integer(sign * n));
        }
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    plain.parse().map(Value::Integer).ok().or_else(|| {
        let exact = Decimal::from_str_exact(plain);
        exact.or_else(|_| Decimal::from_scientific(plain)).ok().map(Value::Decimal)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (text, shown) in
            [("1.10", "1.10"), ("200.0", "200.0"), (".5", "0.5"), ("1.5e3", "1500"), ("+0.10", "0.10")]
        {
            assert_eq!(number(text), Some(Value::Decimal(shown.parse().unwrap())), "{text}");
        }
        for (text, n) in [("-3", -3), ("1_000", 1000), ("0xB", 11), ("-0x10", -16), ("0", 0)] {
            assert_eq!(number(text), Some(Value::Integer(n)), "{text}");
        }
        for text in [
            "nan",
            "inf",
            "-.inf",
            "1e400",
            "0.12345678901234567890123456789012345",
            "",
            "-",
            "0x",
            "0x-1",
            "-0x-8000000000000000",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
