//! Pages of totals that no test home has: many people, many units, texts that mean harm.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use aronde_protocol::id::EntryId;
use aronde_protocol::quantity::sum::{Measured, Sum};
use aronde_protocol::record::ledger::{Group, Month, Part, Total};
use aronde_protocol::record::standing::{Policy, Standing};

use super::page::{Shown, page};
use super::tables::{Totalled, tables};
use super::words::Words;
use crate::api::{
    AuditAnswer, Checked, FederationName, LedgerTotal, Report, ReportLanguage, ReportMade, ReportTotals,
};

const LANGUAGES: [ReportLanguage; 3] =
    [ReportLanguage::English, ReportLanguage::French, ReportLanguage::Dutch];

fn id(n: u64) -> EntryId {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&n.to_be_bytes());
    EntryId(id)
}

fn total(group: Group, name: &str, quantities: &[(&str, Standing)]) -> Totalled {
    let (mut sum, mut standings) = (Sum::default(), std::collections::BTreeMap::<_, Part>::new());
    for (quantity, standing) in quantities {
        let quantity = quantity.parse().unwrap();
        sum.add_quantity(&quantity).unwrap();
        let part = standings.entry(*standing).or_default();
        part.records += 1;
        part.sum.add_quantity(&quantity).unwrap();
    }
    let (quantity, unit) = sum.total().map(|(exact, unit)| (exact.to_string(), unit.to_owned())).unwrap();
    let actions = [("work".to_owned(), sum.clone())].into();
    let records = quantities.len() as u64;
    let answer = LedgerTotal {
        subject: None,
        group: None,
        unit,
        quantity,
        records,
        name: Some(name.to_owned()),
        agent: None,
        subject_title: None,
        actions: [].into(),
        standings: [].into(),
    };
    (Total { subject: None, group, sum, actions, records, standings }, answer)
}

fn agent(n: u64, quantity: &str) -> Totalled {
    total(Group::Agent(id(n)), &format!("Maker {n}"), &[(quantity, Standing::Claimed)])
}

fn report(name: &str) -> Report {
    Report {
        format: Report::FORMAT.into(),
        made: ReportMade {
            at: "2026-11-21T10:00:00Z".parse().unwrap(),
            by: aronde_protocol::key::SecretKey::from_seed(&[1; 32]).member(),
            name: Some(name.into()),
            workshop: Some(id(2)),
            workshop_name: Some(name.into()),
            version: "0.1.0".into(),
        },
        federation: FederationName { id: id(1), name: Some(name.into()), charter: id(1) },
        charter: None,
        alarm: None,
        policy: Vec::new(),
        digest: "00".repeat(32),
        held_digest: "11".repeat(32),
        audit: AuditAnswer { ok: true, checked: Checked::default(), findings: Vec::new(), since: None },
        came_in: 0,
        contributions: [("claimed".to_owned(), 5_000)].into(),
        totals: ReportTotals::default(),
    }
}

fn shown(name: &str, by: &[Totalled], language: ReportLanguage) -> String {
    let report = report(name);
    let by = [by, &[], by, &[]].map(|totals| tables(totals).map_err(|error| error.to_string()));
    page(&Shown { report: &report, by, policy: Policy::default() }, Words::of(language))
}

#[test]
fn a_federation_of_five_thousand_people_and_a_thousand_units_is_a_page_that_opens() {
    let people = (0..5_000).map(|n| agent(n, &format!("{} h", n + 1)));
    let units = (0..1_000).map(|n| agent(n, &format!("1 {{thing-{n}}}")));
    let totals: Vec<Totalled> = people.chain(units).collect();
    for language in LANGUAGES {
        let page = shown("Commons", &totals, language);
        assert!(page.len() < 400_000, "{} bytes", page.len());
        assert!(page.contains("Maker 4999") && !page.contains("Maker 4974<"), "the largest are shown");
        assert!(page.contains("4975") && page.contains("989"), "and it is said how many are not");
        assert!(page.contains("value=\"12502500\""), "what is not shown is in the total");
    }
}

#[test]
fn what_can_be_added_stands_in_one_table_and_each_row_keeps_its_unit() {
    let both = [("30 min", Standing::Confirmed), ("30 min", Standing::Claimed)];
    let totals = [
        total(Group::Agent(id(1)), "Maker A", &both),
        agent(2, "3 h"),
        agent(3, "7 {piece}"),
        agent(3, "2.50 EUR"),
    ];
    let made = tables(&totals).unwrap();
    assert_eq!(made.tables.len(), 3, "time, pieces, money");
    let time = made.tables.iter().find(|table| Measured::of(&table.unit) == Measured::of("h")).unwrap();
    let told: Vec<String> =
        time.rows.iter().map(|row| format!("{} {}", row.total.exact, row.total.unit)).collect();
    assert_eq!(told, ["3 h", "60 min"], "the largest first, whatever unit it was written in");
    assert_eq!(format!("{} {}", time.total.total.exact, time.total.total.unit), "4 h");
    assert_eq!(time.rows.iter().map(|row| row.bar).collect::<Vec<_>>(), [[0, 1_000, 0], [166, 166, 0]]);
    assert_eq!(time.rows[1].parts.each_ref().map(|part| part.exact.to_string()), ["30", "30", "0"]);
}

#[test]
fn a_sum_that_is_split_over_subjects_is_one_row_that_names_them() {
    let of = |subject: u64, quantity: &str| {
        let (mut total, answer) = agent(1, quantity);
        total.subject = Some(id(subject));
        (total, LedgerTotal { subject_title: Some(format!("Press {subject}")), ..answer })
    };
    let totals: Vec<Totalled> = (1..=6).map(|n| of(n, &format!("{n} h"))).collect();
    let made = tables(&totals).unwrap();
    let row = &made.tables[0].rows[0];
    assert_eq!((made.tables[0].rows.len(), row.total.exact.to_string()), (1, "21".to_owned()));
    let subjects: Vec<String> = row.subjects.0.iter().map(|(_, amount)| amount.exact.to_string()).collect();
    assert_eq!((subjects, row.subjects.1), (["6", "5", "4", "3"].map(str::to_owned).to_vec(), 2));
    let page = shown("Commons", &totals, ReportLanguage::English);
    assert!(page.contains("Press 6") && !page.contains("Press 1"), "the largest are named");
}

#[test]
fn months_go_from_the_oldest_to_the_newest_and_a_wrong_date_does_not_empty_the_chart() {
    let month = |year, month, quantity| {
        total(Group::Month(Month { year, month }), "", &[(quantity, Standing::Claimed)])
    };
    let totals =
        [month(1970, 1, "1 h"), month(2026, 10, "4 h"), month(2026, 11, "2 h"), month(9999, 12, "3 h")];
    let made = tables(&totals).unwrap();
    let rows = &made.tables[0].rows;
    assert_eq!(rows.iter().map(|row| row.total.exact.to_string()).collect::<Vec<_>>(), ["1", "4", "2", "3"]);
    let chart = super::chart::months(rows, Words::of(ReportLanguage::English), &|_| "4 h".into()).unwrap();
    let places: Vec<&str> = chart
        .split("<rect ")
        .skip(1)
        .filter_map(|bar| bar.split(" x=\"").nth(1)?.split('"').next())
        .collect();
    assert_eq!(places, ["0", "1750", "3500", "5250"], "{chart}");
    assert!(chart.contains("From 1970-01 to 9999-12; most in 2026-10: 4 h."), "{chart}");

    let many: Vec<Totalled> = (0..6_000).map(|n| month(1_000 + n / 12, n % 12 + 1, "1 h")).collect();
    let made = tables(&many).unwrap();
    assert_eq!((made.tables[0].rows.len(), made.tables[0].more), (120, 5_880));
}

#[test]
fn no_text_of_anybody_is_more_than_text() {
    let harm = "</bdi><script>alert(1)</script>\" onload='x' \u{202e}evil\u{2066}";
    let unit = total(Group::Agent(id(9)), harm, &[("1 {<b>}", Standing::Disputed)]);
    for language in LANGUAGES {
        let page = shown(harm, &[agent(1, "1 h"), unit.clone()], language);
        assert_eq!(page.matches("<script").count(), 0, "{page}");
        assert!(!page.contains("onload='") && !page.contains("<b>"), "{page}");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{2066}'), "nothing turns the order of signs");
        assert!(page.contains("&lt;script&gt;"), "and it is shown as it is");
    }
    let long = "z".repeat(200_000);
    assert!(shown(&long, &[agent(1, "1 h")], ReportLanguage::English).len() < 30_000);
}

#[test]
fn what_cannot_be_added_exactly_is_said_where_its_totals_would_stand() {
    let huge = "79228162514264337593543950335 h";
    let totals = [agent(1, huge), agent(2, huge), agent(3, "0.0000000000000000000000000001 h")];
    let page = shown("Commons", &totals, ReportLanguage::English);
    assert!(page.contains("more digits than can be kept exactly"), "{page}");
}
