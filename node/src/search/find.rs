//! Asking the index.
//!
//! Each word must be there, in one of its forms; the better of its forms says how well. A title weighs more than the
//! rest, the word as it was typed more than another form of it. What is withdrawn comes last.

use aronde_protocol::id::{DocumentId, WorkshopId};
use tantivy::collector::{Count as Counted, FacetCollector, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur,
    PhraseQuery, Query as EngineQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{self, Field, IndexRecordOption, Value};
use tantivy::{DocId, Score, Searcher, SegmentReader, TantivyDocument, Term};

use super::SearchError;
use super::analysis::Stems;
use super::excerpt::{Excerpt, Wanted};
use super::fields::{FACETS, Fields, Shown, WITHDRAWN, id_of};
use super::index::Index;
use super::query::{Query, Wish};
use super::spelling::nearest;

/// Values of a facet that are counted in an answer, the most frequent first.
const COUNTS_MAX: usize = 20;
/// How much a word weighs where it is found: in a title as it was typed, in a title in another form, in the text as it
/// was typed, in the text in another form, in the name of a workshop.
const WEIGHTS: [Score; 5] = [4.0, 3.0, 1.2, 1.0, 0.5];
/// What the lesser forms of a word add to the best.
const LESSER: Score = 0.1;

/// By what answers are counted and narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// What it is.
    Kind,
    /// Its licence.
    Licence,
    /// A process that it needs or offers.
    Process,
    /// A material.
    Material,
    /// A workshop that keeps it.
    Workshop,
}

impl Facet {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Kind, Self::Licence, Self::Process, Self::Material, Self::Workshop];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Licence => "licence",
            Self::Process => "process",
            Self::Material => "material",
            Self::Workshop => "workshop",
        }
    }
}

/// How many of those found have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The value; of a workshop, its id.
    pub value: String,
    /// How many.
    pub count: u64,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub id: DocumentId,
    /// What it is.
    pub kind: String,
    /// Its title, or all of them while nobody decided; may be empty.
    pub title: String,
    /// The workshop that created or claims it.
    pub workshop: Option<WorkshopId>,
    /// Whether it is withdrawn.
    pub withdrawn: bool,
    /// Where it says what was looked for.
    pub excerpt: Excerpt,
}

/// A word that no document has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The word, folded.
    pub word: String,
    /// The word most like it that some document has.
    pub nearest: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many were found, shown or not.
    pub total: u64,
    /// The best of them.
    pub hits: Vec<Hit>,
    /// How many of all that were found have which value.
    pub facets: Vec<(Facet, Vec<Count>)>,
    /// Words that nothing has, when nothing was found.
    pub unknown: Vec<Unknown>,
}

type Part = (Occur, Box<dyn EngineQuery>);

impl Index {
    /// What answers a query, the best first and at most `limit` of it.
    ///
    /// # Errors
    /// The index can't be read.
    pub fn find(&self, query: &Query, limit: usize) -> Result<Found, SearchError> {
        if query.nothing {
            return Ok(Found::default());
        }
        let searcher = self.reader.searcher();
        let asked = self.asked(query);
        let mut facets = FacetCollector::for_field(FACETS);
        for facet in Facet::ALL {
            facets.add_facet(schema::Facet::from_path([facet.as_str()]));
        }
        let best = TopDocs::with_limit(limit.max(1)).tweak_score(|segment: &SegmentReader| {
            let withdrawn = segment.fast_fields().u64(WITHDRAWN).ok();
            move |document: DocId, score: Score| {
                let withdrawn = withdrawn.as_ref().and_then(|column| column.first(document)).unwrap_or(0);
                (withdrawn == 0, score)
            }
        });
        let (total, best, counts) = searcher.search(&asked, &(Counted, best, facets))?;
        let mut wanted = Wanted::of(query);
        let mut hits = Vec::new();
        for ((stands, score), address) in best.into_iter().take(limit) {
            let document: TantivyDocument = searcher.doc(address)?;
            if let Some(hit) = self.fields.hit(&document, &mut wanted) {
                hits.push((stands, score, hit));
            }
        }
        // What is found as well as another goes by its title.
        hits.sort_by(|(stands, score, hit), (other_stands, other_score, other)| {
            let by_score = other_stands.cmp(stands).then(other_score.total_cmp(score));
            by_score.then_with(|| (&hit.title, hit.id).cmp(&(&other.title, other.id)))
        });
        let facets = Facet::ALL.map(|facet| {
            let all = counts.get(schema::Facet::from_path([facet.as_str()]));
            let named = all.filter_map(|(value, count)| {
                Some(Count { value: (*value.to_path().last()?).to_owned(), count })
            });
            let mut named: Vec<Count> = named.collect();
            named.sort_by(|a, b| (b.count, &a.value).cmp(&(a.count, &b.value)));
            named.truncate(COUNTS_MAX);
            (facet, named)
        });
        Ok(Found {
            total: total as u64,
            hits: hits.into_iter().map(|(_, _, hit)| hit).collect(),
            facets: facets.into(),
            unknown: if total == 0 { self.unknown(&searcher, query)? } else { Vec::new() },
        })
    }

    fn asked(&self, query: &Query) -> BooleanQuery {
        let mut stems = Stems::default();
        let mut parts: Vec<Part> = Vec::new();
        let occurs = [
            (Occur::Must, &query.wanted),
            (Occur::Should, &query.welcome),
            (Occur::MustNot, &query.unwanted),
        ];
        for (occur, wishes) in occurs {
            parts.extend(wishes.iter().map(|wish| (occur, self.fields.wish(wish, &mut stems))));
        }
        if query.wanted.is_empty() {
            parts.push((Occur::Must, Box::new(AllQuery)));
        }
        let fields = &self.fields;
        let must = |term: Term| -> Part {
            let term = TermQuery::new(term, IndexRecordOption::Basic);
            (Occur::Must, Box::new(ConstScoreQuery::new(Box::new(term), 0.0)))
        };
        let facet = |facet: Facet, value: &str| {
            Term::from_facet(fields.facets, &schema::Facet::from_path([facet.as_str(), value]))
        };
        let filters = &query.filters;
        parts.extend(filters.kind.iter().map(|kind| must(facet(Facet::Kind, kind))));
        parts.extend(filters.licences.iter().map(|licence| must(facet(Facet::Licence, licence))));
        parts.extend(filters.process.iter().map(|process| must(facet(Facet::Process, process))));
        parts
            .extend(filters.materials.iter().map(|name| must(Term::from_field_text(fields.materials, name))));
        if !filters.workshops.is_empty() {
            let any = filters.workshops.iter().map(|id| facet(Facet::Workshop, &id.to_string()));
            parts.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(any)), 0.0))));
        }
        if !self.replaced().is_empty() {
            let replaced = self.replaced().iter().map(|id| Term::from_field_bytes(fields.id, id.as_bytes()));
            parts.push((Occur::MustNot, Box::new(TermSetQuery::new(replaced))));
        }
        BooleanQuery::new(parts)
    }

    /// The words of a query that no document has.
    fn unknown(&self, searcher: &Searcher, query: &Query) -> Result<Vec<Unknown>, SearchError> {
        let mut stems = Stems::default();
        let mut unknown: Vec<Unknown> = Vec::new();
        for wish in &query.wanted {
            let words = match wish {
                Wish::Word(word) => std::slice::from_ref(word),
                Wish::Phrase(words) => words.as_slice(),
                Wish::Prefix(_) => &[],
            };
            for word in words {
                let mut terms = self.fields.terms(word, &mut stems).into_iter();
                let had = terms.try_fold(false, |had, (term, _)| {
                    Ok::<_, SearchError>(had || searcher.doc_freq(&term)? > 0)
                })?;
                if !had && !unknown.iter().any(|known| known.word == *word) {
                    let fields = [self.fields.title.words, self.fields.text.words, self.fields.workshop];
                    unknown.push(Unknown { word: word.clone(), nearest: nearest(searcher, &fields, word)? });
                }
            }
        }
        Ok(unknown)
    }
}

impl Fields {
    /// A word in all its forms, each with its weight.
    fn terms(&self, word: &str, stems: &mut Stems) -> Vec<(Term, Score)> {
        let [title, title_stem, text, text_stem, workshop] = WEIGHTS;
        let mut terms = vec![
            (Term::from_field_text(self.title.words, word), title),
            (Term::from_field_text(self.text.words, word), text),
            (Term::from_field_text(self.workshop, word), workshop),
        ];
        // A code has no other forms.
        if word.chars().any(|c| c.is_ascii_digit()) {
            return terms;
        }
        for (place, stem) in stems.of(word).into_iter().enumerate() {
            for (fields, weight) in [(self.title.stems, title_stem), (self.text.stems, text_stem)] {
                terms.extend(fields.get(place).map(|field| (Term::from_field_text(*field, &stem), weight)));
            }
        }
        terms
    }

    /// The fields that hold words as they are, with their weights.
    fn as_written(&self) -> [(Field, Score); 3] {
        let [title, _, text, _, workshop] = WEIGHTS;
        [(self.title.words, title), (self.text.words, text), (self.workshop, workshop)]
    }

    fn wish(&self, wish: &Wish, stems: &mut Stems) -> Box<dyn EngineQuery> {
        let weighed = |query: Box<dyn EngineQuery>, weight| -> Box<dyn EngineQuery> {
            Box::new(BoostQuery::new(query, weight))
        };
        let frequent = IndexRecordOption::WithFreqs;
        let forms: Vec<Box<dyn EngineQuery>> = match wish {
            Wish::Word(word) => {
                let terms = self.terms(word, stems).into_iter();
                let mut forms: Vec<_> = terms
                    .map(|(term, weight)| weighed(Box::new(TermQuery::new(term, frequent)), weight))
                    .collect();
                // `3mm` is what others write as `3 mm`.
                let unit = word.find(|c: char| c.is_ascii_alphabetic()).filter(|at| *at > 0);
                if let Some((number, unit)) = unit.and_then(|at| word.split_at_checked(at))
                    && number.chars().all(|c| c.is_ascii_digit() || c == '.')
                    && unit.chars().all(char::is_alphabetic)
                {
                    forms.extend(self.as_written().map(|(field, weight)| {
                        weighed(in_order(field, &[number.to_owned(), unit.to_owned()]), weight)
                    }));
                }
                forms
            }
            Wish::Prefix(begin) => {
                let all = |field| {
                    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, begin), 0, true))
                };
                self.as_written().map(|(field, weight)| weighed(all(field), weight)).into()
            }
            Wish::Phrase(words) => {
                self.as_written().map(|(field, weight)| weighed(in_order(field, words), weight)).into()
            }
        };
        Box::new(DisjunctionMaxQuery::with_tie_breaker(forms, LESSER))
    }

    fn hit(&self, document: &TantivyDocument, wanted: &mut Wanted) -> Option<Hit> {
        let id = id_of(document.get_first(self.id)?.as_bytes()?)?;
        let shown: Shown = serde_json::from_str(document.get_first(self.shown)?.as_str()?).ok()?;
        Some(Hit {
            id,
            excerpt: wanted.excerpt(&shown.title, &shown.text),
            kind: shown.kind,
            title: shown.title,
            workshop: shown.workshop,
            withdrawn: shown.withdrawn,
        })
    }
}

/// Words one after the other.
fn in_order(field: Field, words: &[String]) -> Box<dyn EngineQuery> {
    let mut terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
    match (terms.pop(), terms.is_empty()) {
        (None, _) => Box::new(tantivy::query::EmptyQuery),
        (Some(one), true) => Box::new(TermQuery::new(one, IndexRecordOption::WithFreqs)),
        (Some(last), false) => {
            terms.push(last);
            Box::new(PhraseQuery::new(terms))
        }
    }
}
