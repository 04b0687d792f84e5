//! Totals over lines: exact, by member, subject, workshop or month.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::{Line, Measure, Provider};
use crate::id::{EntryId, WorkshopId};
use crate::key::MemberKey;
use crate::quantity::sum::{Measured, Sum, SumError};
use crate::record::standing::Standing;

/// What lines are grouped by, besides what they are for and what they measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Who did it.
    Member,
    /// What it was for.
    Subject,
    /// In which workshop's scope.
    Workshop,
    /// In which month it was done, or began, in UTC.
    Month,
}

/// One group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// A member.
    Member(MemberKey),
    /// An agent that nobody, or more than one, claims to be; or a group.
    Agent(EntryId),
    /// A subject, or none.
    Subject(Option<EntryId>),
    /// A workshop, or none.
    Workshop(Option<WorkshopId>),
    /// A month.
    Month(Month),
}

/// A month of the Gregorian calendar, in UTC; shown as `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// The year.
    pub year: u64,
    /// The month, from 1.
    pub month: u64,
}

impl Month {
    /// The month of a time in ms since 1970.
    ///
    /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
    pub fn of(at: u64) -> Self {
        let days = at / 86_400_000 + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self { year: era * 400 + year + u64::from(month <= 2), month }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The sum of one group's quantities of one dimension, for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// What it was for.
    pub subject: Option<EntryId>,
    /// The group.
    pub group: Group,
    /// The sum over all actions.
    pub sum: Sum,
    /// The sum of each action.
    pub actions: BTreeMap<String, Sum>,
    /// How many records went into it.
    pub records: u64,
    /// What of it stands how.
    pub standings: BTreeMap<Standing, Part>,
}

/// What of a total stands so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// How many records.
    pub records: u64,
    /// Their sum.
    pub sum: Sum,
}

/// Totals over lines, sorted by subject, group and what is measured. A line with two quantities goes into two totals.
///
/// # Errors
/// A sum has more digits than can be kept.
pub fn totals<'a>(lines: impl Iterator<Item = Line<'a>>, by: By) -> Result<Vec<Total>, SumError> {
    type Key = (Option<EntryId>, Group, u32);
    let mut totals: HashMap<Key, Total> = HashMap::new();
    // What a unit can be added to is looked up once for each.
    let mut measured: BTreeMap<Measured, u32> = BTreeMap::new();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    for line in lines {
        let group = match by {
            By::Member => match line.provider {
                Provider::Member(member) => Group::Member(member),
                Provider::Agent(agent) => Group::Agent(agent),
            },
            By::Subject => Group::Subject(line.subject),
            By::Workshop => Group::Workshop(line.workshop),
            By::Month => Group::Month(Month::of(line.happened.begin())),
        };
        for Measure { amount, unit } in [Some(line.quantity), line.resource_quantity].into_iter().flatten() {
            let number = *numbers.entry(unit).or_insert_with(|| {
                let next = u32::try_from(measured.len()).unwrap_or(u32::MAX);
                *measured.entry(Measured::of(unit)).or_insert(next)
            });
            let total = totals.entry((line.subject, group, number)).or_insert_with(|| Total {
                subject: line.subject,
                group,
                sum: Sum::default(),
                actions: BTreeMap::new(),
                records: 0,
                standings: BTreeMap::new(),
            });
            total.sum.add(amount, unit)?;
            if !total.actions.contains_key(line.action) {
                total.actions.insert(line.action.to_owned(), Sum::default());
            }
            if let Some(sum) = total.actions.get_mut(line.action) {
                sum.add(amount, unit)?;
            }
            total.records += 1;
            let part = total.standings.entry(line.standing).or_default();
            part.records += 1;
            part.sum.add(amount, unit)?;
        }
    }
    let by_number: HashMap<u32, Measured> = measured.into_iter().map(|(measured, n)| (n, measured)).collect();
    let mut totals: Vec<(Key, Total)> = totals.into_iter().collect();
    totals.sort_by(|((s, g, n), _), ((t, h, m), _)| (s, g, by_number.get(n)).cmp(&(t, h, by_number.get(m))));
    Ok(totals.into_iter().map(|(_, total)| total).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_that_of_the_calendar() {
        let day = 86_400_000;
        for (at, month) in [
            (0, "1970-01"),
            (31 * day - 1, "1970-01"),
            (31 * day, "1970-02"),
            (951_782_400_000, "2000-02"),
            (951_868_800_000, "2000-03"),
            (4_107_542_399_999, "2100-02"),
            (4_107_542_400_000, "2100-03"),
            (crate::limits::AT_MAX, "9999-12"),
        ] {
            assert_eq!(Month::of(at).to_string(), month, "{at}");
        }
    }
}
