//! Records as an Apache Parquet file, for people who work with data: one row a contribution, the fields of `ledger list`.
//!
//! Invariants: the schema is the same whatever is in it. Quantities are texts with the exact decimal, since no decimal
//! type of Parquet holds every amount that a record may have; times are milliseconds in UTC, ids and DIDs texts.
//!
//! Types of the `parquet` crate appear here only.

use std::sync::Arc;

use aronde_protocol::id::EntryId;
use jiff::Timestamp;
use parquet::basic::{Compression, GzipLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use crate::api::RecordSummary;

/// The columns, in the order of the fields of a record in a list.
const SCHEMA: &str = "
message contribution {
  required binary id (STRING);
  required binary author (STRING);
  optional binary provider (STRING);
  optional binary agent (STRING);
  optional binary provider_name (STRING);
  optional binary receiver (STRING);
  optional binary workshop (STRING);
  required binary action (STRING);
  optional binary subject (STRING);
  required binary quantity (STRING);
  required binary unit (STRING);
  optional binary resource_quantity (STRING);
  optional binary resource_unit (STRING);
  optional binary resource (STRING);
  optional binary role (STRING);
  required int64 at (TIMESTAMP(MILLIS,true));
  optional int64 ended (TIMESTAMP(MILLIS,true));
  required int64 recorded (TIMESTAMP(MILLIS,true));
  required boolean late;
  optional binary corrects (STRING);
  optional binary note (STRING);
  required binary standing (STRING);
  required int64 confirmations (INTEGER(64,false));
  required int64 disputes (INTEGER(64,false));
  required group settled (LIST) {
    repeated group list {
      required binary element (STRING);
    }
  }
}";

/// Rows of a group, which a reader takes into memory together.
const GROUP: usize = 65_536;

/// How a column is read from a record, by the sort of the column.
enum Read {
    Text(fn(&RecordSummary) -> Option<String>),
    Time(fn(&RecordSummary) -> Option<Timestamp>),
    Number(fn(&RecordSummary) -> u64),
    Truth(fn(&RecordSummary) -> bool),
    Texts(fn(&RecordSummary) -> &[String]),
}

fn id(id: Option<EntryId>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// The columns as [`SCHEMA`] has them, and whether each may be absent.
const COLUMNS: [(Read, bool); 25] = [
    (Read::Text(|row| Some(row.id.to_string())), false),
    (Read::Text(|row| Some(row.author.to_string())), false),
    (Read::Text(|row| row.provider.map(|key| key.to_string())), true),
    (Read::Text(|row| id(row.agent)), true),
    (Read::Text(|row| row.provider_name.clone()), true),
    (Read::Text(|row| row.receiver.map(|key| key.to_string())), true),
    (Read::Text(|row| id(row.workshop)), true),
    (Read::Text(|row| Some(row.action.clone())), false),
    (Read::Text(|row| id(row.subject)), true),
    (Read::Text(|row| Some(row.quantity.clone())), false),
    (Read::Text(|row| Some(row.unit.clone())), false),
    (Read::Text(|row| row.resource_quantity.clone()), true),
    (Read::Text(|row| row.resource_unit.clone()), true),
    (Read::Text(|row| row.resource.clone()), true),
    (Read::Text(|row| row.role.clone()), true),
    (Read::Time(|row| Some(row.at)), false),
    (Read::Time(|row| row.ended), true),
    (Read::Time(|row| Some(row.recorded)), false),
    (Read::Truth(|row| row.late), false),
    (Read::Text(|row| id(row.corrects)), true),
    (Read::Text(|row| row.note.clone()), true),
    (Read::Text(|row| Some(row.standing.word().to_owned())), false),
    (Read::Number(|row| row.confirmations), false),
    (Read::Number(|row| row.disputes), false),
    (Read::Texts(|row| &row.settled), false),
];

/// The file.
///
/// # Errors
/// The writer refuses what it is given: a fault here.
pub(super) fn parquet<'a>(rows: impl Iterator<Item = &'a RecordSummary>) -> Result<Vec<u8>> {
    let rows: Vec<&RecordSummary> = rows.collect();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties =
        WriterProperties::builder().set_compression(Compression::GZIP(GzipLevel::default())).build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    for rows in rows.chunks(GROUP) {
        let mut group = file.next_row_group()?;
        for (read, may_be_absent) in &COLUMNS {
            let column = group.next_column()?;
            let column = column.ok_or_else(|| ParquetError::General("the schema lacks a column".into()))?;
            write(column, rows, read, *may_be_absent)?;
        }
        group.close()?;
    }
    file.into_inner()
}

fn write(
    mut column: SerializedColumnWriter<'_>,
    rows: &[&RecordSummary],
    read: &Read,
    may_be_absent: bool,
) -> Result<()> {
    // A level says of each row whether it has a value; a column that always has one has no levels.
    let mut levels: Vec<i16> = Vec::new();
    let mut has = |there: bool| levels.push(i16::from(there));
    match (column.untyped(), read) {
        (ColumnWriter::ByteArrayColumnWriter(writer), Read::Text(read)) => {
            let all = rows.iter().map(|row| read(row)).inspect(|value| has(value.is_some()));
            let values: Vec<ByteArray> = all.flatten().map(|value| value.into_bytes().into()).collect();
            writer.write_batch(&values, may_be_absent.then_some(levels.as_slice()), None)?;
        }
        (ColumnWriter::Int64ColumnWriter(writer), Read::Time(read)) => {
            let all = rows.iter().map(|row| read(row)).inspect(|value| has(value.is_some()));
            let values: Vec<i64> = all.flatten().map(Timestamp::as_millisecond).collect();
            writer.write_batch(&values, may_be_absent.then_some(levels.as_slice()), None)?;
        }
        (ColumnWriter::Int64ColumnWriter(writer), Read::Number(read)) => {
            let values: Vec<i64> = rows.iter().map(|row| read(row).cast_signed()).collect();
            writer.write_batch(&values, None, None)?;
        }
        (ColumnWriter::BoolColumnWriter(writer), Read::Truth(read)) => {
            let values: Vec<bool> = rows.iter().map(|row| read(row)).collect();
            writer.write_batch(&values, None, None)?;
        }
        (ColumnWriter::ByteArrayColumnWriter(writer), Read::Texts(read)) => {
            // An empty list is one place without a value; a value that continues its row's list says so.
            let (mut values, mut continues) = (Vec::<ByteArray>::new(), Vec::new());
            for texts in rows.iter().map(|row| read(row)) {
                if texts.is_empty() {
                    has(false);
                    continues.push(0);
                }
                for (place, text) in texts.iter().enumerate() {
                    has(true);
                    continues.push(i16::from(place > 0));
                    values.push(text.as_bytes().to_vec().into());
                }
            }
            writer.write_batch(&values, Some(&levels), Some(&continues))?;
        }
        _ => return Err(ParquetError::General("a column is not of the schema's sort".into())),
    }
    column.close()?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::io::Write;

    use aronde_protocol::key::SecretKey;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, Row};

    use super::*;
    use crate::api::Standing;

    fn row(n: u8) -> RecordSummary {
        let id = |n| EntryId([n; 32]);
        let key = SecretKey::from_seed(&[n; 32]).member();
        let full = n.is_multiple_of(2);
        RecordSummary {
            id: id(n),
            author: key,
            provider: full.then_some(key),
            agent: (!full).then(|| id(9)),
            provider_name: full.then(|| format!("Maker \"{n}\"\n\u{202e}é")),
            receiver: None,
            workshop: full.then(|| id(2)),
            action: "work".into(),
            subject: full.then(|| id(4)),
            quantity: "79228162514264337593543950.335".into(),
            unit: "h".into(),
            resource_quantity: full.then(|| "-0.0000000000000000000000000001".into()),
            resource_unit: full.then(|| "kg".into()),
            resource: None,
            role: None,
            at: "2026-11-20T00:00:00.123Z".parse().unwrap(),
            ended: full.then(|| "9999-12-30T21:59:59.999Z".parse().unwrap()),
            recorded: "1970-01-01T00:00:00Z".parse().unwrap(),
            late: full,
            corrects: None,
            note: full.then(String::new),
            standing: Standing::Disputed,
            confirmations: 1,
            disputes: u64::from(n),
            settled: ["cash", "gift", "shares"].iter().take(usize::from(n)).map(|it| (*it).into()).collect(),
        }
    }

    fn read(bytes: &[u8]) -> (Vec<String>, Vec<Row>) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let names = reader.metadata().file_metadata().schema().get_fields().iter();
        let names = names.map(|field| field.name().to_owned()).collect();
        (names, reader.get_row_iter(None).unwrap().map(|row| row.unwrap()).collect())
    }

    fn told(field: &Field) -> serde_json::Value {
        match field {
            Field::Null => serde_json::Value::Null,
            Field::Str(text) => text.clone().into(),
            Field::Bool(truth) => (*truth).into(),
            Field::ULong(number) => (*number).into(),
            Field::TimestampMillis(at) => Timestamp::from_millisecond(*at).unwrap().to_string().into(),
            Field::ListInternal(list) => list.elements().iter().map(told).collect(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_read_back_are_the_fields_of_the_list_with_their_names_and_values() {
        let rows: Vec<RecordSummary> = (0..4).map(row).collect();
        let (_, read) = read(&parquet(rows.iter()).unwrap());
        for (row, read) in rows.iter().zip(&read) {
            let read: serde_json::Map<_, _> =
                read.get_column_iter().map(|(name, field)| (name.clone(), told(field))).collect();
            assert_eq!(serde_json::to_value(row).unwrap(), serde_json::Value::Object(read));
        }
        assert_eq!(read.len(), 4);
    }

    #[test]
    fn the_schema_is_the_same_with_nothing_in_it() {
        let (names, rows) = read(&parquet(std::iter::empty()).unwrap());
        let serde_json::Value::Object(fields) = serde_json::to_value(row(0)).unwrap() else { panic!() };
        assert_eq!((names.len(), rows.len()), (fields.len(), 0));
        assert!(names.iter().all(|name| fields.contains_key(name)), "{names:?}");
    }

    #[test]
    fn many_rows_are_several_groups() {
        let rows = vec![row(2); GROUP + 1];
        let bytes = parquet(rows.iter()).unwrap();
        assert!(bytes.len() < 200_000, "what repeats is written once: {} bytes", bytes.len());
        assert_eq!(read(&bytes).1.len(), GROUP + 1);
    }
}
