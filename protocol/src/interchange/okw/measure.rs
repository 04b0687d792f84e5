//! Sizes, amounts and rates as people write them in one text.

use rust_decimal::Decimal;

use crate::document::draft::Wanted;
use crate::document::value::Value;
use crate::quantity::Quantity;

/// One extent of a size.
pub type Extent = Quantity;

/// The extents of `380 x 300 mm`, `1245 × 710 × 200`, `12" x 24"`, `60x90 cm`: two or three with one unit, millimetres
/// when none is said. None when it is anything else.
pub fn extents(text: &str) -> Option<Vec<Extent>> {
    if text.len() > 200 {
        return None;
    }
    let text = text.trim().trim_end_matches('.').to_lowercase();
    let parts: Vec<&str> = text.split(['x', '×', '*']).map(str::trim).collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let read: Option<Vec<(Decimal, Option<&str>)>> = parts.iter().map(|part| amount(part)).collect();
    let read = read?;
    let last = read.iter().rev().find_map(|(_, unit)| *unit).unwrap_or("mm");
    let extent = |(amount, unit): &(Decimal, Option<&str>)| Quantity {
        amount: *amount,
        unit: unit.unwrap_or(last).to_owned(),
    };
    read.iter().all(|(amount, _)| *amount > Decimal::ZERO).then(|| read.iter().map(extent).collect())
}

/// A number with the unit of a length behind it, if one is.
fn amount(text: &str) -> Option<(Decimal, Option<&'static str>)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "" => None,
        "mm" | "millimeters" | "millimètres" => Some("mm"),
        "cm" => Some("cm"),
        "m" => Some("m"),
        "in" | "inch" | "inches" | "\"" | "''" | "pouces" | "duim" => Some("[in_i]"),
        "ft" => Some("[ft_i]"),
        _ => return None,
    };
    Some((decimal(number)?, unit))
}

/// A plain decimal, with a point or one comma for it; none when it can be read in two ways.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = match (text.matches(',').count(), text.contains('.')) {
        (0, _) => text.to_owned(),
        (1, false) => text.replace(',', "."),
        _ => return None,
    };
    if !plain.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return None;
    }
    Decimal::from_str_exact(&plain).ok()
}

/// Puts a size in one text into an item's fields; false when it isn't one.
pub(super) fn put_size(text: &str, into: &mut Wanted) -> bool {
    let Some(extents) = extents(text) else { return false };
    for (name, extent) in ["width", "depth", "height"].into_iter().zip(extents) {
        into.entry(name.to_owned()).or_insert(Value::Quantity(extent));
    }
    true
}

/// A unit with euros and hours by their codes: `€/heure`, `euros par heure`, `EUR / uur`. Others stay.
fn rate(unit: &str) -> String {
    let unit = unit.replace(" per ", "/").replace(" par ", "/").replace(char::is_whitespace, "");
    let (what, per) = unit.split_once('/').map_or((unit.as_str(), None), |(what, per)| (what, Some(per)));
    let what = match what.to_lowercase().as_str() {
        "€" | "eur" | "euro" | "euros" | "eur€" => "EUR",
        _ => what,
    };
    match per.map(|per| (per, per.to_lowercase())) {
        None => what.to_owned(),
        Some((_, word))
            if ["h", "heure", "heures", "hour", "hr", "uur", "u", "hours"].contains(&word.as_str()) =>
        {
            format!("{what}/h")
        }
        Some((per, _)) => format!("{what}/{per}"),
    }
}

/// An exact amount for a field of this name: `12.50 EUR/h`, `12,50 €/heure`, `40 W`, or a bare number with the unit of
/// its column. None when there is no one way to read it.
pub(super) fn quantity(field: &str, text: &str, unit: Option<&str>) -> Option<Quantity> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    // "€ 12.50 / h"
    let (sign, rest) = match text.strip_prefix('€') {
        Some(rest) => ("EUR", rest.trim_start()),
        None => ("", text),
    };
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-'))).unwrap_or(rest.len());
    let (number, said) = rest.split_at(end);
    let amount = decimal(number)?;
    let said = format!("{sign}{}", said.trim());
    let said = if said.is_empty() { unit.unwrap_or_default().to_owned() } else { said };
    let code = rate(&said);
    let code = match (field, code.as_str()) {
        ("cost", "EUR") => "EUR/h".to_owned(),
        ("width" | "depth" | "height" | "thickness" | "precision", "") => "mm".to_owned(),
        (_, "\"" | "inch" | "inches" | "in") => "[in_i]".to_owned(),
        ("power", "w" | "W" | "watt" | "watts" | "Watt") => "W".to_owned(),
        ("power", "kw" | "kW") => "kW".to_owned(),
        ("power", "mw" | "mW") => "mW".to_owned(),
        (_, "µm" | "μm" | "micron" | "microns" | "um") => "um".to_owned(),
        (_, "") => return None,
        (_, code) => code.to_owned(),
    };
    format!("{amount} {code}").parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Some(extents(text)?.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x "))
    }

    #[test]
    fn sizes_in_one_text_are_read_exactly_or_not_at_all() {
        for (text, meant) in [
            ("380 x 300 mm", "380 mm x 300 mm"),
            ("200 x 270 x 200 mm ", "200 mm x 270 mm x 200 mm"),
            ("1245×710", "1245 mm x 710 mm"),
            ("60,5 x 90 cm", "60.5 cm x 90 cm"),
            ("12\" x 24\"", "12 [in_i] x 24 [in_i]"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(meant), "{text}");
        }
        for text in ["large", "380", "Ø 200 x 300", "1.000,5 x 3", "0 x 3", "1 x 2 x 3 x 4", "a x b"] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_exact_with_their_unit() {
        for (field, text, unit, meant) in [
            ("cost", "12.50 EUR/h", None, "12.50 EUR/h"),
            ("cost", "12,50 €/heure", None, "12.50 EUR/h"),
            ("cost", "€ 8 / uur", None, "8 EUR/h"),
            ("cost", "15", Some("€/h"), "15 EUR/h"),
            ("power", "40W", None, "40 W"),
            ("thickness", "12", Some("mm"), "12 mm"),
            ("thickness", "12", None, "12 mm"),
        ] {
            assert_eq!(quantity(field, text, unit).unwrap().to_string(), meant, "{text}");
        }
        for (field, text) in [("cost", "free"), ("cost", "12"), ("power", "40-60 W"), ("power", "1.000,5 W")]
        {
            assert_eq!(quantity(field, text, None), None, "{text}");
        }
    }
}
