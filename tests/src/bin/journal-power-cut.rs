//! The two programs of a power-cut test of the store.
//!
//! `journal-power-cut write DIR` appends groups of records for as long as it lives and prints `ACK n`
//! when n groups' worth of records are acknowledged; a number behind DIR is the space to keep free. `journal-power-cut check DIR` opens the same home, checks every
//! record and group from raw bytes, and prints `RECOVERED n`; it fails when anything is damaged or when
//! the index and the journal disagree (but a full disk may leave the index behind, and it says so). Whoever runs them cuts the power in between.

use std::convert::Infallible;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use aronde_node::store::{Damage, Found, Location, Options, Position, Row, Store, StoreError};

type Failure = Box<dyn std::error::Error>;

/// Records in one group, so that a torn group would show.
const GROUP: u64 = 8;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let outcome = match (args.next().as_deref(), args.next(), args.next().map(|floor| floor.parse())) {
        (Some("write"), Some(home), None) => write(Path::new(&home), 16 * 1024 * 1024).map(drop),
        (Some("write"), Some(home), Some(Ok(floor))) => write(Path::new(&home), floor).map(drop),
        (Some("check"), Some(home), None) => check(Path::new(&home)),
        _ => Err("usage: journal-power-cut write DIR [FREE] | check DIR".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Small segments, so that cuts also meet their creation.
fn options(free: u64) -> Options {
    Options { segment_max: 1024 * 1024, free_for_entries: free, ..Options::default() }
}

/// The number of a record says everything about it: its length and its bytes.
fn payload(number: u64) -> Vec<u8> {
    let len = usize::try_from(40 + number.wrapping_mul(7_919) % 3_000).unwrap_or(40);
    let mut bytes = number.to_le_bytes().to_vec();
    blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof().fill({
        bytes.resize(len, 0);
        bytes.get_mut(8..).unwrap_or_default()
    });
    bytes
}

fn number_of(payload: &[u8]) -> Option<u64> {
    payload.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

fn row(location: Location, payload: &[u8]) -> Row {
    let key = number_of(payload).unwrap_or(u64::MAX).to_be_bytes();
    let place = [location.segment, location.offset, location.len];
    ([b"e/", key.as_slice()].concat(), Some(place.iter().flat_map(|n| n.to_le_bytes()).collect()))
}

fn replay(store: &mut Store) -> Result<Vec<Damage>, StoreError> {
    let mut rows = Vec::new();
    let damage = store.replay(|location, payload| rows.push(row(location, payload)))?;
    store.replayed(rows);
    Ok(damage)
}

/// Writes until it is stopped.
fn write(home: &Path, free: u64) -> Result<Infallible, Failure> {
    let (mut store, _) = Store::open(home, options(free))?;
    replay(&mut store)?;
    let mut out = std::io::stdout().lock();
    // A group that was not acknowledged may be there in part.
    let mut next = store.scan_from(Position::START).count() as u64;
    loop {
        let payloads: Vec<_> = (next..next + GROUP).map(payload).collect();
        store.append(&payloads, |locations| {
            locations.iter().zip(&payloads).map(|(location, payload)| row(*location, payload)).collect()
        })?;
        next += GROUP;
        writeln!(out, "ACK {}", next / GROUP)?;
        out.flush()?;
    }
}

fn check(home: &Path) -> Result<(), Failure> {
    let (mut store, opened) = Store::open(home, options(0))?;
    let mut damage = opened.damage.clone();
    damage.extend(replay(&mut store)?);
    if let Some(first) = damage.first() {
        return Err(format!("{} damaged places, the first: {first}", damage.len()).into());
    }
    let mut records = 0;
    for found in store.scan_from(Position::START) {
        match found? {
            Found::Record { location, payload: found } => {
                if found != payload(records) || store.read(location)? != found {
                    return Err(format!("record {records} is not what was written").into());
                }
                let (key, value) = row(location, &found);
                if store.index().failure().is_none() && store.index().get(&key)? != value {
                    return Err(format!("the index does not know record {records}").into());
                }
                records += 1;
            }
            Found::Damage(damage) => return Err(damage.to_string().into()),
        }
    }
    if store.index().failure().is_none() && store.index().len() != records {
        return Err(format!("the index has {} rows for {records} records", store.index().len()).into());
    }
    let rebuild = opened.rebuild.map_or("kept".to_owned(), |why| format!("rebuilt: {why}"));
    let torn = opened.torn.map_or(0, |torn| torn.len);
    let behind = store.index().failure().map_or(String::new(), |why| format!(" and now behind: {why}"));
    println!("index {rebuild}{behind}; {torn} bytes torn; {} segments", store.journal().end().segment);
    println!("RECOVERED {}", records / GROUP);
    Ok(())
}
