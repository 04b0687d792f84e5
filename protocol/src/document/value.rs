//! The values a document holds: exact, without floats, bounded in depth.
//!
//! A field of a newer schema, or of a manifest that we don't understand, is kept as such a value.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::FileHash;
use crate::quantity::Quantity;

/// A value of a field. On the wire each is a one-key map that names its type, so that a decimal is
/// never taken for a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// Known to be nothing: an emptied field.
    Nothing,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal; keeps the digits it was written with.
    Decimal(Decimal),
    /// A text that is replaced as a whole.
    Text(String),
    /// A number with its unit.
    Quantity(Quantity),
    /// A file, by its hash.
    File(FileHash),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// How deep lists and maps lie in each other; 0 for a plain value. Stops counting above `limit`.
    pub fn depth(&self, limit: usize) -> usize {
        let inner = |v: &Value| if limit == 0 { 1 } else { v.depth(limit - 1) };
        match self {
            Value::List(items) => 1 + items.iter().map(inner).max().unwrap_or(0),
            Value::Map(items) => 1 + items.values().map(inner).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }
}

/// As people write it, where the type of its field says what it is.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nothing => Ok(()),
            Value::Boolean(value) => f.write_str(if *value { "yes" } else { "no" }),
            Value::Integer(value) => value.fmt(f),
            Value::Decimal(value) => value.fmt(f),
            Value::Text(text) => f.write_str(text),
            Value::Quantity(quantity) => quantity.fmt(f),
            Value::File(hash) => hash.fmt(f),
            Value::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    let between = if number == 0 { "" } else { "; " };
                    write!(f, "{between}{item}")?;
                }
                Ok(())
            }
            Value::Map(items) => {
                for (number, (name, value)) in items.iter().enumerate() {
                    let between = if number == 0 { "" } else { ", " };
                    write!(f, "{between}{name}: {value}")?;
                }
                Ok(())
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::canonical;

    #[test]
    fn values_travel_canonically() {
        let value = Value::Map(BTreeMap::from([
            ("mass".into(), Value::Quantity("1.50 kg".parse().unwrap())),
            (
                "parts".into(),
                Value::List(vec![
                    Value::Integer(-3),
                    Value::Decimal("0.10".parse().unwrap()),
                    Value::Nothing,
                ]),
            ),
        ]));
        let bytes = canonical::encode(&value).unwrap();
        assert_eq!(canonical::decode::<Value>(&bytes).unwrap(), value);
        assert_eq!(value.depth(16), 2);
    }
}
