//! `redact`: what is personal in an entry is forgotten, everywhere.
//!
//! One command, three ways, and the first that is open is taken: the author's own word, that of a steward of the
//! author's workshop, and for any other steward a motion.

use std::collections::BTreeSet;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{Operation, Redact, RedactByMotion, Vote};
use aronde_protocol::id::{EntryId, MembershipId, WorkshopId};
use aronde_protocol::key::SecretKey;
use aronde_protocol::replica::{Held, Redaction};

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, because, called_or_key, operation};
use crate::api::{self, Redacted, ServiceError, Signer};

impl Commons {
    /// `redact`.
    pub(super) fn redact(&self, said: &api::Redact, signer: &Signer) -> Result<Redacted, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let replica = entries.replica();
        let personal = replica.held().filter(|held| held.header.personal.is_some()).map(|held| held.id);
        let entry = resolve(&said.entry, "an entry with a personal part", personal)?;
        let held = replica.get(&entry).ok_or_else(|| ServiceError::user("the entry is not held"))?;
        let own = held.author == key.member();
        match replica.redaction(&entry) {
            Some(Redaction::Forgotten) => {
                return Err(ServiceError::user(format!(
                    "what is personal in {} is forgotten already",
                    entry.short()
                ))
                .hint("what remains are its facts, which stay: see aronde ledger show"));
            }
            Some(Redaction::Hidden) if !own => {
                return Err(ServiceError::user(format!(
                    "what is personal in {} is hidden already",
                    entry.short()
                ))
                .hint("it is erased when a charter covers that: see aronde charter list, aronde charter propose"));
            }
            _ => {}
        }
        let kind = held.header.kind.to_string();
        let (under, by_motion) = self.may_redact(&entries, &key, held)?;
        let reason = because(said.reason.as_deref())?;
        if by_motion {
            Self::check_not_moved(&entries, &entry)?;
            let motion = Operation::RedactByMotion(RedactByMotion { under, entry });
            let moved = self.moves(&mut entries, &key, &motion, reason, Vec::new())?;
            let erased = entries.replica().redaction(&entry) == Some(Redaction::Forgotten);
            return Ok(Redacted { id: moved.id, entry, kind, erased, motion: Some(moved) });
        }
        let draft = operation(&Operation::Redact(Redact { under, entry }), reason)?;
        let id = self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        let erased = entries.replica().redaction(&entry) == Some(Redaction::Forgotten);
        Ok(Redacted { id, entry, kind, erased, motion: None })
    }

    /// What somebody redacts an entry under, and whether it takes a motion.
    fn may_redact(
        &self,
        entries: &Entries,
        key: &SecretKey,
        held: &Held,
    ) -> Result<(MembershipId, bool), ServiceError> {
        if held.author == key.member() {
            return Ok((self.acting(entries, key.member(), |_| true, "a member")?.0, false));
        }
        let homes = entries.replica().homes(held);
        let mine = entries.replica().authority().memberships_of(key.member());
        let mut stewardships = mine.filter(|(_, m)| m.role == Role::Steward);
        if let Some((under, _)) = stewardships.find(|(_, m)| homes.contains(&m.workshop)) {
            return Ok((*under, false));
        }
        let steward = |role| role == Role::Steward;
        let other = self.acting(entries, key.member(), steward, "its author or a steward");
        let (under, _) = other.map_err(|error| {
            let author = called_or_key(Self::author_of(entries, held).name, held.author);
            let names: Vec<String> = homes
                .iter()
                .map(|home| Self::workshop_name(entries, home).unwrap_or_else(|| home.short()))
                .collect();
            error.hint(format!(
                "ask {author}, who wrote it, or a steward of {}; a steward of any other workshop moves it, with the same command",
                names.join(" or ")
            ))
        })?;
        Ok((under, true))
    }

    fn check_not_moved(entries: &Entries, entry: &EntryId) -> Result<(), ServiceError> {
        let replica = entries.replica();
        let names = |motion: &&EntryId| {
            let said = replica.get(motion).and_then(|held| held.gist.operation());
            said.and_then(Operation::redacts).as_ref() == Some(entry)
        };
        match replica.authority().motions.keys().find(names) {
            None => Ok(()),
            Some(motion) => {
                Err(ServiceError::user(format!("a motion to redact {} is open already", entry.short()))
                    .hint(format!("vote for it with: aronde workshop vote {}", motion.short())))
            }
        }
    }

    /// What a motion to redact would do, in words.
    pub(super) fn redaction_says(entries: &Entries, entry: &EntryId) -> String {
        match entries.replica().get(entry) {
            Some(held) => {
                let author = called_or_key(Self::author_of(entries, held).name, held.author);
                format!("redact what is personal in {} ({}) by {author}", entry.short(), held.header.kind)
            }
            None => format!("redact what is personal in {}, which is not held here", entry.short()),
        }
    }

    /// The entries whose words a charter would erase by motions, each with the motion: hidden already, and no charter
    /// that is followed settles that they are carried.
    pub(super) fn would_erase(entries: &Entries, charter: &Held) -> Vec<(EntryId, EntryId)> {
        let replica = entries.replica();
        let carried = replica.operations().filter(|held| held.verdict.counts());
        let moved = carried.filter_map(|held| match held.gist.operation() {
            Some(Operation::RedactByMotion(moved)) => Some((moved.entry, held.id)),
            _ => None,
        });
        moved
            .filter(|(entry, motion)| {
                replica.has_in_past(charter, motion) && replica.redaction(entry) == Some(Redaction::Hidden)
            })
            .collect()
    }

    /// Whether a charter would erase, by a motion that a workshop did not vote for, what somebody of that workshop
    /// wrote.
    pub(super) fn would_erase_of(entries: &Entries, charter: &Held, ours: WorkshopId) -> bool {
        let replica = entries.replica();
        let authority = replica.authority();
        let of_ours = |under: &MembershipId| {
            let standing = authority.memberships.get(under);
            let membership =
                standing.or_else(|| authority.former.get(under).map(|former| &former.membership));
            membership.is_some_and(|membership| membership.workshop == ours)
        };
        let voted: BTreeSet<EntryId> = replica
            .operations()
            .filter_map(|held| match held.gist.operation() {
                Some(Operation::Vote(Vote { under, motion })) if of_ours(under) => Some(*motion),
                Some(Operation::RedactByMotion(moved)) if of_ours(&moved.under) => Some(held.id),
                _ => None,
            })
            .collect();
        let wrote =
            |entry: &EntryId| replica.get(entry).is_some_and(|entry| replica.homes(entry).contains(&ours));
        let erased = Self::would_erase(entries, charter);
        erased.iter().any(|(entry, motion)| !voted.contains(motion) && wrote(entry))
    }
}
