//! The page: one HTML file that needs nothing else, is read on a telephone and prints on A4.
//!
//! Invariants: no script, nothing from outside, and a policy in it that forbids both; whatever people wrote is text of
//! bounded length on one line; every amount is the exact one, with its digits in `value`.

use aronde_protocol::printable::{html, shown};
use aronde_protocol::record::standing::Policy;

use super::figures::{grouping, totals};
use super::findings::Sorted;
use super::tables::Tables;
use super::words::{Told, Words};
use crate::api::{Report, WorkshopName};

const STYLE: &str = include_str!("page.css");

/// What a page shows, besides the report itself: totals by person, workshop, subject, month, as far as they were made.
pub(super) struct Shown<'a> {
    pub report: &'a Report,
    pub by: [Result<Tables, String>; 4],
    pub policy: Policy,
}

/// The page in a language.
pub(super) fn page(shown: &Shown<'_>, words: &Words) -> String {
    let report = shown.report;
    let federation = report.federation.name.as_deref().map_or_else(|| report.federation.id.short(), named);
    let sections = [
        ("about", words.about, about(report, words)),
        ("checked", words.checked.heading, checked(report, words)),
        ("totals", words.totals.heading, totals(shown, words)),
    ];
    let by = shown.by.iter().zip(&words.by).zip(words.by_column).zip(BY);
    let by = by.map(|(((tables, told), column), id)| {
        (id, told.heading, section(id, told, &grouping(tables, column, words)))
    });
    let found = Sorted::of(&report.audit);
    let after = [
        ("findings", words.findings, found.section(words)),
        ("again", words.again.heading, again(report, words)),
        ("silent", words.silent, silent(words)),
    ];
    let sections: Vec<(&str, &str, String)> = sections.into_iter().chain(by).chain(after).collect();
    let day = report.made.at.strftime("%Y-%m-%d").to_string();
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light\">\n\
         <title>{} – {federation} – {day}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<p class=\"kind\">{} · {day}</p>\n<h1><bdi>{federation}</bdi></h1>\n<p class=\"subtitle\">{}</p>\n",
        words.code, words.report, words.report, words.subtitle,
    );
    out += &verdict(report, &found, words);
    out += &format!("</header>\n<nav aria-label=\"{}\">\n<ul>\n", words.contents);
    for (id, heading, _) in &sections {
        out += &format!("<li><a href=\"#{id}\">{heading}</a></li>\n");
    }
    out += "</ul>\n</nav>\n<main>\n";
    out.extend(sections.into_iter().map(|(_, _, section)| section));
    out += &format!(
        "</main>\n<footer><p>{} <a href=\"https://ucum.org/ucum\">UCUM</a></p></footer>\n</body>\n</html>\n",
        (words.foot)(&html(&report.made.version), &time(report.made.at)),
    );
    out
}

/// The names of the sections with totals.
const BY: [&str; 4] = ["by-member", "by-workshop", "by-subject", "by-month"];

/// A text of other people's.
pub(super) fn named(name: &str) -> String {
    html(&shown(name))
}

fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

pub(super) fn section(id: &str, told: &Told, content: &str) -> String {
    format!("<section id=\"{id}\">\n<h2>{}</h2>\n<p>{}</p>\n{content}</section>\n", told.heading, told.means)
}

fn verdict(report: &Report, found: &Sorted<'_>, words: &Words) -> String {
    let (class, told) = if report.audit.ok { ("well", &words.well) } else { ("not-well", &words.not_well) };
    let counts = [
        words.count(found.faults.len() as u64, &words.faults),
        words.count(found.questions.len() as u64, &words.questions),
        words.count(found.notes.len() as u64, &words.notes),
    ];
    let mut out = format!(
        "<div class=\"verdict {class}\">\n<p><strong>{}.</strong> {}</p>\n<p class=\"small\">{}</p>\n",
        told.heading,
        told.means,
        counts.join(" · "),
    );
    if report.came_in > 0 {
        let entries = words.number(&report.came_in.to_string());
        out += &format!("<p>{}</p>\n", (words.came_in)(&entries));
    }
    if let Some(alarm) = &report.alarm {
        let rivals: Vec<String> =
            alarm.rivals.iter().map(|id| format!("<code>{}</code>", id.short())).collect();
        out += &format!("<p><strong>{}</strong></p>\n", (words.alarm)(&rivals.join(", ")));
    }
    out + "</div>\n"
}

fn about(report: &Report, words: &Words) -> String {
    let made = &report.made;
    let federation = &report.federation;
    let mut rows = vec![
        (words.federation, with_id(federation.name.as_deref(), &federation.id.to_string())),
        (words.made_by, with_id(made.name.as_deref(), &made.by.to_string())),
    ];
    if let Some(id) = &made.workshop {
        rows.push((words.workshop, with_id(made.workshop_name.as_deref(), &id.to_string())));
    }
    rows.push((words.made_at, format!("{}, {}", time(made.at), words.as_clock_says)));
    match &report.charter {
        None => rows.push((words.charter, words.no_charter.to_owned())),
        Some(charter) => {
            rows.push((words.charter, format!("{}<br><code>{}</code>", time(charter.at), charter.id)));
            rows.push((words.endorsed_by, workshops(&charter.endorsed, words)));
            if !charter.missing.is_empty() {
                rows.push((words.missing, workshops(&charter.missing, words)));
            }
        }
    }
    rows.push((words.digest, format!("<code>{}</code>", html(&report.digest))));
    rows.push((words.held_digest, format!("<code>{}</code>", html(&report.held_digest))));
    let rows: Vec<String> =
        rows.iter().map(|(term, said)| format!("<dt>{term}</dt><dd>{said}</dd>\n")).collect();
    format!(
        "<section id=\"about\">\n<h2>{}</h2>\n<p>{}</p>\n<dl>\n{}</dl>\n<p class=\"small\">{}</p>\n</section>\n",
        words.about,
        words.unsigned,
        rows.concat(),
        words.digests_mean
    )
}

fn with_id(name: Option<&str>, id: &str) -> String {
    let name = name.map(|name| format!("<bdi>{}</bdi><br>", named(name))).unwrap_or_default();
    format!("{name}<code>{}</code>", html(id))
}

/// Workshops of a charter that are named; more than any federation has today are counted.
fn workshops(all: &[WorkshopName], words: &Words) -> String {
    const SHOWN: usize = 40;
    let name = |workshop: &WorkshopName| {
        workshop
            .name
            .as_deref()
            .map_or_else(|| workshop.id.short(), |name| format!("<bdi>{}</bdi>", named(name)))
    };
    let mut said: Vec<String> = all.iter().take(SHOWN).map(name).collect();
    said.extend(more(all.len().saturating_sub(SHOWN), words));
    said.join(", ")
}

pub(super) fn more(n: usize, words: &Words) -> Option<String> {
    (n > 0).then(|| (words.more)(&words.number(&n.to_string())))
}

fn checked(report: &Report, words: &Words) -> String {
    let checked = &report.audit.checked;
    let counts = [
        checked.entries,
        checked.signatures,
        checked.logs,
        checked.documents,
        checked.records,
        checked.files,
    ];
    let cells = words.checked_what.iter().zip(counts);
    let cells =
        cells.map(|(what, n)| format!("<li><strong>{}</strong> {what}</li>\n", words.number(&n.to_string())));
    section(
        "checked",
        &words.checked,
        &format!("<ul class=\"counts\">\n{}</ul>\n", cells.collect::<String>()),
    )
}

fn again(report: &Report, words: &Words) -> String {
    let federation = report.federation.id;
    let commands = [
        "aronde sync --wait\naronde audit".to_owned(),
        "aronde status --json".to_owned(),
        "aronde ledger totals --group member".to_owned(),
        "aronde audit bundle commons.bundle".to_owned(),
        format!("aronde audit verify commons.bundle --federation {federation}"),
        "python3 tests/verifier/verify.py commons.bundle".to_owned(),
        "aronde why ENTRY\naronde ledger show RECORD".to_owned(),
    ];
    let steps = words.again_how.iter().zip(commands);
    let steps = steps.map(|(how, command)| format!("<li>{how}<pre>{}</pre></li>\n", html(&command)));
    section("again", &words.again, &format!("<ol>\n{}</ol>\n", steps.collect::<String>()))
}

fn silent(words: &Words) -> String {
    let items = words.silent_on.iter().map(|item| format!("<li>{item}</li>\n"));
    format!(
        "<section id=\"silent\">\n<h2>{}</h2>\n<ul>\n{}</ul>\n</section>\n",
        words.silent,
        items.collect::<String>()
    )
}
