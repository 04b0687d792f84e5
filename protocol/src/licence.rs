//! Licences as SPDX expressions, and what people write instead of them.
//!
//! Goals: say whether a text is a valid SPDX licence expression; where it isn't, propose the one that
//! was probably meant; say when a licence makes a design something else than open hardware. Nothing is
//! applied here: a proposal is shown, and the text it came from is kept by the caller.
//!
//! Deliberately absent: judging whether licences fit each other, and guessing where two readings are
//! likely ("CERN OHL v2" names none of its three variants, "GPL" no version).

mod wording;

use spdx::{Expression, LicenseItem};

use crate::limits::LICENCE_MAX;
use crate::printable::shown;

/// A text that is not a valid SPDX licence expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an SPDX licence expression ({reason}){}", hint(proposal.as_ref()))]
pub struct LicenceError {
    /// The text, shortened.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
    /// The expression that was probably meant.
    pub proposal: Option<String>,
}

fn hint(proposal: Option<&String>) -> String {
    match proposal {
        Some(proposal) => format!("; perhaps {proposal} is meant"),
        None => "; write for example CERN-OHL-S-2.0, see https://spdx.org/licenses".to_owned(),
    }
}

/// What was understood of a licence text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LicenceReading {
    /// The expression: as written when it was valid, else the proposal.
    pub expression: Option<String>,
    /// Whether `expression` is what was written. If not, keep the text beside it.
    pub exact: bool,
    /// What should be told to whoever gave the text, a sentence each.
    pub remarks: Vec<String>,
}

/// Takes a text that must be a valid SPDX licence expression: known, current identifiers or
/// `LicenseRef-…`. Returns it without blanks around it.
pub fn parse(text: &str) -> Result<String, LicenceError> {
    let trimmed = text.trim();
    strict(trimmed).map(|_| trimmed.to_owned()).map_err(|reason| LicenceError {
        text: shown(trimmed),
        reason,
        proposal: propose(trimmed).map(|(expression, _)| expression),
    })
}

/// Reads a licence as people write it, with remarks and perhaps a proposal.
pub fn read(text: &str) -> LicenceReading {
    let trimmed = text.trim();
    let mut reading = LicenceReading::default();
    let proposal = propose(trimmed);
    match (strict(trimmed), proposal) {
        // `LicenseRef-CC-BY-4.0` is valid, and says with a private name what has a public one.
        (Ok(expression), Some((proposal, _))) if all_private(&expression) => {
            reading.remarks.push(format!(
                "\"{}\" is a private name; the licence {proposal} is probably meant and proposed",
                shown(trimmed)
            ));
            reading.expression = Some(proposal);
        }
        (Ok(_), _) => {
            reading.expression = Some(trimmed.to_owned());
            reading.exact = true;
        }
        (Err(reason), Some((proposal, note))) => {
            reading.remarks.push(format!(
                "\"{}\" is not an SPDX licence expression ({reason}); {proposal} is probably meant and proposed{note}",
                shown(trimmed)
            ));
            reading.expression = Some(proposal);
        }
        (Err(reason), None) => reading.remarks.push(format!(
            "\"{}\" is not an SPDX licence expression ({reason}), and what is meant can't be told; set the licence by hand",
            shown(trimmed)
        )),
    }
    if let Some(why) = reading.expression.as_deref().and_then(closed) {
        reading.remarks.push(why);
    }
    reading
}

/// Why a design under this expression is not open hardware, if so: whoever takes it must be free to make
/// and sell it and to change it (Open Source Hardware Definition 1.0, points 4, 7 and 8). With OR, one
/// open choice is enough.
pub fn closed(expression: &str) -> Option<String> {
    let expression = strict(expression).ok()?;
    let is_open = |name: &str| {
        let name = name.to_ascii_uppercase();
        let has = |part: &str| name.split('-').any(|word| word == part);
        let refuses = ["ALLRIGHTSRESERVED", "NONE", "NOASSERTION", "PROPRIETARY", "UNLICENSED"];
        !(has("NC") || has("ND") || refuses.iter().any(|word| has(word)))
    };
    if expression.evaluate(|req| is_open(&req.license.to_string())) {
        return None;
    }
    let names: Vec<String> =
        expression.requirements().map(|r| r.req.license.to_string()).filter(|name| !is_open(name)).collect();
    Some(format!(
        "{} is not an open hardware licence: making it for others, selling it or changing it is not allowed to all",
        names.join(", ")
    ))
}

/// Whether an expression obliges whoever passes on what they derived to do so under the same terms: every way of
/// fulfilling it has a reciprocal licence in it.
pub fn is_reciprocal(expression: &str) -> bool {
    let Ok(expression) = strict(expression) else { return false };
    let reciprocal = |name: &str| {
        let name = name.to_ascii_uppercase();
        let by_word =
            name.split('-').any(|word| matches!(word, "SA" | "GPL" | "AGPL" | "LGPL" | "EUPL" | "MPL"));
        by_word
            || name.starts_with("CERN-OHL-S")
            || name.starts_with("CERN-OHL-W")
            || name.starts_with("CERN-OHL-1")
            || name.starts_with("TAPR-OHL")
    };
    !expression.evaluate(|req| !reciprocal(&req.license.to_string()))
}

/// The licences that a text names, each by its identifier: those of the expression that it is or probably means, else
/// the text itself.
pub fn names(text: &str) -> Vec<String> {
    let expression = read(text).expression.and_then(|expression| strict(&expression).ok());
    let Some(expression) = expression else {
        let name = shown(text.trim());
        return if name.is_empty() { Vec::new() } else { vec![name] };
    };
    let mut names: Vec<String> =
        expression.requirements().map(|requirement| requirement.req.license.to_string()).collect();
    names.sort();
    names.dedup();
    names
}

fn strict(text: &str) -> Result<Expression, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > LICENCE_MAX {
        return Err(format!("it has {} bytes, at most {LICENCE_MAX} are read", text.len()));
    }
    Expression::parse(text).map_err(|e| {
        let part = text.get(e.span.clone()).unwrap_or_default();
        if part.is_empty() { e.reason.to_string() } else { format!("{}: \"{}\"", e.reason, shown(part)) }
    })
}

fn all_private(expression: &Expression) -> bool {
    expression.requirements().all(|r| matches!(r.req.license, LicenseItem::Other(_)))
}

/// The expression that was probably meant, and a note that begins with "; " or is empty.
fn propose(text: &str) -> Option<(String, &'static str)> {
    if text.len() > LICENCE_MAX {
        return None;
    }
    if let Some(found) = wording::term(text) {
        return Some((found.id, found.note));
    }
    // Several licences: the careful reading of a bare list is that all of them bind.
    for (separator, operator, note) in [
        (",", " AND ", "; a list is read as: all of them bind"),
        (";", " AND ", "; a list is read as: all of them bind"),
        (" and ", " AND ", ""),
        (" or ", " OR ", ""),
        ("/", " OR ", "; a stroke is read as: any of them"),
    ] {
        let lower = text.to_lowercase();
        let parts: Vec<&str> = lower.split(separator).map(str::trim).filter(|p| !p.is_empty()).collect();
        if parts.len() < 2 {
            continue;
        }
        let ids: Option<Vec<String>> =
            parts.iter().map(|part| wording::term(part).map(|found| found.id)).collect();
        if let Some(ids) = ids {
            return Some((ids.join(operator), note));
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn valid_expressions_stay_as_they_are() {
        for text in [
            "CERN-OHL-S-2.0",
            "MIT OR Apache-2.0",
            "GPL-3.0-or-later WITH Classpath-exception-2.0",
            "(CERN-OHL-W-2.0 AND CC-BY-SA-4.0) OR MIT",
            "LicenseRef-SHL-2.1",
        ] {
            let reading = read(text);
            assert!(reading.exact && reading.remarks.is_empty(), "{text}: {reading:?}");
            assert_eq!(parse(text).unwrap(), text);
        }
    }

    #[test]
    fn the_licences_of_an_expression_are_named_one_by_one() {
        assert_eq!(
            names("(CERN-OHL-W-2.0 AND CC-BY-SA-4.0) OR MIT"),
            ["CC-BY-SA-4.0", "CERN-OHL-W-2.0", "MIT"]
        );
        assert_eq!(names("CC BY-SA 4.0"), ["CC-BY-SA-4.0"]);
        assert_eq!(names(" ask me "), ["ask me"]);
        assert!(names(" ").is_empty());
    }

    #[test]
    fn what_people_write_gets_a_proposal() {
        for (text, meant) in [
            ("CERN OHL v2 strongly reciprocal", "CERN-OHL-S-2.0"),
            ("CERN Open Hardware Licence Version 2 - Weakly Reciprocal", "CERN-OHL-W-2.0"),
            ("CERN-OHL-2-W", "CERN-OHL-W-2.0"),
            ("CERN-OHL-P", "CERN-OHL-P-2.0"),
            ("CERN OHL v1.2", "CERN-OHL-1.2"),
            ("cern-ohl-s-2.0", "CERN-OHL-S-2.0"),
            ("GPLv3", "GPL-3.0-only"),
            ("GPL-3.0", "GPL-3.0-only"),
            ("GPL-3.0+", "GPL-3.0-or-later"),
            ("GNU GPL v3.0", "GPL-3.0-only"),
            ("GNU General Public License v2 or later", "GPL-2.0-or-later"),
            ("GNU Affero General Public License, version 3", "AGPL-3.0-only"),
            ("LGPL 2.1", "LGPL-2.1-only"),
            ("https://www.gnu.org/licenses/gpl-3.0.html", "GPL-3.0-only"),
            ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
            ("CC-BY-SA v4.0", "CC-BY-SA-4.0"),
            ("CC-by-sa 3.0", "CC-BY-SA-3.0"),
            ("CC BY 3.0 US", "CC-BY-3.0-US"),
            ("Creative Commons Attribution-ShareAlike 4.0 International License", "CC-BY-SA-4.0"),
            ("https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-SA-4.0"),
            ("CC0", "CC0-1.0"),
            ("CC BY-SA", "CC-BY-SA-4.0"),
            ("MIT License", "MIT"),
            ("The MIT License (MIT)", "MIT"),
            ("mit", "MIT"),
            ("Apache 2", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("TAPR OHL", "TAPR-OHL-1.0"),
            ("Solderpad Hardware License v2.1", "LicenseRef-SHL-2.1"),
            ("BSD 3-Clause", "BSD-3-Clause"),
            ("EUPL 1.2", "EUPL-1.2"),
            ("LicenseRef-CC BY-SA-4.0", "CC-BY-SA-4.0"),
            ("LicenseRef-CC-BY-SA-3.0", "CC-BY-SA-3.0"),
            ("LicenseRef-CC-BY-SA-4.0, CC-BY-NC-SA-4.0", "CC-BY-SA-4.0 AND CC-BY-NC-SA-4.0"),
            ("MIT/Apache 2.0", "MIT OR Apache-2.0"),
            ("CERN OHL v1.2 and GPLv3", "CERN-OHL-1.2 AND GPL-3.0-only"),
        ] {
            let reading = read(text);
            assert_eq!(reading.expression.as_deref(), Some(meant), "{text}: {reading:?}");
            assert!(!reading.exact && !reading.remarks.is_empty(), "{text}");
            strict(meant).unwrap();
        }
    }

    #[test]
    fn where_two_readings_are_likely_none_is_proposed() {
        for text in [
            "CERN OHL",
            "CERN OHL v2",
            "GPL",
            "['value']",
            "[value]",
            "None",
            "",
            "No license information available on website, but scheckeats is a registered trademark",
            "not MIT",
            "CC",
            "PANAKA-OHL-1.0",
            "PANAKA AND MIT",
            "Creative Commons",
            "CC BY-SA 7.0",
        ] {
            let reading = read(text);
            assert_eq!(reading.expression, None, "{text}");
            assert_eq!(reading.remarks.len(), 1, "{text}");
        }
    }

    #[test]
    fn an_error_names_the_text_and_the_proposal() {
        let text = parse("GPLv3").unwrap_err().to_string();
        assert!(text.contains("GPLv3") && text.contains("perhaps GPL-3.0-only"), "{text}");
        assert!(parse("MIT AND").unwrap_err().to_string().contains("spdx.org"));
    }

    #[test]
    fn non_commercial_and_no_derivatives_are_said_not_to_be_open_hardware() {
        for text in
            ["CC-BY-NC-SA-4.0", "CC BY-ND 4.0", "MIT AND CC-BY-NC-4.0", "LicenseRef-AllRightsReserved"]
        {
            let reading = read(text);
            assert!(
                reading.remarks.iter().any(|r| r.contains("not an open hardware")),
                "{text}: {reading:?}"
            );
        }
        for text in ["MIT OR CC-BY-NC-4.0", "CERN-OHL-S-2.0", "CC-BY-SA-4.0", "Sendmail"] {
            assert_eq!(closed(text), None, "{text}");
        }
    }

    #[test]
    fn a_licence_is_reciprocal_when_no_way_out_of_it_is_permissive() {
        for text in
            ["CERN-OHL-S-2.0", "CC-BY-SA-4.0", "GPL-3.0-only", "MIT AND CERN-OHL-W-2.0", "TAPR-OHL-1.0"]
        {
            assert!(is_reciprocal(text), "{text}");
        }
        for text in ["CERN-OHL-P-2.0", "CC-BY-4.0", "MIT", "MIT OR GPL-3.0-only", "not one"] {
            assert!(!is_reciprocal(text), "{text}");
        }
    }

    #[test]
    fn hostile_texts_end() {
        for text in ["(".repeat(100_000), "MIT ".repeat(50_000), "MIT AND ".repeat(60), "(".repeat(500)] {
            assert!(parse(&text).is_err());
            assert_eq!(read(&text).expression, None);
        }
        let nested = "(".repeat(200) + "MIT" + &")".repeat(200);
        assert_eq!(parse(&nested).unwrap(), nested);
    }

    proptest::proptest! {
        #[test]
        fn every_proposal_is_itself_valid(text in "((cc|CERN|gpl|OHL|by|sa|nc|MIT|v|[0-4.]{1,3}|or|later|and|[,/+ -]|0|\\PC) ?){0,8}") {
            if let Some(expression) = read(&text).expression {
                proptest::prop_assert!(strict(&expression).is_ok(), "{text:?} gave {expression:?}");
            }
        }
    }
}
