//! Member keys: ed25519, judged by one criterion everywhere.
//!
//! Invariants: a [`MemberKey`] is a canonical encoding of a point that is not weak, so that one
//! person never has two spellings; a signature counts only when `verify_strict` accepts it. Batch
//! verification accepts what strict verification refuses and is deliberately absent.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::EntryId;

/// What an entry's signature says it is, before the entry's id: no other protocol signs this prefix.
const ENTRY_DOMAIN: &[u8] = b"aronde entry 1\0";
/// The multicodec prefix of an ed25519 public key (`0xed`, as a varint).
const ED25519_MULTICODEC: [u8; 2] = [0xed, 0x01];

/// Why a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no point of the curve.
    #[error("the key is not an ed25519 public key")]
    NotAPoint,
    /// The bytes are a second spelling of a point.
    #[error("the key is not in canonical form")]
    NotCanonical,
    /// The point has small order: a signature under it proves nothing.
    #[error("the key is weak: it has small order")]
    Weak,
    /// The text is no `did:key` of an ed25519 key.
    #[error("\"{0}\" is not a member: a DID like did:key:z6Mk… is expected")]
    NotADid(String),
}

/// Keys that were checked. To check one costs as much as to decode an entry, and authors are few.
#[derive(Debug, Default)]
pub struct CheckedKeys(HashMap<[u8; 32], MemberKey>);

impl CheckedKeys {
    /// The key of these bytes, checked once.
    ///
    /// # Errors
    /// The key is refused; it is checked again each time.
    pub fn key(&mut self, bytes: [u8; 32]) -> Result<MemberKey, KeyError> {
        if let Some(known) = self.0.get(&bytes) {
            return Ok(*known);
        }
        let key = MemberKey::from_bytes(bytes)?;
        self.0.insert(bytes, key);
        Ok(key)
    }
}

/// A member's public key, written as `did:key:z6Mk…` (<https://w3c-ccg.github.io/did-key-spec/>).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberKey([u8; 32]);

impl MemberKey {
    /// Checks the bytes of a key.
    ///
    /// # Errors
    /// They are no point, a second spelling of one, or a weak key.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.to_edwards().compress().to_bytes() != bytes {
            return Err(KeyError::NotCanonical);
        }
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        Ok(Self(bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The commitment to this key that an admission names for the next rotation.
    pub fn commitment(&self) -> KeyCommitment {
        KeyCommitment(blake3::derive_key("aronde 2026 next key commitment", &self.0))
    }

    /// Whether this is a signature of this entry under this key, by `verify_strict`.
    pub fn vouches(&self, entry: &EntryId, signature: &[u8; 64]) -> bool {
        self.signed(&entry_message(entry), signature)
    }

    /// Whether this is a strict signature of these bytes. For what is not an entry; the caller
    /// separates domains.
    pub fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }

    /// The key made ready to verify many signatures.
    pub fn opened(&self) -> Option<OpenedKey> {
        VerifyingKey::from_bytes(&self.0).ok().map(OpenedKey)
    }

    /// The first and last letters of the key part of the DID, for people.
    pub fn short(&self) -> String {
        let did = self.to_string();
        let key = did.strip_prefix("did:key:").unwrap_or(&did);
        match (key.get(..8), key.get(key.len().saturating_sub(6)..)) {
            (Some(head), Some(tail)) => format!("{head}…{tail}"),
            _ => key.to_owned(),
        }
    }
}

/// A member's key whose point is decoded, which costs a tenth of a verification.
#[derive(Debug, Clone)]
pub struct OpenedKey(VerifyingKey);

impl OpenedKey {
    /// Says what [`MemberKey::vouches`] says.
    pub fn vouches(&self, entry: &EntryId, signature: &[u8; 64]) -> bool {
        self.0.verify_strict(&entry_message(entry), &Signature::from_bytes(signature)).is_ok()
    }
}

fn entry_message(entry: &EntryId) -> Vec<u8> {
    [ENTRY_DOMAIN, entry.as_bytes()].concat()
}

impl fmt::Display for MemberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&ED25519_MULTICODEC[..], &self.0].concat();
        write!(f, "did:key:z{}", bs58::encode(bytes).into_string())
    }
}

impl fmt::Debug for MemberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl FromStr for MemberKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let refused = || KeyError::NotADid(text.chars().take(80).collect());
        let encoded = text.strip_prefix("did:key:z").filter(|t| t.len() < 64).ok_or_else(refused)?;
        let bytes = bs58::decode(encoded).into_vec().map_err(|_| refused())?;
        let key = bytes.strip_prefix(&ED25519_MULTICODEC).ok_or_else(refused)?;
        Self::from_bytes(key.try_into().map_err(|_| refused())?)
    }
}

/// A DID in formats for people, 32 bytes in binary ones. Decoding refuses what `from_bytes` refuses.
impl Serialize for MemberKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { s.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for MemberKey {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        if d.is_human_readable() {
            String::deserialize(d)?.parse().map_err(D::Error::custom)
        } else {
            let bytes: serde_bytes::ByteArray<32> = Deserialize::deserialize(d)?;
            Self::from_bytes(bytes.into_array()).map_err(D::Error::custom)
        }
    }
}

/// The hash of a key that stays on paper until a rotation shows it (`docs/design.md`, section 4, Rotation).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyCommitment(pub [u8; 32]);

impl Serialize for KeyCommitment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        EntryId(self.0).serialize(s)
    }
}

impl<'de> Deserialize<'de> for KeyCommitment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        EntryId::deserialize(d).map(|id| Self(id.0))
    }
}

/// A member's secret key. Its memory is zeroed when it is dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key with this 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for a key file or a recovery phrase only.
    pub fn seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn member(&self) -> MemberKey {
        MemberKey(self.0.verifying_key().to_bytes())
    }

    /// Vouches for an entry that this key's owner built.
    pub fn vouch(&self, entry: &EntryId) -> [u8; 64] {
        self.sign(&entry_message(entry))
    }

    /// Signs bytes that are not an entry. The caller separates domains.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {:?}", self.member())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_did_is_read_back_and_is_of_ed25519() {
        let key = SecretKey::from_seed(&[7; 32]).member();
        assert!(key.to_string().starts_with("did:key:z6Mk"));
        assert_eq!(key.to_string().parse::<MemberKey>().unwrap(), key);
        assert!("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme".parse::<MemberKey>().is_err());
    }

    #[test]
    fn weak_and_misspelt_keys_are_refused_by_name() {
        let identity = {
            let mut b = [0; 32];
            b[0] = 1;
            b
        };
        assert_eq!(MemberKey::from_bytes(identity), Err(KeyError::Weak));
        // y = p + 1, a second spelling of y = 1.
        let mut misspelt = [0xff; 32];
        misspelt[0] = 0xee;
        misspelt[31] = 0x7f;
        assert_eq!(MemberKey::from_bytes(misspelt), Err(KeyError::NotCanonical));
    }

    #[test]
    fn a_signature_is_of_one_entry_by_one_key() {
        let (one, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let (a, b) = (EntryId::of(b"a"), EntryId::of(b"b"));
        let signature = one.vouch(&a);
        assert!(one.member().vouches(&a, &signature));
        assert!(!one.member().vouches(&b, &signature));
        assert!(!other.member().vouches(&a, &signature));
        let (opened, another) = (one.member().opened().unwrap(), other.member().opened().unwrap());
        assert!(opened.vouches(&a, &signature) && !opened.vouches(&b, &signature));
        assert!(!another.vouches(&a, &signature));
        assert!(!one.member().signed(a.as_bytes(), &signature), "the domain is part of what is signed");
    }
}
