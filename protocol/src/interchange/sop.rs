//! Procedures as pages in Markdown: read, written, and printed as HTML.
//!
//! Goals: whatever a page says is kept. What is understood (title, purpose, hazards, tools, materials, steps, control
//! points, by their headings in English, French and Dutch, or by being a numbered list or a check list) becomes fields
//! and items; the rest stays in sections, word for word. A part is taken apart only when writing it down again gives
//! the same Markdown in meaning; otherwise it stays a text. So nothing is lost, and reading what was written gives the
//! same procedure.
//!
//! Non-goals: changing HTML or other people's extensions of Markdown; they are carried as they are.
//!
//! Invariants: input is bounded before it is parsed, and the parser keeps no stack of ours; what is no page of a
//! procedure is told by its content, never by its name, and refused with a line and a reason.

// Pages are short, and `write!` into one brings an error that cannot happen.
#![allow(clippy::format_push_string)]

mod front;
mod html;
mod list;
mod outline;
mod table;
mod words;
mod write;

use std::collections::BTreeSet;

use crate::document::draft::{Draft, DraftItem, Wanted};
use crate::document::schema::procedure::{AUTHORS, SECTIONS, TITLE};
use crate::document::value::Value;
use crate::file_path::FilePath;
use crate::interchange::{Finding, Findings, Given, text};
use crate::licence;
use crate::limits::{DRAFT_TEXT_MAX, SOP_ITEMS_MAX, SOP_MAX, SOP_SECTIONS_MAX, TITLE_MAX};
use crate::printable::{one_line, shown};

pub use html::html;
pub use words::Language;
pub use write::write;

use outline::Part;
use words::Role;

/// Why a file is no page of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct SopError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what would help.
    pub what: String,
}

/// A page as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sop {
    /// The procedure.
    pub draft: Draft,
    /// What should be known, by `name:line`.
    pub findings: Vec<Finding>,
    /// Files that the page names by a path beside it, with the line of each.
    pub files: Vec<(FilePath, usize)>,
}

/// Reads a page. `name` is what findings call it, and the title where the page has none.
///
/// # Errors
/// It is no page of a procedure, or is over a limit.
pub fn read(name: &str, bytes: &[u8], given: &Given) -> Result<Sop, SopError> {
    let refuse = |line: usize, what: &str| SopError { line, what: what.to_owned() };
    let binary = "it is not text; a procedure is read from Markdown, so export it as that";
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if !wide && bytes.iter().take(1024).any(|byte| *byte == 0) {
        return Err(refuse(1, binary));
    }
    if bytes.len() > SOP_MAX {
        return Err(refuse(
            1,
            &format!("it is longer than {SOP_MAX} bytes, as far as a page is read; divide it"),
        ));
    }
    let decoded = text::decode(bytes).ok_or_else(|| refuse(1, binary))?;
    let mut findings = Findings::default();
    if let Some(remark) = decoded.remark {
        findings.add(name, remark);
    }
    let page = decoded.text.replace("\r\n", "\n").replace('\r', "\n");
    outline::judge(&page)?;
    let (front, body, first_line) = front::split(&page);
    let parts = outline::parts(body, first_line);
    if parts.len() > SOP_SECTIONS_MAX {
        let line = parts.get(SOP_SECTIONS_MAX).map_or(1, |part| part.line);
        return Err(refuse(line, "more sections than one procedure has; divide the page"));
    }
    let mut reading = Reading::new(name, given, &parts);
    reading.front(front);
    reading.title(&parts);
    reading.sections(&parts)?;
    Ok(reading.close(body, first_line, findings))
}

/// What is gathered while a page is read.
struct Reading<'a> {
    name: &'a str,
    given: &'a Given,
    language: Language,
    draft: Draft,
    findings: Findings,
    /// Lists and headings that hold items already.
    held: BTreeSet<(&'static str, String)>,
    items: usize,
    title: Option<String>,
    /// The part that is the title, by its place.
    title_at: Option<usize>,
}

impl<'a> Reading<'a> {
    fn new(name: &'a str, given: &'a Given, parts: &[Part<'_>]) -> Self {
        let headings = parts.iter().map(|part| part.heading.as_str());
        Self {
            name,
            given,
            language: words::language(headings),
            draft: Draft::default(),
            findings: Findings::default(),
            held: BTreeSet::new(),
            items: 0,
            title: None,
            title_at: None,
        }
    }

    fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.draft.fields.insert(field.to_owned(), value.into());
    }

    fn front(&mut self, front: Option<front::Front>) {
        let mut front = front.unwrap_or_default();
        for (field, value) in std::mem::take(&mut front.known) {
            self.draft.fields.insert(field.to_owned(), value);
        }
        let said = |fields: &Wanted, name: &str| fields.get(name).and_then(Value::as_text).map(str::to_owned);
        self.title = said(&self.draft.fields, "title");
        if let Some(language) = said(&self.draft.fields, "language") {
            self.language = Language::of(&language).unwrap_or(Language::Unknown);
        } else if self.language != Language::Unknown {
            self.set("language", self.language.code());
        }
        if let Some(given) = &self.given.licence {
            self.set("licence", given.as_str());
        } else if let Some(written) = &front.licence {
            let reading = licence::read(written);
            for remark in reading.remarks {
                self.findings.add(format!("{}:licence", self.name), remark);
            }
            if let Some(expression) = reading.expression {
                self.set("licence", expression.as_str());
            }
        } else {
            self.findings.add(format!("{}:licence", self.name), "no licence is said; others may not use it");
        }
        if !front.authors.is_empty() {
            let author = |name: &String| Wanted::from([("name".into(), Value::from(name.as_str()))]).into();
            self.draft.lists.insert(AUTHORS.into(), front.authors.iter().map(author).collect());
        }
        if !front.rest.is_empty() {
            self.set("front-matter", front.rest.as_str());
        }
    }

    /// The title is what was given, what the front matter says, the first heading of the first level, or the name.
    fn title(&mut self, parts: &[Part<'_>]) {
        let first = parts.iter().position(|part| part.level == 1);
        let heading = first.and_then(|at| parts.get(at)).map(|part| outline::plain(&part.heading));
        let said = self.title.clone();
        let title = match (self.given.title.clone(), said) {
            (Some(given), _) => given,
            // A title in the front matter that no heading repeats is written there again.
            (None, Some(said)) if heading.as_ref() != Some(&said) => {
                if said.len() <= TITLE_MAX && !one_line(&said).is_empty() {
                    self.set("title", one_line(&said).as_str());
                    return;
                }
                one_line(&said)
            }
            (None, _) => heading.clone().unwrap_or_default(),
        };
        let mut title = one_line(&title);
        if title.is_empty() {
            title = one_line(self.name);
            self.findings.add(
                format!("{}:1", self.name),
                "has no title and is called by its file's name; begin it with \"# Title\"",
            );
        }
        if title.len() > TITLE_MAX {
            self.findings.add(
                format!("{}:1", self.name),
                format!("has a title of more than {TITLE_MAX} bytes, which was shortened"),
            );
            while title.len() > TITLE_MAX {
                title.pop();
            }
            title = title.trim_end().to_owned();
        } else {
            // Only a heading that is written again from the title stands for it.
            let same = |part: &&Part<'_>| one_line(&part.heading) == title && self.given.title.is_none();
            self.title_at = first.filter(|at| parts.get(*at).as_ref().is_some_and(same));
        }
        self.set("title", title.as_str());
    }

    fn sections(&mut self, parts: &[Part<'_>]) -> Result<(), SopError> {
        let mut sections: Vec<Wanted> = Vec::new();
        // A title that no heading says word for word stands in the front matter; a page without any gets a heading.
        let headed = parts.iter().any(|part| part.level == 1);
        if self.title_at.is_none() && !headed && !self.title_in_front() {
            // The page gets its title: before what stands above its first heading.
            let above = parts.first().filter(|part| part.level == 0);
            let (line, body) = above.map_or((1, ""), |part| (part.line, part.body));
            sections.extend(self.titled(line, body)?);
        }
        let skip = usize::from(!sections.is_empty() && parts.first().is_some_and(|part| part.level == 0));
        let mut above: Vec<(u8, Option<Role>)> = Vec::new();
        for (at, part) in parts.iter().enumerate().skip(skip) {
            above.retain(|(level, _)| *level < part.level);
            let own = words::role(&part.heading);
            let inherited = above.iter().rev().find_map(|(_, role)| *role);
            if Some(at) == self.title_at {
                sections.extend(self.titled(part.line, part.body)?);
                continue;
            }
            let mut section = section(&part.heading, part.level, None);
            let inherited = inherited.filter(|role| matches!(role, Role::List(_)));
            if part.level > 0 {
                above.push((part.level, own.or(inherited)));
            }
            self.body(part, own, inherited, &mut section)?;
            check_section(&section, part.line)?;
            sections.push(section);
        }
        self.draft.lists.insert(SECTIONS.into(), sections.into_iter().map(DraftItem::from).collect());
        Ok(())
    }

    fn title_in_front(&self) -> bool {
        let title = self.draft.fields.get("title").and_then(Value::as_text);
        self.title.is_some() && title == self.title.as_deref().map(one_line).as_deref()
    }

    /// The page's title, and a section for the list that stands right below it, if there is one.
    fn titled(&mut self, line: usize, body: &str) -> Result<Vec<Wanted>, SopError> {
        let mut title = section("", 1, Some(TITLE));
        let part = Part { level: 0, heading: String::new(), body, line };
        let Some(taken) = self.taken(&part, None) else {
            text_of(&mut title, "text", body);
            check_section(&title, line)?;
            return Ok(vec![title]);
        };
        text_of(&mut title, "text", taken.before);
        let mut list = section("", 0, None);
        self.hold(&part, list::Taken { before: "", ..taken }, &mut list)?;
        check_section(&title, line)?;
        check_section(&list, line)?;
        Ok(vec![title, list])
    }

    /// What stands below a heading: a field, a list between two texts, or a text.
    fn body(
        &mut self,
        part: &Part<'_>,
        own: Option<Role>,
        inherited: Option<Role>,
        section: &mut Wanted,
    ) -> Result<(), SopError> {
        if let Some(Role::Field(field)) = own {
            if !part.body.is_empty() && !self.draft.fields.contains_key(field) && field != TITLE {
                check_len(part.line, part.body.len())?;
                self.set(field, part.body);
                text_of(section, "holds", field);
                return Ok(());
            }
            text_of(section, "text", part.body);
            return Ok(());
        }
        let wished = match own.or(inherited) {
            Some(Role::List(list)) => Some(list),
            _ => None,
        };
        let Some(taken) = self.taken(part, wished) else {
            text_of(section, "text", part.body);
            return Ok(());
        };
        self.hold(part, taken, section)
    }

    /// Puts a list that was taken out into the procedure, and its place into a section.
    fn hold(
        &mut self,
        part: &Part<'_>,
        taken: list::Taken<'_>,
        section: &mut Wanted,
    ) -> Result<(), SopError> {
        let first = !self.held.iter().any(|(list, _)| *list == taken.list);
        self.held.insert((taken.list, part.heading.clone()));
        self.items += taken.items.len();
        if self.items > SOP_ITEMS_MAX {
            return Err(SopError {
                line: part.line,
                what: format!("more than {SOP_ITEMS_MAX} items on one page; divide it"),
            });
        }
        for mut item in taken.items {
            if !first {
                item.insert("section".into(), Value::from(part.heading.as_str()));
            }
            let len = item.values().filter_map(Value::as_text).map(str::len).sum();
            check_len(part.line, len)?;
            self.draft.lists.entry(taken.list.to_owned()).or_default().push(item.into());
        }
        text_of(section, "holds", taken.list);
        text_of(section, "form", &taken.form);
        text_of(section, "text", taken.before);
        text_of(section, "after", taken.after);
        Ok(())
    }

    /// The list or table in a body that writing gives again.
    fn taken<'b>(&self, part: &Part<'b>, wished: Option<&'static str>) -> Option<list::Taken<'b>> {
        let twice = |list: &'static str| self.held.contains(&(list, part.heading.clone()));
        let empty_heading =
            |list: &'static str| part.heading.is_empty() && self.held.iter().any(|(held, _)| *held == list);
        list::take(part.body, wished, self.language)
            .filter(|taken| !twice(taken.list) && !empty_heading(taken.list))
            .filter(|taken| {
                let items: Vec<&Wanted> = taken.items.iter().collect();
                let again =
                    write::body(taken.list, &taken.form, taken.before, &items, taken.after, self.language);
                outline::same_meaning(part.body, &again)
            })
    }

    fn close(mut self, body: &str, first_line: usize, mut findings: Findings) -> Sop {
        let steps = ["steps", "controls"].iter().any(|list| self.draft.lists.contains_key(*list));
        if !steps {
            self.findings.add(
                self.name,
                "no steps and no control points were recognised; number the steps below a heading such as \"Steps\"",
            );
        }
        let references = outline::references(body, first_line);
        for (what, line) in references.odd {
            self.findings.add(format!("{}:{line}", self.name), what);
        }
        if let Some((holder, line)) = references.placeholder {
            let what = format!("\"{}\" is still to be filled in", shown(&holder));
            self.findings.add(format!("{}:{line}", self.name), what);
        }
        findings.append(self.findings.into_vec());
        Sop { draft: self.draft, findings: findings.into_vec(), files: references.files }
    }
}

/// A section of the page's outline.
fn section(heading: &str, level: u8, holds: Option<&str>) -> Wanted {
    let mut section = Wanted::from([("level".to_owned(), Value::Integer(i64::from(level)))]);
    text_of(&mut section, "heading", heading);
    text_of(&mut section, "holds", holds.unwrap_or_default());
    section
}

fn check_len(line: usize, len: usize) -> Result<(), SopError> {
    if len <= DRAFT_TEXT_MAX {
        return Ok(());
    }
    let what = format!("a part of {len} bytes, at most {DRAFT_TEXT_MAX} fit; divide it");
    Err(SopError { line, what })
}

fn check_section(section: &Wanted, line: usize) -> Result<(), SopError> {
    check_len(line, section.values().filter_map(Value::as_text).map(str::len).sum())
}

/// Sets a text unless it is empty.
fn text_of(fields: &mut Wanted, name: &str, text: &str) {
    if !text.is_empty() {
        fields.insert(name.to_owned(), Value::from(text));
    }
}

#[cfg(test)]
mod tests;
