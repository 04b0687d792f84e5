//! `design new | import | edit | list | show | files`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aronde_protocol::id::{DocumentId, EntryId, FileHash, WorkshopId};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::status::WorkshopName;

/// Makes a new design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignNew {
    /// Its title.
    pub title: String,
    /// An SPDX expression.
    pub licence: Option<String>,
    /// What the thing is for, in a sentence.
    pub function: Option<String>,
    /// What it is, in a paragraph.
    pub description: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// Takes in a folder with a manifest, a manifest alone, or a folder without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignImport {
    /// The folder or the manifest; absolute.
    pub path: PathBuf,
    /// The design (or a prefix of its id) that becomes what the folder says.
    pub update: Option<String>,
    /// The title, when no manifest says one.
    pub title: Option<String>,
    /// The licence, when no manifest says one.
    pub licence: Option<String>,
    /// The function, when no manifest says one.
    pub function: Option<String>,
}

/// Sets fields of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignEdit {
    /// The design, or a prefix of its id.
    pub id: String,
    /// Field and new value, in the order given.
    #[serde(default)]
    pub set: Vec<(String, String)>,
    /// Items to add.
    #[serde(default)]
    pub add: Vec<ItemAdd>,
    /// Items to remove.
    #[serde(default)]
    pub remove: Vec<ItemRemove>,
    /// The proposal (or a prefix of its id) that this goes on from. Without it, and without right to the design, an edit
    /// goes on from its author's own open proposal.
    #[serde(default)]
    pub on: Option<String>,
    /// Whether this goes on from no proposal.
    #[serde(default)]
    pub apart: bool,
}

/// An item to add to a list of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemAdd {
    /// The list: `bom`, `steps` …
    pub list: String,
    /// The item that it comes after: its number in the list, its id, or what only it is called. At the end without.
    #[serde(default)]
    pub after: Option<String>,
    /// Field and value.
    pub set: Vec<(String, String)>,
}

/// An item to remove from a list of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemRemove {
    /// The list.
    pub list: String,
    /// The item: its number in the list, its id, or what only it is called.
    pub item: String,
}

/// Puts a file into a design, or other bytes in the place of one that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignFileAdd {
    /// The design, or a prefix of its id.
    pub id: String,
    /// The file on this machine; absolute.
    pub file: PathBuf,
    /// Where it lies in the design: its own name without.
    #[serde(default)]
    pub path: Option<String>,
    /// Further fields, as its role.
    #[serde(default)]
    pub set: Vec<(String, String)>,
    /// The proposal that this goes on from, as for [`DesignEdit`].
    #[serde(default)]
    pub on: Option<String>,
    /// Whether this goes on from no proposal.
    #[serde(default)]
    pub apart: bool,
}

/// Asks for all designs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignList {}

/// Asks for one design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignShow {
    /// The design, or a prefix of its id.
    pub id: String,
}

/// Writes the files of a design to a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignFiles {
    /// The design, or a prefix of its id.
    pub id: String,
    /// The folder; absolute.
    pub out: PathBuf,
    /// Whether files that are there already are replaced.
    pub force: bool,
}

/// Asks who keeps a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignKeepers {
    /// The design, or a prefix of its id.
    pub id: String,
}

/// Makes a workshop a keeper of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignKeeperAdd {
    /// The design, or a prefix of its id.
    pub id: String,
    /// The workshop: its name, its id or a prefix of that.
    pub workshop: String,
}

/// Makes a workshop a keeper of a design no longer. What its members wrote so far stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignKeeperDrop {
    /// The design, or a prefix of its id.
    pub id: String,
    /// The workshop: its name, its id or a prefix of that.
    pub workshop: String,
}

/// Who keeps a design, after what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignKept {
    /// The design.
    pub id: DocumentId,
    /// Those who keep it.
    pub keepers: Vec<Keeper>,
    /// The operations that were signed for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<EntryId>,
}

/// A workshop that keeps a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeper {
    /// The workshop.
    pub workshop: WorkshopId,
    /// What people call it.
    pub workshop_name: Option<String>,
    /// The operation by which it does; absent when it created the design.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<EntryId>,
    /// Who signed that, a DID.
    pub by: MemberKey,
    /// What people call them.
    pub by_name: Option<String>,
    /// When, as they claim.
    pub at: Timestamp,
}

/// A design was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignEdited {
    /// The design.
    pub id: DocumentId,
    /// The entry that carries the edit.
    pub entry: EntryId,
    /// Whether the edit counts; without right to it, it waits as a proposal of the entry's name.
    pub accepted: bool,
    /// Who keeps the design.
    pub keepers: Vec<WorkshopName>,
    /// The proposal that it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<EntryId>,
    /// How many edits the proposal has now; 0 when the edit counts.
    pub edits: u64,
}

/// A design was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignImported {
    /// The design.
    pub id: DocumentId,
    /// What the manifest says that is not quite right, by field.
    pub findings: Vec<ImportFinding>,
    /// The proposal that the changes wait in, when the member's workshop does not keep the design.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<EntryId>,
    /// Who keeps the design, when it was there before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keepers: Vec<WorkshopName>,
}

/// Something in a manifest that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFinding {
    /// The field, as the manifest writes it.
    pub field: String,
    /// What is odd, and what was made of it.
    pub what: String,
}

/// The files of a design were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignFilesWritten {
    /// The design.
    pub id: DocumentId,
    /// The folder.
    pub out: PathBuf,
    /// How many files were written.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// Files whose bytes are not here yet, by path.
    pub missing: Vec<String>,
    /// Edits of the design that do not fit it and have no effect; a file may be among what they say.
    pub left_out: u64,
}

/// A design in a list. A field in conflict is absent: no list picks a winner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignSummary {
    /// Its id.
    pub id: DocumentId,
    /// Its title.
    pub title: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its licence, an SPDX expression.
    pub licence: Option<String>,
    /// Whether it is withdrawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// The workshop that created it, and keeps it unless its keepers say otherwise.
    pub workshop: WorkshopId,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
}

/// A design in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignDetail {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: DesignSummary,
    /// What it is.
    pub description: Option<String>,
    /// What it is for.
    pub function: Option<String>,
    /// Why nobody should make it any more, when it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
    /// Why its licence makes it no open hardware, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_open: Option<String>,
    /// What it is derived from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<super::ReleaseSource>,
    /// Its other fields that are agreed, by name: those kept from a manifest as `manifest/NAME`.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Its other lists, by name: steps, materials, tolerances …, each item with its agreed fields.
    #[serde(default)]
    pub lists: BTreeMap<String, Vec<BTreeMap<String, String>>>,
    /// Its parts.
    pub bom: Vec<BomLine>,
    /// Its files.
    pub files: Vec<DesignFile>,
    /// Who made it, as its manifest says.
    pub authors: Vec<Author>,
    /// Fields that were set differently at the same time.
    pub conflicts: Vec<Conflict>,
    /// Edits that do not fit the design and have no effect.
    pub left_out: Vec<LeftOut>,
    /// Open proposals for it.
    pub proposals: Vec<EntryId>,
    /// The workshops that keep it.
    pub keepers: Vec<WorkshopName>,
}

/// An edit without effect, as it does not fit the design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The entry that it is in.
    pub entry: EntryId,
    /// Which edit of that entry, from 0; absent for all of it.
    pub edit: Option<u32>,
    /// Why.
    pub why: String,
}

/// One line of a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BomLine {
    /// Its name in the design, as an edit of it says.
    pub item: String,
    /// What is needed.
    pub part: Option<String>,
    /// How much, an exact decimal.
    pub quantity: Option<String>,
    /// Of which unit, a UCUM code.
    pub unit: Option<String>,
    /// Where in the design, as `R1, R2`.
    pub reference: Option<String>,
    /// Anything else said about it.
    pub note: Option<String>,
    /// Material, supplier, cost and whatever else is said of it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

/// A file of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignFile {
    /// Where it lies in the design's folder.
    pub path: String,
    /// What it is for, in the words of Open Know-How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its length in bytes.
    pub len: u64,
    /// Whether the bytes are here.
    pub present: bool,
}

/// Someone named as an author by a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The name as written; absent when it was redacted.
    pub name: Option<String>,
    /// Where to reach them, as written.
    pub contact: Option<String>,
}

/// A field with more than one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field, as `design edit --set` takes it.
    pub field: String,
    /// Every value, each with its hand.
    pub values: Vec<ConcurrentValue>,
}

/// One of several values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcurrentValue {
    /// The value, as `design edit --set` takes it; absent when the field was removed.
    pub value: Option<String>,
    /// Who set it, a DID.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// When, as they claim.
    pub at: Timestamp,
    /// The entry that says so.
    pub entry: EntryId,
}
