//! A statement in words: every step with its numbers, down to the signed records.

use aronde_protocol::id::EntryId;
use aronde_protocol::record::ledger::Provider;
use aronde_protocol::shares::exact::{fixed, is_nothing, shown};
use aronde_protocol::shares::rule::{Divide, Rest};
use aronde_protocol::shares::{Filled, Part, Rule, Statement, Who, Work};

use super::Called;
use crate::api::ShareStep;

/// What a bucket is called.
pub(super) fn bucket_name(rule: &Rule, place: usize) -> String {
    rule.bucket.get(place).map(|bucket| bucket.name.0.clone()).unwrap_or_default()
}

/// How much is in a bucket: `50% of 100 = 50`.
pub(super) fn in_bucket(rule: &Rule, bucket: &Filled) -> String {
    let share = rule.bucket.get(bucket.place).map(|it| it.share.to_string()).unwrap_or_default();
    format!("{share} × {} = {}", shown(&bucket.of), shown(&bucket.amount))
}

/// How much of a bucket is given out.
pub(super) fn out_of_bucket(rule: &Rule, bucket: &Filled) -> String {
    let divide = rule.bucket.get(bucket.place).map(|it| it.divide);
    if is_nothing(&bucket.points) {
        return "nothing counts in it: 0 given".to_owned();
    }
    let points = shown(&bucket.points);
    match divide {
        Some(Divide::Budget) if bucket.given == bucket.points => {
            format!("by the tariff {points}, which is paid in full: {} given", shown(&bucket.given))
        }
        Some(Divide::Budget) => {
            format!("by the tariff {points}, cut in proportion: {} given", shown(&bucket.given))
        }
        Some(Divide::People) => format!("{points} people: {} given", shown(&bucket.given)),
        _ => format!("{points} points: {} given", shown(&bucket.given)),
    }
}

/// Where a work's amount comes from.
pub(super) fn from(work: &Work, called: &Called) -> String {
    if work.from.is_empty() {
        return "all that is shared".to_owned();
    }
    let parts = work
        .from
        .iter()
        .map(|(from, by, part)| format!("{} from {} (said by {})", shown(part), called.work(from), by));
    parts.collect::<Vec<_>>().join(", ")
}

/// How the amount went to works and buckets.
pub(super) fn of_works(rule: &Rule, statement: &Statement, called: &Called) -> Vec<String> {
    let code = statement.currency.code;
    let mut steps = vec![format!("amount: {} {code}", shown(&statement.amount))];
    if !is_nothing(&statement.commons.first) {
        steps.push(format!("the commons first: {} {code}", shown(&statement.commons.first)));
    }
    for work in &statement.works {
        let level = if work.level == 0 { String::new() } else { format!(" (upstream, {} away)", work.level) };
        let title = called.work(&work.subject);
        steps.push(format!("{title}{level}: {} {code}, {}", shown(&work.amount), from(work, called)));
        if !is_nothing(&work.passed) {
            steps.push(format!("  passed upstream: {} {code}", shown(&work.passed)));
        }
        for bucket in work.buckets.iter().filter(|bucket| !is_nothing(&bucket.amount)) {
            let name = bucket_name(rule, bucket.place);
            steps.push(format!("  {name}: {}; {}", in_bucket(rule, bucket), out_of_bucket(rule, bucket)));
        }
        if !is_nothing(&work.rest) {
            let to = match rule.rest {
                Rest::Commons => "to the commons",
                Rest::Aside => "kept aside",
                Rest::Spread => "spread over all in proportion",
            };
            steps.push(format!("  left: {} {code}, {to}", shown(&work.rest)));
        }
    }
    steps
}

/// A person's part of a bucket.
pub(super) fn of_person(bucket: &Filled, who: Provider) -> Option<String> {
    let (points, given) = bucket.people.get(&who)?;
    Some(format!(
        "{} × {} ÷ {} = {}",
        shown(&bucket.given),
        shown(points),
        shown(&bucket.points),
        shown(given)
    ))
}

/// How somebody's share came.
pub(super) fn of_part(rule: &Rule, statement: &Statement, part: &Part, called: &Called) -> Vec<ShareStep> {
    let mut steps = Vec::new();
    let plain = |how: String| ShareStep { subject: None, bucket: None, record: None, how };
    match part.who {
        Who::Member(member) => of_provider(rule, statement, Provider::Member(member), &mut steps),
        Who::Agent(agent) => of_provider(rule, statement, Provider::Agent(agent), &mut steps),
        Who::Commons => {
            let commons = &statement.commons;
            let parts = [
                ("first", &commons.first),
                ("what went to nobody and what is over a cap", &commons.rest),
                ("for those who are no members", &commons.unclaimed),
            ];
            let parts = parts.into_iter().filter(|(_, part)| !is_nothing(part));
            steps.extend(parts.map(|(what, part)| plain(format!("{what}: {}", shown(part)))));
        }
        Who::Aside => {
            let how = format!("what went to nobody and what is over a cap: {}", shown(&statement.aside));
            steps.push(plain(how));
        }
    }
    let paid = fixed(&part.paid, statement.currency.decimals);
    let rounded = if shown(&part.exact) == shown_paid(&paid) { "exactly" } else { "rounded" };
    let code = statement.currency.code;
    steps.push(plain(format!("{}: {}, {rounded} {paid} {code}", called.who(part.who), shown(&part.exact))));
    steps
}

/// A decimal without zeros at its end.
fn shown_paid(paid: &str) -> &str {
    if paid.contains('.') { paid.trim_end_matches('0').trim_end_matches('.') } else { paid }
}

fn of_provider(rule: &Rule, statement: &Statement, who: Provider, steps: &mut Vec<ShareStep>) {
    for work in &statement.works {
        for bucket in &work.buckets {
            let Some(how) = of_person(bucket, who) else { continue };
            let name = bucket_name(rule, bucket.place);
            let step = |record: Option<EntryId>, how: String| ShareStep {
                subject: Some(work.subject),
                bucket: Some(name.clone()),
                record,
                how,
            };
            for it in bucket.counted.iter().filter(|it| it.provider == who) {
                let what = format!("{} {} {}: {}", it.action, it.quantity, it.unit, it.arithmetic());
                steps.push(step(Some(it.record), what));
            }
            steps.push(step(None, how));
        }
    }
    let Some(person) = statement.people.get(&who) else { return };
    let plain = |how: String| ShareStep { subject: None, bucket: None, record: None, how };
    if person.spread != person.given {
        let how =
            format!("{} with what was left and spread: {}", shown(&person.given), shown(&person.spread));
        steps.push(plain(how));
    }
    if person.capped != person.spread {
        steps.push(plain(format!("{} under the cap: {}", shown(&person.spread), shown(&person.capped))));
    }
}
