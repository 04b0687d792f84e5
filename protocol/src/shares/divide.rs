//! From points to money: buckets, what is left, caps, rounding.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::count::{ByBucket, Counted};
use super::exact::{self, bounded, largest_remainder};
use super::rule::{Bucket, Divide, PartOf, Rest, Unclaimed};
use super::upstream::{Cites, flow};
use super::{
    Asked, Commons, Filled, LeftOut, Part, Person, Rule, SHARE_DECIMALS, SharesError, Statement, Who, Work,
};
use crate::record::ledger::Provider;

pub(super) fn divide(
    rule: &Rule,
    asked: &Asked,
    works: &[Cites],
    counted: ByBucket,
    left_out: LeftOut,
) -> Result<Statement, SharesError> {
    let amount = exact::of(asked.amount);
    let own: Vec<bool> = counted.iter().map(|buckets| buckets.iter().any(|it| !it.is_empty())).collect();
    if !own.first().copied().unwrap_or(false) {
        return Err(SharesError::Nothing(Box::new(left_out)));
    }
    let first = commons_first(rule, &amount);
    let flows = flow(rule, works, &own, &amount - &first)?;
    let subjects: Vec<_> = works.iter().map(|work| work.subject).collect();
    let mut done: Vec<Work> = Vec::new();
    for ((work, flow), counted) in works.iter().zip(flows).zip(counted) {
        if flow.gets.is_zero() {
            continue;
        }
        let to_divide = &flow.gets - &flow.passed;
        let (buckets, rest) = fill(rule, &to_divide, counted)?;
        let from = flow.from.into_iter();
        let from = from.filter_map(|(place, by, part)| Some((*subjects.get(place)?, by, part))).collect();
        let (subject, level) = (work.subject, work.level);
        done.push(Work { subject, level, amount: flow.gets, from, passed: flow.passed, buckets, rest });
    }
    let mut people: BTreeMap<Provider, Person> = BTreeMap::new();
    for (who, (_, given)) in done.iter().flat_map(|work| &work.buckets).flat_map(|bucket| &bucket.people) {
        let zero = BigRational::zero;
        let person =
            people.entry(*who).or_insert_with(|| Person { given: zero(), spread: zero(), capped: zero() });
        person.given = bounded(&person.given + given)?;
    }
    let mut rest = BigRational::zero();
    for work in &done {
        rest = bounded(rest + &work.rest)?;
    }
    rest = spread_and_cap(rule, &amount, &mut people, rest)?;
    let mut parts: BTreeMap<Who, BigRational> = BTreeMap::new();
    let mut unclaimed = BigRational::zero();
    for (who, person) in &people {
        match (who, rule.unclaimed) {
            (Provider::Agent(_), Unclaimed::Commons) => unclaimed = bounded(unclaimed + &person.capped)?,
            _ => *parts.entry((*who).into()).or_default() += &person.capped,
        }
    }
    let aside = if rule.rest == Rest::Aside { std::mem::take(&mut rest) } else { BigRational::zero() };
    let commons = Commons { first, rest, unclaimed };
    parts.insert(Who::Commons, bounded(&commons.first + &commons.rest + &commons.unclaimed)?);
    parts.insert(Who::Aside, aside.clone());
    parts.retain(|_, part| !part.is_zero());
    let parts = rounded(&amount, asked.currency.decimals, parts);
    let currency = asked.currency;
    Ok(Statement { amount, currency, works: done, people, commons, aside, parts, left_out })
}

/// What goes to the commons before all else; never more than there is.
fn commons_first(rule: &Rule, amount: &BigRational) -> BigRational {
    let Some(commons) = &rule.commons else { return BigRational::zero() };
    let share = commons.share.as_ref().map_or_else(BigRational::zero, |share| amount * share.value());
    let floor = commons.floor.as_ref().map_or_else(BigRational::zero, |floor| floor.value().clone());
    share.max(floor).min(amount.clone())
}

/// Fills the buckets of a work in their order and empties them among people; with what went to nobody.
fn fill(
    rule: &Rule,
    whole: &BigRational,
    counted: Vec<Vec<Counted>>,
) -> Result<(Vec<Filled>, BigRational), SharesError> {
    let mut left = whole.clone();
    let mut filled = Vec::new();
    for (place, (bucket, counted)) in rule.bucket.iter().zip(counted).enumerate() {
        let of = match bucket.of {
            PartOf::Whole => whole.clone(),
            PartOf::Remaining => left.clone(),
        };
        // A straight part behind a remaining one may be more than is left.
        let amount = bounded((&of * bucket.share.value()).min(left.clone()))?;
        let bucket = empty(bucket, place, of, amount, counted)?;
        left = bounded(left - &bucket.given)?;
        filled.push(bucket);
    }
    Ok((filled, left))
}

fn empty(
    bucket: &Bucket,
    place: usize,
    of: BigRational,
    amount: BigRational,
    counted: Vec<Counted>,
) -> Result<Filled, SharesError> {
    let mut points: BTreeMap<Provider, BigRational> = BTreeMap::new();
    for it in &counted {
        let sum = points.entry(it.provider).or_default();
        *sum = match bucket.divide {
            Divide::People => BigRational::one(),
            _ => bounded(&*sum + &it.points)?,
        };
    }
    let mut all = BigRational::zero();
    for points in points.values() {
        all = bounded(all + points)?;
    }
    let given = match bucket.divide {
        _ if all.is_zero() => BigRational::zero(),
        Divide::Budget => all.clone().min(amount.clone()),
        _ => amount.clone(),
    };
    let each = |points: BigRational| {
        let part = bounded(&given * &points / &all)?;
        Ok((points, part))
    };
    let people = points.into_iter().map(|(who, points)| Ok((who, each(points)?)));
    let people = people.collect::<Result<_, SharesError>>()?;
    Ok(Filled { place, of, amount, given, points: all, counted, people })
}

/// Spreads what is left where the rule says so, and holds everybody under the cap; with what is left after that.
fn spread_and_cap(
    rule: &Rule,
    amount: &BigRational,
    people: &mut BTreeMap<Provider, Person>,
    rest: BigRational,
) -> Result<BigRational, SharesError> {
    let given = people.values().fold(BigRational::zero(), |sum, person| sum + &person.given);
    let spreads = rule.rest == Rest::Spread && given.is_positive();
    for person in people.values_mut() {
        let more = if spreads { &rest * &person.given / &given } else { BigRational::zero() };
        person.spread = bounded(&person.given + more)?;
        person.capped.clone_from(&person.spread);
    }
    let mut rest = if spreads { BigRational::zero() } else { rest };
    let part = rule.cap.as_ref().map(|cap| amount * cap.value());
    let Some(cap) = part.or_else(|| rule.cap_amount.as_ref().map(|cap| cap.value().clone())) else {
        return Ok(rest);
    };
    // Each round brings at least one more person to the cap, or ends.
    loop {
        let mut over = BigRational::zero();
        for person in people.values_mut().filter(|person| person.capped > cap) {
            over = bounded(over + &person.capped - &cap)?;
            person.capped.clone_from(&cap);
        }
        let under = people.values().filter(|person| person.capped < cap);
        let base = under.fold(BigRational::zero(), |sum, person| sum + &person.spread);
        if over.is_zero() || !spreads || base.is_zero() {
            rest = bounded(rest + over)?;
            return Ok(rest);
        }
        for person in people.values_mut().filter(|person| person.capped < cap) {
            person.capped = bounded(&person.capped + &over * &person.spread / &base)?;
        }
    }
}

fn rounded(amount: &BigRational, decimals: u32, parts: BTreeMap<Who, BigRational>) -> Vec<Part> {
    let (who, exact): (Vec<Who>, Vec<BigRational>) = parts.into_iter().unzip();
    let paid = largest_remainder(&exact, decimals);
    let shares: Vec<BigRational> = exact.iter().map(|part| part / amount).collect();
    let shares = largest_remainder(&shares, SHARE_DECIMALS);
    let parts = who.into_iter().zip(exact).zip(paid).zip(shares);
    parts.map(|(((who, exact), paid), share)| Part { who, exact, paid, share }).collect()
}
