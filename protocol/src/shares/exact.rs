//! Exact fractions: how they are read, shown and rounded.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use rust_decimal::Decimal;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

use super::SharesError;
use crate::limits;
use crate::quantity::unit::{self, Dimension};

/// An exact number that is not less than nothing, as a rule says it: `3`, `"12.5"`, `"1/3"`, `"40%"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(BigRational);

impl Fraction {
    /// One.
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// Its value.
    pub fn value(&self) -> &BigRational {
        &self.0
    }
}

impl From<u64> for Fraction {
    fn from(number: u64) -> Self {
        Self(BigRational::from_integer(number.into()))
    }
}

impl FromStr for Fraction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let odd = || {
            let shown: String = text.chars().take(40).collect();
            format!("\"{shown}\" is no number; write it as \"3\", \"12.5\", \"1/3\" or \"40%\"")
        };
        let (number, hundredth) = match text.trim().strip_suffix('%') {
            Some(number) => (number, true),
            None => (text.trim(), false),
        };
        let (above, below) = match number.split_once('/') {
            Some((above, below)) => (above.trim(), Some(below.trim())),
            None => (number.trim(), None),
        };
        let above = decimal(above).ok_or_else(odd)?;
        let below = match below {
            Some(below) => decimal(below).filter(|below| !below.is_zero()).ok_or_else(odd)?,
            None => BigRational::one(),
        };
        let value = above / below;
        let value = if hundredth { value / BigRational::from_integer(100.into()) } else { value };
        // What is cited is the number in lowest terms: that has to be one that a rule can say.
        let digits = |part: &BigInt| part.to_string().len();
        if digits(value.numer()).max(digits(value.denom())) > limits::RULE_DIGITS_MAX {
            let shown: String = text.chars().take(40).collect();
            return Err(format!("\"{shown}\" is {value} in lowest terms; each part has at most 18 digits"));
        }
        Ok(Self(value))
    }
}

/// Digits with at most one point among them, as an exact number.
fn decimal(text: &str) -> Option<BigRational> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = [whole, part].concat();
    let plain = !whole.is_empty()
        && digits.len() <= limits::RULE_DIGITS_MAX
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !text.ends_with('.');
    let digits: u64 = digits.parse().ok().filter(|_| plain)?;
    let scale = BigInt::from(10).pow(u32::try_from(part.len()).ok()?);
    Some(BigRational::new(digits.into(), scale))
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

/// In lowest terms, `3` or `1/3`: the one text that is hashed.
impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Fraction;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number that is not less than 0: 3, \"12.5\", \"1/3\" or \"40%\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Fraction, E> {
                u64::try_from(number)
                    .ok()
                    .filter(|number| number.to_string().len() <= limits::RULE_DIGITS_MAX)
                    .map(Fraction::from)
                    .ok_or_else(|| E::custom("a number is 0 or more, and has at most 18 digits"))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Fraction, E> {
                Err(E::custom(format!(
                    "a number with a point is exact in quotes only; write \"{number}\" for {number}"
                )))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Fraction, E> {
                text.parse().map_err(E::custom)
            }
        }
        d.deserialize_any(Read)
    }
}

/// A stored amount as a fraction.
pub fn of(amount: Decimal) -> BigRational {
    BigRational::new(amount.mantissa().into(), BigInt::from(10).pow(amount.scale()))
}

/// An amount in another unit of its dimension, exactly; `None` where it has none in it.
pub fn in_unit(amount: Decimal, from: &str, to: &str) -> Option<BigRational> {
    if from == to {
        return Some(of(amount));
    }
    let (from, to) = (unit::by_code(from)?, unit::by_code(to)?);
    if from.dimension != to.dimension || from.dimension == Dimension::Own {
        return None;
    }
    let factor = |(above, below): (u64, u64)| BigRational::new(above.into(), below.into());
    Some(of(amount) * factor(from.factor) / factor(to.factor))
}

/// As a decimal where it has an end with at most 12 digits behind the point, else as a fraction in lowest terms.
pub fn shown(value: &BigRational) -> String {
    const DIGITS: u32 = 12;
    let scaled = value * BigRational::from_integer(BigInt::from(10).pow(DIGITS));
    if scaled.is_integer() {
        let text = fixed(scaled.numer(), DIGITS);
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    value.to_string()
}

/// Whole units of `10^-decimals` as a decimal with all its digits.
pub fn fixed(units: &BigInt, decimals: u32) -> String {
    let digits = units.abs().to_string();
    let width = decimals as usize;
    let padded = format!("{digits:0>least$}", least = width + 1);
    let (whole, part) = padded.split_at(padded.len() - width);
    let sign = if units.is_negative() { "-" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{part}")
}

/// Whether it is nothing.
pub fn is_nothing(value: &BigRational) -> bool {
    value.is_zero()
}

/// An error when a number grew beyond what is kept.
///
/// # Errors
/// It has more bits than [`limits::SHARES_BITS_MAX`].
pub fn bounded(value: BigRational) -> Result<BigRational, SharesError> {
    if value.numer().bits().max(value.denom().bits()) > limits::SHARES_BITS_MAX {
        return Err(SharesError::TooFine);
    }
    Ok(value)
}

/// Exact amounts, rounded to whole units of `10^-decimals` so that their sum stays what it is: each is rounded down, and
/// the units that are left go one each to those that lost most, the earlier in the list first among equals.
///
/// The sum of the amounts has to be a whole number of units; what isn't is lost, less than one unit.
pub fn largest_remainder(amounts: &[BigRational], decimals: u32) -> Vec<BigInt> {
    let scale = BigRational::from_integer(BigInt::from(10).pow(decimals));
    let scaled: Vec<BigRational> = amounts.iter().map(|amount| amount * &scale).collect();
    let mut units: Vec<BigInt> = scaled.iter().map(|amount| amount.floor().to_integer()).collect();
    let sum = scaled.iter().fold(BigRational::zero(), |sum, amount| sum + amount);
    let left = sum.floor().to_integer() - units.iter().fold(BigInt::zero(), |sum, unit| sum + unit);
    let mut order: Vec<(BigRational, usize)> =
        scaled.iter().enumerate().map(|(place, amount)| (amount - amount.floor(), place)).collect();
    order.sort_by(|(a, i), (b, j)| b.cmp(a).then(i.cmp(j)));
    let left = usize::try_from(left).unwrap_or(0);
    for (_, place) in order.into_iter().take(left) {
        if let Some(unit) = units.get_mut(place) {
            *unit += 1;
        }
    }
    units
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn fraction(text: &str) -> BigRational {
        text.parse::<Fraction>().unwrap().value().clone()
    }

    #[test]
    fn a_number_is_read_exactly_or_not_at_all() {
        for (text, canonical) in
            [("3", "3"), ("12.50", "25/2"), ("1/3", "1/3"), ("40%", "2/5"), ("2/6", "1/3"), ("1.5/0.5", "3")]
        {
            assert_eq!(fraction(text).to_string(), canonical, "{text}");
        }
        for text in ["", "-1", "1/0", "1.", ".5", "1e3", "one", "1/2/3", "1,5", "%", "9999999999999999999"] {
            assert!(text.parse::<Fraction>().is_err(), "{text}");
        }
        // Its parts are short enough, and what is cited by them would be too long to be read again.
        for text in
            ["0.00000000000000001/99999999999999999.9", "33.3333333333333333%", "1/999999999999999999%"]
        {
            let error = text.parse::<Fraction>().unwrap_err();
            assert!(error.ends_with("in lowest terms; each part has at most 18 digits"), "{error}");
        }
    }

    #[test]
    fn what_is_lost_by_rounding_goes_to_those_who_lost_most() {
        let third = [fraction("10/3"), fraction("10/3"), fraction("10/3")];
        let cents: Vec<String> = largest_remainder(&third, 2).iter().map(|n| fixed(n, 2)).collect();
        assert_eq!(cents, ["3.34", "3.33", "3.33"], "the first among equals");
        let two = [fraction("0.4"), fraction("0.6")];
        let whole: Vec<String> = largest_remainder(&two, 0).iter().map(|n| fixed(n, 0)).collect();
        assert_eq!(whole, ["0", "1"]);
    }

    #[test]
    fn a_number_without_end_is_shown_as_a_fraction() {
        for (number, text) in [("12.50", "12.5"), ("1/3", "1/3"), ("100", "100"), ("0.001", "0.001")] {
            assert_eq!(shown(&fraction(number)), text);
        }
        assert_eq!(in_unit("90".parse().unwrap(), "min", "h").unwrap(), fraction("1.5"));
        assert_eq!(in_unit("20".parse().unwrap(), "min", "h").unwrap(), fraction("1/3"));
        assert_eq!(in_unit("1".parse().unwrap(), "kg", "h"), None);
    }
}
