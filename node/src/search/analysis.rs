//! How the engine is given words: folded, and cut to their stem in each of the languages.

use tantivy::tokenizer::{
    Language, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer as EngineTokenizer, TokenizerManager,
};

use super::words::{Words, words};

/// The analyser of words as they are.
pub(super) const FOLDED: &str = "folded";
/// The analysers of stems: English, French, Dutch.
pub(super) const STEMS: [&str; 3] = ["english", "french", "dutch"];

const LANGUAGES: [Language; 3] = [Language::English, Language::French, Language::Dutch];

/// All of them, for an index.
pub(super) fn analysers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(FOLDED, TextAnalyzer::builder(Folded).build());
    for (name, language) in STEMS.into_iter().zip(LANGUAGES) {
        manager.register(name, stems(language));
    }
    manager
}

fn stems(language: Language) -> TextAnalyzer {
    TextAnalyzer::builder(Folded).filter(Stemmer::new(language)).build()
}

/// Cuts single words to their stems.
pub(super) struct Stems([TextAnalyzer; 3]);

impl Default for Stems {
    fn default() -> Self {
        Self(LANGUAGES.map(stems))
    }
}

impl Stems {
    /// The stems of a folded word: English, French, Dutch.
    pub(super) fn of(&mut self, folded: &str) -> [String; 3] {
        self.0.each_mut().map(|analyser| {
            let mut stream = analyser.token_stream(folded);
            if stream.advance() { stream.token().text.clone() } else { folded.to_owned() }
        })
    }
}

#[derive(Clone)]
struct Folded;

struct FoldedStream<'a> {
    words: Words<'a>,
    token: Token,
}

impl EngineTokenizer for Folded {
    type TokenStream<'a> = FoldedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> FoldedStream<'a> {
        FoldedStream { words: words(text), token: Token::default() }
    }
}

impl TokenStream for FoldedStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = word.at.start;
        self.token.offset_to = word.at.end;
        self.token.text = word.folded;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem_in_its_language() {
        let mut stems = Stems::default();
        for (language, forms) in [
            (0, ["cut", "cutting", "cuts"]),
            (0, ["bracket", "brackets", "bracket"]),
            (1, ["planche", "planches", "planche"]),
            (1, ["decoupe", "decouper", "decoupes"]),
            (1, ["fraiseuse", "fraiseuses", "fraiseuse"]),
            (2, ["lasersnijder", "lasersnijders", "lasersnijder"]),
            (2, ["plank", "planken", "plank"]),
            (2, ["schroef", "schroeven", "schroef"]),
        ] {
            let [a, b, c] = forms.map(|form| stems.of(form)[language].clone());
            assert!(a == b && b == c, "{forms:?}: {a} {b} {c}");
        }
    }
}
