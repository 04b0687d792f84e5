//! Totals as they are shown: tables with exact figures, and bars beside them.

use aronde_protocol::id::EntryId;
use aronde_protocol::printable::{html, shown};
use aronde_protocol::record::standing::Standing;

use super::chart;
use super::page::{Shown, more, named, section};
use super::tables::{About, Amount, LIVE, Named, Row, Table, Tables};
use super::words::{Words, bare};

/// A table of so many rows is not parted between two sheets of paper.
const ROWS_TOGETHER: usize = 8;

/// The section with totals over everything, and what of it stands how.
pub(super) fn totals(what: &Shown<'_>, words: &Words) -> String {
    let mut out =
        format!("<table class=\"standings\">\n<caption>{}</caption>\n<tbody>\n", words.contributions);
    for standing in LIVE.into_iter().chain([Standing::Corrected, Standing::Retracted, Standing::Parked]) {
        let word = crate::commons::ledger::word(standing);
        let n = what.report.contributions.get(word).copied().unwrap_or_default();
        let told = (words.standing_means)(standing);
        let sign = LIVE.iter().position(|live| *live == standing).map(chart::sign).unwrap_or_default();
        out += &format!(
            "<tr><th scope=\"row\">{sign} {}</th><td class=\"n\">{}</td><td>{}</td></tr>\n",
            told.heading,
            words.number(&n.to_string()),
            told.means
        );
    }
    out += "</tbody>\n</table>\n";
    let policy = &what.policy;
    out +=
        &format!("<p class=\"small\">{}</p>\n", (words.confirmed_by)(policy.confirmations, policy.elsewhere));
    let [_, _, by_subject, _] = &what.by;
    match by_subject {
        Ok(tables) if tables.tables.is_empty() => out += &format!("<p>{}</p>\n", words.nothing_yet),
        Ok(tables) => {
            out += &head("totals", "", words.what, words);
            for table in &tables.tables {
                let name = format!("<strong>{}</strong>", named(&words.measure(&table.unit)));
                out += &row(&name, &table.total, actions(&table.total, words).as_slice(), words);
            }
            out += "</tbody>\n</table>\n";
            out += &note(more(tables.more, words));
        }
        Err(error) => out += &unmade(error),
    }
    section("totals", &words.totals, &out)
}

fn note(said: Option<String>) -> String {
    said.map(|said| format!("<p class=\"small\">{said}</p>\n")).unwrap_or_default()
}

/// Why totals are not there.
fn unmade(error: &str) -> String {
    format!("<p class=\"fault\" lang=\"en\">{}</p>\n", html(error))
}

/// The totals by one thing.
pub(super) fn grouping(tables: &Result<Tables, String>, column: &str, words: &Words) -> String {
    match tables {
        Err(error) => unmade(error),
        Ok(tables) if tables.tables.is_empty() => format!("<p>{}</p>\n", words.nothing_yet),
        Ok(tables) => {
            let all = tables.tables.iter().map(|table| of_one_sort(table, column, words));
            all.collect::<String>() + &note(more(tables.more, words))
        }
    }
}

fn of_one_sort(table: &Table, column: &str, words: &Words) -> String {
    let measure = words.measure(&table.unit);
    // What fits on a page stays on one.
    let class = if table.rows.len() <= ROWS_TOGETHER { "whole" } else { "long" };
    let mut out = format!("<div class=\"{class}\">\n<h3>{}</h3>\n", named(&measure));
    let plain = |row: &Row| plain(&row.total, words);
    out += &chart::months(&table.rows, words, &plain).unwrap_or_default();
    out += &head("by", &measure, column, words);
    for shown in &table.rows {
        // Months are many, and their bars stand side by side above.
        let (bar, more) = match shown.about {
            About::Month(_) => (String::new(), Vec::new()),
            _ => (
                chart::bar(shown.bar),
                [actions(shown, words), subjects(shown, words)].into_iter().flatten().collect(),
            ),
        };
        out += &row(&(who(&shown.about, words) + &bar), shown, &more, words);
    }
    out + "</tbody>\n</table>\n" + &note(more(table.more, words)) + "</div>\n"
}

fn head(class: &str, caption: &str, column: &str, words: &Words) -> String {
    let standings: Vec<String> = LIVE
        .into_iter()
        .enumerate()
        .map(|(place, standing)| {
            format!(
                "<th scope=\"col\" class=\"n\">{} {}</th>",
                chart::sign(place),
                (words.standing_means)(standing).heading
            )
        })
        .collect();
    let caption =
        if caption.is_empty() { String::new() } else { format!("<caption>{}</caption>\n", named(caption)) };
    format!(
        "<table class=\"amounts {class}\">\n{caption}<thead>\n<tr><th scope=\"col\">{column}</th><th scope=\"col\" class=\"n\">{}</th>{}\
         <th scope=\"col\" class=\"n\">{}</th></tr>\n</thead>\n<tbody>\n",
        words.total,
        standings.concat(),
        words.records
    )
}

fn row(name: &str, row: &Row, more: &[String], words: &Words) -> String {
    let more = more.iter().map(|line| format!("<div class=\"more\">{line}</div>"));
    let parts = row.parts.iter().zip(LIVE).map(|(part, standing)| {
        let label = (words.standing_means)(standing).heading;
        format!("<td class=\"n\" data-label=\"{label}\">{}</td>", told(part, words))
    });
    format!(
        "<tr><th scope=\"row\">{name}{}</th><td class=\"n\" data-label=\"{}\"><strong>{}</strong></td>{}<td class=\"n\" data-label=\"{}\">{}</td></tr>\n",
        more.collect::<String>(),
        words.total,
        told(&row.total, words),
        parts.collect::<String>(),
        words.records,
        words.number(&row.records.to_string()),
    )
}

/// What was done, where that is more than one thing.
fn actions(row: &Row, words: &Words) -> Option<String> {
    let name = |action: &String| html(&shown(words.action(action)));
    listed(&row.actions, name, words)
}

/// What it was for, where that is more than one thing.
fn subjects(row: &Row, words: &Words) -> Option<String> {
    let name = |subject: &Option<(EntryId, Option<String>)>| match subject {
        Some((id, title)) => bdi(title.as_deref(), &id.short()),
        None => words.not_said.to_owned(),
    };
    Some(format!("{} {}", words.of_what, listed(&row.subjects, name, words)?))
}

fn listed<T>((named, rest): &Named<T>, name: impl Fn(&T) -> String, words: &Words) -> Option<String> {
    let mut said: Vec<String> =
        named.iter().map(|(of, amount)| format!("{} {}", name(of), told(amount, words))).collect();
    if *rest > 0 {
        said.push(format!("+ {}", words.number(&rest.to_string())));
    }
    (said.len() > 1).then(|| said.join(" · "))
}

/// An amount: as its language writes it, and exactly as it is.
fn told(amount: &Amount, words: &Words) -> String {
    let exact = amount.exact.to_string();
    format!("<data value=\"{exact}\">{}</data>{}", words.number(&exact), unit(amount, words))
}

/// The same without tags.
fn plain(amount: &Amount, words: &Words) -> String {
    words.number(&amount.exact.to_string()) + &unit(amount, words)
}

/// The unit behind a number; nothing for what is counted, whose name stands above, and for nothing.
fn unit(amount: &Amount, words: &Words) -> String {
    if amount.exact.is_zero() || bare(&amount.unit).is_some() {
        return String::new();
    }
    format!("&nbsp;{}", html(&shown(words.unit(&amount.unit))))
}

fn bdi(name: Option<&str>, id: &str) -> String {
    format!("<bdi>{}</bdi>", named(name.unwrap_or(id)))
}

fn who(about: &About, words: &Words) -> String {
    let beside = |name: &Option<String>, short: &str, note: &str| {
        format!("{} <span class=\"id\">{note}</span>", bdi(name.as_deref(), short))
    };
    match about {
        About::Member(key, name) => beside(name, &key.short(), &key.short()),
        About::Agent(id, name) => beside(name, &id.short(), words.no_member),
        About::Thing(id, title) => beside(title, &id.short(), &id.short()),
        About::Nothing => words.not_said.to_owned(),
        About::Month(month) => month.to_string(),
    }
}
