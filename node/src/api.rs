//! What can be asked of a commons, and what it answers.
//!
//! One set of typed requests and answers serves the command line, the local HTTP interface and the
//! pages. The serde form of an answer *is* the published `--json` shape, so a change here is a
//! change of the interface: ids and hashes are full lowercase hex, a member is a DID, a workshop an
//! id with `workshop_name` beside it, times are RFC 3339 in UTC, quantities and `log` are texts,
//! units UCUM codes.
//!
//! Goals: whoever asks cannot tell whether a running node or the store itself answers.
//!
//! Deliberately absent: terminals, exit codes, sockets. Texts for people are made in the CLI.

mod audit;
mod capacity;
mod charters;
mod checkpoints;
mod credential;
mod design;
mod diff;
mod document;
mod error;
mod federation;
mod forks;
mod invite;
mod ledger;
mod members;
mod nodes;
mod parked;
mod policy;
mod procedure;
mod proposal;
mod redact;
mod releases;
mod report;
mod search;
mod shares;
mod signer;
mod status;
mod sync;
mod workshops;

pub use audit::{Audit, AuditAnswer, AuditBundle, AuditBundled, Checked, EarlierAudit, Finding};
pub use capacity::{
    Booking, CapacityAdd, CapacityBook, CapacityCancel, CapacityChanged, CapacityClaim, CapacityDetail,
    CapacityFind, CapacityFound, CapacityHit, CapacityImport, CapacityImported, CapacityItem, CapacityList,
    CapacityPublish, CapacityPublished, CapacityRemove, CapacitySet, CapacityShow, CapacitySummary,
    ImportedSheet, Load, PublishFormat, SheetState,
};
pub use charters::{
    CharterAlarm, CharterDetail, CharterEndorse, CharterList, CharterPropose, CharterRow, CharterShow,
    Proposed,
};
pub use checkpoints::{
    CheckpointDetail, CheckpointList, CheckpointProof, CheckpointProofMade, CheckpointRow, CheckpointSeal,
    CheckpointShow, CheckpointState, EntryCovered,
};
pub use credential::{CredentialCosign, CredentialIssue, CredentialSigned};
pub use design::{
    Author, BomLine, ConcurrentValue, Conflict, DesignDetail, DesignEdit, DesignEdited, DesignFile,
    DesignFileAdd, DesignFiles, DesignFilesWritten, DesignImport, DesignImported, DesignKeeperAdd,
    DesignKeeperDrop, DesignKeepers, DesignKept, DesignList, DesignNew, DesignShow, DesignSummary,
    ImportFinding, ItemAdd, ItemRemove, Keeper, LeftOut,
};
pub use diff::{Change, Diff, FieldChange, ItemChange};
pub use document::{
    BlamedField, ConflictList, ConflictResolve, ConflictRow, DocumentBlame, DocumentLog, Form, FormSave,
    FormSaved, FormShow, LoggedEntry,
};
pub use error::{ErrorKind, ServiceError};
pub use federation::{Joined, Waiting};
pub use forks::{
    ForkBranch, ForkDetail, ForkEntry, ForkHealed, ForkProofMade, ForkSummary, Forks, ForksHeal, ForksProof,
    ForksShow, Healing,
};
pub use invite::{Invite, Invited, Offer};
pub use ledger::{
    AgentClaim, AgentClaimed, AgentList, AgentRow, Attest, Attestation, Attested, Book, Booked, Cite,
    Contribute, ContributeImport, Correct, EvidenceFile, EvidenceWritten, Imported, LedgerEvidence,
    LedgerExport, LedgerExported, LedgerFormat, LedgerGroup, LedgerList, LedgerRecord, LedgerShow,
    LedgerTotal, LedgerTotals, RecordSummary, Relation, Retract, Settle, Settlement, Standing, Verdict,
};
pub use members::{
    MemberAdd, MemberChanged, MemberList, MemberRemove, MemberReplace, MemberRole, MemberRotate, MemberRow,
};
pub use nodes::{NodeBind, NodeChanged, NodeList, NodeRow, NodeUnbind};
pub use parked::{
    LeftEntry, ParkedEntry, ParkedExplain, ParkedExplanation, ParkedList, ParkedRescue, Rescued,
    RescuedEntry, Why, WhyAnswer, WhyStep,
};
pub use policy::{PolicyRow, PolicySet, PolicyShow};
pub use procedure::{
    SopAdopt, SopAdoption, SopApproval, SopApprove, SopDetail, SopEdit, SopExport, SopExported, SopFile,
    SopFormat, SopImport, SopImported, SopItem, SopList, SopNew, SopReading, SopRun, SopRunMade, SopSaid,
    SopShow, SopSummary, SopTaken, SopWord,
};
pub use proposal::{
    ProposalAccept, ProposalAccepted, ProposalDecline, ProposalDeclined, ProposalDetail, ProposalList,
    ProposalShow, ProposalState, ProposalSummary, ProposedBy,
};
pub use redact::{Redact, Redacted};
pub use releases::{
    DesignCheck, DesignChecked, DesignDerive, DesignDerived, DesignDiff, DesignDiffered, DesignExport,
    DesignExported, DesignProof, DesignProofMade, DesignRelease, DesignReleased, DesignReleases,
    DesignWithdraw, ExportFormat, ReleaseFile, ReleaseRow, ReleaseSource,
};
pub use report::{AuditReport, AuditReported, Report, ReportForm, ReportLanguage, ReportMade, ReportTotals};
pub use search::{FacetCount, Search, SearchAnswer, SearchFacets, SearchKind, SearchResult};
pub use shares::{RuleCited, ShareKind, ShareRow, ShareStep, Shares, SharesStated};
pub use signer::{Passphrase, Signer};
pub use status::{
    Counts, FederationName, MemberName, NodeState, PeerState, Status, StatusAnswer, WorkshopName,
};
pub use sync::{Sync, Synced};
pub use workshops::{
    MotionRow, Moved, WorkshopAdmit, WorkshopList, WorkshopMotions, WorkshopRemove, WorkshopRow,
    WorkshopSteward, WorkshopVote,
};

use aronde_protocol::id::EntryId;
use serde::{Deserialize, Serialize};

/// The commons as its callers see it: one question, one answer.
///
/// The call blocks until the answer is durable; the HTTP server calls it on a blocking thread.
pub trait Service: Send + std::marker::Sync + 'static {
    /// Answers `request`, signing what has to be signed as `signer` says.
    fn call(&self, request: Request, signer: Signer) -> Result<Answer, ServiceError>;
}

macro_rules! interface {
    ($($(#[$doc:meta])* $variant:ident = $command:literal, $answer:ident, signs: $signs:literal;)*) => {
        /// A question to the commons. Each kind has a file under `api/`, by its noun.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum Request {
            $($(#[$doc])* #[serde(rename = $command)] $variant($variant),)*
        }

        impl Request {
            /// The names of all commands, as in `POST /api/<command>`.
            pub const COMMANDS: &[&str] = &[$($command),*];

            /// The command's name, as in `POST /api/<command>`.
            pub fn command(&self) -> &'static str {
                match self { $(Self::$variant(_) => $command,)* }
            }

            /// Whether answering needs a member's signature, and so perhaps a passphrase.
            pub fn signs(&self) -> bool {
                match self { $(Self::$variant(_) => $signs,)* }
            }

            /// Reads the answer to this request from its JSON.
            pub fn read_answer(&self, json: serde_json::Value) -> Result<Answer, serde_json::Error> {
                Ok(match self { $(Self::$variant(_) => Answer::$variant(serde_json::from_value(json)?),)* })
            }
        }

        /// The answer to the request of the same name. Its JSON is the published shape, without a tag.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Answer {
            $($(#[$doc])* $variant($answer),)*
        }
    };
}

/// Something was written and has a name now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrote {
    /// Its id.
    pub id: EntryId,
}

type DesignSummaries = Vec<DesignSummary>;
type ReleaseRows = Vec<ReleaseRow>;
type CapacitySummaries = Vec<CapacitySummary>;
type SopSummaries = Vec<SopSummary>;
type ProposalSummaries = Vec<ProposalSummary>;
type RecordSummaries = Vec<RecordSummary>;
type LedgerTotalRows = Vec<LedgerTotal>;
type AgentRows = Vec<AgentRow>;
type ParkedEntries = Vec<ParkedEntry>;
type ForkSummaries = Vec<ForkSummary>;
type ForksHealed = Vec<ForkHealed>;
type MemberRows = Vec<MemberRow>;
type LoggedEntries = Vec<LoggedEntry>;
type BlamedFields = Vec<BlamedField>;
type ConflictRows = Vec<ConflictRow>;
type WorkshopRows = Vec<WorkshopRow>;
type MotionRows = Vec<MotionRow>;
type NodeRows = Vec<NodeRow>;
type CharterRows = Vec<CharterRow>;
type CheckpointRows = Vec<CheckpointRow>;
type PolicyRows = Vec<PolicyRow>;

interface! {
    /// Who we are, what is held, who is connected.
    Status = "status", StatusAnswer, signs: false;
    /// A new, empty design.
    DesignNew = "design-new", Wrote, signs: true;
    /// A design from a folder or a manifest.
    DesignImport = "design-import", DesignImported, signs: true;
    /// New values for fields of a design.
    DesignEdit = "design-edit", DesignEdited, signs: true;
    /// A file into a design.
    DesignFileAdd = "design-file-add", DesignEdited, signs: true;
    /// A document as a text to edit.
    FormShow = "form-show", Form, signs: false;
    /// An edited text, back into its document.
    FormSave = "form-save", FormSaved, signs: true;
    /// Who changed what in a document.
    DocumentLog = "document-log", LoggedEntries, signs: false;
    /// Who wrote what stands in a document.
    DocumentBlame = "document-blame", BlamedFields, signs: false;
    /// All that stands in conflict.
    ConflictList = "conflict-list", ConflictRows, signs: false;
    /// A decision.
    ConflictResolve = "conflict-resolve", DesignEdited, signs: true;
    /// All designs.
    DesignList = "design-list", DesignSummaries, signs: false;
    /// One design in full.
    DesignShow = "design-show", DesignDetail, signs: false;
    /// The files of a design, written to a folder.
    DesignFiles = "design-files", DesignFilesWritten, signs: false;
    /// Who keeps a design.
    DesignKeepers = "design-keepers", DesignKept, signs: false;
    /// One keeper more.
    DesignKeeperAdd = "design-keeper-add", DesignKept, signs: true;
    /// One keeper less.
    DesignKeeperDrop = "design-keeper-drop", DesignKept, signs: true;
    /// A design as it stands, under a version.
    DesignRelease = "design-release", DesignReleased, signs: true;
    /// The releases of a design.
    DesignReleases = "design-releases", ReleaseRows, signs: false;
    /// The proof of a release, for people who hold nothing of the federation.
    DesignProof = "design-proof", DesignProofMade, signs: false;
    /// A new design made out of another one.
    DesignDerive = "design-derive", DesignDerived, signs: true;
    /// A word that a design should no longer be made.
    DesignWithdraw = "design-withdraw", DesignEdited, signs: true;
    /// What differs between two states of a design.
    DesignDiff = "design-diff", DesignDiffered, signs: false;
    /// A design written for others.
    DesignExport = "design-export", DesignExported, signs: false;
    /// What a design lacks to be made elsewhere.
    DesignCheck = "design-check", DesignChecked, signs: false;
    /// New values for fields of a capacity sheet.
    CapacitySet = "capacity-set", CapacityChanged, signs: true;
    /// One item more in a list of a capacity sheet.
    CapacityAdd = "capacity-add", CapacityChanged, signs: true;
    /// One item less in a list of a capacity sheet.
    CapacityRemove = "capacity-remove", CapacityChanged, signs: true;
    /// Capacity sheets and machine models from a file.
    CapacityImport = "capacity-import", CapacityImported, signs: true;
    /// All capacity sheets, or all machine models.
    CapacityList = "capacity-list", CapacitySummaries, signs: false;
    /// One capacity sheet in full.
    CapacityShow = "capacity-show", CapacityDetail, signs: false;
    /// A listed sheet claimed by one's own workshop.
    CapacityClaim = "capacity-claim", CapacityChanged, signs: true;
    /// The machines that may do.
    CapacityFind = "capacity-find", CapacityFound, signs: false;
    /// A machine booked.
    CapacityBook = "capacity-book", Wrote, signs: true;
    /// A booking cancelled.
    CapacityCancel = "capacity-cancel", Wrote, signs: true;
    /// A capacity sheet as the maps read it.
    CapacityPublish = "capacity-publish", CapacityPublished, signs: false;
    /// A new procedure.
    SopNew = "sop-new", Wrote, signs: true;
    /// Procedures from pages.
    SopImport = "sop-import", SopImported, signs: true;
    /// New values for fields of a procedure.
    SopEdit = "sop-edit", DesignEdited, signs: true;
    /// All procedures.
    SopList = "sop-list", SopSummaries, signs: false;
    /// One procedure in full.
    SopShow = "sop-show", SopDetail, signs: false;
    /// A workshop's opinion of a revision.
    SopApprove = "sop-approve", SopSaid, signs: true;
    /// A revision that a workshop works by.
    SopAdopt = "sop-adopt", SopSaid, signs: true;
    /// A procedure that was followed.
    SopRun = "sop-run", SopSaid, signs: true;
    /// A procedure, written as a page.
    SopExport = "sop-export", SopExported, signs: false;
    /// Words across everything that is shared.
    Search = "search", SearchAnswer, signs: false;
    /// The edits that wait for keepers.
    ProposalList = "proposal-list", ProposalSummaries, signs: false;
    /// What one of them would change.
    ProposalShow = "proposal-show", ProposalDetail, signs: false;
    /// Taking one in.
    ProposalAccept = "proposal-accept", ProposalAccepted, signs: true;
    /// Declining one.
    ProposalDecline = "proposal-decline", ProposalDeclined, signs: true;
    /// A contribution to something.
    Contribute = "contribute", Wrote, signs: true;
    /// A line in the book beside the machine.
    Book = "book", Booked, signs: true;
    /// Contributions from a table or a history.
    ContributeImport = "contribute-import", Imported, signs: true;
    /// A contribution in the place of one that was wrong.
    Correct = "correct", Wrote, signs: true;
    /// A record taken back.
    Retract = "retract", Wrote, signs: true;
    /// How a contribution was settled.
    Settle = "settle", Wrote, signs: true;
    /// What something was made on the ground of.
    Cite = "cite", Wrote, signs: true;
    /// People and groups who are no members.
    AgentList = "agent-list", AgentRows, signs: false;
    /// A word that one of them is the signer.
    AgentClaim = "agent-claim", AgentClaimed, signs: true;
    /// A confirmation or a dispute of a record.
    Attest = "attest", Attested, signs: true;
    /// All records, or those about one thing.
    LedgerList = "ledger-list", RecordSummaries, signs: false;
    /// Exact sums over records.
    LedgerTotals = "ledger-totals", LedgerTotalRows, signs: false;
    /// Who gets what of an amount.
    Shares = "shares", SharesStated, signs: false;
    /// Records in a form for others.
    LedgerExport = "ledger-export", LedgerExported, signs: false;
    /// One record in full, with what was attested about it.
    LedgerShow = "ledger-show", LedgerRecord, signs: false;
    /// The files that a record shows as evidence, in a folder.
    LedgerEvidence = "ledger-evidence", EvidenceWritten, signs: false;
    /// A contribution as a credential for others.
    CredentialIssue = "credential-issue", CredentialSigned, signs: true;
    /// A further proof under a credential.
    CredentialCosign = "credential-cosign", CredentialSigned, signs: true;
    /// Every byte held, checked again.
    Audit = "audit", AuditAnswer, signs: false;
    /// The same, and a report of it with exact totals, as a file.
    AuditReport = "audit-report", AuditReported, signs: false;
    /// What is held as one file, for people who hold nothing of the federation.
    AuditBundle = "audit-bundle", AuditBundled, signs: true;
    /// What is held and doesn't count.
    ParkedList = "parked-list", ParkedEntries, signs: false;
    /// Why one entry doesn't count.
    ParkedExplain = "parked-explain", ParkedExplanation, signs: false;
    /// One's own parked work, signed again.
    ParkedRescue = "parked-rescue", Rescued, signs: true;
    /// What is personal in an entry, forgotten everywhere.
    Redact = "redact", Redacted, signs: true;
    /// By what right an entry counts.
    Why = "why", WhyAnswer, signs: false;
    /// All places where a log parts.
    Forks = "forks", ForkSummaries, signs: false;
    /// One fork with what lies on its branches.
    ForksShow = "forks-show", ForkDetail, signs: false;
    /// The proof of a fork, for people who hold nothing of the federation.
    ForksProof = "forks-proof", ForkProofMade, signs: false;
    /// A word of the owner on forks of their own logs.
    ForksHeal = "forks-heal", ForksHealed, signs: true;
    /// A ticket for a newcomer.
    Invite = "invite", Invited, signs: true;
    /// Exchange with every peer that can be reached.
    Sync = "sync", Synced, signs: false;
    /// All members, former ones included.
    MemberList = "member-list", MemberRows, signs: false;
    /// A member admitted to one's own workshop.
    MemberAdd = "member-add", MemberChanged, signs: true;
    /// Another role for a member.
    MemberRole = "member-role", MemberChanged, signs: true;
    /// A member removed.
    MemberRemove = "member-remove", MemberChanged, signs: true;
    /// The home's own key replaced by its next one.
    MemberRotate = "member-rotate", MemberChanged, signs: true;
    /// A member's lost key replaced by another.
    MemberReplace = "member-replace", MemberChanged, signs: true;
    /// All workshops, former ones included.
    WorkshopList = "workshop-list", WorkshopRows, signs: false;
    /// A motion to admit a workshop.
    WorkshopAdmit = "workshop-admit", Moved, signs: true;
    /// A motion to remove a workshop.
    WorkshopRemove = "workshop-remove", Moved, signs: true;
    /// A motion to give a workshop a steward.
    WorkshopSteward = "workshop-steward", Moved, signs: true;
    /// The motions that are open.
    WorkshopMotions = "workshop-motions", MotionRows, signs: false;
    /// A vote for a motion.
    WorkshopVote = "workshop-vote", Moved, signs: true;
    /// The nodes that are bound.
    NodeList = "node-list", NodeRows, signs: false;
    /// A node bound to one's own workshop.
    NodeBind = "node-bind", NodeChanged, signs: true;
    /// A binding ended.
    NodeUnbind = "node-unbind", NodeChanged, signs: true;
    /// The checkpoints that are followed.
    CheckpointList = "checkpoint-list", CheckpointRows, signs: false;
    /// One checkpoint.
    CheckpointShow = "checkpoint-show", CheckpointDetail, signs: false;
    /// The proof that a workshop endorsed two charters that rival each other.
    CheckpointProof = "checkpoint-proof", CheckpointProofMade, signs: false;
    /// All charters.
    CharterList = "charter-list", CharterRows, signs: false;
    /// One charter in full.
    CharterShow = "charter-show", CharterDetail, signs: false;
    /// A new charter.
    CharterPropose = "charter-propose", Proposed, signs: true;
    /// An endorsement of a charter.
    CharterEndorse = "charter-endorse", Proposed, signs: true;
    /// The policy.
    PolicyShow = "policy-show", PolicyRows, signs: false;
    /// A motion to set values of the policy.
    PolicySet = "policy-set", Moved, signs: true;
}

#[cfg(test)]
mod tests;
