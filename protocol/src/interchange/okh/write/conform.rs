//! Values that a format has no place for under the name that they came with: kept under another, and found again.

use std::collections::BTreeMap;

use super::{SINGLE_IN_ONE, Version};
use crate::document::value::Value;
use crate::interchange::okh::fields::spelled;

/// What stands behind the name of a field whose value the format has no place for.
const AS_WRITTEN: &str = "-as-written";

/// A field of the old manifest, under another name when the format's field of its name takes no such value.
pub(super) fn conformed(version: Version, name: String, value: Value) -> (String, Value) {
    let value = match (spelled(&name).as_str(), value) {
        ("part", Value::List(parts)) if version == Version::Two => {
            let part = |part: Value| match part {
                Value::Map(fields) => Value::Map(
                    fields.into_iter().map(|(name, value)| conformed(version, name, value)).collect(),
                ),
                other => other,
            };
            Value::List(parts.into_iter().map(part).collect())
        }
        // A list of one is that one, where version 1 has no place for a list.
        (name, Value::List(items)) if version == Version::One && SINGLE_IN_ONE.contains(&name) => {
            match items.as_slice() {
                [one @ Value::Text(_)] => one.clone(),
                _ => Value::List(items),
            }
        }
        (_, value) => value,
    };
    if conforms(version, &spelled(&name), &value) {
        (name, value)
    } else {
        (format!("{name}{AS_WRITTEN}"), value)
    }
}

fn conforms(version: Version, name: &str, value: &Value) -> bool {
    let positive = |value: &Value| match value {
        Value::Integer(n) => *n > 0,
        Value::Decimal(n) => *n > rust_decimal::Decimal::ZERO,
        _ => false,
    };
    let maps = |value: &Value, fits: &dyn Fn(&BTreeMap<String, Value>) -> bool| matches!(value, Value::List(items) if items.iter().all(|item| matches!(item, Value::Map(map) if fits(map))));
    let texts =
        |value: &Value| matches!(value, Value::List(items) if items.iter().all(|i| i.as_text().is_some()));
    match (version, name) {
        (Version::Two, "mass") => positive(value),
        (Version::Two, "outer-dimensions") => match value {
            Value::Map(parts) => {
                let sides = ["width", "depth", "height"];
                parts.len() == 3 && sides.iter().all(|side| parts.get(*side).is_some_and(positive))
            }
            _ => false,
        },
        (Version::Two, "software") => maps(value, &|map| map.contains_key("release")),
        (Version::Two, "license") | (Version::One, "development-stage") => value.as_text().is_some(),
        (Version::One, "keywords") => texts(value),
        (Version::One, name) if SINGLE_IN_ONE.contains(&name) => value.as_text().is_some(),
        (Version::One, "standards-used") => maps(value, &|map| map.contains_key("standard-title")),
        (Version::One, "license" | "derivative-of" | "variant-of") => matches!(value, Value::Map(_)),
        _ => true,
    }
}

/// Fields under their own names again, as they came with a manifest before it was exported.
pub(in crate::interchange::okh) fn restored(fields: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let (renamed, mut fields): (BTreeMap<_, _>, BTreeMap<_, _>) =
        fields.into_iter().partition(|(name, _)| name.len() > AS_WRITTEN.len() && name.ends_with(AS_WRITTEN));
    for (name, value) in renamed {
        let own = name.strip_suffix(AS_WRITTEN).unwrap_or(&name).to_owned();
        fields.entry(if fields.contains_key(&own) { name } else { own }).or_insert(value);
    }
    if let Some(Value::List(parts)) = fields.get_mut("part") {
        for part in parts {
            if let Value::Map(fields) = part {
                *fields = restored(std::mem::take(fields));
            }
        }
    }
    fields
}
