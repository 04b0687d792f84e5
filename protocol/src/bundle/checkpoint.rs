//! What a bundle's checkpoints come to: section "Judging one" of `docs/format.md`, step 5.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::finding::{FindingKind, Findings};
use super::proofs::Proofs;
use super::{Manifest, Wanted};
use crate::id::{EntryId, WorkshopId};
use crate::replica::{Checkpoints, Replica, Unheld};

/// A checkpoint, and what of a bundle was known by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The charter.
    pub charter: EntryId,
    /// When its author says it was written, in ms since 1970.
    pub at: u64,
    /// The workshops whose endorsement of it counts: they held what it covers, or say so.
    pub endorsed_by: Vec<WorkshopId>,
    /// How many entries it covers.
    pub entries: u64,
    /// How many of them are in the bundle.
    pub covered: u64,
}

/// Compares the checkpoints of the chain that is followed with the bundle. Answers the newest one that came out as it says.
pub(super) fn compare(
    findings: &mut Findings,
    replica: &Replica,
    manifest: &Manifest,
    wanted: &Wanted,
    proofs: Option<&Proofs>,
    order: &[EntryId],
) -> Option<Checkpoint> {
    let authority = replica.authority();
    if let Some(asked) = wanted.checkpoint {
        let followed = authority.charters.get(&asked).is_some_and(|charter| charter.followed);
        if !followed && asked != replica.federation() {
            let what =
                format!("the checkpoint {asked} is not on the chain of charters that the exporter follows");
            findings.add(FindingKind::OtherCheckpoint, None, what);
        }
    }
    let (charter, seal, covered) = if manifest.subject.is_some() {
        let proofs = proofs?;
        if let Err(error) = proofs.check(order, replica) {
            findings.add(FindingKind::WrongProof, Some(proofs.charter), error.to_string());
            return None;
        }
        let (newest, seal) = replica.checkpoints().pop()?;
        (newest, seal, proofs.covered())
    } else {
        match replica.compare_checkpoints() {
            Checkpoints::None => return None,
            Checkpoints::Lack(unheld) => {
                lacks(findings, replica, manifest, &unheld);
                return None;
            }
            Checkpoints::Differ(charters) => {
                for charter in charters {
                    let what = format!(
                        "it says other of what it covers than comes out here; endorsed by {} workshops",
                        endorsed(replica, &charter).len()
                    );
                    findings.add(FindingKind::WrongSeal, Some(charter), what);
                }
                return None;
            }
            Checkpoints::Agree(newest, seal) => (newest, seal, seal.entries),
        }
    };
    Some(Checkpoint {
        charter,
        at: replica.get(&charter)?.header.at,
        endorsed_by: endorsed(replica, &charter).into_iter().collect(),
        entries: seal.entries,
        covered,
    })
}

fn endorsed(replica: &Replica, charter: &EntryId) -> BTreeSet<WorkshopId> {
    replica.authority().charters.get(charter).map(|charter| charter.endorsed.clone()).unwrap_or_default()
}

/// A bundle about everything that lacks something which a checkpoint covers.
fn lacks(findings: &mut Findings, replica: &Replica, manifest: &Manifest, unheld: &Unheld) {
    let authority = replica.authority();
    let vouched = endorsed(replica, &unheld.charter);
    let own = authority.memberships_of(manifest.exporter).any(|(_, m)| vouched.contains(&m.workshop));
    let how_many = unheld.heads.len();
    let (kind, what) = if own {
        let what = format!(
            "the exporter's workshop vouched for it, and {how_many} of the heads that it names are not here: they were left out, or lost"
        );
        (FindingKind::SetBack, what)
    } else {
        let what = format!(
            "{how_many} of the heads that it names are not here: {} workshops held what the exporter does not show",
            vouched.len()
        );
        (FindingKind::Unseen, what)
    };
    findings.add(kind, Some(unheld.charter), what);
}
