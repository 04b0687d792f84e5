//! A page as its sections, and what two pieces of Markdown have in common: the events of the parser.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag};

use super::SopError;
use crate::file_path::FilePath;
use crate::printable::shown;

/// The Markdown that is read: `CommonMark` with tables, check lists, strikethrough and footnotes, as forges and wikis
/// have it.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
}

/// A heading with what stands below it, up to the next heading.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// From 1 to 6; 0 for what stands above the first heading.
    pub level: u8,
    /// The heading as Markdown, on one line.
    pub heading: String,
    /// What stands below, without blank lines around it.
    pub body: &'a str,
    /// The line of the heading.
    pub line: usize,
}

/// The parts of a body. Headings within quotations and lists begin none.
pub(super) fn parts(body: &str, first_line: usize) -> Vec<Part<'_>> {
    let mut heads = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(body, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                depth += 1;
                heads.push((number(level), range));
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let mut parts = Vec::new();
    let above = heads.first().map_or(body.len(), |(_, range)| range.start);
    let piece = |from: usize, to: usize| trimmed(body.get(from..to).unwrap_or_default());
    if !piece(0, above).is_empty() {
        parts.push(Part { level: 0, heading: String::new(), body: piece(0, above), line: first_line });
    }
    let mut lines = Lines::new(body, first_line);
    for (at, (level, range)) in heads.iter().enumerate() {
        let end = heads.get(at + 1).map_or(body.len(), |(_, next)| next.start);
        let source = body.get(range.clone()).unwrap_or_default();
        let heading = heading(source);
        let line = lines.of(range.start);
        parts.push(Part { level: *level, heading, body: piece(range.end, end), line });
    }
    parts
}

/// Lines of rising places, counted once.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, line: usize) -> Self {
        Self { text, at: 0, line }
    }

    fn of(&mut self, place: usize) -> usize {
        if place > self.at {
            let between = self.text.get(self.at..place).unwrap_or_default();
            self.line += between.bytes().filter(|b| *b == b'\n').count();
            self.at = place;
        }
        self.line
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The Markdown of a heading from its source.
fn heading(source: &str) -> String {
    let source = source.trim();
    let hashes = source.bytes().take_while(|b| *b == b'#').count();
    let rest = source.get(hashes..).unwrap_or_default();
    if (1..=6).contains(&hashes) && (rest.is_empty() || rest.starts_with([' ', '\t'])) {
        let text = rest.trim();
        let bare = text.trim_end_matches('#');
        let closed = bare.is_empty() || bare.ends_with([' ', '\t']);
        return (if closed { bare } else { text }).trim().to_owned();
    }
    // Underlined: all lines but the last.
    let mut lines: Vec<&str> = source.lines().map(str::trim).collect();
    lines.pop();
    lines.join(" ").trim().to_owned()
}

/// Without blank lines at either end and blanks at the end.
pub(super) fn trimmed(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some((line, rest)) = text.split_once('\n') {
        if !line.trim().is_empty() {
            break;
        }
        text = rest;
    }
    text
}

/// The words of a piece of Markdown on one line.
pub(super) fn plain(markdown: &str) -> String {
    let mut words = String::new();
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Text(text) | Event::Code(text) => words += &text,
            Event::SoftBreak | Event::HardBreak | Event::Start(Tag::Item | Tag::Paragraph) => words.push(' '),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two pieces of Markdown mean the same: the same events, where breaks of lines within a paragraph are blanks.
pub(super) fn same_meaning(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (Meaning::of(one), Meaning::of(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (a, b) if a == b => {}
            _ => return false,
        }
    }
}

/// Events with texts joined and breaks as blanks.
struct Meaning<'a> {
    events: std::iter::Peekable<Parser<'a>>,
}

impl<'a> Meaning<'a> {
    fn of(text: &'a str) -> Self {
        Self { events: Parser::new_ext(text, options()).peekable() }
    }
}

impl<'a> Iterator for Meaning<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let mut text: Option<String> = None;
        loop {
            match self.events.peek() {
                Some(Event::Text(more)) => text.get_or_insert_default().push_str(more),
                Some(Event::SoftBreak) => text.get_or_insert_default().push(' '),
                // Runs of HTML are divided by lines as they come.
                _ => break,
            }
            self.events.next();
        }
        match text {
            Some(text) => {
                Some(Event::Text(CowStr::from(text.split_whitespace().collect::<Vec<_>>().join(" "))))
            }
            None => self.events.next(),
        }
    }
}

/// What a page names beside itself.
#[derive(Debug, Default)]
pub(super) struct References {
    /// Files by a relative path, each once.
    pub files: Vec<(FilePath, usize)>,
    /// What should be known of others.
    pub odd: Vec<(String, usize)>,
    /// The first placeholder of a template, such as `{{name}}`.
    pub placeholder: Option<(String, usize)>,
}

impl References {
    fn name(&mut self, path: FilePath, line: usize) {
        if !self.files.iter().any(|(held, _)| *held == path) {
            self.files.push((path, line));
        }
    }
}

/// Pictures and files that a page names by a relative path, and what is still to be filled in.
pub(super) fn references(body: &str, first_line: usize) -> References {
    let mut found = References::default();
    let mut lines = Lines::new(body, first_line);
    let mut last = 0;
    for (event, range) in Parser::new_ext(body, options()).into_offset_iter() {
        let place = range.start.max(last);
        last = place;
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                let line = lines.of(place);
                match path(&dest_url) {
                    Some(Ok(path)) => found.name(path, line),
                    Some(Err(())) => found.odd.push((
                        format!(
                            "the picture \"{}\" lies outside of the page's folder and stays a link",
                            shown(&dest_url)
                        ),
                        line,
                    )),
                    None => {}
                }
            }
            Event::Start(Tag::Link { dest_url, link_type, .. }) if link_type != LinkType::Email => {
                let line = lines.of(place);
                // Other pages are no files of this one.
                if let Some(Ok(path)) = path(&dest_url)
                    && !matches!(path.extension().as_str(), "" | "md" | "markdown" | "html" | "htm")
                {
                    found.name(path, line);
                }
            }
            Event::Text(text) if found.placeholder.is_none() => {
                if let Some(holder) = text.find("{{").and_then(|from| {
                    let rest = text.get(from..)?;
                    rest.get(..rest.find("}}")? + 2)
                }) {
                    found.placeholder = Some((holder.to_owned(), lines.of(place)));
                }
            }
            _ => {}
        }
    }
    found
}

/// The relative path that a link means; an error when it leaves the folder, nothing when it is an address.
pub(super) fn path(link: &str) -> Option<Result<FilePath, ()>> {
    let bare = link.split(['#', '?']).next().unwrap_or_default();
    if bare.is_empty()
        || bare.starts_with("//")
        || bare.contains("://")
        || bare.starts_with("data:")
        || bare.starts_with("mailto:")
    {
        return None;
    }
    let decoded = percent_decoded(bare);
    let relative = decoded.strip_prefix("./").unwrap_or(&decoded);
    Some(FilePath::parse(relative).map_err(|_| ()))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Refuses what is no page of a procedure, by its content.
pub(super) fn judge(page: &str) -> Result<(), SopError> {
    let refuse = |line: usize, what: &str| Err(SopError { line, what: what.to_owned() });
    let first = page.lines().position(|line| !line.trim().is_empty());
    let Some(first) = first else { return refuse(1, "the file is empty") };
    let start = page.trim_start();
    let head: String = start.chars().take(64).collect::<String>().to_lowercase();
    for (begins, what) in [
        ("<!doctype html", "it is a page in HTML"),
        ("<html", "it is a page in HTML"),
        ("<?xml", "it is XML"),
        ("<svg", "it is a drawing (SVG)"),
        ("iso-10303-21", "it is a STEP file"),
        ("{\\rtf", "it is a document in RTF"),
        ("%pdf", "it is a PDF"),
        ("solid ", "it is a mesh (STL)"),
    ] {
        if head.starts_with(begins) {
            return refuse(
                first + 1,
                &format!("{what}; a procedure is read from Markdown, so export it as that"),
            );
        }
    }
    if matches!(start.as_bytes().first(), Some(b'{' | b'['))
        && serde_json::from_str::<serde::de::IgnoredAny>(page).is_ok()
    {
        return refuse(first + 1, "it is JSON; a procedure is read from Markdown");
    }
    let (front, body, first_line) = super::front::split(page);
    let lines = || body.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let count = lines().count();
    if count == 0 {
        let what =
            if front.is_some() { "nothing stands below the front matter" } else { "the file is empty" };
        return refuse(first_line, what);
    }
    if let Some((line, what)) = table_of_values(body) {
        return refuse(first_line + line, what);
    }
    let marked = |line: &str| {
        let line = line.trim_start();
        let number = line.bytes().take_while(u8::is_ascii_digit).count();
        line.starts_with("- ")
            || line.starts_with("* ")
            || line.starts_with("+ ")
            || ((1..=9).contains(&number)
                && line.get(number..).is_some_and(|r| r.starts_with(". ") || r.starts_with(") ")))
    };
    let settings = lines().filter(|(_, line)| is_setting(line)).count();
    let sentences = lines()
        .filter(|(_, line)| !is_setting(line) && !line.trim_start().starts_with(['#', '-', '[']))
        .count();
    if settings * 10 >= count * 6 && sentences * 5 < count {
        return refuse(
            first_line + lines().next().map_or(0, |(line, _)| line),
            "it holds settings (YAML or TOML), not a procedure's page",
        );
    }
    let heading = Parser::new_ext(body, options())
        .any(|event| matches!(event, Event::Start(Tag::Heading { .. } | Tag::Table(_))));
    if !heading && lines().filter(|(_, line)| marked(line)).count() < 2 {
        return refuse(
            first_line,
            "it has no heading, no list and no table, so nothing says which procedure it is; begin it with \"# Title\"",
        );
    }
    Ok(())
}

/// `key: value`, `key = value`, `- key: value` or `[section]`.
fn is_setting(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("- ").unwrap_or(line);
    if line.starts_with('[') && line.ends_with(']') {
        return true;
    }
    let Some(at) = line.find([':', '=']) else { return false };
    let (key, rest) = line.split_at(at);
    let key = key.trim();
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"');
    !key.is_empty()
        && key.len() <= 60
        && key.chars().all(word)
        && (rest.len() == 1 || rest.starts_with("= ") || rest.starts_with(": "))
}

/// The line where a table of values begins, when a text is one: rows that one sign divides alike, and no Markdown.
fn table_of_values(body: &str) -> Option<(usize, &'static str)> {
    let rows: Vec<(usize, &str)> =
        body.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()).take(200).collect();
    let markdown = |line: &str| {
        line.starts_with('#') || line.starts_with("- ") || line.starts_with("* ") || line.starts_with('|')
    };
    if rows.len() < 2 || rows.iter().any(|(_, line)| markdown(line)) {
        return None;
    }
    [',', ';', '\t'].into_iter().find_map(|sign| {
        let cells = |line: &str| line.matches(sign).count();
        let (line, first) = rows.first()?;
        let columns = cells(first);
        let alike = rows.iter().filter(|(_, line)| cells(line) >= columns).count();
        let is = columns >= 1 && alike * 10 >= rows.len() * 9 && !first.trim_end().ends_with('.');
        is.then_some((*line, "it is a table of values (CSV), not a procedure's page"))
    })
}
