//! How arguments are read.

use std::io::Write;

use aronde_node::api::ServiceError;
use aronde_protocol::authority::operation::is_name;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::KeyCommitment;
use aronde_protocol::limits::NAME_MAX;
use aronde_protocol::quantity::Quantity;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A time: `2026-11-21T14:00:00+01:00`, or a day, which stands for its first moment in UTC.
pub fn time(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    text.parse::<Date>()
        .and_then(|day| day.to_zoned(TimeZone::UTC))
        .map(|at| at.timestamp())
        .map_err(|_| "a day as 2026-11-21, or a time as 2026-11-21T14:00:00Z, is expected".to_owned())
}

/// A length of time in whole seconds: `60s`, `2m`, `1h`.
pub fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || "a length of time as 60s or 2m is expected, from one second to one day".to_owned();
    let length: SignedDuration = text.parse().map_err(|_| wrong())?;
    u64::try_from(length.as_secs()).ok().filter(|s| (1..=86_400).contains(s)).ok_or_else(wrong)
}

/// `field=value`; the value may hold further signs.
pub fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, value)) if !field.trim().is_empty() => Ok((field.trim().to_owned(), value.to_owned())),
        _ => Err("field=value is expected, as title=\"Press 2\"".to_owned()),
    }
}

/// A quantity as people write it: `1.5h`, `1h30`, `12 pcs`, `20 EUR`.
pub fn quantity(text: &str) -> Result<Quantity, String> {
    Quantity::written(text).map_err(|error| error.to_string())
}

/// A quantity and a name behind it: `2 kg PLA`.
pub fn material(text: &str) -> Result<(Quantity, String), String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    for taken in [1, 2] {
        let (amount, name) = words.split_at_checked(taken).unwrap_or_default();
        if let (Ok(quantity), false) = (Quantity::written(&amount.join(" ")), name.is_empty()) {
            return Ok((quantity, name.join(" ")));
        }
    }
    Err("an amount and a name are expected, as \"2 kg PLA\"".to_owned())
}

/// `name=number`.
pub fn number(text: &str) -> Result<(String, u64), String> {
    let (name, value) = field(text).map_err(|_| "name=number is expected, as quorum=2".to_owned())?;
    match value.trim().parse() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err("name=number is expected, as quorum=2, with a whole number".to_owned()),
    }
}

/// The hash of a key that is to come.
pub fn commitment(text: &str) -> Result<KeyCommitment, String> {
    let wrong = |_| "64 hex digits are expected, as aronde key show says in its line next".to_owned();
    text.trim().parse::<EntryId>().map(|hash| KeyCommitment(hash.0)).map_err(wrong)
}

/// Asks a person on a terminal, who says yes or no.
pub fn agreed(question: &str) -> Result<bool, ServiceError> {
    eprint!("{question} [y/N] ");
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|e| ServiceError::user(format!("the answer cannot be read: {e}")))?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

/// A name of a person, a workshop or a federation, as operations take it.
pub fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if is_name(name) {
        Ok(name.to_owned())
    } else {
        Err(format!("a name on one line is expected, of 1 to {NAME_MAX} bytes (é and ł have two)"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read() {
        assert_eq!(time("2026-11-21").unwrap().to_string(), "2026-11-21T00:00:00Z");
        assert_eq!(time("2026-11-21T14:00:00+01:00").unwrap().to_string(), "2026-11-21T13:00:00Z");
        assert!(time("21/11/2026").is_err());
    }

    #[test]
    fn lengths_of_time_are_bounded() {
        assert_eq!([seconds("60s"), seconds("2m"), seconds("1h")], [Ok(60), Ok(120), Ok(3_600)]);
        for text in ["0s", "60", "-5s", "2d", "soon", "10ms"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_field_is_split_at_the_first_sign() {
        assert_eq!(field("title=a=b").unwrap(), ("title".into(), "a=b".into()));
        assert_eq!(field("title=").unwrap(), ("title".into(), String::new()));
        assert!(field("title").is_err() && field("=x").is_err());
    }

    #[test]
    fn a_material_is_an_amount_and_a_name() {
        for (text, amount, name) in [("2 kg PLA", "2 kg", "PLA"), ("2kg black PLA", "2 kg", "black PLA")] {
            let read = material(text).unwrap();
            assert_eq!((read.0.to_string().as_str(), read.1.as_str()), (amount, name));
        }
        assert!(material("PLA").is_err() && material("2 kg").is_err() && material("").is_err());
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name("  Maker A ").unwrap(), "Maker A");
        assert!(name(" ").is_err() && name("a\nb").is_err() && name(&"é".repeat(NAME_MAX / 2 + 1)).is_err());
    }
}
