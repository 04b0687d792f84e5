#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod cache;
mod finding;

use std::collections::BTreeMap;

use aronde_protocol::canonical;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::draft::{Draft, DraftItem, Wanted};
use aronde_protocol::document::edit::{Edit, Path};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema::{self, Kind};
use aronde_protocol::document::value::Value;
use aronde_protocol::document::{DocumentEntry, authoring};
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::SecretKey;

use super::*;

/// A document that is made of a draft, and changed.
struct Made {
    kind: &'static Kind,
    entries: Vec<DocumentEntry>,
    /// How many of its entries made it.
    created: usize,
}

fn texts(values: &[&str]) -> Value {
    Value::List(values.iter().map(|value| Value::from(*value)).collect())
}

fn item(fields: &[(&str, &str)]) -> DraftItem {
    fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect::<Wanted>().into()
}

impl Made {
    /// A document with these fields and lists. `number` makes its id.
    fn new(
        number: u8,
        kind: &'static Kind,
        fields: &[(&str, Value)],
        lists: &[(&str, Vec<DraftItem>)],
    ) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let lists: BTreeMap<_, _> =
            lists.iter().map(|(name, items)| ((*name).to_owned(), items.clone())).collect();
        let batches = authoring::create(kind, &Draft { fields, lists, whole: false }).unwrap();
        let mut made = Self { kind, entries: Vec::new(), created: batches.len() };
        for batch in batches {
            let deps: Vec<EntryId> = made.entries.last().map(|entry| entry.id).into_iter().collect();
            let id = EntryId::of(&[number, u8::try_from(made.entries.len()).unwrap()]);
            made.add(id, deps, &batch);
        }
        made
    }

    fn design(number: u8, title: &str, fields: &[(&str, &str)]) -> Self {
        let mut all = vec![("title", Value::from(title))];
        all.extend(fields.iter().map(|(name, value)| (*name, Value::from(*value))));
        Self::new(number, &schema::design::KIND, &all, &[])
    }

    fn add(&mut self, id: EntryId, deps: Vec<EntryId>, batch: &Batch) {
        let facts = match deps.as_slice() {
            [] => canonical::encode(&batch.create_facts(EntryId([9; 32]), self.kind.name)),
            _ => canonical::encode(&batch.edit_facts()),
        };
        let seq = self.entries.len() as u64;
        let personal = batch.personal_part([0; 16]).map(|part| canonical::encode(&part).unwrap());
        let author = SecretKey::from_seed(&[1; 32]).member();
        self.entries.push(DocumentEntry {
            id,
            author,
            log: seq,
            seq: 0,
            at: seq,
            deps,
            facts: facts.unwrap(),
            personal,
        });
    }

    /// Sets a field on top of the first entries, beside what others set there.
    fn set_apart(mut self, field: &str, value: &str) -> Self {
        let edit = Edit::Set { path: Path::root([field]), to: Value::from(value).into() };
        let id = EntryId::of(&[self.id().as_bytes(), value.as_bytes()].concat());
        let on = self.entries[self.created - 1].id;
        self.add(id, vec![on], &Batch { edits: vec![edit], personal: Vec::new() });
        self
    }

    fn id(&self) -> EntryId {
        self.entries[0].id
    }

    fn content(&self) -> Content {
        self.kept_by(&[])
    }

    fn kept_by(&self, keepers: &[(WorkshopId, String)]) -> Content {
        let document = Document::of(self.id(), &self.entries).unwrap();
        assert_eq!(document.skipped, []);
        let mark = mark(&document.heads(), keepers);
        Content::of(&document, keepers.first().map(|(id, _)| *id), keepers, mark).unwrap()
    }
}

/// An index over these documents, in a folder that goes with it.
fn index_of(contents: &[Content]) -> (Index, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut index = Index::open(&folder.path().join("search")).unwrap();
    put(&mut index, contents);
    (index, folder)
}

fn put(index: &mut Index, contents: &[Content]) {
    let mut update = index.update().unwrap();
    for content in contents {
        update.put(content).unwrap();
    }
    update.commit(Some([7; 32])).unwrap();
    update.end().unwrap();
}

/// The titles of what a query finds, the best first.
fn titles(index: &Index, query: &str) -> Vec<String> {
    titles_of(index.find(&Query::read(query), 100).unwrap())
}

fn titles_of(found: Found) -> Vec<String> {
    found.hits.into_iter().map(|hit| hit.title).collect()
}
