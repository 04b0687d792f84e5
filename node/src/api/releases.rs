//! `design release | releases | derive | withdraw | diff | export | check`.

use std::path::PathBuf;

use aronde_protocol::document::check::Finding;
use aronde_protocol::id::{DocumentId, EntryId, FileHash, WorkshopId};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Attestation, Diff, Standing};

/// Releases a design as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignRelease {
    /// The design, or a prefix of its id.
    pub id: String,
    /// The version, as Semantic Versioning writes it.
    pub version: String,
}

/// A design was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignReleased {
    /// The release.
    pub id: EntryId,
    /// The design.
    pub design: DocumentId,
    /// The version.
    pub version: String,
    /// The licence, an SPDX expression.
    pub licence: String,
    /// The exact heads of the design that it names.
    pub heads: Vec<EntryId>,
    /// How many files it has.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// What its maker should know.
    pub remarks: Vec<String>,
}

/// Asks for the releases of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignReleases {
    /// The design, or a prefix of its id.
    pub id: String,
}

/// A release of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRow {
    /// The release.
    pub id: EntryId,
    /// The design.
    pub design: DocumentId,
    /// What it was called.
    pub title: String,
    /// The version.
    pub version: String,
    /// The licence, an SPDX expression.
    pub licence: String,
    /// Who released it, a DID.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// The workshop they released it for.
    pub workshop: Option<WorkshopId>,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// When, as they claim.
    pub at: Timestamp,
    /// The exact heads of the design that it names.
    pub heads: Vec<EntryId>,
    /// Its files.
    pub files: Vec<ReleaseFile>,
    /// What it is derived from.
    pub sources: Vec<ReleaseSource>,
    /// Whether all that it names is here and the document at its heads says what the release says; false means that
    /// it cannot be relied on, absent that not all of it is here yet.
    pub agrees: Option<bool>,
    /// Another release of the same version, made by somebody who did not know this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<EntryId>,
    /// Where it stands: confirmed when a member other than its author says that it was built.
    pub standing: Standing,
    /// What was said about it.
    pub attestations: Vec<Attestation>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFile {
    /// Where it lies in the design's folder.
    pub path: String,
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its length in bytes.
    pub len: u64,
    /// Whether the bytes are here.
    pub present: bool,
}

/// A work that a design is derived from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSource {
    /// What it is called.
    pub title: String,
    /// Its release in a commons of this kind.
    pub release: Option<EntryId>,
    /// Where it is found elsewhere.
    pub link: Option<String>,
    /// Its licence, as it was written.
    pub licence: Option<String>,
}

/// Asks for the proof of a release, for people who hold nothing of the federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignProof {
    /// The design with its version, `ID@1.2.0`, or without for its newest release.
    pub id: String,
}

/// The proof of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignProofMade {
    /// The release.
    pub release: EntryId,
    /// Its version.
    pub version: String,
    /// BLAKE3 of the proof.
    pub hash: FileHash,
    /// The proof's bytes, in hex.
    pub proof: String,
}

/// Makes a design out of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignDerive {
    /// The source: a design, perhaps with the version of a release, `ID@1.2.0`.
    pub id: String,
    /// The new design's title.
    pub title: String,
}

/// A design was derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignDerived {
    /// The new design.
    pub id: DocumentId,
    /// The design that it is derived from.
    pub source: DocumentId,
    /// The release of it, when one was meant.
    pub release: Option<EntryId>,
    /// What the licence of the source asks for.
    pub remarks: Vec<String>,
}

/// Says that a design should no longer be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignWithdraw {
    /// The design, or a prefix of its id.
    pub id: String,
    /// Why; an empty text takes the withdrawal back.
    pub reason: String,
}

/// Asks what differs between two states of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignDiff {
    /// The design, or a prefix of its id.
    pub id: String,
    /// The old state: a version, a release, an entry of the design, or `now`.
    pub old: String,
    /// The new state, named alike.
    pub new: String,
}

/// What differs between two states of a design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignDiffered {
    /// The design.
    pub id: DocumentId,
    /// The heads of the old state.
    pub old: Vec<EntryId>,
    /// The heads of the new state.
    pub new: Vec<EntryId>,
    /// What differs.
    pub diff: Diff,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Open Know-How 1, YAML.
    Okh,
    /// Open Know-How 2 (LOSH), TOML.
    Losh,
    /// All of it, as this interface shows it.
    Json,
    /// A folder with both manifests, the files and the bill of materials.
    Zip,
}

/// Writes a design for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignExport {
    /// The design, perhaps with the version of a release, `ID@1.2.0`.
    pub id: String,
    /// In which form.
    pub format: ExportFormat,
    /// The file; absolute.
    pub out: PathBuf,
    /// Whether a file that is there is replaced.
    pub force: bool,
}

/// A design was written for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignExported {
    /// The design.
    pub id: DocumentId,
    /// The release, when one was meant.
    pub release: Option<EntryId>,
    /// The file.
    pub out: PathBuf,
    /// How many bytes it has.
    pub bytes: u64,
    /// What others should know of it: what the format asks for and the design does not say.
    pub remarks: Vec<String>,
}

/// Asks what a design lacks to be made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignCheck {
    /// The design, or a prefix of its id.
    pub id: String,
}

/// What a design lacks to be made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignChecked {
    /// The design.
    pub id: DocumentId,
    /// Its title.
    pub title: Option<String>,
    /// What is missing, what blocks production first.
    pub findings: Vec<Finding>,
}
