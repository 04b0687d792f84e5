//! Which records count, in which bucket, and for how many points.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{One, Zero};
use rust_decimal::Decimal;

use super::exact::{self, in_unit};
use super::rule::{Age, Bucket, Divide, Weight};
use super::upstream::Cites;
use super::words::{Action, StandingWord, Text};
use super::{Asked, LeftOut, Rule};
use crate::id::EntryId;
use crate::limits;
use crate::record::ledger::{Line, Provider};
use crate::record::standing::Standing;

const DAY: u64 = 24 * 3600 * 1000;

/// A record that counts in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The record.
    pub record: EntryId,
    /// Who did it.
    pub provider: Provider,
    /// What was done.
    pub action: String,
    /// In what capacity.
    pub role: Option<String>,
    /// How much, as it was written.
    pub quantity: Decimal,
    /// Of which unit.
    pub unit: String,
    /// How much in the unit of the tariff; absent where the bucket has none.
    pub measured: Option<(BigRational, String)>,
    /// What a unit is worth by the tariff.
    pub rate: BigRational,
    /// What it is multiplied by for its kind.
    pub by_kind: BigRational,
    /// Where it stands.
    pub standing: Standing,
    /// What it is multiplied by for its standing.
    pub by_standing: BigRational,
    /// How many whole days ago it was done.
    pub days: u64,
    /// What it is multiplied by for its age.
    pub by_age: BigRational,
    /// All of these multiplied.
    pub points: BigRational,
}

/// What counts of each work, by its place, in each bucket, by its place in the rule.
pub(super) type ByBucket = Vec<Vec<Vec<Counted>>>;

pub(super) fn count<'a>(
    rule: &Rule,
    asked: &Asked,
    works: &[Cites],
    lines: impl Iterator<Item = Line<'a>>,
) -> (ByBucket, LeftOut) {
    let places: BTreeMap<EntryId, usize> =
        works.iter().enumerate().map(|(place, work)| (work.subject, place)).collect();
    let mut counted: ByBucket = vec![vec![Vec::new(); rule.bucket.len()]; works.len()];
    let mut left_out = LeftOut::default();
    for line in lines {
        let Some(place) = line.subject.and_then(|subject| places.get(&subject)) else { continue };
        let begin = line.happened.begin();
        if asked.from.is_some_and(|from| begin < from) || asked.to.is_some_and(|to| begin >= to) {
            left_out.other_time += 1;
            continue;
        }
        let Some(by_standing) = StandingWord::of(line.standing).and_then(|word| rule.standing.get(&word))
        else {
            *left_out.standing.entry(line.standing).or_default() += 1;
            continue;
        };
        if line.settled.iter().any(|it| rule.leave_out_settled.iter().any(|by| by.0 == it.means)) {
            left_out.settled += 1;
            continue;
        }
        let days = asked.on.saturating_sub(line.happened.end()) / DAY;
        let by_age = rule.age.as_ref().map_or_else(BigRational::one, |age| by_age(age, days));
        let by_kind = by_kind(&rule.weight, &line);
        let weight = by_standing.value() * &by_age * &by_kind;
        let (mut fits, mut counts) = (false, false);
        for (bucket, found) in rule.bucket.iter().zip(counted.get_mut(*place).into_iter().flatten()) {
            let Some((measured, rate)) = worth(bucket, &line) else { continue };
            fits = true;
            let of = measured.as_ref().map_or_else(BigRational::one, |(amount, _)| amount.clone());
            let points = of * &rate * &weight;
            if points <= BigRational::zero() {
                continue;
            }
            counts = true;
            found.push(Counted {
                record: line.id,
                provider: line.provider,
                action: line.action.to_owned(),
                role: line.role.map(str::to_owned),
                quantity: line.quantity.amount,
                unit: line.quantity.unit.to_owned(),
                measured,
                rate,
                by_kind: by_kind.clone(),
                standing: line.standing,
                by_standing: by_standing.value().clone(),
                days,
                by_age: by_age.clone(),
                points,
            });
        }
        match (fits, counts) {
            (false, _) => left_out.no_bucket += 1,
            (true, false) => left_out.nothing += 1,
            (true, true) => left_out.counted += 1,
        }
    }
    for found in counted.iter_mut().flatten() {
        found.sort_by_key(|it| (it.provider, it.record));
    }
    (counted, left_out)
}

/// Whether a record is of these actions and roles; an empty list leaves nothing out.
fn is_of(actions: &[Action], roles: &[Text], line: &Line<'_>) -> bool {
    (actions.is_empty() || actions.iter().any(|action| action.0 == line.action))
        && (roles.is_empty() || roles.iter().any(|role| Some(role.0.as_str()) == line.role))
}

/// What a record measures in a bucket, and the rate of a unit; `None` when it isn't in it.
fn worth(bucket: &Bucket, line: &Line<'_>) -> Option<(Option<(BigRational, String)>, BigRational)> {
    if !is_of(&bucket.actions, &bucket.roles, line) {
        return None;
    }
    match bucket.divide {
        Divide::Records | Divide::People => Some((None, BigRational::one())),
        Divide::Quantity | Divide::Budget => bucket.tariff.iter().find_map(|rate| {
            let amount = is_of(&rate.actions, &rate.roles, line)
                .then(|| in_unit(line.quantity.amount, line.quantity.unit, &rate.unit.0))??;
            Some((Some((amount, rate.unit.0.clone())), rate.rate.value().clone()))
        }),
    }
}

fn by_kind(weights: &[Weight], line: &Line<'_>) -> BigRational {
    let fits = |weight: &&Weight| {
        let of_unit = |unit: &str| in_unit(Decimal::ONE, line.quantity.unit, unit).is_some();
        is_of(&weight.actions, &weight.roles, line)
            && (weight.units.is_empty() || weight.units.iter().any(|unit| of_unit(&unit.0)))
    };
    weights.iter().filter(fits).fold(BigRational::one(), |all, weight| all * weight.factor.value())
}

fn by_age(age: &Age, days: u64) -> BigRational {
    if let Some(half_life) = age.half_life_days.filter(|days| *days > 0) {
        let halvings = (days / half_life).min(limits::RULE_HALVINGS_MAX);
        return BigRational::new(1.into(), num_bigint::BigInt::from(1) << halvings);
    }
    let mut brackets = age.brackets.iter().flatten();
    let young = brackets.find(|bracket| bracket.under_days.is_none_or(|under| days < under));
    young.map_or_else(BigRational::zero, |bracket| bracket.factor.value().clone())
}

/// The arithmetic of a record in one line.
impl Counted {
    /// Its factors and their product: `1.5 × 30 × 2 = 90`. Factors of one are left out, but for the first.
    pub fn arithmetic(&self) -> String {
        let first = self.measured.as_ref().map_or_else(BigRational::one, |(amount, _)| amount.clone());
        let more = [&self.rate, &self.by_kind, &self.by_standing, &self.by_age];
        let mut text = exact::shown(&first);
        for factor in more.into_iter().filter(|factor| !factor.is_one()) {
            text += " × ";
            text += &exact::shown(factor);
        }
        format!("{text} = {}", exact::shown(&self.points))
    }
}
