//! A rule: how an amount is shared, as data that people agree on. The language is described in `docs/shares.md`.
//!
//! Invariants: what isn't known is refused with its line; a number is exact or refused; two texts that say the same have
//! one hash, whatever their spaces and comments.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{One, Zero};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::exact::Fraction;
use super::words::{Action, CurrencyCode, SettledBy, StandingWord, Text, UnitCode};
use crate::canonical;
use crate::limits;

/// A text that is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct RuleError {
    /// The line of the text, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// What it is called.
    pub name: Text,
    /// Which version of it this is.
    pub version: Text,
    /// What it is for, in words.
    pub about: Option<Text>,
    /// The only currency it is for; any, when absent.
    pub currency: Option<CurrencyCode>,
    /// A record that was settled by one of these doesn't count any more.
    #[serde(default = "once")]
    pub leave_out_settled: Vec<SettledBy>,
    /// What goes to nobody by the buckets.
    #[serde(default)]
    pub rest: Rest,
    /// What goes to people and groups who are no members.
    #[serde(default)]
    pub unclaimed: Unclaimed,
    /// The most that one person gets: a part of the amount.
    pub cap: Option<Fraction>,
    /// The most that one person gets, in the currency.
    pub cap_amount: Option<Fraction>,
    /// What a record counts by where it stands; those that are not named don't count.
    #[serde(default = "confirmed")]
    pub standing: BTreeMap<StandingWord, Fraction>,
    /// What a record counts by its age.
    pub age: Option<Age>,
    /// What a record counts by its kind: all that fit are multiplied.
    #[serde(default)]
    pub weight: Vec<Weight>,
    /// What goes to the commons before all else.
    pub commons: Option<CommonsPart>,
    /// What is passed to the works that it was made on the ground of.
    pub upstream: Option<Upstream>,
    /// The parts that are divided, in their order.
    pub bucket: Vec<Bucket>,
}

fn once() -> Vec<SettledBy> {
    vec![SettledBy::shares()]
}

fn confirmed() -> BTreeMap<StandingWord, Fraction> {
    [(StandingWord::Confirmed, Fraction::one())].into()
}

/// What becomes of what is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rest {
    /// The commons have it.
    #[default]
    Commons,
    /// It is kept aside.
    Aside,
    /// It goes to all who get something, in proportion to what they get.
    Spread,
}

/// What becomes of the shares of those who are no members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unclaimed {
    /// Each is kept aside under its name.
    #[default]
    Aside,
    /// The commons have them.
    Commons,
}

/// What age does to a record's weight: one of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Age {
    /// It is halved after each so many whole days.
    pub half_life_days: Option<u64>,
    /// The first bracket that a record is young enough for says it; beyond the last it counts nothing.
    pub brackets: Option<Vec<Bracket>>,
}

/// A bracket of ages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bracket {
    /// Younger than so many days; any age, when absent.
    pub under_days: Option<u64>,
    /// What it is multiplied by.
    pub factor: Fraction,
}

/// A factor for records of a kind. An empty list leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Weight {
    /// Of these actions.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// In these capacities.
    #[serde(default)]
    pub roles: Vec<Text>,
    /// Measured in these units, or in others of the same dimension.
    #[serde(default)]
    pub units: Vec<UnitCode>,
    /// What it is multiplied by.
    pub factor: Fraction,
}

/// What goes to the commons before all else: the larger of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CommonsPart {
    /// A part of the amount.
    pub share: Option<Fraction>,
    /// At least so much, in the currency.
    pub floor: Option<Fraction>,
}

/// What is passed upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Upstream {
    /// The part that each work passes on of what it gets.
    pub share: Fraction,
    /// How many steps of citation it goes.
    pub depth: u64,
}

/// A part of what a work gets, and how it is divided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bucket {
    /// What it is called.
    pub name: Text,
    /// How large it is.
    pub share: Fraction,
    /// Of what.
    #[serde(default)]
    pub of: PartOf,
    /// Only records of these actions; all, when empty.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Only records in these capacities; all, when empty.
    #[serde(default)]
    pub roles: Vec<Text>,
    /// How it is divided.
    pub divide: Divide,
    /// What a unit of each kind is worth, for [`Divide::Quantity`] and [`Divide::Budget`].
    #[serde(default)]
    pub tariff: Vec<Rate>,
}

/// What a bucket's share is a part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartOf {
    /// Of all that the work has to divide: a straight percentage.
    #[default]
    Whole,
    /// Of what the buckets before it left.
    Remaining,
}

/// How a bucket is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Divide {
    /// By quantity times rate, times the weights: all of the bucket.
    Quantity,
    /// The same as an amount of money: what the tariff says, or in proportion to it where the bucket is too small.
    Budget,
    /// By the number of records, each times its weights.
    Records,
    /// The same for everybody with a record that counts.
    People,
}

/// A line of a tariff grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rate {
    /// For these actions; all, when empty.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// For these capacities; all, when empty.
    #[serde(default)]
    pub roles: Vec<Text>,
    /// For quantities in this unit, or in others of its dimension.
    pub unit: UnitCode,
    /// What one unit is worth.
    pub rate: Fraction,
}

/// Only to find the lines of what doesn't fit together.
#[derive(Deserialize)]
struct Lines {
    bucket: Vec<Spanned<toml::Value>>,
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// It is no TOML, holds what a rule has not, or what doesn't fit together; with the line.
    pub fn read(text: &str) -> Result<Self, RuleError> {
        if text.len() > limits::RULE_MAX {
            return Err(RuleError {
                line: 1,
                what: format!("a rule has at most {} bytes", limits::RULE_MAX),
            });
        }
        let at = |offset: usize| text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
        let rule: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| at(span.start));
            RuleError { line, what: error.message().lines().collect::<Vec<_>>().join(" ") }
        })?;
        let lines: Vec<usize> = toml::from_str::<Lines>(text)
            .map(|lines| lines.bucket.iter().map(|bucket| at(bucket.span().start)).collect())
            .unwrap_or_default();
        let of_key = |key: &str| {
            let is = |line: &str| line.trim_start_matches(['[', ' ', '\t']).starts_with(key);
            text.lines().position(is).map_or(1, |line| line + 1)
        };
        rule.check(&lines, &of_key).map_err(|(line, what)| RuleError { line, what })?;
        Ok(rule)
    }

    fn check(&self, lines: &[usize], of_key: &dyn Fn(&str) -> usize) -> Result<(), (usize, String)> {
        let one = BigRational::one();
        let refuse = |key: &str, what: &str| Err((of_key(key), what.to_owned()));
        let is_part = |part: &Fraction| *part.value() <= one;
        if self.bucket.is_empty() || self.bucket.len() > limits::RULE_BUCKETS_MAX {
            return refuse("bucket", "a rule has 1 to 32 buckets; add one with [[bucket]]");
        }
        if !self.standing.values().any(|factor| !factor.value().is_zero()) {
            return refuse(
                "standing",
                "no record counts; give a standing more than 0, such as confirmed = 1",
            );
        }
        if self.weight.len() > limits::RULE_ITEMS_MAX {
            return refuse("weight", "a rule has at most 256 weights");
        }
        if let Some(age) = &self.age {
            match (age.half_life_days, age.brackets.as_deref()) {
                (Some(0), None) => return refuse("half-life-days", "a half-life is one day or more"),
                (Some(_), None) => {}
                (None, Some(brackets))
                    if !brackets.is_empty() && brackets.len() <= limits::RULE_ITEMS_MAX =>
                {
                    let ends: Vec<u64> =
                        brackets.iter().map(|it| it.under_days.unwrap_or(u64::MAX)).collect();
                    if !ends.is_sorted_by(|a, b| a < b) {
                        return refuse(
                            "brackets",
                            "brackets go from young to old; only the last may be without under-days",
                        );
                    }
                }
                _ => return refuse("age", "age has either half-life-days or brackets"),
            }
        }
        if self.cap.is_some() && self.cap_amount.is_some() {
            return refuse("cap", "a rule has either cap, a part, or cap-amount");
        }
        if self.cap.as_ref().is_some_and(|cap| !is_part(cap)) {
            return refuse("cap", "a cap is a part: 100% or less; for an amount of money write cap-amount");
        }
        if let Some(commons) = &self.commons
            && commons.share.as_ref().is_some_and(|share| !is_part(share))
        {
            return refuse("commons", "the part of the commons is 100% or less");
        }
        if let Some(upstream) = &self.upstream {
            if !is_part(&upstream.share) {
                return refuse("upstream", "what is passed upstream is 100% or less");
            }
            if !(1..=limits::RULE_DEPTH_MAX).contains(&upstream.depth) {
                return refuse("depth", "a depth is 1 to 16 steps");
            }
        }
        let floor = self.commons.as_ref().is_some_and(|commons| commons.floor.is_some());
        let budget = self.bucket.iter().any(|bucket| bucket.divide == Divide::Budget);
        if self.currency.is_none() && (budget || floor || self.cap_amount.is_some()) {
            return refuse(
                "version",
                "a budget, a floor or a cap-amount is money; say which: currency = \"EUR\"",
            );
        }
        let mut straight = BigRational::zero();
        for (place, bucket) in self.bucket.iter().enumerate() {
            let line = lines.get(place).copied().unwrap_or(1);
            let refuse = |what: &str| Err((line, format!("bucket \"{}\": {what}", bucket.name.0)));
            let by_tariff = matches!(bucket.divide, Divide::Quantity | Divide::Budget);
            if bucket.of == PartOf::Whole {
                straight += bucket.share.value();
            }
            if !is_part(&bucket.share) || straight > one {
                return refuse(
                    "the shares of the whole are over 100%; lower one, or write of = \"remaining\"",
                );
            }
            if by_tariff && bucket.tariff.is_empty() {
                return refuse("it is divided by quantity; say of which unit in a [[bucket.tariff]]");
            }
            if !by_tariff && !bucket.tariff.is_empty() {
                return refuse("a tariff needs divide = \"quantity\" or \"budget\"");
            }
            if bucket.tariff.len() > limits::RULE_ITEMS_MAX {
                return refuse("a tariff has at most 256 lines");
            }
        }
        Ok(())
    }

    /// What it is cited by: BLAKE3 of the rule as canonical DAG-CBOR, with all that was left out filled in.
    pub fn hash(&self) -> String {
        // A rule holds texts, whole numbers and lists only, so there is always an encoding.
        let bytes = canonical::encode(self).unwrap_or_default();
        blake3::hash(&bytes).to_hex().to_string()
    }
}
