//! One entry's edits, applied to the document as it was at the entry's `deps`.
//!
//! Invariants: an edit that doesn't fit changes nothing and is reported with its reason; the outcome
//! depends on the edits and the document at `deps` only, never on whether personal parts are here.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use automerge::hydrate::Value as Hydrated;
use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as Held};
use serde::{Deserialize, Serialize};

use super::ItemId;
use super::edit::{Edit, Given, Named, Path, Written};
use super::order::{OrderError, OrderKey};
use super::register::{self, Content, LIST, PLACE, PRESENCE, Register};
use super::schema::{self, FieldType};
use crate::id::EntryId;
use crate::limits::TEXT_MAX;

/// Why an edit doesn't fit the document at its `deps`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Misfit {
    /// A kind of edit of a newer schema.
    #[error("this kind of edit is not known here; a newer version of Aronde may show it")]
    UnknownEdit,
    /// The facts of the entry cannot be read.
    #[error("{0}")]
    Facts(String),
    /// The personal part of the entry cannot be read.
    #[error("the personal part cannot be read: {0}")]
    Personal(String),
    /// The item isn't there.
    #[error("the item {0} is not in the document at that point")]
    NoItem(ItemId),
    /// The item was removed.
    #[error("the item {0} was removed before")]
    RemovedItem(ItemId),
    /// Another type than the field's.
    #[error("the field \"{field}\" takes {expected}")]
    WrongType {
        /// The field.
        field: String,
        /// What it takes.
        expected: Cow<'static, str>,
    },
    /// A personal field was given openly, or an open one personally.
    #[error("the field \"{0}\" is {word} personal", word = if *.1 { "" } else { "not" })]
    WrongPart(String, bool),
    /// No text stands there, or not the named one.
    #[error("no such text stands in the field \"{0}\" at that point")]
    NoText(String),
    /// Several texts stand there and none is named.
    #[error("several texts stand in the field \"{0}\" and the edit names none of them")]
    WhichText(String),
    /// A splice outside of the text.
    #[error("the splice at {at} of {delete} characters lies outside of a text of {len}")]
    OutOfText {
        /// Where.
        at: u64,
        /// How many go.
        delete: u64,
        /// How many there are.
        len: usize,
    },
    /// The text would be too long.
    #[error("the text would have more than {TEXT_MAX} characters")]
    TooLong,
    /// A bad order key.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The merging library refused.
    #[error("the edit could not be applied: {0}")]
    Library(String),
}

impl From<AutomergeError> for Misfit {
    fn from(error: AutomergeError) -> Self {
        Misfit::Library(error.to_string())
    }
}

/// Applies edits of one entry inside one transaction.
pub struct Applier<'a, 'd> {
    tx: &'a mut Transaction<'d>,
    entry: EntryId,
    kind: &'a str,
    /// Items whose presence this entry has written already.
    touched: HashSet<ItemId>,
}

/// Where a field's register lies.
struct Place {
    object: ObjId,
    key: String,
    field: schema::Field,
    item: Option<ItemId>,
}

impl<'a, 'd> Applier<'a, 'd> {
    /// For the edits of this entry of a document of this kind.
    pub fn new(tx: &'a mut Transaction<'d>, entry: EntryId, kind: &'a str) -> Self {
        Self { tx, entry, kind, touched: HashSet::new() }
    }

    /// Applies one edit, the `index`-th of its entry.
    ///
    /// # Errors
    /// The edit doesn't fit; nothing was changed.
    pub fn apply(&mut self, index: u32, edit: &Written) -> Result<(), Misfit> {
        let Written::Known(edit) = edit else { return Err(Misfit::UnknownEdit) };
        let here = ItemId { entry: self.entry, edit: index };
        match edit {
            Edit::Set { path, to } => self.set(path, to),
            Edit::Text { path, insert } => self.text(here, path, insert),
            Edit::Splice { path, text, at, delete, insert } => self.splice(path, *text, *at, *delete, insert),
            Edit::Add { list, order, fields } => self.add(here, list, order, fields),
            Edit::Remove { item } => {
                let (id, object) = self.item(*item)?;
                self.touched.remove(&id);
                self.put(&object, PRESENCE, Content::Removed)
            }
            Edit::Move { item, order } => {
                let order = OrderKey::parse(order)?;
                let (id, object) = self.item(*item)?;
                self.put(&object, PLACE, Content::Place(order))?;
                self.touch(Some(id), &object)
            }
        }
    }

    fn set(&mut self, path: &Path, to: &Given) -> Result<(), Misfit> {
        let place = self.place(path)?;
        let content = fitting(&register::join(&path.name), place.field, to)?;
        self.put(&place.object, &place.key, content)?;
        self.touch(place.item, &place.object)
    }

    fn text(&mut self, here: ItemId, path: &Path, insert: &str) -> Result<(), Misfit> {
        let place = self.prose(path)?;
        if insert.chars().count() > TEXT_MAX {
            return Err(Misfit::TooLong);
        }
        let text = self.tx.put_object(ROOT, register::text_key(here), ObjType::Text)?;
        self.tx.splice_text(&text, 0, 0, insert)?;
        self.put(&place.object, &place.key, Content::Text(here))?;
        self.touch(place.item, &place.object)
    }

    fn splice(
        &mut self,
        path: &Path,
        text: Option<Named>,
        at: u64,
        delete: u64,
        insert: &str,
    ) -> Result<(), Misfit> {
        let place = self.prose(path)?;
        let name = || register::join(&path.name);
        let mut standing: Vec<ItemId> = Vec::new();
        for register in registers(self.tx, &place.object, &place.key)? {
            if let Content::Text(id) = register.holds
                && !standing.contains(&id)
            {
                standing.push(id);
            }
        }
        let id = match (text.map(|t| t.within(self.entry)), standing.as_slice()) {
            (Some(id), standing) if standing.contains(&id) => id,
            (None, [id]) => *id,
            (None, [_, ..]) => return Err(Misfit::WhichText(name())),
            _ => return Err(Misfit::NoText(name())),
        };
        let Some((Held::Object(ObjType::Text), object)) = self.tx.get(ROOT, register::text_key(id))? else {
            return Err(Misfit::NoText(name()));
        };
        let len = self.tx.length(&object);
        let outside = Misfit::OutOfText { at, delete, len };
        let (Ok(from), Ok(gone)) = (usize::try_from(at), usize::try_from(delete)) else {
            return Err(outside);
        };
        if from.checked_add(gone).is_none_or(|end| end > len) {
            return Err(outside);
        }
        if len - gone + insert.chars().count() > TEXT_MAX {
            return Err(Misfit::TooLong);
        }
        let gone = isize::try_from(gone).map_err(|_| outside)?;
        self.tx.splice_text(&object, from, gone, insert)?;
        self.put(&place.object, &place.key, Content::Text(id))?;
        self.touch(place.item, &place.object)
    }

    fn add(
        &mut self,
        here: ItemId,
        list: &str,
        order: &str,
        fields: &BTreeMap<String, Given>,
    ) -> Result<(), Misfit> {
        let order = OrderKey::parse(order)?;
        let mut item: HashMap<String, Hydrated> = HashMap::with_capacity(fields.len() + 3);
        for (name, to) in fields {
            let path = [name.clone()];
            let field = schema::field(self.kind, Some(list), &path);
            let content = fitting(&register::join(&path), field, to)?;
            item.insert(register::field_key(&path), self.register(content).into());
        }
        item.insert(LIST.to_owned(), ScalarValue::from(list).into());
        item.insert(PLACE.to_owned(), self.register(Content::Place(order)).into());
        item.insert(PRESENCE.to_owned(), self.register(Content::Present).into());
        // The whole map at once: far quicker than key by key.
        let item = Hydrated::Map(item.into());
        self.tx.batch_create_object(ROOT, register::item_key(here), &item, false)?;
        self.touched.insert(here);
        Ok(())
    }

    /// The item, when it is in the document and not removed there.
    fn item(&mut self, named: Named) -> Result<(ItemId, ObjId), Misfit> {
        let id = named.within(self.entry);
        let Some((Held::Object(ObjType::Map), object)) = self.tx.get(ROOT, register::item_key(id))? else {
            return Err(Misfit::NoItem(id));
        };
        let removed = |r: &Register| r.holds == Content::Removed;
        if !self.touched.contains(&id) && registers(self.tx, &object, PRESENCE)?.iter().all(removed) {
            return Err(Misfit::RemovedItem(id));
        }
        Ok((id, object))
    }

    fn place(&mut self, path: &Path) -> Result<Place, Misfit> {
        let key = register::field_key(&path.name);
        let Some(named) = path.of else {
            let field = schema::field(self.kind, None, &path.name);
            return Ok(Place { object: ROOT, key, field, item: None });
        };
        let (id, object) = self.item(named)?;
        let list = match self.tx.get(&object, LIST)? {
            Some((Held::Scalar(value), _)) => value.as_str().map(str::to_owned),
            _ => None,
        };
        let field = schema::field(self.kind, list.as_deref(), &path.name);
        Ok(Place { object, key, field, item: Some(id) })
    }

    fn prose(&mut self, path: &Path) -> Result<Place, Misfit> {
        let place = self.place(path)?;
        let kind = place.field.kind;
        if place.field.personal || !kind.takes_prose() {
            let field = register::join(&path.name);
            return Err(Misfit::WrongType { field, expected: kind.expected().into() });
        }
        Ok(place)
    }

    /// Writes that an item is there, once an entry.
    fn touch(&mut self, item: Option<ItemId>, object: &ObjId) -> Result<(), Misfit> {
        if item.is_some_and(|id| self.touched.insert(id)) {
            self.put(object, PRESENCE, Content::Present)?;
        }
        Ok(())
    }

    fn put(&mut self, object: &ObjId, key: &str, holds: Content) -> Result<(), Misfit> {
        let register = self.register(holds);
        Ok(self.tx.put(object, key, register)?)
    }

    /// A register written by this entry.
    fn register(&self, holds: Content) -> ScalarValue {
        ScalarValue::Bytes(Register { by: self.entry, holds }.to_bytes())
    }
}

fn fitting(name: &str, field: schema::Field, to: &Given) -> Result<Content, Misfit> {
    match to {
        Given::Personal(index) if field.personal || field.kind == FieldType::Any => {
            Ok(Content::Personal(*index))
        }
        Given::Value(value) if field.personal && *value != super::value::Value::Nothing => {
            Err(Misfit::WrongPart(name.to_owned(), true))
        }
        Given::Personal(_) => Err(Misfit::WrongPart(name.to_owned(), false)),
        Given::Value(value) if field.kind.fits(value) => Ok(Content::Value(value.clone())),
        Given::Value(_) => {
            Err(Misfit::WrongType { field: name.to_owned(), expected: field.kind.expected().into() })
        }
    }
}

/// Every concurrent register of a key.
///
/// # Errors
/// The object doesn't exist.
pub fn registers<D: ReadDoc>(doc: &D, object: &ObjId, key: &str) -> Result<Vec<Register>, AutomergeError> {
    let held = doc.get_all(object, key)?;
    Ok(held.iter().filter_map(|(value, _)| value.as_bytes()).filter_map(Register::from_bytes).collect())
}
