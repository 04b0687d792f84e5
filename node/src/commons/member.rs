//! What members are called: the personal part of the operation that admitted them.

use aronde_protocol::authority::operation::MemberName;
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;

use super::Commons;
use super::entries::Entries;

impl Commons {
    /// What a member is or was called, by the newest admission held here that says so: under this key, or one
    /// that was rotated from or to it.
    pub(super) fn name_of(entries: &Entries, key: MemberKey) -> Option<String> {
        let authority = entries.replica().authority();
        let standing = authority.memberships_of(key);
        let past = || {
            let former = authority.former.iter().map(|(id, former)| (id, &former.membership));
            let all = authority.memberships.iter().chain(former);
            all.filter(|(_, m)| m.key == key || m.old_keys.contains(&key))
        };
        let named = |mut admissions: Vec<EntryId>| {
            admissions.sort_by_key(|id| entries.replica().place(id));
            admissions.iter().rev().find_map(|id| MemberName::read(entries.entry(id).ok()?.personal()?))
        };
        named(standing.map(|(id, _)| *id).collect()).or_else(|| named(past().map(|(id, _)| *id).collect()))
    }

    /// What a workshop is or was called.
    pub(super) fn workshop_name(entries: &Entries, id: &WorkshopId) -> Option<String> {
        let authority = entries.replica().authority();
        let workshop = authority.workshops.get(id).or_else(|| authority.former_workshops.get(id));
        workshop.map(|w| w.name.clone())
    }
}
