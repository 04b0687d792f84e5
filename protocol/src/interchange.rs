//! What others write, read: Open Know-How manifests, bills of materials, folders of a design, pages of procedures.
//!
//! Goals: take what is there. Half of the hand-made manifests in the wild fail the official schemas, so
//! what is odd is told as a [`Finding`] by field, what is not understood is kept under its own name, and
//! only what can't be read is refused, with the line and the reason. Nothing is left out unsaid.
//!
//! Invariants: bytes in, values out; input is bounded in size, depth and expansion before it is built.

pub mod bom;
pub mod contributions;
pub mod folder;
pub mod form;
pub mod okh;
pub mod okw;
pub mod sop;
pub mod spaceapi;
mod text;

use crate::limits::FINDINGS_MAX;

/// Something that whoever imports should know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// Where: a field of the manifest (`license.hardware`), a file, or a line of a file (`bom.csv:12`).
    pub field: String,
    /// What, in one sentence.
    pub what: String,
}

/// What the importer was told beside the files. It goes before what a manifest says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The title.
    pub title: Option<String>,
    /// The licence, an SPDX expression.
    pub licence: Option<String>,
    /// What the thing does.
    pub function: Option<String>,
}

/// Findings as they are gathered, never more than [`FINDINGS_MAX`].
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, field: impl Into<String>, what: impl Into<String>) {
        if self.0.len() < FINDINGS_MAX {
            self.0.push(Finding { field: field.into(), what: what.into() });
        } else if self.0.len() == FINDINGS_MAX {
            self.0.push(Finding {
                field: String::new(),
                what: "There is more than is listed here.".to_owned(),
            });
        }
    }

    pub(crate) fn append(&mut self, other: Vec<Finding>) {
        for finding in other {
            self.add(finding.field, finding.what);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}
