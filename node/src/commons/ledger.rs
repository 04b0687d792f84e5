//! The ledger: `contribute`, `attest`, `ledger list | show`.

use aronde_protocol::authority::Role;
use aronde_protocol::burst::Draft;
use aronde_protocol::entry::{Gist, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::attestation::AttestationFacts;
use aronde_protocol::record::contribution::{ACTIONS, ContributionFacts};
use aronde_protocol::record::standing::{self, Judged, Word};
use aronde_protocol::replica::{Held, Replica};

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, nonce, timestamp};
use crate::api::{
    Attest, Attestation, Attested, Contribute, LedgerRecord, RecordSummary, ServiceError, Signer, Standing,
    Verdict, Wrote,
};

impl Commons {
    /// `contribute`.
    pub(super) fn contribute(&self, said: Contribute, signer: &Signer) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        if !ACTIONS.contains(&said.action.as_str()) {
            let shown: String = said.action.chars().take(40).collect();
            return Err(ServiceError::user(format!("\"{shown}\" is no action of the ledger"))
                .hint(format!("choose one of {}", ACTIONS.join(", "))));
        }
        let replica = entries.replica();
        let subjects = replica.documents().chain(replica.authority().workshops.keys().copied());
        let subject = resolve(&said.subject, "a design or a workshop", subjects)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let facts = ContributionFacts {
            provider: said.provider.filter(|provider| *provider != key.member()),
            action: said.action,
            quantity: said.quantity,
            happened_at: said.at.and_then(|at| u64::try_from(at.as_millisecond()).ok()),
        };
        let draft = Draft {
            kind: Kind::CONTRIBUTION,
            subject: Some(subject),
            deps: Vec::new(),
            facts: facts.encode()?,
            personal: note(said.note)?,
        };
        Ok(Wrote { id: self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))? })
    }

    /// `attest`.
    pub(super) fn attest(&self, said: Attest, signer: &Signer) -> Result<Attested, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let record = record_id(&entries, &said.record)?;
        self.acting(&entries, key.member(), |_| true, "a member")?;
        let (author, provider) = hands(&entries, record)?;
        let confirms = said.verdict == Verdict::Confirm;
        if confirms && [author, provider].contains(&key.member()) {
            return Err(ServiceError::user(format!(
                "{} made this record or did the work, and cannot confirm it",
                key.member().short()
            ))
            .hint("somebody else must confirm it; ask a member of another workshop"));
        }
        let facts = if confirms { AttestationFacts::Confirm } else { AttestationFacts::Dispute };
        let draft = Draft {
            kind: Kind::ATTESTATION,
            subject: Some(record),
            deps: Vec::new(),
            facts: facts.encode()?,
            personal: note(said.note)?,
        };
        let id = self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))?;
        let standing = standing(entries.replica(), record, author, provider).0;
        Ok(Attested { id, record, standing })
    }

    /// `ledger list`.
    pub(super) fn ledger_list(&self, subject: Option<&str>) -> Result<Vec<RecordSummary>, ServiceError> {
        let entries = self.entries();
        let replica = entries.replica();
        let subject = match subject {
            Some(text) => {
                let named = replica.records().filter_map(|r| r.header.subject);
                let mut known: Vec<EntryId> = replica
                    .documents()
                    .chain(replica.authority().workshops.keys().copied())
                    .chain(named)
                    .collect();
                known.sort_unstable();
                known.dedup();
                Some(resolve(text, "a design or a workshop", known.into_iter())?)
            }
            None => None,
        };
        let of = |held: &&Held| {
            held.gist == Gist::Contribution && (subject.is_none() || held.header.subject == subject)
        };
        let ids: Vec<EntryId> = replica.records().filter(of).map(|held| held.id).collect();
        ids.into_iter().map(|id| Ok(summary(&entries, &read(&entries, id)?))).collect()
    }

    /// `ledger show`.
    pub(super) fn ledger_show(&self, record: &str) -> Result<LedgerRecord, ServiceError> {
        let mut entries = self.entries();
        let id = contribution_id(&entries, record)?;
        let said = read(&entries, id)?;
        let (_, attestations) = said_of(&entries, id, said.author, said.provider)?;
        let workshop =
            entries.replica().authority().memberships_of(said.author).next().map(|(_, m)| m.workshop);
        let subject_title = entries
            .document(&said.subject)
            .ok()
            .and_then(|document| document.fields().remove("title")?.text().agreed().cloned());
        Ok(LedgerRecord {
            summary: summary(&entries, &said),
            author_name: Self::name_of(&entries, said.author),
            workshop,
            workshop_name: workshop.and_then(|w| Self::workshop_name(&entries, &w)),
            subject_title,
            at: timestamp(said.facts.happened_at.unwrap_or(said.at)),
            log: said.log.to_string(),
            seq: said.seq,
            attestations,
        })
    }
}

/// A contribution as it was said.
struct Said {
    id: EntryId,
    author: MemberKey,
    provider: MemberKey,
    subject: EntryId,
    at: u64,
    log: u64,
    seq: u64,
    facts: ContributionFacts,
    note: Option<String>,
}

fn read(entries: &Entries, id: EntryId) -> Result<Said, ServiceError> {
    let entry = entries.entry(&id)?;
    let facts = ContributionFacts::read(entry.facts())?;
    let header = entry.header();
    Ok(Said {
        id,
        author: entry.author(),
        provider: facts.provider.unwrap_or(entry.author()),
        subject: header.subject.unwrap_or(entries.replica().federation()),
        at: header.at,
        log: header.log,
        seq: header.seq,
        note: entry.personal().and_then(PersonalPart::read).map(|p| p.note),
        facts,
    })
}

fn contribution_id(entries: &Entries, text: &str) -> Result<EntryId, ServiceError> {
    let records =
        entries.replica().records().filter(|held| held.gist == Gist::Contribution).map(|held| held.id);
    resolve(text, "a contribution", records)
}

/// A record that can be attested.
fn record_id(entries: &Entries, text: &str) -> Result<EntryId, ServiceError> {
    let attested = |gist: &Gist| matches!(gist, Gist::Contribution | Gist::Release);
    let records = entries.replica().records().filter(|held| attested(&held.gist)).map(|held| held.id);
    resolve(text, "a contribution or a release", records)
}

/// Who says a record, and who did what it says.
fn hands(entries: &Entries, record: EntryId) -> Result<(MemberKey, MemberKey), ServiceError> {
    let entry = entries.entry(&record)?;
    let provider = match entry.header().kind.as_str() {
        Kind::CONTRIBUTION => ContributionFacts::read(entry.facts())?.provider,
        _ => None,
    };
    Ok((entry.author(), provider.unwrap_or(entry.author())))
}

/// Where a record stands, and every attestation of it.
pub(super) fn said_of(
    entries: &Entries,
    record: EntryId,
    author: MemberKey,
    provider: MemberKey,
) -> Result<(Standing, Vec<Attestation>), ServiceError> {
    let (standing, judged) = standing(entries.replica(), record, author, provider);
    let mut attestations = Vec::new();
    let ids: Vec<EntryId> = entries.replica().attestations(&record).map(|held| held.id).collect();
    for id in ids {
        let entry = entries.entry(&id)?;
        let confirms = AttestationFacts::read(entry.facts())? == AttestationFacts::Confirm;
        attestations.push(Attestation {
            id,
            author: entry.author(),
            author_name: Commons::name_of(entries, entry.author()),
            verdict: if confirms { Verdict::Confirm } else { Verdict::Dispute },
            note: entry.personal().and_then(PersonalPart::read).map(|p| p.note),
            at: timestamp(entry.header().at),
            counts: judged.counting.contains(&id),
        });
    }
    Ok((standing, attestations))
}

/// What the accepted attestations make of a record.
fn standing(
    replica: &Replica,
    record: EntryId,
    author: MemberKey,
    provider: MemberKey,
) -> (Standing, Judged) {
    let words: Vec<Word> = replica
        .attestations(&record)
        .filter(|held| held.verdict.counts())
        .map(|held| Word {
            id: held.id,
            author: held.author,
            log: held.header.log,
            seq: held.header.seq,
            confirms: held.gist == Gist::Attestation { confirms: true },
        })
        .collect();
    let judged = standing::judge(author, provider, &words);
    let counts = replica.get(&record).is_some_and(|held| held.verdict.counts());
    let standing = match judged.standing {
        _ if !counts => Standing::Parked,
        standing::Standing::Claimed => Standing::Claimed,
        standing::Standing::Confirmed => Standing::Confirmed,
        standing::Standing::Disputed => Standing::Disputed,
    };
    (standing, judged)
}

fn summary(entries: &Entries, said: &Said) -> RecordSummary {
    let (standing, judged) = standing(entries.replica(), said.id, said.author, said.provider);
    RecordSummary {
        id: said.id,
        author: said.author,
        provider: said.provider,
        action: said.facts.action.clone(),
        subject: said.subject,
        quantity: said.facts.quantity.amount.to_string(),
        unit: said.facts.quantity.unit.clone(),
        note: said.note.clone().filter(|note| !note.is_empty()),
        standing,
        confirmations: judged.confirming.len() as u64,
        disputes: judged.disputing.len() as u64,
    }
}

fn note(note: Option<String>) -> Result<Option<Vec<u8>>, ServiceError> {
    let part = note.map(|note| Ok::<_, ServiceError>(PersonalPart { nonce: nonce()?, note })).transpose()?;
    Ok(part.map(|part| part.encode()).transpose()?)
}
