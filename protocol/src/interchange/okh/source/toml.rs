//! TOML. The parser bounds depth by itself, and is linear; numbers keep their text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Fault, Tree, place, too_deep};
use crate::limits::MANIFEST_DEPTH_MAX;

pub(super) fn read(text: &str) -> Result<Tree, Fault> {
    let table = DeTable::parse(text).map_err(|e| {
        let (line, column) = place(text, e.span().map_or(0, |span| span.start));
        Fault { line, column, reason: e.message().to_owned() }
    })?;
    map(table.into_inner(), 0).map_err(|at| {
        let (line, column) = place(text, at);
        Fault { line, column, reason: too_deep() }
    })
}

/// The tree, or the byte where it goes too deep.
fn tree(value: Spanned<DeValue<'_>>, depth: usize) -> Result<Tree, usize> {
    if depth > MANIFEST_DEPTH_MAX {
        return Err(value.span().start);
    }
    Ok(match value.into_inner() {
        DeValue::String(text) => Tree::Text(text.into_owned()),
        DeValue::Integer(n) => Tree::Number(n.to_string()),
        DeValue::Float(n) => Tree::Number(n.as_str().to_owned()),
        DeValue::Boolean(value) => Tree::Boolean(value),
        DeValue::Datetime(at) => Tree::Text(at.to_string()),
        DeValue::Array(items) => {
            Tree::List(items.into_iter().map(|item| tree(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => map(table, depth)?,
    })
}

fn map(table: DeTable<'_>, depth: usize) -> Result<Tree, usize> {
    let items = table
        .into_iter()
        .map(|(name, value)| Ok((name.into_inner().into_owned(), tree(value, depth + 1)?)))
        .collect::<Result<_, usize>>()?;
    Ok(Tree::Map(items))
}
