//! Names made by hashing: of an entry, of a file.
//!
//! Both are BLAKE3 hashes, written as 64 lowercase hex digits. They are different types, so that a
//! file can never be taken for an entry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text is not the name of anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an id: 64 lowercase hex digits are expected")]
pub struct IdError(pub String);

macro_rules! hash_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// The name of these bytes: their BLAKE3 hash.
            pub fn of(bytes: &[u8]) -> Self {
                Self(*blake3::hash(bytes).as_bytes())
            }

            /// The 32 bytes.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// The first ten hex digits, for people.
            pub fn short(&self) -> String {
                hex::encode(&self.0[..5])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let mut bytes = [0; 32];
                let lower = !text.bytes().any(|b| b.is_ascii_uppercase());
                match hex::decode_to_slice(text, &mut bytes) {
                    Ok(()) if lower => Ok(Self(bytes)),
                    _ => Err(IdError(text.chars().take(80).collect())),
                }
            }
        }

        /// Text in formats for people (hex), 32 bytes in binary ones.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() {
                    s.collect_str(self)
                } else {
                    s.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                if d.is_human_readable() {
                    String::deserialize(d)?.parse().map_err(D::Error::custom)
                } else {
                    let bytes: serde_bytes::ByteArray<32> = Deserialize::deserialize(d)?;
                    Ok(Self(bytes.into_array()))
                }
            }
        }
    };
}

hash_name! {
    /// The name of an entry: BLAKE3 of its canonical header.
    EntryId
}
hash_name! {
    /// The name of a file: BLAKE3 of its bytes.
    FileHash
}

hash_name! {
    /// What a row of a table or a commit is known by: a hash of its key, so that taking it in twice adds nothing.
    SourceHash
}

/// The first entry of a document is the document's name.
pub type DocumentId = EntryId;
/// The entry that admitted a member is the membership's name.
pub type MembershipId = EntryId;
/// The entry that admitted a workshop (or founded the federation) is the workshop's name.
pub type WorkshopId = EntryId;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_as_written_and_nothing_else_is() {
        let id = EntryId::of(b"joint");
        assert_eq!(id.to_string().parse::<EntryId>().unwrap(), id);
        assert!(id.to_string().to_uppercase().parse::<EntryId>().is_err());
        assert!("00".parse::<EntryId>().is_err());
    }
}
