//! `proposal list | show | accept | decline`.

use aronde_protocol::id::{DocumentId, EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Diff;
use super::status::WorkshopName;

/// Asks for the proposals that wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalList {
    /// Only those of the home's member.
    #[serde(default)]
    pub mine: bool,
    /// Only those for this design or procedure: its id, or a prefix.
    #[serde(default)]
    pub design: Option<String>,
}

/// Asks what a proposal would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalShow {
    /// The proposal, or a prefix of its id.
    pub id: String,
}

/// Takes a proposal in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalAccept {
    /// The proposal, or a prefix of its id.
    pub id: String,
    /// Whether the signer answers by name for edits that their authors had no right to make.
    #[serde(default)]
    pub answering: bool,
}

/// Declines a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalDecline {
    /// The proposal, or a prefix of its id.
    pub id: String,
    /// Why, in words; kept apart from the facts and redactable.
    pub reason: String,
}

/// How things are with a proposal. One that was taken in is none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProposalState {
    /// It waits.
    Open,
    /// A keeper has said that it will not be taken in. Another may still do it.
    Declined,
}

impl ProposalState {
    /// The word for it, as in the JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Declined => "declined",
        }
    }
}

/// What nodes answered about before they knew other documents.
fn design() -> String {
    "design".to_owned()
}

/// A proposal in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalSummary {
    /// Its newest edit. The name stands for just this edit and what it builds on.
    pub id: EntryId,
    /// The document that it would change.
    pub design: DocumentId,
    /// What that is: `design`, `procedure` …
    #[serde(default = "design")]
    pub kind: String,
    /// The document's title as it stands without the proposal.
    pub title: Option<String>,
    /// Who wrote the newest edit, a DID.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// A workshop of theirs; absent when no membership of theirs stands.
    pub workshop: Option<WorkshopId>,
    /// What people call that workshop.
    pub workshop_name: Option<String>,
    /// When the newest edit was written, as its author claims.
    pub at: Timestamp,
    /// How many edits would come in.
    pub edits: u64,
    /// How things are with it.
    pub state: ProposalState,
    /// Who declined it last, a DID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined_by: Option<MemberKey>,
    /// What people call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined_by_name: Option<String>,
    /// Why; absent also when the words were redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who wrote edits of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedBy {
    /// A DID.
    pub author: MemberKey,
    /// What people call them.
    pub author_name: Option<String>,
    /// How many of the edits are theirs.
    pub edits: u64,
    /// Whether some of these were written without any right: by a removed member, by a key that was replaced, by
    /// somebody who may not write. Who takes them in answers for them by name.
    pub without_right: bool,
}

/// What a proposal would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalDetail {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: ProposalSummary,
    /// Who keeps the design, and so decides.
    pub keepers: Vec<WorkshopName>,
    /// Whether the home's member is one of those who decide.
    pub yours: bool,
    /// Who wrote the edits.
    pub by: Vec<ProposedBy>,
    /// Edits of the design that its author did not know.
    pub unknown_edits: u64,
    /// Newer proposals of its author that go on from this one.
    pub further: Vec<EntryId>,
    /// Those of its edits below the newest that were declined as proposals before.
    pub declined_before: Vec<EntryId>,
    /// From the design as it stands to the design with the proposal taken in.
    pub diff: Diff,
    /// Fields that would have several values, as `design edit --set` takes them.
    pub conflicts: Vec<String>,
    /// Edits of the proposal that do not fit the design and would have no effect.
    pub left_out: u64,
}

/// A proposal was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalAccepted {
    /// The entry on top of it.
    pub id: EntryId,
    /// The proposal.
    pub proposal: EntryId,
    /// The document that it changed.
    pub design: DocumentId,
    /// What that is: `design`, `procedure` …
    #[serde(default = "design")]
    pub kind: String,
    /// How many edits came in with it.
    pub edits: u64,
    /// Who wrote them.
    pub by: Vec<ProposedBy>,
    /// Fields that have several values now.
    pub conflicts: Vec<String>,
}

/// A proposal was declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalDeclined {
    /// The record that says so.
    pub id: EntryId,
    /// The proposal.
    pub proposal: EntryId,
    /// The design.
    pub design: DocumentId,
}
