//! YAML 1.2. Events, depth, anchors and the expansion of aliases have a budget; numbers keep their text
//! by the place where they stand.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Spanned};

use super::{Fault, Most, Node, Tree};
use crate::interchange::Findings;
use crate::limits::MANIFEST_DEPTH_MAX;

pub(in crate::interchange) fn read(text: &str, most: Most, findings: &mut Findings) -> Result<Tree, Fault> {
    let text = without_directives(text);
    match first(&text, most, findings)? {
        Some(first) => tree(first, &text),
        None => Ok(Tree::Nothing),
    }
}

/// The first document of a text.
pub(super) fn first(text: &str, most: Most, findings: &mut Findings) -> Result<Option<Spanned<Node>>, Fault> {
    let documents: Vec<Spanned<Node>> = serde_saphyr::from_multiple_with_options(text, options(most))
        .map_err(|e| {
            let (line, column) = e.location().map_or((1, 1), |at| (at.line(), at.column()));
            Fault { line, column, reason: reason(&e.without_snippet().to_string()) }
        })?;
    let mut documents = documents.into_iter().filter(|d| !matches!(d.value, Node::Nothing));
    let first = documents.next();
    if documents.next().is_some() {
        findings.add("", "The file holds several YAML documents; the first is taken.");
    }
    Ok(first)
}

/// The first line of a v1 manifest, `%Open Know-How Manifest 1.0`, is no legal directive: such lines
/// become comments of the same length, so that places stay.
fn without_directives(text: &str) -> String {
    let is_head = |line: &str| line.trim().is_empty() || line.starts_with(['%', '#']);
    let mut head = true;
    text.split_inclusive('\n')
        .map(|line| {
            head = head && is_head(line);
            let legal = line.starts_with("%YAML") || line.starts_with("%TAG");
            if head && line.starts_with('%') && !legal { line.replacen('%', "#", 1) } else { line.to_owned() }
        })
        .collect()
}

fn options(most: Most) -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: Some(most.bytes),
            max_events: most.values * 2,
            max_nodes: most.values,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_recorded_anchor_events: most.values,
            max_recorded_anchor_bytes: most.bytes,
            max_depth: MANIFEST_DEPTH_MAX,
            flow_nesting_limit: MANIFEST_DEPTH_MAX,
            max_documents: 16,
            max_merge_keys: 100,
            max_total_scalar_bytes: most.bytes,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: most.values,
            max_replay_stack_depth: 8,
        },
        emit_comments: false,
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
    }
}

/// The reason without the place, which is told apart.
fn reason(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let line =
        line.strip_prefix("line ").and_then(|rest| rest.split_once(": ")).map_or(line, |(_, rest)| rest);
    line.split(" at line ").next().unwrap_or(line).trim_end_matches([',', ':', ' ']).to_owned()
}

fn tree(node: Spanned<Node>, text: &str) -> Result<Tree, Fault> {
    let at = node.defined;
    Ok(match node.value {
        Node::Nothing => Tree::Nothing,
        Node::Boolean(value) => Tree::Boolean(value),
        Node::Number(value) => Tree::Number(literal(at, text).unwrap_or(value)),
        Node::Text(value) => Tree::Text(value),
        Node::List(items) => {
            Tree::List(items.into_iter().map(|item| tree(item, text)).collect::<Result<_, _>>()?)
        }
        Node::Map(items) => Tree::Map(
            items
                .into_iter()
                .map(|(name, value)| Ok((key(name, text)?, tree(value, text)?)))
                .collect::<Result<_, _>>()?,
        ),
    })
}

fn key(node: Spanned<Node>, text: &str) -> Result<String, Fault> {
    let at = node.defined;
    match node.value {
        Node::Text(name) => Ok(name),
        Node::Number(name) => Ok(literal(at, text).unwrap_or(name)),
        Node::Boolean(value) => Ok(value.to_string()),
        Node::Nothing => Ok(String::new()),
        Node::List(_) | Node::Map(_) => {
            let reason = "a list or map stands where the name of a field should".to_owned();
            Err(Fault { line: at.line(), column: at.column(), reason })
        }
    }
}

/// The text at a number's place, when it is one.
pub(super) fn literal(at: Location, text: &str) -> Option<String> {
    let start = usize::try_from(at.span().byte_offset()?).ok()?;
    let end = start.checked_add(usize::try_from(at.span().byte_len()?).ok()?)?;
    let literal = text.get(start..end)?.trim();
    let is_number = literal.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    is_number.then(|| literal.to_owned())
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }
    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }
    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Node, D::Error> {
        d.deserialize_any(self)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Boolean(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = map.next_entry()? {
            items.push(item);
        }
        Ok(Node::Map(items))
    }
}
