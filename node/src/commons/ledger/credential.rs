//! `credential issue | cosign`: a contribution as a document for others, and a further name under one.
//!
//! Invariants: nobody signs what their own ledger does not say; whoever signs said the record, did it, or confirmed it.

use aronde_protocol::credential::{Contribution, Credential, Stood};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::contribution::Happened;
use aronde_protocol::record::ledger::Provider;
use aronde_protocol::record::standing::Standing;
use jiff::Timestamp;

use super::super::entries::Entries;
use super::super::{Commons, now, timestamp};
use super::contribution_id;
use crate::api::{CredentialCosign, CredentialIssue, CredentialSigned, ServiceError, Signer};

impl Commons {
    /// `credential issue`.
    pub(in crate::commons) fn credential_issue(
        &self,
        asked: &CredentialIssue,
        signer: &Signer,
    ) -> Result<CredentialSigned, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        self.acting(&entries, key.member(), |_| true, "a member")?;
        let record = contribution_id(&entries, &asked.record)?;
        let said = self.contribution_said(&mut entries, record, asked.with_note)?;
        Self::check_signer(&entries, &said, key.member())?;
        let from = whole_seconds(timestamp(now()));
        if asked.valid_until.is_some_and(|until| until <= timestamp(now())) {
            return Err(ServiceError::user("the credential would be over before it is issued")
                .hint("give a later day: --valid-until 2030-01-01"));
        }
        let until = asked.valid_until.map(whole_seconds);
        let credential = said.credential(key.member(), &from, until.as_deref());
        signed(credential, &said, key.member(), &key, &from)
    }

    /// `credential cosign`.
    pub(in crate::commons) fn credential_cosign(
        &self,
        asked: &CredentialCosign,
        signer: &Signer,
    ) -> Result<CredentialSigned, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        self.acting(&entries, key.member(), |_| true, "a member")?;
        let refused = |why: String| {
            ServiceError::user(format!("the credential is not signed: {why}"))
                .hint("see what it says: aronde credential verify FILE; or issue one of the record: aronde credential issue RECORD")
        };
        let credential =
            Credential::read(asked.credential.as_bytes()).map_err(|error| refused(error.to_string()))?;
        let at = now();
        let checked = credential.check(at);
        let bad = checked.proofs.iter().find_map(|proof| proof.fault.as_ref()).map(ToString::to_string);
        if let Some(why) = bad.or_else(|| checked.faults.first().map(ToString::to_string)) {
            return Err(refused(why));
        }
        let said = checked
            .contribution
            .ok_or_else(|| refused("it is not of the form that aronde credential issue writes".into()))?;
        let held = entries.replica().get(&said.record).is_some();
        if !held {
            return Err(refused(format!("the record {} is not held here", said.record.short())));
        }
        let here = self.contribution_said(&mut entries, said.record, said.note.is_some())?;
        if let Some(what) = differs(&said, &here) {
            return Err(refused(format!("its {what} is not what the ledger here says")));
        }
        Self::check_signer(&entries, &here, key.member())?;
        let issuer = checked.issuer.parse().map_err(|_| refused("its issuer is no member".into()))?;
        signed(credential, &said, issuer, &key, &whole_seconds(timestamp(at)))
    }

    /// What a credential says of a record that counts.
    fn contribution_said(
        &self,
        entries: &mut Entries,
        record: EntryId,
        with_note: bool,
    ) -> Result<Contribution, ServiceError> {
        let author = entries.replica().get(&record).map(|held| held.author);
        let author = author.ok_or_else(|| ServiceError::internal("a record that was found is not held"))?;
        let founding = entries.replica().federation();
        let federation_name = entries.replica().authority().name.clone();
        let said = self.with_ledger(entries, |_, view| {
            let line = view.line(&record).ok_or_else(|| {
                ServiceError::user(format!("{} is no contribution", record.short()))
                    .hint("see which there are: aronde ledger list")
            })?;
            let standing = match line.standing {
                Standing::Claimed => Stood::Claimed,
                Standing::Confirmed => Stood::Confirmed,
                other => {
                    return Err(ServiceError::user(format!(
                        "this record is {}, and a credential of it would say more than the ledger does",
                        super::shown(other).word()
                    ))
                    .hint(format!("see why: aronde ledger show {}", record.short())));
                }
            };
            let Provider::Member(provider) = line.provider else {
                return Err(ServiceError::user(
                    "nobody who is a member did this, so a credential has nobody to be about",
                )
                .hint("who did it says so first: aronde agent claim NAME"));
            };
            let text = str::to_owned;
            Ok(Contribution {
                federation: founding,
                federation_name,
                record,
                author,
                provider,
                workshop: line.workshop,
                workshop_name: None,
                action: text(line.action),
                quantity: line.quantity.amount.to_string(),
                unit: text(line.quantity.unit),
                resource_quantity: line.resource_quantity.map(|it| it.amount.to_string()),
                resource_unit: line.resource_quantity.map(|it| text(it.unit)),
                resource: line.resource.map(|resource| resource.name.clone()),
                role: line.role.map(text),
                made_for: line.subject,
                made_for_title: None,
                began: timestamp(line.happened.begin()).to_string(),
                ended: match line.happened {
                    Happened::Span { to, .. } => Some(timestamp(to).to_string()),
                    Happened::At(_) => None,
                },
                recorded: timestamp(line.recorded).to_string(),
                standing,
                attesters: view.words(&record, author).confirming.into_iter().collect(),
                note: None,
            })
        })?;
        let note = if with_note {
            let part = entries.entry(&record)?.personal().and_then(PersonalPart::read);
            part.map(|part| part.note).filter(|note| !note.is_empty())
        } else {
            None
        };
        Ok(Contribution {
            workshop_name: said.workshop.and_then(|id| Self::workshop_name(entries, &id)),
            made_for_title: said.made_for.and_then(|id| Self::title_of(entries, &id)),
            note,
            ..said
        })
    }

    /// Whoever signs said the record, did it, or confirmed it.
    fn check_signer(entries: &Entries, said: &Contribution, signer: MemberKey) -> Result<(), ServiceError> {
        let persons = super::persons(entries);
        let person = |key: MemberKey| persons.get(&key).copied().unwrap_or(key);
        let signs = person(signer);
        if signs == person(said.author) || signs == person(said.provider) || said.attesters.contains(&signs) {
            return Ok(());
        }
        Err(ServiceError::user(format!(
            "{} neither made this record nor did the work nor confirmed it, and so has nothing to sign",
            signer.short()
        ))
        .hint(format!("confirm it first, if you know it: aronde attest {} --confirm", said.record.short())))
    }
}

/// What of a credential is not as it is held here, in a word. It may say less than is held now, as it was issued before:
/// fewer who confirmed, and a claim that was confirmed since.
fn differs(said: &Contribution, here: &Contribution) -> Option<&'static str> {
    if said.federation != here.federation {
        return Some("federation");
    }
    if said.attesters.iter().any(|attester| !here.attesters.contains(attester)) {
        return Some("list of attesters");
    }
    if said.standing == Stood::Confirmed && here.standing != Stood::Confirmed {
        return Some("standing");
    }
    if said.note != here.note {
        return Some("note");
    }
    if said.made_for_title != here.made_for_title {
        return Some("title");
    }
    let as_said = Contribution { standing: said.standing, attesters: said.attesters.clone(), ..here.clone() };
    (*said != as_said).then_some("account of what was done")
}

fn signed(
    mut credential: Credential,
    said: &Contribution,
    issuer: MemberKey,
    key: &SecretKey,
    at: &str,
) -> Result<CredentialSigned, ServiceError> {
    credential.sign(key, at).map_err(|error| {
        ServiceError::user(format!("the credential is not signed: {error}"))
            .hint("see who signed it: aronde credential verify FILE")
    })?;
    let checked = credential.check(now());
    if !checked.holds() || checked.contribution.as_ref() != Some(said) {
        return Err(ServiceError::internal("a credential that was just signed does not hold"));
    }
    let text = credential.to_text();
    if let Err(error) = Credential::read(text.as_bytes()) {
        return Err(ServiceError::user(format!("nobody could read the credential: {error}"))
            .hint("leave its note out, or have fewer members sign it"));
    }
    Ok(CredentialSigned {
        record: said.record,
        issuer,
        subject: said.provider,
        standing: match said.standing {
            Stood::Claimed => crate::api::Standing::Claimed,
            Stood::Confirmed => crate::api::Standing::Confirmed,
        },
        signers: checked.proofs.iter().filter_map(|proof| proof.by).collect(),
        credential: text,
    })
}

/// Milliseconds of a claimed time say nothing to a reader, and some readers refuse them.
fn whole_seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
