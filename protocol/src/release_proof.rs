//! Release proofs: that a design was released as it is said, by whom, and by what right (`docs/entries.md`, Fork and
//! release proofs).
//!
//! A proof holds entries: all operations that its maker held, the release with its past, and the document's entries up
//! to the heads that it names, with the signatures that vouch for them. Whoever checks it holds them in an empty
//! replica and judges by the same rules as every member: nothing of it is believed. Personal parts are left out:
//! they decide nothing, and a proof goes to anyone.
//!
//! What it does not show: that no later operation, which its maker left out or did not know, takes the right away; that
//! the times are true; that anybody built it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::document::materialise::Document;
use crate::document::{DocumentEntry, release};
use crate::entry::{Entry, EntryError, Gist, Header};
use crate::id::{DocumentId, EntryId, WorkshopId};
use crate::key::MemberKey;
use crate::limits;
use crate::record::release::{ReleaseFacts, ReleasedFile, ReleasedSource};
use crate::replica::Replica;
use crate::run;
use crate::wire::{Bounded, Bytes};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseProof {
    /// The founding entry and the charter that its maker followed.
    federation: (EntryId, EntryId),
    release: EntryId,
    /// Compact runs of the entries, each after its past.
    runs: Bounded<Bytes<{ limits::RUN_MAX }>, { limits::PROOF_RUNS_MAX }>,
}

/// What a release proof shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenRelease {
    /// The federation, by its founding entry.
    pub federation: EntryId,
    /// The charter that is followed there.
    pub charter: EntryId,
    /// The release.
    pub release: EntryId,
    /// What was released.
    pub document: DocumentId,
    /// What it is called.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Its licence.
    pub licence: String,
    /// Whose key signed it.
    pub author: MemberKey,
    /// The workshop they spoke for.
    pub workshop: Option<WorkshopId>,
    /// What that workshop is called.
    pub workshop_name: Option<String>,
    /// When, as they claim: ms since 1970.
    pub at: u64,
    /// The exact heads of the document.
    pub heads: Vec<EntryId>,
    /// Its files.
    pub files: Vec<ReleasedFile>,
    /// What it is derived from.
    pub sources: Vec<ReleasedSource>,
    /// The chain of rights, from the release back to the founding entry.
    pub rights: Vec<EntryId>,
    /// How many entries were checked.
    pub entries: u64,
}

/// Why a release is not proven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseProofError {
    /// More than a proof may hold.
    #[error("it would hold more than {0} runs of entries")]
    TooLong(usize),
    /// A run that is none, or not as it is written.
    #[error("its entries cannot be read as they were written")]
    Runs,
    /// An entry that is not in order.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// An entry that nobody vouches for, or whose past is missing.
    #[error("an entry of it is not authentic, or its past is missing")]
    NotHeld,
    /// The release is not among them.
    #[error("the release is not among its entries")]
    NoRelease,
    /// The release does not count.
    #[error("the release has no right: its author could not have changed the document there")]
    NoRight,
    /// The document cannot be made, or says something else.
    #[error("the document at the release's heads is not what the release says")]
    Disagrees,
}

impl ReleaseProof {
    /// The proof that these entries make of a release, each given after its past.
    ///
    /// # Errors
    /// They prove nothing of the kind.
    pub fn of(
        founding: EntryId,
        charter: EntryId,
        release: EntryId,
        entries: &[Entry],
    ) -> Result<Self, ReleaseProofError> {
        let bare: Vec<Entry> = entries.iter().map(without_personal).collect::<Result<_, _>>()?;
        let runs: Vec<_> = run::encode(&bare).into_iter().map(Bytes).collect();
        if runs.len() > limits::PROOF_RUNS_MAX {
            return Err(ReleaseProofError::TooLong(limits::PROOF_RUNS_MAX));
        }
        let proof = Self { federation: (founding, charter), release, runs: runs.into() };
        proof.check()?;
        Ok(proof)
    }

    /// What it shows.
    ///
    /// # Errors
    /// It shows no release.
    pub fn check(&self) -> Result<ProvenRelease, ReleaseProofError> {
        let (federation, charter) = self.federation;
        let mut replica = Replica::new(federation);
        replica.follow(charter);
        let mut all: HashMap<EntryId, Entry> = HashMap::new();
        for bytes in &self.runs.0 {
            let entries = run::decode(&bytes.0).map_err(|_| ReleaseProofError::Runs)?;
            let again = run::encode(&entries);
            if again.as_slice() != [bytes.0.clone()] || entries.iter().any(|entry| entry.personal().is_some())
            {
                return Err(ReleaseProofError::Runs);
            }
            all.extend(entries.iter().map(|entry| (entry.id(), entry.clone())));
            let received = replica.receive_bare(entries);
            // Nor may it hold anything that is not as it was, though it would be held without it.
            if !received.refused.is_empty() || received.dropped > 0 {
                return Err(ReleaseProofError::NotHeld);
            }
        }
        if all.keys().any(|id| !replica.holds(id)) || charter != federation && !replica.holds(&charter) {
            return Err(ReleaseProofError::NotHeld);
        }
        let held = replica.get(&self.release).filter(|held| held.gist == Gist::Release);
        let held = held.ok_or(ReleaseProofError::NoRelease)?;
        let document = held.header.subject.ok_or(ReleaseProofError::NoRelease)?;
        if !held.verdict.counts() || !replica.is_by_keeper(held, &document) {
            return Err(ReleaseProofError::NoRight);
        }
        let entry = all.get(&self.release).ok_or(ReleaseProofError::NoRelease)?;
        let facts = ReleaseFacts::read(entry.facts())?;
        let (mut past, mut todo) = (HashMap::new(), facts.heads.clone());
        while let Some(id) = todo.pop() {
            let entry = all.get(&id).ok_or(ReleaseProofError::Disagrees)?;
            if past.insert(id, DocumentEntry::of(entry)).is_none() {
                todo.extend(&entry.header().deps);
            }
        }
        let past: Vec<DocumentEntry> = past.into_values().collect();
        let made = Document::of(document, &past).map_err(|_| ReleaseProofError::Disagrees)?;
        if !release::agrees(&facts, &made) {
            return Err(ReleaseProofError::Disagrees);
        }
        let workshop = replica.grants(&facts.under).map(|(_, workshop)| workshop);
        let authority = replica.authority();
        let named =
            |id: &WorkshopId| authority.workshops.get(id).or_else(|| authority.former_workshops.get(id));
        let rights = replica.why(&self.release).into_iter().flatten().map(|step| step.entry).collect();
        Ok(ProvenRelease {
            federation,
            charter: authority.charter.unwrap_or(federation),
            release: self.release,
            document,
            author: entry.author(),
            workshop,
            workshop_name: workshop.as_ref().and_then(named).map(|w| w.name.clone()),
            at: entry.header().at,
            rights,
            entries: all.len() as u64,
            title: facts.title,
            version: facts.version,
            licence: facts.licence,
            heads: facts.heads,
            files: facts.files,
            sources: facts.sources,
        })
    }
}

fn without_personal(entry: &Entry) -> Result<Entry, EntryError> {
    let header: Header = entry.header().clone();
    if entry.personal().is_none() {
        return Ok(entry.clone());
    }
    Entry::build_by(Some(entry.author()), header, entry.facts().to_vec(), None, entry.signature().copied())
}
