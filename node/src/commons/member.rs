//! What members are called: the personal part of the operation that admitted them.

use aronde_protocol::authority::Membership;
use aronde_protocol::authority::operation::MemberName;
use aronde_protocol::id::{EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::replica::Held;

use super::Commons;
use super::entries::Entries;
use crate::api::{MemberName as ShownMember, WorkshopName};

impl Commons {
    /// What a member is or was called, by the newest admission held here that says so: under this key, or one
    /// that was rotated from or to it.
    pub(super) fn name_of(entries: &Entries, key: MemberKey) -> Option<String> {
        let authority = entries.replica().authority();
        let mut admissions: Vec<EntryId> = authority.memberships_of(key).map(|(id, _)| *id).collect();
        if admissions.is_empty() {
            // Somebody removed, or a key that was replaced: what they wrote keeps their name.
            let was = |m: &Membership| m.key == key || m.old_keys.contains(&key);
            let standing = authority.memberships.iter().filter(|(_, m)| was(m)).map(|(id, _)| *id);
            let former = authority.former.iter().filter(|(_, f)| was(&f.membership)).map(|(id, _)| *id);
            admissions = standing.chain(former).collect();
        }
        admissions.sort_by_key(|id| entries.replica().place(id));
        admissions.iter().rev().find_map(|id| MemberName::read(entries.entry(id).ok()?.personal()?))
    }

    /// What the member was called by the operation that admitted them.
    pub(super) fn name_in(entries: &Entries, admission: &MembershipId) -> Option<String> {
        MemberName::read(entries.entry(admission).ok()?.personal()?)
    }

    /// The member who wrote an entry, as this home knows them, with the role they have now.
    pub(super) fn author_of(entries: &Entries, entry: &Held) -> ShownMember {
        let did = entry.author;
        let authority = entries.replica().authority();
        let former = authority.former.iter().filter(|(_, f)| f.membership.key == did);
        let standing = authority.memberships_of(did).next();
        let admitted = standing.map(|(id, _)| *id).or_else(|| former.map(|(id, _)| *id).next());
        let name = admitted.and_then(|id| Self::name_in(entries, &id));
        ShownMember { did, name, role: standing.map(|(_, m)| m.role) }
    }

    /// What a workshop is, or was, called.
    pub(super) fn workshop_name(entries: &Entries, id: &WorkshopId) -> Option<String> {
        let authority = entries.replica().authority();
        let workshop = authority.workshops.get(id).or_else(|| authority.former_workshops.get(id));
        workshop.map(|w| w.name.clone())
    }

    /// Workshops with their names.
    pub(super) fn named<'a>(
        entries: &Entries,
        ids: impl IntoIterator<Item = &'a WorkshopId>,
    ) -> Vec<WorkshopName> {
        ids.into_iter().map(|id| WorkshopName { id: *id, name: Self::workshop_name(entries, id) }).collect()
    }
}
