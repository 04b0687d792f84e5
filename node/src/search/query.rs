//! What somebody looks for, out of what they typed.
//!
//! Words; a phrase in quotes, found as it stands; `-` before a word or phrase leaves out what has it; `*` after a word
//! takes all words that begin so. Whatever else stands there is words or nothing: no text is an error.

use aronde_protocol::id::WorkshopId;

use super::words::{is_small, words};

/// Letters of a query that are read.
pub const QUERY_MAX: usize = 512;
/// Words of a query that are looked for.
pub const WORDS_MAX: usize = 32;

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A word in any of its forms.
    Word(String),
    /// Words that begin so.
    Prefix(String),
    /// Words one after the other.
    Phrase(Vec<String>),
}

/// By what answers are narrowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// What it must be: `design` …
    pub kind: Option<String>,
    /// Licences that it must have.
    pub licences: Vec<String>,
    /// A process by its id, or as it was written.
    pub process: Option<String>,
    /// Words by which its materials must be called.
    pub materials: Vec<String>,
    /// Workshops, one of which must keep it.
    pub workshops: Vec<WorkshopId>,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What must be there.
    pub wanted: Vec<Wish>,
    /// What may be there: small words beside others.
    pub welcome: Vec<Wish>,
    /// What must not be there.
    pub unwanted: Vec<Wish>,
    /// Whether something was typed of which nothing is left.
    pub nothing: bool,
    /// Whether it was cut.
    pub cut: bool,
    /// By what answers are narrowed.
    pub filters: Filters,
}

impl Query {
    /// What a text asks for.
    pub fn read(text: &str) -> Self {
        let mut query = Self::default();
        let (mut rest, mut left) = (text, WORDS_MAX);
        if let Some((at, _)) = text.char_indices().nth(QUERY_MAX) {
            rest = text.get(..at).unwrap_or_default();
            query.cut = true;
        }
        let mut after_blank = true;
        while let Some(first) = rest.chars().next() {
            if first.is_whitespace() {
                rest = rest.trim_start();
                after_blank = true;
                continue;
            }
            let leaves_out = after_blank && matches!(first, '-' | '−' | '–');
            if leaves_out {
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
            let (wishes, after) = part(rest);
            let used: usize = wishes.iter().map(Wish::len).sum();
            query.cut |= used > left;
            let wishes = wishes.into_iter().filter(|wish| {
                let fits = wish.len() <= left;
                left -= if fits { wish.len() } else { left };
                fits
            });
            if leaves_out { &mut query.unwanted } else { &mut query.wanted }.extend(wishes);
            rest = after;
            after_blank = false;
        }
        let (welcome, wanted): (Vec<Wish>, Vec<Wish>) = query.wanted.into_iter().partition(Wish::is_small);
        (query.wanted, query.welcome) = if wanted.is_empty() { (welcome, wanted) } else { (wanted, welcome) };
        query.nothing = query.wanted.is_empty() && query.unwanted.is_empty() && !text.trim().is_empty();
        query
    }

    /// Leaves out more, as [`Query::read`] takes what stands behind `-`.
    #[must_use]
    pub fn without(mut self, text: &str) -> Self {
        let further = Self::read(text);
        self.cut |= further.cut;
        self.unwanted.extend(further.wanted.into_iter().chain(further.welcome));
        self.unwanted.truncate(WORDS_MAX);
        self.nothing &= self.unwanted.is_empty();
        self
    }
}

impl Wish {
    fn len(&self) -> usize {
        if let Wish::Phrase(words) = self { words.len() } else { 1 }
    }

    fn is_small(&self) -> bool {
        matches!(self, Wish::Word(word) if is_small(word))
    }
}

/// The first part of a text that begins with no blank, and the rest.
fn part(text: &str) -> (Vec<Wish>, &str) {
    let closing = match text.chars().next() {
        Some('"') => '"',
        Some('“' | '„') => '”',
        Some('«') => '»',
        _ => return word(text),
    };
    let inside = text.char_indices().nth(1).and_then(|(at, _)| text.get(at..)).unwrap_or_default();
    match inside.split_once(|c| c == closing || closing == '”' && c == '“') {
        Some((phrase, rest)) => (phrase_of(phrase), rest),
        None => (Vec::new(), inside),
    }
}

fn phrase_of(text: &str) -> Vec<Wish> {
    let mut folded: Vec<String> = words(text).map(|word| word.folded).collect();
    match folded.len() {
        0 => Vec::new(),
        // A word in quotes is that word, in no other form.
        _ => vec![Wish::Phrase(std::mem::take(&mut folded))],
    }
}

/// What stands before the next blank or quote: a word, or several that something else joins.
fn word(text: &str) -> (Vec<Wish>, &str) {
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '„' | '«')).unwrap_or(text.len());
    let (here, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let mut wishes: Vec<Wish> = words(here).map(|word| Wish::Word(word.folded)).collect();
    if here.ends_with('*')
        && let Some(Wish::Word(last)) = wishes.last()
        && last.chars().count() >= 2
    {
        let last = last.clone();
        wishes.pop();
        wishes.push(Wish::Prefix(last));
    }
    (wishes, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Wish {
        Wish::Word(text.to_owned())
    }

    fn phrase(words: &[&str]) -> Wish {
        Wish::Phrase(words.iter().map(|&word| word.to_owned()).collect())
    }

    #[test]
    fn words_phrases_what_is_left_out_and_beginnings_are_told_apart() {
        let query = Query::read("Étagère \"bois massif\" -vis -“plaque d'acier” plan* « laiton »");
        let wanted =
            [word("etagere"), phrase(&["bois", "massif"]), Wish::Prefix("plan".into()), phrase(&["laiton"])];
        assert_eq!(query.wanted, wanted);
        assert_eq!(query.unwanted, [word("vis"), phrase(&["plaque", "d", "acier"])]);
    }

    #[test]
    fn small_words_must_be_there_only_when_nothing_else_is_asked_for() {
        let query = Query::read("table de découpe");
        assert_eq!((query.wanted, query.welcome), (vec![word("table"), word("decoupe")], vec![word("de")]));
        assert_eq!(Query::read("de la").wanted, [word("de"), word("la")]);
    }

    #[test]
    fn what_is_not_understood_is_words_or_nothing() {
        let query = Query::read("title:plank AND (hout OR [m8 TO *]");
        assert_eq!(query.wanted, [word("title"), word("plank"), word("hout"), word("m8")]);
        assert_eq!(query.welcome, [word("and"), word("or"), word("to")]);
        assert_eq!(Query::read("\"open quote").wanted, [word("open"), word("quote")]);
        assert_eq!(Query::read("laser-cut -").wanted, [word("laser"), word("cut")]);
        for text in ["-", "\"\"", "*", "\"", "--", "«»", "\u{0}", "()"] {
            let query = Query::read(text);
            assert!(
                query.nothing && query.wanted.is_empty() && query.unwanted.is_empty(),
                "{text}: {query:?}"
            );
        }
        assert_eq!(Query::read("  "), Query::default());
    }

    #[test]
    fn a_long_query_is_cut() {
        let query = Query::read(&"plank ".repeat(1_000));
        assert!(query.cut && query.wanted.len() == WORDS_MAX);
        assert!(Query::read(&"é".repeat(1_000_000)).cut);
        assert!(!Query::read("plank").cut);
    }

    #[test]
    fn more_can_be_left_out() {
        let query = Query::read("plank").without("vis \"bois massif\" de");
        assert_eq!(query.unwanted, [word("vis"), phrase(&["bois", "massif"]), word("de")]);
    }
}
