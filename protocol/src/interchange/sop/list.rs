//! Lists of a page as items, and items as lists.

use pulldown_cmark::{Event, Parser, Tag};

use super::outline::{options, path, trimmed};
use super::words::{self, Language};
use super::{table, text_of};
use crate::document::draft::Wanted;
use crate::document::schema::procedure::{CONTROLS, HAZARDS, MATERIALS, PROCEDURE, STEPS, TOOLS};
use crate::document::schema::{self, FieldType};
use crate::document::value::Value;

/// A list that was taken out of a body.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    /// Which list of the procedure it is.
    pub list: &'static str,
    /// How it was written: the mark of its items, or the head of its table.
    pub form: String,
    /// What stands before it.
    pub before: &'a str,
    /// Its items.
    pub items: Vec<Wanted>,
    /// What stands after it.
    pub after: &'a str,
}

/// What is said below an item, in this order.
const BELOW: [(&str, &[&str]); 5] = [
    (HAZARDS, &["precaution", "severity", "note"]),
    (TOOLS, &["process", "machine", "quantity", "note"]),
    (MATERIALS, &["quantity", "specification", "note"]),
    (STEPS, &["duration", "tools", "caution"]),
    (CONTROLS, &["step", "method", "acceptance", "note"]),
];

/// The field that an item's own text becomes.
pub(super) fn main_field(list: &str) -> &'static str {
    match list {
        HAZARDS => "hazard",
        TOOLS => "tool",
        MATERIALS => "material",
        CONTROLS => "what",
        _ => "text",
    }
}

fn below(list: &str) -> &'static [&'static str] {
    BELOW.iter().find(|(name, _)| *name == list).map_or(&[], |(_, fields)| fields)
}

/// How a list in Markdown is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// The mark: `-`, `*`, `+`, `.` or `)` behind a number.
    pub mark: char,
    /// The first number.
    pub start: u64,
    /// Whether its items are check boxes.
    pub boxes: bool,
    /// Whether blank lines stand between its items.
    pub loose: bool,
}

impl Form {
    /// The form that a section says, or the usual one of its list.
    pub(super) fn read(form: &str, list: &str) -> Self {
        let mut words = form.split(' ');
        let first = words.next().unwrap_or_default();
        let mut read = match first.strip_suffix(['.', ')']).and_then(|n| n.parse().ok()) {
            Some(start) => {
                Self { mark: if first.ends_with(')') { ')' } else { '.' }, start, boxes: false, loose: false }
            }
            None => match first {
                "-" | "*" | "+" => {
                    Self { mark: first.chars().next().unwrap_or('-'), start: 1, boxes: false, loose: false }
                }
                _ => Self {
                    mark: if list == STEPS { '.' } else { '-' },
                    start: 1,
                    boxes: list == CONTROLS,
                    loose: false,
                },
            },
        };
        for word in words {
            read.boxes |= word == "boxes";
            read.loose |= word == "loose";
        }
        read
    }

    fn say(self) -> String {
        let mut form = match self.mark {
            '.' | ')' => format!("{}{}", self.start, self.mark),
            mark => mark.to_string(),
        };
        for (is, word) in [(self.boxes, " boxes"), (self.loose, " loose")] {
            if is {
                form += word;
            }
        }
        form
    }
}

/// A top-level list or table of a body.
struct Found {
    start: usize,
    end: usize,
    /// The first number of a numbered list.
    ordered: Option<u64>,
    table: bool,
    /// Where its items begin and end.
    items: Vec<(usize, usize)>,
    boxes: usize,
    /// Whether a paragraph of an item is marked as one.
    loose: bool,
}

/// The list in a body that is of the wished kind, or that its form makes one.
pub(super) fn take<'a>(body: &'a str, wished: Option<&'static str>, language: Language) -> Option<Taken<'a>> {
    let found = found(body);
    let of = |found: &Found| -> Option<&'static str> {
        let boxes = !found.items.is_empty() && found.boxes == found.items.len();
        match wished {
            Some(list) => Some(list),
            None if found.table => table::list_of(body.get(found.start..found.end)?),
            None if boxes => Some(CONTROLS),
            None if found.ordered.is_some() && found.items.len() > 1 => Some(STEPS),
            None => None,
        }
    };
    let (chosen, list) = found.iter().find_map(|found| of(found).map(|list| (found, list)))?;
    let before = trimmed(body.get(..chosen.start)?);
    let after = trimmed(body.get(chosen.end..)?);
    let source = body.get(chosen.start..chosen.end)?;
    if chosen.table {
        let (form, items) = table::read(list, source)?;
        return Some(Taken { list, form, before, items, after });
    }
    // Of a numbered list that goes on after something else, half would be taken.
    let goes_on = |other: &Found| {
        other.start >= chosen.end
            && other.ordered.zip(chosen.ordered).is_some_and(|(next, start)| next > start)
    };
    if found.iter().any(goes_on) {
        return None;
    }
    let boxes = list != STEPS && chosen.boxes == chosen.items.len();
    let mark =
        body.get(chosen.items.first()?.0..)?.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    let mark = mark.chars().next()?;
    let form = Form { mark, start: chosen.ordered.unwrap_or(1), boxes, loose: chosen.loose };
    let items: Option<Vec<Wanted>> =
        chosen.items.iter().map(|(start, end)| item(list, form, language, body, *start, *end)).collect();
    Some(Taken { list, form: form.say(), before, items: items?, after })
}

fn found(body: &str) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(body, options()).into_offset_iter() {
        match &event {
            Event::Start(Tag::List(_) | Tag::Table(_)) if depth == 0 => all.push(Found {
                start: range.start,
                end: range.end,
                ordered: if let Event::Start(Tag::List(start)) = &event { *start } else { None },
                table: matches!(event, Event::Start(Tag::Table(_))),
                items: Vec::new(),
                boxes: 0,
                loose: false,
            }),
            _ => {}
        }
        if let Some(last) =
            all.last_mut().filter(|last| depth > 0 && range.start >= last.start && range.end <= last.end)
        {
            match &event {
                Event::Start(Tag::Item) if depth == 1 => last.items.push((range.start, range.end)),
                Event::Start(Tag::Paragraph) if depth == 2 => last.loose = true,
                Event::TaskListMarker(_) if depth <= 3 && is_first(body, last, range.start) => {
                    last.boxes += 1;
                }
                _ => {}
            }
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    all
}

/// Whether a box stands at the beginning of the newest item.
fn is_first(body: &str, found: &Found, place: usize) -> bool {
    let from = found.items.last().map_or(place, |(start, _)| *start);
    let between = body.get(from..place).unwrap_or_default().trim();
    between.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '*' | '+' | '.' | ')'))
}

/// One item of a list from its source.
fn item(list: &str, form: Form, language: Language, body: &str, start: usize, end: usize) -> Option<Wanted> {
    let line_start = body.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let source = body.get(start..end)?;
    let indent = source.len() - source.trim_start_matches(' ').len();
    let column = body.get(line_start..start)?.chars().count() + indent;
    let marked = source.trim_start_matches(' ');
    let mark = marked.find([form.mark])? + 1;
    let rest = marked.get(mark..)?;
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let blanks = if blanks == 0 || blanks > 4 { 1 } else { blanks };
    let width = column + mark + blanks;
    let mut lines = rest.lines();
    let mut content = lines.next().unwrap_or_default().trim_start().to_owned();
    for line in lines {
        content.push('\n');
        let blank = line.len() - line.trim_start_matches(' ').len();
        content += line.get(blank.min(width)..).unwrap_or_default();
    }
    let mut content = trimmed(&content).to_owned();
    let mut item = Wanted::new();
    if form.boxes {
        let checked = match content.get(..3)? {
            "[ ]" => false,
            "[x]" | "[X]" => true,
            _ => return None,
        };
        content = content.get(3..)?.trim_start().to_owned();
        if checked {
            item.insert("checked".into(), Value::Boolean(true));
        }
    }
    let content = said_below(list, &content, language, &mut item);
    let content = if list == STEPS {
        if let Some(picture) = picture(content) {
            text_of(&mut item, "picture", &picture);
        }
        titled(content, &mut item)
    } else {
        content.to_owned()
    };
    text_of(&mut item, main_field(list), &content);
    (!item.is_empty()).then_some(item)
}

/// Takes what is said below an item, `- label: value`, out of its content.
fn said_below<'c>(list: &str, content: &'c str, language: Language, item: &mut Wanted) -> &'c str {
    let mut rest = content;
    let mut fields = Wanted::new();
    while let Some((above, line)) = rest.rsplit_once('\n') {
        let Some((label, value)) = line.strip_prefix("- ").and_then(|line| line.split_once(": ")) else {
            break;
        };
        let (label, value) = (label.trim(), value.trim());
        let field = below(list).iter().find(|field| words::label(list, field, language) == Some(label));
        let Some(field) = field.filter(|field| !fields.contains_key(**field)) else { break };
        let kind = schema::field(PROCEDURE, Some(list), &[(*field).to_owned()]).kind;
        let fits = |read: &Value| read.to_string() == value;
        let Some(read) = kind.read(value).filter(fits) else { break };
        fields.insert((*field).to_owned(), read);
        rest = above.trim_end();
    }
    item.extend(fields);
    rest
}

/// The first picture beside the page that a text shows.
pub(super) fn picture(text: &str) -> Option<String> {
    Parser::new_ext(text, options()).find_map(|event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => path(&dest_url)?.ok().map(|path| path.to_string()),
        _ => None,
    })
}

/// Takes a bold beginning out of a step as its title.
fn titled(content: &str, item: &mut Wanted) -> String {
    let split = content.strip_prefix("**").and_then(|rest| rest.split_once("**"));
    let Some((title, rest)) = split else { return content.to_owned() };
    let plain =
        !title.is_empty() && title.trim() == title && !title.contains(['*', '\n', '\\', '`', '[', '<', '_']);
    let after = rest.trim_start_matches([' ', '\n']);
    let joined = rest.strip_prefix(' ').is_some_and(|r| !r.starts_with([' ', '\n'])) || rest.is_empty();
    let apart = rest.starts_with("\n\n") && !rest.starts_with("\n\n\n");
    // Words in bold at the beginning of a sentence are no title.
    let is_title = title.ends_with([':', '.', '!', '?'])
        || after.is_empty()
        || apart
        || after.starts_with(['→', '–', '—', '-', ':'])
        || rest.starts_with('\n');
    if !plain || !is_title || !(joined || apart || rest.starts_with('\n')) {
        return content.to_owned();
    }
    text_of(item, "title", title);
    // A block below the title is told from words beside it by the break before it.
    if joined { after.to_owned() } else { rest.to_owned() }
}

/// A list in Markdown.
pub(super) fn write(list: &str, form: Form, items: &[&Wanted], language: Language) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (number, item) in (form.start..).zip(items) {
        let said = |name: &str| item.get(name).map(ToString::to_string).unwrap_or_default();
        let mut content = said(main_field(list));
        if list == STEPS {
            let title = said("title").replace('\n', " ");
            if !title.is_empty() {
                let between = if content.is_empty() || content.starts_with('\n') { "" } else { " " };
                content = format!("**{title}**{between}{content}");
            }
            let shown = said("picture");
            if !shown.is_empty() && picture(&content).as_deref() != Some(shown.as_str()) {
                content += &format!("\n\n![]({})", linked(&shown));
            }
        }
        for field in below(list) {
            let value = said(field).replace('\n', " ");
            if let Some(label) = words::label(list, field, language).filter(|_| !value.is_empty()) {
                content += &format!("\n- {label}: {value}");
            }
        }
        let mut mark = match form.mark {
            '.' | ')' => format!("{number}{} ", form.mark),
            mark => format!("{mark} "),
        };
        let indent = " ".repeat(mark.len());
        if form.boxes {
            let checked = item.get("checked") == Some(&Value::Boolean(true));
            mark += if checked { "[x] " } else { "[ ] " };
        }
        let mut text = mark;
        for (at, line) in content.split('\n').enumerate() {
            if at > 0 {
                text.push('\n');
                if !line.trim().is_empty() {
                    text += &indent;
                }
            }
            text += line;
        }
        lines.push(text.trim_end().to_owned());
    }
    lines.join(if form.loose { "\n\n" } else { "\n" })
}

/// A path as the target of a link.
pub(super) fn linked(path: &str) -> String {
    let mut link = String::new();
    for c in path.chars() {
        match c {
            ' ' | '(' | ')' | '<' | '>' | '%' | '#' | '?' | '\\' => link += &format!("%{:02X}", u32::from(c)),
            c => link.push(c),
        }
    }
    link
}

/// Whether a value fits a field of a list's items.
pub(super) fn typed(list: &str, field: &str, text: &str) -> Option<Value> {
    let kind = schema::field(PROCEDURE, Some(list), &[field.to_owned()]).kind;
    let value = if kind == FieldType::Any { Value::from(text) } else { kind.read(text)? };
    (value.to_string() == text).then_some(value)
}
