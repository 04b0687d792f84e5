//! A place to write histories of documents by hand.

use std::collections::HashMap;

use crate::canonical;
use crate::document::DocumentEntry;
use crate::document::authoring;
use crate::document::batch::Batch;
use crate::document::design::Design;
use crate::document::draft::DesignDraft;
use crate::document::edit::{Edit, Path, Written};
use crate::document::materialise::Document;
use crate::document::schema::DESIGN;
use crate::document::value::Value;
use crate::id::EntryId;
use crate::key::{MemberKey, SecretKey};

/// A member, by a number.
pub type Author = u8;
pub const A: Author = 1;
pub const B: Author = 2;
pub const C: Author = 3;

pub fn key(author: Author) -> MemberKey {
    SecretKey::from_seed(&[author; 32]).member()
}

/// The entries of one document, each author's place in their log kept.
#[derive(Default)]
pub struct Workbench {
    pub entries: Vec<DocumentEntry>,
    kind: Option<&'static str>,
    next: HashMap<Author, u64>,
}

impl Workbench {
    /// A place for a document of this kind.
    pub fn of(kind: &'static str) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// A design made by this author.
    pub fn create(author: Author, draft: &DesignDraft) -> (Self, EntryId) {
        let mut bench = Self::default();
        let mut head = None;
        for batch in authoring::create_design(draft).unwrap() {
            head = Some(bench.write(author, head.as_slice(), &batch));
        }
        (bench, head.unwrap())
    }

    pub fn titled(title: &str) -> (Self, EntryId) {
        Self::create(A, &DesignDraft { title: title.into(), ..DesignDraft::default() })
    }

    pub fn document(&self) -> EntryId {
        self.entries[0].id
    }

    /// Writes an entry on top of these.
    pub fn write(&mut self, author: Author, deps: &[EntryId], batch: &Batch) -> EntryId {
        let facts = if deps.is_empty() {
            canonical::encode(&batch.create_facts(EntryId::of(b"membership"), self.kind.unwrap_or(DESIGN)))
                .unwrap()
        } else {
            canonical::encode(&batch.edit_facts()).unwrap()
        };
        let personal = batch.personal_part([7; 16]).map(|p| canonical::encode(&p).unwrap());
        self.push(author, deps, facts, personal)
    }

    /// Writes edits that may be of any form.
    pub fn raw(&mut self, author: Author, deps: &[EntryId], edits: Vec<Written>) -> EntryId {
        let facts = canonical::encode(&crate::document::edit::EditFacts { edits }).unwrap();
        self.push(author, deps, facts, None)
    }

    /// The author writes something that isn't of this document.
    pub fn elsewhere(&mut self, author: Author) {
        *self.next.entry(author).or_default() += 1;
    }

    pub fn push(
        &mut self,
        author: Author,
        deps: &[EntryId],
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
    ) -> EntryId {
        let seq = self.next.get(&author).copied().unwrap_or_default();
        self.place((author, 0, seq), deps, facts, personal)
    }

    /// Adds an entry at this place of this log of an author.
    pub fn place(
        &mut self,
        (author, log, seq): (Author, u64, u64),
        deps: &[EntryId],
        facts: Vec<u8>,
        personal: Option<Vec<u8>>,
    ) -> EntryId {
        let n = self.entries.len() as u64;
        let id = EntryId::of(&canonical::encode(&(n, author, deps, EntryId::of(&facts))).unwrap());
        let deps = deps.to_vec();
        let (at, author_key) = (1_000 * n, key(author));
        self.entries.push(DocumentEntry { id, author: author_key, log, seq, at, deps, facts, personal });
        self.next.insert(author, seq + 1);
        id
    }

    pub fn edit(&mut self, author: Author, deps: &[EntryId], edits: Vec<Edit>) -> EntryId {
        self.write(author, deps, &Batch { edits, personal: vec![] })
    }

    pub fn merged(&self) -> Document {
        Document::of(self.document(), &self.entries).unwrap()
    }

    pub fn design(&self) -> Design {
        Design::of(&self.merged()).unwrap()
    }

    /// Writes batches one on top of the other, the first on these; the last entry.
    pub fn write_all(&mut self, author: Author, deps: &[EntryId], batches: &[Batch]) -> EntryId {
        let mut deps = deps.to_vec();
        for batch in batches {
            deps = vec![self.write(author, &deps, batch)];
        }
        deps[0]
    }
}

pub fn set(field: &str, value: impl Into<Value>) -> Edit {
    Edit::Set { path: Path::root([field]), to: value.into().into() }
}

pub fn splice(at: u64, delete: u64, insert: &str) -> Edit {
    Edit::Splice { path: Path::root(["description"]), text: None, at, delete, insert: insert.into() }
}

pub fn described(text: &str) -> DesignDraft {
    DesignDraft { title: "Pump".into(), description: text.into(), ..DesignDraft::default() }
}

/// These entries, the first of them without their facts, as a reader gives those that a snapshot holds.
pub fn without_facts(entries: &[DocumentEntry], first: usize) -> Vec<DocumentEntry> {
    let mut entries = entries.to_vec();
    entries.iter_mut().take(first).for_each(|entry| entry.facts.clear());
    entries
}
