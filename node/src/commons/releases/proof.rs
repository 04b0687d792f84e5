//! The proof of a release: everything that shows it to somebody who holds nothing of the federation.

use std::collections::BTreeSet;

use aronde_protocol::entry::Entry;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::limits;
use aronde_protocol::proof::Proof;
use aronde_protocol::release_proof::{ReleaseProof, ReleaseProofError};

use super::states::state;
use super::{Commons, design_id, releases};
use crate::api::{DesignProof, DesignProofMade, ServiceError};

impl Commons {
    /// The proof of a release.
    pub(in crate::commons) fn design_proof(
        &self,
        wanted: &DesignProof,
    ) -> Result<DesignProofMade, ServiceError> {
        let mut entries = self.entries();
        let none = || {
            ServiceError::user("this design has no release, so there is nothing to prove")
                .hint("release it first: aronde design release ID 1.0.0")
        };
        let release = if let Some((id, version)) = wanted.id.split_once('@') {
            let id = design_id(&entries, id)?;
            state(&mut entries, id, version)?.release.ok_or_else(none)?
        } else {
            let id = design_id(&entries, &wanted.id)?;
            releases(&entries, &id)?.pop().ok_or_else(none)?
        };
        let replica = entries.replica();
        let chain = replica.why(&release.id).into_iter().flatten().map(|step| step.entry);
        let operations = replica.operations().map(|held| held.id);
        let needed: BTreeSet<EntryId> =
            operations.chain(chain).chain(release.facts.heads.iter().copied()).chain([release.id]).collect();
        let ids = signed_past(&entries, &needed.into_iter().collect::<Vec<_>>());
        let all: Vec<Entry> = ids.iter().map(|id| entries.entry(id)).collect::<Result<_, _>>()?;
        let proof = ReleaseProof::of(replica.federation(), replica.follows(), release.id, &all);
        let proof = proof.map_err(|error| match error {
            ReleaseProofError::NotHeld | ReleaseProofError::Disagrees | ReleaseProofError::NoRight => {
                ServiceError::user(format!("the release {} cannot be proven: {error}", release.id.short()))
                    .hint("see what the design says there: aronde design releases ID")
            }
            error => ServiceError::internal(error),
        })?;
        let bytes = Proof::Release(proof).encode().map_err(ServiceError::internal)?;
        if bytes.len() > limits::PROOF_FILE_MAX {
            return Err(ServiceError::user(format!(
                "the proof would have {} bytes, more than {} that anybody reads",
                bytes.len(),
                limits::PROOF_FILE_MAX
            )));
        }
        Ok(DesignProofMade {
            release: release.id,
            version: release.facts.version,
            hash: FileHash::of(&bytes),
            proof: hex::encode(bytes),
        })
    }
}

/// These entries with their whole past, and with those after them up to a signature that vouches for them.
fn signed_past(entries: &super::Entries, ids: &[EntryId]) -> Vec<EntryId> {
    let replica = entries.replica();
    let mut wanted: Vec<EntryId> = ids.to_vec();
    loop {
        let past = entries.with_past(&wanted);
        let within: BTreeSet<EntryId> = past.iter().copied().collect();
        let mut further = Vec::new();
        for id in &past {
            let unsigned = entries.entry(id).is_ok_and(|entry| entry.signature().is_none());
            let Some(held) = replica.get(id).filter(|_| unsigned) else { continue };
            let vouching: Vec<EntryId> = replica
                .continued_by(held)
                .filter(|next| next.header.vouches_for(&held.header, *id))
                .map(|next| next.id)
                .collect();
            if !vouching.iter().any(|next| within.contains(next)) {
                further.extend(vouching);
            }
        }
        if further.is_empty() {
            return past;
        }
        wanted = past;
        wanted.extend(further);
    }
}
