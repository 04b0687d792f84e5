//! A map: which column of a table is what, as TOML.
//!
//! ```toml
//! person = "Name"             # the column with who did it
//! quantity = "Time"           # the column with how much: "1,5 h", or a number with the unit below
//! unit = "h"                  # the unit of plain numbers
//! happened = "Date"           # the column with when: 2026-11-21, a time, or as `dates` says
//! dates = "day-first"         # 21/11/2026; "month-first" reads 11/21/2026
//! action = "work"             # what was done, the same for all rows …
//! action-column = "What"      # … or a column with it
//! resource = "Machine"        # columns that may be left out
//! role = "Role"
//! note = "Remark"
//! key = ["Date", "Name"]      # the columns that name a row; all of them when left out
//! ```

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Claim, Keyed, Row, check_name, key, short, time};
use crate::id::SourceHash;
use crate::limits;
use crate::quantity::Quantity;
use crate::record::contribution::{ACTIONS, Happened, ROLES};

/// How days are written that are not written as 2026-11-21.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dates {
    /// 21/11/2026, 21.11.2026.
    DayFirst,
    /// 11/21/2026.
    MonthFirst,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Map {
    person: String,
    quantity: Option<String>,
    unit: Option<String>,
    happened: Option<String>,
    dates: Option<Dates>,
    action: Option<String>,
    action_column: Option<String>,
    resource: Option<String>,
    role: Option<String>,
    note: Option<String>,
    key: Option<Vec<String>>,
}

/// A text that is no map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Not TOML, or a field that a map has not.
    #[error("{0}")]
    Form(String),
    /// A word that the ledger doesn't know.
    #[error("{0}")]
    Word(String),
}

impl std::str::FromStr for Map {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        if text.len() > limits::DRAFT_TEXT_MAX {
            return Err(MapError::Form("a map is shorter".to_owned()));
        }
        let map: Self = toml::from_str(text).map_err(|error| MapError::Form(error.message().to_owned()))?;
        if let Some(action) = map.action.as_deref().filter(|action| !is_action(action)) {
            return Err(MapError::Word(format!("\"{}\" is no action of the ledger", short(action))));
        }
        if let Some(word) = map.unit.as_deref().filter(|word| unit_of(word).is_none()) {
            return Err(MapError::Word(format!("\"{}\" is no unit that is known", short(word))));
        }
        if map.quantity.is_none() && map.unit.is_none() {
            return Err(MapError::Word(
                "a map without a quantity says by its unit what a row is one of".to_owned(),
            ));
        }
        Ok(map)
    }
}

fn is_action(action: &str) -> bool {
    ACTIONS.iter().any(|(known, _)| *known == action)
}

fn unit_of(word: &str) -> Option<String> {
    Quantity::written(&format!("1 {word}")).ok().map(|quantity| quantity.unit)
}

/// A map with the places of its columns.
pub(super) struct Columns {
    map: Map,
    person: usize,
    quantity: Option<usize>,
    happened: Option<usize>,
    action: Option<usize>,
    resource: Option<usize>,
    role: Option<usize>,
    note: Option<usize>,
    key: Option<Vec<usize>>,
}

impl Map {
    /// Where its columns are.
    ///
    /// # Errors
    /// The first one that is nowhere.
    pub(super) fn plan(&self, columns: &HashMap<&str, usize>) -> Result<Columns, String> {
        let at = |name: &String| columns.get(name.trim()).copied().ok_or_else(|| name.clone());
        let some = |name: &Option<String>| name.as_ref().map(at).transpose();
        Ok(Columns {
            map: self.clone(),
            person: at(&self.person)?,
            quantity: some(&self.quantity)?,
            happened: some(&self.happened)?,
            action: some(&self.action_column)?,
            resource: some(&self.resource)?,
            role: some(&self.role)?,
            note: some(&self.note)?,
            key: self.key.as_ref().map(|names| names.iter().map(at).collect()).transpose()?,
        })
    }
}

impl Columns {
    pub(super) fn claim(&self, row: &Row<'_>) -> Result<Keyed, String> {
        let cell =
            |column: Option<usize>| column.map(|column| row.cell(column)).filter(|text| !text.is_empty());
        let person = row.cell(self.person);
        check_name(person)?;
        let action = cell(self.action).or(self.map.action.as_deref()).unwrap_or("work");
        if !is_action(action) {
            return Err(format!("\"{}\" is no action of the ledger", short(action)));
        }
        let role = cell(self.role).map(str::to_lowercase);
        if let Some(role) = role.as_deref().filter(|role| !ROLES.contains(role)) {
            return Err(format!("\"{}\" is no role of the ledger", short(role)));
        }
        let resource = cell(self.resource);
        if resource
            .is_some_and(|name| name.len() > limits::RESOURCE_MAX || name.chars().any(char::is_control))
        {
            return Err(format!("the resource is not one line of at most {} bytes", limits::RESOURCE_MAX));
        }
        let note = cell(self.note);
        if note.is_some_and(|note| note.len() > limits::NOTE_MAX) {
            return Err(format!("the note has more than {} bytes", limits::NOTE_MAX));
        }
        let happened = match cell(self.happened) {
            Some(text) => {
                let at = time(text).or_else(|| self.map.dates.and_then(|dates| day(text, dates)));
                let at = at.ok_or_else(|| format!("no day or time can be read in \"{}\"", short(text)))?;
                Some(Happened::At(at))
            }
            None => None,
        };
        let claim = Claim {
            line: row.line,
            source: SourceHash([0; 32]),
            person: person.to_owned(),
            action: action.to_owned(),
            quantity: self.quantity(cell(self.quantity))?,
            resource: resource.map(str::to_owned),
            role,
            happened,
            note: note.map(str::to_owned),
            evidence: Vec::new(),
        };
        let named: Vec<&str> = match &self.key {
            Some(columns) => columns.iter().map(|column| row.cell(*column)).collect(),
            None => row.cells.iter().map(str::trim).collect(),
        };
        Ok((key(["row", action, person].into_iter().chain(named)), claim))
    }

    fn quantity(&self, text: Option<&str>) -> Result<Quantity, String> {
        let unit = self.map.unit.as_deref().and_then(unit_of);
        match (text, unit) {
            (None, Some(unit)) if self.quantity.is_none() => Ok(Quantity { amount: Decimal::ONE, unit }),
            (None, _) => Err("the row does not say how much".to_owned()),
            (Some(text), unit) => Quantity::written(text)
                .or_else(|error| match unit {
                    Some(unit) => Quantity::written(&format!("{text} {unit}")),
                    None => Err(error),
                })
                .map_err(|error| error.to_string()),
        }
    }
}

/// `21/11/2026` or `21.11.2026`, in ms since 1970.
fn day(text: &str, dates: Dates) -> Option<u64> {
    let mut parts = text.split(['/', '.', '-']).map(str::trim);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || first.len() > 2 || second.len() > 2 {
        return None;
    }
    let (day, month) = if dates == Dates::DayFirst { (first, second) } else { (second, first) };
    time(&format!("{year}-{month:0>2}-{day:0>2}"))
}
