//! What a verification finds, by the names that `docs/format.md` gives.

use serde::{Deserialize, Serialize};

use crate::id::EntryId;
use crate::limits;

/// What sort of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// The file does not begin as a bundle.
    NotABundle,
    /// It is of a newer format.
    NewerFormat,
    /// It is not as it was written.
    DamagedBundle,
    /// Its exporter did not sign it.
    BadManifestSignature,
    /// The checkpoint that was asked for is not on the chain that is followed.
    OtherCheckpoint,
    /// It is of another federation than was asked for.
    OtherFederation,
    /// Another key signed it than was asked for.
    OtherExporter,
    /// An entry is refused by its own bytes, or at the door.
    RefusedEntry,
    /// An entry stands where it must not.
    OutOfOrder,
    /// An entry's past is not there.
    MissingPast,
    /// An entry's signature is not its author's.
    BadSignature,
    /// Nothing vouches for an entry.
    NotVouched,
    /// The manifest says what is not so.
    WrongManifest,
    /// A personal part is not there, and nothing took it away.
    MissingPersonal,
    /// A personal part is there, and was taken away.
    NotRedacted,
    /// A personal part was taken away.
    Redacted,
    /// All personal parts were left out on purpose.
    LeftOut,
    /// The exporter's workshop vouched for a checkpoint, and what it covers is not all here.
    SetBack,
    /// What proves that entries were known by a checkpoint does not.
    WrongProof,
    /// A checkpoint covers what the exporter, whose workshop did not endorse it, does not show.
    Unseen,
    /// A checkpoint says other than comes out.
    WrongSeal,
    /// The exporter chose between rival charters.
    RivalCharters,
    /// The exporter is no member.
    ExporterNotAMember,
    /// One log with two hands.
    Fork,
    /// An entry that does not count.
    Parked,
    /// There is more than is told.
    More,
}

impl FindingKind {
    /// Whether it makes the bundle fail.
    pub fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::Redacted
                | Self::LeftOut
                | Self::Unseen
                | Self::WrongSeal
                | Self::RivalCharters
                | Self::ExporterNotAMember
                | Self::Fork
                | Self::Parked
                | Self::More
        )
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What sort of thing.
    pub kind: FindingKind,
    /// Whether it makes the bundle fail.
    pub fault: bool,
    /// The entry; none when it is not about one.
    pub entry: Option<EntryId>,
    /// Where in the file, when it was met there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// One sentence that says what is wrong.
    pub what: String,
}

/// Findings as they are made, as many as are told.
#[derive(Debug, Default)]
pub(super) struct Findings {
    all: Vec<Finding>,
    more: u64,
    fault: bool,
    entry_fault: bool,
}

impl Findings {
    pub fn add(&mut self, kind: FindingKind, entry: Option<EntryId>, what: impl Into<String>) {
        self.add_at(kind, entry, None, what);
    }

    pub fn add_at(
        &mut self,
        kind: FindingKind,
        entry: Option<EntryId>,
        offset: Option<u64>,
        what: impl Into<String>,
    ) {
        let fault = kind.is_fault();
        self.fault |= fault;
        self.entry_fault |= fault && entry.is_some();
        if self.all.len() < limits::BUNDLE_FINDINGS_MAX {
            self.all.push(Finding { kind, fault, entry, offset, what: what.into() });
        } else {
            self.more += 1;
        }
    }

    /// Whether an entry is at fault: then nothing can be judged.
    pub fn has_entry_fault(&self) -> bool {
        self.entry_fault
    }

    pub fn has_fault(&self) -> bool {
        self.fault
    }

    pub fn finish(mut self) -> Vec<Finding> {
        if self.more > 0 {
            let what = format!("{} more findings are not listed", self.more);
            self.all.push(Finding { kind: FindingKind::More, fault: false, entry: None, offset: None, what });
        }
        self.all
    }
}
