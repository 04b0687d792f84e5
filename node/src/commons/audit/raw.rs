//! The journal as it lies on the disk: each record read, each entry hashed, each signature verified, once and on all
//! cores.

use aronde_protocol::bundle::signatures;
use aronde_protocol::entry::Entry;
use aronde_protocol::key::CheckedKeys;
use aronde_protocol::run;

use super::super::entries::Entries;
use super::super::losses::Losses;
use super::found::{DAMAGED_ENTRY, Report};
use crate::api::ServiceError;
use crate::cores;
use crate::store::{Damage, Found, Location, Position};

/// Bytes of records that are read before they are checked: enough to keep all cores busy for some milliseconds, and
/// little beside what is held in memory anyway.
const BATCH: usize = 4 * 1024 * 1024;

/// An entry by its bytes, and whether it bears a signature that holds.
pub type Checked = (Entry, bool);

/// Shows every entry of the journal from a position on, in the order in which they lie, and writes down what is
/// damaged between them.
///
/// # Errors
/// The journal can't be read at all, or what was lost can't be written down.
pub fn each(
    held: &Entries,
    from: Position,
    losses: &mut Losses,
    report: &mut Report,
    mut entry: impl FnMut(&mut Report, Checked),
) -> Result<(), ServiceError> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    let mut scan = held.store().scan_from(from);
    loop {
        let found = scan.next().transpose()?;
        let ends = found.is_none();
        match found {
            Some(Found::Record { location, payload }) => {
                bytes += payload.len();
                batch.push((location, payload));
            }
            Some(Found::Damage(damage)) => report.damage(held, &damage, losses)?,
            None => {}
        }
        if ends || bytes >= BATCH {
            let opened = cores::on_all(&batch, open);
            for ((location, _), opened) in batch.iter().zip(opened) {
                match opened {
                    Ok(entries) => entries.into_iter().for_each(|checked| entry(report, checked)),
                    Err(what) => unreadable(held, *location, &what, report),
                }
            }
            (batch, bytes) = (Vec::new(), 0);
        }
        if ends {
            return Ok(());
        }
    }
}

/// The entries of records, or why a record has none.
fn open(records: &[(Location, Vec<u8>)]) -> Vec<Result<Vec<Checked>, String>> {
    let mut keys = CheckedKeys::default();
    let mut entries = Vec::new();
    let mut lengths = Vec::with_capacity(records.len());
    for (_, payload) in records {
        lengths.push(run::decode_by(&mut keys, payload).map_err(|error| error.to_string()).map(|run| {
            let length = run.len();
            entries.extend(run);
            length
        }));
    }
    let hold = signatures(&entries);
    let mut checked = entries.into_iter().zip(hold);
    lengths.into_iter().map(|length| length.map(|length| checked.by_ref().take(length).collect())).collect()
}

fn unreadable(held: &Entries, location: Location, error: &str, report: &mut Report) {
    let what = format!("a record of the journal holds no entries: {error}");
    let Location { segment, offset, len } = location;
    let lay_there = held.within(&Damage { segment, offset, len, what: what.clone() });
    report.fault(DAMAGED_ENTRY, lay_there.first().map(ToString::to_string), &what);
}
