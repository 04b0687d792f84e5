//! A design before it is a document: what an importer read or a form was given.
//!
//! Plain data. Building entries out of it, and judging it against the schema of designs, is done
//! where documents are.

use std::collections::BTreeMap;

use crate::document::value::Value;
use crate::id::FileHash;
use crate::quantity::Quantity;

/// A design as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DesignDraft {
    /// One line.
    pub title: String,
    /// May be empty.
    pub description: String,
    /// As written; nothing is assumed of its form.
    pub version: Option<String>,
    /// A valid SPDX licence expression, perhaps only proposed; then the text it was read from lies in
    /// `unknown` under the manifest's own name.
    pub licence: Option<String>,
    /// What the thing does.
    pub function: Option<String>,
    /// Who made it, as claimed by the manifest. Personal.
    pub authors: Vec<DraftAuthor>,
    /// Bill of materials.
    pub bom: Vec<DraftPart>,
    /// Files by hash, with their checked relative paths.
    pub files: Vec<DraftFile>,
    /// Fields that have no place above, under their own names.
    pub unknown: BTreeMap<String, Value>,
}

/// A person or an organisation named as an author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftAuthor {
    /// The name as written.
    pub name: String,
    /// An e-mail address or a page, as written.
    pub contact: Option<String>,
}

/// A line of the bill of materials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftPart {
    /// What it is.
    pub part: String,
    /// How much of it.
    pub quantity: Option<Quantity>,
    /// Where it goes: designators of a board, a position.
    pub reference: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Every other column, under its own name.
    pub unknown: BTreeMap<String, Value>,
}

/// A file of the design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFile {
    /// A relative path that [`crate::file_path::FilePath`] accepts.
    pub path: String,
    /// What the file is for, in the words of Open Know-How: `source`, `export`, `bom` …
    pub role: Option<String>,
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its length in bytes.
    pub len: u64,
}
