//! The index by which machines are found: by process, then by where they stand, then size and material.
//!
//! Invariant: it gives just the answer of a walk over every machine ([`linear`]); a test and the bench say so.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use rust_decimal::prelude::ToPrimitive;

use super::size::{Fit, Size, Takes};
use super::words::{Materials, covers};
use super::{text, texts};
use crate::document::ItemId;
use crate::document::draft::{Draft, Wanted};
use crate::document::schema::capacity::{MACHINES, PROCESSES, STOCKS};
use crate::document::value::Value;
use crate::id::DocumentId;
use crate::process;

/// Cells of the grid a degree. A cell is 28 km from north to south.
const CELLS: f64 = 4.0;
/// The mean radius of the earth, in km.
const EARTH: f64 = 6_371.0;

/// A place to be near to, and how near in km.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// At most this far, in km; any distance when absent.
    pub within: Option<f64>,
}

/// What is looked for. Each wish that is given must be met or not known to be unmet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The id of a process, or the text that names an unknown one.
    pub process: Option<String>,
    /// A material, in words.
    pub material: Option<String>,
    /// The size of a workpiece.
    pub size: Option<Size>,
    /// Where.
    pub near: Option<Near>,
}

/// A machine, or a workshop that offers a process without naming a machine, that may do.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The sheet.
    pub sheet: DocumentId,
    /// The machine in it.
    pub machine: Option<ItemId>,
    /// What the machine is called.
    pub name: Option<String>,
    /// Its process.
    pub process: Option<String>,
    /// How far it is, in km.
    pub distance: Option<f64>,
    /// Why it fits, a sentence each.
    pub why: Vec<String>,
    /// What is not stated.
    pub unknown: Vec<&'static str>,
}

/// What one machine, or process without one, offers.
struct Offer {
    sheet: u32,
    machine: Option<ItemId>,
    name: Option<String>,
    process: Option<String>,
    takes: Takes,
    size: String,
    materials: Vec<(String, Materials)>,
}

struct Place {
    id: DocumentId,
    at: Option<(f64, f64)>,
    stocks: Vec<(String, Materials)>,
}

/// See the module.
#[derive(Default)]
pub struct Index {
    places: Vec<Place>,
    offers: Vec<Offer>,
    /// Offers by their process, each by cell of the grid; those at no known place apart.
    by_process: HashMap<String, Cells>,
}

#[derive(Default)]
struct Cells {
    at: BTreeMap<(i32, i32), Vec<u32>>,
    nowhere: Vec<u32>,
}

impl Index {
    /// The index over these sheets.
    pub fn of<'a>(sheets: impl IntoIterator<Item = (DocumentId, &'a Draft)>) -> Self {
        let mut index = Self::default();
        for (id, draft) in sheets {
            index.add(id, draft);
        }
        index
    }

    /// How many machines, and processes without one, are in it.
    pub fn len(&self) -> usize {
        self.offers.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.offers.is_empty()
    }

    fn add(&mut self, id: DocumentId, draft: &Draft) {
        let degrees = |name: &str| match draft.fields.get(name) {
            Some(Value::Decimal(degrees)) => degrees.to_f64(),
            _ => None,
        };
        let at = degrees("latitude").zip(degrees("longitude"));
        let items = |list: &str| draft.lists.get(list).map_or(&[][..], Vec::as_slice);
        let stocks = items(STOCKS).iter().filter_map(|item| text(&item.fields, "material"));
        let stocks = stocks.map(|material| (material.to_owned(), Materials::of(material))).collect();
        let sheet = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push(Place { id, at, stocks });
        let general: Vec<(String, Materials)> = materials(&draft.fields);
        let mut with_machine: Vec<&str> = Vec::new();
        for item in items(MACHINES) {
            let process = text(&item.fields, "process");
            with_machine.extend(process);
            let own = materials(&item.fields);
            let offer = Offer {
                sheet,
                machine: item.id,
                name: text(&item.fields, "name").or_else(|| text(&item.fields, "model")).map(str::to_owned),
                process: process.map(str::to_owned),
                takes: Takes::of(&item.fields),
                size: size_shown(&item.fields),
                materials: if own.is_empty() { general.clone() } else { own },
            };
            self.put(offer, at);
        }
        for item in items(PROCESSES) {
            let Some(process) = text(&item.fields, "process") else { continue };
            if with_machine.contains(&process) {
                continue;
            }
            let offer = Offer {
                sheet,
                machine: None,
                name: None,
                process: Some(process.to_owned()),
                takes: Takes::default(),
                size: String::new(),
                materials: general.clone(),
            };
            self.put(offer, at);
        }
    }

    fn put(&mut self, offer: Offer, at: Option<(f64, f64)>) {
        let number = u32::try_from(self.offers.len()).unwrap_or(u32::MAX);
        // A process leads to its kinds: an offer stands below each that it is a kind of, and below none for any.
        let mut names = vec![String::new()];
        if let Some(process) = &offer.process {
            match process::by_id(process) {
                Some(known) => {
                    let wider = process::PROCESSES.iter().filter(|wider| known.is(wider.id));
                    names.extend(wider.map(|wider| wider.id.to_owned()));
                }
                None => names.push(process::plain(process)),
            }
        }
        for name in names {
            let cells = self.by_process.entry(name).or_default();
            match at {
                Some((latitude, longitude)) => {
                    cells.at.entry(cell(latitude, longitude)).or_default().push(number);
                }
                None => cells.nowhere.push(number),
            }
        }
        self.offers.push(offer);
    }

    /// What may do, the best first: those of which all is known, then by how much is not, then the nearest.
    pub fn find(&self, query: &Query) -> Vec<Hit> {
        let wanted = Wish::of(query);
        let Some(cells) = self.by_process.get(&wanted.process) else { return Vec::new() };
        let mut found = Vec::new();
        let mut look =
            |offers: &[u32]| found.extend(offers.iter().filter_map(|number| self.meet(*number, &wanted)));
        match wanted.near.filter(|near| near.within.is_some()) {
            Some(near) => {
                for row in cells_around(&near) {
                    for (_, offers) in cells.at.range((row.0, row.1)..=(row.0, row.2)) {
                        look(offers);
                    }
                }
            }
            None => cells.at.values().for_each(|offers| look(offers)),
        }
        look(&cells.nowhere);
        self.sorted(found)
    }

    /// Whether an offer meets the wishes, and what is not known of it.
    fn meet(&self, number: u32, wanted: &Wish) -> Option<Met> {
        let offer = self.offers.get(number as usize)?;
        let place = self.places.get(offer.sheet as usize)?;
        let (mut unknown, mut material, mut stock) = (0_u8, None, None);
        let mut distance = None;
        if let Some(near) = wanted.near {
            distance = place.at.map(|at| kilometres((near.latitude, near.longitude), at));
            match (distance, near.within) {
                (Some(distance), Some(within)) if distance > within => return None,
                (None, _) => unknown |= PLACE,
                _ => {}
            }
        }
        if let Some(size) = &wanted.size {
            match offer.takes.meets(size) {
                Fit::TooLarge => return None,
                Fit::NotStated => unknown |= SIZE,
                Fit::ThicknessNotStated => unknown |= THICKNESS,
                Fit::Fits => {}
            }
        }
        if let Some(wish) = &wanted.material {
            let in_list =
                |list: &[(String, Materials)]| list.iter().position(|(_, takes)| covers(takes, wish));
            stock = in_list(&place.stocks);
            material = in_list(&offer.materials);
            if material.is_none() {
                if !offer.materials.is_empty() {
                    return None;
                }
                unknown |= MATERIAL;
            }
        }
        Some(Met { number, unknown, distance, material, stock })
    }

    fn sorted(&self, mut found: Vec<Met>) -> Vec<Hit> {
        let key = |met: &Met| (met.unknown & SIZE != 0, met.unknown.count_ones());
        found.sort_by(|a, b| {
            let far = |met: &Met| met.distance.unwrap_or(f64::MAX);
            key(a)
                .cmp(&key(b))
                .then_with(|| far(a).partial_cmp(&far(b)).unwrap_or(Ordering::Equal))
                .then_with(|| a.number.cmp(&b.number))
        });
        found.iter().filter_map(|met| self.hit(met)).collect()
    }

    fn hit(&self, met: &Met) -> Option<Hit> {
        let offer = self.offers.get(met.number as usize)?;
        let place = self.places.get(offer.sheet as usize)?;
        let mut why = Vec::new();
        if !offer.size.is_empty() && met.unknown & SIZE == 0 {
            why.push(format!("takes {}", offer.size));
        }
        if let Some((material, _)) = met.material.and_then(|at| offer.materials.get(at)) {
            why.push(format!("works {material}"));
        }
        if let Some((material, _)) = met.stock.and_then(|at| place.stocks.get(at)) {
            why.push(format!("has {material} in stock"));
        }
        let unknown = [
            (SIZE, "size not stated"),
            (THICKNESS, "thickness not stated"),
            (MATERIAL, "materials not stated"),
            (PLACE, "place not stated"),
        ];
        Some(Hit {
            sheet: place.id,
            machine: offer.machine,
            name: offer.name.clone(),
            process: offer.process.clone(),
            distance: met.distance,
            why,
            unknown: unknown
                .iter()
                .filter(|(bit, _)| met.unknown & bit != 0)
                .map(|(_, what)| *what)
                .collect(),
        })
    }
}

const SIZE: u8 = 1;
const THICKNESS: u8 = 2;
const MATERIAL: u8 = 4;
const PLACE: u8 = 8;

/// What meets, before it is put into words.
struct Met {
    number: u32,
    unknown: u8,
    distance: Option<f64>,
    material: Option<usize>,
    stock: Option<usize>,
}

/// A query as it is compared.
struct Wish {
    process: String,
    material: Option<Materials>,
    size: Option<Size>,
    near: Option<Near>,
}

impl Wish {
    fn of(query: &Query) -> Self {
        let process = query.process.as_deref().unwrap_or_default();
        let process =
            process::find(process).map_or_else(|| process::plain(process), |known| known.id.to_owned());
        let material = query.material.as_deref().map(Materials::of).filter(|words| !words.is_empty());
        Self { process, material, size: query.size, near: query.near }
    }
}

/// The same by a walk over every machine: the reference that the index is tested and measured against.
pub fn linear(index: &Index, query: &Query) -> Vec<Hit> {
    let wanted = Wish::of(query);
    let numbers = 0..u32::try_from(index.offers.len()).unwrap_or(u32::MAX);
    let is = |number: &u32| {
        let process = index.offers.get(*number as usize).and_then(|offer| offer.process.as_deref());
        wanted.process.is_empty()
            || process.is_some_and(|process| match process::by_id(process) {
                Some(known) => known.is(&wanted.process),
                None => process::plain(process) == wanted.process,
            })
    };
    index.sorted(numbers.filter(is).filter_map(|number| index.meet(number, &wanted)).collect())
}

fn materials(fields: &Wanted) -> Vec<(String, Materials)> {
    texts(fields, "materials").into_iter().map(|text| (text.to_owned(), Materials::of(text))).collect()
}

/// The size of a machine as people read it.
fn size_shown(machine: &Wanted) -> String {
    let shown = |name: &str| match machine.get(name) {
        Some(Value::Quantity(length)) => Some(length.to_string()),
        _ => None,
    };
    let sides: Vec<String> = ["width", "depth", "height"].into_iter().filter_map(shown).collect();
    let mut text = sides.join(" x ");
    if let Some(thickness) = shown("thickness") {
        text = if text.is_empty() {
            format!("up to {thickness} thick")
        } else {
            format!("{text}, up to {thickness} thick")
        };
    }
    text
}

#[allow(clippy::cast_possible_truncation)] // Degrees are bounded by 180.
fn cell(latitude: f64, longitude: f64) -> (i32, i32) {
    ((latitude * CELLS).floor() as i32, (longitude * CELLS).floor() as i32)
}

/// The rows of cells that may hold places near enough: the row, and its first and last cell.
fn cells_around(near: &Near) -> Vec<(i32, i32, i32)> {
    let within = near.within.unwrap_or(f64::MAX).clamp(0.0, EARTH * 4.0);
    // A little more than the circle, so that nothing at its rim is missed.
    let degrees = (within / EARTH).to_degrees() + 0.01;
    let (south, north) = ((near.latitude - degrees).max(-90.0), (near.latitude + degrees).min(90.0));
    let widest = south.abs().max(north.abs()).to_radians().cos();
    let east = if widest < 0.01 { 360.0 } else { (degrees / widest).min(360.0) };
    let (first, _) = cell(south, 0.0);
    let (last, _) = cell(north, 0.0);
    let across = |from: f64, to: f64| {
        let ((_, from), (_, to)) = (cell(0.0, from), cell(0.0, to));
        (first..=last).map(move |row| (row, from, to))
    };
    let (west, east) = (near.longitude - east, near.longitude + east);
    if east - west >= 360.0 {
        return across(-180.0, 180.0).collect();
    }
    let mut rows: Vec<_> = across(west.max(-180.0), east.min(180.0)).collect();
    // What lies beyond the date line lies on its other side.
    if west < -180.0 {
        rows.extend(across(west + 360.0, 180.0));
    }
    if east > 180.0 {
        rows.extend(across(-180.0, east - 360.0));
    }
    rows
}

/// The distance of two places along the earth, in km (haversine).
fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let [north_a, east_a, north_b, east_b] = [a.0, a.1, b.0, b.1].map(f64::to_radians);
    let square = |x: f64| x * x;
    let half = square(((north_b - north_a) / 2.0).sin())
        + north_a.cos() * north_b.cos() * square(((east_b - east_a) / 2.0).sin());
    2.0 * EARTH * half.sqrt().min(1.0).asin()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
