//! Exact sums: of quantities with one unit, and of several units of one dimension.
//!
//! [`rust_decimal::Decimal`] rounds when a result needs more than 28 digits, without a word. Sums of a ledger must not,
//! so they are kept as a whole number and a count of decimals here, and what doesn't fit is an error.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;

use super::Quantity;
use super::unit::{self, Dimension};

/// A sum that is too large to be kept exactly: over some 38 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sum of the amounts in {0} has more digits than can be kept exactly")]
pub struct SumError(&'static str);

const OVERFLOW: SumError = SumError("one unit");
const CONVERSION: SumError = SumError("several units");

/// More decimals than any sum of amounts with 28 decimals in any unit of the table has.
const SCALE_MAX: u32 = 60;

/// An exact decimal number: `mantissa / 10^scale`, without zeros at the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Exact {
    mantissa: i128,
    scale: u32,
}

impl From<Decimal> for Exact {
    fn from(amount: Decimal) -> Self {
        Self { mantissa: amount.mantissa(), scale: amount.scale() }.plain()
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        let raised =
            |it: &Self| 10_i128.checked_pow(scale - it.scale).and_then(|by| it.mantissa.checked_mul(by));
        match (raised(self), raised(other)) {
            (Some(one), Some(other)) => one.cmp(&other),
            // What doesn't fit with the decimals of the other is further from nothing than the other is.
            (None, _) => self.mantissa.cmp(&0),
            (_, None) => 0.cmp(&other.mantissa),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = self.scale as usize;
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, part) = padded.split_at(padded.len() - scale);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{part}")
    }
}

impl Exact {
    fn plain(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether it is more than another.
    ///
    /// # Errors
    /// They can't be compared exactly.
    pub fn exceeds(self, other: Self) -> Result<bool, SumError> {
        let negated = Self { mantissa: other.mantissa.checked_neg().ok_or(OVERFLOW)?, ..other };
        Ok(self.plus(negated)?.mantissa > 0)
    }

    /// How many thousandths of another it is, cut off, from 0 to 1000. For pictures only: what is stated is exact.
    pub fn permille_of(self, whole: Self) -> u16 {
        let ((part, places), (whole, places_of_whole)) = (self.leading(), whole.leading());
        if part <= 0 || whole <= 0 {
            return 0;
        }
        // Of 15 digits each, those that are 20 places apart are all or nothing.
        let by = |places: i64| 10_i128.pow(u32::try_from(places.clamp(0, 20)).unwrap_or(0));
        let permille = part * 1_000 * by(places_of_whole - places) / by(places - places_of_whole) / whole;
        u16::try_from(permille).unwrap_or(1_000).min(1_000)
    }

    /// Its first 15 digits, and how many places behind the point they end.
    fn leading(self) -> (i128, i64) {
        let (mut mantissa, mut places) = (self.mantissa, i64::from(self.scale));
        while mantissa.unsigned_abs() >= 1_000_000_000_000_000 {
            mantissa /= 10;
            places -= 1;
        }
        (mantissa, places)
    }

    /// The sum of both.
    ///
    /// # Errors
    /// It has too many digits.
    pub fn plus(self, other: Self) -> Result<Self, SumError> {
        let scale = self.scale.max(other.scale);
        let raised = |it: Self| {
            10_i128.checked_pow(scale - it.scale).and_then(|by| it.mantissa.checked_mul(by)).ok_or(OVERFLOW)
        };
        let mantissa = raised(self)?.checked_add(raised(other)?).ok_or(OVERFLOW)?;
        Ok(Self { mantissa, scale }.plain())
    }

    /// Multiplied by a fraction; `None` when the result has no end as a decimal.
    ///
    /// # Errors
    /// It has too many digits.
    fn times(self, (numerator, denominator): (i128, i128)) -> Result<Option<Self>, SumError> {
        let mut it = Self { mantissa: self.mantissa.checked_mul(numerator).ok_or(CONVERSION)?, ..self };
        // What is left of the denominator beyond twos and fives has to divide the number itself.
        let mut rest = denominator;
        for prime in [2, 5] {
            while rest % prime == 0 {
                rest /= prime;
            }
        }
        if it.mantissa % rest != 0 {
            return Ok(None);
        }
        while it.mantissa % denominator != 0 {
            it.mantissa = it.mantissa.checked_mul(10).ok_or(CONVERSION)?;
            it.scale += 1;
            if it.scale > SCALE_MAX {
                return Err(CONVERSION);
            }
        }
        Ok(Some(Self { mantissa: it.mantissa / denominator, scale: it.scale }.plain()))
    }
}

/// An amount of one unit, in another of the same dimension; `None` where they are of different ones, or where the
/// result has no end as a decimal.
///
/// # Errors
/// It has too many digits.
pub fn convert(amount: Exact, from: &str, to: &str) -> Result<Option<Exact>, SumError> {
    if from == to {
        return Ok(Some(amount));
    }
    let (Some(from), Some(to)) = (unit::by_code(from), unit::by_code(to)) else { return Ok(None) };
    if from.dimension != to.dimension || from.dimension == Dimension::Own {
        return Ok(None);
    }
    let (a, b) = (
        i128::from(from.factor.0) * i128::from(to.factor.1),
        i128::from(from.factor.1) * i128::from(to.factor.0),
    );
    amount.times((a, b))
}

/// What quantities can be added to: those of one dimension, or of one unit that is not converted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measured {
    /// Any unit of a dimension.
    In(Dimension),
    /// This unit only: a currency, an annotation, or one that the table doesn't know.
    Of(String),
}

impl Measured {
    /// What a unit can be added to.
    pub fn of(code: &str) -> Self {
        match unit::by_code(code).map(|unit| unit.dimension) {
            Some(dimension) if dimension != Dimension::Own => Self::In(dimension),
            _ => Self::Of(code.to_owned()),
        }
    }
}

/// A sum of quantities of one [`Measured`]: each unit by itself, converted only when it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum(BTreeMap<String, Exact>);

impl Sum {
    /// Adds an amount.
    ///
    /// # Errors
    /// The sum has too many digits.
    pub fn add(&mut self, amount: Decimal, unit: &str) -> Result<(), SumError> {
        match self.0.get_mut(unit) {
            Some(sum) => *sum = sum.plus(amount.into())?,
            None => {
                self.0.insert(unit.to_owned(), amount.into());
            }
        }
        Ok(())
    }

    /// Adds another sum.
    ///
    /// # Errors
    /// The sum has too many digits.
    pub fn add_sum(&mut self, other: &Self) -> Result<(), SumError> {
        for (unit, amount) in &other.0 {
            match self.0.get_mut(unit) {
                Some(sum) => *sum = sum.plus(*amount)?,
                None => {
                    self.0.insert(unit.clone(), *amount);
                }
            }
        }
        Ok(())
    }

    /// The whole in the base unit of its dimension, in which each has an end: what sums that could be added are compared
    /// by.
    ///
    /// # Errors
    /// The sum has too many digits.
    pub fn in_base(&self) -> Result<Exact, SumError> {
        let mut whole = Exact::default();
        for (unit, amount) in &self.0 {
            let dimension = unit::by_code(unit).map_or(Dimension::Own, |unit| unit.dimension);
            // A unit of its own stands alone in its sum.
            let part = convert(*amount, unit, base(dimension))?;
            whole = whole.plus(part.unwrap_or(*amount))?;
        }
        Ok(whole)
    }

    /// Adds a quantity.
    ///
    /// # Errors
    /// The sum has too many digits.
    pub fn add_quantity(&mut self, quantity: &Quantity) -> Result<(), SumError> {
        self.add(quantity.amount, &quantity.unit)
    }

    /// The whole, in one unit: the one that all were written in; else the one that people use for their dimension, or
    /// a finer one where that has no end as a decimal (three times 20 min is 1 h, once is 20 min).
    ///
    /// # Errors
    /// The sum has too many digits.
    pub fn total(&self) -> Result<(Exact, &str), SumError> {
        let mut units = self.0.iter();
        let Some((first, amount)) = units.next() else { return Ok((Exact::default(), "1")) };
        if units.next().is_none() {
            return Ok((*amount, first));
        }
        let dimension = unit::by_code(first).map_or(Dimension::Own, |unit| unit.dimension);
        // The base unit of each dimension says every sum exactly, so the last of these does.
        'unit: for shown in unit::shown_in(dimension) {
            let mut total = Exact::default();
            // Together they may have an end where one alone has none, so it is the base that is converted.
            for (code, amount) in &self.0 {
                let Some(part) = convert(*amount, code, base(dimension))? else { continue 'unit };
                total = total.plus(part)?;
            }
            if let Some(total) = convert(total, base(dimension), shown)? {
                return Ok((total, shown));
            }
        }
        Err(CONVERSION)
    }
}

/// The unit in which every amount of a dimension has an end as a decimal.
fn base(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Time => "s",
        Dimension::Length => "m",
        Dimension::Area => "m2",
        Dimension::Volume => "L",
        Dimension::Mass => "g",
        Dimension::Energy => "J",
        Dimension::Power => "W",
        Dimension::Data => "By",
        Dimension::Charge => "A.h",
        Dimension::Number | Dimension::Own => "1",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(quantities: &[&str]) -> String {
        let mut sum = Sum::default();
        for quantity in quantities {
            sum.add_quantity(&quantity.parse().unwrap()).unwrap();
        }
        let (total, unit) = sum.total().unwrap();
        format!("{total} {unit}")
    }

    #[test]
    fn units_of_one_dimension_are_summed_exactly() {
        assert_eq!(sum(&["90 min", "1.5 h"]), "3 h");
        assert_eq!(sum(&["20 min", "20 min", "1 s", "59 s", "19 min"]), "1 h");
        assert_eq!(sum(&["20 min", "1 h"]), "80 min", "an hour and a third has no end as a decimal");
        assert_eq!(sum(&["1 s", "1 h"]), "3601 s");
        assert_eq!(sum(&["500 g", "1.250 kg"]), "1.75 kg");
        assert_eq!(sum(&["1 [lb_av]", "1 kg"]), "1.45359237 kg");
        assert_eq!(sum(&["1 [ft_i]", "1 [in_i]", "1 mm"]), "0.3312 m");
        assert_eq!(sum(&["1 kW.h", "1 J"]), "3600001 J");
        assert_eq!(sum(&["12.50 EUR", "0.005 EUR"]), "12.505 EUR");
        assert_eq!(sum(&["-0.5 h", "0.25 h"]), "-0.25 h");
    }

    #[test]
    fn every_unit_has_an_exact_amount_in_the_base_of_its_dimension() {
        for unit in unit::UNITS.iter().filter(|unit| unit.dimension != Dimension::Own) {
            let one = Exact::from(Decimal::ONE);
            assert!(convert(one, unit.code, base(unit.dimension)).unwrap().is_some(), "{}", unit.code);
        }
    }

    #[test]
    fn what_cannot_be_kept_exactly_is_an_error_and_never_rounded() {
        let large = Decimal::MAX;
        let mut sum = Sum::default();
        sum.add(large, "{piece}").unwrap();
        assert_eq!(sum.add("0.0000000000000000000000000001".parse().unwrap(), "{piece}"), Err(OVERFLOW));
        assert_eq!(sum.total().unwrap().0, Exact::from(large), "and what was there stays");
    }

    #[test]
    fn sums_are_added_and_compared_whatever_units_they_were_written_in() {
        let of = |quantities: &[&str]| {
            let mut sum = Sum::default();
            for quantity in quantities {
                sum.add_quantity(&quantity.parse().unwrap()).unwrap();
            }
            sum
        };
        let mut both = of(&["20 min", "1 h"]);
        both.add_sum(&of(&["40 min"])).unwrap();
        assert_eq!(both.total().unwrap().0.to_string(), "2");
        assert_eq!(both.in_base().unwrap(), of(&["7200 s"]).in_base().unwrap());
        assert_eq!(of(&["2.50 EUR"]).in_base().unwrap().to_string(), "2.5");
    }

    #[test]
    fn amounts_have_an_order_whatever_digits_they_have() {
        let exact = |text: &str| Exact::from(text.parse::<Decimal>().unwrap());
        let ordered = [
            "-79228162514264337593543950335",
            "-0.5",
            "-0.0000000000000000000000000001",
            "0",
            "0.0000000000000000000000000001",
            "0.25",
            "3",
            "79228162514264337593543950335",
        ];
        let ordered = ordered.map(exact);
        for (place, one) in ordered.iter().enumerate() {
            for (other_place, other) in ordered.iter().enumerate() {
                assert_eq!(one.cmp(other), place.cmp(&other_place), "{one} and {other}");
            }
        }
    }

    #[test]
    fn a_bar_is_as_long_as_its_part_of_the_whole() {
        let of = |part: &str, whole: &str| {
            let exact = |text: &str| Exact::from(text.parse::<Decimal>().unwrap());
            exact(part).permille_of(exact(whole))
        };
        assert_eq!([of("1", "3"), of("2", "3"), of("3", "3"), of("4", "3")], [333, 666, 1_000, 1_000]);
        assert_eq!(
            [of("0.25", "1"), of("1", "0.25"), of("0", "1"), of("1", "0"), of("-1", "1")],
            [250, 1_000, 0, 0, 0]
        );
        let (huge, tiny) = ("79228162514264337593543950335", "0.0000000000000000000000000001");
        assert_eq!(
            [of(huge, huge), of(tiny, tiny), of(huge, tiny), of(tiny, huge)],
            [1_000, 1_000, 1_000, 0]
        );
        assert_eq!(of("39614081257132168796771975167", huge), 499, "what is cut off is no thousandth");
    }

    proptest! {
        #[test]
        fn no_order_changes_a_sum(amounts in prop::collection::vec((any::<i64>(), 0_u32..12, 0_usize..3), 1..20)) {
            let units = ["s", "min", "h"];
            let total = |amounts: &[(i64, u32, usize)]| {
                let mut sum = Sum::default();
                for (mantissa, scale, unit) in amounts {
                    sum.add(Decimal::new(*mantissa, *scale), units[*unit]).unwrap();
                }
                sum.total().map(|(total, unit)| format!("{total} {unit}"))
            };
            let mut backward = amounts.clone();
            backward.reverse();
            prop_assert_eq!(total(&amounts), total(&backward));
        }
    }
}
