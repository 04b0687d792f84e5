//! Deciding a conflict: one of the values that stand there, or another one.
//!
//! A decision is an edit like any other, signed by whoever decides, on top of all that stood in conflict. Nothing is
//! taken away from history.

use super::ItemId;
use super::authoring;
use super::batch::{self, Batch, DraftError};
use super::edit::{Edit, Path};
use super::materialise::Document;
use super::register::{self, PLACE, PRESENCE};
use super::schema;
use super::update::{self, UpdateError};
use super::view::{Conflict, Shown};

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The value that this entry wrote.
    Written(crate::id::EntryId),
    /// A value as people write it; an empty one empties the field.
    Value(&'a str),
}

/// Why a conflict could not be decided so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Nothing stands in conflict there.
    #[error("nothing stands in conflict in \"{0}\"")]
    NoConflict(String),
    /// No value of the conflict was written by that entry.
    #[error("no value of \"{0}\" was written by that entry")]
    NotAmongThem(String),
    /// The value isn't here.
    #[error("that value of \"{0}\" is personal and not here: it was redacted, or has not come yet")]
    Withheld(String),
    /// Only one of the values can be taken.
    #[error("whether or where an item stands is decided by taking one of the values of \"{0}\"")]
    NoValue(String),
    /// It cannot be written.
    #[error(transparent)]
    Update(#[from] UpdateError),
}

/// The conflict in a field, named as it is shown.
///
/// # Errors
/// There is none.
pub fn conflict(document: &Document, field: &str) -> Result<Conflict, ResolveError> {
    let shown = || field.chars().take(120).collect();
    let found = document.conflicts().into_iter().find(|conflict| conflict.field == field);
    found.ok_or_else(|| ResolveError::NoConflict(shown()))
}

/// The edits that decide the conflict in a field.
///
/// # Errors
/// Nothing stands in conflict there, or it can't be decided so.
pub fn resolve(document: &Document, field: &str, choice: Choice<'_>) -> Result<Vec<Batch>, ResolveError> {
    let conflict = conflict(document, field)?;
    let name = || conflict.field.clone();
    let names = register::split(field);
    // An item's whole name: its list, its id, and the field or what is said of the item itself.
    let item = match names.as_slice() {
        [list, id, last] => id.parse::<ItemId>().ok().map(|id| (list.as_str(), id, last.as_str())),
        _ => None,
    };
    let whole = item.filter(|(.., last)| [PLACE, PRESENCE].contains(last));
    let entry = match choice {
        Choice::Value(_) if whole.is_some() => return Err(ResolveError::NoValue(name())),
        Choice::Value(text) => return Ok(update::set_fields(document, [(field, text)])?),
        Choice::Written(entry) => entry,
    };
    let stated = conflict.values.iter().find(|stated| stated.by.iter().any(|hand| hand.entry == entry));
    let stated = stated.ok_or_else(|| ResolveError::NotAmongThem(name()))?;
    let only = |edit: Edit| vec![Batch { edits: vec![edit], personal: Vec::new() }];
    let kind = schema::kind(&document.kind).ok_or_else(|| UpdateError::UnknownKind(document.kind.clone()))?;
    let refused = |error: DraftError| ResolveError::Update(error.into());
    let groups = match (&stated.value, item) {
        (Shown::Withheld, _) => return Err(ResolveError::Withheld(name())),
        (Shown::Removed, Some((_, id, _))) => return Ok(only(Edit::Remove { item: id.into() })),
        (Shown::Place(order), Some((_, id, _))) => {
            return Ok(only(Edit::Move { item: id.into(), order: order.to_string() }));
        }
        // Whoever moves an item to where it stands says that it is there.
        (Shown::Kept, Some((list, id, _))) => {
            let place = document.items(list).into_iter().find(|item| item.id == id).map(|item| item.place);
            let place = place.ok_or_else(|| ResolveError::NoConflict(name()))?;
            return Ok(only(Edit::Move { item: id.into(), order: place.to_string() }));
        }
        (Shown::Value(value), Some((list, id, last))) => {
            authoring::set_of(kind, list, id, last, value.clone()).map_err(refused)?
        }
        (Shown::Text(text), Some((_, id, last))) => {
            authoring::write_text(&Path::of(id, last), text).map_err(refused)?
        }
        (Shown::Value(value), None) => authoring::set(kind, &names, value.clone()).map_err(refused)?,
        (Shown::Text(text), None) => authoring::write_text(&Path::root(&names), text).map_err(refused)?,
        (Shown::Removed | Shown::Place(_) | Shown::Kept, None) => {
            return Err(ResolveError::NoConflict(name()));
        }
    };
    batch::pack(groups).map_err(refused)
}
