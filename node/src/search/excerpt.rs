//! Where a document says what was looked for.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::analysis::Stems;
use super::query::{Query, Wish};
use super::words::{Word, words};

/// Bytes of a text that are looked through.
const READ_MAX: usize = 16 * 1024;
/// Words of a text that are noticed.
const NOTICED_MAX: usize = 256;
/// Letters that are shown.
const LENGTH: usize = 160;
/// Letters of them before the first word that was looked for.
const BEFORE: usize = 40;

/// A piece of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The piece, on one line. Empty, when the document says nothing but its title.
    pub text: String,
    /// The words of title and piece that were looked for, as they stand there.
    pub found: Vec<String>,
}

/// The words that are looked for, in all their forms.
#[derive(Default)]
pub(super) struct Wanted {
    words: HashSet<String>,
    prefixes: Vec<String>,
    stems: [HashSet<String>; 3],
    stemmer: Stems,
    /// Whether words that were seen already are among them.
    seen: HashMap<String, bool>,
}

impl Wanted {
    pub(super) fn of(query: &Query) -> Self {
        let mut wanted = Self::default();
        for wish in &query.wanted {
            match wish {
                Wish::Word(word) => {
                    for (stems, stem) in wanted.stems.iter_mut().zip(wanted.stemmer.of(word)) {
                        stems.insert(stem);
                    }
                    wanted.words.insert(word.clone());
                }
                Wish::Prefix(begin) => wanted.prefixes.push(begin.clone()),
                Wish::Phrase(words) => wanted.words.extend(words.iter().cloned()),
            }
        }
        wanted
    }

    fn has(&mut self, word: &str) -> bool {
        if let Some(known) = self.seen.get(word) {
            return *known;
        }
        let has = self.words.contains(word)
            || self.prefixes.iter().any(|begin| word.starts_with(begin))
            || self.stems.iter().zip(self.stemmer.of(word)).any(|(stems, stem)| stems.contains(&stem));
        self.seen.insert(word.to_owned(), has);
        has
    }

    /// The piece of a text in which most of the words are.
    pub(super) fn excerpt(&mut self, title: &str, text: &str) -> Excerpt {
        let mut end = text.len().min(READ_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let read = text.get(..end).unwrap_or_default();
        let noticed: Vec<Word> =
            words(read).filter(|word| self.has(&word.folded)).take(NOTICED_MAX).collect();
        let shown = window(read, &noticed);
        let mut found = Vec::new();
        let in_title = words(title).filter(|word| self.has(&word.folded));
        let of_title: Vec<&str> = in_title.filter_map(|word| title.get(word.at)).collect();
        let here = noticed.iter().filter(|word| shown.start <= word.at.start && word.at.end <= shown.end);
        let of_text = here.filter_map(|word| text.get(word.at.clone()));
        for word in of_title.into_iter().chain(of_text) {
            if !found.iter().any(|other| other == word) {
                found.push(word.to_owned());
            }
        }
        Excerpt { text: piece(text, shown), found }
    }
}

/// The stretch of a text that is shown.
fn window(text: &str, noticed: &[Word]) -> Range<usize> {
    let mut best: Option<(usize, usize)> = None;
    for (number, first) in noticed.iter().enumerate() {
        let near =
            noticed.iter().skip(number).take_while(|word| word.at.end - first.at.start <= LENGTH - BEFORE);
        let different: HashSet<&str> = near.map(|word| word.folded.as_str()).collect();
        if best.is_none_or(|(most, _)| different.len() > most) {
            best = Some((different.len(), first.at.start));
        }
    }
    let at = best.map_or(0, |(_, at)| at);
    let before = text.get(..at).unwrap_or_default();
    // From the beginning of the line, or of a word not too far before.
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let near = before.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    let begin = if near <= line {
        line
    } else {
        before.get(near..).and_then(|some| some.find(char::is_whitespace)).map_or(at, |blank| near + blank)
    };
    let after = text.get(begin..).unwrap_or_default();
    let end = after.char_indices().nth(LENGTH).map_or(text.len(), |(length, _)| {
        let cut = after.get(..length).and_then(|some| some.rfind(char::is_whitespace));
        begin + cut.filter(|cut| *cut > length / 2).unwrap_or(length)
    });
    begin..end
}

/// A stretch of a text on one line; what was on lines of its own is set apart.
fn piece(text: &str, shown: Range<usize>) -> String {
    let lines = text.get(shown.clone()).unwrap_or_default().split('\n');
    let lines: Vec<String> = lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    let before = text.get(..shown.start).unwrap_or_default();
    let cut_before = !before.trim().is_empty() && !before.ends_with('\n');
    let cut_after = text.get(shown.end..).is_some_and(|rest| !rest.trim().is_empty());
    let (open, close) = (if cut_before { "… " } else { "" }, if cut_after { " …" } else { "" });
    if lines.is_empty() { String::new() } else { format!("{open}{}{close}", lines.join(" · ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(query: &str, title: &str, text: &str) -> Excerpt {
        Wanted::of(&Query::read(query)).excerpt(title, text)
    }

    #[test]
    fn the_piece_with_most_of_the_words_is_shown() {
        let filler = "Ceci ne dit rien de tel. ".repeat(30);
        let text =
            format!("Une planche.\n{filler}Coupez les planches à la découpe laser, puis poncez.\n{filler}");
        let found = excerpt("decoupe planche", "Étagère", &text);
        assert!(found.text.contains("Coupez les planches à la découpe laser"), "{}", found.text);
        assert!(found.text.starts_with("… ") && found.text.ends_with(" …"), "{}", found.text);
        assert_eq!(found.found, ["planches", "découpe"]);
        assert!(found.text.chars().count() <= LENGTH + 4);
    }

    #[test]
    fn lines_are_set_apart_and_what_is_whole_has_no_dots() {
        let found = excerpt("m8", "Boulon M8", "Acier\n  Vis   M8 \nÉcrou");
        assert_eq!(found.text, "Vis M8 · Écrou");
        assert_eq!(found.found, ["M8"]);
    }

    #[test]
    fn without_a_word_in_it_the_beginning_is_shown() {
        assert_eq!(excerpt("plank", "Plank", "Lorem ipsum").text, "Lorem ipsum");
        assert_eq!(
            excerpt("plank", "Plank", ""),
            Excerpt { text: String::new(), found: vec!["Plank".into()] }
        );
    }

    #[test]
    fn a_text_without_blanks_and_a_long_one_are_bounded() {
        for text in ["é".repeat(100_000), "plank ".repeat(100_000), "\n".repeat(100_000)] {
            assert!(excerpt("plank", "", &text).text.chars().count() <= LENGTH + 4);
        }
    }
}
