//! Which column of a table says what, and a row by them.

use std::collections::BTreeMap;

use super::amount;
use crate::document::draft::DraftPart;
use crate::document::value::Value;
use crate::limits::FIELD_NAME_MAX;
use crate::printable::shown;
use crate::quantity::Quantity;

/// What a column is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Names the part; the lowest rank that holds names is taken.
    Part(u8),
    Quantity,
    Unit,
    Reference,
    Note,
    Other,
}

/// The usual names. A note may name the part (rank 6) when nothing else does, as on assembly services'
/// tables.
fn meaning(header: &str) -> Meaning {
    match words(header).as_str() {
        "part" | "parts" | "part name" | "name" | "component" | "components" | "component name"
        | "material" | "bezeichnung" | "benennung" | "teil" | "bauteil" | "artikel" | "désignation"
        | "designation" | "nom" | "pièce" | "piece" | "composant" | "article" | "naam" | "onderdeel"
        | "benaming" | "label" | "title" => Meaning::Part(1),
        "value" | "val" | "values" | "wert" | "valeur" | "waarde" => Meaning::Part(2),
        "description" | "desc" | "beschreibung" | "omschrijving" | "libellé" | "part description" => {
            Meaning::Part(3)
        }
        "item" | "items" | "object" => Meaning::Part(4),
        "part number"
        | "partnumber"
        | "part no"
        | "part nr"
        | "mpn"
        | "manufacturer part number"
        | "mfr part" => Meaning::Part(5),
        "qty" | "quantity" | "quantities" | "quant" | "count" | "amount" | "no of" | "number of" | "pcs"
        | "pieces" | "needed" | "menge" | "anzahl" | "stück" | "stückzahl" | "quantité" | "quantite"
        | "qté" | "qte" | "nombre" | "aantal" | "hoeveelheid" | "total qty" | "total quantity" => {
            Meaning::Quantity
        }
        "unit" | "units" | "uom" | "einheit" | "unité" | "unite" | "eenheid" | "unit of measure" => {
            Meaning::Unit
        }
        "reference"
        | "references"
        | "ref"
        | "refs"
        | "reference designator"
        | "reference designators"
        | "refdes"
        | "designator"
        | "designators"
        | "referenz"
        | "referenzen"
        | "repère"
        | "repere"
        | "référence"
        | "références"
        | "referentie" => Meaning::Reference,
        "note" | "notes" | "comment" | "comments" | "remark" | "remarks" | "bemerkung" | "bemerkungen"
        | "kommentar" | "remarque" | "remarques" | "commentaire" | "opmerking" | "opmerkingen" => {
            Meaning::Note
        }
        name if name.starts_with("quantity ") || name.starts_with("qty ") => Meaning::Quantity,
        _ => Meaning::Other,
    }
}

/// A header in lower case, its words with one blank between; `Reference(s)` is `references`.
fn words(header: &str) -> String {
    let header = header.to_lowercase().replace("(s)", "s");
    header.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a row names columns: one that names the part and another that is known, or the part and a
/// further one when the table has just those.
pub(super) fn is_header(cells: &[String]) -> bool {
    let known: Vec<Meaning> = cells.iter().map(|c| meaning(c)).filter(|m| *m != Meaning::Other).collect();
    let names = |m: &Meaning| matches!(m, Meaning::Part(_) | Meaning::Note);
    known.len() >= 2 && known.iter().any(names)
}

/// A part, with what should be said about it.
pub(super) struct Taken {
    pub(super) part: DraftPart,
    pub(super) remarks: Vec<String>,
}

/// The columns of one table.
pub(super) struct Columns {
    /// Columns that may name the part, best first.
    parts: Vec<usize>,
    quantity: Option<usize>,
    unit: Option<usize>,
    reference: Option<usize>,
    note: Option<usize>,
    /// Names under which other columns are kept.
    names: Vec<String>,
}

impl Columns {
    /// By the header and what stands below: a column of bare row numbers names no part, and `units` that
    /// are all numbers are quantities.
    pub(super) fn of(header: &[String], rows: &[&[String]]) -> Self {
        let meanings: Vec<Meaning> = header.iter().map(|h| meaning(h)).collect();
        let all_numbers = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.get(at)).filter(|c| !c.is_empty());
            let (count, numbers) = cells.fold((0, 0), |(count, numbers), cell| {
                (count + 1, numbers + usize::from(cell.chars().all(|c| c.is_ascii_digit())))
            });
            count > 0 && count == numbers
        };
        let first = |wanted: Meaning| meanings.iter().position(|m| *m == wanted);
        let mut parts: Vec<(u8, usize)> = meanings
            .iter()
            .enumerate()
            .filter_map(|(at, m)| match m {
                Meaning::Part(2) => Some((2, at)),
                Meaning::Part(rank) if !all_numbers(at) => Some((*rank, at)),
                _ => None,
            })
            .collect();
        parts.sort_unstable();
        let mut note = first(Meaning::Note);
        if parts.is_empty()
            && let Some(at) = note.take()
        {
            parts.push((6, at));
        }
        let mut quantity = first(Meaning::Quantity);
        let mut unit = first(Meaning::Unit);
        if quantity.is_none()
            && let Some(at) = unit
            && all_numbers(at)
        {
            quantity = unit.take();
        }
        Self {
            parts: parts.into_iter().map(|(_, at)| at).collect(),
            quantity,
            unit,
            reference: first(Meaning::Reference),
            note,
            names: names(header),
        }
    }

    /// Whether quantities are to be counted from designators.
    pub(super) fn counts_references(&self) -> bool {
        self.quantity.is_none() && self.reference.is_some()
    }

    /// The part in a row, or why it is none.
    pub(super) fn part(&self, cells: &[String]) -> Result<Taken, &'static str> {
        let cell = |at: usize| cells.get(at).map(String::as_str).filter(|c| !c.is_empty());
        let filled = cells.iter().filter(|c| !c.is_empty()).count();
        let Some((named, part)) =
            self.parts.iter().copied().chain(self.reference).find_map(|at| Some((at, cell(at)?)))
        else {
            return Err("names no part");
        };
        if let Some(at) = self.quantity
            && cell(at).is_none()
        {
            if sums_up(part) {
                return Err("sums up or comments on others");
            }
            if filled == 1 && self.names.len() > 2 {
                return Err("has only a text and no quantity");
            }
        }
        let mut remarks = Vec::new();
        let unit = self.unit.and_then(cell);
        let written = self.quantity.and_then(cell);
        let reference = self.reference.filter(|at| *at != named).and_then(cell);
        let quantity = match (written, reference) {
            (Some(written), _) => amount::read(written, unit),
            (None, Some(reference)) if self.counts_references() => count(reference),
            _ => None,
        };
        if let (Some(written), None) = (written, &quantity) {
            remarks.push(format!("\"{}\" is not an exact quantity; it is kept as text", shown(written)));
        }
        let placed = |at: usize| {
            at == named
                || (Some(at) == self.quantity || Some(at) == self.unit) && quantity.is_some()
                || Some(at) == self.reference
                || Some(at) == self.note
        };
        let unknown: BTreeMap<String, Value> = cells
            .iter()
            .enumerate()
            .filter(|(at, text)| !text.is_empty() && !placed(*at))
            .map(|(at, text)| {
                let name = self.names.get(at).cloned().unwrap_or_else(|| format!("column {}", at + 1));
                (beside_known(name), Value::Text(text.clone()))
            })
            .collect();
        let part = DraftPart {
            part: part.to_owned(),
            quantity,
            reference: reference.map(str::to_owned),
            note: self.note.and_then(cell).map(str::to_owned),
            unknown,
        };
        Ok(Taken { part, remarks })
    }
}

/// A name under which a column can be kept beside the fields that a line always has, which would hide it.
fn beside_known(name: String) -> String {
    if matches!(name.as_str(), "part" | "quantity" | "reference" | "note") {
        name + " (as written)"
    } else {
        name
    }
}

/// Names of columns, none twice and none empty.
fn names(header: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, name) in header.iter().enumerate() {
        let name = if name.is_empty() || name.len() > FIELD_NAME_MAX - 8 {
            format!("column {}", at + 1)
        } else {
            name.clone()
        };
        let mut own = name.clone();
        let mut times = 1;
        while names.contains(&own) {
            times += 1;
            own = format!("{name} ({times})");
        }
        names.push(own);
    }
    names
}

/// Rows below or between parts, by their first word.
fn sums_up(text: &str) -> bool {
    let words = words(text);
    let first = words.split(' ').next().unwrap_or_default();
    matches!(
        first,
        "total"
            | "totals"
            | "subtotal"
            | "sum"
            | "summe"
            | "gesamt"
            | "totaal"
            | "somme"
            | "note"
            | "notes"
            | "nb"
    )
}

/// How many designators there are: `R1, R2 R3`. A range such as `R1-R4` is not counted.
fn count(reference: &str) -> Option<Quantity> {
    let names: Vec<&str> = reference
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|n| !n.is_empty())
        .collect();
    let plain = |n: &&str| {
        n.starts_with(|c: char| c.is_alphabetic()) && n.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    (!names.is_empty() && names.iter().all(plain))
        .then(|| format!("{} {{piece}}", names.len()).parse().ok())
        .flatten()
}

/// The part in a manifest's map, its names taken as headers.
pub(super) fn part_of(cells: &BTreeMap<String, Value>) -> Result<Taken, &'static str> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.trim().to_owned()),
        Value::Integer(n) => Some(n.to_string()),
        Value::Decimal(n) => Some(n.to_string()),
        _ => None,
    };
    let plain: Vec<(&String, String)> = cells.iter().filter_map(|(name, v)| Some((name, text(v)?))).collect();
    let header: Vec<String> = plain.iter().map(|(name, _)| (*name).clone()).collect();
    let row: Vec<String> = plain.iter().map(|(_, text)| text.clone()).collect();
    let mut taken = Columns::of(&header, &[row.as_slice()]).part(&row)?;
    for (name, value) in cells {
        // Texts were kept by the row; anything else, and a number as the number it was, is kept here.
        let name = beside_known(name.clone());
        let kept = taken.part.unknown.contains_key(&name) || text(value).is_none();
        if kept && !matches!(value, Value::Nothing) {
            taken.part.unknown.insert(name, value.clone());
        }
    }
    Ok(taken)
}
