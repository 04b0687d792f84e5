//! A key on paper: the 32-byte seed as 24 English words (BIP-39), the last of which carries a
//! checksum. `docs/decisions/0003-recovery-phrase.md` says why there is one phrase a key.
//!
//! The words encode the seed itself, they are not stretched into one: whoever has the words has the
//! key, and nothing else is needed.

use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

use crate::key_file::Seed;

/// How many words a phrase has.
pub const WORDS: usize = 24;

/// A text is not a recovery phrase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Too few or too many words.
    #[error("a recovery phrase has {WORDS} words, and this one has {0}")]
    Count(usize),
    /// A word that is not in the list.
    #[error("word {place}, \"{word}\", is not in the list of words{}", near.as_ref().map(|n| format!("; did you mean \"{n}\"?")).unwrap_or_default())]
    Unknown {
        /// Which word, counted from one.
        place: usize,
        /// The word as typed, shortened when it is long.
        word: String,
        /// The one word of the list that is meant most likely.
        near: Option<&'static str>,
    },
    /// Every word is in the list, but they do not fit together.
    #[error(
        "every word is in the list, but together they are not a phrase: one is wrong, or two are swapped"
    )]
    Checksum,
}

/// Writes a seed as words, separated by single spaces.
pub fn to_words(seed: &Seed) -> Zeroizing<String> {
    let words = Mnemonic::from_entropy_in(Language::English, seed.as_bytes()).map(|m| m.to_string());
    // 32 bytes are always 24 words; BIP-39 refuses other lengths only.
    Zeroizing::new(words.unwrap_or_default())
}

/// Reads a phrase. Case and white space do not matter, nor do line breaks and numbers of lines.
pub fn from_words(text: &str) -> Result<Seed, PhraseError> {
    let text = Zeroizing::new(text.to_lowercase());
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    if words.len() != WORDS {
        return Err(PhraseError::Count(words.len()));
    }
    let list = Language::English.word_list();
    if let Some(at) = words.iter().position(|word| list.binary_search(word).is_err()) {
        let word = words.get(at).copied().unwrap_or_default();
        let near = nearest(word, list);
        return Err(PhraseError::Unknown { place: at + 1, word: word.chars().take(20).collect(), near });
    }
    let joined = Zeroizing::new(words.join(" "));
    let phrase =
        Mnemonic::parse_in_normalized(Language::English, &joined).map_err(|_| PhraseError::Checksum)?;
    let (entropy, _) = phrase.to_entropy_array();
    let entropy = Zeroizing::new(entropy);
    entropy.first_chunk::<32>().map(Seed::from_bytes).ok_or(PhraseError::Checksum)
}

/// The only word within one typing mistake, or the one with the same first four letters, which no
/// two words of the list share.
fn nearest(typed: &str, list: &[&'static str]) -> Option<&'static str> {
    let mut close = list.iter().filter(|word| within_one_mistake(typed, word));
    match (close.next(), close.next()) {
        (Some(word), None) => return Some(word),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    let start: String = typed.chars().take(4).collect();
    list.iter().find(|word| start.len() == 4 && word.starts_with(&start)).copied()
}

/// Whether one letter changed, added, dropped or swapped with its neighbour turns one into the other.
fn within_one_mistake(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest = |word: &[char], skip: usize| word.get(same + skip..).map(<[char]>::to_vec).unwrap_or_default();
    let swapped =
        a.get(same) == b.get(same + 1) && a.get(same + 1) == b.get(same) && rest(&a, 2) == rest(&b, 2);
    swapped || rest(&a, 1) == rest(&b, 1) || rest(&a, 0) == rest(&b, 1) || rest(&a, 1) == rest(&b, 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// From the test vectors of BIP-39: 32 bytes of 0x7f.
    const VECTOR: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage \
                          worth useful legal winner thank year wave sausage worth title";

    #[test]
    fn words_are_those_of_bip_39_and_lead_back_to_the_seed() {
        let seed = Seed::from_bytes(&[0x7f; 32]);
        assert_eq!(to_words(&seed).as_str(), VECTOR.split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!(from_words(VECTOR).unwrap(), seed);
        let drawn = Seed::draw().unwrap();
        assert_eq!(from_words(&to_words(&drawn)).unwrap(), drawn);
    }

    #[test]
    fn a_phrase_is_read_as_people_copy_it() {
        let lines = VECTOR.split_whitespace().enumerate();
        let numbered: Vec<String> =
            lines.map(|(n, word)| format!(" {}. {}", n + 1, word.to_uppercase())).collect();
        let numbered = numbered.join("\r\n");
        assert_eq!(from_words(&numbered).unwrap(), Seed::from_bytes(&[0x7f; 32]));
    }

    #[test]
    fn a_mistyped_word_is_named_with_the_word_that_was_meant() {
        for (typed, meant) in [
            ("sausge", Some("sausage")),
            ("suasage", Some("sausage")),
            ("sausages", Some("sausage")),
            ("sausidge", Some("sausage")),
            ("quill", None),
        ] {
            let error = from_words(&VECTOR.replacen("sausage", typed, 1)).unwrap_err();
            assert_eq!(error, PhraseError::Unknown { place: 6, word: typed.into(), near: meant });
        }
        let error = from_words(&VECTOR.replacen("sausage", "sausge", 1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "word 6, \"sausge\", is not in the list of words; did you mean \"sausage\"?"
        );
    }

    #[test]
    fn swapped_words_and_missing_words_are_told_apart() {
        let swapped = VECTOR.replacen("legal winner", "winner legal", 1);
        assert_eq!(from_words(&swapped).unwrap_err(), PhraseError::Checksum);
        assert_eq!(from_words(&VECTOR.replacen("legal", "", 1)).unwrap_err(), PhraseError::Count(23));
    }
}
