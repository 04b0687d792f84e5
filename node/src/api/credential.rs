//! `credential issue | cosign`. Checking one needs no home: `aronde_protocol::credential`.

use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Standing;

/// Issues a credential of a contribution, signed by the signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialIssue {
    /// The record, or a prefix of its id.
    pub record: String,
    /// Whether the record's note goes with it.
    #[serde(default)]
    pub with_note: bool,
    /// Until when it is to be valid; without end, when absent.
    pub valid_until: Option<Timestamp>,
}

/// Adds the signer's proof to a credential, when all that it says is held here too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialCosign {
    /// The credential, JSON as it was issued.
    pub credential: String,
}

/// A credential that the signer signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialSigned {
    /// The record.
    pub record: EntryId,
    /// Who issues it, a DID.
    pub issuer: MemberKey,
    /// Whom it is about, a DID.
    pub subject: MemberKey,
    /// Where the record stood when it was issued.
    pub standing: Standing,
    /// Who signed it, in the order of the proofs.
    pub signers: Vec<MemberKey>,
    /// The credential, as the text of a file.
    pub credential: String,
}
