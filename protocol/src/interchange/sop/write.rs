//! A procedure as a page in Markdown.

use std::collections::BTreeMap;

use super::front::{self, FIELDS};
use super::list::{self, Form};
use super::table;
use super::words::{self, Language};
use crate::document::draft::{Draft, Wanted};
use crate::document::schema::procedure::{AUTHORS, HELD_FIELDS, HELD_LISTS, SECTIONS, TITLE};
use crate::document::value::Value;

/// The page of a procedure. What no section holds stands in sections of its own, under a heading in the procedure's
/// language.
pub fn write(draft: &Draft) -> String {
    let page = Page::of(draft);
    let mut text = page.front();
    for block in page.blocks() {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &block.markdown();
        text.push('\n');
    }
    text
}

/// A procedure as it is laid out.
pub(super) struct Page<'a> {
    draft: &'a Draft,
    pub language: Language,
}

/// One heading with what stands below it.
pub(super) struct Block<'a> {
    pub level: u8,
    pub heading: String,
    pub before: String,
    /// The list that it holds, its form, and its items.
    pub list: Option<(&'static str, String, Vec<&'a Wanted>)>,
    pub after: String,
    language: Language,
}

impl Block<'_> {
    fn markdown(&self) -> String {
        let mut blocks = Vec::new();
        if self.level > 0 {
            let marks = "#".repeat(usize::from(self.level.clamp(1, 6)));
            blocks.push(format!("{marks} {}", self.heading).trim_end().to_owned());
        }
        let body = match &self.list {
            Some((list, form, items)) => body(list, form, &self.before, items, &self.after, self.language),
            None => joined(&[&self.before, &self.after]),
        };
        if !body.is_empty() {
            blocks.push(body);
        }
        blocks.join("\n\n")
    }
}

/// A list between two texts.
pub(super) fn body(
    list: &str,
    form: &str,
    before: &str,
    items: &[&Wanted],
    after: &str,
    language: Language,
) -> String {
    let written = match table::write(list, form, items, language) {
        Some(table) => table,
        None => list::write(list, Form::read(form, list), items, language),
    };
    joined(&[before, &written, after])
}

fn joined(pieces: &[&str]) -> String {
    let there: Vec<&str> = pieces.iter().copied().filter(|piece| !piece.is_empty()).collect();
    there.join("\n\n")
}

impl<'a> Page<'a> {
    pub(super) fn of(draft: &'a Draft) -> Self {
        let code = draft.fields.get("language").and_then(Value::as_text);
        let language = code.and_then(Language::of).unwrap_or(Language::Unknown);
        Self { draft, language }
    }

    pub(super) fn field(&self, name: &str) -> String {
        self.draft.fields.get(name).map(ToString::to_string).unwrap_or_default()
    }

    pub(super) fn items(&self, list: &str) -> impl Iterator<Item = &'a Wanted> + use<'a> {
        self.draft.lists.get(list).into_iter().flatten().map(|item| &item.fields)
    }

    /// The front matter: the fields without a place on the page, then what is kept as it was.
    fn front(&self) -> String {
        let titled = self.items(SECTIONS).any(|section| said(section, "holds") == TITLE);
        let mut lines = Vec::new();
        for field in FIELDS.into_iter().filter(|field| *field != "title" || !titled) {
            let value = self.field(field);
            if !value.is_empty() {
                lines.push(format!("{field}: {}", front::written(&value)));
            }
        }
        let licence = self.field("licence");
        if !licence.is_empty() {
            lines.push(format!("licence: {}", front::written(&licence)));
        }
        let authors: Vec<String> =
            self.items(AUTHORS).map(|author| said(author, "name")).filter(|name| !name.is_empty()).collect();
        if !authors.is_empty() {
            lines.push(format!("authors: {}", front::written(&authors.join("; "))));
        }
        let rest = self.field("front-matter");
        if rest.starts_with([' ', '\t', '-']) {
            // Below a key it would be read as that key's.
            lines.insert(0, rest);
        } else if !rest.is_empty() {
            lines.push(rest);
        }
        if lines.is_empty() { String::new() } else { format!("---\n{}\n---\n", lines.join("\n")) }
    }

    /// The page's blocks in order.
    pub(super) fn blocks(&self) -> Vec<Block<'a>> {
        let sections: Vec<&Wanted> = self.items(SECTIONS).collect();
        let mut blocks = Vec::new();
        let mut fields: Vec<String> = Vec::new();
        let mut homes: BTreeMap<&str, Vec<(String, usize)>> = BTreeMap::new();
        for section in &sections {
            let holds = said(section, "holds");
            let mut block = self.block(section, &holds);
            if let Some(field) = HELD_FIELDS.iter().find(|field| **field == holds) {
                if fields.contains(&holds) {
                    block.before = said(section, "text");
                } else {
                    block.before = joined(&[&said(section, "text"), &self.field(field)]);
                    fields.push(holds);
                }
            } else if let Some(list) = HELD_LISTS.iter().find(|list| **list == holds) {
                homes.entry(list).or_default().push((block.heading.clone(), blocks.len()));
                block.list = Some((list, said(section, "form"), Vec::new()));
            }
            blocks.push(block);
        }
        for field in HELD_FIELDS.into_iter().filter(|field| !fields.iter().any(|held| held == field)) {
            if !self.field(field).is_empty() {
                let mut block = self.own(field);
                block.before = self.field(field);
                blocks.push(block);
            }
        }
        for list in HELD_LISTS {
            for item in self.items(list) {
                let wanted = said(item, "section");
                let of = homes.entry(list).or_default();
                if of.is_empty() {
                    let mut block = self.own(list);
                    block.list = Some((list, String::new(), Vec::new()));
                    of.push((block.heading.clone(), blocks.len()));
                    blocks.push(block);
                }
                let named = of.iter().find(|(heading, _)| !wanted.is_empty() && *heading == wanted);
                let home = named.or_else(|| of.first()).map(|(_, at)| *at);
                if let Some((_, _, items)) =
                    home.and_then(|at| blocks.get_mut(at)).and_then(|b| b.list.as_mut())
                {
                    items.push(item);
                }
            }
        }
        blocks
    }

    fn block(&self, section: &Wanted, holds: &str) -> Block<'a> {
        let level = match section.get("level") {
            Some(Value::Integer(level)) => u8::try_from(*level).unwrap_or(2).min(6),
            _ => 2,
        };
        let title = holds == TITLE;
        let heading = if title { self.field("title") } else { said(section, "heading") };
        Block {
            level: if title { 1 } else { level },
            heading: heading.replace(['\n', '\r'], " "),
            before: said(section, "text"),
            list: None,
            after: said(section, "after"),
            language: self.language,
        }
    }

    /// A section for what no section holds.
    fn own(&self, holds: &str) -> Block<'a> {
        Block {
            level: 2,
            heading: words::heading(holds, self.language).to_owned(),
            before: String::new(),
            list: None,
            after: String::new(),
            language: self.language,
        }
    }
}

fn said(fields: &Wanted, name: &str) -> String {
    fields.get(name).map(ToString::to_string).unwrap_or_default()
}
