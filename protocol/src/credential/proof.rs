//! Proofs of the cryptosuite `eddsa-jcs-2022` (W3C, Data Integrity `EdDSA` Cryptosuites 1.0, section 3.3), by `did:key`.
//!
//! What is signed is two hashes: of the proof's own options, and of the document without its proofs, both in the form of
//! RFC 8785. So several proofs of one document stand beside each other, and none covers another.
//!
//! Stricter than the recommendation: a signature counts by `verify_strict` alone, the fragment of the verification method
//! is the key itself, and a proof's `@context` is the document's, not only its beginning: else contexts could be added that
//! nobody signed.
//!
//! Deliberately absent: other suites, keys that must be looked up (`did:web`), chains of proofs (`previousProof`).

use sha2::{Digest, Sha256};

use super::json::{self, Json, Object};
use super::moment;
use crate::key::{KeyError, MemberKey, SecretKey};
use crate::printable::shown;

/// The one cryptosuite that is signed with and believed.
pub const CRYPTOSUITE: &str = "eddsa-jcs-2022";
const TYPE: &str = "DataIntegrityProof";
const PURPOSE: &str = "assertionMethod";
/// Texts of 64 bytes in base 58 have at most so many digits.
const VALUE_DIGITS_MAX: usize = 88;

/// Why a proof is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// Not an object.
    #[error("it is no object")]
    Form,
    /// Not a Data Integrity proof.
    #[error("its type is \"{0}\", and only {TYPE} is known here")]
    Type(String),
    /// Another suite.
    #[error(
        "its cryptosuite is \"{0}\", which is not known here, so nothing was checked; only {CRYPTOSUITE} is"
    )]
    Suite(String),
    /// It is for something else than to assert.
    #[error("its purpose is \"{0}\", and a credential is asserted: {PURPOSE}")]
    Purpose(String),
    /// The verification method is no did:key with itself as fragment.
    #[error("its verification method \"{0}\" is not of the form did:key:z6Mk…#z6Mk…")]
    Method(String),
    /// The key is refused.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// A time is none.
    #[error("\"{0}\" is no time: one as 2026-11-21T14:00:00Z is expected")]
    Time(String),
    /// It is over.
    #[error("it has expired, on {0}")]
    Expired(String),
    /// It covers another proof.
    #[error("it continues another proof, and chains of proofs are not followed here")]
    Chained,
    /// Its contexts are not the document's.
    #[error("it was made under another @context than the document's")]
    Context,
    /// The value is no signature.
    #[error("its value is no signature: z and 64 bytes in base 58 are expected")]
    Value,
    /// The signature is not of this document by this key.
    #[error(
        "the signature is not of this document by this key: one of them was changed, or it was made for another"
    )]
    Signature,
}

/// A proof as it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedProof {
    /// Whose key is named; the word of the proof alone while it doesn't hold.
    pub by: Option<MemberKey>,
    /// When it was made, as its author claims.
    pub created: Option<String>,
    /// Why it is not believed.
    pub fault: Option<ProofFault>,
}

impl CheckedProof {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.fault.is_none()
    }
}

/// Signs a document that has no `proof`, at a time that is claimed, in the form of RFC 3339.
pub fn sign(document: &Object, key: &SecretKey, created: &str) -> Json {
    let did = key.member().to_string();
    let fragment = did.strip_prefix("did:key:").unwrap_or(&did);
    let mut options = Object::from([
        ("type".to_owned(), TYPE.into()),
        ("cryptosuite".to_owned(), CRYPTOSUITE.into()),
        ("created".to_owned(), created.into()),
        ("verificationMethod".to_owned(), format!("{did}#{fragment}").into()),
        ("proofPurpose".to_owned(), PURPOSE.into()),
    ]);
    if let Some(context) = document.get("@context") {
        options.insert("@context".to_owned(), context.clone());
    }
    let value = bs58::encode(key.sign(&signed_bytes(&options, document))).into_string();
    options.insert("proofValue".to_owned(), format!("z{value}").into());
    Json::Object(options)
}

/// What is signed: the hash of the options before the hash of the document.
pub(super) fn signed_bytes(options: &Object, document: &Object) -> [u8; 64] {
    let mut both = [0; 64];
    let (first, second) = both.split_at_mut(32);
    first.copy_from_slice(&Sha256::digest(json::canonical(options)));
    second.copy_from_slice(&Sha256::digest(json::canonical(document)));
    both
}

/// Checks one proof of a document that has no `proof`, at a time in ms since 1970.
pub fn check(document: &Object, proof: &Json, now: u64) -> CheckedProof {
    let said = |name: &str| proof.object().and_then(|it| it.get(name)?.text()).unwrap_or_default();
    let by = key_of(said("verificationMethod"));
    let created = said("created");
    let created = (!created.is_empty()).then(|| shown(created));
    let fault = match (proof.object(), &by) {
        (None, _) => Some(ProofFault::Form),
        (Some(members), by) => judged(document, members, by.clone(), now).err(),
    };
    CheckedProof { by: by.ok(), created, fault }
}

fn judged(
    document: &Object,
    proof: &Object,
    by: Result<MemberKey, ProofFault>,
    now: u64,
) -> Result<(), ProofFault> {
    let said = |name: &str| proof.get(name).and_then(Json::text).unwrap_or_default();
    let named = |name: &str| shown(said(name));
    if said("type") != TYPE {
        return Err(ProofFault::Type(named("type")));
    }
    if said("cryptosuite") != CRYPTOSUITE {
        return Err(ProofFault::Suite(named("cryptosuite")));
    }
    if said("proofPurpose") != PURPOSE {
        return Err(ProofFault::Purpose(named("proofPurpose")));
    }
    if proof.contains_key("previousProof") {
        return Err(ProofFault::Chained);
    }
    let by = by?;
    for time in ["created", "expires"] {
        let at = if proof.contains_key(time) {
            moment(said(time)).ok_or_else(|| ProofFault::Time(named(time)))?
        } else {
            continue;
        };
        if time == "expires" && at <= now {
            return Err(ProofFault::Expired(named(time)));
        }
    }
    if proof.get("@context").is_some_and(|context| document.get("@context") != Some(context)) {
        return Err(ProofFault::Context);
    }
    let digits = said("proofValue").strip_prefix('z').filter(|digits| digits.len() <= VALUE_DIGITS_MAX);
    let value = digits.and_then(|digits| bs58::decode(digits).into_vec().ok());
    let value: [u8; 64] = value.and_then(|bytes| bytes.try_into().ok()).ok_or(ProofFault::Value)?;
    let mut options = proof.clone();
    options.remove("proofValue");
    if by.signed(&signed_bytes(&options, document), &value) { Ok(()) } else { Err(ProofFault::Signature) }
}

/// The key of `did:key:z6Mk…#z6Mk…`.
fn key_of(method: &str) -> Result<MemberKey, ProofFault> {
    let refused = || ProofFault::Method(shown(method));
    let (did, fragment) = method.split_once('#').ok_or_else(refused)?;
    if did.strip_prefix("did:key:") != Some(fragment) {
        return Err(refused());
    }
    Ok(did.parse()?)
}
