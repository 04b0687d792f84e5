//! Totals as a page tells them: added up over subjects, the largest first, what can be added in one table.

use std::collections::{BTreeMap, HashMap};

use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use aronde_protocol::quantity::sum::{Exact, Measured, Sum, SumError, convert};
use aronde_protocol::record::ledger::{Group, Month, Total};
use aronde_protocol::record::standing::Standing;

use crate::api::LedgerTotal;

/// A total with its answer.
pub(super) type Totalled = (Total, LedgerTotal);

/// Tables of one grouping: what can't be added stands apart, and more sorts of it than any workshop has are counted only.
const TABLES_SHOWN: usize = 12;
/// Rows of one table: what a board reads. Nobody reads the five-thousandth on paper.
const ROWS_SHOWN: usize = 25;
/// Months of one table, the newest: ten years.
const MONTHS_SHOWN: usize = 120;
/// What a row names of what it was for, and of what was done, the largest.
const NAMED_SHOWN: usize = 4;

/// The standings that are in a total, as they are stacked.
pub(super) const LIVE: [Standing; 3] = [Standing::Confirmed, Standing::Claimed, Standing::Disputed];

/// Who or what a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    Member(MemberKey, Option<String>),
    Agent(EntryId, Option<String>),
    /// A subject or a workshop.
    Thing(EntryId, Option<String>),
    Nothing,
    Month(Month),
}

/// An exact amount and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    pub exact: Exact,
    pub unit: String,
}

/// Amounts by what they are of, the largest first; and how many more there are.
pub(super) type Named<T> = (Vec<(T, Amount)>, usize);

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    pub about: About,
    pub total: Amount,
    /// What of it stands how, in the order of [`LIVE`].
    pub parts: [Amount; 3],
    /// The same for a bar, in thousandths of the largest row.
    pub bar: [u16; 3],
    pub records: u64,
    pub actions: Named<String>,
    pub subjects: Named<Option<(EntryId, Option<String>)>>,
}

/// What can be added.
#[derive(Debug)]
pub(super) struct Table {
    /// A unit that tells what is measured.
    pub unit: String,
    /// Over all rows.
    pub total: Row,
    pub rows: Vec<Row>,
    pub more: usize,
}

/// All tables of one grouping.
#[derive(Debug)]
pub(super) struct Tables {
    pub tables: Vec<Table>,
    pub more: usize,
}

/// A row that is being added up.
struct Adding<'a> {
    about: About,
    sum: Sum,
    parts: [Sum; 3],
    records: u64,
    actions: BTreeMap<&'a str, Sum>,
    subjects: HashMap<Option<EntryId>, (Option<String>, Sum)>,
}

impl<'a> Adding<'a> {
    fn new(about: About) -> Self {
        let (actions, subjects) = (BTreeMap::new(), HashMap::new());
        Self { about, sum: Sum::default(), parts: Default::default(), records: 0, actions, subjects }
    }

    fn add(&mut self, (total, answer): &'a Totalled) -> Result<(), SumError> {
        self.sum.add_sum(&total.sum)?;
        for (of, standing) in self.parts.iter_mut().zip(LIVE) {
            if let Some(part) = total.standings.get(&standing) {
                of.add_sum(&part.sum)?;
            }
        }
        for (action, sum) in &total.actions {
            self.actions.entry(action).or_default().add_sum(sum)?;
        }
        let title = || (answer.subject_title.clone(), Sum::default());
        self.subjects.entry(total.subject).or_insert_with(title).1.add_sum(&total.sum)?;
        self.records += total.records;
        Ok(())
    }

    fn row(self, largest: Exact) -> Result<Row, SumError> {
        let (exact, unit) = self.sum.total()?;
        let total = Amount { exact, unit: unit.to_owned() };
        let of = |sum: &Sum| amount(sum, unit);
        let [confirmed, claimed, disputed] = &self.parts;
        let bar = self.parts.each_ref().map(|sum| size(sum).permille_of(largest));
        let actions = self.actions.into_iter().map(|(action, sum)| (action.to_owned(), sum));
        let subjects = self.subjects.into_iter().map(|(id, (title, sum))| (id.map(|id| (id, title)), sum));
        Ok(Row {
            about: self.about,
            parts: [of(confirmed)?, of(claimed)?, of(disputed)?],
            bar,
            records: self.records,
            actions: largest_of(actions, unit)?,
            subjects: largest_of(subjects, unit)?,
            total,
        })
    }
}

/// What sums are sorted and drawn by. An amount that has no end there is drawn as nothing; what is stated is exact.
fn size(sum: &Sum) -> Exact {
    sum.in_base().unwrap_or_default()
}

/// A sum in a unit where that says it exactly, else in its own.
fn amount(sum: &Sum, unit: &str) -> Result<Amount, SumError> {
    let (exact, own) = sum.total()?;
    if exact.is_zero() {
        return Ok(Amount { exact, unit: unit.to_owned() });
    }
    Ok(match convert(exact, own, unit)? {
        Some(exact) => Amount { exact, unit: unit.to_owned() },
        None => Amount { exact, unit: own.to_owned() },
    })
}

fn largest_of<T: Ord>(sums: impl Iterator<Item = (T, Sum)>, unit: &str) -> Result<Named<T>, SumError> {
    let mut sums: Vec<(T, Sum)> = sums.collect();
    sums.sort_by(|(one, its), (other, others)| size(others).cmp(&size(its)).then_with(|| one.cmp(other)));
    let more = sums.len().saturating_sub(NAMED_SHOWN);
    let named = sums.into_iter().take(NAMED_SHOWN).map(|(of, sum)| Ok((of, amount(&sum, unit)?)));
    Ok((named.collect::<Result<_, SumError>>()?, more))
}

/// The tables of one grouping.
///
/// # Errors
/// A sum over several subjects has more digits than can be kept.
pub(super) fn tables(totals: &[Totalled]) -> Result<Tables, SumError> {
    let mut sorts: BTreeMap<Measured, Vec<&Totalled>> = BTreeMap::new();
    for total in totals {
        sorts.entry(Measured::of(&total.1.unit)).or_default().push(total);
    }
    let mut sorts: Vec<Vec<&Totalled>> = sorts.into_values().collect();
    let records = |of: &[&Totalled]| of.iter().map(|(total, _)| total.records).sum::<u64>();
    sorts.sort_by_key(|of| std::cmp::Reverse(records(of)));
    let more = sorts.len().saturating_sub(TABLES_SHOWN);
    let tables = sorts.into_iter().take(TABLES_SHOWN).map(|of| table(&of));
    Ok(Tables { tables: tables.collect::<Result<_, _>>()?, more })
}

fn table(totals: &[&Totalled]) -> Result<Table, SumError> {
    let mut whole = Adding::new(About::Nothing);
    let mut rows: BTreeMap<Group, Adding<'_>> = BTreeMap::new();
    for total in totals {
        whole.add(total)?;
        rows.entry(total.0.group).or_insert_with(|| Adding::new(about(total))).add(total)?;
    }
    let by_month = rows.keys().next().is_some_and(|group| matches!(group, Group::Month(_)));
    let mut rows: Vec<(Exact, Adding<'_>)> =
        rows.into_values().map(|adding| (size(&adding.sum), adding)).collect();
    let largest = rows.iter().map(|(size, _)| *size).max().unwrap_or_default();
    let shown = if by_month {
        // From the oldest to the newest, as they were sorted by their group.
        rows.split_off(rows.len().saturating_sub(MONTHS_SHOWN))
    } else {
        rows.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
        let rest = rows.split_off(rows.len().min(ROWS_SHOWN));
        std::mem::replace(&mut rows, rest)
    };
    let total = whole.row(Exact::default())?;
    let unit = total.total.unit.clone();
    let shown = shown.into_iter().map(|(_, adding)| adding.row(largest));
    Ok(Table { unit, total, rows: shown.collect::<Result<_, _>>()?, more: rows.len() })
}

fn about((total, answer): &Totalled) -> About {
    match total.group {
        Group::Member(key) => About::Member(key, answer.name.clone()),
        Group::Agent(agent) => About::Agent(agent, answer.name.clone()),
        Group::Subject(Some(id)) | Group::Workshop(Some(id)) => About::Thing(id, answer.name.clone()),
        Group::Subject(None) | Group::Workshop(None) => About::Nothing,
        Group::Month(month) => About::Month(month),
    }
}
