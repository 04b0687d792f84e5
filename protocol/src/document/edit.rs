//! Edits: how a change to a document travels.
//!
//! Invariants: an edit names fields by path, items and texts by the edit that made them, and only
//! the characters of a text by position, counted in Unicode scalar values at the entry's `deps`.
//! A kind of edit that this version doesn't know is kept as it is, so that its entry still decodes.

use std::collections::BTreeMap;

use ipld_core::ipld::Ipld;
use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ItemId;
use super::value::Value;
use crate::canonical::{self, CanonicalError};
use crate::id::{EntryId, FileHash, MembershipId};
use crate::limits::{
    EDITS_MAX, FACTS_MAX, PATH_NAME_MAX, PATH_NAMES_MAX, PERSONAL_MAX, PERSONAL_VALUES_MAX, VALUE_DEPTH_MAX,
};
use crate::quantity::Quantity;

/// Facts or a personal part of a document's entry that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// Not the canonical form.
    #[error("the facts of the document entry cannot be read: {0}")]
    Canonical(#[from] CanonicalError),
    /// Something is longer, deeper or more than its limit.
    #[error("the document entry has {what} of {is}, above the limit of {limit}")]
    Limit {
        /// What is too big.
        what: &'static str,
        /// How big it is, at least.
        is: usize,
        /// How big it may be.
        limit: usize,
    },
    /// A path or a list has no name, or an empty one.
    #[error("the document entry names a field or a list by an empty name")]
    Unnamed,
}

/// An item or a text as an edit names it: the entry that made it, or none for the edit's own entry,
/// whose id isn't known yet when it is written; and the index of the edit there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named(pub Option<EntryId>, pub u32);

impl Named {
    /// What it names when it stands in this entry.
    pub fn within(self, entry: EntryId) -> ItemId {
        ItemId { entry: self.0.unwrap_or(entry), edit: self.1 }
    }
}

impl From<ItemId> for Named {
    fn from(id: ItemId) -> Self {
        Self(Some(id.entry), id.edit)
    }
}

/// Where a field lies: in the document itself or in one of its items, under these names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// The item, when it is a field of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Named>,
    /// The field's names, outermost first.
    pub name: Vec<String>,
}

impl Path {
    /// A field of the document itself.
    pub fn root<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self { of: None, name: names.into_iter().map(Into::into).collect() }
    }

    /// A field of an item.
    pub fn of(item: impl Into<Named>, name: &str) -> Self {
        Self { of: Some(item.into()), name: vec![name.to_owned()] }
    }
}

/// What a register is set to. On the wire a value's own one-key map, or `{personal: index}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A value that is never redacted.
    Value(Value),
    /// A value of the entry's personal part, by its index there.
    Personal(u32),
}

impl From<Value> for Given {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

#[derive(Serialize)]
struct PersonalIndex {
    personal: u32,
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Given::Value(value) => value.serialize(s),
            Given::Personal(personal) => PersonalIndex { personal: *personal }.serialize(s),
        }
    }
}

/// The forms of a value, and one more.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Nothing,
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Text(String),
    Quantity(Quantity),
    File(FileHash),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    Personal(u32),
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Given::Value(match Form::deserialize(d)? {
            Form::Personal(index) => return Ok(Given::Personal(index)),
            Form::Nothing => Value::Nothing,
            Form::Boolean(value) => Value::Boolean(value),
            Form::Integer(value) => Value::Integer(value),
            Form::Decimal(value) => Value::Decimal(value),
            Form::Text(value) => Value::Text(value),
            Form::Quantity(value) => Value::Quantity(value),
            Form::File(value) => Value::File(value),
            Form::List(value) => Value::List(value),
            Form::Map(value) => Value::Map(value),
        }))
    }
}

/// One change to a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Edit {
    /// Sets the register at a path.
    Set {
        /// The field.
        path: Path,
        /// Its new value.
        to: Given,
    },
    /// Makes a collaborative text and sets the register at a path to it.
    Text {
        /// The field.
        path: Path,
        /// The text's first content.
        insert: String,
    },
    /// Changes characters of the text that stands at a path.
    Splice {
        /// The field.
        path: Path,
        /// Which text, when concurrent writers made several there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Named>,
        /// Where, in Unicode scalar values at the entry's `deps`.
        at: u64,
        /// How many Unicode scalar values go.
        delete: u64,
        /// What comes.
        insert: String,
    },
    /// Adds an item to a list.
    Add {
        /// The list.
        list: String,
        /// Its order key, see [`super::order`].
        order: String,
        /// Its first fields, each of one name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, Given>,
    },
    /// Removes an item.
    Remove {
        /// The item.
        item: Named,
    },
    /// Moves an item.
    Move {
        /// The item.
        item: Named,
        /// Its new order key.
        order: String,
    },
}

/// An edit as it travels.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// One that this version knows.
    Known(Edit),
    /// Of a newer schema: kept, never applied.
    Unknown(Ipld),
}

impl From<Edit> for Written {
    fn from(edit: Edit) -> Self {
        Self::Known(edit)
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Written::Known(edit) => edit.serialize(s),
            Written::Unknown(form) => form.serialize(s),
        }
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let form = Ipld::deserialize(d)?;
        // By its bytes, not by `from_ipld`: that one's errors print the whole value, with indentation, and
        // what a peer nests deeply takes seconds to print.
        let bytes = canonical::encode(&form).map_err(D::Error::custom)?;
        Ok(serde_ipld_dagcbor::from_slice(&bytes).map_or(Written::Unknown(form), Written::Known))
    }
}

/// The facts of `document/create`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateFacts {
    /// The membership that its author acts under.
    pub under: MembershipId,
    /// What the document is: `design`.
    pub kind: String,
    /// The version of that kind's schema that the author's software knew.
    pub schema: u64,
    /// The first edits.
    pub edits: Vec<Written>,
}

/// The facts of `document/edit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditFacts {
    /// The edits, in order.
    pub edits: Vec<Written>,
}

/// The personal part of a document's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalPart {
    /// 16 random bytes, so that a hash doesn't give away a short value.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
    /// The values that edits name by index.
    pub values: Vec<Value>,
}

impl CreateFacts {
    /// The facts in these bytes.
    ///
    /// # Errors
    /// They are not canonical, of another shape, or over a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, FactsError> {
        let facts: Self = bounded(bytes, "facts", FACTS_MAX)?;
        within("a document kind", facts.kind.len(), crate::limits::KIND_MAX)?;
        check(&facts.edits)?;
        Ok(facts)
    }
}

impl EditFacts {
    /// The facts in these bytes.
    ///
    /// # Errors
    /// They are not canonical, of another shape, or over a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, FactsError> {
        let facts: Self = bounded(bytes, "facts", FACTS_MAX)?;
        check(&facts.edits)?;
        Ok(facts)
    }
}

impl PersonalPart {
    /// The personal part in these bytes.
    ///
    /// # Errors
    /// They are not canonical, of another shape, or over a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, FactsError> {
        let part: Self = bounded(bytes, "a personal part", PERSONAL_MAX)?;
        within("a number of personal values", part.values.len(), PERSONAL_VALUES_MAX)?;
        part.values.iter().try_for_each(shallow)?;
        Ok(part)
    }
}

fn bounded<T: Serialize + DeserializeOwned>(
    bytes: &[u8],
    what: &'static str,
    limit: usize,
) -> Result<T, FactsError> {
    within(what, bytes.len(), limit)?;
    Ok(canonical::decode(bytes)?)
}

fn within(what: &'static str, is: usize, limit: usize) -> Result<(), FactsError> {
    if is > limit { Err(FactsError::Limit { what, is, limit }) } else { Ok(()) }
}

/// Whether edits are within the limits of their structure.
///
/// # Errors
/// Something is longer, deeper or more than its limit, or has no name.
pub fn check(edits: &[Written]) -> Result<(), FactsError> {
    within("a number of edits", edits.len(), EDITS_MAX)?;
    for edit in edits {
        match edit {
            Written::Known(Edit::Set { path, to }) => {
                check_path(path)?;
                check_given(to)?;
            }
            Written::Known(Edit::Text { path, .. } | Edit::Splice { path, .. }) => check_path(path)?,
            Written::Known(Edit::Add { list, fields, .. }) => {
                check_name(list)?;
                for (name, to) in fields {
                    check_name(name)?;
                    check_given(to)?;
                }
            }
            Written::Known(Edit::Remove { .. } | Edit::Move { .. }) | Written::Unknown(_) => {}
        }
    }
    Ok(())
}

fn check_path(path: &Path) -> Result<(), FactsError> {
    within("a path", path.name.len(), PATH_NAMES_MAX)?;
    if path.name.is_empty() {
        return Err(FactsError::Unnamed);
    }
    path.name.iter().try_for_each(|name| check_name(name))
}

fn check_name(name: &str) -> Result<(), FactsError> {
    if name.is_empty() {
        return Err(FactsError::Unnamed);
    }
    within("a name", name.len(), PATH_NAME_MAX)
}

fn check_given(given: &Given) -> Result<(), FactsError> {
    if let Given::Value(value) = given { shallow(value) } else { Ok(()) }
}

fn shallow(value: &Value) -> Result<(), FactsError> {
    within("a value's depth", value.depth(VALUE_DEPTH_MAX + 1), VALUE_DEPTH_MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn title(value: Value) -> Written {
        Edit::Set { path: Path::root(["title"]), to: value.into() }.into()
    }

    fn facts(edits: Vec<Written>) -> Vec<u8> {
        canonical::encode(&EditFacts { edits }).unwrap()
    }

    #[test]
    fn every_kind_of_edit_is_read_back_as_written() {
        let item = Named(Some(EntryId::of(b"entry")), 3);
        let edits: Vec<Written> = vec![
            title(Value::Nothing),
            title("Pump".into()),
            Edit::Set { path: Path::of(Named(None, 0), "name"), to: Given::Personal(7) }.into(),
            Edit::Text { path: Path::root(["description"]), insert: "é".into() }.into(),
            Edit::Splice {
                path: Path::root(["description"]),
                text: Some(item),
                at: u64::MAX,
                delete: u64::MAX,
                insert: String::new(),
            }
            .into(),
            Edit::Add {
                list: "bom".into(),
                order: "a0".into(),
                fields: BTreeMap::from([
                    ("quantity".into(), Value::Quantity("2 {piece}".parse().unwrap()).into()),
                    ("file".into(), Value::File(crate::id::FileHash::of(b"x")).into()),
                    ("name".into(), Given::Personal(0)),
                ]),
            }
            .into(),
            Edit::Remove { item }.into(),
            Edit::Move { item, order: "a1".into() }.into(),
        ];
        assert_eq!(EditFacts::decode(&facts(edits.clone())).unwrap().edits, edits);
    }

    #[test]
    fn an_edit_of_a_newer_schema_is_kept_as_it_is() {
        let newer = Ipld::Map(BTreeMap::from([("rotate".to_owned(), Ipld::Integer(90))]));
        let wider = Ipld::Map(BTreeMap::from([(
            "remove".to_owned(),
            Ipld::Map(BTreeMap::from([("why".to_owned(), Ipld::String("worn".into()))])),
        )]));
        let edits = vec![Written::Unknown(newer), Written::Unknown(wider)];
        assert_eq!(EditFacts::decode(&facts(edits.clone())).unwrap().edits, edits);
    }

    #[test]
    fn what_is_over_a_limit_is_refused() {
        let mut deep = Value::Nothing;
        for _ in 0..=VALUE_DEPTH_MAX {
            deep = Value::List(vec![deep]);
        }
        assert!(matches!(EditFacts::decode(&facts(vec![title(deep)])), Err(FactsError::Limit { .. })));
        let long = Edit::Set { path: Path::root(["x".repeat(PATH_NAME_MAX + 1)]), to: Value::Nothing.into() };
        assert!(matches!(EditFacts::decode(&facts(vec![long.into()])), Err(FactsError::Limit { .. })));
        let empty = Edit::Set { path: Path { of: None, name: vec![] }, to: Value::Nothing.into() };
        assert_eq!(EditFacts::decode(&facts(vec![empty.into()])), Err(FactsError::Unnamed));
        let remove: Written = Edit::Remove { item: Named(None, 0) }.into();
        let many = vec![remove; EDITS_MAX + 1];
        assert!(matches!(EditFacts::decode(&facts(many)), Err(FactsError::Limit { .. })));
    }

    #[test]
    fn facts_in_another_encoding_of_the_same_edits_are_refused() {
        let bytes = facts(vec![]);
        assert_eq!(hex::encode(&bytes), "a165656469747380");
        let longer_length = hex::decode("a17805656469747380").unwrap();
        assert!(matches!(EditFacts::decode(&longer_length), Err(FactsError::Canonical(_))));
        let another_field = hex::decode("a2616101656564697473 80".replace(' ', "")).unwrap();
        assert!(matches!(EditFacts::decode(&another_field), Err(FactsError::Canonical(_))));
    }

    #[test]
    fn a_personal_part_begins_with_its_random_bytes() {
        let part = PersonalPart { nonce: [9; 16], values: vec!["Maker A".into()] };
        let bytes = canonical::encode(&part).unwrap();
        assert_eq!(bytes.get(..8).unwrap(), b"\xa2\x65nonce\x50");
        assert_eq!(PersonalPart::decode(&bytes).unwrap(), part);
    }
}
