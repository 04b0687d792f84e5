//! Exact quantities: a decimal number and a unit, never a float.
//!
//! Units are UCUM codes (<https://ucum.org/ucum>): `h`, `kg`, `m`, `{piece}`; money has its ISO 4217 code in their place.
//! What is stored is read strictly (`FromStr`) and any code is kept. What a person writes is read by
//! [`Quantity::written`], which knows words and gives the code.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub mod money;
pub mod sum;
pub mod unit;

/// A text that is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The number is missing or not a plain decimal.
    #[error("\"{0}\" has no plain decimal number; write for example \"3 h\" or \"4 {{piece}}\"")]
    Number(String),
    /// The unit is missing or not a UCUM code by its characters.
    #[error("\"{0}\" has no unit; write for example \"3 h\" or \"4 {{piece}}\"")]
    Unit(String),
    /// The unit is a word that nobody here knows.
    #[error("\"{0}\" is no unit that is known; to count things, put the word in braces: {{{0}}}")]
    Word(String),
    /// More decimals than the currency has.
    #[error("an amount in {code} has at most {decimals} decimals")]
    Cents {
        /// The currency.
        code: &'static str,
        /// How many it has.
        decimals: u32,
    },
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

impl Quantity {
    /// What a person writes: `1.5h`, `1,5 heures`, `1h30`, `90 min`, `12 pcs`, `20 €`, `3 {board}`. A word becomes its
    /// code, an unknown code stays as it is when it has UCUM's form.
    ///
    /// # Errors
    /// There is no number, no unit, a unit that nobody knows, or more decimals than a currency has.
    pub fn written(text: &str) -> Result<Self, QuantityError> {
        let text = text.trim();
        let shown = || text.chars().take(80).collect::<String>();
        if let Some(minutes) = hours_and_minutes(text) {
            return Ok(Self { amount: minutes, unit: "min".to_owned() });
        }
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')))
            .unwrap_or(text.len());
        let (number, word) = text.split_at(end);
        // "1,500" may be one and a half or fifteen hundred.
        let number = match number.split_once(',') {
            Some((whole, part)) if part.len() != 3 && !part.contains([',', '.']) => format!("{whole}.{part}"),
            Some(_) => return Err(QuantityError::Number(shown())),
            None => number.to_owned(),
        };
        let amount = Decimal::from_str_exact(&number).map_err(|_| QuantityError::Number(shown()))?;
        let word = word.trim();
        if word.is_empty() {
            return Err(QuantityError::Unit(shown()));
        }
        if let Some(currency) = money::by_word(word).filter(|_| unit::by_code(word).is_none()) {
            if !money::is_payable(amount, currency) {
                return Err(QuantityError::Cents { code: currency.code, decimals: currency.decimals });
            }
            return Ok(Self { amount, unit: currency.code.to_owned() });
        }
        let code = match unit::by_word(word) {
            Some(unit) => unit.code,
            None if unit::is_ucum(word) && word.len() <= 64 => word,
            None => return Err(QuantityError::Word(word.chars().take(40).collect())),
        };
        Ok(Self { amount, unit: code.to_owned() })
    }
}

/// `1h30` as minutes.
fn hours_and_minutes(text: &str) -> Option<Decimal> {
    let (hours, minutes) = text.split_once(['h', 'H', 'u'])?;
    let (hours, minutes): (u32, u32) = (hours.trim().parse().ok()?, minutes.trim().parse().ok()?);
    (minutes < 60 && hours < 10_000).then(|| Decimal::from(hours * 60 + minutes))
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

    #[test]
    fn what_people_write_is_read_and_a_slip_is_told() {
        let written = |text: &str| Quantity::written(text).map(|q| q.to_string());
        for (text, read) in [
            ("1.5h", "1.5 h"),
            ("1,5 heures", "1.5 h"),
            ("1h30", "90 min"),
            ("90 minuten", "90 min"),
            ("12 pcs", "12 {piece}"),
            ("20 €", "20 EUR"),
            ("12.50 chf", "12.50 CHF"),
            ("3 {board}", "3 {board}"),
            ("2 mol/L", "2 mol/L"),
            ("2 kg", "2 kg"),
        ] {
            assert_eq!(written(text).unwrap(), read, "{text}");
        }
        for text in ["", "h", "3", "1,500 kg", "two hours", "1.2.3 h", "1e5 h"] {
            assert!(written(text).is_err(), "{text}");
        }
        assert_eq!(written("3 widgets"), Err(QuantityError::Word("widgets".into())));
        assert!(written("3 widgets").unwrap_err().to_string().ends_with("{widgets}"));
        assert_eq!(written("1.005 EUR"), Err(QuantityError::Cents { code: "EUR", decimals: 2 }));
    }
}
