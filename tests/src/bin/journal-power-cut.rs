//! The two programs of a power-cut test of the store.
//!
//! `journal-power-cut write DIR` appends groups of records for as long as it lives and prints `ACK n`
//! after the n-th group was acknowledged. `journal-power-cut check DIR` opens the same home, checks every
//! record and group from raw bytes, and prints `RECOVERED n`; it fails when anything is damaged or when
//! the index and the journal disagree. Whoever runs them cuts the power in between.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use aronde_node::store::{Found, Location, Options, Row, Store};

type Failure = Box<dyn std::error::Error>;

/// Records in one group, so that a torn group would show.
const GROUP: u64 = 8;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let outcome = match (args.next().as_deref(), args.next(), args.next()) {
        (Some("write"), Some(home), None) => write(Path::new(&home)),
        (Some("check"), Some(home), None) => check(Path::new(&home)),
        _ => Err("usage: journal-power-cut write|check DIR".into()),
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
fn options() -> Options {
    Options { segment_max: 1024 * 1024, free_for_entries: 16 * 1024 * 1024, ..Options::default() }
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

fn write(home: &Path) -> Result<(), Failure> {
    let (mut store, _) = Store::open(home, options())?;
    store.replay(|location, payload| vec![row(location, payload)])?;
    let mut out = std::io::stdout().lock();
    for group in store.index().len() / GROUP.. {
        let payloads: Vec<_> = (group * GROUP..(group + 1) * GROUP).map(payload).collect();
        store.append(&payloads, |locations| {
            locations.iter().zip(&payloads).map(|(location, payload)| row(*location, payload)).collect()
        })?;
        writeln!(out, "ACK {}", group + 1)?;
        out.flush()?;
    }
    Ok(())
}

fn check(home: &Path) -> Result<(), Failure> {
    let (mut store, opened) = Store::open(home, options())?;
    let mut damage = opened.damage.clone();
    damage.extend(store.replay(|location, payload| vec![row(location, payload)])?);
    if let Some(first) = damage.first() {
        return Err(format!("{} damaged places, the first: {first}", damage.len()).into());
    }
    let mut records = 0;
    for found in store.scan() {
        match found? {
            Found::Record { location, payload: found } => {
                if found != payload(records) || store.read(location)? != found {
                    return Err(format!("record {records} is not what was written").into());
                }
                let (key, value) = row(location, &found);
                if store.index().get(&key)? != value {
                    return Err(format!("the index does not know record {records}").into());
                }
                records += 1;
            }
            Found::Damage(damage) => return Err(damage.to_string().into()),
        }
    }
    if store.index().len() != records {
        return Err(format!("the index has {} rows for {records} records", store.index().len()).into());
    }
    let rebuild = opened.rebuild.map_or("kept".to_owned(), |why| format!("rebuilt: {why}"));
    let torn = opened.torn.map_or(0, |torn| torn.len);
    println!("index {rebuild}; {torn} bytes torn; {} segments", store.journal().end().segment);
    println!("RECOVERED {}", records / GROUP);
    Ok(())
}
