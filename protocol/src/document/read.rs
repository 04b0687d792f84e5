//! Reading the fields and items of a merged document.

use std::collections::{BTreeMap, BTreeSet};

use automerge::iter::MapRangeItem;
use automerge::{
    Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef, Value as Held, ValueRef,
};

use super::apply::registers;
use super::materialise::Document;
use super::order::OrderKey;
use super::register::{self, Content, FIELD, ITEM, LIST, PLACE, PRESENCE, Register};
use super::value::Value;
use super::view::{Conflict, Field, Listed, Shown, Stated};
use super::{Hand, ItemId, touch};

/// The fields of an item or of the document, by path as one text.
pub type Fields = BTreeMap<String, Field<Shown>>;

impl Document {
    /// The fields of the document itself.
    pub fn fields(&self) -> Fields {
        self.fields_of(&ROOT)
    }

    /// The fields of an item, which may be removed; none when it isn't in the document.
    pub fn fields_of_item(&self, item: ItemId) -> Fields {
        match self.merged.get(ROOT, register::item_key(item)) {
            Ok(Some((Held::Object(ObjType::Map), object))) => self.fields_of(&object),
            _ => Fields::new(),
        }
    }

    /// The lists that have an item, one that everyone removed included.
    pub fn lists(&self) -> BTreeSet<String> {
        let items = self.merged.keys(ROOT).filter(|key| key.starts_with(ITEM));
        let list = |key: String| {
            let (Held::Object(ObjType::Map), item) = self.merged.get(ROOT, &key).ok()?? else { return None };
            let (held, _) = self.merged.get(&item, LIST).ok()??;
            held.as_str().map(str::to_owned)
        };
        items.filter_map(list).collect()
    }

    /// The items of a list in their order. An item that everyone removed isn't among them.
    pub fn items(&self, list: &str) -> Vec<Listed<Fields>> {
        self.items_where(|of| of == list).remove(list).unwrap_or_default()
    }

    /// The items of all lists, read in one go.
    pub fn all_items(&self) -> BTreeMap<String, Vec<Listed<Fields>>> {
        self.items_where(|_| true)
    }

    fn items_where(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<Listed<Fields>>> {
        let mut lists: BTreeMap<String, Vec<Listed<Fields>>> = BTreeMap::new();
        for part in self.merged.map_range(ROOT, under(ITEM)) {
            let Some(id) = item_id(&part.key) else { continue };
            if let Some((list, item)) = self.item(&wanted, id, &part.id()) {
                lists.entry(list).or_default().push(item);
            }
        }
        for items in lists.values_mut() {
            items.sort_by(|a, b| (&a.place, a.id).cmp(&(&b.place, b.id)));
        }
        lists
    }

    /// All that stands in conflict: the document's own fields first, then list by list.
    pub fn conflicts(&self) -> Vec<Conflict> {
        conflicts(&self.fields(), &self.all_items())
    }

    /// The texts that stand in a field of the document or of an item, each with its whole content.
    pub fn texts(&self, item: Option<ItemId>, path: &str) -> Vec<(ItemId, String)> {
        let object = match item.map(|id| self.merged.get(ROOT, register::item_key(id))) {
            None => ROOT,
            Some(Ok(Some((Held::Object(ObjType::Map), object)))) => object,
            Some(_) => return Vec::new(),
        };
        let mut texts: Vec<(ItemId, String)> = Vec::new();
        for register in self.registers(&object, &format!("{FIELD}{path}")) {
            if let Content::Text(id) = register.holds
                && !texts.iter().any(|(t, _)| *t == id)
                && let Some(content) = text_object(&self.merged, id).and_then(|o| self.merged.text(&o).ok())
            {
                texts.push((id, content));
            }
        }
        texts
    }

    fn item(
        &self,
        wanted: impl Fn(&str) -> bool,
        id: ItemId,
        object: &ObjId,
    ) -> Option<(String, Listed<Fields>)> {
        let (held, _) = self.merged.get(object, LIST).ok()??;
        let list = held.as_str().filter(|list| wanted(list))?.to_owned();
        let name = format!("{list}/{id}");
        let (mut places, mut presence, mut what) = (Vec::new(), Vec::new(), Fields::new());
        // One walk through the map costs a fraction of a look for each key.
        for part in self.merged.map_range(object, ..) {
            match &*part.key {
                PLACE => places = self.shown_of(object, &part),
                PRESENCE => presence = self.shown_of(object, &part),
                key => {
                    if let Some(path) = key.strip_prefix(FIELD) {
                        let field = Field::of(&format!("{name}/{path}"), self.shown_of(object, &part));
                        what.insert(path.to_owned(), field);
                    }
                }
            }
        }
        if presence.iter().all(|s| s.value == Shown::Removed) {
            return None;
        }
        let least = |s: &Stated<Shown>| if let Shown::Place(k) = &s.value { Some(k.clone()) } else { None };
        let place: OrderKey = places.iter().filter_map(least).min()?;
        let conflict = |part: &str, values: Vec<Stated<Shown>>| {
            (values.len() > 1).then(|| Conflict { field: format!("{name}/{part}"), values })
        };
        let (moved, removed) = (conflict(PLACE, places), conflict(PRESENCE, presence));
        Some((list, Listed { id, place, moved, removed, what }))
    }

    fn fields_of(&self, object: &ObjId) -> Fields {
        let field = |part: MapRangeItem<'_>| {
            let path = part.key.strip_prefix(FIELD)?;
            Some((path.to_owned(), Field::of(path, self.shown_of(object, &part))))
        };
        self.merged.map_range(object, under(FIELD)).filter_map(field).collect()
    }

    /// The concurrent values of a register that a walk came to.
    fn shown_of(&self, object: &ObjId, part: &MapRangeItem<'_>) -> Vec<Stated<Shown>> {
        match &part.value {
            _ if part.conflict => self.shown(self.registers(object, &part.key)),
            ValueRef::Scalar(ScalarValueRef::Bytes(bytes)) => {
                self.shown(Register::from_bytes(bytes).into_iter().collect())
            }
            _ => Vec::new(),
        }
    }

    fn registers(&self, object: &ObjId, key: &str) -> Vec<Register> {
        registers(&self.merged, object, key).unwrap_or_default()
    }

    /// These concurrent values of one register, equal ones joined, ordered by entry.
    fn shown(&self, mut registers: Vec<Register>) -> Vec<Stated<Shown>> {
        registers.sort_by_key(|r| r.by);
        let mut values: Vec<Stated<Shown>> = Vec::new();
        let mut texts: BTreeMap<ItemId, Vec<Hand>> = BTreeMap::new();
        for Register { by, holds } in registers {
            let Some(hand) = self.history.hand(by) else { continue };
            let value = match holds {
                Content::Value(value) => Shown::Value(value),
                Content::Personal(index) => self.personal_value(hand, index),
                Content::Place(place) => Shown::Place(place),
                Content::Present => Shown::Kept,
                Content::Removed => Shown::Removed,
                Content::Text(id) => {
                    texts.entry(id).or_default().push(hand);
                    continue;
                }
            };
            join(&mut values, value, vec![hand]);
        }
        for (id, hands) in texts {
            for (content, by) in self.versions(id, hands) {
                join(&mut values, Shown::Text(content), by);
            }
        }
        values.sort_by(|a, b| a.by.cmp(&b.by));
        values
    }

    fn personal_value(&self, hand: Hand, index: u32) -> Shown {
        let values = self.personal.get(&hand.entry);
        let value = usize::try_from(index).ok().and_then(|i| values?.get(i));
        value.map_or(Shown::Withheld, |v: &Value| Shown::Value(v.clone()))
    }

    /// The content of a text as its last concurrent writers left it: one, merged, when their splices
    /// don't touch; else each of theirs.
    fn versions(&self, id: ItemId, hands: Vec<Hand>) -> Vec<(String, Vec<Hand>)> {
        let Some(object) = text_object(&self.merged, id) else { return Vec::new() };
        let nodes: Vec<usize> =
            hands.iter().filter_map(|h| self.history.index.get(&h.entry).copied()).collect();
        let at = |nodes: &[usize]| {
            let heads: Vec<ChangeHash> = nodes.iter().filter_map(|n| self.changes.get(*n).copied()).collect();
            self.merged.text_at(&object, &heads).unwrap_or_default()
        };
        if nodes.len() > 1 && touch::any_touch(&self.merged, &self.history, &self.changes, &object, &nodes) {
            return hands.into_iter().zip(nodes).map(|(hand, node)| (at(&[node]), vec![hand])).collect();
        }
        vec![(at(&nodes), hands)]
    }
}

/// What of these fields and items stands in conflict.
pub(super) fn conflicts(fields: &Fields, lists: &BTreeMap<String, Vec<Listed<Fields>>>) -> Vec<Conflict> {
    let mut found: Vec<Conflict> = fields.values().filter_map(Field::conflict).cloned().collect();
    for item in lists.values().flatten() {
        found.extend(item.moved.iter().chain(&item.removed).cloned());
        found.extend(item.what.values().filter_map(Field::conflict).cloned());
    }
    found
}

/// Adds a value, or its hands to the equal one. What is withheld equals nothing.
fn join(values: &mut Vec<Stated<Shown>>, value: Shown, by: Vec<Hand>) {
    match values.iter_mut().find(|s| s.value == value && value != Shown::Withheld) {
        Some(equal) => {
            equal.by.extend(by);
            equal.by.sort_unstable();
        }
        None => values.push(Stated { value, by }),
    }
}

/// The keys that begin so.
fn under(prefix: &str) -> std::ops::Range<String> {
    // In the order of keys `0` follows `/`.
    prefix.to_owned()..prefix.replace('/', "0")
}

fn text_object(doc: &Automerge, id: ItemId) -> Option<ObjId> {
    match doc.get(ROOT, register::text_key(id)).ok()?? {
        (Held::Object(ObjType::Text), object) => Some(object),
        _ => None,
    }
}

fn item_id(key: &str) -> Option<ItemId> {
    key.strip_prefix(ITEM)?.parse().ok()
}
