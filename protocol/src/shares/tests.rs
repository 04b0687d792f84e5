#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)]

use super::exact::{fixed, shown};
use super::*;
use crate::key::SecretKey;
use crate::quantity::Quantity;
use crate::record::contribution::Happened;
use crate::record::ledger::{Measure, Settled};
use crate::record::settlement::Means;

mod random;
mod rules;

const DAY: u64 = 24 * 3600 * 1000;
/// The day on which all is shared.
const ON: u64 = 20_000 * DAY;

fn member(n: u8) -> MemberKey {
    SecretKey::from_seed(&[n; 32]).member()
}

fn work(n: u8) -> EntryId {
    EntryId::of(&[n])
}

/// Lines on the first work, each with an id by its place.
#[derive(Default, Clone)]
struct Book {
    lines: Vec<Line<'static>>,
    sources: Vec<(EntryId, Source)>,
}

impl Book {
    fn line(&mut self, provider: Provider, quantity: &str) -> &mut Line<'static> {
        let quantity: Quantity = quantity.parse().unwrap();
        let n = self.lines.len() as u64;
        self.lines.push(Line {
            id: EntryId::of(&n.to_be_bytes()),
            author: member(1),
            provider,
            agent: None,
            receiver: None,
            workshop: None,
            subject: Some(work(0)),
            action: "work",
            quantity: Measure { amount: quantity.amount, unit: String::leak(quantity.unit) },
            resource_quantity: None,
            resource: None,
            role: None,
            happened: Happened::At(ON),
            recorded: ON,
            late: false,
            corrects: None,
            standing: Standing::Confirmed,
            confirmations: 1,
            disputes: 0,
            settled: Vec::new(),
        });
        self.lines.last_mut().unwrap()
    }

    fn did(&mut self, n: u8, quantity: &str) -> &mut Line<'static> {
        self.line(Provider::Member(member(n)), quantity)
    }

    fn cites(&mut self, from: u8, to: u8) {
        let said_by = EntryId::of(&[from, to]);
        self.sources.push((work(from), Source { subject: work(to), said_by }));
    }

    fn shares(&self, rule: &str, amount: &str) -> Result<Statement, SharesError> {
        let amount: Quantity = amount.parse().unwrap();
        let currency = money::by_code(&amount.unit).unwrap();
        let asked = Asked { subject: work(0), amount: amount.amount, currency, on: ON, from: None, to: None };
        let sources = &mut |work: EntryId| {
            self.sources.iter().filter(|(from, _)| *from == work).map(|(_, source)| *source).collect()
        };
        shares(&Rule::read(rule).unwrap(), &asked, self.lines.iter().cloned(), sources)
    }

    /// What each is paid: by the member's number, by `agent`, `commons`, `aside`.
    fn paid(&self, rule: &str, amount: &str) -> Vec<(String, String)> {
        let statement = self.shares(rule, amount).unwrap();
        let name = |who: Who| match who {
            Who::Member(key) => (0..=9).find(|n| member(*n) == key).map_or("?".into(), |n| n.to_string()),
            Who::Agent(_) => "agent".into(),
            Who::Commons => "commons".into(),
            Who::Aside => "aside".into(),
        };
        let decimals = statement.currency.decimals;
        let mut paid: Vec<(String, String)> =
            statement.parts.iter().map(|part| (name(part.who), fixed(&part.paid, decimals))).collect();
        paid.sort();
        paid
    }
}

#[track_caller]
fn assert_paid(book: &Book, rule: &str, amount: &str, paid: &[(&str, &str)]) {
    let paid: Vec<(String, String)> = paid.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
    assert_eq!(book.paid(rule, amount), paid);
}

const HEAD: &str = "name = \"test\"\nversion = \"1\"\n";
const HOURS: &str = "[[bucket]]\nname = \"time\"\nshare = \"100%\"\ndivide = \"quantity\"\n\
                     [[bucket.tariff]]\nunit = \"h\"\nrate = 1\n";

fn hours(more: &str) -> String {
    format!("{HEAD}{more}\n{HOURS}")
}

fn settled(means: Means) -> &'static Settled {
    let settled =
        Settled { id: work(77), author: member(1), recorded: ON, means, amount: None, by: member(1) };
    Box::leak(Box::new(settled))
}

#[test]
fn an_amount_is_divided_by_hours_and_the_last_cent_goes_to_who_lost_most() {
    let mut book = Book::default();
    book.did(1, "1 h");
    book.did(2, "60 min");
    book.did(3, "1 h");
    let paid = book.paid(&hours(""), "100 EUR");
    let mut amounts: Vec<&str> = paid.iter().map(|(_, amount)| amount.as_str()).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, ["33.33", "33.33", "33.34"]);
    let first = (1..=3).min_by_key(|n| member(*n)).unwrap().to_string();
    assert!(paid.contains(&(first, "33.34".into())), "the lowest key among equals: {paid:?}");
    for (amount, sum) in [("100 JPY", "100"), ("100.001 BHD", "100.001"), ("0.01 EUR", "0.01")] {
        let paid = book.paid(&hours(""), amount);
        let sum_paid: Decimal = paid.iter().map(|(_, amount)| amount.parse::<Decimal>().unwrap()).sum();
        assert_eq!(sum_paid, sum.parse().unwrap(), "{amount}");
    }
}

#[test]
fn only_what_is_confirmed_counts_unless_the_rule_says_more() {
    let mut book = Book::default();
    book.did(1, "3 h");
    book.did(2, "6 h").standing = Standing::Claimed;
    book.did(3, "9 h").standing = Standing::Retracted;
    assert_paid(&book, &hours(""), "90 EUR", &[("1", "90.00")]);
    let half = "[standing]\nconfirmed = 1\nclaimed = \"1/2\"";
    assert_paid(&book, &hours(half), "90 EUR", &[("1", "45.00"), ("2", "45.00")]);
    book.lines.remove(0);
    let error = book.shares(&hours(""), "90 EUR").unwrap_err().to_string();
    assert_eq!(error, "nothing can be shared: no record counts; 1 claimed only, 1 retracted");
}

#[test]
fn what_was_settled_by_shares_counts_once_unless_the_rule_says_otherwise() {
    let mut book = Book::default();
    book.did(1, "1 h").settled = vec![settled(Means::Shares)];
    book.did(2, "1 h").settled = vec![settled(Means::Cash)];
    assert_paid(&book, &hours(""), "10 EUR", &[("2", "10.00")]);
    let again = "leave-out-settled = []";
    assert_paid(&book, &hours(again), "10 EUR", &[("1", "5.00"), ("2", "5.00")]);
    let cash = "leave-out-settled = [\"cash\"]";
    assert_paid(&book, &hours(cash), "10 EUR", &[("1", "10.00")]);
}

#[test]
fn age_weighs_by_exact_halves_or_by_brackets() {
    let mut book = Book::default();
    book.did(1, "1 h");
    book.did(2, "2 h").happened = Happened::At(ON - 365 * DAY);
    book.did(3, "1 h").happened = Happened::At(ON - 364 * DAY);
    let halved = "[age]\nhalf-life-days = 365";
    assert_paid(&book, &hours(halved), "9 EUR", &[("1", "3.00"), ("2", "3.00"), ("3", "3.00")]);
    let brackets = "[age]\nbrackets = [{ under-days = 1, factor = 2 }, { under-days = 365, factor = 1 }]";
    assert_paid(&book, &hours(brackets), "9 EUR", &[("1", "6.00"), ("3", "3.00")]);
}

#[test]
fn straight_and_remaining_parts_are_of_the_whole_and_of_what_is_left() {
    let rule = format!(
        "{HEAD}\
        [[bucket]]\nname = \"design\"\nshare = \"50%\"\nroles = [\"design\"]\ndivide = \"records\"\n\
        [[bucket]]\nname = \"nobody\"\nshare = \"10%\"\nroles = [\"care\"]\ndivide = \"records\"\n\
        [[bucket]]\nname = \"making\"\nshare = \"60%\"\nof = \"remaining\"\nactions = [\"use\"]\ndivide = \"records\"\n\
        [[bucket]]\nname = \"all\"\nshare = \"100%\"\nof = \"remaining\"\ndivide = \"people\"\n"
    );
    let mut book = Book::default();
    book.did(1, "1 h").role = Some("design");
    book.did(2, "5 h").action = "use";
    book.did(2, "5 h").action = "use";
    // 500 for design, nothing for care, 60% of the 500 left for making, 200 left for both alike.
    assert_paid(&book, &rule, "1000 EUR", &[("1", "600.00"), ("2", "400.00")]);
}

#[test]
fn a_budget_pays_the_tariff_and_cuts_all_alike_when_it_is_too_small() {
    let rule = format!(
        "{HEAD}currency = \"EUR\"\n\
        [[bucket]]\nname = \"tariff\"\nshare = \"100%\"\ndivide = \"budget\"\n\
        [[bucket.tariff]]\nroles = [\"training\"]\nunit = \"h\"\nrate = 30\n\
        [[bucket.tariff]]\nunit = \"h\"\nrate = \"12.50\"\n"
    );
    let mut book = Book::default();
    book.did(1, "2 h").role = Some("training");
    book.did(2, "4 h");
    book.did(3, "4 kg");
    assert_paid(&book, &rule, "200 EUR", &[("1", "60.00"), ("2", "50.00"), ("commons", "90.00")]);
    assert_paid(&book, &rule, "55 EUR", &[("1", "30.00"), ("2", "25.00")]);
    let error = book.shares(&rule, "55 CHF").unwrap_err();
    assert!(matches!(error, SharesError::Currency { .. }));
}

#[test]
fn a_pie_weighs_time_and_money_by_kind() {
    let rule = format!(
        "{HEAD}[[weight]]\nunits = [\"h\"]\nfactor = 2\n[[weight]]\nunits = [\"EUR\"]\nfactor = 4\n\
        [[bucket]]\nname = \"pie\"\nshare = \"100%\"\ndivide = \"quantity\"\n\
        [[bucket.tariff]]\nunit = \"h\"\nrate = 20\n[[bucket.tariff]]\nunit = \"EUR\"\nrate = 1\n"
    );
    let mut book = Book::default();
    book.did(1, "30 min");
    book.did(2, "15 EUR");
    assert_paid(&book, &rule, "80 EUR", &[("1", "20.00"), ("2", "60.00")]);
    let arithmetic = book.shares(&rule, "80 EUR").unwrap().works[0].buckets[0].counted.clone();
    let mut told: Vec<String> = arithmetic.iter().map(Counted::arithmetic).collect();
    told.sort();
    assert_eq!(told, ["0.5 × 20 × 2 = 20", "15 × 4 = 60"]);
}

#[test]
fn a_cap_gives_what_is_over_to_the_others_or_to_the_rest() {
    let mut book = Book::default();
    book.did(1, "8 h");
    book.did(2, "1 h");
    book.did(3, "1 h");
    let spread = "cap = \"50%\"\nrest = \"spread\"";
    assert_paid(&book, &hours(spread), "100 EUR", &[("1", "50.00"), ("2", "25.00"), ("3", "25.00")]);
    let commons = "cap = \"50%\"";
    let paid = [("1", "50.00"), ("2", "10.00"), ("3", "10.00"), ("commons", "30.00")];
    assert_paid(&book, &hours(commons), "100 EUR", &paid);
    let aside = "cap-amount = 20\ncurrency = \"EUR\"\nrest = \"aside\"";
    let paid = [("1", "20.00"), ("2", "10.00"), ("3", "10.00"), ("aside", "60.00")];
    assert_paid(&book, &hours(aside), "100 EUR", &paid);
    let all = "cap = \"20%\"\nrest = \"spread\"";
    let paid = [("1", "20.00"), ("2", "20.00"), ("3", "20.00"), ("commons", "40.00")];
    assert_paid(&book, &hours(all), "100 EUR", &paid);
}

#[test]
fn the_commons_get_a_part_first_and_no_less_than_the_floor() {
    let mut book = Book::default();
    book.did(1, "8 h");
    let rule = hours("currency = \"EUR\"\n[commons]\nshare = \"5%\"\nfloor = 20");
    assert_paid(&book, &rule, "1000 EUR", &[("1", "950.00"), ("commons", "50.00")]);
    assert_paid(&book, &rule, "100 EUR", &[("1", "80.00"), ("commons", "20.00")]);
    assert_paid(&book, &rule, "15 EUR", &[("commons", "15.00")]);
}

#[test]
fn what_is_unclaimed_is_kept_aside_under_its_name_or_goes_to_the_commons() {
    let mut book = Book::default();
    book.did(1, "1 h");
    book.line(Provider::Agent(work(50)), "3 h");
    assert_paid(&book, &hours(""), "100 EUR", &[("1", "25.00"), ("agent", "75.00")]);
    let rule = hours("unclaimed = \"commons\"");
    assert_paid(&book, &rule, "100 EUR", &[("1", "25.00"), ("commons", "75.00")]);
}

#[test]
fn a_part_goes_upstream_along_citations_as_deep_as_the_rule_says() {
    let mut book = Book::default();
    book.did(1, "1 h");
    book.did(2, "1 h").subject = Some(work(1));
    book.did(3, "1 h").subject = Some(work(2));
    book.cites(0, 1);
    book.cites(1, 2);
    book.cites(2, 0);
    let upstream = |depth: u64| hours(&format!("[upstream]\nshare = \"20%\"\ndepth = {depth}"));
    assert_paid(&book, &hours(""), "100 EUR", &[("1", "100.00")]);
    assert_paid(&book, &upstream(1), "100 EUR", &[("1", "80.00"), ("2", "20.00")]);
    let deep = [("1", "80.00"), ("2", "16.00"), ("3", "4.00")];
    assert_paid(&book, &upstream(2), "100 EUR", &deep);
    assert_paid(&book, &upstream(16), "100 EUR", &deep);
    // A source in which nothing counts passes on all; one that leads nowhere gets nothing.
    book.lines[1].standing = Standing::Claimed;
    book.cites(0, 9);
    assert_paid(&book, &upstream(2), "100 EUR", &[("1", "80.00"), ("3", "20.00")]);
    let statement = book.shares(&upstream(2), "100 EUR").unwrap();
    let went: Vec<(u64, String)> =
        statement.works.iter().map(|work| (work.level, shown(&work.amount))).collect();
    assert_eq!(went, [(0, "100".into()), (1, "20".into()), (2, "20".into())]);
}

#[test]
fn an_amount_that_cannot_be_paid_is_refused() {
    let mut book = Book::default();
    book.did(1, "1 h");
    for amount in ["0 EUR", "-5 EUR", "1.001 EUR", "0.5 JPY"] {
        let error = book.shares(&hours(""), amount).unwrap_err();
        assert!(matches!(error, SharesError::Amount { .. }), "{amount}");
    }
}
