//! `member`: admitting, changing and removing the members of one's own workshop, and oneself.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::authority::operation::{AdmitMember, Operation, Reason, RemoveMember};
use aronde_protocol::authority::{Membership, Role};
use aronde_protocol::id::{EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::{KeyCommitment, MemberKey, SecretKey};
use aronde_protocol::replica::Replica;

use super::entries::Entries;
use super::{Commons, Log, because, called, nonce, operation};
use crate::api::{self, MemberChanged, MemberRow, ServiceError, Signer};

/// What a removal with a new admission is made from.
struct Again<'a> {
    row: &'a MemberRow,
    key: MemberKey,
    next: KeyCommitment,
    role: Role,
}

impl Commons {
    /// `member list`.
    pub(super) fn member_list(&self) -> Vec<MemberRow> {
        Self::member_rows(&self.entries())
    }

    /// Every member once in each workshop: as they stand there, or else as they were removed last.
    pub(super) fn member_rows(entries: &Entries) -> Vec<MemberRow> {
        let replica = entries.replica();
        let authority = replica.authority();
        let mut last: BTreeMap<(WorkshopId, MemberKey), (bool, MembershipId)> = BTreeMap::new();
        let standing = authority.memberships.iter().map(|(id, m)| (id, m, true));
        let former = authority.former.iter().map(|(id, f)| (id, &f.membership, false));
        let mut all: Vec<_> = former.chain(standing).collect();
        all.sort_by_key(|(id, _, stands)| (*stands, replica.place(id)));
        for (id, membership, stands) in all {
            last.insert((membership.workshop, membership.key), (stands, *id));
        }
        let mut rows: Vec<MemberRow> = last
            .into_values()
            .filter_map(|(stands, id)| {
                let removed_by = authority.former.get(&id).map(|f| f.removed_by.clone()).unwrap_or_default();
                let membership = if stands {
                    authority.memberships.get(&id)?
                } else {
                    &authority.former.get(&id)?.membership
                };
                Some(MemberRow {
                    did: membership.key,
                    name: Self::name_in(entries, &id),
                    workshop: membership.workshop,
                    workshop_name: Self::workshop_name(entries, &membership.workshop),
                    role: membership.role,
                    removed: !stands,
                    reason: Self::reason_of(entries, &removed_by),
                    removed_by,
                    old_keys: membership.old_keys.clone(),
                    membership: id,
                })
            })
            .collect();
        // Who stands under a new key is no former member under an old one.
        let old: BTreeSet<_> = rows
            .iter()
            .filter(|row| !row.removed)
            .flat_map(|row| row.old_keys.iter().map(|key| (row.workshop, *key)))
            .collect();
        rows.retain(|row| !row.removed || !old.contains(&(row.workshop, row.did)));
        rows.sort_by_key(|row| {
            (replica.place(&row.workshop), row.workshop, row.removed, replica.place(&row.membership))
        });
        rows
    }

    /// Why something was removed, by the first of its removals that says so.
    pub(super) fn reason_of(entries: &Entries, removals: &[EntryId]) -> Option<String> {
        removals.iter().find_map(|id| Reason::read(entries.entry(id).ok()?.personal()?))
    }

    /// Who can do what a steward can, for a hint.
    pub(super) fn who_can(entries: &Entries, workshop: Option<WorkshopId>) -> String {
        let stewards: Vec<String> = Self::member_rows(entries)
            .iter()
            .filter(|row| !row.removed && row.role == Role::Steward && Some(row.workshop) == workshop)
            .map(called_or_short)
            .collect();
        match stewards.as_slice() {
            [] => {
                "your workshop has no steward now: another workshop can give it one (aronde workshop steward)"
                    .to_owned()
            }
            some => {
                format!(
                    "ask a steward of your workshop to do it, or to give you another role: {}",
                    some.join(", ")
                )
            }
        }
    }

    /// The key, the membership and the workshop of a steward who acts.
    pub(super) fn steward(
        &self,
        entries: &Entries,
        key: &SecretKey,
    ) -> Result<(MembershipId, WorkshopId), ServiceError> {
        let steward = |role| role == Role::Steward;
        let (under, own) = self.acting(entries, key.member(), steward, "a steward")?;
        Ok((under, own.workshop))
    }

    /// `member add`.
    pub(super) fn member_add(
        &self,
        add: &api::MemberAdd,
        signer: &Signer,
    ) -> Result<MemberChanged, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, workshop) = self.steward(&entries, &key)?;
        let rows = Self::member_rows(&entries);
        let did = match add.did.trim().parse::<MemberKey>() {
            Ok(did) => did,
            Err(error) => {
                find(&rows, &add.did)
                    .map_err(|_| ServiceError::user(error).hint("they see theirs with: aronde key show"))?
                    .did
            }
        };
        if let Some(row) = rows.iter().find(|r| !r.removed && r.workshop == workshop && r.did == did) {
            return Err(ServiceError::user(format!("{} is {} here already", called_or_short(row), row.role))
                .hint("give them another role with: aronde member role DID ROLE"));
        }
        if let Some(row) = rows.iter().find(|row| row.old_keys.contains(&did)) {
            return Err(ServiceError::user(format!(
                "{} is a key that was replaced; it is {} now",
                did.short(),
                row.did
            ))
            .hint("give that one"));
        }
        let mut notes = Vec::new();
        let replica = entries.replica();
        let all = replica.work_heads(did);
        let heads = if add.with_work { all } else { Vec::new() };
        let cut = replica.held().filter(|held| held.author == did && !held.verdict.counts()).count();
        if !add.with_work && cut > 0 && rows.iter().any(|row| row.removed && row.did == did) {
            notes.push(format!(
                "{cut} of their entries from before stay without effect; --with-work would have let them stand again"
            ));
        }
        let next = or_nobodys(add.next.or_else(|| next_of(replica, did)), &mut notes)?;
        let admit = AdmitMember { under, key: did, next, role: add.role, heads };
        let draft = operation(&Operation::AdmitMember(admit), called(Some(&add.name))?)?;
        let id = self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        let workshop_name = Self::workshop_name(&entries, &workshop);
        let (name, role) = (Some(add.name.clone()), Some(add.role));
        Ok(MemberChanged { id: Some(id), did, name, workshop, workshop_name, role, charter: None, notes })
    }

    /// `member role`.
    pub(super) fn member_role(
        &self,
        change: &api::MemberRole,
        signer: &Signer,
    ) -> Result<MemberChanged, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, workshop) = self.steward(&entries, &key)?;
        let row = Self::of_workshop(&entries, &change.member, workshop)?;
        if row.role == change.role {
            return Err(ServiceError::user(format!("{} is {} already", called_or_short(&row), row.role))
                .hint("see who is what with: aronde member list"));
        }
        if row.did == key.member() {
            return Err(ServiceError::user("nobody changes their own role: it is a removal and a new admission, and after the first you could not sign the second")
                .hint(other_stewards(&entries, &row)));
        }
        let membership = membership(&entries, &row)?;
        let again = Again { row: &row, key: row.did, next: membership.next, role: change.role };
        self.admit_again(&mut entries, &key, under, &again)
    }

    /// `member replace`.
    pub(super) fn member_replace(
        &self,
        replace: &api::MemberReplace,
        signer: &Signer,
    ) -> Result<MemberChanged, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, workshop) = self.steward(&entries, &key)?;
        let row = Self::of_workshop(&entries, &replace.member, workshop)?;
        if row.did == key.member() {
            return Err(ServiceError::user("this is the key that you sign with, so it is not lost")
                .hint("replace it with its next key: aronde member rotate"));
        }
        let new = replace.new;
        if Self::member_rows(&entries).iter().any(|r| r.did == new || r.old_keys.contains(&new)) {
            return Err(ServiceError::user(format!(
                "{} belongs, or belonged, to a member already",
                new.short()
            ))
            .hint("they make a fresh key on their machine; aronde key show prints its DID"));
        }
        let mut notes = Vec::new();
        let next = or_nobodys(replace.next, &mut notes)?;
        let again = Again { row: &row, key: new, next, role: row.role };
        let mut changed = self.admit_again(&mut entries, &key, under, &again)?;
        changed.notes.extend(notes);
        Ok(changed)
    }

    /// Removes a member with a cut that spares all that counts, and admits them again, in one burst.
    fn admit_again(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        under: MembershipId,
        again: &Again<'_>,
    ) -> Result<MemberChanged, ServiceError> {
        let Again { row, key: new, next, role } = *again;
        let cut = entries.replica().cut(&keys(entries, row));
        let remove = RemoveMember { under, key: row.did, cut };
        let admit = AdmitMember { under, key: new, next, role, heads: vec![] };
        let remove = operation(&Operation::RemoveMember(remove), None)?;
        let admit = operation(&Operation::AdmitMember(admit), called(row.name.as_deref())?)?;
        let id = self.write(entries, key, Log::Operations, |burst| {
            burst.add(remove)?;
            Ok(burst.add(admit)?)
        })?;
        let mut notes = Vec::new();
        let charter = match row.role {
            Role::Steward => self.propose_after(entries, key, &mut notes),
            _ => None,
        };
        Ok(MemberChanged {
            id: Some(id),
            did: new,
            name: row.name.clone(),
            workshop: row.workshop,
            workshop_name: row.workshop_name.clone(),
            role: Some(role),
            charter,
            notes,
        })
    }

    /// `member remove`.
    pub(super) fn member_remove(
        &self,
        remove: &api::MemberRemove,
        signer: &Signer,
    ) -> Result<MemberChanged, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let rows = Self::member_rows(&entries);
        let oneself = |row: &&MemberRow| row.did == key.member();
        let (own, _) = self.acting(&entries, key.member(), |_| true, "a member")?;
        let mine = rows.iter().find(|row| row.membership == own);
        let leaving = find(&rows, &remove.member).ok().filter(oneself).and(mine);
        let (under, row) = if let Some(row) = leaving {
            (row.membership, row.clone())
        } else {
            let (under, workshop) = self.steward(&entries, &key)?;
            (under, Self::of_workshop(&entries, &remove.member, workshop)?)
        };
        let myself = row.did == key.member();
        let mut notes = Vec::new();
        let stewards = rows.iter().filter(|r| stewards_in(r, row.workshop)).count();
        if row.role == Role::Steward && stewards <= 1 {
            notes.push(format!(
                "{} is the last steward of {}: nobody there can admit, remove or bind any more, until other workshops give it a steward (aronde workshop steward)",
                called_or_short(&row),
                row.workshop_name.as_deref().unwrap_or("the workshop"),
            ));
        }
        if myself {
            notes.push(
                "you remove yourself: what this home writes from then on does not count, and only a steward can admit you again"
                    .to_owned(),
            );
        }
        let mut changed = MemberChanged {
            id: None,
            did: row.did,
            name: row.name.clone(),
            workshop: row.workshop,
            workshop_name: row.workshop_name.clone(),
            role: None,
            charter: None,
            notes,
        };
        if remove.only_ask {
            return Ok(changed);
        }
        let cut = entries.replica().cut(&keys(&entries, &row));
        let facts = RemoveMember { under, key: row.did, cut };
        let draft = operation(&Operation::RemoveMember(facts), because(remove.reason.as_deref())?)?;
        changed.id = Some(self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?))?);
        if row.role == Role::Steward && !myself {
            changed.charter = self.propose_after(&mut entries, &key, &mut changed.notes);
        }
        Ok(changed)
    }

    /// The member that a text means, who stands in this workshop.
    fn of_workshop(entries: &Entries, text: &str, workshop: WorkshopId) -> Result<MemberRow, ServiceError> {
        let mut rows = Self::member_rows(entries);
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            rows.drain(..).partition(|row| row.workshop == workshop && !row.removed);
        if let Ok(row) = find(&elsewhere, text)
            && find(&here, text).is_err()
        {
            let of = row.workshop_name.as_deref().unwrap_or("another workshop");
            let who = called_or_short(row);
            return Err(if row.workshop == workshop {
                ServiceError::user(format!("{who} was removed from {of} already"))
                    .hint("admit them again with: aronde member add DID --name N --role R")
            } else {
                ServiceError::user(format!("{who} is a member of {of}, not of your workshop"))
                    .hint("only a steward of that workshop, or they themselves, can do this")
            });
        }
        find(&here, text).cloned()
    }
}

/// What is said where no next key is known.
const NO_NEXT: &str = "no next key was named, so this key can never be rotated by its owner: should it be stolen, only a steward can replace it (--next HEX, from their aronde key show, would have named one)";

/// The commitment that was named, or else one that no key opens, of which the note tells.
pub(super) fn or_nobodys(
    named: Option<KeyCommitment>,
    notes: &mut Vec<String>,
) -> Result<KeyCommitment, ServiceError> {
    if named.is_none() {
        notes.push(NO_NEXT.to_owned());
    }
    named.map_or_else(nobodys, Ok)
}

/// A commitment that no key opens.
fn nobodys() -> Result<KeyCommitment, ServiceError> {
    let (a, b) = (nonce()?, nonce()?);
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(a.iter().chain(&b)).for_each(|(to, from)| *to = *from);
    Ok(KeyCommitment(bytes))
}

/// The next key that a member named before, wherever they were admitted.
pub(super) fn next_of(replica: &Replica, did: MemberKey) -> Option<KeyCommitment> {
    let authority = replica.authority();
    let former = authority.former.values().map(|f| &f.membership);
    authority.memberships.values().chain(former).find(|m| m.key == did).map(|m| m.next)
}

fn stewards_in(row: &MemberRow, workshop: WorkshopId) -> bool {
    !row.removed && row.workshop == workshop && row.role == Role::Steward
}

fn membership<'a>(entries: &'a Entries, row: &MemberRow) -> Result<&'a Membership, ServiceError> {
    let standing = entries.replica().authority().memberships.get(&row.membership);
    standing.ok_or_else(|| ServiceError::internal("a membership that stands is not among those that do"))
}

/// All keys that were ever a member's, in any of their memberships.
fn keys(entries: &Entries, row: &MemberRow) -> BTreeSet<MemberKey> {
    let authority = entries.replica().authority();
    let former = authority.former.values().map(|f| &f.membership);
    let all = authority.memberships.values().chain(former);
    let theirs = all.filter(|m| m.key == row.did && m.workshop == row.workshop);
    theirs.flat_map(|m| m.old_keys.iter().copied()).chain([row.did]).collect()
}

fn other_stewards(entries: &Entries, row: &MemberRow) -> String {
    let others: Vec<String> = Commons::member_rows(entries)
        .iter()
        .filter(|r| stewards_in(r, row.workshop) && r.did != row.did)
        .map(called_or_short)
        .collect();
    if others.is_empty() {
        return "make somebody else a steward first; then they can".to_owned();
    }
    format!("ask another steward of your workshop: {}", others.join(", "))
}

/// A name for messages.
pub(super) fn called_or_short(row: &MemberRow) -> String {
    row.name.clone().unwrap_or_else(|| row.did.short())
}

/// The one member that a text means: a DID, the beginning of one, its short form, or a name. Who stands comes
/// before who was removed.
pub(super) fn find<'a>(rows: &'a [MemberRow], text: &str) -> Result<&'a MemberRow, ServiceError> {
    let text = text.trim();
    let key = text.strip_prefix("did:key:").unwrap_or(text);
    let ends = key.split_once('…').or_else(|| key.split_once("..."));
    let means = |did: &MemberKey| {
        let did = did.to_string();
        let did = did.strip_prefix("did:key:").unwrap_or(&did);
        match ends {
            Some((head, tail)) => {
                head.len() + tail.len() >= 6 && did.starts_with(head) && did.ends_with(tail)
            }
            None => key.len() >= 6 && did.starts_with(key),
        }
    };
    let fits = |row: &&MemberRow| {
        row.name.as_deref() == Some(text) || means(&row.did) || row.old_keys.iter().any(means)
    };
    let mut found: Vec<&MemberRow> = rows.iter().filter(fits).collect();
    if found.iter().any(|row| !row.removed) {
        found.retain(|row| !row.removed);
    }
    let keys: BTreeSet<_> = found.iter().map(|row| row.did).collect();
    match (found.first(), keys.len()) {
        (Some(row), 1) => Ok(row),
        (None, _) => {
            let shown: String = text.chars().take(80).collect();
            Err(ServiceError::user(format!("no member is called \"{shown}\", nor has such a DID"))
                .hint("see who is here with: aronde member list"))
        }
        (Some(_), n) => {
            let shown: Vec<String> = keys.iter().take(5).map(ToString::to_string).collect();
            Err(ServiceError::user(format!("{n} members fit \"{text}\""))
                .hint(format!("give the whole DID: {}", shown.join(", "))))
        }
    }
}
