//! A key on paper: 24 words.

use aronde_node::recovery_phrase::{from_words, to_words};
use aronde_protocol::key::SecretKey;

/// What is read as a phrase is written as the same words again.
pub fn body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(key) = from_words(text) {
        let words = to_words(&key);
        let typed = text.to_lowercase();
        let typed = typed.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        assert!(words.split(' ').eq(typed), "the words lead to a key that is written otherwise");
    }
}

/// Phrases, and what people mistype.
pub fn seeds() -> Vec<Vec<u8>> {
    let phrase = to_words(&SecretKey::from_seed(&[0x7f; 32]));
    let numbered: Vec<String> =
        phrase.split(' ').enumerate().map(|(n, w)| format!("{}. {w}\n", n + 1)).collect();
    vec![
        phrase.as_bytes().to_vec(),
        numbered.concat().into_bytes(),
        phrase.replacen("winner", "winer", 1).into_bytes(),
        to_words(&SecretKey::from_seed(&[0; 32])).as_bytes().to_vec(),
    ]
}
