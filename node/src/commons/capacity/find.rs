//! `capacity find`: the index says what may do, the calendar and the bookings when.

use std::collections::HashSet;

use aronde_protocol::capacity::{Hit, Near, Query, Size, text};
use aronde_protocol::document::draft::Draft;
use aronde_protocol::id::DocumentId;
use jiff::Timestamp;

use super::super::Commons;
use super::super::entries::Entries;
use super::bookings;
use super::calendar::{self, Calendar, Stretch};
use super::{View, machine};
use crate::api::{CapacityFind, CapacityFound, CapacityHit, ServiceError};

/// Hits that are shown unless more are asked for.
const SHOWN: u64 = 20;
/// Hits that are shown at most.
const SHOWN_MAX: u64 = 1_000;
/// Hits whose calendar is looked at for one answer.
const LOOKED_AT: usize = 5_000;

impl Commons {
    /// `capacity find`.
    pub(in crate::commons) fn capacity_find(
        &self,
        find: &CapacityFind,
    ) -> Result<CapacityFound, ServiceError> {
        let query = query(find)?;
        let mut entries = self.entries();
        let view = self.sheets(&mut entries)?;
        let found = view.index.find(&query);
        let most = usize::try_from(find.limit.unwrap_or(SHOWN).min(SHOWN_MAX)).unwrap_or(usize::MAX);
        let fits = |hit: &&Hit| hit.unknown.is_empty();
        let Some(from) = find.from else {
            let fit = found.iter().filter(fits).count() as u64;
            let hits = found.iter().take(most).map(|hit| shown(&view, hit, None)).collect();
            return Ok(CapacityFound {
                found: found.len() as u64,
                fit,
                among: view.index.len() as u64,
                hits,
            });
        };
        // Free from then on: those that are not at all go, those that don't say come after the others.
        let booked = bookings::sheets(&entries);
        let (mut free, mut unsaid) = (Vec::new(), Vec::new());
        for hit in found.iter().take(LOOKED_AT) {
            match free_from(&entries, &view, &booked, hit, from) {
                Free::From(at) => free.push(shown(&view, hit, Some(at))),
                Free::NotSaid(what) => {
                    let mut shown = shown(&view, hit, None);
                    shown.unknown.push(what.to_owned());
                    unsaid.push(shown);
                }
                Free::Never => {}
            }
        }
        let fit = free.iter().filter(|hit| hit.unknown.is_empty()).count() as u64;
        // What fits and is free goes before what fits and doesn't say, and that before what may be too small.
        let mut hits: Vec<CapacityHit> = free.into_iter().chain(unsaid).collect();
        hits.sort_by_key(|hit| (hit.unknown.iter().any(|what| what.starts_with("size")), hit.unknown.len()));
        let found = hits.len() as u64;
        hits.truncate(most);
        Ok(CapacityFound { found, fit, among: view.index.len() as u64, hits })
    }
}

/// When a machine is free from a time on, by its calendar and what is booked.
fn free_from(
    entries: &Entries,
    view: &View,
    booked: &HashSet<DocumentId>,
    hit: &Hit,
    from: Timestamp,
) -> Free {
    let Some(sheet) = view.sheets.get(&hit.sheet) else { return Free::Never };
    let offered = match calendar::offered(&sheet.draft, hit.name.as_deref(), from) {
        Calendar::None => return Free::NotSaid("availability not stated"),
        Calendar::NotUnderstood => return Free::NotSaid("calendar not understood"),
        Calendar::Offered(stretches) => stretches,
    };
    if !booked.contains(&hit.sheet) {
        return offered.first().map_or(Free::Never, |(at, _)| Free::From(*at));
    }
    let taken: Vec<Stretch> = bookings::of(entries, &hit.sheet, &sheet.draft)
        .into_iter()
        .filter(|b| b.machine.is_none() || b.machine == hit.machine)
        .map(|b| b.stretch)
        .collect();
    calendar::without(&offered, &taken).first().map_or(Free::Never, |(at, _)| Free::From(*at))
}

/// Whether a machine is free.
enum Free {
    From(Timestamp),
    NotSaid(&'static str),
    Never,
}

fn shown(view: &View, hit: &Hit, free: Option<Timestamp>) -> CapacityHit {
    let draft: Option<&Draft> = view.sheets.get(&hit.sheet).map(|sheet| &sheet.draft);
    let workshop = view.claimed.get(&hit.sheet).copied();
    let mut why = hit.why.clone();
    let item = hit.machine.map(|id| id.to_string());
    let machine = draft.zip(item.as_deref()).and_then(|(draft, id)| machine(draft, id));
    if let Some(machine) = machine {
        why.extend(machine.fields.get("cost").map(|cost| format!("costs {cost}")));
        why.extend(text(&machine.fields, "state").map(|state| format!("is {state}")));
    }
    CapacityHit {
        id: hit.sheet,
        title: draft.and_then(|draft| text(&draft.fields, "title").map(str::to_owned)),
        workshop,
        listed: workshop.is_none(),
        machine: item,
        machine_name: hit.name.clone(),
        process: hit.process.clone(),
        distance: hit.distance.map(|km| format!("{km:.1}")),
        free,
        why,
        unknown: hit.unknown.iter().map(|&what| what.to_owned()).collect(),
    }
}

fn query(find: &CapacityFind) -> Result<Query, ServiceError> {
    let size: Option<Size> = find.size.as_deref().map(str::parse).transpose().map_err(ServiceError::user)?;
    let within = find.within.as_deref().map(kilometres).transpose()?;
    let near = match &find.near {
        Some(text) => {
            let (latitude, longitude) = degrees(text).ok_or_else(|| {
                ServiceError::user(format!("\"{}\" is no place", text.chars().take(60).collect::<String>()))
                    .hint("give degrees north and east: --near 50.85,4.35")
            })?;
            Some(Near { latitude, longitude, within })
        }
        None if within.is_some() => {
            return Err(
                ServiceError::user("how near is said, and not to what").hint("say where: --near 50.85,4.35")
            );
        }
        None => None,
    };
    Ok(Query { process: find.process.clone(), material: find.material.clone(), size, near })
}

fn degrees(text: &str) -> Option<(f64, f64)> {
    let (north, east) = text.split_once([',', ';', ' '])?;
    let (north, east): (f64, f64) = (north.trim().parse().ok()?, east.trim().parse().ok()?);
    (north.abs() <= 90.0 && east.abs() <= 180.0).then_some((north, east))
}

/// `20km`, `20 km`, `20` or `800m`.
fn kilometres(text: &str) -> Result<f64, ServiceError> {
    let plain = text.trim().to_ascii_lowercase();
    let (number, factor) = match (plain.strip_suffix("km"), plain.strip_suffix('m')) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, 0.001),
        _ => (plain.as_str(), 1.0),
    };
    let read = number.trim().parse::<f64>().ok().filter(|km| km.is_finite() && *km >= 0.0);
    read.map(|km| km * factor).ok_or_else(|| {
        ServiceError::user(format!("\"{}\" is no distance", text.chars().take(40).collect::<String>()))
            .hint("write for example --within 20km")
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn places_and_distances_are_read() {
        assert_eq!(degrees("50.85,4.35"), Some((50.85, 4.35)));
        assert_eq!(degrees("-33.9, 18.4"), Some((-33.9, 18.4)));
        assert_eq!((degrees("91,0"), degrees("Brussels"), degrees("NaN,0")), (None, None, None));
        let read = ["20km", "20 km", "20", "800m"].map(|text| kilometres(text).unwrap());
        assert!(read.iter().zip([20.0, 20.0, 20.0, 0.8]).all(|(a, b)| (a - b).abs() < 1e-9));
        assert!(kilometres("far").is_err() && kilometres("-3km").is_err() && kilometres("inf").is_err());
    }
}
