//! `workshop`: admitting and removing workshops, and helping one that was left alone.

use std::collections::BTreeSet;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{AdmitWorkshop, GiveSteward, Operation, RemoveWorkshop};
use aronde_protocol::id::WorkshopId;
use aronde_protocol::key::MemberKey;

use super::entries::Entries;
use super::members::{called_or_short, find, next_of, or_nobodys};
use super::resolve::resolve;
use super::{Commons, because, called};
use crate::api::{self, MemberName, Moved, ServiceError, Signer, WorkshopRow};

impl Commons {
    /// `workshop list`.
    pub(super) fn workshop_list(&self) -> Vec<WorkshopRow> {
        let entries = self.entries();
        let authority = entries.replica().authority();
        let rows = Self::member_rows(&entries);
        let standing = authority.workshops.iter().map(|(id, w)| (id, w, false));
        let gone = authority.former_workshops.iter().map(|(id, w)| (id, w, true));
        let mut all: Vec<_> = standing.chain(gone).collect();
        all.sort_by_key(|(id, _, removed)| (*removed, entries.replica().place(id)));
        all.into_iter()
            .map(|(id, workshop, removed)| {
                let of = || rows.iter().filter(|row| row.workshop == *id && !row.removed);
                let steward = |row: &&api::MemberRow| row.role == Role::Steward;
                let stewards = of().filter(steward).map(|row| MemberName {
                    did: row.did,
                    name: row.name.clone(),
                    role: Some(row.role),
                });
                let bound = authority.nodes.keys().filter(|p| authority.workshop_of_node(p) == Some(*id));
                WorkshopRow {
                    id: *id,
                    name: workshop.name.clone(),
                    stewards: stewards.collect(),
                    members: of().count() as u64,
                    nodes: bound.count() as u64,
                    votes: authority.voters.contains(id),
                    removed,
                    reason: Self::reason_of(&entries, &workshop.removed_by),
                    removed_by: workshop.removed_by.clone(),
                }
            })
            .collect()
    }

    /// The workshop that this home's node, or else its member, belongs to.
    pub(super) fn own_workshop(&self, entries: &Entries) -> Option<WorkshopId> {
        let authority = entries.replica().authority();
        let bound = authority.workshop_of_node(&self.peer.to_bytes());
        bound.or_else(|| authority.memberships_of(self.member()).next().map(|(_, m)| m.workshop))
    }

    /// The one standing workshop that a text means: its name, its id or the beginning of it.
    fn find_workshop(entries: &Entries, text: &str) -> Result<WorkshopId, ServiceError> {
        let authority = entries.replica().authority();
        let named: Vec<WorkshopId> =
            authority.workshops.iter().filter(|(_, w)| w.name == text.trim()).map(|(id, _)| *id).collect();
        match named.as_slice() {
            [one] => Ok(*one),
            [] if authority.former_workshops.values().any(|w| w.name == text.trim()) => {
                Err(ServiceError::user(format!("{} was removed already", text.trim()))
                    .hint("see which stand with: aronde workshop list"))
            }
            [] => resolve(text, "a workshop", authority.workshops.keys().copied()).map_err(|error| {
                let standing: Vec<&str> = authority.workshops.values().map(|w| w.name.as_str()).collect();
                ServiceError::user(format!("{}, nor the name of one", error.message))
                    .hint(format!("the workshops are: {}", standing.join(", ")))
            }),
            many => {
                let ids: Vec<String> = many.iter().map(WorkshopId::short).collect();
                Err(ServiceError::user(format!("{} workshops are called {}", many.len(), text.trim()))
                    .hint(format!("give the id: {}", ids.join(", "))))
            }
        }
    }

    /// `workshop admit`.
    pub(super) fn workshop_admit(
        &self,
        admit: &api::WorkshopAdmit,
        signer: &Signer,
    ) -> Result<Moved, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, _) = self.steward(&entries, &key)?;
        let authority = entries.replica().authority();
        if authority.workshops.values().any(|w| w.name == admit.name) {
            return Err(ServiceError::user(format!("there is a workshop called {} already", admit.name))
                .hint("choose a name that nobody mixes up; see: aronde workshop list"));
        }
        let mut notes = Vec::new();
        let known = admit.next.or_else(|| next_of(entries.replica(), admit.steward));
        let next = or_nobodys(known, &mut notes)?;
        let facts = AdmitWorkshop { under, name: admit.name.clone(), key: admit.steward, next };
        let name = called(admit.steward_name.as_deref())?;
        self.moves(&mut entries, &key, &Operation::AdmitWorkshop(facts), name, notes)
    }

    /// `workshop remove`.
    pub(super) fn workshop_remove(
        &self,
        remove: &api::WorkshopRemove,
        signer: &Signer,
    ) -> Result<Moved, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, ours) = self.steward(&entries, &key)?;
        let workshop = Self::find_workshop(&entries, &remove.workshop)?;
        if workshop == ours {
            return Err(ServiceError::user("a steward can't move to remove their own workshop")
                .hint("its members leave one by one (aronde member remove), or another workshop moves it"));
        }
        let authority = entries.replica().authority();
        let former = authority.former.values().map(|f| &f.membership);
        let of_it = authority.memberships.values().chain(former).filter(|m| m.workshop == workshop);
        let keys: BTreeSet<MemberKey> =
            of_it.flat_map(|m| m.old_keys.iter().copied().chain([m.key])).collect();
        let cut = entries.replica().cut(&keys);
        let facts = RemoveWorkshop { under, workshop, cut };
        let reason = because(Some(&remove.reason))?;
        self.moves(&mut entries, &key, &Operation::RemoveWorkshop(facts), reason, Vec::new())
    }

    /// `workshop steward`.
    pub(super) fn workshop_steward(
        &self,
        give: &api::WorkshopSteward,
        signer: &Signer,
    ) -> Result<Moved, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, _) = self.steward(&entries, &key)?;
        let workshop = Self::find_workshop(&entries, &give.workshop)?;
        let rows = Self::member_rows(&entries);
        let of_it = |row: &&api::MemberRow| row.workshop == workshop && !row.removed;
        let stewards: Vec<String> =
            rows.iter().filter(of_it).filter(|row| row.role == Role::Steward).map(called_or_short).collect();
        if !stewards.is_empty() {
            return Err(ServiceError::user(format!(
                "{} has a steward: {}",
                Self::workshop_name(&entries, &workshop).unwrap_or_default(),
                stewards.join(", ")
            ))
            .hint("they make others stewards with: aronde member add, or aronde member role"));
        }
        let known = find(&rows, &give.steward).ok();
        let steward = match (give.steward.parse::<MemberKey>(), known) {
            (Ok(did), _) => did,
            (Err(_), Some(row)) => row.did,
            (Err(error), None) => {
                return Err(ServiceError::user(error).hint("they see theirs with: aronde key show"));
            }
        };
        let mut notes = Vec::new();
        let named = give.next.or_else(|| next_of(entries.replica(), steward));
        let next = or_nobodys(named, &mut notes)?;
        let name = give.steward_name.clone().or_else(|| known.and_then(|row| row.name.clone()));
        let facts = GiveSteward { under, workshop, key: steward, next };
        let name = called(name.as_deref())?;
        self.moves(&mut entries, &key, &Operation::GiveSteward(facts), name, notes)
    }
}
