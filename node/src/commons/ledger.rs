//! The ledger: what is read of the records that are held, kept in memory, and what people mean by a name in it.
//!
//! [`Ledger`] is filled from the journal at the first question, a record once, and from there on with what came since. So
//! a node that runs answers from memory. Names and notes are not kept: they are read where they are shown, so that a
//! redaction hides them at once.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use aronde_protocol::burst::Draft;
use aronde_protocol::entry::{Gist, Kind};
use aronde_protocol::id::{EntryId, WorkshopId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::agent::AgentName;
use aronde_protocol::record::attestation::{
    AttestationFacts, Relation as SaidRelation, Verdict as SaidVerdict,
};
use aronde_protocol::record::ledger::{Context, Ledger, View};
use aronde_protocol::record::standing::{self, Policy};

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, nonce, timestamp};
use crate::api::{Attestation, Relation, ServiceError, Standing, Verdict};

mod agents;
mod book;
mod correct;
mod credential;
mod evidence;
mod export;
mod git;
mod import;
pub(super) mod odd;
mod read;
mod say;
mod shares;

/// The ledger as far as it was read.
#[derive(Default)]
pub(super) struct Table {
    ledger: Ledger,
    /// How many of the replica's records are in it.
    read: usize,
}

/// The newest key of each member whose key was rotated, by the older ones.
fn persons(entries: &Entries) -> HashMap<MemberKey, MemberKey> {
    let authority = entries.replica().authority();
    let former = authority.former.values().map(|former| &former.membership);
    let rotated = former.chain(authority.memberships.values());
    rotated.flat_map(|m| m.old_keys.iter().map(|old| (*old, m.key))).collect()
}

impl Commons {
    /// The ledger with all records that are held.
    fn table(&self, entries: &Entries) -> Result<MutexGuard<'_, Table>, ServiceError> {
        let mut table = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let read = table.read;
        for held in entries.replica().records().skip(read) {
            if is_of_ledger(held.header.kind.as_str()) {
                let facts = entries.facts_of(held)?;
                table.ledger.add(held.id, held.author, &held.header, &facts);
            }
            table.read += 1;
        }
        Ok(table)
    }

    /// Reads the ledger as it stands.
    pub(super) fn with_ledger<T>(
        &self,
        entries: &Entries,
        ask: impl FnOnce(&Ledger, &View<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let table = self.table(entries)?;
        let (replica, persons) = (entries.replica(), persons(entries));
        let counts = |id: &EntryId| replica.get(id).is_some_and(|held| held.verdict.counts());
        let person = |key: MemberKey| persons.get(&key).copied().unwrap_or(key);
        let elsewhere = |word: &EntryId, record: &EntryId| replica.is_from_elsewhere(word, record);
        let policy = Policy::of(&replica.authority().policy);
        let context = Context { counts: &counts, person: &person, elsewhere: &elsewhere, policy };
        ask(&table.ledger, &table.ledger.view(context))
    }

    /// Where a record stands, and every attestation of it.
    pub(super) fn said_of(
        &self,
        entries: &Entries,
        record: EntryId,
        author: MemberKey,
    ) -> Result<(Standing, Vec<Attestation>), ServiceError> {
        let replica = entries.replica();
        let (standing, judged, relations) = self.with_ledger(entries, |_, view| {
            let judged = view.words(&record, author);
            let counts = replica.get(&record).is_some_and(|held| held.verdict.counts());
            let words = if counts { judged.standing } else { standing::Standing::Parked };
            let standing = view.line(&record).map_or(words, |line| line.standing);
            let words = replica.attestations(&record);
            let relations: HashMap<EntryId, _> =
                words.filter_map(|held| Some((held.id, view.relation(&record, &held.id)?))).collect();
            Ok((shown(standing), judged, relations))
        })?;
        let mut attestations = Vec::new();
        for held in replica.attestations(&record) {
            let entry = entries.entry(&held.id)?;
            attestations.push(Attestation {
                id: held.id,
                author: held.author,
                author_name: Self::name_of(entries, held.author),
                verdict: match AttestationFacts::read(entry.facts())?.verdict {
                    SaidVerdict::Confirm => Verdict::Confirm,
                    SaidVerdict::Dispute => Verdict::Dispute,
                    SaidVerdict::Withdraw => Verdict::Withdraw,
                },
                relation: relations.get(&held.id).map(|relation| match relation {
                    SaidRelation::Present => Relation::Present,
                    SaidRelation::Host => Relation::Host,
                    SaidRelation::Maintainer => Relation::Maintainer,
                    SaidRelation::Received => Relation::Received,
                }),
                note: entry.personal().and_then(PersonalPart::read).map(|p| p.note),
                at: timestamp(entry.header().at),
                counts: judged.counting.contains(&held.id),
            });
        }
        Ok((standing, attestations))
    }

    /// What a contribution is for: an id, the beginning of one, or words of a title or of a workshop's name.
    fn subject(entries: &mut Entries, text: &str) -> Result<EntryId, ServiceError> {
        const WHAT: &str = "a design, a procedure or a workshop";
        let replica = entries.replica();
        let subjects = || replica.documents().chain(replica.authority().workshops.keys().copied());
        let by_id = match resolve(text, WHAT, subjects()) {
            Ok(id) => return Ok(id),
            Err(error) => error,
        };
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let says = |title: &str| {
            let title = title.to_lowercase();
            !words.is_empty() && words.iter().all(|word| title.contains(word.as_str()))
        };
        let mut meant: Vec<(EntryId, String)> = Vec::new();
        for id in subjects().collect::<Vec<_>>() {
            if let Some(title) = Self::title_of(entries, &id).filter(|title| says(title)) {
                meant.push((id, title));
            }
        }
        let whole = |(_, title): &&(EntryId, String)| title.to_lowercase() == text.trim().to_lowercase();
        let exact: Vec<_> = meant.iter().filter(whole).cloned().collect();
        match (exact.as_slice(), meant.as_slice()) {
            ([(one, _)], _) | (_, [(one, _)]) => Ok(*one),
            (_, []) => Err(by_id.hint("or give words of its title, as aronde design list shows it")),
            (_, many) => {
                let shown: Vec<String> =
                    many.iter().take(5).map(|(id, title)| format!("{} ({title})", id.short())).collect();
                Err(ServiceError::user(format!("\"{}\" may be {} things here", text.trim(), many.len()))
                    .hint(format!("give more words, or the beginning of an id: {}", shown.join(", "))))
            }
        }
    }

    /// What people call a design, a procedure, a sheet or a workshop.
    fn title_of(entries: &mut Entries, id: &EntryId) -> Option<String> {
        if let Some(name) = Self::workshop_name(entries, id) {
            return Some(name);
        }
        entries.replica().get(id).filter(|held| matches!(held.gist, Gist::Create { .. }))?;
        entries.document(id).ok()?.fields().remove("title")?.text().agreed().cloned()
    }

    /// A member of the federation, former ones included: by DID or name.
    fn member_called(entries: &Entries, text: &str) -> Result<MemberKey, ServiceError> {
        let text = text.trim();
        if let Ok(key) = text.parse::<MemberKey>() {
            return Ok(key);
        }
        let authority = entries.replica().authority();
        let former = authority.former.values().map(|former| &former.membership);
        let mut keys: Vec<MemberKey> = authority.memberships.values().chain(former).map(|m| m.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let called = |key: &MemberKey| {
            Self::name_of(entries, *key).is_some_and(|name| name.to_lowercase() == text.to_lowercase())
        };
        keys.retain(called);
        let shown: String = text.chars().take(80).collect();
        match keys.as_slice() {
            [one] => Ok(*one),
            [] => Err(ServiceError::user(format!("no member is called \"{shown}\""))
                .hint("see who is: aronde member list")),
            many => Err(ServiceError::user(format!("{} members are called \"{shown}\"", many.len()))
                .hint("give the DID: aronde member list --json")),
        }
    }

    /// A workshop: by id, the beginning of one, or name.
    fn workshop_called(entries: &Entries, text: &str) -> Result<WorkshopId, ServiceError> {
        let authority = entries.replica().authority();
        let all = || authority.workshops.iter().chain(&authority.former_workshops);
        let called = all().filter(|(_, w)| w.name.to_lowercase() == text.trim().to_lowercase());
        match called.map(|(id, _)| *id).collect::<Vec<_>>().as_slice() {
            [one] => Ok(*one),
            _ => resolve(text, "a workshop", all().map(|(id, _)| *id)),
        }
    }

    /// What an agent is called where it was found; none when the name is not there.
    fn agent_name(entries: &Entries, agent: &EntryId) -> Option<String> {
        AgentName::read(entries.entry(agent).ok()?.personal()?).map(|part| part.name)
    }
}

/// A record that can be spoken of: a contribution, a correction, a release, a claim on an agent.
fn record_id(entries: &Entries, text: &str) -> Result<EntryId, ServiceError> {
    let records = entries.replica().records();
    let spoken_of = records.filter(|held| {
        matches!(held.gist, Gist::Contribution | Gist::Release)
            || held.header.kind.as_str() == Kind::AGENT_CLAIM
    });
    resolve(text, "a contribution or a release", spoken_of.map(|held| held.id))
}

fn contribution_id(entries: &Entries, text: &str) -> Result<EntryId, ServiceError> {
    let records = entries.replica().records().filter(|held| held.gist == Gist::Contribution);
    resolve(text, "a contribution", records.map(|held| held.id))
}

fn is_of_ledger(kind: &str) -> bool {
    matches!(
        kind,
        Kind::CONTRIBUTION
            | Kind::CORRECTION
            | Kind::ATTESTATION
            | Kind::RETRACTION
            | Kind::SETTLEMENT
            | Kind::CITATION
            | Kind::AGENT
            | Kind::AGENT_CLAIM
    )
}

/// A standing as it is answered.
fn shown(standing: standing::Standing) -> Standing {
    match standing {
        standing::Standing::Claimed => Standing::Claimed,
        standing::Standing::Confirmed => Standing::Confirmed,
        standing::Standing::Disputed => Standing::Disputed,
        standing::Standing::Corrected => Standing::Corrected,
        standing::Standing::Retracted => Standing::Retracted,
        standing::Standing::Parked => Standing::Parked,
    }
}

/// The word for a standing in answers.
pub(super) fn word(standing: standing::Standing) -> &'static str {
    shown(standing).word()
}

/// A draft of a record without anything it builds on.
fn draft(
    kind: &'static str,
    subject: Option<EntryId>,
    facts: Vec<u8>,
    note: Option<String>,
) -> Result<Draft, ServiceError> {
    let part = note.map(|note| Ok::<_, ServiceError>(PersonalPart::note(nonce()?, note))).transpose()?;
    let personal = part.map(|part| part.encode()).transpose()?;
    Ok(Draft { kind, subject, deps: Vec::new(), facts, personal })
}
