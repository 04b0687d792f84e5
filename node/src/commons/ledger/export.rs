//! `ledger export`: records as a table, as JSON, in the words of Valueflows, as Parquet.

use aronde_protocol::record::ledger::Provider;

use super::super::Commons;
use super::read::{Names, summary};
use crate::api::{LedgerExport, LedgerExported, LedgerFormat, RecordSummary, ServiceError};

mod parquet;
mod valueflows;

/// The columns of the table, in its order.
const COLUMNS: [&str; 24] = [
    "id",
    "standing",
    "action",
    "quantity",
    "unit",
    "resource_quantity",
    "resource_unit",
    "resource",
    "role",
    "provider",
    "provider_name",
    "agent",
    "author",
    "receiver",
    "workshop",
    "subject",
    "at",
    "ended",
    "recorded",
    "late",
    "corrects",
    "confirmations",
    "settled",
    "note",
];

impl Commons {
    /// `ledger export`.
    pub(in crate::commons) fn ledger_export(
        &self,
        asked: &LedgerExport,
    ) -> Result<LedgerExported, ServiceError> {
        if asked.format == LedgerFormat::Parquet && asked.path.is_none() {
            return Err(ServiceError::user("a Parquet file is no text that can be printed")
                .hint("name the file to write: --out ledger.parquet"));
        }
        let mut entries = self.entries();
        let meant = self.meant(&mut entries, &asked.records)?;
        let mut names = Names::default();
        let rows: Vec<(RecordSummary, Provider)> = self.with_ledger(&entries, |_, view| {
            let lines = view.lines().filter(|line| meant.has(line));
            lines.map(|line| Ok((summary(&entries, &line, &mut names)?, line.provider))).collect()
        })?;
        let records = rows.len() as u64;
        let bytes = match asked.format {
            LedgerFormat::Csv => csv(&rows).into_bytes(),
            LedgerFormat::Json => {
                let rows: Vec<&RecordSummary> = rows.iter().map(|(row, _)| row).collect();
                serde_json::to_vec_pretty(&rows).map_err(ServiceError::internal)?
            }
            LedgerFormat::Valueflows => {
                let graph = valueflows::graph(&rows, &mut |id| Self::title_of(&mut entries, id));
                serde_json::to_vec_pretty(&graph).map_err(ServiceError::internal)?
            }
            LedgerFormat::Parquet => {
                parquet::parquet(rows.iter().map(|(row, _)| row)).map_err(ServiceError::internal)?
            }
        };
        let Some(path) = &asked.path else {
            let text = String::from_utf8(bytes).map_err(ServiceError::internal)?;
            return Ok(LedgerExported { records, path: None, text: Some(text) });
        };
        std::fs::write(path, bytes)
            .map_err(|error| ServiceError::user(format!("{} can't be written: {error}", path.display())))?;
        Ok(LedgerExported { records, path: Some(path.clone()), text: None })
    }
}

fn csv(rows: &[(RecordSummary, Provider)]) -> String {
    let mut text = COLUMNS.join(",");
    text.push_str("\r\n");
    for (row, _) in rows {
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        let id =
            |value: Option<aronde_protocol::id::EntryId>| value.map(|id| id.to_string()).unwrap_or_default();
        let cells: [String; 24] = [
            row.id.to_string(),
            row.standing.word().to_owned(),
            row.action.clone(),
            row.quantity.clone(),
            row.unit.clone(),
            optional(&row.resource_quantity),
            optional(&row.resource_unit),
            optional(&row.resource),
            optional(&row.role),
            row.provider.map(|key| key.to_string()).unwrap_or_default(),
            optional(&row.provider_name),
            id(row.agent),
            row.author.to_string(),
            row.receiver.map(|key| key.to_string()).unwrap_or_default(),
            id(row.workshop),
            id(row.subject),
            row.at.to_string(),
            row.ended.map(|at| at.to_string()).unwrap_or_default(),
            row.recorded.to_string(),
            row.late.to_string(),
            id(row.corrects),
            row.confirmations.to_string(),
            row.settled.join(" "),
            optional(&row.note),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell that no spreadsheet takes for a formula, in quotes where it has to be.
pub(super) fn plain(cell: &str) -> String {
    let is_number = cell.strip_prefix('-').unwrap_or(cell).bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let cell = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !(is_number && cell.len() > 1) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn no_cell_is_a_formula_and_a_negative_amount_stays_a_number() {
        assert_eq!(plain("=1+1"), "'=1+1");
        assert_eq!(plain("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(plain("-cmd|' /C calc'!A0"), "'-cmd|' /C calc'!A0");
        assert_eq!(plain("-2.50"), "-2.50");
        assert_eq!(plain("-"), "'-");
        assert_eq!(plain("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(plain("+1,5"), "\"'+1,5\"");
    }
}
