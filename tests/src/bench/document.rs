//! A design of many BOM lines and many changes: what it takes to open it.

use std::time::{Duration, Instant};

use aronde_protocol::canonical;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::design::Design;
use aronde_protocol::document::draft::{Draft, DraftItem, Wanted};
use aronde_protocol::document::edit::{Edit, Path};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema::design::KIND;
use aronde_protocol::document::snapshot::Snapshot;
use aronde_protocol::document::value::Value;
use aronde_protocol::document::{DocumentEntry, ItemId, authoring};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{MemberKey, SecretKey};

use super::Fault;

/// How the changes were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// By one maker, one after the other.
    One,
    /// By two makers in turns of this many changes, each on top of the other's.
    Turns(usize),
    /// By two makers apart, who meet after this many changes each.
    Apart(usize),
}

/// A design's entries.
pub struct Changed {
    entries: Vec<DocumentEntry>,
}

/// What opening took.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    /// From the entries to the merged document.
    pub merge: Duration,
    /// From the snapshot of an earlier start, and what names its entries, to the merged document.
    pub load: Duration,
    /// From the merged document to the design as it is read.
    pub read: Duration,
    /// The snapshot's size in bytes.
    pub size: usize,
}

impl Changed {
    /// A design of `lines` BOM lines and `changes` entries, each of which changes one field of a line.
    ///
    /// # Errors
    /// An entry can't be written.
    pub fn write(lines: usize, changes: usize, hands: Hands) -> Result<Self, Fault> {
        let line = |n: usize| -> DraftItem {
            Wanted::from([
                ("part".into(), Value::Text(format!("part {n}"))),
                ("quantity".into(), Value::Quantity("4 {piece}".parse().unwrap_or_else(|_| unreachable!()))),
            ])
            .into()
        };
        let draft = Draft {
            fields: Wanted::from([("title".into(), Value::from("Press"))]),
            lists: [("bom".to_owned(), (0..lines).map(line).collect())].into(),
            whole: false,
        };
        let mut changed = Self { entries: Vec::new() };
        let [one, two] = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]).member());
        let mut head = None;
        for batch in authoring::create(&KIND, &draft)? {
            head = Some(changed.add(one, head.as_slice(), &batch)?);
        }
        let first = changed.entries.first().map(|entry| entry.id).ok_or("a design has an entry")?;
        let document = changed.open()?.0;
        let items: Vec<ItemId> = document.items("bom").into_iter().map(|item| item.id).collect();
        let mut heads = [head.unwrap_or(first); 2];
        for n in 0..changes {
            let second = match hands {
                Hands::One => false,
                Hands::Turns(turn) | Hands::Apart(turn) => n / turn % 2 == 1,
            };
            let [of_first, of_second] = heads;
            let deps: Vec<EntryId> = match hands {
                // Whoever begins a round joins the two first; the other one goes on from there, apart.
                Hands::Apart(turn) if n % (2 * turn) == 0 => {
                    let mut both = heads.to_vec();
                    both.sort_unstable();
                    both.dedup();
                    both
                }
                Hands::Apart(_) if second => vec![of_second],
                _ => vec![of_first],
            };
            let item = *items.get(n * 7 % items.len().max(1)).ok_or("a design has lines")?;
            let to = Value::Text(format!("note {n}")).into();
            let edit = Edit::Set { path: Path::of(item, if n % 3 == 0 { "note" } else { "material" }), to };
            let written = changed.add(
                if second { two } else { one },
                &deps,
                &Batch { edits: vec![edit], personal: Vec::new() },
            )?;
            match hands {
                Hands::Apart(turn) if n % (2 * turn) == 0 => heads = [written; 2],
                Hands::Apart(_) if second => heads = [of_first, written],
                Hands::Apart(_) => heads = [written, of_second],
                _ => heads = [written; 2],
            }
        }
        Ok(changed)
    }

    fn add(&mut self, author: MemberKey, deps: &[EntryId], batch: &Batch) -> Result<EntryId, Fault> {
        let facts = match deps {
            [] => canonical::encode(&batch.create_facts(EntryId([9; 32]), KIND.name))?,
            _ => canonical::encode(&batch.edit_facts())?,
        };
        let seq = self.entries.len() as u64;
        let id = EntryId::of(&seq.to_le_bytes());
        let deps = deps.to_vec();
        self.entries.push(DocumentEntry { id, author, log: 1, seq, at: seq, deps, facts, personal: None });
        Ok(id)
    }

    /// Opens the design, as a start does that has nothing but its entries, and as one that has its snapshot.
    ///
    /// # Errors
    /// It can't be built.
    pub fn open(&self) -> Result<(Document, Opened), Fault> {
        let first = self.entries.first().ok_or("a design has an entry")?;
        let start = Instant::now();
        let document = Document::of(first.id, &self.entries)?;
        let merge = start.elapsed();
        let start = Instant::now();
        let design = Design::of(&document)?;
        let read = start.elapsed();
        let bytes = Snapshot::from(document.clone()).encode();
        let entries = self.entries.iter().map(|entry| DocumentEntry { facts: Vec::new(), ..entry.clone() });
        let entries: Vec<DocumentEntry> = entries.collect();
        let start = Instant::now();
        let loaded = Snapshot::decode(&bytes).and_then(|snapshot| snapshot.with(&entries));
        let load = start.elapsed();
        if Design::of(&loaded.ok_or("the snapshot is of use")?)? != design {
            return Err("the snapshot makes another design".into());
        }
        Ok((document, Opened { merge, load, read, size: bytes.len() }))
    }
}
