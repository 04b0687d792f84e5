//! When a machine is free: rows of a calendar, each a time and an iCalendar RRULE, less what is booked.
//!
//! Known of a rule: `FREQ` daily, weekly, monthly or yearly, `INTERVAL`, `BYDAY` of a week, `BYMONTHDAY`, `COUNT` and
//! `UNTIL`. A rule that says more is told as not understood, never guessed at.
//!
//! Times of rows are local to the sheet's time zone; UTC when it names none that is known.

use std::time::Duration;

use aronde_protocol::capacity::text;
use aronde_protocol::document::draft::{Draft, Wanted};
use aronde_protocol::document::schema::capacity::AVAILABILITY;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit};

/// How far ahead is looked.
const AHEAD: i64 = 120;
/// Days of one row that are walked: ten years, for a row that began long ago and counts.
const DAYS_MAX: usize = 3_660;
/// Rows of one sheet that are read.
const ROWS_MAX: usize = 200;

/// A stretch of time.
pub(super) type Stretch = (Timestamp, Timestamp);

/// What a calendar says of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Calendar {
    /// It has no row for it.
    None,
    /// It has one that isn't understood.
    NotUnderstood,
    /// It is offered then, in order and without overlaps.
    Offered(Vec<Stretch>),
}

/// A recurrence rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rule {
    frequency: Frequency,
    interval: i64,
    days: Vec<Weekday>,
    month_days: Vec<i8>,
    count: Option<usize>,
    until: Option<Date>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Frequency {
    #[default]
    Once,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The zone of a sheet's times.
pub(super) fn zone(draft: &Draft) -> TimeZone {
    text(&draft.fields, "timezone").and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

/// When a machine is offered from a time on: by the rows that name it, or no machine.
pub(super) fn offered(draft: &Draft, machine: Option<&str>, from: Timestamp) -> Calendar {
    let rows = draft.lists.get(AVAILABILITY).map_or(&[][..], Vec::as_slice);
    let of = |fields: &Wanted| match (text(fields, "machine"), machine) {
        (None | Some(""), _) => true,
        (Some(named), Some(machine)) => named.eq_ignore_ascii_case(machine),
        (Some(_), None) => false,
    };
    let zone = zone(draft);
    let (mut stretches, mut any) = (Vec::new(), false);
    for item in rows.iter().take(ROWS_MAX).filter(|item| of(&item.fields)) {
        any = true;
        let Some(more) = row(&item.fields, from, &zone) else { return Calendar::NotUnderstood };
        stretches.extend(more);
    }
    if any { Calendar::Offered(joined(stretches)) } else { Calendar::None }
}

/// The stretches of a row that end after a time; none when it isn't understood.
fn row(fields: &Wanted, from: Timestamp, zone: &TimeZone) -> Option<Vec<Stretch>> {
    let start: DateTime = text(fields, "start")?.trim().parse().ok()?;
    let end: DateTime = text(fields, "end")?.trim().parse().ok()?;
    let length = end.since((Unit::Hour, start)).ok()?;
    if length.get_hours() < 0 || end <= start || length.get_hours() > 24 * 31 {
        return None;
    }
    let rule = rule(text(fields, "rule").unwrap_or_default())?;
    let today = from.to_zoned(zone.clone()).date();
    let last = today.checked_add(Span::new().days(AHEAD)).ok()?;
    let mut found = Vec::new();
    // Without a count nothing before today has to be walked.
    let before = today.checked_sub(Span::new().days(32)).ok()?;
    let mut day = if rule.count.is_some() || rule.frequency == Frequency::Once {
        start.date()
    } else {
        start.date().max(before)
    };
    let mut times = 0;
    for _ in 0..DAYS_MAX {
        if day > last
            || rule.until.is_some_and(|until| day > until)
            || rule.count.is_some_and(|count| times >= count)
        {
            break;
        }
        if rule.falls_on(start.date(), day)? {
            times += 1;
            let begins = day.to_datetime(start.time());
            let ends = begins.checked_add(length).ok()?;
            let begins = begins.to_zoned(zone.clone()).ok()?.timestamp();
            let ends = ends.to_zoned(zone.clone()).ok()?.timestamp();
            if ends > from && begins < ends {
                found.push((begins.max(from), ends));
            }
        }
        if rule.frequency == Frequency::Once {
            break;
        }
        day = day.tomorrow().ok()?;
    }
    Some(found)
}

impl Rule {
    fn falls_on(&self, start: Date, day: Date) -> Option<bool> {
        let weekday = self.days.is_empty() || self.days.contains(&day.weekday());
        let month_day = self.month_days.is_empty() || self.month_days.contains(&day.day());
        let months = i64::from(day.year() - start.year()) * 12 + i64::from(day.month() - start.month());
        let days = i64::from(day.since((Unit::Day, start)).ok()?.get_days());
        Some(
            day >= start
                && match self.frequency {
                    Frequency::Once => day == start,
                    Frequency::Daily => days % self.interval == 0 && weekday && month_day,
                    Frequency::Weekly => {
                        let monday = |date: Date| i64::from(date.weekday().to_monday_zero_offset());
                        let weeks = (days + monday(start) - monday(day)) / 7;
                        let on =
                            if self.days.is_empty() { day.weekday() == start.weekday() } else { weekday };
                        weeks % self.interval == 0 && on
                    }
                    Frequency::Monthly => {
                        let on = if self.month_days.is_empty() && self.days.is_empty() {
                            day.day() == start.day()
                        } else {
                            weekday && month_day
                        };
                        months % self.interval == 0 && on
                    }
                    Frequency::Yearly => months % (12 * self.interval) == 0 && day.day() == start.day(),
                },
        )
    }
}

/// Reads a rule; none when it says what isn't known here.
fn rule(text: &str) -> Option<Rule> {
    let text = text.trim();
    let text = text.strip_prefix("RRULE:").unwrap_or(text);
    let mut rule = Rule { interval: 1, ..Rule::default() };
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()).take(12) {
        let (name, value) = part.split_once('=')?;
        match name.to_ascii_uppercase().as_str() {
            "FREQ" => {
                rule.frequency = match value.to_ascii_uppercase().as_str() {
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    "YEARLY" => Frequency::Yearly,
                    _ => return None,
                }
            }
            "INTERVAL" => rule.interval = value.parse().ok().filter(|n| (1..=1_000).contains(n))?,
            "COUNT" => rule.count = Some(value.parse().ok()?),
            "UNTIL" => rule.until = Some(date(value)?),
            "BYDAY" => rule.days = value.split(',').map(weekday).collect::<Option<_>>()?,
            "BYMONTHDAY" => {
                rule.month_days =
                    value.split(',').map(|day| day.parse().ok().filter(|d| *d > 0)).collect::<Option<_>>()?;
            }
            "WKST" if value.eq_ignore_ascii_case("MO") => {}
            _ => return None,
        }
    }
    (rule.frequency != Frequency::Once || text.is_empty()).then_some(rule)
}

fn date(text: &str) -> Option<Date> {
    text.split(['T', ' ']).next()?.parse().ok()
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.trim().to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

/// Stretches in order, those that touch joined.
pub(super) fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for (from, to) in stretches {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = (*end).max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// What of some stretches others leave.
pub(super) fn without(stretches: &[Stretch], taken: &[Stretch]) -> Vec<Stretch> {
    let taken = joined(taken.to_vec());
    let mut left = Vec::new();
    for (from, to) in stretches {
        let mut at = *from;
        for (begins, ends) in taken.iter().filter(|(begins, ends)| begins < to && ends > from) {
            if *begins > at {
                left.push((at, *begins));
            }
            at = at.max(*ends);
        }
        if at < *to {
            left.push((at, *to));
        }
    }
    left
}

/// How long stretches are, in minutes.
pub(super) fn minutes(stretches: &[Stretch]) -> u64 {
    let length = |(from, to): &Stretch| Duration::try_from(to.duration_since(*from)).unwrap_or_default();
    stretches.iter().map(|stretch| length(stretch).as_secs() / 60).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use aronde_protocol::document::value::Value;
    use std::collections::BTreeMap;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn sheet(rows: &[[&str; 4]]) -> Draft {
        let item = |[start, end, rule, machine]: &[&str; 4]| {
            let fields = [("start", *start), ("end", *end), ("rule", *rule), ("machine", *machine)];
            let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
            fields
                .map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned())))
                .collect::<Wanted>()
                .into()
        };
        let lists = BTreeMap::from([(AVAILABILITY.to_owned(), rows.iter().map(item).collect())]);
        Draft {
            fields: Wanted::from([("timezone".to_owned(), Value::Text("Europe/Brussels".to_owned()))]),
            lists,
            whole: false,
        }
    }

    fn first(rows: &[[&str; 4]], from: &str) -> Option<String> {
        match offered(&sheet(rows), Some("Laser"), at(from)) {
            Calendar::Offered(stretches) => stretches.first().map(|(from, to)| format!("{from}/{to}")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_rule_says_when_a_machine_is_offered_in_the_workshops_own_time() {
        let weekly = ["2026-01-06T09:00", "2026-01-06T17:00", "FREQ=WEEKLY;BYDAY=TU,TH", ""];
        assert_eq!(
            first(&[weekly], "2026-12-01T00:00:00Z").unwrap(),
            "2026-12-01T08:00:00Z/2026-12-01T16:00:00Z"
        );
        assert_eq!(
            first(&[weekly], "2026-12-01T20:00:00Z").unwrap(),
            "2026-12-03T08:00:00Z/2026-12-03T16:00:00Z"
        );
        assert_eq!(
            first(&[weekly], "2026-07-01T00:00:00Z").unwrap(),
            "2026-07-02T07:00:00Z/2026-07-02T15:00:00Z"
        );
        let second = ["2026-11-02T09:00", "2026-11-02T10:00", "FREQ=WEEKLY;INTERVAL=2", ""];
        assert_eq!(
            first(&[second], "2026-11-03T00:00:00Z").unwrap(),
            "2026-11-16T08:00:00Z/2026-11-16T09:00:00Z"
        );
        let monthly = ["2026-01-15T09:00", "2026-01-15T10:00", "RRULE:FREQ=MONTHLY;BYMONTHDAY=15", "laser"];
        assert_eq!(
            first(&[monthly], "2026-12-01T00:00:00Z").unwrap(),
            "2026-12-15T08:00:00Z/2026-12-15T09:00:00Z"
        );
        let counted = ["2026-11-01T09:00", "2026-11-01T10:00", "FREQ=DAILY;COUNT=3", ""];
        assert_eq!(first(&[counted], "2026-11-04T00:00:00Z"), None);
        let until = ["2026-11-01T09:00", "2026-11-01T10:00", "FREQ=DAILY;UNTIL=20261103T000000Z", ""];
        assert_eq!(first(&[until], "2026-11-04T00:00:00Z"), None);
        assert_eq!(
            first(&[["2026-12-05T09:00", "2026-12-05T10:00", "", ""]], "2026-12-01T00:00:00Z").unwrap(),
            "2026-12-05T08:00:00Z/2026-12-05T09:00:00Z"
        );
    }

    #[test]
    fn what_is_not_understood_is_never_guessed_at() {
        for rule in [
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=HOURLY",
            "INTERVAL=0",
            "FREQ=DAILY;INTERVAL=0",
            "soon",
            "BYSETPOS=1;FREQ=DAILY",
        ] {
            let sheet = sheet(&[["2026-01-06T09:00", "2026-01-06T17:00", rule, ""]]);
            assert_eq!(offered(&sheet, None, at("2026-12-01T00:00:00Z")), Calendar::NotUnderstood, "{rule}");
        }
        let back = sheet(&[["2026-01-06T17:00", "2026-01-06T09:00", "", ""]]);
        assert_eq!(offered(&back, None, at("2026-01-01T00:00:00Z")), Calendar::NotUnderstood);
        let other = sheet(&[["2026-01-06T09:00", "2026-01-06T17:00", "", "Mill"]]);
        assert_eq!(offered(&other, Some("Laser"), at("2026-01-01T00:00:00Z")), Calendar::None);
    }

    #[test]
    fn what_is_booked_is_taken_out() {
        let hour = |h: i64| Timestamp::from_second(h * 3_600).unwrap();
        let offered = [(hour(8), hour(16))];
        let taken = [(hour(10), hour(12)), (hour(11), hour(13)), (hour(15), hour(20)), (hour(1), hour(8))];
        let left = without(&offered, &taken);
        assert_eq!(left, [(hour(8), hour(10)), (hour(13), hour(15))]);
        assert_eq!(minutes(&left), 240);
    }
}
