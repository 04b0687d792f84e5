//! Edits on their way into entries: grouped by what must stay together, packed within the limits.
//!
//! An entry's edits can name what the same entry makes before its id is known, so a group goes into
//! one entry whole. The entries of several batches follow one another: each names the one before in
//! its `deps`.

use super::edit::{self, CreateFacts, Edit, EditFacts, FactsError, Given, PersonalPart, Written};
use super::schema::SCHEMA;
use super::value::Value;
use crate::canonical;
use crate::id::MembershipId;
use crate::limits::{EDITS_MAX, FACTS_MAX, PERSONAL_MAX, PERSONAL_VALUES_MAX};

/// What of `FACTS_MAX` and `PERSONAL_MAX` stays for what surrounds edits and values.
const ROOM: usize = 1_024;
/// A long text goes into pieces of at most this many bytes.
const PIECE: usize = 32 * 1024;

/// What cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// One field or item is bigger than an entry.
    #[error("{what} is too big for one entry ({bytes} bytes); put it into a file instead")]
    TooBig {
        /// What.
        what: String,
        /// How big it is.
        bytes: usize,
    },
    /// Its facts would be refused.
    #[error("{what} cannot be written: {why}")]
    Refused {
        /// What.
        what: String,
        /// Why.
        why: FactsError,
    },
    /// The value is of another type than the field's.
    #[error("{what} takes {expected}, not \"{given}\"")]
    WrongType {
        /// The field.
        what: String,
        /// What it takes.
        expected: &'static str,
        /// What was given.
        given: String,
    },
    /// Several items are called so.
    #[error("{number} items of \"{list}\" are called \"{name}\"; say which by its number, counted from 1")]
    SeveralItems {
        /// The list.
        list: String,
        /// What they are called.
        name: String,
        /// How many there are.
        number: usize,
    },
    /// There is no such item.
    #[error("no item of \"{list}\" is called \"{name}\" or has that number")]
    NoItem {
        /// The list.
        list: String,
        /// What was given.
        name: String,
    },
    /// There is no such field to set.
    #[error(
        "there is no field \"{field}\"; name one of the {kind}, or of an item as list/item/field, as the {kind} shows them"
    )]
    NoField {
        /// The document's kind.
        kind: &'static str,
        /// What was named.
        field: String,
    },
}

/// Edits of one entry, with its personal values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The edits.
    pub edits: Vec<Edit>,
    /// The personal values that they name by index.
    pub personal: Vec<Value>,
}

impl Batch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The facts of an entry that creates a document.
    pub fn create_facts(&self, under: MembershipId, kind: &str) -> CreateFacts {
        CreateFacts { under, kind: kind.to_owned(), schema: SCHEMA, edits: self.written() }
    }

    /// The facts of an entry that edits one.
    pub fn edit_facts(&self) -> EditFacts {
        EditFacts { edits: self.written() }
    }

    /// The personal part, with 16 bytes that the caller drew at random; none without personal
    /// values.
    pub fn personal_part(&self, nonce: [u8; 16]) -> Option<PersonalPart> {
        (!self.personal.is_empty()).then(|| PersonalPart { nonce, values: self.personal.clone() })
    }

    /// A value as it is given in this batch.
    pub fn give(&mut self, value: Value, personal: bool) -> Given {
        // Nothing is no secret, and an emptied field shall stay empty after a redaction.
        if !personal || value == Value::Nothing {
            return Given::Value(value);
        }
        self.personal.push(value);
        Given::Personal(u32::try_from(self.personal.len() - 1).unwrap_or(u32::MAX))
    }

    fn written(&self) -> Vec<Written> {
        self.edits.iter().cloned().map(Written::Known).collect()
    }

    fn size(&self) -> (usize, usize) {
        let facts = canonical::encode(&self.edits).map_or(usize::MAX, |b| b.len());
        let personal = canonical::encode(&self.personal).map_or(usize::MAX, |b| b.len());
        (facts, personal)
    }

    /// Takes in another batch; what names its own entry's items and values names them here.
    fn take_in(&mut self, other: Batch) {
        let items = u32::try_from(self.edits.len()).unwrap_or(u32::MAX);
        let values = u32::try_from(self.personal.len()).unwrap_or(u32::MAX);
        self.personal.extend(other.personal);
        self.edits.extend(other.edits.into_iter().map(|mut edit| {
            shift(&mut edit, items, values);
            edit
        }));
    }
}

fn shift(edit: &mut Edit, items: u32, values: u32) {
    let shift_given = |given: &mut Given| {
        if let Given::Personal(index) = given {
            *index = index.saturating_add(values);
        }
    };
    let shift_named = |named: &mut super::edit::Named| {
        if named.0.is_none() {
            named.1 = named.1.saturating_add(items);
        }
    };
    match edit {
        Edit::Set { path, to } => {
            path.of.iter_mut().for_each(shift_named);
            shift_given(to);
        }
        Edit::Text { path, .. } => path.of.iter_mut().for_each(shift_named),
        Edit::Splice { path, text, .. } => path.of.iter_mut().chain(text).for_each(shift_named),
        Edit::Add { fields, .. } => fields.values_mut().for_each(shift_given),
        Edit::Remove { item } | Edit::Move { item, .. } => shift_named(item),
    }
}

/// Packs groups, in order, into as few batches as their sizes need.
///
/// # Errors
/// One group alone is over a limit; `what` names it.
pub fn pack(groups: Vec<(String, Batch)>) -> Result<Vec<Batch>, DraftError> {
    let mut batches: Vec<Batch> = Vec::new();
    let (mut facts, mut personal) = (0, 0);
    for (what, group) in groups {
        if group.is_empty() {
            continue;
        }
        if let Err(why) = edit::check(&group.written()) {
            return Err(DraftError::Refused { what, why });
        }
        let (more_facts, more_personal) = group.size();
        let fits = |facts: usize, personal: usize, edits: usize, values: usize| {
            facts <= FACTS_MAX - ROOM
                && personal <= PERSONAL_MAX - ROOM
                && edits <= EDITS_MAX
                && values <= PERSONAL_VALUES_MAX
        };
        if !fits(more_facts, more_personal, group.edits.len(), group.personal.len()) {
            return Err(DraftError::TooBig { what, bytes: more_facts.saturating_add(more_personal) });
        }
        facts += more_facts;
        personal += more_personal;
        match batches.last_mut() {
            Some(last)
                if fits(
                    facts,
                    personal,
                    last.edits.len() + group.edits.len(),
                    last.personal.len() + group.personal.len(),
                ) =>
            {
                last.take_in(group);
            }
            _ => {
                (facts, personal) = (more_facts, more_personal);
                batches.push(group);
            }
        }
    }
    Ok(batches)
}

/// A text in pieces that fit an entry, each with its position in Unicode scalar values.
pub fn pieces(text: &str) -> Vec<(u64, String)> {
    let mut pieces = Vec::new();
    let (mut piece, mut start, mut count) = (String::new(), 0_u64, 0_u64);
    for c in text.chars() {
        if piece.len() + c.len_utf8() > PIECE {
            pieces.push((start, std::mem::take(&mut piece)));
            start = count;
        }
        piece.push(c);
        count += 1;
    }
    pieces.push((start, piece));
    pieces
}
