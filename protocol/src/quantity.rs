//! Exact quantities: a decimal number and a unit, never a float.
//!
//! Units are UCUM codes (<https://ucum.org/ucum>): `h`, `kg`, `m`, `{piece}`.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The number is missing or not a plain decimal.
    #[error("\"{0}\" has no plain decimal number; write for example \"3 h\" or \"4 {{piece}}\"")]
    Number(String),
    /// The unit is missing or not a UCUM code by its characters.
    #[error("\"{0}\" has no unit; write for example \"3 h\" or \"4 {{piece}}\"")]
    Unit(String),
}

/// An exact amount with its unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// The exact amount.
    pub amount: Decimal,
    /// The unit, a UCUM code.
    pub unit: String,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    /// Reads `3 h`, `1.50 kg`, `4 {piece}`. Digits, an optional sign and one point; no exponent, no
    /// grouping.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let shown = || text.chars().take(80).collect::<String>();
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c == '+'))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let amount = Decimal::from_str_exact(number).map_err(|_| QuantityError::Number(shown()))?;
        let unit = unit.trim();
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
        if unit.is_empty() || unit.len() > 64 || !unit.chars().all(plain) {
            return Err(QuantityError::Unit(shown()));
        }
        Ok(Self { amount, unit: unit.to_owned() })
    }
}

/// As its text everywhere, so that a number keeps the digits it was written with.
impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn quantities_keep_their_digits() {
        for text in ["3 h", "1.50 kg", "4 {piece}", "-0.5 m"] {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), text);
        }
        assert_eq!("3h".parse::<Quantity>().unwrap().to_string(), "3 h");
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "h", "3", "1e5 h", "1,5 h", "NaN h", "3 \u{202e}h"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }
}
