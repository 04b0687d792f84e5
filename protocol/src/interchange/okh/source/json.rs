//! JSON. Each level is taken as raw text and then read, so that numbers keep theirs; the first pass
//! checks all of the syntax.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Fault, Tree, place, too_deep};
use crate::limits::MANIFEST_DEPTH_MAX;

pub(in crate::interchange) fn read(text: &str) -> Result<Tree, Fault> {
    let fault = |e: &serde_json::Error, text: &str, at: usize| {
        // A fault found in an inner text counts from where that text begins.
        let (line, column) = place(text, at);
        let (line, column) = match (e.line() as u64).saturating_sub(1) {
            0 => (line, column + (e.column() as u64).saturating_sub(1)),
            lines => (line + lines, e.column() as u64),
        };
        let reason = e.to_string();
        Fault { line, column, reason: reason.split(" at line ").next().unwrap_or_default().to_owned() }
    };
    let raw: &RawValue = serde_json::from_str(text).map_err(|e| fault(&e, text, 0))?;
    tree(raw, 0).map_err(|(inner, e)| {
        let at = (inner.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        if let Some(e) = e {
            return fault(&e, text, at);
        }
        let (line, column) = place(text, at);
        Fault { line, column, reason: too_deep() }
    })
}

/// A map's pairs in order, repeated keys kept.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct PairsVisitor;
        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        d.deserialize_map(PairsVisitor)
    }
}

/// The tree; or the text that is at fault with the reason, or with none when it lies too deep.
fn tree(raw: &RawValue, depth: usize) -> Result<Tree, (&str, Option<serde_json::Error>)> {
    let text = raw.get();
    if depth > MANIFEST_DEPTH_MAX {
        return Err((text, None));
    }
    let fault = |e| (text, Some(e));
    Ok(match text.bytes().next() {
        Some(b'{') => Tree::Map(
            serde_json::from_str::<Pairs<'_>>(text)
                .map_err(fault)?
                .0
                .into_iter()
                .map(|(name, value)| Ok((name, tree(value, depth + 1)?)))
                .collect::<Result<_, _>>()?,
        ),
        Some(b'[') => Tree::List(
            serde_json::from_str::<Vec<&RawValue>>(text)
                .map_err(fault)?
                .into_iter()
                .map(|item| tree(item, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        Some(b'"') => Tree::Text(serde_json::from_str(text).map_err(fault)?),
        Some(b't') => Tree::Boolean(true),
        Some(b'f') => Tree::Boolean(false),
        Some(b'n') | None => Tree::Nothing,
        Some(_) => Tree::Number(text.to_owned()),
    })
}
