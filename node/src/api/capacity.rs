//! `capacity set | add | remove | import | list | show | claim | find | book | cancel | publish`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aronde_protocol::capacity::Audience;
use aronde_protocol::id::{DocumentId, EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::design::{Conflict, ImportFinding};
use super::status::WorkshopName;

/// Sets fields of a sheet; without a name, of the own workshop's, which is made when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacitySet {
    /// The sheet: a prefix of its id, its title, or its workshop.
    #[serde(default)]
    pub id: Option<String>,
    /// Field and new value, in the order given.
    pub set: Vec<(String, String)>,
    /// Machines to add, by their names.
    #[serde(default)]
    pub machines: Vec<String>,
}

/// Adds an item to a list of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityAdd {
    /// The sheet; the own workshop's when absent.
    #[serde(default)]
    pub id: Option<String>,
    /// The list: `machines`, `stocks`, `availability` …
    pub list: String,
    /// Field and value.
    pub set: Vec<(String, String)>,
}

/// Removes an item from a list of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityRemove {
    /// The sheet; the own workshop's when absent.
    #[serde(default)]
    pub id: Option<String>,
    /// The list.
    pub list: String,
    /// The item: its number from 1, its id, or its name.
    pub item: String,
}

/// A sheet was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityChanged {
    /// The sheet.
    pub id: DocumentId,
    /// The entry that carries the change; absent when the sheet says that already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// Whether the sheet is new.
    pub created: bool,
    /// Whether the change counts; without right to the sheet it waits as a proposal.
    pub accepted: bool,
    /// The workshops that keep the sheet.
    pub keepers: Vec<WorkshopName>,
}

/// Takes in a file of places or machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityImport {
    /// The file; absolute.
    pub path: PathBuf,
}

/// A file was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityImported {
    /// What the file is written in.
    pub format: String,
    /// The sheets and machine models it holds, in its order.
    pub imported: Vec<ImportedSheet>,
    /// What of it is not quite right, or kept without being understood.
    pub findings: Vec<ImportFinding>,
}

/// A sheet or machine model of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedSheet {
    /// Its document.
    pub id: DocumentId,
    /// What it is called.
    pub title: String,
    /// `capacity` or `machine-model`.
    pub kind: String,
    /// What became of it.
    pub state: SheetState,
}

/// What an import made of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetState {
    /// It is new.
    New,
    /// It was here, and says now what the file says.
    Updated,
    /// It was here, and says the same, or is kept by somebody who decides on it.
    Same,
}

/// Asks for all sheets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityList {
    /// Machine models instead of sheets.
    #[serde(default)]
    pub models: bool,
}

/// A sheet in a list. A field in conflict is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacitySummary {
    /// Its document.
    pub id: DocumentId,
    /// What it is called.
    pub title: Option<String>,
    /// The workshop that claims it; absent while it is only listed.
    pub workshop: Option<WorkshopId>,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// Whether no workshop claims it.
    pub listed: bool,
    /// The workshop that took it in.
    pub keeper: Option<WorkshopId>,
    /// Its city.
    pub city: Option<String>,
    /// Its country.
    pub country: Option<String>,
    /// How many machines it names.
    pub machines: u64,
    /// The processes it offers, by their ids.
    pub processes: Vec<String>,
}

/// Asks for one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityShow {
    /// A prefix of its id, its title, or its workshop.
    pub id: String,
}

/// A sheet in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityDetail {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: CapacitySummary,
    /// The listed sheet that it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
    /// Its fields, by name.
    pub fields: BTreeMap<String, String>,
    /// Its lists.
    pub lists: BTreeMap<String, Vec<CapacityItem>>,
    /// Fields that were set differently at the same time.
    pub conflicts: Vec<Conflict>,
    /// What is booked from now on, and was in the last week.
    pub bookings: Vec<Booking>,
    /// How much of the next four weeks is booked.
    pub load: Vec<Load>,
    /// The workshops that keep it.
    pub keepers: Vec<WorkshopName>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityItem {
    /// Its name in the document.
    pub item: String,
    /// Its fields, by name.
    pub fields: BTreeMap<String, String>,
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Its entry.
    pub id: EntryId,
    /// The machine's item; absent for the whole workshop.
    pub machine: Option<String>,
    /// What the machine is called.
    pub machine_name: Option<String>,
    /// From when.
    pub from: Timestamp,
    /// To when.
    pub to: Timestamp,
    /// Who booked.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// What they add.
    pub note: Option<String>,
    /// Another booking of the same machine at the same time.
    pub overlaps: bool,
}

/// How much of the next four weeks of a machine is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// The machine.
    pub machine: String,
    /// Minutes that are booked.
    pub booked: u64,
    /// Minutes that its calendar offers; absent when it has none.
    pub offered: Option<u64>,
}

/// Claims a listed sheet for the own workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityClaim {
    /// A prefix of its id, or its title.
    pub id: String,
}

/// Asks for machines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityFind {
    /// A process by any of its names.
    #[serde(default)]
    pub process: Option<String>,
    /// A material, in words.
    #[serde(default)]
    pub material: Option<String>,
    /// A workpiece: `1200x600x12`, in millimetres unless it says otherwise.
    #[serde(default)]
    pub size: Option<String>,
    /// Degrees north and east: `50.85,4.35`.
    #[serde(default)]
    pub near: Option<String>,
    /// At most this far: `20km`.
    #[serde(default)]
    pub within: Option<String>,
    /// Free from then on: a day, or a time.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// How many are shown.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// The machines that may do, the best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityFound {
    /// How many may do, shown or not.
    pub found: u64,
    /// How many of them are known to fit in all that was asked.
    pub fit: u64,
    /// Machines, and processes without one, that were looked through.
    pub among: u64,
    /// The best of them.
    pub hits: Vec<CapacityHit>,
}

/// A machine that may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityHit {
    /// The sheet.
    pub id: DocumentId,
    /// What the sheet is called.
    pub title: Option<String>,
    /// The workshop that claims it.
    pub workshop: Option<WorkshopId>,
    /// Whether no workshop claims it.
    pub listed: bool,
    /// The machine's item in the sheet.
    pub machine: Option<String>,
    /// What the machine is called.
    pub machine_name: Option<String>,
    /// Its process.
    pub process: Option<String>,
    /// How far it is, in km with one decimal.
    pub distance: Option<String>,
    /// When it is free next, when its calendar says.
    pub free: Option<Timestamp>,
    /// Why it fits.
    pub why: Vec<String>,
    /// What is not known of it.
    pub unknown: Vec<String>,
}

/// Books a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityBook {
    /// The sheet: a prefix of its id, its title, or its workshop.
    pub id: String,
    /// The machine: its number from 1, its id, or its name; the whole workshop when absent.
    #[serde(default)]
    pub machine: Option<String>,
    /// From when.
    pub from: Timestamp,
    /// To when.
    pub to: Timestamp,
    /// What for.
    #[serde(default)]
    pub note: Option<String>,
}

/// Cancels a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityCancel {
    /// The booking, or a prefix of its id.
    pub booking: String,
}

/// What a sheet is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublishFormat {
    /// `SpaceAPI` 15, as maps of workshops read it.
    Spaceapi,
    /// Open Know-Where.
    Okw,
}

/// Asks for a sheet as the maps read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityPublish {
    /// The sheet; the own workshop's when absent.
    #[serde(default)]
    pub id: Option<String>,
    /// As what.
    pub format: PublishFormat,
    /// For whom.
    pub audience: Audience,
}

/// A sheet as the maps read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityPublished {
    /// The sheet.
    pub id: DocumentId,
    /// For whom.
    pub audience: Audience,
    /// The document, as it goes into a file.
    pub text: String,
    /// What is missing for the maps, a sentence each.
    pub findings: Vec<String>,
}
