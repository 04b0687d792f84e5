//! The words of a page in each language. A word that one language lacks does not compile.

use aronde_protocol::quantity::unit::{self, Dimension};
use aronde_protocol::record::standing::Standing;

use super::findings::Kind;
use crate::api::ReportLanguage;

mod actions;
mod en;
mod fr;
mod nl;

/// What one and several of something are called.
pub(super) struct Noun(pub &'static str, pub &'static str);

/// A heading, and what a reader should know below it.
pub(super) struct Told {
    pub heading: &'static str,
    pub means: &'static str,
}

/// The words of one language. What takes texts takes them as HTML.
pub(super) struct Words {
    /// Its code (BCP 47).
    pub code: &'static str,
    /// Which of three words in a table is its.
    place: usize,
    /// Between the whole and the decimals of a number.
    point: char,
    /// Whether none of something is said as one of it is.
    none_is_one: bool,

    pub report: &'static str,
    pub subtitle: &'static str,
    pub contents: &'static str,
    pub well: Told,
    pub not_well: Told,
    pub faults: Noun,
    pub questions: Noun,
    pub notes: Noun,
    /// How many entries came in after the audit.
    pub came_in: fn(&str) -> String,
    /// Which charters quarrel.
    pub alarm: fn(&str) -> String,

    pub about: &'static str,
    pub unsigned: &'static str,
    pub federation: &'static str,
    pub made_by: &'static str,
    pub workshop: &'static str,
    pub made_at: &'static str,
    pub as_clock_says: &'static str,
    pub charter: &'static str,
    pub no_charter: &'static str,
    pub endorsed_by: &'static str,
    pub missing: &'static str,
    pub digest: &'static str,
    pub held_digest: &'static str,
    pub digests_mean: &'static str,

    pub checked: Told,
    /// Entries, signatures, logs, documents, records, files.
    pub checked_what: [&'static str; 6],

    pub totals: Told,
    pub contributions: &'static str,
    pub standing_means: fn(Standing) -> Told,
    /// How many members confirm, and how many of them from elsewhere, if any.
    pub confirmed_by: fn(u64, u64) -> String,
    /// Headings of totals by person, workshop, subject, month; and of their first columns.
    pub by: [Told; 4],
    pub by_column: [&'static str; 4],
    pub what: &'static str,
    pub total: &'static str,
    pub records: &'static str,
    pub of_what: &'static str,
    pub nothing_yet: &'static str,
    pub no_member: &'static str,
    pub not_said: &'static str,
    /// How many more there are, which the report in JSON has.
    pub more: fn(&str) -> String,
    /// The first month, the last, that with most and how much it has.
    pub months: fn(&str, &str, &str, &str) -> String,
    /// What is counted, which has a name and no unit.
    counted: fn(&str) -> String,
    dimension: fn(Dimension) -> &'static str,

    pub findings: &'static str,
    pub nothing_found: &'static str,
    pub faults_are: Told,
    pub questions_are: Told,
    pub notes_are: Told,
    pub kind: fn(Kind) -> &'static str,
    /// Said below the findings where their sentences are in another language than the page.
    pub sentences: Option<&'static str>,

    pub again: Told,
    pub again_how: [&'static str; 7],
    pub silent: &'static str,
    pub silent_on: [&'static str; 5],
    /// The version, and when.
    pub foot: fn(&str, &str) -> String,
}

impl Words {
    /// The words of a language.
    pub fn of(language: ReportLanguage) -> &'static Self {
        match language {
            ReportLanguage::English => &en::WORDS,
            ReportLanguage::French => &fr::WORDS,
            ReportLanguage::Dutch => &nl::WORDS,
        }
    }

    /// A number of things.
    pub fn count(&self, n: u64, Noun(one, many): &Noun) -> String {
        let noun = if n == 1 || n == 0 && self.none_is_one { one } else { many };
        format!("{} {noun}", self.number(&n.to_string()))
    }

    /// An exact decimal with its thousands apart, all digits kept.
    pub fn number(&self, exact: &str) -> String {
        let (sign, digits) = exact.strip_prefix('-').map_or(("", exact), |digits| ("\u{2212}", digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let mut said = sign.to_owned();
        for (place, digit) in whole.chars().enumerate() {
            // Four digits are read at once.
            if place > 0 && (whole.len() - place).is_multiple_of(3) && whole.len() > 4 {
                said.push('\u{202f}');
            }
            said.push(digit);
        }
        if !part.is_empty() {
            said.push(self.point);
            said += part;
        }
        said
    }

    /// What a unit is called beside a number: its code, or, of what is counted, its name.
    pub fn unit<'u>(&self, code: &'u str) -> &'u str {
        bare(code).map_or(code, |bare| self.label(code).unwrap_or(bare))
    }

    /// What quantities that can be added measure, by a unit of them.
    pub fn measure(&self, code: &str) -> String {
        match unit::by_code(code).map(|unit| unit.dimension) {
            Some(dimension) if dimension != Dimension::Own => (self.dimension)(dimension).to_owned(),
            _ if bare(code).is_some() => (self.counted)(self.unit(code)),
            _ => self.label(code).unwrap_or(code).to_owned(),
        }
    }

    fn label(&self, code: &str) -> Option<&'static str> {
        unit::by_code(code).and_then(|unit| unit.labels.get(self.place).copied())
    }

    /// What an action of Valueflows is called.
    pub fn action<'a>(&self, action: &'a str) -> &'a str {
        let known = actions::ACTIONS.iter().find(|(name, _)| *name == action);
        known.and_then(|(_, words)| words.get(self.place)).copied().unwrap_or(action)
    }
}

/// What is counted by a unit in braces.
pub(super) fn bare(code: &str) -> Option<&str> {
    code.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&Words; 3] = [&en::WORDS, &fr::WORDS, &nl::WORDS];

    #[test]
    fn numbers_keep_every_digit_and_have_the_point_of_their_language() {
        let said = |exact: &str| ALL.map(|words| words.number(exact));
        assert_eq!(
            said("1234567.50"),
            ["1\u{202f}234\u{202f}567.50", "1\u{202f}234\u{202f}567,50", "1\u{202f}234\u{202f}567,50"]
        );
        assert_eq!(said("-0.125").map(|said| said.replace(',', ".")), ["\u{2212}0.125"; 3]);
        assert_eq!(said("1234"), ["1234"; 3]);
        assert_eq!(said("0"), ["0"; 3]);
    }

    #[test]
    fn none_of_something_is_one_in_french_and_several_elsewhere() {
        let none = ALL.map(|words| words.count(0, &words.faults) == format!("0 {}", words.faults.0));
        assert_eq!(none, [false, true, false]);
    }

    #[test]
    fn units_and_actions_are_called_as_people_call_them_and_others_as_they_are() {
        let called = |ask: fn(&Words) -> &str| ALL.map(ask);
        let measured = |code| ALL.map(|words| words.measure(code));
        assert_eq!(measured("min"), ["Time", "Temps", "Tijd"]);
        assert_eq!(measured("{page}"), ["Number: page", "Nombre\u{a0}: page", "Aantal: bladzijde"]);
        assert_eq!(measured("EUR"), ["EUR"; 3]);
        assert_eq!(called(|words| words.unit("{page}")), ["page", "page", "bladzijde"]);
        assert_eq!(called(|words| words.unit("h")), ["h"; 3]);
        assert_eq!(called(|words| words.unit("{no such}")), ["no such"; 3]);
        assert_eq!(called(|words| words.action("work")), ["work", "travail", "werk"]);
        assert_eq!(called(|words| words.action("another")), ["another"; 3]);
    }

    #[test]
    fn every_action_that_can_be_recorded_has_its_words() {
        let known = actions::ACTIONS.map(|(name, _)| name);
        let offered = aronde_protocol::record::contribution::ACTIONS.map(|(name, _)| name);
        assert!(offered.iter().all(|name| known.contains(name)), "{known:?}");
    }
}
