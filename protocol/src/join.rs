//! The join protocol: all that a node says to a peer that is not bound to a workshop.
//!
//! A newcomer shows a ticket's secret and proves that it holds the member key it wants admitted; the
//! inviting node admits it by name and returns the entries that bind it. A node that is bound already,
//! but unknown here, shows those entries. Whoever waits to be admitted, or was a member once, claims that and is
//! given the authority: it tells them where they stand. A greeting comes first, so that nothing is shown to a peer
//! of another federation.

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::federation::FederationName;
use crate::id::EntryId;
use crate::key::MemberKey;
use crate::limits::{
    CLAIM_HEADS_MAX, JOIN_FRAME_MAX, NAME_MAX, PAGE_RUNS_MAX, PROOF_MAX, REASON_MAX, SECRET_MAX,
};
use crate::session::MessageError;
use crate::wire::{Bounded, Bytes, Text};

/// The authority entries that bind a node, from the founding entry on, as compact runs.
pub type Proof = Bounded<Bytes<PROOF_MAX>, PAGE_RUNS_MAX>;

/// A newcomer's request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The federation that the ticket names.
    pub federation: FederationName,
    /// The ticket's secret. The connection is encrypted to the inviting node alone.
    pub secret: Bytes<SECRET_MAX>,
    /// The member's public key.
    #[serde(with = "serde_bytes")]
    pub member: [u8; 32],
    /// The hash of the key that may one day replace it.
    pub next_key: Option<Bytes<32>>,
    /// The member's name.
    pub name: Text<NAME_MAX>,
    /// The name of the workshop to found, where the ticket offers one.
    pub workshop: Option<Text<NAME_MAX>>,
    /// The member key's signature over [`JoinRequest::signed_bytes`].
    #[serde(with = "serde_bytes")]
    pub signature: [u8; 64],
}

/// The secret is not shown.
impl std::fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinRequest")
            .field("federation", &self.federation)
            .field("name", &self.name)
            .field("workshop", &self.workshop)
            .finish_non_exhaustive()
    }
}

impl JoinRequest {
    /// What the member key signs: the whole request but for the secret, of which the hash, and the
    /// identities of both nodes, so that it is of no use anywhere else.
    ///
    /// # Errors
    /// None in practice: the fields are bounded and can be encoded.
    pub fn signed_bytes(&self, newcomer: &[u8], inviting: &[u8]) -> Result<Vec<u8>, CanonicalError> {
        let secret = blake3::derive_key("aronde 2026 ticket secret v1", &self.secret.0);
        let mut bytes = b"aronde join v1\0".to_vec();
        bytes.extend(canonical::encode(&(
            &self.federation,
            Bytes::<64>(newcomer.to_vec()),
            Bytes::<64>(inviting.to_vec()),
            Bytes::<32>(secret.to_vec()),
            Bytes::<32>(self.member.to_vec()),
            &self.next_key,
            &self.name,
            &self.workshop,
        ))?);
        Ok(bytes)
    }

    /// Whether the newcomer holds the member key it wants admitted. `verify_strict`, as everywhere;
    /// a weak key is refused.
    pub fn proves_possession(&self, newcomer: &[u8], inviting: &[u8]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(&self.member) else { return false };
        let Ok(bytes) = self.signed_bytes(newcomer, inviting) else { return false };
        !key.is_weak() && key.verify_strict(&bytes, &Signature::from_bytes(&self.signature)).is_ok()
    }
}

/// A claim to be told the authority, by the key of somebody who was admitted once, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The member's public key.
    #[serde(with = "serde_bytes")]
    pub member: [u8; 32],
    /// Heads of the authority that the claimant holds.
    pub heads: Bounded<EntryId, CLAIM_HEADS_MAX>,
    /// The member key's signature over [`Claim::signed_bytes`].
    #[serde(with = "serde_bytes")]
    pub signature: [u8; 64],
}

impl Claim {
    /// What the member key signs: the claim and the identities of both nodes, so that it is of no use anywhere
    /// else. `greeting` is [`FederationName::greeting`] between them.
    pub fn signed_bytes(&self, greeting: &[u8; 32]) -> Vec<u8> {
        let mut bytes = b"aronde claim v1\0".to_vec();
        bytes.extend(greeting);
        bytes.extend(self.member);
        for head in &self.heads.0 {
            bytes.extend(head.as_bytes());
        }
        bytes
    }

    /// Whether the claimant holds the member key.
    pub fn proves_possession(&self, greeting: &[u8; 32]) -> bool {
        let key = MemberKey::from_bytes(self.member);
        key.is_ok_and(|key| key.signed(&self.signed_bytes(greeting), &self.signature))
    }
}

/// What a claimant is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Operations that the claimant lacks, each after its past; nothing when it lacks none.
    pub operations: Proof,
    /// Heads of the claimant's own logs that are held: what lies beyond them can be handed in.
    pub held: Bounded<EntryId, CLAIM_HEADS_MAX>,
}

/// The newcomer is admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinGrant {
    /// The entries that bind the newcomer's node.
    pub proof: Proof,
}

/// The newcomer is not admitted, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum JoinRefusal {
    /// No ticket with this secret was made here.
    #[error("this ticket is not known to the inviting node; ask for a new one")]
    Unknown,
    /// The ticket was used.
    #[error("this ticket was used already; ask for a new one")]
    Used,
    /// The ticket has expired.
    #[error("this ticket has expired; ask for a new one")]
    Expired,
    /// The request is for another federation.
    #[error("this ticket is for another federation than the inviting node's")]
    OtherFederation,
    /// The signature does not fit the member key.
    #[error("the request does not prove that it holds its member key")]
    NotProven,
    /// Too many requests at once.
    #[error("the inviting node has too many requests; try again in a minute")]
    Busy,
    /// The inviting node can't admit now, and says why.
    #[error("the inviting node could not admit: {}", .0.as_str())]
    Failed(Text<REASON_MAX>),
}

/// What is asked on the join protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Admit me.
    Join(Box<JoinRequest>),
    /// Are we of one federation, and do you know me? With [`FederationName::greeting`].
    Greet(Bytes<32>),
    /// These entries bind me; or I hand them in, having been a member when I wrote them.
    Introduce(Proof),
    /// Tell me the authority: I was a member, or am to be.
    Claim(Box<Claim>),
}

/// What is answered on the join protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// Admitted.
    Granted(JoinGrant),
    /// Not admitted.
    Denied(JoinRefusal),
    /// Of one federation, but not known here: introduce yourself.
    Unknown,
    /// Known as bound; and these entries bind this node.
    Known(Proof),
    /// The authority, to a claimant.
    News(News),
    /// No, and why.
    Refused(Text<REASON_MAX>),
}

impl Call {
    /// The bytes to send.
    ///
    /// # Errors
    /// The message is longer than a frame.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        crate::session::encode(self, JOIN_FRAME_MAX)
    }

    /// The call in these bytes.
    ///
    /// # Errors
    /// The bytes are no call of this version, or longer than a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        crate::session::decode(bytes, JOIN_FRAME_MAX)
    }
}

impl Reply {
    /// The bytes to send.
    ///
    /// # Errors
    /// The message is longer than a frame.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        crate::session::encode(self, JOIN_FRAME_MAX)
    }

    /// The reply in these bytes.
    ///
    /// # Errors
    /// The bytes are no reply of this version, or longer than a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        crate::session::decode(bytes, JOIN_FRAME_MAX)
    }
}

/// Runs as a proof.
pub fn proof(runs: Vec<Vec<u8>>) -> Proof {
    runs.into_iter().map(Bytes).collect::<Vec<_>>().into()
}

/// A proof as runs.
pub fn runs(proof: Proof) -> Vec<Vec<u8>> {
    proof.0.into_iter().map(|run| run.0).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    fn request(key: &SigningKey) -> JoinRequest {
        let mut request = JoinRequest {
            federation: FederationName::founded(EntryId::of(b"found")),
            secret: Bytes(vec![5; 16]),
            member: key.verifying_key().to_bytes(),
            next_key: None,
            name: Text::cut("Maker A"),
            workshop: Some(Text::cut("Workshop North")),
            signature: [0; 64],
        };
        request.signature = key.sign(&request.signed_bytes(b"new", b"host").unwrap()).to_bytes();
        request
    }

    #[test]
    fn a_request_proves_its_key_between_these_two_nodes_and_nowhere_else() {
        let request = request(&SigningKey::from_bytes(&[1; 32]));
        assert!(request.proves_possession(b"new", b"host"));
        assert!(!request.proves_possession(b"other", b"host"));
        assert!(!request.proves_possession(b"new", b"other"));
        let renamed = JoinRequest { name: Text::cut("Maker B"), ..request.clone() };
        assert!(!renamed.proves_possession(b"new", b"host"));
        let other_secret = JoinRequest { secret: Bytes(vec![6; 16]), ..request.clone() };
        assert!(!other_secret.proves_possession(b"new", b"host"));
        let call = Call::Join(Box::new(request));
        assert_eq!(Call::decode(&call.encode().unwrap()).unwrap(), call);
    }

    #[test]
    fn a_claim_is_of_use_between_these_two_nodes_and_nowhere_else() {
        let key = crate::key::SecretKey::from_seed(&[1; 32]);
        let federation = FederationName::founded(EntryId::of(b"found"));
        let between = |from: &[u8], to: &[u8]| federation.greeting(from, to);
        let heads = vec![EntryId::of(b"head")].into();
        let mut claim = Claim { member: *key.member().as_bytes(), heads, signature: [0; 64] };
        claim.signature = key.sign(&claim.signed_bytes(&between(b"away", b"here")));
        assert!(claim.proves_possession(&between(b"away", b"here")));
        assert!(!claim.proves_possession(&between(b"other", b"here")));
        let more = Claim { heads: vec![].into(), ..claim.clone() };
        assert!(!more.proves_possession(&between(b"away", b"here")));
        let call = Call::Claim(Box::new(claim));
        assert_eq!(Call::decode(&call.encode().unwrap()).unwrap(), call);
    }

    #[test]
    fn a_weak_key_proves_nothing() {
        let mut request = request(&SigningKey::from_bytes(&[1; 32]));
        request.member = [0; 32];
        *request.member.first_mut().unwrap() = 1;
        assert!(!request.proves_possession(b"new", b"host"));
    }
}
