//! `search`: words across everything that is shared.

use aronde_protocol::id::{DocumentId, WorkshopId};
use serde::{Deserialize, Serialize};

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchKind {
    /// A design.
    Design,
    /// A procedure (SOP).
    Procedure,
    /// A capacity sheet.
    Capacity,
    /// A machine model.
    MachineModel,
}

impl SearchKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Design, Self::Procedure, Self::Capacity, Self::MachineModel];

    /// Its name, as documents have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Design => "design",
            Self::Procedure => "procedure",
            Self::Capacity => "capacity",
            Self::MachineModel => "machine-model",
        }
    }
}

/// Asks for what has all of these words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Words; phrases in quotes; `-` before what must not be there; `*` after the beginning of a word. All there is,
    /// when empty.
    #[serde(default)]
    pub words: String,
    /// Words and phrases that must not be there.
    #[serde(default)]
    pub without: Vec<String>,
    /// Only documents of this kind.
    #[serde(default)]
    pub kind: Option<SearchKind>,
    /// Only what is under this licence.
    #[serde(default)]
    pub licence: Option<String>,
    /// Only what needs or offers this process, by any of its names.
    #[serde(default)]
    pub process: Option<String>,
    /// Only what is made of this material, or offers it.
    #[serde(default)]
    pub material: Option<String>,
    /// Only what this workshop keeps: its name, or a prefix of its id.
    #[serde(default)]
    pub workshop: Option<String>,
    /// How many are shown.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchAnswer {
    /// How many were found, shown or not.
    pub total: u64,
    /// The best of them, the best first; what is withdrawn last.
    pub results: Vec<SearchResult>,
    /// How many of all that were found have which value.
    pub facets: SearchFacets,
    /// What to try next, a sentence each, when little or nothing was found.
    pub hints: Vec<String>,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchResult {
    /// What it is.
    pub kind: SearchKind,
    /// The document.
    pub id: DocumentId,
    /// Its title; while nobody decided between several, all of them with ` / ` between.
    pub title: Option<String>,
    /// The workshop that created it; of a capacity sheet, that which claims it.
    pub workshop: Option<WorkshopId>,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// Whether it should no longer be made or followed.
    pub withdrawn: bool,
    /// Where it says what was looked for, on one line.
    pub excerpt: String,
    /// The words of title and excerpt that were looked for, as they stand there.
    pub found: Vec<String>,
}

/// Counts of values, the most frequent first and at most 20 of each facet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchFacets {
    /// By kind.
    pub kind: Vec<FacetCount>,
    /// By licence: SPDX identifiers.
    pub licence: Vec<FacetCount>,
    /// By process: ids, with names where the process is known; wider processes count too.
    pub process: Vec<FacetCount>,
    /// By material, as documents write it.
    pub material: Vec<FacetCount>,
    /// By workshop that keeps it: ids, with names.
    pub workshop: Vec<FacetCount>,
}

/// How many have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// What people call it, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many of those found have it.
    pub count: u64,
}
