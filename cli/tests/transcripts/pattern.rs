//! Output as a page writes it down: `[..]` stands for anything in a line, a line `...` for any lines,
//! `[NAME]` for a word that is the same wherever the page writes it, be it shortened, as ids are. How wide the columns of a table are does not matter: two blanks are as good
//! as ten.

use std::collections::BTreeMap;

/// The words found so far, by name.
#[derive(Debug, Default, Clone)]
pub struct Captured(BTreeMap<String, String>);

impl Captured {
    /// A command with its names replaced by their words.
    pub fn fill(&self, command: &str) -> String {
        self.0.iter().fold(command.to_owned(), |c, (name, word)| c.replace(&format!("[{name}]"), word))
    }

    /// Whether the word may stand for the name. An id may be shortened; the longest is kept.
    fn takes(&mut self, name: &str, word: &str) -> bool {
        let known = self.0.entry(name.to_owned()).or_insert_with(|| word.to_owned());
        if word.starts_with(known.as_str()) {
            word.clone_into(known);
        }
        !word.is_empty() && known.starts_with(word)
    }
}

/// Whether the output is what was written down; remembers its words if so.
pub fn matches(expected: &[String], output: &str, captured: &mut Captured) -> bool {
    let expected: Vec<String> = expected.iter().map(|line| narrow(line)).collect();
    let lines: Vec<String> = output.trim_end().lines().map(narrow).collect();
    match all_lines(&expected, &lines, captured) {
        Some(found) => {
            *captured = found;
            true
        }
        None => false,
    }
}

/// The line without blanks at its end, and with at most two in a row.
fn narrow(line: &str) -> String {
    let mut line = line.trim_end().to_owned();
    while line.contains("   ") {
        line = line.replace("   ", "  ");
    }
    line
}

fn all_lines(expected: &[String], lines: &[String], captured: &Captured) -> Option<Captured> {
    match (expected.split_first(), lines.split_first()) {
        (None, None) => Some(captured.clone()),
        (Some((first, rest)), _) if first == "..." => {
            (0..=lines.len()).find_map(|skipped| all_lines(rest, &lines[skipped..], captured))
        }
        (Some((first, rest)), Some((line, others))) => {
            all_lines(rest, others, &one_line(first, line, captured)?)
        }
        _ => None,
    }
}

fn one_line(pattern: &str, line: &str, captured: &Captured) -> Option<Captured> {
    if let Some(rest) = pattern.strip_prefix("[..]") {
        return line
            .char_indices()
            .map(|(at, _)| at)
            .chain([line.len()])
            .find_map(|at| one_line(rest, &line[at..], captured));
    }
    if let Some((name, rest)) = name(pattern) {
        let end = line.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(line.len());
        let mut found = captured.clone();
        return if found.takes(name, &line[..end]) { one_line(rest, &line[end..], &found) } else { None };
    }
    match (pattern.chars().next(), line.chars().next()) {
        (None, None) => Some(captured.clone()),
        (Some(a), Some(b)) if a == b => one_line(&pattern[a.len_utf8()..], &line[b.len_utf8()..], captured),
        _ => None,
    }
}

/// `[NAME]` at the beginning, and what follows.
fn name(pattern: &str) -> Option<(&str, &str)> {
    let (name, rest) = pattern.strip_prefix('[')?.split_once(']')?;
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase())).then_some((name, rest))
}

#[test]
fn a_name_stands_for_one_word_and_its_beginnings() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let mut captured = Captured::default();
    assert!(matches(
        &lines("made [ID]\n...\nat [..] end"),
        "made 4f1c20\nx\ny\nat 12:00 end\n",
        &mut captured
    ));
    assert_eq!(captured.fill("show [ID] [OTHER]"), "show 4f1c20 [OTHER]");
    assert!(matches(&lines("see [ID]"), "see 4f1c", &mut captured), "shortened");
    assert!(!matches(&lines("see [ID]"), "see 4f1d", &mut captured), "another");
    assert!(!matches(&lines("a\nb"), "a", &mut captured) && !matches(&lines("a"), "a\nb", &mut captured));
    assert_eq!(captured.fill("[ID]"), "4f1c20", "a mismatch changes nothing");
}
