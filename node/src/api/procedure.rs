//! `sop new | import | edit | list | show | approve | adopt | run | export`.

use std::path::PathBuf;

use aronde_protocol::id::{DocumentId, EntryId, FileHash, WorkshopId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::record::procedure::{Approval, RunResult};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::design::{Conflict, ImportFinding, LeftOut};
use super::status::WorkshopName;

/// Makes a new procedure, empty or from a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopNew {
    /// Its title; the template's, when absent.
    #[serde(default)]
    pub title: Option<String>,
    /// The template's name.
    #[serde(default)]
    pub template: Option<String>,
    /// The language of the template, or of the new page: `en`, `fr` or `nl`.
    #[serde(default)]
    pub language: Option<String>,
    /// An SPDX expression; the template's, when absent.
    #[serde(default)]
    pub licence: Option<String>,
}

/// Takes in a page in Markdown, or every page of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopImport {
    /// The file or folder; absolute.
    pub path: PathBuf,
    /// The procedure (or a prefix of its id) that becomes what the page says.
    #[serde(default)]
    pub update: Option<String>,
    /// The title, whatever the page says.
    #[serde(default)]
    pub title: Option<String>,
    /// The licence, whatever the page says.
    #[serde(default)]
    pub licence: Option<String>,
}

/// Pages were taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopImported {
    /// The procedures.
    pub imported: Vec<SopTaken>,
    /// What should be known, by file and line.
    pub findings: Vec<ImportFinding>,
}

/// A page that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopTaken {
    /// The procedure.
    pub id: DocumentId,
    /// Its title.
    pub title: String,
    /// Where it was read from.
    pub path: PathBuf,
    /// How many pictures and files came with it.
    pub files: u64,
    /// The proposal that the changes wait in, when the member's workshop does not keep the procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<EntryId>,
    /// Who keeps it, when it was there before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keepers: Vec<WorkshopName>,
}

/// Sets fields of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopEdit {
    /// The procedure, or a prefix of its id.
    pub id: String,
    /// Field and new value, in the order given.
    pub set: Vec<(String, String)>,
    /// The proposal (or a prefix of its id) that this goes on from; as for a design.
    #[serde(default)]
    pub on: Option<String>,
    /// Whether this goes on from no proposal.
    #[serde(default)]
    pub apart: bool,
}

/// Asks for all procedures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopList {}

/// Asks for one procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopShow {
    /// The procedure, or a prefix of its id.
    pub id: String,
}

/// Approves a revision of a procedure, or objects to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopApprove {
    /// The procedure (or a prefix of its id), and perhaps `@` and a revision.
    pub id: String,
    /// What is thought of it.
    pub verdict: Approval,
    /// What is added in words; kept apart from the facts and redactable.
    #[serde(default)]
    pub note: Option<String>,
}

/// Says that the member's workshop works by a revision of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopAdopt {
    /// The procedure (or a prefix of its id), `@` and a revision; without it, as it stands now.
    pub id: String,
    /// What is added in words; kept apart from the facts and redactable.
    #[serde(default)]
    pub note: Option<String>,
}

/// Says that a procedure was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopRun {
    /// The procedure (or a prefix of its id), and perhaps `@` and a revision; without it, the one that the workshop
    /// adopted, else as it stands now.
    pub id: String,
    /// How it ended.
    pub result: RunResult,
    /// When; now, when absent.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Control points, by their number or their words, and what was read at each.
    #[serde(default)]
    pub readings: Vec<(String, String)>,
    /// What is added in words, as who did it; kept apart from the facts and redactable.
    #[serde(default)]
    pub note: Option<String>,
}

/// Something was said of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopSaid {
    /// The record.
    pub id: EntryId,
    /// The procedure.
    pub procedure: DocumentId,
    /// Its title.
    pub title: Option<String>,
    /// The revision that it speaks of.
    pub revision: EntryId,
    /// Whether that is how the procedure stands now.
    pub current: bool,
    /// The workshop that it is said for.
    pub workshop: WorkshopName,
}

/// Writes a procedure as a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SopExport {
    /// The procedure, or a prefix of its id.
    pub id: String,
    /// What to write.
    pub format: SopFormat,
    /// The file; absolute.
    pub out: PathBuf,
    /// Whether files that are there already are replaced.
    #[serde(default)]
    pub force: bool,
}

/// How a procedure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SopFormat {
    /// Markdown, with its pictures beside it.
    Md,
    /// One page in HTML for a printer, its pictures in it.
    Html,
}

/// A procedure was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopExported {
    /// The procedure.
    pub id: DocumentId,
    /// The revision that was written.
    pub revision: EntryId,
    /// The file.
    pub out: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// How many pictures and files came with it.
    pub files: u64,
    /// Those that are not here yet, by path.
    pub missing: Vec<String>,
}

/// A procedure in a list. A field in conflict is absent: no list picks a winner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopSummary {
    /// Its id.
    pub id: DocumentId,
    /// Its title.
    pub title: Option<String>,
    /// Its version, as its authors call it.
    pub version: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Its licence, an SPDX expression.
    pub licence: Option<String>,
    /// Its revision as it stands now.
    pub revision: EntryId,
    /// How many steps it has.
    pub step_count: u64,
    /// How many control points it has.
    pub control_count: u64,
    /// The workshop that created it, and keeps it unless its keepers say otherwise.
    pub workshop: WorkshopId,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// The workshops that work by it, in whatever revision.
    pub adopted_by: Vec<WorkshopName>,
}

/// A procedure in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopDetail {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: SopSummary,
    /// The page as Markdown; absent while something stands in conflict.
    pub page: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// Where it applies.
    pub scope: Option<String>,
    /// What must be there or known before.
    pub prerequisites: Option<String>,
    /// Which training it needs.
    pub training: Option<String>,
    /// What is worn.
    pub protective_equipment: Option<String>,
    /// Hazards and precautions.
    pub hazards: Vec<SopItem>,
    /// Tools and machines.
    pub tools: Vec<SopItem>,
    /// Materials.
    pub materials: Vec<SopItem>,
    /// Steps, in order.
    pub steps: Vec<SopItem>,
    /// Control points.
    pub controls: Vec<SopItem>,
    /// Pictures and files.
    pub files: Vec<SopFile>,
    /// What workshops think of revisions.
    pub approvals: Vec<SopApproval>,
    /// Which workshop works by which revision.
    pub adoptions: Vec<SopAdoption>,
    /// Who followed it, the newest first.
    pub runs: Vec<SopRunMade>,
    /// Fields that were set differently at the same time.
    pub conflicts: Vec<Conflict>,
    /// Edits that do not fit the procedure and have no effect.
    pub left_out: Vec<LeftOut>,
    /// Open proposals for it.
    pub proposals: Vec<EntryId>,
    /// The workshops that keep it.
    pub keepers: Vec<WorkshopName>,
}

/// An item of a list of a procedure: its fields by name, as people write them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopItem {
    /// Its name in the procedure, as an edit of it says.
    pub item: String,
    /// Its fields. One in conflict is absent.
    #[serde(flatten)]
    pub fields: std::collections::BTreeMap<String, String>,
}

/// A picture or file of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopFile {
    /// Where it lies beside the page.
    pub path: String,
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its length in bytes.
    pub len: u64,
    /// Whether the bytes are here.
    pub present: bool,
}

/// Who says something of a revision of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopWord {
    /// The record.
    pub id: EntryId,
    /// The workshop that it is said for.
    pub workshop: WorkshopId,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// Who says it, a DID.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// When, as they claim.
    pub at: Timestamp,
    /// The revision.
    pub revision: EntryId,
    /// Whether that is how the procedure stands now.
    pub current: bool,
    /// What they add in words; absent also when it was redacted.
    pub note: Option<String>,
}

/// What a workshop thinks of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopApproval {
    /// Who says so.
    #[serde(flatten)]
    pub word: SopWord,
    /// What is thought of it.
    pub verdict: Approval,
}

/// A workshop works by a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopAdoption {
    /// Who says so.
    #[serde(flatten)]
    pub word: SopWord,
}

/// A run of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopRunMade {
    /// Who says so. Its time is that of the run.
    #[serde(flatten)]
    pub word: SopWord,
    /// How it ended.
    pub result: RunResult,
    /// What was read at control points.
    pub readings: Vec<SopReading>,
}

/// What was read at a control point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SopReading {
    /// The control point.
    pub control: String,
    /// What was read.
    pub value: String,
}
