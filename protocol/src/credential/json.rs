//! JSON as it may stand in a credential: read strictly, and written in the one form that is signed.
//!
//! Goals: what two readers could take for different things is refused: a name twice in one object, a number that is no
//! integer or that a double does not hold exactly, `null`. [`Json::canonical`] is the JSON Canonicalization Scheme
//! (RFC 8785).
//!
//! Deliberately absent: numbers with a fraction or an exponent. They are nearly all that is hard in RFC 8785, ours are
//! texts, and without them the scheme is an order of names and an escape of texts: less to read than a dependency is.
//!
//! Invariants: size and depth are bounded before memory is taken; a value that was read and written canonically is read
//! as the same value.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::limits::{CREDENTIAL_DEPTH_MAX, CREDENTIAL_MAX};
use crate::printable;

/// The largest integer that a double holds with all smaller ones (RFC 7493, section 2.2).
const EXACT_MAX: i64 = (1 << 53) - 1;

/// The members of an object. Their order has no meaning.
pub type Object = BTreeMap<String, Json>;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number, of at most 53 bits.
    Integer(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Object),
}

/// Why bytes are not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Over the limit.
    #[error("it has more than {CREDENTIAL_MAX} bytes")]
    TooLarge,
    /// It is no JSON, or says something in a way that is refused.
    #[error("it is not JSON as a credential may be: {0}")]
    Refused(String),
}

impl Json {
    /// Reads one value and nothing after it.
    ///
    /// # Errors
    /// It is too large, no JSON, nested too deeply, names a member twice, or holds a number that is not exact.
    pub fn read(bytes: &[u8]) -> Result<Self, JsonError> {
        if bytes.len() > CREDENTIAL_MAX {
            return Err(JsonError::TooLarge);
        }
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let read = Reading { depth: CREDENTIAL_DEPTH_MAX }.deserialize(&mut reader);
        read.and_then(|json| reader.end().map(|()| json))
            .map_err(|error| JsonError::Refused(printable::one_line(&error.to_string())))
    }

    /// The value in the form of RFC 8785: no blanks, members by the UTF-16 code units of their names.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(value) => out.push_str(&value.to_string()),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                out.push('[');
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => write_object(members, out),
        }
    }

    /// A list of texts.
    pub fn texts<const N: usize>(texts: [&str; N]) -> Self {
        Self::List(texts.map(Self::from).into())
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The members, when it is an object.
    pub fn object(&self) -> Option<&Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The items of a list, or the one value that stands in the place of a list, as JSON-LD allows.
    pub fn items(&self) -> &[Json] {
        if let Self::List(items) = self { items } else { std::slice::from_ref(self) }
    }
}

/// An object in the form of RFC 8785.
pub fn canonical(members: &Object) -> String {
    let mut out = String::new();
    write_object(members, &mut out);
    out
}

fn write_object(members: &Object, out: &mut String) {
    let mut members: Vec<_> = members.iter().collect();
    // Not the order of UTF-8: a name beyond the basic plane comes before one of U+E000 to U+FFFF.
    members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    out.push('{');
    for (n, (name, value)) in members.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        value.write(out);
    }
    out.push('}');
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.extend(["\\u", &hex::encode(u32::from(c).to_be_bytes().split_at(2).1)]),
            c => out.push(c),
        }
    }
    out.push('"');
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<const N: usize> From<[(&str, Json); N]> for Json {
    fn from(members: [(&str, Json); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => s.serialize_bool(*value),
            Self::Integer(value) => s.serialize_i64(*value),
            Self::Text(text) => s.serialize_str(text),
            Self::List(items) => s.collect_seq(items),
            Self::Object(members) => s.collect_map(members),
        }
    }
}

/// Reads a value in which there may be so many levels more.
#[derive(Clone, Copy)]
struct Reading {
    depth: usize,
}

impl Reading {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1);
        let depth = depth.ok_or_else(|| E::custom(format!("more than {CREDENTIAL_DEPTH_MAX} levels")))?;
        Ok(Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Reading {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Json, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, true, false, a list or an object")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        if (-EXACT_MAX..=EXACT_MAX).contains(&value) {
            Ok(Json::Integer(value))
        } else {
            Err(E::custom("a number has too many digits to mean the same everywhere"))
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let (deeper, mut items) = (self.deeper()?, Vec::new());
        while let Some(item) = list.next_element_seed(deeper)? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let (deeper, mut members) = (self.deeper()?, Object::new());
        while let Some(name) = map.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format!("\"{}\" is said twice", printable::shown(&name))));
            }
            members.insert(name, map.next_value_seed(deeper)?);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        Json::read(text.as_bytes()).unwrap().canonical()
    }

    fn refused(text: &str, says: &str) {
        let said = Json::read(text.as_bytes()).unwrap_err().to_string();
        assert!(said.contains(says), "{text}: {said}");
    }

    /// RFC 8785, section 3.2.3; the members are sorted as they are there.
    #[test]
    fn members_are_in_the_order_of_utf_16() {
        let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
            "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let values: Vec<_> = [
            "Carriage Return",
            "One",
            "Control",
            "Latin Small Letter O With Diaeresis",
            "Euro Sign",
            "Emoji: Grinning Face",
            "Hebrew Letter Dalet With Dagesh",
        ]
        .map(|value| canonical(text).find(value).unwrap())
        .into();
        assert!(values.is_sorted(), "{values:?}");
    }

    /// RFC 8785, section 3.2.2, without its numbers.
    #[test]
    fn texts_are_escaped_as_little_as_can_be() {
        let text = r#"{ "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [true, false], "n": [0, -7] }"#;
        let expected =
            "{\"literals\":[true,false],\"n\":[0,-7],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(canonical(text), expected);
        assert_eq!(canonical("\"\\b\\f\\t\\u001f\\u007f\""), "\"\\b\\f\\t\\u001f\u{7f}\"");
        assert_eq!(canonical(expected), expected);
    }

    #[test]
    fn what_may_mean_two_things_is_refused() {
        refused(r#"{"a":1,"b":{"c":1,"\u0063":2}}"#, "\"c\" is said twice");
        refused("[1.0]", "floating point");
        refused("[1e2]", "floating point");
        refused("[-0]", "floating point");
        refused("[9007199254740992]", "too many digits");
        refused("[18446744073709551615]", "too many digits");
        refused("[null]", "null");
        refused(r#"["\ud800"]"#, "hex escape");
        refused("[] []", "trailing");
        refused("[\"a", "EOF");
        assert_eq!(canonical("[9007199254740991]"), "[9007199254740991]");
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(Json::read(nested(CREDENTIAL_DEPTH_MAX).as_bytes()).is_ok());
        refused(&nested(CREDENTIAL_DEPTH_MAX + 1), "more than 24 levels");
        refused(&nested(60_000), "more than 24 levels");
        let long = |n: usize| format!("\"{}\"", "a".repeat(n));
        assert!(Json::read(long(CREDENTIAL_MAX - 2).as_bytes()).is_ok());
        assert_eq!(Json::read(long(CREDENTIAL_MAX).as_bytes()), Err(JsonError::TooLarge));
    }
}
