//! The fields of the index.
//!
//! A text is indexed as its words are and, for each of its languages, by their stems. So a phrase is found as it was
//! written, and a word in all its forms.

use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FAST, Facet, Field, INDEXED, IndexRecordOption, STORED, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

use aronde_protocol::id::{DocumentId, WorkshopId};

use super::analysis::{FOLDED, STEMS};
use super::content::{Content, Passage};

/// The name of the column that says what is known of each document; see [`super::index`].
pub(super) const KNOWN: &str = "known";
/// The name of the field of all facets.
pub(super) const FACETS: &str = "facets";
/// The name of the column that says whether a document is withdrawn.
pub(super) const WITHDRAWN: &str = "withdrawn";

/// The fields of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forms {
    /// Its words as they are, with their places.
    pub words: Field,
    /// Their stems: English, French, Dutch.
    pub stems: [Field; 3],
}

/// All fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The document's id.
    pub id: Field,
    pub known: Field,
    pub withdrawn: Field,
    pub facets: Field,
    /// What materials are called by their own names, each a term.
    pub materials: Field,
    /// What an answer shows.
    pub shown: Field,
    pub title: Forms,
    pub text: Forms,
    /// The names of the workshops that keep it.
    pub workshop: Field,
}

/// What an answer shows of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shown {
    pub kind: String,
    pub title: String,
    pub workshop: Option<WorkshopId>,
    pub withdrawn: bool,
    pub text: String,
}

impl Fields {
    /// The schema of the index, and its fields.
    pub(super) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let facet = tantivy::schema::FacetOptions::default();
        let term = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic),
        );
        let fields = Self {
            id: schema.add_bytes_field("id", INDEXED | STORED),
            known: schema.add_bytes_field(KNOWN, BytesOptions::default().set_fast()),
            withdrawn: schema.add_u64_field(WITHDRAWN, FAST),
            facets: schema.add_facet_field(FACETS, facet),
            materials: schema.add_text_field("materials", term),
            shown: schema.add_text_field("shown", STORED),
            title: Forms::add(&mut schema, "title"),
            text: Forms::add(&mut schema, "text"),
            workshop: schema
                .add_text_field("workshop", form(FOLDED, IndexRecordOption::WithFreqsAndPositions)),
        };
        (schema.build(), fields)
    }

    /// A document as the index takes it.
    pub(super) fn document(&self, content: &Content) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_bytes(self.id, content.id.as_bytes());
        document.add_bytes(self.known, &super::index::Known::of(content).encode());
        document.add_u64(self.withdrawn, u64::from(content.withdrawn));
        for (facet, value) in content.facets() {
            document.add_facet(self.facets, Facet::from_path([facet.as_str(), value]));
        }
        for name in &content.material_names {
            document.add_text(self.materials, name);
        }
        self.title.fill(&mut document, &content.titles);
        self.text.fill(&mut document, &content.texts);
        self.text.fill(&mut document, &content.unshown);
        for (_, name) in &content.keepers {
            document.add_text(self.workshop, name);
        }
        let texts: Vec<&str> = content.texts.iter().map(|passage| passage.text.as_str()).collect();
        let shown = Shown {
            kind: content.kind.clone(),
            title: content.title(),
            workshop: content.workshop,
            withdrawn: content.withdrawn,
            text: texts.join("\n"),
        };
        document.add_text(self.shown, serde_json::to_string(&shown).unwrap_or_default());
        document
    }
}

impl Forms {
    fn add(schema: &mut SchemaBuilder, name: &str) -> Self {
        let words = schema.add_text_field(name, form(FOLDED, IndexRecordOption::WithFreqsAndPositions));
        let stems = STEMS.map(|language| {
            schema.add_text_field(&format!("{name}-{language}"), form(language, IndexRecordOption::WithFreqs))
        });
        Self { words, stems }
    }

    fn fill(&self, document: &mut TantivyDocument, passages: &[Passage]) {
        for passage in passages {
            document.add_text(self.words, &passage.text);
            for (stem, is) in self.stems.into_iter().zip(passage.languages.each()) {
                if is {
                    document.add_text(stem, &passage.text);
                }
            }
        }
    }
}

fn form(analyser: &str, options: IndexRecordOption) -> TextOptions {
    TextOptions::default()
        .set_indexing_options(TextFieldIndexing::default().set_tokenizer(analyser).set_index_option(options))
}

/// The bytes of an id.
pub(super) fn id_of(bytes: &[u8]) -> Option<DocumentId> {
    Some(aronde_protocol::id::EntryId(bytes.try_into().ok()?))
}
