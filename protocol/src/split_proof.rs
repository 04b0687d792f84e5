//! Split proofs: that one workshop endorsed two charters that follow the same one, of which neither knows the other
//! (`docs/entries.md`, Forks and split proofs). So it stood by two pasts of the federation at once: it showed one to
//! some and the other to others, or took back its word.
//!
//! A proof holds operations: the two charters, the workshop's endorsement of each, and their past, with the signatures
//! that vouch for them. Whoever checks it holds them in an empty replica and judges by the rules of every member.
//! Personal parts are left out. Work is not in it, so it can be made by somebody from whom work was kept.
//!
//! What it does not show: which of the two is right, when they were written, or why both were signed.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::authority::operation::Operation;
use crate::entry::{Entry, EntryError};
use crate::id::{EntryId, WorkshopId};
use crate::key::MemberKey;
use crate::limits;
use crate::replica::{Held, Replica};
use crate::run;
use crate::wire::{Bounded, Bytes};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitProof {
    federation: EntryId,
    /// The two charters, the smaller id first.
    charters: (EntryId, EntryId),
    /// Compact runs of the operations, each after its past.
    runs: Bounded<Bytes<{ limits::RUN_MAX }>, { limits::PROOF_RUNS_MAX }>,
}

/// What a split proof shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenSplit {
    /// The federation, by its founding entry.
    pub federation: EntryId,
    /// The charter that both follow.
    pub before: EntryId,
    /// The two charters, sorted.
    pub charters: [EntryId; 2],
    /// When each says that it was written, in ms since 1970: a claim.
    pub at: [u64; 2],
    /// The workshop that endorsed both; the first by id, where several did.
    pub workshop: WorkshopId,
    /// What it is called.
    pub workshop_name: String,
    /// The keys that endorsed for it, sorted.
    pub members: Vec<MemberKey>,
    /// How many operations were checked.
    pub entries: u64,
}

/// Why a split is not proven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitProofError {
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
    #[error("an entry of it is not authentic, is no operation, or its past is missing")]
    NotHeld,
    /// One of the two is no charter, or not there.
    #[error("one of the two is no charter that is there and in order")]
    NoCharter,
    /// One knows the other, or they follow different ones.
    #[error("the two charters do not rival each other: one knows the other, or they follow different ones")]
    NoRivals,
    /// No workshop endorsed both.
    #[error("no workshop endorsed both charters")]
    NobodySignedBoth,
}

/// The endorsements of each of the two charters by one workshop.
type Signed = (WorkshopId, [Vec<EntryId>; 2]);

impl SplitProof {
    /// The proof that these operations make of two charters, each given after its past.
    ///
    /// # Errors
    /// They prove no split.
    pub fn of(operations: &[Entry], one: EntryId, other: EntryId) -> Result<Self, SplitProofError> {
        let federation = operations.first().map(Entry::id).ok_or(SplitProofError::NoCharter)?;
        let mut replica = Replica::new(federation);
        // As many at a time as may wait for each other.
        for some in operations.chunks(limits::RUN_ENTRIES_MAX) {
            replica.receive_bare(some.iter().map(|entry| entry.clone().without_personal()));
        }
        let charters = (one.min(other), one.max(other));
        let (_, [of_one, of_other]) = signed_both(&replica, charters)?;
        let wanted = [charters.0, charters.1].into_iter().chain(of_one).chain(of_other);
        let kept = closed(operations, wanted);
        let bare: Vec<Entry> = operations
            .iter()
            .filter(|entry| kept.contains(&entry.id()))
            .map(|entry| entry.clone().without_personal())
            .collect();
        let runs: Vec<_> = run::encode(&bare).into_iter().map(Bytes).collect();
        if runs.len() > limits::PROOF_RUNS_MAX {
            return Err(SplitProofError::TooLong(limits::PROOF_RUNS_MAX));
        }
        let proof = Self { federation, charters, runs: runs.into() };
        proof.check()?;
        Ok(proof)
    }

    /// What it shows.
    ///
    /// # Errors
    /// It shows no split.
    pub fn check(&self) -> Result<ProvenSplit, SplitProofError> {
        let mut replica = Replica::new(self.federation);
        for bytes in &self.runs.0 {
            let entries = run::decode(&bytes.0).map_err(|_| SplitProofError::Runs)?;
            let again = run::encode(&entries);
            if again.as_slice() != [bytes.0.clone()] || entries.iter().any(|entry| entry.personal().is_some())
            {
                return Err(SplitProofError::Runs);
            }
            let work = entries.iter().any(|entry| !entry.header().kind.class().is_operation());
            let received = replica.receive_bare(entries);
            if work || !received.refused.is_empty() || received.dropped > 0 || !received.known.is_empty() {
                return Err(SplitProofError::NotHeld);
            }
        }
        if replica.waiting() > 0 {
            return Err(SplitProofError::NotHeld);
        }
        let (workshop, signed) = signed_both(&replica, self.charters)?;
        let (one, other) = (held(&replica, &self.charters.0)?, held(&replica, &self.charters.1)?);
        let members: BTreeSet<MemberKey> =
            signed.iter().flatten().filter_map(|id| replica.get(id)).map(|held| held.author).collect();
        let authority = replica.authority();
        let known = authority.workshops.get(&workshop).or_else(|| authority.former_workshops.get(&workshop));
        Ok(ProvenSplit {
            federation: self.federation,
            before: authority.charters.get(&one.id).map_or(self.federation, |charter| charter.before),
            charters: [one.id, other.id],
            at: [one.header.at, other.header.at],
            workshop,
            workshop_name: known.map(|workshop| workshop.name.clone()).unwrap_or_default(),
            members: members.into_iter().collect(),
            entries: replica.len() as u64,
        })
    }
}

fn held<'a>(replica: &'a Replica, charter: &EntryId) -> Result<&'a Held, SplitProofError> {
    let in_order = replica.authority().charters.contains_key(charter);
    replica.get(charter).filter(|_| in_order).ok_or(SplitProofError::NoCharter)
}

/// The first workshop, by id, that endorsed both of two rivals, and how.
fn signed_both(replica: &Replica, charters: (EntryId, EntryId)) -> Result<Signed, SplitProofError> {
    let (one, other) = (held(replica, &charters.0)?, held(replica, &charters.1)?);
    let before = |held: &Held| replica.authority().charters.get(&held.id).map(|charter| charter.before);
    let knows = |held: &Held, other: &Held| replica.has_in_past(held, &other.id);
    if charters.0 >= charters.1 || before(one) != before(other) || knows(one, other) || knows(other, one) {
        return Err(SplitProofError::NoRivals);
    }
    let mut said: HashMap<WorkshopId, [Vec<EntryId>; 2]> = HashMap::new();
    for operation in replica.operations().filter(|held| held.verdict.counts()) {
        let (charter, under) = match operation.gist.operation() {
            Some(Operation::Charter(said)) => (operation.id, said.under),
            Some(Operation::Endorse(said)) => (said.charter, said.under),
            _ => continue,
        };
        let [of_one, of_other] = match replica.grants(&under) {
            Some((_, workshop)) => said.entry(workshop).or_default(),
            None => continue,
        };
        if charter == charters.0 {
            of_one.push(operation.id);
        } else if charter == charters.1 {
            of_other.push(operation.id);
        }
    }
    let both = said.into_iter().filter(|(_, [one, other])| !one.is_empty() && !other.is_empty());
    both.min_by_key(|(workshop, _)| *workshop).ok_or(SplitProofError::NobodySignedBoth)
}

/// These entries with their past, and with those that vouch for them.
fn closed(entries: &[Entry], wanted: impl Iterator<Item = EntryId>) -> HashSet<EntryId> {
    let by_id: HashMap<EntryId, &Entry> = entries.iter().map(|entry| (entry.id(), entry)).collect();
    let after: HashMap<EntryId, &Entry> =
        entries.iter().filter_map(|entry| Some((entry.header().prev?, entry))).collect();
    let (mut kept, mut todo) = (HashSet::new(), wanted.collect::<Vec<_>>());
    while let Some(id) = todo.pop() {
        let Some(entry) = by_id.get(&id).filter(|_| kept.insert(id)) else { continue };
        let header = entry.header();
        todo.extend(header.prev.iter().chain(&header.seen));
        if entry.signature().is_none() {
            todo.extend(after.get(&id).map(|next| next.id()));
        }
    }
    kept
}
