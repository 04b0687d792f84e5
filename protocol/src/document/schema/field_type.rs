//! The types of fields: what a register of each may hold, and how people write and read it.

use rust_decimal::Decimal;

use crate::document::value::Value;

/// What a field may hold. [`Value::Nothing`] always fits: an emptied field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A text that is replaced as a whole.
    Text,
    /// Several texts, replaced as a whole.
    Texts,
    /// A collaborative text, changed by splices.
    Prose,
    /// An exact amount with its unit.
    Quantity,
    /// An exact decimal without a unit, such as degrees of latitude.
    Decimal,
    /// A file by its hash.
    File,
    /// A whole number that isn't negative.
    Count,
    /// Yes or no.
    Boolean,
    /// A relative path with `/` between its names and no `.` or `..` among them.
    RelativePath,
    /// Anything.
    Any,
}

impl FieldType {
    /// Whether a register of this type may hold the value.
    pub fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Nothing)
            | (FieldType::Any, _)
            | (FieldType::Text, Value::Text(_))
            | (FieldType::Quantity, Value::Quantity(_))
            | (FieldType::Decimal, Value::Decimal(_))
            | (FieldType::Boolean, Value::Boolean(_))
            | (FieldType::File, Value::File(_)) => true,
            (FieldType::Texts, Value::List(items)) => {
                items.iter().all(|item| matches!(item, Value::Text(text) if !text.is_empty()))
            }
            (FieldType::Count, Value::Integer(n)) => *n >= 0,
            (FieldType::RelativePath, Value::Text(path)) => is_relative_path(path),
            _ => false,
        }
    }

    /// Whether a collaborative text may stand there.
    pub fn takes_prose(self) -> bool {
        matches!(self, FieldType::Prose | FieldType::Any)
    }

    /// What it may hold, for people.
    pub fn expected(self) -> &'static str {
        match self {
            FieldType::Text => "a text",
            FieldType::Texts => "texts with \";\" between them",
            FieldType::Prose => "a collaborative text",
            FieldType::Quantity => "a quantity such as \"3 h\"",
            FieldType::Decimal => "a decimal number such as \"50.85\"",
            FieldType::File => "a file's hash",
            FieldType::Count => "a whole number, not negative",
            FieldType::Boolean => "yes or no",
            FieldType::RelativePath => "a relative path without \"..\"",
            FieldType::Any => "any value",
        }
    }

    /// The value that a text means as people write it; an empty text empties the field. None when it isn't one.
    pub fn read(self, text: &str) -> Option<Value> {
        if text.is_empty() {
            return Some(Value::Nothing);
        }
        let value = match self {
            FieldType::Quantity => Value::Quantity(text.parse().ok()?),
            FieldType::Decimal => Value::Decimal(Decimal::from_str_exact(text.trim()).ok()?),
            FieldType::Count => Value::Integer(text.trim().parse().ok()?),
            FieldType::File => Value::File(text.parse().ok()?),
            FieldType::Boolean => match text.trim().to_lowercase().as_str() {
                "yes" | "true" | "oui" | "ja" => Value::Boolean(true),
                "no" | "false" | "non" | "nee" => Value::Boolean(false),
                _ => return None,
            },
            FieldType::Texts => {
                let items: Vec<Value> =
                    text.split(';').map(str::trim).filter(|t| !t.is_empty()).map(Value::from).collect();
                if items.is_empty() { Value::Nothing } else { Value::List(items) }
            }
            FieldType::Text | FieldType::Prose | FieldType::RelativePath | FieldType::Any => {
                Value::Text(text.to_owned())
            }
        };
        let fits = self.fits(&value) || self == FieldType::Prose;
        fits.then_some(value)
    }
}

/// A path that stays inside the folder it is put in. Whoever writes files checks more, by rules that
/// follow the platforms; what a document holds follows from this alone.
pub fn is_relative_path(path: &str) -> bool {
    let name = |n: &str| !n.is_empty() && n != "." && n != "..";
    !path.contains(['\\', '\0', ':']) && path.split('/').all(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_its_folder_does_not_fit() {
        for path in ["../a", "a/../b", "/a", "", "a//b", "C:a", "a\\b", "./a", "a/"] {
            assert!(!FieldType::RelativePath.fits(&path.into()), "{path}");
        }
        assert!(FieldType::RelativePath.fits(&"cad/pump…v2.step".into()));
    }

    #[test]
    fn a_text_is_read_by_the_type_of_its_field() {
        assert_eq!(FieldType::Texts.read("wood; ;metal ").unwrap().to_string(), "wood; metal");
        assert_eq!(FieldType::Texts.read(" ; "), Some(Value::Nothing));
        assert_eq!(FieldType::Decimal.read("50.850"), Some(Value::Decimal("50.850".parse().unwrap())));
        assert_eq!(FieldType::Boolean.read("Oui"), Some(Value::Boolean(true)));
        assert_eq!(FieldType::Quantity.read("4 {piece}").unwrap().to_string(), "4 {piece}");
        for (kind, text) in [
            (FieldType::Count, "-1"),
            (FieldType::Decimal, "1e5"),
            (FieldType::Boolean, "maybe"),
            (FieldType::Quantity, "three"),
            (FieldType::RelativePath, "../x"),
        ] {
            assert_eq!(kind.read(text), None, "{text}");
        }
    }
}
