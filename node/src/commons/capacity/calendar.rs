//! When a machine is free: rows of a calendar, each a time and an iCalendar RRULE, less what is booked.
//!
//! Known of a rule (RFC 5545, 3.3.10): `FREQ` daily, weekly, monthly or yearly, `INTERVAL`, `BYMONTH`, `BYMONTHDAY`, `BYDAY`
//! with or without a number, `BYSETPOS`, `COUNT`, `UNTIL`, weeks from Monday; and days taken out by `EXDATE`, on a line
//! of its own or as a part of the rule. A rule that says more is told as not understood, never guessed at.
//!
//! Times of rows are local to the sheet's time zone; UTC when it names none that is known.

use std::ops::RangeInclusive;
use std::str::FromStr;
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
    months: Vec<i8>,
    month_days: Vec<i8>,
    /// Days of the week, each with which one of the month or year it is, from the end when negative; all, when 0.
    days: Vec<(i32, Weekday)>,
    /// Which of the days in a period, from 1, or from the end from -1.
    positions: Vec<i32>,
    except: Vec<Date>,
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
            if rule.except.contains(&day) {
                day = day.tomorrow().ok()?;
                continue;
            }
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
        if day < start || !self.is_in_turn(start, day)? || !self.fits(start, day) {
            return Some(false);
        }
        if self.positions.is_empty() {
            return Some(true);
        }
        let all: Vec<Date> = self.period(day)?.filter(|other| self.fits(start, *other)).collect();
        let before = i32::try_from(all.iter().position(|other| *other == day)?).ok()?;
        let from_the_end = before - i32::try_from(all.len()).ok()?;
        Some(self.positions.contains(&(before + 1)) || self.positions.contains(&from_the_end))
    }

    /// Whether the period in which a day lies is one of every so many.
    fn is_in_turn(&self, start: Date, day: Date) -> Option<bool> {
        let days = i64::from(day.since((Unit::Day, start)).ok()?.get_days());
        let years = i64::from(day.year() - start.year());
        let since = match self.frequency {
            Frequency::Once => return Some(day == start),
            Frequency::Daily => days,
            Frequency::Weekly => (days + monday_is_0(start) - monday_is_0(day)) / 7,
            Frequency::Monthly => years * 12 + i64::from(day.month() - start.month()),
            Frequency::Yearly => years,
        };
        Some(since % self.interval == 0)
    }

    /// Whether a day is one of those that the rule names; what it doesn't say is as at the start.
    fn fits(&self, start: Date, day: Date) -> bool {
        let month = self.months.is_empty() || self.months.contains(&day.month());
        let month_day = |said: &i8| *said == day.day() || day.days_in_month() + 1 + *said == day.day();
        let month_days = self.month_days.is_empty() || self.month_days.iter().any(month_day);
        let yearly = self.frequency == Frequency::Yearly && self.months.is_empty();
        let (at, of) = if yearly {
            (i32::from(day.day_of_year()), i32::from(day.days_in_year()))
        } else {
            (i32::from(day.day()), i32::from(day.days_in_month()))
        };
        let (nth, from_the_end) = ((at - 1) / 7 + 1, -((of - at) / 7 + 1));
        let weekday = |(number, weekday): &(i32, Weekday)| {
            *weekday == day.weekday() && (*number == 0 || *number == nth || *number == from_the_end)
        };
        let days = self.days.is_empty() || self.days.iter().any(weekday);
        let said = !self.days.is_empty() || !self.month_days.is_empty();
        let as_at_the_start = match self.frequency {
            Frequency::Weekly => day.weekday() == start.weekday(),
            Frequency::Monthly => day.day() == start.day(),
            Frequency::Yearly => {
                day.day() == start.day() && (!self.months.is_empty() || day.month() == start.month())
            }
            Frequency::Once | Frequency::Daily => true,
        };
        month && month_days && days && (said || as_at_the_start)
    }

    /// The days of the period in which a day lies.
    fn period(&self, day: Date) -> Option<impl Iterator<Item = Date> + use<>> {
        let (first, length) = match self.frequency {
            Frequency::Once | Frequency::Daily => (day, 1),
            Frequency::Weekly => (day.checked_sub(Span::new().days(monday_is_0(day))).ok()?, 7),
            Frequency::Monthly => (day.first_of_month(), i64::from(day.days_in_month())),
            Frequency::Yearly => (day.first_of_year(), i64::from(day.days_in_year())),
        };
        Some((0..length).filter_map(move |n| first.checked_add(Span::new().days(n)).ok()))
    }
}

fn monday_is_0(day: Date) -> i64 {
    i64::from(day.weekday().to_monday_zero_offset())
}

/// Reads a rule; none when it says what isn't known here.
fn rule(text: &str) -> Option<Rule> {
    let mut rule = Rule { interval: 1, ..Rule::default() };
    let mut said = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(ROWS_MAX) {
        // A parameter such as a time zone stands between the name and the colon; days are all that counts here.
        if let Some(dates) = line.strip_prefix("EXDATE").filter(|rest| rest.starts_with([':', ';'])) {
            rule.except.extend(dates_of(dates.split_once(':')?.1)?);
            continue;
        }
        said = true;
        for part in line.strip_prefix("RRULE:").unwrap_or(line).split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            rule.take(&name.trim().to_ascii_uppercase(), value.trim())?;
        }
    }
    let numbered = rule.days.iter().any(|(number, _)| *number != 0);
    let by_month = matches!(rule.frequency, Frequency::Monthly | Frequency::Yearly);
    let fits = (!numbered || by_month) && (rule.month_days.is_empty() || rule.frequency != Frequency::Weekly);
    ((rule.frequency != Frequency::Once || !said) && fits).then_some(rule)
}

impl Rule {
    /// Takes in one part of a rule; none when it isn't known here.
    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "FREQ" => {
                self.frequency = match value.to_ascii_uppercase().as_str() {
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    "YEARLY" => Frequency::Yearly,
                    _ => return None,
                }
            }
            "INTERVAL" => self.interval = value.parse().ok().filter(|n| (1..=1_000).contains(n))?,
            "COUNT" => self.count = Some(value.parse().ok()?),
            "UNTIL" => self.until = Some(date(value)?),
            "BYMONTH" => self.months = numbers(value, 1..=12)?,
            "BYMONTHDAY" => self.month_days = numbers(value, -31..=31)?,
            "BYSETPOS" => self.positions = numbers(value, -366..=366)?,
            "BYDAY" => self.days = value.split(',').map(weekday).collect::<Option<_>>()?,
            "EXDATE" => self.except.extend(dates_of(value)?),
            "WKST" if value.eq_ignore_ascii_case("MO") => {}
            _ => return None,
        }
        Some(())
    }
}

/// Whole numbers between commas, none of them 0.
fn numbers<N: FromStr + PartialOrd + Default>(text: &str, within: RangeInclusive<N>) -> Option<Vec<N>> {
    let number = |n: &str| n.trim().parse().ok().filter(|n| within.contains(n) && *n != N::default());
    text.split(',').map(number).collect()
}

fn dates_of(text: &str) -> Option<Vec<Date>> {
    text.split(',').map(|day| date(day.trim())).collect()
}

fn date(text: &str) -> Option<Date> {
    text.split(['T', ' ']).next()?.parse().ok()
}

fn weekday(text: &str) -> Option<(i32, Weekday)> {
    let text = text.trim().to_ascii_uppercase();
    let (number, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    match number {
        "" => Some((0, weekday)),
        number => Some((number.parse().ok().filter(|n| *n != 0 && (-53..=53).contains(n))?, weekday)),
    }
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

    /// The first days from December 2026 on that a rule names, which begins on Tuesday, 6 January 2026.
    fn days(rule: &str) -> Vec<String> {
        let sheet = sheet(&[["2026-01-06T09:00", "2026-01-06T10:00", rule, ""]]);
        match offered(&sheet, None, at("2026-12-01T00:00:00Z")) {
            Calendar::Offered(all) => {
                all.iter().take(3).map(|(from, _)| from.to_string()[..10].to_owned()).collect()
            }
            other => panic!("{rule}: {other:?}"),
        }
    }

    #[test]
    fn days_are_named_by_number_by_month_and_by_position() {
        for (rule, expected) in [
            ("FREQ=MONTHLY;BYDAY=1MO", ["2026-12-07", "2027-01-04", "2027-02-01"]),
            ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-12-25", "2027-01-29", "2027-02-26"]),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-12-31", "2027-01-31", "2027-02-28"]),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2026-12-31", "2027-01-29", "2027-02-26"]),
            ("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=13", ["2027-02-13", "2027-03-13", ""]),
            ("FREQ=WEEKLY;BYDAY=TU,TH,SA;BYSETPOS=2", ["2026-12-03", "2026-12-10", "2026-12-17"]),
            ("FREQ=DAILY;BYMONTH=1,2", ["2027-01-01", "2027-01-02", "2027-01-03"]),
            ("FREQ=YEARLY", ["2027-01-06", "", ""]),
            ("FREQ=YEARLY;BYMONTH=2", ["2027-02-06", "", ""]),
            ("FREQ=YEARLY;BYMONTH=12;BYDAY=2SA", ["2026-12-12", "", ""]),
            ("FREQ=YEARLY;BYDAY=1MO", ["2027-01-04", "", ""]),
            ("FREQ=WEEKLY;EXDATE=20261201,20261215", ["2026-12-08", "2026-12-22", "2026-12-29"]),
            (
                "RRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Brussels:20261208T090000",
                ["2026-12-01", "2026-12-15", "2026-12-22"],
            ),
        ] {
            let expected: Vec<&str> = expected.into_iter().filter(|day| !day.is_empty()).collect();
            assert_eq!(days(rule), expected, "{rule}");
        }
    }

    #[test]
    fn what_is_not_understood_is_never_guessed_at() {
        for rule in [
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=HOURLY",
            "INTERVAL=0",
            "FREQ=DAILY;INTERVAL=0",
            "soon",
            "FREQ=WEEKLY;BYMONTHDAY=3",
            "FREQ=MONTHLY;BYDAY=0MO",
            "FREQ=MONTHLY;BYHOUR=9",
            "FREQ=DAILY;WKST=SU",
            "EXDATE:soon",
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
