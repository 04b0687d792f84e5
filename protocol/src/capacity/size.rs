//! Sizes of workpieces and of what a machine takes, compared exactly.

use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::document::draft::Wanted;
use crate::document::value::Value;
use crate::interchange::okw::extents;
use crate::quantity::Quantity;

/// A text that is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a size; write for example 1200x600x12 (millimetres) or 60x90cm")]
pub struct SizeError(String);

/// Two or three extents in micrometres: the sheet's two sides, and its thickness or the piece's height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The two sides, the longer first.
    pub sides: [u64; 2],
    /// Thickness or height.
    pub third: Option<u64>,
}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let wrong = || SizeError(text.chars().take(60).collect());
        let extents = extents(text).ok_or_else(wrong)?;
        let all: Option<Vec<u64>> = extents.iter().map(micrometres).collect();
        match all.ok_or_else(wrong)?.as_slice() {
            [a, b] => Ok(Self { sides: sorted(*a, *b), third: None }),
            [a, b, c] => Ok(Self { sides: sorted(*a, *b), third: Some(*c) }),
            _ => Err(wrong()),
        }
    }
}

fn sorted(a: u64, b: u64) -> [u64; 2] {
    [a.max(b), a.min(b)]
}

/// A length in whole micrometres, rounded down; none for another kind of unit.
pub(super) fn micrometres(length: &Quantity) -> Option<u64> {
    let factor = match length.unit.as_str() {
        "um" => Decimal::ONE,
        "mm" => Decimal::from(1_000),
        "cm" => Decimal::from(10_000),
        "dm" => Decimal::from(100_000),
        "m" => Decimal::from(1_000_000),
        "[in_i]" => Decimal::from(25_400),
        "[ft_i]" => Decimal::from(304_800),
        _ => return None,
    };
    length.amount.checked_mul(factor)?.to_u64()
}

/// What a machine takes, as far as it is stated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Takes {
    sides: Option<[u64; 2]>,
    height: Option<u64>,
    thickness: Option<u64>,
}

/// How a workpiece meets a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Fits,
    /// The sides fit; the thickness is not stated.
    ThicknessNotStated,
    NotStated,
    TooLarge,
}

impl Takes {
    pub(super) fn of(machine: &Wanted) -> Self {
        let length = |name: &str| match machine.get(name) {
            Some(Value::Quantity(length)) => micrometres(length),
            _ => None,
        };
        let sides = length("width").zip(length("depth")).map(|(w, d)| sorted(w, d));
        Self { sides, height: length("height"), thickness: length("thickness") }
    }

    pub(super) fn meets(&self, piece: &Size) -> Fit {
        let Some(sides) = self.sides else { return Fit::NotStated };
        if piece.sides.iter().zip(sides).any(|(piece, machine)| *piece > machine) {
            return Fit::TooLarge;
        }
        match (piece.third, self.thickness.or(self.height)) {
            (None, _) => Fit::Fits,
            (Some(piece), Some(machine)) if piece <= machine => Fit::Fits,
            (Some(_), Some(_)) => Fit::TooLarge,
            (Some(_), None) => Fit::ThicknessNotStated,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn machine(sizes: &[(&str, &str)]) -> Takes {
        Takes::of(
            &sizes.iter().map(|(n, q)| ((*n).to_owned(), Value::Quantity(q.parse().unwrap()))).collect(),
        )
    }

    #[test]
    fn a_piece_may_be_turned_in_its_plane_and_units_are_exact() {
        let laser = machine(&[("width", "60 cm"), ("depth", "1.2 m"), ("thickness", "12 mm")]);
        for (piece, fit) in [
            ("1200x600x12", Fit::Fits),
            ("600x1200", Fit::Fits),
            ("1200.001x600", Fit::TooLarge),
            ("1200x600x12.1", Fit::TooLarge),
            ("12\"x20\"x0.4\"", Fit::Fits),
        ] {
            assert_eq!(laser.meets(&piece.parse().unwrap()), fit, "{piece}");
        }
        let open = machine(&[("width", "600 mm"), ("depth", "300 mm")]);
        assert_eq!(open.meets(&"300x300x3".parse().unwrap()), Fit::ThicknessNotStated);
        assert_eq!(machine(&[("width", "5 kg")]).meets(&"3x3".parse().unwrap()), Fit::NotStated);
        assert!("large".parse::<Size>().is_err() && "99999999999999999x3".parse::<Size>().is_err());
    }
}
