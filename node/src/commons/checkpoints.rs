//! `checkpoint`: what charters say that was held, and what comes of that here (`docs/trust.md`, Checkpoints).

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use aronde_protocol::authority::operation::{Operation, Seal};
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{EntryId, FileHash, WorkshopId};
use aronde_protocol::proof::Proof;
use aronde_protocol::replica::{History, Roots, Sealed, Unheld};
use aronde_protocol::split_proof::{SplitProof, SplitProofError};

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, timestamp};
use crate::api::{
    CheckpointDetail, CheckpointProofMade, CheckpointRow, CheckpointSeal, CheckpointShow, CheckpointState,
    EntryCovered, ServiceError,
};

/// The history of a charter, which is always the same, once it was walked.
pub(super) type Walked = Option<(EntryId, Arc<History>)>;

impl Commons {
    /// `checkpoint list`, the oldest first.
    pub(super) fn checkpoint_list(&self) -> Vec<CheckpointRow> {
        let entries = self.entries();
        let history = self.history(&entries);
        let checkpoints = entries.replica().checkpoints();
        checkpoints.into_iter().filter_map(|(id, _)| row(&entries, &id, history.as_ref())).collect()
    }

    /// `checkpoint show`.
    pub(super) fn checkpoint_show(&self, show: &CheckpointShow) -> Result<CheckpointDetail, ServiceError> {
        let entries = self.entries();
        let replica = entries.replica();
        let (followed, history) = (replica.checkpoints(), self.history(&entries));
        let id = match (&show.checkpoint, followed.last()) {
            (Some(text), _) => {
                let all = replica.authority().charters.keys().copied();
                resolve(text, "a checkpoint", all.filter(|id| seal_of(&entries, id).is_some()))?
            }
            (None, Some((newest, _))) => *newest,
            (None, None) => {
                return Err(ServiceError::user("there is no checkpoint yet")
                    .hint("make one, if you are a steward: aronde charter propose")
                    .hint("or let nodes make them: aronde policy set charter-every-days=30"));
            }
        };
        let row = row(&entries, &id, history.as_ref())
            .ok_or_else(|| ServiceError::internal("a checkpoint is gone"))?;
        let (found, missing) = match replica.sealed(&id) {
            Sealed::Differs { found, .. } => (Some(figures(&found)), Vec::new()),
            Sealed::Unheld(unheld) => (None, unheld.heads),
            Sealed::Agrees(_) | Sealed::Unsealed => (None, Vec::new()),
        };
        let entry = match &show.entry {
            Some(text) => {
                let entry = resolve(text, "an entry", replica.held().map(|held| held.id))?;
                Some(covered(&entries, entry, &id)?)
            }
            None => None,
        };
        Ok(CheckpointDetail { row, found, missing, entry })
    }

    /// The proof that a workshop endorsed a charter and a rival of it.
    pub(super) fn checkpoint_proof(&self, text: Option<&str>) -> Result<CheckpointProofMade, ServiceError> {
        let entries = self.entries();
        let replica = entries.replica();
        let authority = replica.authority();
        let one = match (text, &authority.alarm) {
            (Some(text), _) => resolve(text, "a charter", authority.charters.keys().copied())?,
            (None, Some(alarm)) => alarm.rivals.first().copied().unwrap_or(alarm.before),
            (None, None) => {
                return Err(ServiceError::user("no charters quarrel here, so there is nothing to prove")
                    .hint("name one of two that do: aronde charter list"));
            }
        };
        let read = |held: &aronde_protocol::replica::Held| entries.entry(&held.id);
        let operations: Vec<Entry> = replica.operations().map(read).collect::<Result<_, _>>()?;
        let rivals = authority.charters.keys().filter(|other| **other != one);
        let proof = rivals.map(|other| SplitProof::of(&operations, one, *other)).find(|proof| {
            !matches!(
                proof,
                Err(SplitProofError::NoRivals
                    | SplitProofError::NobodySignedBoth
                    | SplitProofError::NoCharter)
            )
        });
        let Some(proof) = proof else {
            return Err(ServiceError::user(format!(
                "no workshop endorsed {} and another that follows the same charter without knowing it",
                one.short()
            ))
            .hint("see who endorsed which with: aronde charter list"));
        };
        let proof = proof.map_err(ServiceError::internal)?;
        let proven = proof.check().map_err(ServiceError::internal)?;
        let bytes = Proof::Split(proof).encode().map_err(ServiceError::internal)?;
        Ok(CheckpointProofMade {
            workshop: proven.workshop,
            workshop_name: proven.workshop_name,
            charters: proven.charters,
            hash: FileHash::of(&bytes),
            proof: hex::encode(bytes),
        })
    }

    /// The history of the newest charter that is followed. It is walked once: it never changes.
    ///
    /// # Errors
    /// Not all that it covers is held.
    pub(super) fn history(&self, entries: &Entries) -> Result<Arc<History>, Unheld> {
        let replica = entries.replica();
        let newest = replica.authority().charter.unwrap_or(replica.federation());
        let mut walked = self.walked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((charter, history)) = walked.as_ref()
            && *charter == newest
        {
            return Ok(Arc::clone(history));
        }
        let history = Arc::new(replica.history(&newest)?);
        *walked = Some((newest, Arc::clone(&history)));
        Ok(history)
    }

    /// The newest checkpoint, when a workshop stood before it and has not vouched for it: it is followed without that, and
    /// the more workshops held what it covers, the more it shows.
    pub(super) fn to_vouch_for(entries: &Entries, ours: WorkshopId) -> Option<EntryId> {
        let authority = entries.replica().authority();
        let newest = authority.charter.filter(|id| seal_of(entries, id).is_some())?;
        let asked = authority.charters.get(&newest).is_some_and(|charter| charter.missing.contains(&ours));
        (asked && !Self::endorsers(entries, &newest).contains(&ours)).then_some(newest)
    }

    /// Why a workshop can't vouch for what a charter says; none when it can, or when the charter says nothing.
    pub(super) fn not_vouched(entries: &Entries, charter: &EntryId) -> Option<String> {
        match entries.replica().sealed(charter) {
            Sealed::Agrees(_) | Sealed::Unsealed => None,
            Sealed::Unheld(unheld) => Some(format!(
                "it covers what was never shown here: {} of the heads that it names are not held",
                unheld.heads.len()
            )),
            Sealed::Differs { said, found } => Some(format!(
                "it says {} and what is held here gives {}: two histories were shown, or a program is wrong",
                differing(&said, &found),
                differing(&found, &said)
            )),
        }
    }
}

/// The first thing in which two seals differ, in words.
fn differing(seal: &Seal, other: &Seal) -> String {
    if seal.entries != other.entries {
        format!("{} entries", seal.entries)
    } else if seal.history != other.history {
        format!("the history {}", short(&seal.history))
    } else if seal.heads != other.heads {
        format!("the heads {}", short(&seal.heads))
    } else {
        format!("that {} counts", short(&seal.accepted))
    }
}

fn short(root: &[u8; 32]) -> String {
    hex::encode(root).chars().take(16).collect()
}

fn seal_of(entries: &Entries, charter: &EntryId) -> Option<Seal> {
    match entries.replica().get(charter)?.gist.operation()? {
        Operation::Charter(said) => said.seal.as_deref().copied(),
        _ => None,
    }
}

fn figures(seal: &Seal) -> CheckpointSeal {
    CheckpointSeal {
        entries: seal.entries,
        history: hex::encode(seal.history),
        logs: seal.logs,
        heads: hex::encode(seal.heads),
        accepted: hex::encode(seal.accepted),
    }
}

fn row(entries: &Entries, id: &EntryId, history: Result<&Arc<History>, &Unheld>) -> Option<CheckpointRow> {
    let replica = entries.replica();
    let authority = replica.authority();
    let (charter, held, seal) = (authority.charters.get(id)?, replica.get(id)?, seal_of(entries, id)?);
    let walked = history.ok().and_then(|history| {
        let mut covering = history.charters().iter();
        covering.find(|covering| covering.charter == *id).map(|covering| covering.found)
    });
    let newest = authority.charter == Some(*id);
    let state = match walked {
        Some(found) if !newest && found == Roots::of(&seal) => CheckpointState::Agrees,
        Some(_) if !newest => CheckpointState::Differs,
        _ => match replica.sealed(id) {
            Sealed::Agrees(_) => CheckpointState::Agrees,
            Sealed::Differs { .. } => CheckpointState::Differs,
            Sealed::Unheld(_) | Sealed::Unsealed => CheckpointState::NotHeld,
        },
    };
    Some(CheckpointRow {
        id: *id,
        before: charter.before,
        author: Commons::author_of(entries, held),
        at: timestamp(held.header.at),
        endorsed: Commons::named(entries, &charter.endorsed),
        seal: figures(&seal),
        state,
        newest,
    })
}

/// Since when, up to a checkpoint, an entry was known, and to whom.
fn covered(entries: &Entries, entry: EntryId, checkpoint: &EntryId) -> Result<EntryCovered, ServiceError> {
    let replica = entries.replica();
    let authority = replica.authority();
    let history = replica.history(checkpoint).map_err(|unheld| {
        ServiceError::user(format!(
            "not all that the checkpoint {} covers is held here: {} heads are missing",
            unheld.charter.short(),
            unheld.heads.len()
        ))
        .hint("have what the others have: aronde sync --wait")
    })?;
    let found = history.place(&entry);
    let since = found.and_then(|(_, charter)| {
        // A charter that says nothing vouches for nothing: the next one that does.
        let mut from = history.charters().iter().skip_while(|covering| covering.charter != charter);
        from.find(|covering| covering.said.is_some()).map(|covering| covering.charter)
    });
    let vouched = history.charters().iter().skip_while(|covering| Some(covering.charter) != since);
    let sealed = vouched.filter(|covering| covering.said.is_some());
    let known_to: BTreeSet<WorkshopId> = sealed
        .filter_map(|covering| authority.charters.get(&covering.charter))
        .flat_map(|charter| charter.endorsed.iter().copied())
        .collect();
    Ok(EntryCovered {
        entry,
        place: found.filter(|_| since.is_some()).map(|(place, _)| place),
        since,
        at: since.and_then(|id| replica.get(&id)).map(|held| timestamp(held.header.at)),
        known_to: Commons::named(entries, &known_to),
    })
}
