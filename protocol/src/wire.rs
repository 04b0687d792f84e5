//! Pieces of messages that are bounded while they are decoded.
//!
//! A frame's length is checked before its bytes are read; these types see to it that the value
//! decoded from it is never many times larger than the frame.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::EntryId;

/// A list of at most `N` items; a longer one is refused at item `N + 1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded<T, const N: usize>(pub Vec<T>);

impl<T, const N: usize> Default for Bounded<T, N> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const N: usize> From<Vec<T>> for Bounded<T, N> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T: Serialize, const N: usize> Serialize for Bounded<T, N> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut seq = s.serialize_seq(Some(self.0.len()))?;
        for item in &self.0 {
            seq.serialize_element(item)?;
        }
        seq.end()
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Bounded<T, N> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Items<T, const N: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
            type Value = Bounded<T, N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {N} items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    if items.len() == N {
                        return Err(de::Error::invalid_length(N + 1, &self));
                    }
                    items.push(item);
                }
                Ok(Bounded(items))
            }
        }
        d.deserialize_seq(Items(PhantomData))
    }
}

/// A list of ids, written as one byte string: 32 bytes each, so the frame bounds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ids(pub Vec<EntryId>);

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|id| id.0).collect();
        s.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let bytes: serde_bytes::ByteBuf = Deserialize::deserialize(d)?;
        let (ids, rest) = bytes.as_chunks::<32>();
        if rest.is_empty() {
            Ok(Self(ids.iter().map(|id| EntryId(*id)).collect()))
        } else {
            Err(de::Error::custom("a list of ids is a whole number of 32 bytes"))
        }
    }
}

/// A byte string of at most `N` bytes.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Bytes<const N: usize>(pub Vec<u8>);

impl<const N: usize> fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<const N: usize> Serialize for Bytes<N> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_bytes(&self.0)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let bytes: serde_bytes::ByteBuf = Deserialize::deserialize(d)?;
        if bytes.len() > N {
            return Err(de::Error::custom(format_args!("{} bytes where at most {N} fit", bytes.len())));
        }
        Ok(Self(bytes.into_vec()))
    }
}

/// A text of at most `N` bytes of UTF-8; without control characters, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text<const N: usize>(String);

impl<const N: usize> Text<N> {
    /// The text, cut at the last character that fits, control characters replaced.
    pub fn cut(text: &str) -> Self {
        let mut kept = String::new();
        for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
            if kept.len() + c.len_utf8() > N {
                break;
            }
            kept.push(c);
        }
        Self(kept)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> Serialize for Text<N> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        if text.len() > N || text.chars().any(char::is_control) {
            return Err(de::Error::custom(format_args!(
                "a text of at most {N} bytes without control characters is expected"
            )));
        }
        Ok(Self(text))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::canonical::{decode, encode};

    #[test]
    fn a_list_one_longer_than_its_bound_is_refused_at_decode() {
        let five: Bounded<u8, 8> = vec![1, 2, 3, 4, 5].into();
        let bytes = encode(&five).unwrap();
        assert_eq!(decode::<Bounded<u8, 5>>(&bytes).unwrap().0, five.0);
        assert!(decode::<Bounded<u8, 4>>(&bytes).is_err());
    }

    #[test]
    fn ids_that_are_not_a_whole_number_are_refused() {
        let bytes = encode(&serde_bytes::ByteBuf::from(vec![0; 33])).unwrap();
        assert!(decode::<Ids>(&bytes).is_err());
        let two = Ids(vec![EntryId([1; 32]), EntryId([2; 32])]);
        assert_eq!(decode::<Ids>(&encode(&two).unwrap()).unwrap(), two);
    }

    #[test]
    fn a_text_is_cut_at_a_character_and_shown_without_control() {
        assert_eq!(Text::<4>::cut("aéèx").as_str(), "aé");
        assert_eq!(Text::<8>::cut("a\u{1b}[0m").as_str(), "a [0m");
        assert!(decode::<Text<8>>(&encode(&"a\u{1b}").unwrap()).is_err());
    }
}
