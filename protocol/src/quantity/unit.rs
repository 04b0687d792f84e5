//! Units: UCUM codes, what people write for them, and exact conversion within a dimension.
//!
//! The table is our own and small (`unit/table.rs`): what workshops measure. A code that is not in it is kept as it is when it
//! has UCUM's form; it is a dimension of its own then, and never converted. So is every annotation: three `{commit}` and
//! three `{page}` are not six of anything.
//!
//! Deliberately absent: temperatures in other scales, logarithmic units, and conversion between what only a table of
//! materials could convert (a litre of resin is no kilogram here).
//!
//! Sources: UCUM (<https://ucum.org/ucum>), OM 2 (<http://www.ontology-of-units-of-measure.org>) for the ids in exports.

mod table;

pub use table::UNITS;

/// What a unit measures. Quantities of one dimension can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// In seconds.
    Time,
    /// In metres.
    Length,
    /// In square metres.
    Area,
    /// In litres.
    Volume,
    /// In grams.
    Mass,
    /// In joules.
    Energy,
    /// In watts.
    Power,
    /// In bytes.
    Data,
    /// In ampere-hours.
    Charge,
    /// Plain numbers.
    Number,
    /// Things counted, or a unit that nothing is converted to or from.
    Own,
}

/// A unit of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its UCUM code, case-sensitive.
    pub code: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// How many of its dimension's base unit one of it is: a fraction, numerator and denominator.
    pub factor: (u64, u64),
    /// Its id in OM 2, the last part of the address; empty where OM 2 has none.
    pub om2: &'static str,
    /// What it is called in English, French and Dutch.
    pub labels: [&'static str; 3],
    /// What people write, in lowercase, besides the code and the labels.
    pub written: &'static [&'static str],
}

/// The unit with this code.
pub fn by_code(code: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.code == code)
}

/// The unit that a person means: by its code, else by any word for it in any case.
pub fn by_word(text: &str) -> Option<&'static Unit> {
    let word = text.trim().trim_end_matches('.');
    by_code(word).or_else(|| {
        let word = word.to_lowercase();
        let says = |unit: &&Unit| {
            unit.labels.contains(&word.as_str())
                || unit.written.contains(&word.as_str())
                || unit.code.to_lowercase() == word
        };
        UNITS.iter().find(says)
    })
}

/// What a unit is called in English; its code when it isn't in the table, an annotation without its braces.
pub fn label(code: &str) -> &str {
    let bare = code.strip_prefix('{').and_then(|code| code.strip_suffix('}')).unwrap_or(code);
    by_code(code).map_or(bare, |unit| unit.labels[0])
}

/// The units that quantities of a dimension are shown in, the first that says it exactly: from the one that people
/// use to the finest.
pub fn shown_in(dimension: Dimension) -> &'static [&'static str] {
    match dimension {
        Dimension::Time => &["h", "min", "s"],
        Dimension::Length => &["m"],
        Dimension::Area => &["m2"],
        Dimension::Volume => &["L"],
        Dimension::Mass => &["kg"],
        Dimension::Energy => &["kW.h", "J"],
        Dimension::Power => &["W"],
        Dimension::Data => &["By"],
        Dimension::Charge => &["A.h"],
        Dimension::Number => &["1"],
        Dimension::Own => &[],
    }
}

/// Atoms of UCUM beyond the table that take a prefix, and those that don't.
const METRIC: [&str; 34] = [
    "m", "s", "g", "rad", "K", "C", "cd", "mol", "sr", "Hz", "N", "Pa", "J", "W", "A", "V", "F", "Ohm", "S",
    "Wb", "Cel", "T", "H", "lm", "lx", "Bq", "Gy", "Sv", "l", "L", "bar", "B", "t", "bit",
];
const PLAIN: [&str; 17] =
    ["min", "h", "d", "a", "wk", "mo", "deg", "'", "''", "%", "[pi]", "ar", "har", "eq", "osm", "By", "10*"];
const PREFIXES: [&str; 24] = [
    "da", "Ki", "Mi", "Gi", "Ti", "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "d", "c", "m", "u", "n", "p",
    "f", "a", "z", "y",
];

/// Whether a text has the form of a UCUM code: known atoms with prefixes and exponents, customary units in brackets,
/// annotations in braces, joined by `.` and `/`.
pub fn is_ucum(code: &str) -> bool {
    let mut depth = 0_i32;
    let mut start = 0;
    let (mut braced, mut bracketed) = (false, false);
    let mut parts = Vec::new();
    let mut before = ' ';
    for (at, c) in code.char_indices() {
        if !c.is_ascii_graphic() {
            return false;
        }
        match c {
            '{' if braced => return false,
            '{' => braced = true,
            '}' if !braced => return false,
            '}' => braced = false,
            _ if braced => {}
            '[' if bracketed => return false,
            '[' => bracketed = true,
            ']' if !bracketed => return false,
            ']' => bracketed = false,
            _ if bracketed => {}
            '(' | ')' | '.' | '/' => {
                depth += i32::from(c == '(') - i32::from(c == ')');
                let part = code.get(start..at).unwrap_or_default();
                let open = c == '(' || before == ')' || c == '/' && at == 0;
                if part.is_empty() && !open {
                    return false;
                }
                parts.extend((!part.is_empty()).then_some(part));
                start = at + 1;
            }
            _ => {}
        }
        if depth < 0 {
            return false;
        }
        before = c;
    }
    let last = code.get(start..).unwrap_or_default();
    parts.extend((!last.is_empty() || before != ')').then_some(last));
    depth == 0 && !braced && !bracketed && parts.iter().all(|part| is_component(part))
}

fn is_component(part: &str) -> bool {
    let (atom, annotation) = part.split_at(part.find('{').unwrap_or(part.len()));
    if !annotation.is_empty() && (!annotation.ends_with('}') || annotation.len() < 3) {
        return false;
    }
    if atom.is_empty() {
        return !annotation.is_empty();
    }
    if atom.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    let base = atom.trim_end_matches(|c: char| c.is_ascii_digit());
    let base = if base.len() < atom.len() { base.trim_end_matches(['+', '-']) } else { base };
    let prefixed = || {
        PREFIXES
            .iter()
            .filter_map(|p| base.strip_prefix(p))
            .any(|rest| METRIC.contains(&rest) || rest == "By")
    };
    base.starts_with('[') && base.ends_with(']')
        || METRIC.contains(&base)
        || PLAIN.contains(&base)
        || prefixed()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_found_by_what_people_write_in_three_languages() {
        let found = |text: &str| by_word(text).map(|unit| unit.code);
        for text in ["h", "hour", "Heures", "uur", "uren", "hrs"] {
            assert_eq!(found(text), Some("h"), "{text}");
        }
        for (text, code) in [
            ("minuten", "min"),
            ("KG", "kg"),
            ("pcs", "{piece}"),
            ("stuks", "{piece}"),
            ("kWh", "kW.h"),
            ("m²", "m2"),
        ] {
            assert_eq!(found(text), Some(code), "{text}");
        }
        assert_eq!(found("fathom"), None);
    }

    #[test]
    fn no_word_means_two_units_and_every_factor_is_one() {
        let mut words = std::collections::BTreeMap::new();
        for unit in &UNITS {
            assert!(unit.factor.0 > 0 && unit.factor.1 > 0, "{}", unit.code);
            assert!(is_ucum(unit.code), "{}", unit.code);
            for word in unit.written.iter().chain(&unit.labels).filter(|word| !word.is_empty()) {
                let before = words.insert(*word, unit.code);
                assert!(
                    before.is_none_or(|before| before == unit.code),
                    "{word}: {before:?} and {}",
                    unit.code
                );
            }
        }
        assert!(UNITS.len() >= 60, "{}", UNITS.len());
    }

    #[test]
    fn the_form_of_a_code_is_told_from_a_word() {
        for code in [
            "h", "kW.h", "{commit}", "m2", "m/s2", "/min", "g/(m2.s)", "mol", "10*3/L", "[in_i]", "m3{gas}",
            "KiBy",
        ] {
            assert!(is_ucum(code), "{code}");
        }
        for code in ["", "widget", "{commit", "commit}", "kW h", "h)", "(h", "{}", "EURO", "m²", "h..min"] {
            assert!(!is_ucum(code), "{code}");
        }
    }
}
