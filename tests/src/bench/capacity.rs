//! Workshops with machines, to find one among many: the index against a walk over all of them.
//!
//! The workshops lie around cities, as they do; each has machines of usual kinds, two thirds with a size, half with
//! materials. Queries ask for a process with a size, a material and a place, as a maker does.

use std::collections::BTreeMap;
use std::time::Instant;

use aronde_protocol::capacity::{Index, Near, Query, linear};
use aronde_protocol::document::draft::{Draft, DraftItem, Wanted};
use aronde_protocol::document::schema::capacity::MACHINES;
use aronde_protocol::document::value::Value;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::process::PROCESSES;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// Cities that workshops lie around, in hundredths of a degree.
const CITIES: [(i32, i32); 10] = [
    (5_085, 435),
    (5_063, 557),
    (4_886, 235),
    (4_576, 484),
    (5_237, 490),
    (5_252, 1_340),
    (5_151, -13),
    (4_139, 217),
    (4_547, 919),
    (4_072, -7_400),
];
const MATERIALS: [&str; 8] = ["plywood", "wood", "acrylic", "PLA", "aluminium", "steel", "leather", "paper"];

/// What finding took, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Machines looked among.
    pub machines: usize,
    /// To make the index, once, in ms.
    pub build_ms: u128,
    /// Half of the answers of the index came within this.
    pub index_p50: u128,
    /// Of twenty answers of the index nineteen came within this.
    pub index_p95: u128,
    /// The same of the walk.
    pub walk_p50: u128,
    /// The same of the walk.
    pub walk_p95: u128,
    /// Machines found by all queries together.
    pub found: usize,
}

/// Workshops with ten machines each.
pub fn workshops(count: u32, seed: u64) -> Vec<(DocumentId, Draft)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|n| {
            let id = EntryId::of(&n.to_be_bytes());
            let (north, east) = *CITIES.choose(&mut random).unwrap_or(&(0, 0));
            let mut degrees = |of: i32| {
                let hundredths = of + random.random_range(-80..=80);
                let sign = if hundredths < 0 { "-" } else { "" };
                let text = format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100);
                text.parse().map_or(Value::Nothing, Value::Decimal)
            };
            let place = [("latitude", degrees(north)), ("longitude", degrees(east))];
            let fields: Wanted = place.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let machines: Vec<DraftItem> = (0..10).map(|_| machine(&mut random)).collect();
            (id, Draft { fields, lists: BTreeMap::from([(MACHINES.to_owned(), machines)]), whole: false })
        })
        .collect()
}

fn machine(random: &mut ChaCha8Rng) -> DraftItem {
    let mut fields = Wanted::new();
    let process = PROCESSES.choose(random).map_or("laser-cutting", |process| process.id);
    fields.insert("name".to_owned(), Value::Text(format!("{process} {}", random.random_range(1..100))));
    fields.insert("process".to_owned(), Value::Text(process.to_owned()));
    if random.random_range(0..3) > 0 {
        for (name, most) in [("width", 2_000), ("depth", 1_000), ("thickness", 50)] {
            let length = format!("{} mm", random.random_range(most / 10..=most));
            fields.extend(length.parse().ok().map(|length| (name.to_owned(), Value::Quantity(length))));
        }
    }
    if random.random_range(0..2) > 0 {
        let material = |random: &mut ChaCha8Rng| Value::from(*MATERIALS.choose(random).unwrap_or(&"wood"));
        fields.insert("materials".to_owned(), Value::List(vec![material(random), material(random)]));
    }
    fields.into()
}

/// A question as makers ask it.
fn query(random: &mut ChaCha8Rng) -> Query {
    let (north, east) = *CITIES.choose(random).unwrap_or(&(0, 0));
    let near = Near {
        latitude: f64::from(north) / 100.0,
        longitude: f64::from(east) / 100.0,
        within: (random.random_range(0..4) > 0).then_some(f64::from(random.random_range(5..200))),
    };
    let size = format!(
        "{}x{}x{}",
        random.random_range(100..1_200),
        random.random_range(100..600),
        random.random_range(1..20)
    );
    Query {
        process: PROCESSES.choose(random).map(|process| process.names[0].to_owned()),
        material: (random.random_range(0..2) > 0)
            .then(|| (*MATERIALS.choose(random).unwrap_or(&"wood")).to_owned()),
        size: size.parse().ok(),
        near: (random.random_range(0..5) > 0).then_some(near),
    }
}

/// Asks so many questions of an index over so many workshops, each of the walk too, and compares the answers.
///
/// # Errors
/// The index forgets a machine, or finds one that the walk doesn't.
pub fn measure(count: u32, questions: u32) -> Result<Figures, super::Fault> {
    let sheets = workshops(count, 1);
    let began = Instant::now();
    let index = Index::of(sheets.iter().map(|(id, draft)| (*id, draft)));
    let build_ms = began.elapsed().as_millis();
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let (mut by_index, mut by_walk, mut found) = (Vec::new(), Vec::new(), 0);
    for _ in 0..questions {
        let query = query(&mut random);
        let began = Instant::now();
        let hits = index.find(&query);
        by_index.push(began.elapsed().as_micros());
        let began = Instant::now();
        let all = linear(&index, &query);
        by_walk.push(began.elapsed().as_micros());
        if hits != all {
            return Err(format!("the index finds {} of {} for {query:?}", hits.len(), all.len()).into());
        }
        found += hits.len();
    }
    let at = |times: &mut Vec<u128>, part: usize| {
        times.sort_unstable();
        times.get((times.len() * part / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    Ok(Figures {
        machines: index.len(),
        build_ms,
        index_p50: at(&mut by_index, 50),
        index_p95: at(&mut by_index, 95),
        walk_p50: at(&mut by_walk, 50),
        walk_p95: at(&mut by_walk, 95),
        found,
    })
}
