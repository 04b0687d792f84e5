//! Full-text search over designs, procedures, capacity sheets and machine models, in French, Dutch and English.
//!
//! The engine is tantivy. What it writes lies in one folder of the home, `cache/search`, and is a cache: it says which
//! state of the commons it was made of and, for each document, by which mark it is known; whatever of it is missing,
//! damaged or of another version is thrown away and made again from the documents.
//!
//! Goals: a word is found in all its forms, with and without accents, in the language of its document, or in all three
//! where the document doesn't say. Of values in conflict each is found. A query is words, never a language that can be
//! got wrong.
//!
//! Deliberately absent: personal fields, so that nothing has to be forgotten here; fields kept from elsewhere that no
//! schema knows, since they may hold anything; contributions; scores in answers, which mean nothing to anybody.
//!
//! Invariants: tantivy's types stay below this module. What the index says is only ever a shorter way to what the
//! documents say. Texts, words, queries and counts are bounded before they reach the engine.

mod analysis;
mod content;
mod excerpt;
mod fields;
mod find;
mod index;
mod language;
mod query;
mod spelling;
mod words;

pub use content::{Content, Passage, mark};
pub use find::{Count, Facet, Found, Hit, Unknown};
pub use index::{Index, Update};
pub use language::Languages;
pub use query::{Filters, Query, Wish};
pub use words::words;

/// The index can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The engine says no.
    #[error("the search index: {0}")]
    Engine(String),
    /// The disk says no.
    #[error("the search index at {path}: {source}")]
    Disk {
        /// Its folder.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The node ends.
    #[error("the search index is not finished, since the node ends")]
    Interrupted,
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Engine(error.to_string())
    }
}

#[cfg(test)]
mod tests;
