//! Credentials: a contribution as a document that its holder shows to anyone, by W3C Verifiable Credentials 2.0
//! (`docs/credentials.md`).
//!
//! Goals: what is issued here verifies with any software of the standards, in the shape of Open Badges 3.0 where that has a
//! place for it; what is read is checked with no node, no network and nobody to believe. A credential is said by its issuer,
//! a `did:key`; further members sign the same document beside them, each proof by itself.
//!
//! What it does not show: that the record is in the ledger (the signers say so), that it was not retracted since, that the
//! times are true, what anybody is called. A proof that is taken away is not missed: none covers another.
//!
//! Deliberately absent: revocation lists, which need a server; JSON-LD processing, since `eddsa-jcs-2022` signs the JSON as
//! it stands; any clock: the time at which a validity is judged is given.
//!
//! Invariants: everything read is bounded ([`crate::limits`]) and hostile; a document of ours is rebuilt from its facts and
//! believed to be one only when it is the same ([`Contribution::of`]), so that no text in it says more than its facts do.

use crate::key::{MemberKey, SecretKey};
use crate::limits::CREDENTIAL_PROOFS_MAX;
use crate::printable::{is_hidden, shown};

mod contribution;
mod json;
mod proof;

#[cfg(test)]
mod tests;

pub use contribution::{Contribution, Stood};
pub use json::{Json, JsonError, Object};
pub use proof::{CRYPTOSUITE, CheckedProof, ProofFault};

/// The first context of every credential of the data model 2.0.
pub const CONTEXT_VC: &str = "https://www.w3.org/ns/credentials/v2";
/// The second one of an Open Badge.
pub const CONTEXT_OB: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
/// The third one of ours: words without a context of their own, as `contribution`, mean themselves. It is the data model's
/// own page for that; a context that stands in the document as an object is refused by some libraries.
const CONTEXT_OWN: &str = "https://www.w3.org/ns/credentials/undefined-terms/v2";
/// By how much the clock of an issuer may be ahead, in ms: five minutes, as is usual.
const AHEAD_MAX: u64 = 5 * 60 * 1_000;

/// Why bytes are no credential, or one cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Not the JSON that is read.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Some other JSON.
    #[error("it is no verifiable credential: an object whose type names VerifiableCredential is expected")]
    NotACredential,
    /// Over the limit.
    #[error("it has more than {CREDENTIAL_PROOFS_MAX} proofs")]
    TooManyProofs,
    /// The key signed it already.
    #[error("{} has signed it already", .0.short())]
    Signed(MemberKey),
}

/// Why a document does not hold, whatever its proofs say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The contexts are not those of the data model 2.0, in their order.
    #[error("its @context does not begin with {CONTEXT_VC}, so it is not of Verifiable Credentials 2.0")]
    Context,
    /// An Open Badge without its context in its place.
    #[error("its type says Open Badge, and its second @context is not that of Open Badges 3.0")]
    BadgeContext,
    /// Nobody issues it.
    #[error("it does not say who issues it")]
    NoIssuer,
    /// It is about nothing.
    #[error("it does not say what it is about")]
    NoSubject,
    /// A time is none.
    #[error("its {0} is no time: one as 2026-11-21T14:00:00Z is expected")]
    Time(&'static str),
    /// Its time has not come.
    #[error("it is valid only from {0} on")]
    NotYet(String),
    /// Its time is over.
    #[error("it was valid until {0}")]
    Expired(String),
    /// It can be revoked in a place that is not asked.
    #[error("it names a place where it may be revoked (credentialStatus), which is not asked here")]
    Status,
    /// Nobody signed it.
    #[error("it has no proof")]
    NoProof,
    /// None of the proofs that hold is the issuer's.
    #[error("no proof that holds is by its issuer, {0}")]
    NotByIssuer(String),
}

/// A credential as it was read. Nothing of it is believed before [`Credential::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Without its proofs.
    document: Object,
    proofs: Vec<Json>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Who issues it: a DID or another URL, made plain to be shown.
    pub issuer: String,
    /// Whom it is about, when that is said.
    pub subject: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// From when on it is valid, as its issuer claims.
    pub valid_from: Option<String>,
    /// Until when.
    pub valid_until: Option<String>,
    /// What it says, when it is one that Aronde writes.
    pub contribution: Option<Contribution>,
    /// Its proofs, in their order.
    pub proofs: Vec<CheckedProof>,
    /// What is wrong with the document.
    pub faults: Vec<Fault>,
}

impl Checked {
    /// Whether all is in order: the document, every proof, and the issuer's among them.
    pub fn holds(&self) -> bool {
        self.faults.is_empty() && self.proofs.iter().all(CheckedProof::holds)
    }

    /// Whether somebody says it about themselves.
    pub fn is_self_issued(&self) -> bool {
        self.subject.as_ref() == Some(&self.issuer)
    }
}

impl Credential {
    /// Reads a credential.
    ///
    /// # Errors
    /// The bytes are not JSON as a credential may be, are something else, or bear too many proofs.
    pub fn read(bytes: &[u8]) -> Result<Self, CredentialError> {
        let Json::Object(mut document) = Json::read(bytes)? else {
            return Err(CredentialError::NotACredential);
        };
        if !has_type(&document, "VerifiableCredential") {
            return Err(CredentialError::NotACredential);
        }
        let proofs = match document.remove("proof") {
            None => Vec::new(),
            Some(Json::List(proofs)) => proofs,
            Some(one) => vec![one],
        };
        if proofs.len() > CREDENTIAL_PROOFS_MAX {
            return Err(CredentialError::TooManyProofs);
        }
        Ok(Self { document, proofs })
    }

    /// The whole as JSON: one proof as an object, several as a list.
    pub fn json(&self) -> Json {
        let mut whole = self.document.clone();
        let proof = match self.proofs.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => Some(Json::List(many.to_vec())),
        };
        whole.extend(proof.map(|proof| ("proof".to_owned(), proof)));
        Json::Object(whole)
    }

    /// The whole as the text of a file. What is not seen, or turns the order of what is seen, is escaped: the text may be
    /// printed, and says the same.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for c in serde_json::to_string_pretty(&self.json()).unwrap_or_default().chars() {
            if c != '\n' && is_hidden(c) {
                let mut units = [0; 2];
                text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            } else {
                text.push(c);
            }
        }
        text.push('\n');
        text
    }

    /// Adds a proof by this key, made at a time that is claimed, in the form of RFC 3339.
    ///
    /// # Errors
    /// There is one by this key, or there are too many.
    pub fn sign(&mut self, key: &SecretKey, created: &str) -> Result<(), CredentialError> {
        if self.proofs.len() >= CREDENTIAL_PROOFS_MAX {
            return Err(CredentialError::TooManyProofs);
        }
        let signer = key.member();
        if self.proofs.iter().any(|it| proof::check(&self.document, it, 0).by == Some(signer)) {
            return Err(CredentialError::Signed(signer));
        }
        self.proofs.push(proof::sign(&self.document, key, created));
        Ok(())
    }

    /// Checks the document and each proof, at a time in ms since 1970.
    pub fn check(&self, now: u64) -> Checked {
        let proofs: Vec<_> = self.proofs.iter().map(|it| proof::check(&self.document, it, now)).collect();
        let issuer = self.issuer().unwrap_or_default();
        let mut faults = self.faults(now);
        let by_issuer = |it: &&CheckedProof| it.holds() && it.by.is_some_and(|by| by.to_string() == issuer);
        if proofs.is_empty() {
            faults.push(Fault::NoProof);
        } else if !issuer.is_empty() && !proofs.iter().any(|it| by_issuer(&it)) {
            faults.push(Fault::NotByIssuer(shown(issuer)));
        }
        Checked {
            issuer: shown(issuer),
            subject: self.subject().map(shown),
            name: self.text("name").map(shown),
            valid_from: self.text("validFrom").map(shown),
            valid_until: self.text("validUntil").map(shown),
            contribution: Contribution::of(self),
            proofs,
            faults,
        }
    }

    fn faults(&self, now: u64) -> Vec<Fault> {
        let mut faults = Vec::new();
        let context = |n: usize| self.document.get("@context").map(Json::items)?.get(n)?.text();
        if context(0) != Some(CONTEXT_VC) {
            faults.push(Fault::Context);
        }
        let is_badge = ["OpenBadgeCredential", "AchievementCredential"];
        if is_badge.iter().any(|it| has_type(&self.document, it)) && context(1) != Some(CONTEXT_OB) {
            faults.push(Fault::BadgeContext);
        }
        if self.issuer().is_none_or(str::is_empty) {
            faults.push(Fault::NoIssuer);
        }
        let about = self.document.get("credentialSubject").map(Json::items).unwrap_or_default();
        if about.is_empty() || about.iter().any(|it| it.object().is_none_or(Object::is_empty)) {
            faults.push(Fault::NoSubject);
        }
        match self.moment("validFrom") {
            Ok(Some(from)) if from > now.saturating_add(AHEAD_MAX) => {
                faults.push(Fault::NotYet(shown(self.text("validFrom").unwrap_or_default())));
            }
            Err(fault) => faults.push(fault),
            Ok(_) => {}
        }
        match self.moment("validUntil") {
            Ok(Some(until)) if until < now => {
                faults.push(Fault::Expired(shown(self.text("validUntil").unwrap_or_default())));
            }
            Err(fault) => faults.push(fault),
            Ok(_) => {}
        }
        if self.document.contains_key("credentialStatus") {
            faults.push(Fault::Status);
        }
        faults
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.document.get(name)?.text()
    }

    /// A time of the document, when it is there.
    fn moment(&self, name: &'static str) -> Result<Option<u64>, Fault> {
        let Some(time) = self.document.get(name) else { return Ok(None) };
        time.text().and_then(moment).map(Some).ok_or(Fault::Time(name))
    }

    /// A URL, or an object with one.
    fn issuer(&self) -> Option<&str> {
        let issuer = self.document.get("issuer")?;
        issuer.text().or_else(|| issuer.object()?.get("id")?.text())
    }

    fn subject(&self) -> Option<&str> {
        match self.document.get("credentialSubject")?.items() {
            [one] => one.object()?.get("id")?.text(),
            _ => None,
        }
    }
}

fn has_type(document: &Object, name: &str) -> bool {
    document.get("type").is_some_and(|it| it.items().iter().any(|it| it.text() == Some(name)))
}

/// A `dateTimeStamp` of XML Schema: a day, a time and a zone; in ms since 1970.
fn moment(text: &str) -> Option<u64> {
    let (day, clock) = text.split_once('T')?;
    let whole = day.len() == 10 && clock.split(['Z', '+', '-', '.']).next().is_some_and(|it| it.len() == 8);
    if whole { crate::interchange::contributions::time(text) } else { None }
}
