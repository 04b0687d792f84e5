//! What an auditor would look at: contributions that are in order, and odd.
//!
//! Findings are questions to people and never refusals: nothing that counts ceases to, no total changes. They are a
//! function of what is given here, in whatever order; whoever knows the time gives it, and whoever reads personal parts
//! gives the evidence.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::contribution::Happened;
use super::ledger::{Line, Provider};
use super::standing::Standing;
use crate::id::{EntryId, WorkshopId};
use crate::key::MemberKey;
use crate::quantity::sum::{Exact, convert};

/// A day, in ms.
const DAY: u64 = 86_400_000;
/// What was done before 1971 was done when a clock that nobody set says so.
const SET: u64 = 365 * DAY;
/// Two who only confirm each other are told from so many confirmed contributions of each on.
const RING_MIN: usize = 3;
/// A contribution is compared with others of its kind from so many on.
const ALIKE_MIN: usize = 8;
/// It jumps when it is more than so many times their median.
const JUMP: u64 = 20;
/// Records that one finding names.
const NAMED_MAX: usize = 32;

/// A contribution as it is looked at.
#[derive(Debug, Clone)]
pub struct Looked<'a> {
    /// How it is read.
    pub line: Line<'a>,
    /// The members whose confirmation counts.
    pub confirmed_by: BTreeSet<MemberKey>,
    /// What shows it: hashes of files, links, commits.
    pub evidence: BTreeSet<String>,
}

/// What is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Odd {
    /// Over 24 hours of work by one person on one day.
    LongDay,
    /// More work than fits between its beginning and its end.
    LongerThanItsTime,
    /// A machine used more often at a time than there are such machines.
    MachineTwiceAtOnce,
    /// Two members who only confirm each other.
    Ring,
    /// One person shows two contributions of one sort by the same evidence.
    EvidenceTwice,
    /// Done after it was written down, or written down in the future.
    Future,
    /// Done before computers were.
    ImpossibleDate,
    /// Many times what the same person gives otherwise.
    Jump,
}

impl Odd {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::LongDay,
        Self::LongerThanItsTime,
        Self::MachineTwiceAtOnce,
        Self::Ring,
        Self::EvidenceTwice,
        Self::Future,
        Self::ImpossibleDate,
        Self::Jump,
    ];

    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::LongDay => "long-day",
            Self::LongerThanItsTime => "longer-than-its-time",
            Self::MachineTwiceAtOnce => "machine-twice-at-once",
            Self::Ring => "ring",
            Self::EvidenceTwice => "evidence-twice",
            Self::Future => "future",
            Self::ImpossibleDate => "impossible-date",
            Self::Jump => "jump",
        }
    }
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oddity {
    /// What is odd.
    pub odd: Odd,
    /// The records that show it, by id, the first of them.
    pub records: Vec<EntryId>,
    /// One sentence.
    pub what: String,
}

/// What is odd about contributions, ordered by what it is and by record. What was retracted, corrected or does not count
/// is passed over. `now` is the time in ms since 1970; `machines` says how many machines of a name a workshop has.
pub fn oddities(
    all: &[Looked<'_>],
    now: u64,
    machines: &dyn Fn(WorkshopId, &str) -> Option<usize>,
) -> Vec<Oddity> {
    let counts = |looked: &&Looked<'_>| {
        !matches!(looked.line.standing, Standing::Retracted | Standing::Corrected | Standing::Parked)
    };
    let mut all: Vec<&Looked<'_>> = all.iter().filter(counts).collect();
    all.sort_by_key(|looked| looked.line.id);
    let mut found = Vec::new();
    dates(&all, now, &mut found);
    days(&all, &mut found);
    uses(&all, machines, &mut found);
    rings(&all, &mut found);
    evidence(&all, &mut found);
    jumps(&all, &mut found);
    found.sort();
    found
}

fn tell(found: &mut Vec<Oddity>, odd: Odd, records: impl IntoIterator<Item = EntryId>, what: String) {
    let records: BTreeSet<EntryId> = records.into_iter().collect();
    found.push(Oddity { odd, records: records.into_iter().take(NAMED_MAX).collect(), what });
}

/// Seconds of an effort; none of what is not time.
fn seconds(line: &Line<'_>) -> Option<Exact> {
    convert(line.quantity.amount.into(), line.quantity.unit, "s").ok().flatten()
}

fn whole(n: u64) -> Exact {
    Decimal::from(n).into()
}

fn more(one: Exact, than: Exact) -> bool {
    // What can't be compared exactly is huge.
    one.exceeds(than).unwrap_or(true)
}

fn dates(all: &[&Looked<'_>], now: u64, found: &mut Vec<Oddity>) {
    for line in all.iter().map(|looked| &looked.line) {
        if line.happened.end() > line.recorded.saturating_add(DAY) {
            let what = "it was written down more than a day before it was done";
            tell(found, Odd::Future, [line.id], what.to_owned());
        } else if line.recorded > now.saturating_add(DAY) {
            let what = "it says that it was written down in the future: a clock is wrong";
            tell(found, Odd::Future, [line.id], what.to_owned());
        }
        if line.happened.begin() < SET {
            let what = "it says that it was done in 1970, as a clock does that was never set";
            tell(found, Odd::ImpossibleDate, [line.id], what.to_owned());
        }
    }
}

fn days(all: &[&Looked<'_>], found: &mut Vec<Oddity>) {
    let mut worked: BTreeMap<(Provider, u64), (Exact, Vec<EntryId>)> = BTreeMap::new();
    for line in all.iter().map(|looked| &looked.line).filter(|line| line.action == "work") {
        let Some(effort) = seconds(line) else { continue };
        let (from, to) = (line.happened.begin(), line.happened.end());
        if matches!(line.happened, Happened::Span { .. }) && more(effort, whole((to - from).div_ceil(1_000)))
        {
            let what = "more work than there is time between its beginning and its end".to_owned();
            tell(found, Odd::LongerThanItsTime, [line.id], what);
        }
        // Work over several days is of none of them.
        if from / DAY == to / DAY {
            let (sum, records) = worked.entry((line.provider, from / DAY)).or_default();
            *sum = sum.plus(effort).unwrap_or(*sum);
            records.push(line.id);
        }
    }
    for (sum, records) in worked.into_values().filter(|(sum, _)| more(*sum, whole(DAY / 1_000))) {
        let hours =
            convert(sum, "s", "h").ok().flatten().map_or_else(|| format!("{sum} s"), |h| format!("{h} h"));
        tell(found, Odd::LongDay, records, format!("{hours} of work by one person on one day"));
    }
}

fn uses(all: &[&Looked<'_>], machines: &dyn Fn(WorkshopId, &str) -> Option<usize>, found: &mut Vec<Oddity>) {
    type Use = (u64, u64, EntryId);
    let mut uses: BTreeMap<(WorkshopId, String), Vec<Use>> = BTreeMap::new();
    for line in all.iter().map(|looked| &looked.line).filter(|line| line.action == "use") {
        if let (Some(workshop), Some(machine), Happened::Span { from, to }) =
            (line.workshop, line.resource, line.happened)
        {
            let name = machine.name.trim().to_lowercase();
            uses.entry((workshop, name)).or_default().push((from, to, line.id));
        }
    }
    for ((workshop, name), mut uses) in uses {
        uses.sort_unstable();
        let there = machines(workshop, &name).unwrap_or(1).max(1);
        let mut going: Vec<(u64, EntryId)> = Vec::new();
        let mut odd: BTreeSet<EntryId> = BTreeSet::new();
        for (from, to, id) in uses {
            going.retain(|(until, _)| *until > from);
            if to > from {
                going.push((to, id));
            }
            if going.len() > there {
                odd.extend(going.iter().map(|(_, id)| *id));
            }
        }
        if !odd.is_empty() {
            let what = format!("\"{name}\" was used more than {there} at a time in one workshop");
            tell(found, Odd::MachineTwiceAtOnce, odd, what);
        }
    }
}

fn rings(all: &[&Looked<'_>], found: &mut Vec<Oddity>) {
    let mut confirmed: BTreeMap<MemberKey, (BTreeSet<MemberKey>, Vec<EntryId>)> = BTreeMap::new();
    for looked in all.iter().filter(|looked| !looked.confirmed_by.is_empty()) {
        if let Provider::Member(member) = looked.line.provider {
            let (by, records) = confirmed.entry(member).or_default();
            by.extend(&looked.confirmed_by);
            records.push(looked.line.id);
        }
    }
    let only = |member: &MemberKey, by: &MemberKey| {
        confirmed.get(member).filter(|(all, of)| of.len() >= RING_MIN && all.len() == 1 && all.contains(by))
    };
    for (one, (by, _)) in &confirmed {
        for other in by.range(*one..).filter(|other| *other != one) {
            if let (Some((_, of_one)), Some((_, of_other))) = (only(one, other), only(other, one)) {
                let what = format!("{} and {} are confirmed by each other alone", one.short(), other.short());
                tell(found, Odd::Ring, of_one.iter().chain(of_other).copied(), what);
            }
        }
    }
}

fn evidence(all: &[&Looked<'_>], found: &mut Vec<Oddity>) {
    let mut shown: BTreeMap<(&str, Provider, &str), Vec<EntryId>> = BTreeMap::new();
    for looked in all {
        for evidence in &looked.evidence {
            let by = (evidence.as_str(), looked.line.provider, looked.line.action);
            shown.entry(by).or_default().push(looked.line.id);
        }
    }
    for ((_, _, action), records) in shown.into_iter().filter(|(_, records)| records.len() > 1) {
        let what =
            format!("{} contributions of one person, \"{action}\", show the same evidence", records.len());
        tell(found, Odd::EvidenceTwice, records, what);
    }
}

fn jumps(all: &[&Looked<'_>], found: &mut Vec<Oddity>) {
    type Sort<'a> = (Provider, &'a str, &'a str);
    let mut alike: BTreeMap<Sort<'_>, Vec<(Decimal, EntryId)>> = BTreeMap::new();
    for line in all.iter().map(|looked| &looked.line) {
        let of = (line.provider, line.action, line.quantity.unit);
        alike.entry(of).or_default().push((line.quantity.amount, line.id));
    }
    for ((_, _, unit), mut amounts) in alike.into_iter().filter(|(_, amounts)| amounts.len() >= ALIKE_MIN) {
        amounts.sort_unstable();
        let Some((median, _)) = amounts.get(amounts.len() / 2).copied() else { continue };
        let Some(most) = median.checked_mul(Decimal::from(JUMP)) else { continue };
        for (amount, id) in amounts.into_iter().filter(|(amount, _)| *amount > most && most > Decimal::ZERO) {
            let what = format!("{amount} {unit}, where the same person's median is {median} {unit}");
            tell(found, Odd::Jump, [id], what);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::record::contribution::Resource;
    use crate::record::ledger::Measure;

    const NOON: u64 = 20_000 * DAY + DAY / 2;

    fn member(n: u8) -> MemberKey {
        SecretKey::from_seed(&[n; 32]).member()
    }

    fn id(n: u32) -> EntryId {
        EntryId::of(&n.to_be_bytes())
    }

    fn work(n: u32, by: u8, amount: &str, unit: &'static str) -> Looked<'static> {
        let line = Line {
            id: id(n),
            author: member(by),
            provider: Provider::Member(member(by)),
            agent: None,
            receiver: None,
            workshop: None,
            subject: None,
            action: "work",
            quantity: Measure { amount: amount.parse().unwrap(), unit },
            resource_quantity: None,
            resource: None,
            role: None,
            happened: Happened::At(NOON),
            recorded: NOON + 1,
            late: false,
            corrects: None,
            standing: Standing::Claimed,
            confirmations: 0,
            disputes: 0,
            settled: vec![],
        };
        Looked { line, confirmed_by: BTreeSet::new(), evidence: BTreeSet::new() }
    }

    fn found(all: &[Looked<'_>]) -> Vec<(Odd, usize)> {
        let told = |all: &[Looked<'_>]| oddities(all, NOON + DAY, &|_, _| None);
        let backward: Vec<Looked<'_>> = all.iter().rev().cloned().collect();
        assert_eq!(told(all), told(&backward), "order tells nothing");
        told(all).into_iter().map(|oddity| (oddity.odd, oddity.records.len())).collect()
    }

    #[test]
    fn a_day_has_24_hours_for_one_person() {
        assert_eq!(found(&[work(1, 1, "14", "h"), work(2, 1, "600", "min")]), []);
        assert_eq!(found(&[work(1, 1, "14", "h"), work(2, 1, "601", "min")]), [(Odd::LongDay, 2)]);
        assert_eq!(found(&[work(1, 1, "14", "h"), work(2, 2, "601", "min")]), [], "two persons");
        let mut retracted = work(2, 1, "601", "min");
        retracted.line.standing = Standing::Retracted;
        assert_eq!(found(&[work(1, 1, "14", "h"), retracted]), []);
        let mut short = work(1, 1, "3", "h");
        short.line.happened = Happened::Span { from: NOON, to: NOON + 2 * 3_600_000 };
        short.line.recorded = NOON + DAY;
        assert_eq!(found(&[short]), [(Odd::LongerThanItsTime, 1)]);
    }

    #[test]
    fn a_machine_is_used_by_one_at_a_time_unless_there_are_more() {
        let laser = Resource { name: "Laser".into(), of: None };
        let during = |n: u32, from: u64, to: u64| {
            let mut looked = work(n, 1, "1", "h");
            looked.line.action = "use";
            looked.line.workshop = Some(id(90));
            looked.line.resource = Some(&laser);
            looked.line.happened = Happened::Span { from: NOON + from, to: NOON + to };
            looked
        };
        assert_eq!(found(&[during(1, 0, 10), during(2, 10, 20)]), [], "one after the other");
        let both = [during(1, 0, 10), during(2, 9, 20), during(3, 30, 40)];
        assert_eq!(found(&both), [(Odd::MachineTwiceAtOnce, 2)]);
        assert_eq!(oddities(&both, NOON + DAY, &|_, _| Some(2)), []);
    }

    #[test]
    fn two_who_only_confirm_each_other_are_told_and_others_are_not() {
        let confirmed = |n: u32, by: u8, of: &[u8]| {
            let mut looked = work(n, by, "1", "h");
            looked.confirmed_by = of.iter().map(|n| member(*n)).collect();
            looked
        };
        let mut ring: Vec<Looked<'_>> = (0..3).map(|n| confirmed(n, 1, &[2])).collect();
        ring.extend((3..6).map(|n| confirmed(n, 2, &[1])));
        assert_eq!(found(&ring), [(Odd::Ring, 6)]);
        ring.push(confirmed(6, 2, &[3]));
        assert_eq!(found(&ring), [], "a third has looked");
    }

    #[test]
    fn evidence_serves_one_contribution_of_a_person() {
        let shown = |n: u32, by: u8| {
            let mut looked = work(n, by, "1", "h");
            looked.evidence.insert("a photo".into());
            looked
        };
        assert_eq!(found(&[shown(1, 1), shown(2, 2)]), [], "both were there");
        assert_eq!(found(&[shown(1, 1), shown(2, 1)]), [(Odd::EvidenceTwice, 2)]);
    }

    #[test]
    fn dates_that_cannot_be_are_told() {
        let mut future = work(1, 1, "1", "h");
        future.line.happened = Happened::At(NOON + 3 * DAY);
        let mut clock = work(2, 1, "1", "h");
        clock.line.recorded = NOON + 9 * DAY;
        let mut unset = work(3, 1, "1", "h");
        unset.line.happened = Happened::At(5);
        assert_eq!(
            found(&[future, clock, unset]),
            [(Odd::Future, 1), (Odd::Future, 1), (Odd::ImpossibleDate, 1)]
        );
    }

    #[test]
    fn what_is_many_times_the_usual_is_told() {
        let mut all: Vec<Looked<'_>> = (0..10).map(|n| work(n, 1, "2", "kg")).collect();
        assert_eq!(found(&all), []);
        all.push(work(10, 1, "41", "kg"));
        assert_eq!(found(&all), [(Odd::Jump, 1)]);
        all[10].line.provider = Provider::Member(member(2));
        assert_eq!(found(&all), []);
    }
}
