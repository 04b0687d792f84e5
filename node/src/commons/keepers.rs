//! Who keeps a design: the workshops whose makers and stewards change it and decide on proposals;
//! `design keepers ID list | add | drop`.

use std::collections::BTreeSet;

use aronde_protocol::acceptance::Verdict;
use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{AddKeeper, DropKeeper, Operation};
use aronde_protocol::burst::Draft;
use aronde_protocol::id::{DocumentId, EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::replica::Keeping;

use super::design::design_id;
use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, plain, timestamp};
use crate::api::{DesignKeeperAdd, DesignKeeperDrop, DesignKept, Keeper, ServiceError, Signer, WorkshopName};

/// By what a steward changes who keeps a design.
struct Say {
    under: MembershipId,
    through: Option<EntryId>,
}

impl Commons {
    /// `design keepers ID list`.
    pub(super) fn design_keepers(&self, id: &str) -> Result<DesignKept, ServiceError> {
        let entries = self.entries();
        let id = design_id(&entries, id)?;
        kept(&entries, id, Vec::new())
    }

    /// `design keepers ID add`.
    pub(super) fn design_keeper_add(
        &self,
        wanted: &DesignKeeperAdd,
        signer: &Signer,
    ) -> Result<DesignKept, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let document = design_id(&entries, &wanted.id)?;
        let Say { under, through } = self.say(&entries, key.member(), &document)?;
        let standing = entries.replica().authority().workshops.keys().copied().collect();
        let workshop = one_of(&entries, &wanted.workshop, &standing)?;
        if entries.replica().keepers(&document).contains(&workshop) {
            let name = names(&[named(&entries, workshop)]);
            return Err(ServiceError::user(format!("{name} keeps this design already"))
                .hint(format!("see who does: aronde design keepers {} list", document.short())));
        }
        let add = operation(&Operation::AddKeeper(AddKeeper { under, document, through, workshop }))?;
        let written = self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(add)?))?;
        kept(&entries, document, vec![written])
    }

    /// `design keepers ID drop`: every grant by which the workshop keeps the design is struck.
    pub(super) fn design_keeper_drop(
        &self,
        wanted: &DesignKeeperDrop,
        signer: &Signer,
    ) -> Result<DesignKept, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let document = design_id(&entries, &wanted.id)?;
        let Say { under, through } = self.say(&entries, key.member(), &document)?;
        let keepings = entries.replica().keepings(&document);
        let among: BTreeSet<WorkshopId> = keepings.iter().map(|keeping| keeping.workshop).collect();
        let workshop = one_of(&entries, &wanted.workshop, &among)?;
        if among.len() == 1 {
            return Err(ServiceError::user(
                "nobody would keep this design any more, and nobody could change it",
            )
            .hint(format!("add another workshop first: aronde design keepers {} add W", document.short())));
        }
        let cut = cut(&entries, workshop);
        let (own, others): (Vec<Keeping>, Vec<Keeping>) =
            keepings.into_iter().filter(|k| k.workshop == workshop).partition(|k| k.grant == through);
        // What this operation itself rests on, if that, goes last.
        let written = self.write(&mut entries, &key, Log::Operations, |burst| {
            let struck = others.into_iter().chain(own).map(|Keeping { grant, .. }| {
                let cut = cut.clone();
                let strikes = DropKeeper { under, document, through, grant, cut };
                Ok(burst.add(operation(&Operation::DropKeeper(strikes))?)?)
            });
            struck.collect::<Result<Vec<_>, ServiceError>>()
        })?;
        kept(&entries, document, written)
    }

    /// The stewardship, and the grant of the document, by which a member says who keeps it.
    fn say(&self, entries: &Entries, member: MemberKey, document: &DocumentId) -> Result<Say, ServiceError> {
        let keepings = entries.replica().keepings(document);
        let authority = entries.replica().authority();
        let home = authority.workshop_of_node(&self.peer.to_bytes());
        let mut stewardships: Vec<_> =
            authority.memberships_of(member).filter(|(_, m)| m.role == Role::Steward).collect();
        stewardships.sort_by_key(|(_, m)| Some(m.workshop) != home);
        let able = stewardships.iter().find_map(|(under, m)| {
            let keeping = keepings.iter().find(|keeping| keeping.workshop == m.workshop)?;
            Some(Say { under: **under, through: keeping.grant })
        });
        able.ok_or_else(|| {
            let keepers = Self::keepers(entries, document);
            let names = names(&keepers);
            ServiceError::user(format!(
                "only a steward of {names}, which {} this design, says who keeps it",
                if keepers.len() == 1 { "keeps" } else { "keep" }
            ))
            .hint(format!("ask a steward of {names} to do it"))
        })
    }

    /// The workshops that keep a document.
    pub(super) fn keepers(entries: &Entries, document: &DocumentId) -> Vec<WorkshopName> {
        let keepers = entries.replica().keepers(document).into_iter();
        let mut keepers: Vec<_> = keepers.map(|id| named(entries, id)).collect();
        keepers.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        keepers
    }

    /// Whether what a member writes in a document counts.
    pub(super) fn keeps(entries: &Entries, member: MemberKey, document: &DocumentId) -> bool {
        let replica = entries.replica();
        let keepers = replica.keepers(document);
        let mut theirs = replica.authority().memberships_of(member);
        theirs.any(|(_, m)| m.role.writes() && keepers.contains(&m.workshop))
    }

    /// Only keepers decide.
    ///
    /// # Errors
    /// The member is none; says who is, and what to do.
    pub(super) fn check_keeps(
        entries: &Entries,
        member: MemberKey,
        document: &DocumentId,
        doing: &str,
    ) -> Result<(), ServiceError> {
        if Self::keeps(entries, member, document) {
            return Ok(());
        }
        let keepers = Self::keepers(entries, document);
        let names = names(&keepers);
        let keep = if keepers.len() == 1 { "keeps" } else { "keep" };
        let kind = entries.kind(document);
        let kind = kind.as_deref().unwrap_or("document");
        Err(ServiceError::user(format!(
            "{names} {keep} this {kind}, and only their makers and stewards {doing}; you are none of them"
        ))
        .hint(format!("ask a maker or steward of {names} to do it")))
    }
}

/// Who keeps a design now, after these operations were signed.
fn kept(entries: &Entries, id: DocumentId, signed: Vec<EntryId>) -> Result<DesignKept, ServiceError> {
    for operation in &signed {
        if let Some(Verdict::Parked(why)) = entries.replica().get(operation).map(|held| held.verdict) {
            return Err(ServiceError::internal(format!("the operation {operation} has no effect: {why}")));
        }
    }
    let mut keepers = Vec::new();
    for Keeping { grant, workshop } in entries.replica().keepings(&id) {
        let entry = entries.entry(&grant.unwrap_or(id))?;
        let WorkshopName { id: workshop, name: workshop_name } = named(entries, workshop);
        let (by, by_name) = (entry.author(), Commons::name_of(entries, entry.author()));
        keepers.push(Keeper {
            workshop,
            workshop_name,
            grant,
            by,
            by_name,
            at: timestamp(entry.header().at),
        });
    }
    Ok(DesignKept { id, keepers, signed })
}

/// The cut that spares what a workshop's members have written so far: only they rest on what it keeps. Their operations
/// are among it, so that whom they made a keeper stays one.
fn cut(entries: &Entries, workshop: WorkshopId) -> Vec<EntryId> {
    let authority = entries.replica().authority();
    let former = authority.former.values().map(|former| &former.membership);
    let all = authority.memberships.values().chain(former).filter(|m| m.workshop == workshop);
    let members: BTreeSet<MemberKey> = all.flat_map(|m| m.old_keys.iter().copied().chain([m.key])).collect();
    entries.replica().cut(&members)
}

fn operation(operation: &Operation) -> Result<Draft, ServiceError> {
    Ok(plain(operation.kind(), operation.to_facts().map_err(ServiceError::internal)?))
}

/// The workshop that a text means: its name, its id, or the beginning of one.
fn one_of(entries: &Entries, text: &str, among: &BTreeSet<WorkshopId>) -> Result<WorkshopId, ServiceError> {
    let called = |id: &&WorkshopId| Commons::workshop_name(entries, id).as_deref() == Some(text.trim());
    let called: Vec<&WorkshopId> = among.iter().filter(called).collect();
    match called.as_slice() {
        [one] => Ok(**one),
        [] => resolve(text, "a workshop", among.iter().copied()).map_err(|error| {
            let all: Vec<WorkshopName> = among.iter().map(|id| named(entries, *id)).collect();
            let shown: String = text.chars().take(80).collect();
            let hint = format!("name one by its name or its id: {}", names(&all));
            let digits = |c: char| c.is_ascii_hexdigit();
            if text.trim().chars().all(digits) {
                error.hint(hint)
            } else {
                ServiceError::user(format!("no workshop that can be meant here is called \"{shown}\""))
                    .hint(hint)
            }
        }),
        many => {
            let shown: Vec<String> = many.iter().map(|id| id.short()).collect();
            Err(ServiceError::user(format!("{} workshops are called \"{text}\"", many.len()))
                .hint(format!("name the one you mean by its id: {}", shown.join(", "))))
        }
    }
}

fn named(entries: &Entries, id: WorkshopId) -> WorkshopName {
    WorkshopName { id, name: Commons::workshop_name(entries, &id) }
}

/// Workshops in a sentence.
fn names(workshops: &[WorkshopName]) -> String {
    let name = |w: &WorkshopName| w.name.clone().unwrap_or_else(|| w.id.short());
    let names: Vec<String> = workshops.iter().map(name).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
