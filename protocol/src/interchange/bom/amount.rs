//! A cell as an exact quantity.

use crate::quantity::Quantity;

/// The quantity in a cell, with the unit of the row's own column if it has one. `None` when it is not
/// exact or can be read in two ways, such as `1,000`.
pub(super) fn read(cell: &str, unit: Option<&str>) -> Option<Quantity> {
    let cell = cell.trim();
    let cell = cell.strip_prefix(['x', 'X', '×']).unwrap_or(cell).trim_start();
    let end = cell.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(cell.len());
    let (number, rest) = cell.split_at(end);
    let number = plain(number)?;
    let unit = match (rest.trim(), unit.map(str::trim).unwrap_or_default()) {
        ("" | "x" | "X" | "×", "") => "{piece}".to_owned(),
        ("", unit) | (unit, "") => ucum(unit)?,
        (rest, unit) if rest.eq_ignore_ascii_case(unit) => ucum(unit)?,
        _ => return None,
    };
    format!("{number} {unit}").parse().ok()
}

/// The number with a point, if there is one way to read it.
fn plain(number: &str) -> Option<String> {
    match (number.matches(',').count(), number.contains('.')) {
        (0, _) => Some(number.to_owned()),
        (1, false) => {
            let (whole, part) = number.split_once(',')?;
            // "1,000" may be a thousand or one.
            (part.len() != 3 || whole == "0").then(|| format!("{whole}.{part}"))
        }
        _ => None,
    }
    .filter(|number| number.starts_with(|c: char| c.is_ascii_digit()) && !number.ends_with('.'))
}

/// The UCUM code of a unit as people write it; a unit that has none becomes an annotation.
fn ucum(unit: &str) -> Option<String> {
    let word = unit.trim_end_matches('.').to_lowercase();
    let code = match word.as_str() {
        "" => return None,
        "x" | "pc" | "pcs" | "piece" | "pieces" | "pce" | "ea" | "each" | "unit" | "units" | "stk" | "st"
        | "stück" | "stueck" | "stuk" | "stuks" | "pièce" | "pièces" | "unité" | "unités" | "nr" | "no"
        | "u" | "{piece}" => "{piece}",
        "mm" => "mm",
        "cm" => "cm",
        "dm" => "dm",
        "m" | "meter" | "metre" | "meters" | "metres" | "mètre" | "mètres" => "m",
        "mm²" | "mm2" => "mm2",
        "cm²" | "cm2" => "cm2",
        "m²" | "m2" | "sqm" => "m2",
        "m³" | "m3" => "m3",
        "in" | "inch" | "inches" => "[in_i]",
        "ft" | "foot" | "feet" => "[ft_i]",
        "mg" => "mg",
        "g" | "gram" | "grams" | "gramme" | "grammes" => "g",
        "kg" => "kg",
        "ml" => "mL",
        "cl" => "cL",
        "l" | "liter" | "litre" | "liters" | "litres" => "L",
        "h" | "hour" | "hours" => "h",
        "min" | "minutes" => "min",
        other => {
            let named =
                other.chars().all(|c| c.is_ascii_alphabetic() || c == '-' || c == '_') && other.len() <= 30;
            return named.then(|| format!("{{{other}}}"));
        }
    };
    Some(code.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_exactly_or_not_at_all() {
        for (cell, unit, meant) in [
            ("4", None, "4 {piece}"),
            ("4.50", None, "4.50 {piece}"),
            ("2x", None, "2 {piece}"),
            ("x2", None, "2 {piece}"),
            ("3 pcs.", None, "3 {piece}"),
            ("1,5", Some("m"), "1.5 m"),
            ("0,125 kg", None, "0.125 kg"),
            ("2", Some("rolls"), "2 {rolls}"),
            ("250 ml", Some("ml"), "250 mL"),
        ] {
            assert_eq!(read(cell, unit).unwrap().to_string(), meant, "{cell}");
        }
        for (cell, unit) in [
            ("", None),
            ("~100", None),
            ("15-30", None),
            ("1,000", None),
            ("1.000,5", None),
            ("-1", None),
            ("1e3", None),
            ("2 m", Some("kg")),
            ("3.", None),
            (".5", None),
            ("99999999999999999999999999999999", None),
        ] {
            assert_eq!(read(cell, unit), None, "{cell}");
        }
    }
}
