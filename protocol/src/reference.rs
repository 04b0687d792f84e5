//! The reference: the rules of `docs/trust.md` replayed from scratch over the raw set.
//!
//! It is written apart from [`crate::authority`] and [`crate::replica`], for clearness alone: sets and
//! closures, in the words and the order of the page, quadratic without shame. Nothing is remembered but the
//! verdicts that charters settle. Tests hold the replica to it for every order of arrival.
//!
//! Deliberately absent: the reasons for parking, order of arrival, speed. Histories of some hundred
//! entries are what it is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::Role;
use crate::entry::Entry;
use crate::id::{DocumentId, EntryId, MembershipId, WorkshopId};

mod acceptance;
mod charter;
mod held;
mod order;
mod strike;
mod verdict;

use acceptance::Acceptance;
use held::{Held, Set};

/// What is said of a set of entries by who follows one charter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What counts.
    pub accepted: BTreeSet<EntryId>,
    /// The newest charter followed; the founding entry when there is none.
    pub charter: EntryId,
    /// Rival valid successors of it, of which none is followed; empty when there is no alarm.
    pub alarm: Vec<EntryId>,
    /// Memberships that stand.
    pub members: BTreeSet<(MembershipId, WorkshopId, Role)>,
    /// Workshops that stand.
    pub workshops: BTreeSet<WorkshopId>,
    /// The workshops that keep documents whose first entry counts.
    pub keepers: BTreeSet<(DocumentId, WorkshopId)>,
    /// Nodes, by the bytes of their peer id, and the workshops that they are bound to.
    pub nodes: BTreeSet<(Vec<u8>, WorkshopId)>,
    /// Operations that hold.
    pub holding: BTreeSet<EntryId>,
    /// Motions whose right stands and that are not carried.
    pub open: BTreeSet<EntryId>,
    /// How many workshops carry a motion that is judged from this charter.
    pub quorum: usize,
    /// The heads of the documents whose first entry counts: accepted entries that no accepted one names in `deps`.
    pub heads: BTreeMap<DocumentId, BTreeSet<EntryId>>,
    /// Entries whose personal part is shown to nobody.
    pub redacted: BTreeSet<EntryId>,
    /// Those of them whose personal part is erased.
    pub forgotten: BTreeSet<EntryId>,
}

/// Judges a set that is closed under past, following a charter in it, or the founding entry.
pub fn judge(entries: &[Entry], followed: EntryId) -> Judgement {
    let held = Held::new(entries);
    let (charter, alarm) = held.newest(followed);
    let everything: Set = held.facts.keys().copied().collect();
    let verdict = held.verdict(&everything, &charter);
    let acceptance = Acceptance::new(&held, &verdict, charter);
    let accepted = acceptance.accepted();
    let member = |id: &MembershipId| held.grant(id).map(|g| (*id, g.workshop, g.role));
    let heads = heads(&held, &accepted);
    let (redacted, forgotten) = acceptance.redacted();
    let keepers = heads.keys().flat_map(|d| acceptance.keepers_standing(d).into_iter().map(|w| (*d, w)));
    Judgement {
        charter,
        alarm,
        members: held.memberships_standing(&verdict).iter().filter_map(member).collect(),
        workshops: held.workshops_standing(&verdict),
        keepers: keepers.collect(),
        nodes: acceptance.bindings().map(|(_, peer, workshop)| (peer, workshop)).collect(),
        holding: verdict.holds.clone(),
        open: verdict.stands.difference(&verdict.holds).copied().collect(),
        quorum: held.quorum(&held.settled(&charter)),
        redacted,
        forgotten,
        accepted,
        heads,
    }
}

/// The valid successors of a charter in a set that is closed under past.
pub fn successors(entries: &[Entry], charter: EntryId) -> Vec<EntryId> {
    Held::new(entries).successors(&charter)
}

/// The accepted entries of a set that is closed under past, judged from its founding entry.
pub fn accepted(entries: &[Entry]) -> BTreeSet<EntryId> {
    let founding = entries.iter().find(|e| e.header().kind.founds()).map(Entry::id);
    founding.map(|founding| judge(entries, founding).accepted).unwrap_or_default()
}

/// The heads of each accepted document.
fn heads(held: &Held<'_>, accepted: &Set) -> BTreeMap<DocumentId, Set> {
    let mut heads = BTreeMap::new();
    let creations = accepted.iter().filter_map(|id| held.get(id)).filter(|f| held::creates(f));
    for document in creations.map(held::Fact::id) {
        let of_it = |id: &&EntryId| {
            **id == document
                || held
                    .get(id)
                    .is_some_and(|f| held::is_document(f) && f.entry.header().subject == Some(document))
        };
        let entries: Vec<_> = accepted.iter().filter(of_it).filter_map(|id| held.get(id)).collect();
        let named: Set = entries.iter().flat_map(|f| &f.entry.header().deps).copied().collect();
        heads.insert(document, entries.iter().map(|f| f.id()).filter(|id| !named.contains(id)).collect());
    }
    heads
}
