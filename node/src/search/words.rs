//! The words of a text, in the one form in which they are compared: without case, accents and ligatures.
//!
//! A word is letters and digits with nothing between them, so that `M8`, `3mm` and `608zz` stay whole, and a number
//! keeps its point or comma, which are the same: `3,5` is `3.5`. Everything else divides words: `l'acier` is `l` and
//! `acier`, `USB-C` is `usb` and `c`.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters of a word that are compared.
pub const WORD_MAX: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// How it is compared.
    pub folded: String,
}

/// The words of a text, in its order.
pub fn words(text: &str) -> Words<'_> {
    Words { text, rest: text.char_indices().peekable() }
}

/// See [`words`].
#[derive(Debug, Clone)]
pub struct Words<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            let (begin, first) = self.rest.next()?;
            if !first.is_alphanumeric() {
                continue;
            }
            let (mut end, mut last) = (begin + first.len_utf8(), first);
            while let Some((at, c)) = self.rest.peek().copied() {
                let after = self.text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
                let in_number = matches!(c, '.' | ',')
                    && last.is_ascii_digit()
                    && after.is_some_and(|c| c.is_ascii_digit());
                if !(c.is_alphanumeric() || is_combining_mark(c) || is_silent(c) || in_number) {
                    break;
                }
                self.rest.next();
                (end, last) = (at + c.len_utf8(), c);
            }
            let folded = fold(self.text.get(begin..end).unwrap_or_default());
            if !folded.is_empty() {
                return Some(Word { at: begin..end, folded });
            }
        }
    }
}

/// Marks within a word that say how it may be divided or joined.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}')
}

fn fold(word: &str) -> String {
    let plain =
        word.nfkd().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || matches!(c, '.' | ','));
    let mut folded = String::with_capacity(word.len());
    for c in plain.filter(|c| !is_combining_mark(*c)).take(WORD_MAX) {
        match c {
            ',' => folded.push('.'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            _ => folded.push(c),
        }
    }
    folded
}

/// Words that say nothing of what a text is about, in any of the languages. They are found when they are all that is
/// asked for, or stand in a phrase; beside others they need not be there.
pub fn is_small(folded: &str) -> bool {
    SMALL.split_ascii_whitespace().any(|word| word == folded)
}

const SMALL: &str = "\
    a an and are as at be by for from how in into is it its of on or that the these this to was what which with you \
    au aux avec ce ces cet cette chez comme d dans de des donc du elle en est et eux il ils j je l la le les leur \
    leurs lui m ma mais mes mon n ne nos notre nous on ou par pas pour qu que qui s sa sans se ses son sont sous sur \
    t ta te tes ton tu un une vos votre vous y \
    aan al als bij dan dat deze die dit door een er geen het hij hoe ik je jouw maar met mijn na naar niet nog om onder \
    ons ook op over te tot u uit uw van voor waar was wat we wij wordt worden zich zij zijn zo";

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    #[test]
    fn case_accents_and_ligatures_make_no_other_word() {
        assert_eq!(all("Découpe DECOUPE de\u{301}coupe"), ["decoupe"; 3]);
        assert_eq!(all("Œuvre, Straße, Ĳzer"), ["oeuvre", "strasse", "ijzer"]);
    }

    #[test]
    fn numbers_and_codes_stay_whole() {
        assert_eq!(
            all("vis M8x40, tôle 3mm (ISO 2768-1)"),
            ["vis", "m8x40", "tole", "3mm", "iso", "2768", "1"]
        );
        assert_eq!(all("3,5 mm; 3.5. v1.2.0"), ["3.5", "mm", "3.5", "v1.2.0"]);
        assert_eq!(all("l’acier d'épicéa USB-C"), ["l", "acier", "d", "epicea", "usb", "c"]);
    }

    #[test]
    fn a_word_says_where_it_stands_and_is_bounded() {
        let found: Vec<Word> = words("à — planche\u{ad}tte!").collect();
        assert_eq!(found[1].at, 7..19);
        assert_eq!(found[1].folded, "planchette");
        let long = "é".repeat(10_000);
        assert_eq!(all(&long), ["e".repeat(WORD_MAX)]);
        assert_eq!(all("\u{fdfa} … ½ \u{301}\u{0}"), ["صلىاللهعليهوسلم", "12"]);
    }

    #[test]
    fn small_words_of_each_language_are_known() {
        assert!(["the", "de", "het", "l", "pour"].into_iter().all(is_small));
        assert!(!["wood", "bois", "hout", "m8", "car"].into_iter().any(is_small));
    }
}
