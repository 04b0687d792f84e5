//! What of a document is indexed.
//!
//! The texts of the fields that its schema knows, of items too: titles, descriptions, keywords, parts and their
//! materials, steps, machines, skills, places. Not what is personal, not addresses, dates and figures, not the names of
//! other fields and files. Where a field stands in conflict all its values are read.

use aronde_protocol::capacity::Materials;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::read::Fields;
use aronde_protocol::document::schema::capacity::{AVAILABILITY, CONTACTS};
use aronde_protocol::document::schema::design::TRANSLATIONS;
use aronde_protocol::document::schema::{self, AUTHORS, CAPACITY, FieldType, Kind, Named};
use aronde_protocol::document::value::Value;
use aronde_protocol::document::view::{Field, Shown};
use aronde_protocol::id::{DocumentId, EntryId, WorkshopId};
use aronde_protocol::printable::one_line;
use aronde_protocol::{licence, process};

use super::find::Facet;
use super::language::Languages;

/// Bytes of text that are indexed of a document; a long one is found by its beginning.
pub const TEXT_MAX: usize = 64 * 1024;
/// Values of one facet that a document may have.
const FACET_VALUES_MAX: usize = 64;
/// Letters of a facet's value.
const FACET_MAX: usize = 80;
/// Names of materials of one document.
const MATERIAL_NAMES_MAX: usize = 256;

/// Fields that say nothing people look for by words.
const UNSAID: [&str; 30] = [
    "version",
    "licence",
    "licence-documentation",
    "licence-software",
    "language",
    "languages",
    "repository",
    "derived-from",
    "readiness",
    "documentation-readiness",
    "workshop",
    "claims",
    "source",
    "timezone",
    "opening-hours",
    "website",
    "logo",
    "status",
    "state",
    "public",
    "withheld",
    "front-matter",
    "link",
    "section",
    "holds",
    "form",
    "relation",
    "release",
    "role",
    "design",
];
/// Lists that say nothing people look for by words, or whom to ask.
const UNSAID_LISTS: [&str; 3] = [AUTHORS, CONTACTS, AVAILABILITY];

/// A text and the languages it may be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The text.
    pub text: String,
    /// Its languages.
    pub languages: Languages,
}

/// What of a document is indexed, and shown of it in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The document.
    pub id: DocumentId,
    /// By what this state of it is known: [`mark`].
    pub mark: [u8; 32],
    /// What it is: `design` …
    pub kind: String,
    /// The workshop that it is shown with: that created it, or claims it when it is a capacity sheet.
    pub workshop: Option<WorkshopId>,
    /// The workshops that keep it, with their names; of a capacity sheet, that which claims it.
    pub keepers: Vec<(String, String)>,
    /// Whether it is a workshop's own capacity sheet.
    pub claimed: bool,
    /// The listed sheet that it takes the place of.
    pub claims: Option<DocumentId>,
    /// Whether it should no longer be made or followed.
    pub withdrawn: bool,
    /// Its titles: several, when they are in conflict or translated.
    pub titles: Vec<Passage>,
    /// What else it says.
    pub texts: Vec<Passage>,
    /// By what else it is found: its processes in all languages.
    pub unshown: Vec<Passage>,
    /// Its licences, each by its SPDX identifier.
    pub licences: Vec<String>,
    /// Its processes by their ids, wider ones included.
    pub processes: Vec<String>,
    /// Its materials as it writes them, in lower case.
    pub materials: Vec<String>,
    /// What these are called by their own names, wider ones included.
    pub material_names: Vec<String>,
    /// How many of the titles are its own, not translated.
    own_titles: usize,
    room: usize,
}

/// By what a state of a document is known: its heads, and who keeps it under which names.
pub fn mark(heads: &[EntryId], keepers: &[(WorkshopId, String)]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("aronde 2026 state of a document in the search index");
    for head in heads {
        hasher.update(head.as_bytes());
    }
    for (id, name) in keepers {
        hasher.update(id.as_bytes());
        hasher.update(&(name.len() as u64).to_be_bytes());
        hasher.update(name.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

impl Content {
    /// What of a document is indexed. None, when this version doesn't know its kind.
    pub fn of(
        document: &Document,
        creator: Option<WorkshopId>,
        keepers: &[(WorkshopId, String)],
        mark: [u8; 32],
    ) -> Option<Self> {
        let kind = schema::kind(&document.kind)?;
        let (fields, lists) = (document.fields(), document.all_items());
        let mut content = Self::empty(document.id, kind, mark);
        content.keep(&fields, creator, keepers);
        let languages = Languages::of(&texts(&fields, "language").join(" "));
        for title in texts(&fields, "title") {
            let title = content.passage(&title, languages);
            content.titles.extend(title);
        }
        content.own_titles = content.titles.len();
        content.withdrawn = fields.get("withdrawn").is_some_and(|field| *field != Field::Absent);
        content.say(None, kind.fields, &fields, languages);
        content.note_facets(&fields);
        for list in kind.lists.iter().filter(|list| !UNSAID_LISTS.contains(&list.name)) {
            for item in lists.get(list.name).into_iter().flatten() {
                let languages = if list.name == TRANSLATIONS {
                    Languages::of(&texts(&item.what, "language").join(" "))
                } else {
                    languages
                };
                if list.name == TRANSLATIONS {
                    for title in texts(&item.what, "title") {
                        let title = content.passage(&title, languages);
                        content.titles.extend(title);
                    }
                }
                content.say(Some(list.name), list.fields, &item.what, languages);
                content.note_facets(&item.what);
            }
        }
        content.name_processes();
        Some(content)
    }

    /// What an answer calls it: all values of a title that nobody decided on.
    pub fn title(&self) -> String {
        let titles: Vec<&str> = self.titles.iter().take(self.own_titles).map(|t| t.text.as_str()).collect();
        titles.join(" / ")
    }

    /// Its facets, each with a value.
    pub fn facets(&self) -> impl Iterator<Item = (Facet, &str)> {
        std::iter::once((Facet::Kind, self.kind.as_str()))
            .chain(self.licences.iter().map(|value| (Facet::Licence, value.as_str())))
            .chain(self.processes.iter().map(|value| (Facet::Process, value.as_str())))
            .chain(self.materials.iter().map(|value| (Facet::Material, value.as_str())))
            .chain(self.keepers.iter().map(|(id, _)| (Facet::Workshop, id.as_str())))
    }

    fn empty(id: DocumentId, kind: &Kind, mark: [u8; 32]) -> Self {
        Self {
            id,
            mark,
            kind: kind.name.to_owned(),
            workshop: None,
            keepers: Vec::new(),
            claimed: false,
            claims: None,
            withdrawn: false,
            titles: Vec::new(),
            texts: Vec::new(),
            unshown: Vec::new(),
            licences: Vec::new(),
            processes: Vec::new(),
            materials: Vec::new(),
            material_names: Vec::new(),
            own_titles: 0,
            room: TEXT_MAX,
        }
    }

    /// A capacity sheet is of the workshop that it names and that keeps it, and only listed while there is none.
    fn keep(&mut self, fields: &Fields, creator: Option<WorkshopId>, keepers: &[(WorkshopId, String)]) {
        let named = |name: &str| fields.get(name).and_then(agreed).and_then(|id| id.parse::<EntryId>().ok());
        if self.kind == CAPACITY {
            let claimed = named("workshop").filter(|id| keepers.iter().any(|(keeper, _)| keeper == id));
            self.workshop = claimed;
            self.claimed = claimed.is_some();
            self.claims = named("claims").filter(|claims| self.claimed && *claims != self.id);
        } else {
            self.workshop = creator;
        }
        let own = keepers.iter().filter(|(id, _)| self.kind != CAPACITY || self.workshop == Some(*id));
        self.keepers = own.take(FACET_VALUES_MAX).map(|(id, name)| (id.to_string(), name.clone())).collect();
    }

    fn say(&mut self, list: Option<&str>, known: &[Named], fields: &Fields, languages: Languages) {
        for named in known {
            let is_text = matches!(named.field.kind, FieldType::Text | FieldType::Texts | FieldType::Prose);
            let is_title = named.name == "title" && list.is_none_or(|list| list == TRANSLATIONS);
            if !is_text || named.field.personal || is_title || UNSAID.contains(&named.name) {
                continue;
            }
            // A process that is known is said in all languages instead.
            let is_process = matches!(named.name, "process" | "processes");
            for text in texts(fields, named.name) {
                if is_process && process::find(&text).is_some() {
                    continue;
                }
                let passage = self.passage(&text, languages);
                self.texts.extend(passage);
            }
        }
    }

    /// As much of a text as there is room for.
    fn passage(&mut self, text: &str, languages: Languages) -> Option<Passage> {
        let text = text.trim();
        let mut end = text.len().min(self.room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.room -= end;
        let text = text.get(..end).filter(|text| !text.is_empty())?;
        Some(Passage { text: text.to_owned(), languages })
    }

    fn note_facets(&mut self, fields: &Fields) {
        for text in texts(fields, "licence") {
            for name in licence::names(&text) {
                add(&mut self.licences, &name);
            }
        }
        for text in texts(fields, "process").into_iter().chain(texts(fields, "processes")) {
            let mut known = process::find(&text);
            if known.is_none() {
                add(&mut self.processes, &text.to_lowercase());
            }
            // The table is two deep.
            for _ in 0..4 {
                let Some(process) = known else { break };
                add(&mut self.processes, process.id);
                known = process.kind_of.and_then(process::by_id);
            }
        }
        for text in texts(fields, "material").into_iter().chain(texts(fields, "materials")) {
            add(&mut self.materials, &text.to_lowercase());
            for name in Materials::of(&text).names() {
                if self.material_names.len() < MATERIAL_NAMES_MAX
                    && !self.material_names.iter().any(|n| n == name)
                {
                    self.material_names.push(name.to_owned());
                }
            }
        }
    }

    fn name_processes(&mut self) {
        let [english, french, dutch] = [
            Languages { english: true, french: false, dutch: false },
            Languages { english: false, french: true, dutch: false },
            Languages { english: false, french: false, dutch: true },
        ];
        for known in self.processes.iter().filter_map(|id| process::by_id(id)) {
            let names = known.names.into_iter().zip([english, french, dutch]);
            self.unshown.extend(names.map(|(text, languages)| Passage { text: text.to_owned(), languages }));
        }
    }
}

/// Adds a value of a facet, once, on one line and not too long.
fn add(values: &mut Vec<String>, value: &str) {
    let value: String = one_line(value).chars().take(FACET_MAX).collect();
    if !value.is_empty() && values.len() < FACET_VALUES_MAX && !values.contains(&value) {
        values.push(value);
    }
}

/// The texts of a field, all values when it is in conflict.
fn texts(fields: &Fields, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    match fields.get(name) {
        Some(Field::Agreed(stated)) => read(&stated.value, &mut texts),
        Some(Field::Conflict(conflict)) => {
            for stated in &conflict.values {
                read(&stated.value, &mut texts);
            }
        }
        _ => {}
    }
    texts
}

fn read(shown: &Shown, texts: &mut Vec<String>) {
    match shown {
        Shown::Text(text) | Shown::Value(Value::Text(text)) => texts.push(text.clone()),
        Shown::Value(Value::List(items)) => {
            texts.extend(items.iter().filter_map(|item| item.as_text().map(str::to_owned)));
        }
        _ => {}
    }
}

/// The text of a field that nobody disputes.
fn agreed(field: &Field<Shown>) -> Option<&str> {
    match field.agreed()? {
        Shown::Value(value) => value.as_text(),
        _ => None,
    }
}
