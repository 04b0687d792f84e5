//! What members are called: the personal part of the operation that admitted them.

use aronde_protocol::authority::operation::MemberName;
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;

use super::Commons;
use super::entries::Entries;

impl Commons {
    /// What a member is called, by the newest admission held here that says so.
    pub(super) fn name_of(entries: &Entries, key: MemberKey) -> Option<String> {
        let memberships = entries.replica().authority().memberships_of(key);
        let mut admissions: Vec<EntryId> = memberships.map(|(id, _)| *id).collect();
        admissions.sort_by_key(|id| entries.replica().place(id));
        admissions.iter().rev().find_map(|id| MemberName::read(entries.entry(id).ok()?.personal()?))
    }

    /// What a workshop is called.
    pub(super) fn workshop_name(entries: &Entries, id: &WorkshopId) -> Option<String> {
        entries.replica().authority().workshops.get(id).map(|w| w.name.clone())
    }
}
