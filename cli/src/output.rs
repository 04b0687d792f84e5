//! What goes to stdout: one JSON document, or text for people.
//!
//! Texts come from other people's machines. Whatever could move the cursor, change the title or turn
//! the writing direction is replaced before it reaches a terminal.

pub mod diff;
pub mod document;
mod table;

use std::io::{self, Write};

use aronde_node::api::{ServiceError, WorkshopName};
use aronde_protocol::key::MemberKey;
use serde::Serialize;

pub use table::Table;

/// Shows an answer, in the form that was asked for.
pub fn show<T: Serialize>(json: bool, answer: &T, text: impl FnOnce() -> String) -> Result<(), ServiceError> {
    if json { print_json(answer) } else { print(&text()) }
}

/// Prints one JSON document.
pub fn print_json<T: Serialize>(answer: &T) -> Result<(), ServiceError> {
    let text = serde_json::to_string_pretty(answer).map_err(ServiceError::internal)?;
    // JSON escapes what is below a space; what else a terminal obeys can only stand within strings.
    let escaped = text.chars().fold(String::with_capacity(text.len()), |mut to, c| {
        if c != '\n' && is_unsafe(c) {
            to.push_str(&format_escape(c));
        } else {
            to.push(c);
        }
        to
    });
    print(&escaped)
}

fn format_escape(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}

/// Prints a text that was cleaned, with one line break at its end.
pub fn print(text: &str) -> Result<(), ServiceError> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        // Whoever reads us has read enough.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(e) => Err(ServiceError::config(format!("the answer cannot be written: {e}"))),
        Ok(()) => Ok(()),
    }
}

/// One line that is safe on a terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if is_unsafe(c) { '\u{fffd}' } else { c }).collect()
}

/// Several lines that are safe on a terminal, each indented.
pub fn clean_lines(text: &str, indent: &str) -> String {
    let mut cleaned = String::new();
    for line in text.lines() {
        cleaned += &format!("{indent}{}\n", clean(line.trim_end()));
    }
    cleaned
}

/// Control characters, and marks that turn the writing direction or end a line.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text that may be absent, cleaned.
pub fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), clean)
}

/// A number of bytes, for people.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut rest = n;
    let mut shown = format!("{n} B");
    for unit in UNITS {
        if rest < 1_000 {
            break;
        }
        let tenths = rest / 100;
        shown = if tenths < 100 {
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        } else {
            format!("{} {unit}", rest / 1_000)
        };
        rest /= 1_000;
    }
    shown
}

/// A number of things: `1 entry`, `3 entries`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Workshops in a sentence: who they are, `keeps` or `keep`, and the pronoun for them.
pub fn workshops(all: &[WorkshopName]) -> (String, &'static str, &'static str) {
    let names: Vec<String> =
        all.iter().map(|w| w.name.as_deref().map_or_else(|| w.id.short(), clean)).collect();
    match names.as_slice() {
        [] => ("nobody".to_owned(), "keeps", "somebody who does"),
        [one] => (one.clone(), "keeps", "them"),
        [most @ .., last] => (format!("{} and {last}", most.join(", ")), "keep", "one of them"),
    }
}

/// A member: the name, with the beginning of the key that tells two of one name apart.
pub fn member(name: Option<&str>, key: MemberKey) -> String {
    name.map_or_else(|| key.short(), |name| format!("{} ({})", clean(name), key.short()))
}

/// A time to the minute, in UTC.
pub fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_others_can_command_the_terminal() {
        let hostile = "press\u{1b}[2J\u{9b}31m\u{202e}gnp.\r\n\u{7}";
        assert_eq!(clean(hostile), "press\u{fffd}[2J\u{fffd}31m\u{fffd}gnp.\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(clean_lines("a\nb\u{1b}c", "  "), "  a\n  b\u{fffd}c\n");
        assert_eq!(clean("Atelier à Liège, 2×3 µm"), "Atelier à Liège, 2×3 µm");
    }

    #[test]
    fn sizes_are_short() {
        let shown = [0, 999, 1_000, 1_250, 12_345, 999_999, 5_000_000_000].map(bytes);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "1.2 kB", "12 kB", "999 kB", "5.0 GB"]);
    }
}
