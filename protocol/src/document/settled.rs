//! A document as plain data, when nothing in it waits for a decision.

use super::draft::{Draft, DraftItem, Wanted};
use super::materialise::Document;
use super::read::Fields;
use super::register;
use super::value::Value;
use super::view::{Conflict, Field, Shown};

impl Document {
    /// All that it says, items in their order; what is withheld is left out.
    ///
    /// # Errors
    /// What stands in conflict: there is no plain value for it.
    pub fn settled(&self) -> Result<Draft, Vec<Conflict>> {
        let conflicts = self.conflicts();
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        Ok(self.agreed())
    }

    /// What is agreed of it, items in their order; what stands in conflict or is withheld is left out.
    pub fn agreed(&self) -> Draft {
        let named = |fields: Fields| -> Wanted {
            // An item's field has one name, and is known by it.
            let name = |path: String| match register::split(&path).as_slice() {
                [one] => one.clone(),
                _ => path,
            };
            plain(fields).into_iter().map(|(path, value)| (name(path), value)).collect()
        };
        let lists = self.all_items().into_iter().map(|(list, items)| {
            let items =
                items.into_iter().map(|item| DraftItem { id: Some(item.id), fields: named(item.what) });
            (list, items.collect())
        });
        Draft { fields: plain(self.fields()), lists: lists.collect(), whole: false }
    }
}

fn plain(fields: Fields) -> Wanted {
    let value = |field: Field<Shown>| match field.value() {
        Field::Agreed(stated) => Some(stated.value),
        _ => None,
    };
    fields.into_iter().filter_map(|(name, field)| Some((name, value(field)?))).collect()
}

impl Draft {
    /// A field of the document itself as a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_text).filter(|text| !text.is_empty())
    }

    /// The items of a list.
    pub fn items(&self, list: &str) -> &[DraftItem] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }
}

impl DraftItem {
    /// A field of the item as a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_text).filter(|text| !text.is_empty())
    }
}
