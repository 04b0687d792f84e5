//! Canonical bytes: DAG-CBOR, one encoding a value.
//!
//! Source: the IPLD DAG-CBOR specification. A value is accepted only when encoding what was decoded
//! gives the same bytes again, so no two byte strings mean the same and a hash names one meaning.
//! The decoder bounds its depth; callers bound the length before they call.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes that are not the canonical encoding of what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Not DAG-CBOR, or not of the expected shape.
    #[error("not the expected DAG-CBOR: {0}")]
    Malformed(String),
    /// Decodes, but is not the one encoding of its value.
    #[error("not in canonical form")]
    NotCanonical,
}

/// The canonical bytes of a value.
///
/// # Errors
/// The value holds something DAG-CBOR can't carry, such as a number that is not finite.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    serde_ipld_dagcbor::to_vec(value).map_err(|e| CanonicalError::Malformed(e.to_string()))
}

/// The value that these bytes are the canonical encoding of.
///
/// # Errors
/// The bytes are of another shape, or are not the one canonical encoding.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let value: T =
        serde_ipld_dagcbor::from_slice(bytes).map_err(|e| CanonicalError::Malformed(e.to_string()))?;
    if encode(&value)? == bytes { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}
