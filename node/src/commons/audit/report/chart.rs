//! Charts: bars beside the figures that they show, and months side by side. SVG in the page, of whole numbers.
//!
//! A chart repeats what a table states exactly. A bar is cut to a thousandth of the longest.

use aronde_protocol::record::ledger::Month;

use super::tables::{About, LIVE, Row};
use super::words::Words;

/// How long the longest bar is.
const LONGEST: u16 = 1_000;
/// Height and width of the chart of months, in its own measure, without what is written around it.
const HIGH: u64 = 1_000;
const WIDE: u64 = 7_000;
/// Room for what is written above and below it.
const ABOVE: u64 = 260;
const BELOW: u64 = 220;
/// Two names of years stand no nearer to each other.
const APART: u64 = 450;

/// The class of each part of a bar, in the order of [`LIVE`]; what they mean is in the table of standings.
pub(super) fn class(place: usize) -> &'static str {
    LIVE.get(place).map_or("", |standing| match standing {
        aronde_protocol::record::standing::Standing::Confirmed => "confirmed",
        aronde_protocol::record::standing::Standing::Claimed => "claimed",
        _ => "disputed",
    })
}

/// The bar of a row. Its figures stand beside it, so nothing reads it aloud.
pub(super) fn bar(parts: [u16; 3]) -> String {
    let mut out = format!(
        "<svg class=\"bar\" viewBox=\"0 0 {LONGEST} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    );
    let mut begin = 0;
    for (place, part) in parts.into_iter().enumerate().filter(|(_, part)| *part > 0) {
        let part = part.min(LONGEST - begin);
        out += &format!(
            "<rect class=\"{}\" x=\"{begin}\" y=\"0\" width=\"{part}\" height=\"10\"/>",
            class(place)
        );
        begin += part;
    }
    out + "</svg>"
}

/// The sign that a bar's part has where standings are explained.
pub(super) fn sign(place: usize) -> String {
    format!(
        "<svg class=\"sign\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{}\" width=\"10\" height=\"10\"/></svg>",
        class(place)
    )
}

fn month_of(row: &Row) -> Option<Month> {
    match row.about {
        About::Month(month) => Some(month),
        _ => None,
    }
}

fn number_of(month: Month) -> u64 {
    month.year * 12 + month.month - 1
}

/// Months side by side, from the oldest to the newest; none for fewer than two. `amount` says the largest.
pub(super) fn months(rows: &[Row], words: &Words, amount: &dyn Fn(&Row) -> String) -> Option<String> {
    let of: Vec<(Month, &Row)> = rows.iter().filter_map(|row| Some((month_of(row)?, row))).collect();
    let ((first, _), (last, _)) = (of.first()?, of.last()?);
    let high = |row: &Row| row.bar.iter().map(|part| u64::from(*part)).sum::<u64>();
    let (most, largest) = of.iter().rev().max_by_key(|(_, row)| high(row))?;
    if of.len() < 2 {
        return None;
    }
    // Months in which nothing was done are gaps, unless a date is so wrong that all would be one.
    let span = number_of(*last) - number_of(*first) + 1;
    let gaps = span <= 2 * of.len() as u64 || span <= 48;
    let places = if gaps { span } else { of.len() as u64 };
    let text = (words.months)(&first.to_string(), &last.to_string(), &most.to_string(), &amount(largest));
    let (all, wide) = (ABOVE + HIGH + BELOW, WIDE / places.max(1));
    let mut out = format!(
        "<figure>\n<svg class=\"months\" viewBox=\"0 0 {WIDE} {all}\" role=\"img\">\n<title>{text}</title>\n\
         <line x1=\"0\" y1=\"{ABOVE}\" x2=\"{WIDE}\" y2=\"{ABOVE}\"/>\n<text x=\"0\" y=\"{}\">{}</text>\n",
        ABOVE - 70,
        amount(largest),
    );
    let (mut named_at, mut named, mut minor) = (None, None, false);
    for (place, (month, row)) in of.iter().enumerate() {
        let place = if gaps { number_of(*month) - number_of(*first) } else { place as u64 };
        let left = place * WIDE / places.max(1);
        let mut top = ABOVE + HIGH;
        for (place, part) in row.bar.into_iter().enumerate().filter(|(_, part)| *part > 0) {
            let tall = (u64::from(part) * HIGH / u64::from(LONGEST)).min(top - ABOVE);
            top -= tall;
            out += &format!(
                "<rect class=\"{}\" x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{tall}\"/>\n",
                class(place),
                (wide * 4 / 5).max(1),
            );
        }
        // The first month that is there of each year says it, where there is room.
        let room = named_at.is_none_or(|at: u64| left >= at + APART) && left + APART <= WIDE;
        if room && named != Some(month.year) {
            (named_at, named) = (Some(left), Some(month.year));
            let below = ABOVE + HIGH + BELOW - 60;
            // Every second one is left out where letters are large.
            let class = if minor { " class=\"minor\"" } else { "" };
            minor = !minor;
            out += &format!("<text{class} x=\"{left}\" y=\"{below}\">{}</text>\n", month.year);
        }
    }
    out += &format!("<line x1=\"0\" y1=\"{0}\" x2=\"{WIDE}\" y2=\"{0}\"/>\n", ABOVE + HIGH);
    Some(out + &format!("</svg>\n<figcaption>{text}</figcaption>\n</figure>\n"))
}
