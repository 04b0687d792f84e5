//! A statement as a table for spreadsheets, so that a person can redo it by hand: a step a row, its numbers in cells of
//! their own, and the arithmetic spelled out beside them. Nothing in it is a formula to a spreadsheet, and no fraction can
//! be taken for a date: it is written with `÷`.

use aronde_protocol::shares::exact::{fixed, shown};
use aronde_protocol::shares::{Asked, BigRational, Rule, Statement};

use super::super::export::plain;
use super::{Called, explain, key_of};
use crate::api::RuleCited;

const COLUMNS: [&str; 18] = [
    "step",
    "work",
    "bucket",
    "who",
    "name",
    "record",
    "quantity",
    "unit",
    "measured",
    "rate",
    "by kind",
    "standing",
    "by standing",
    "days",
    "by age",
    "result",
    "of",
    "how",
];

/// A row under construction: cells by their column.
#[derive(Default)]
struct Row([String; COLUMNS.len()]);

impl Row {
    fn of(step: &str) -> Self {
        Self::default().with("step", step)
    }

    fn with(mut self, column: &str, text: impl Into<String>) -> Self {
        let place = COLUMNS.iter().position(|it| *it == column);
        if let Some(cell) = place.and_then(|place| self.0.get_mut(place)) {
            *cell = text.into();
        }
        self
    }

    fn number(self, column: &str, value: &BigRational) -> Self {
        self.with(column, shown(value).replace('/', "÷"))
    }
}

pub(super) fn sheet(
    rule: &Rule,
    cited: &RuleCited,
    asked: &Asked,
    statement: &Statement,
    called: &Called,
) -> String {
    let code = statement.currency.code;
    let mut rows = vec![
        Row::of("rule").with("name", format!("{} {}", cited.name, cited.version)).with("record", &cited.hash),
        Row::of("day").with("how", super::timestamp(asked.on).to_string()),
        Row::of("amount").number("result", &statement.amount).with("unit", code),
        Row::of("commons first").number("result", &statement.commons.first),
    ];
    for work in &statement.works {
        let (id, title) = (work.subject.to_string(), called.work(&work.subject));
        let of_work = |step: &str| Row::of(step).with("work", &id);
        let from = explain::from(work, called);
        rows.push(of_work("work").with("name", title).number("result", &work.amount).with("how", from));
        rows.push(of_work("passed upstream").number("result", &work.passed));
        for bucket in &work.buckets {
            let name = explain::bucket_name(rule, bucket.place);
            let in_bucket = |step: &str| of_work(step).with("bucket", &name);
            let how = explain::in_bucket(rule, bucket);
            rows.push(
                in_bucket("bucket")
                    .number("result", &bucket.amount)
                    .number("of", &bucket.of)
                    .with("how", how),
            );
            for it in &bucket.counted {
                let row = in_bucket("record")
                    .with("who", key_of(it.provider))
                    .with("name", called.person(it.provider))
                    .with("record", it.record.to_string())
                    .with("quantity", it.quantity.to_string())
                    .with("unit", &it.unit)
                    .number("rate", &it.rate)
                    .number("by kind", &it.by_kind)
                    .with("standing", super::super::shown(it.standing).word())
                    .number("by standing", &it.by_standing)
                    .with("days", it.days.to_string())
                    .number("by age", &it.by_age)
                    .number("result", &it.points)
                    .with("how", it.arithmetic());
                rows.push(match &it.measured {
                    Some((amount, _)) => row.number("measured", amount),
                    None => row,
                });
            }
            let how = explain::out_of_bucket(rule, bucket);
            rows.push(
                in_bucket("given")
                    .number("result", &bucket.given)
                    .number("of", &bucket.points)
                    .with("how", how),
            );
            for (who, (points, given)) in &bucket.people {
                rows.push(
                    in_bucket("person")
                        .with("who", key_of(*who))
                        .with("name", called.person(*who))
                        .number("measured", points)
                        .number("result", given)
                        .with("how", explain::of_person(bucket, *who).unwrap_or_default()),
                );
            }
        }
        rows.push(of_work("left").number("result", &work.rest));
    }
    for (who, person) in &statement.people {
        let of_person = |step: &str, value: &BigRational| {
            let row = Row::of(step).with("who", key_of(*who)).with("name", called.person(*who));
            row.number("result", value)
        };
        rows.push(of_person("sum", &person.given));
        rows.push(of_person("with what is spread", &person.spread));
        rows.push(of_person("under the cap", &person.capped));
    }
    for (step, part) in [
        ("commons, of what is left", &statement.commons.rest),
        ("commons, of no members", &statement.commons.unclaimed),
        ("kept aside", &statement.aside),
    ] {
        rows.push(Row::of(step).number("result", part));
    }
    for part in &statement.parts {
        let paid = fixed(&part.paid, statement.currency.decimals);
        let row = Row::of("paid").with("name", called.who(part.who)).number("of", &part.exact);
        rows.push(row.with("result", paid).with("unit", code));
    }
    let lines = std::iter::once(COLUMNS.join(",")).chain(rows.iter().map(|row| {
        let cells: Vec<String> = row.0.iter().map(|cell| plain(cell)).collect();
        cells.join(",")
    }));
    lines.map(|line| line + "\r\n").collect()
}
