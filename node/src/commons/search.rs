//! `search`: the index brought up to date with what counts, and asked.
//!
//! Only documents of which something new counts, or ceased to, are read again. The entries are locked for a slice of
//! documents at a time, so that a node answers others while the index is made. A node that runs keeps the index up to date
//! once somebody has searched here; a home that nobody searches has none.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use aronde_protocol::capacity::Materials;
use aronde_protocol::entry::Class;
use aronde_protocol::id::{DocumentId, EntryId, WorkshopId};
use aronde_protocol::limits::SNAPSHOT_ENTRIES_MIN;
use aronde_protocol::{licence, printable, process};

use super::Commons;
use super::entries::Entries;
use crate::api::{FacetCount, Search, SearchAnswer, SearchFacets, SearchKind, SearchResult, ServiceError};
use crate::search::{Content, Count, Facet, Filters, Found, Hit, Index, Query, SearchError, mark};

/// Answers that are shown unless more are asked for.
const SHOWN: u64 = 20;
/// Answers that are shown at most.
const SHOWN_MAX: u64 = 1_000;
/// Documents that are read under one lock of the entries.
const SLICE: usize = 64;
/// Documents after which what is indexed is made durable, so that an end in the middle loses little.
const COMMIT_EVERY: usize = 5_000;

/// The index of a home, when it is open, and what it was last compared with.
#[derive(Default)]
pub(super) struct Searching {
    index: Option<Index>,
    seen: Option<Seen>,
}

/// A state of the entries, to tell what is new since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    held: usize,
    withdrawn: u64,
    follows: EntryId,
}

/// What the index lacks.
struct Behind {
    /// Documents to read.
    fresh: Vec<DocumentId>,
    /// Documents that don't count any more.
    gone: Vec<DocumentId>,
    /// What it is of when these are done.
    root: [u8; 32],
    seen: Seen,
}

impl Commons {
    /// `search`.
    pub(super) fn search(&self, search: &Search) -> Result<SearchAnswer, ServiceError> {
        let query = self.query(search)?;
        let limit = usize::try_from(search.limit.unwrap_or(SHOWN).min(SHOWN_MAX)).unwrap_or(usize::MAX);
        let mut searching = self.searching.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match self.find(&mut searching, &query, limit) {
            Ok(found) => found,
            // Whatever is wrong with a cache, it is made again.
            Err(error) => {
                tracing::info!(%error, "the search index is made again");
                *searching = Searching { index: Some(Index::begin(&self.search_folder())?), seen: None };
                self.find(&mut searching, &query, limit)?
            }
        };
        drop(searching);
        Ok(self.answer(&query, found))
    }

    fn find(&self, searching: &mut Searching, query: &Query, limit: usize) -> Result<Found, SearchError> {
        self.bring_up_to_date(searching, || true)?.find(query, limit)
    }

    /// Brings the index up to date where somebody has searched before.
    pub fn tend_search(&self) {
        let mut searching = self.searching.lock().unwrap_or_else(PoisonError::into_inner);
        if searching.index.is_none() && !self.search_folder().exists() {
            return;
        }
        let runs = || self.online.read().unwrap_or_else(PoisonError::into_inner).is_some();
        if let Err(error) = self.bring_up_to_date(&mut searching, runs) {
            tracing::info!(%error, "the search index could not be brought up to date");
            *searching = Searching::default();
        }
    }

    fn search_folder(&self) -> PathBuf {
        self.home.path().join("cache").join("search")
    }

    fn bring_up_to_date<'a>(
        &self,
        searching: &'a mut Searching,
        goes_on: impl Fn() -> bool,
    ) -> Result<&'a Index, SearchError> {
        let Searching { index, seen } = searching;
        let index = match index {
            Some(index) => index,
            None => index.insert(Index::open(&self.search_folder())?),
        };
        let Some(behind) = Self::behind(&self.entries(), index, *seen)? else { return Ok(index) };
        let Behind { fresh, gone, root, seen: now } = behind;
        *seen = None;
        if !(fresh.is_empty() && gone.is_empty() && index.state() == Some(root)) {
            let mut update = index.update()?;
            for id in gone {
                update.remove(&id)?;
            }
            let mut put = 0;
            for slice in fresh.chunks(SLICE) {
                let contents: Vec<_> = {
                    let mut entries = self.entries();
                    slice.iter().map(|id| (*id, content(&mut entries, id))).collect()
                };
                for (id, content) in contents {
                    match content {
                        Some(content) => update.put(&content)?,
                        None => update.remove(&id)?,
                    }
                    put += 1;
                    if put % COMMIT_EVERY == 0 {
                        update.commit(None)?;
                    }
                }
                if !goes_on() {
                    update.commit(None)?;
                    return Err(SearchError::Interrupted);
                }
            }
            update.commit(Some(root))?;
            update.end()?;
        }
        *seen = Some(now);
        Ok(index)
    }

    /// What an index lacks; none when it is of this state. `seen` is the state that it was compared with before.
    fn behind(
        entries: &Entries,
        index: &mut Index,
        seen: Option<Seen>,
    ) -> Result<Option<Behind>, SearchError> {
        let replica = entries.replica();
        let now = Seen { held: replica.len(), withdrawn: replica.withdrawn(), follows: replica.follows() };
        if seen == Some(now) {
            return Ok(None);
        }
        let root = replica.accepted().root();
        let mut behind = Behind { fresh: Vec::new(), gone: Vec::new(), root, seen: now };
        if index.state() == Some(root) {
            return Ok(Some(behind));
        }
        let marks = index.marks()?;
        let touched = seen.and_then(|seen| touched(entries, seen, now));
        let all = || replica.documents().chain(marks.keys().copied()).collect();
        for id in touched.unwrap_or_else(all) {
            let counts = replica.get(&id).is_some_and(|held| held.verdict.counts());
            match marks.get(&id) {
                Some(_) if !counts => behind.gone.push(id),
                known if counts && known != Some(&mark_of(entries, &id)) => behind.fresh.push(id),
                _ => {}
            }
        }
        // As they came: entries that were written together are read out of one run of the journal.
        behind.fresh.sort_by_key(|id| replica.place(id));
        Ok(Some(behind))
    }

    fn query(&self, search: &Search) -> Result<Query, ServiceError> {
        let mut query = Query::read(&search.words);
        for without in &search.without {
            query = query.without(without);
        }
        let material = search.material.as_deref().map(Materials::of).unwrap_or_default();
        query.filters = Filters {
            kind: search.kind.map(|kind| kind.as_str().to_owned()),
            licences: search.licence.as_deref().map(licence::names).unwrap_or_default(),
            process: search.process.as_deref().map(|name| match process::find(name) {
                Some(process) => process.id.to_owned(),
                None => printable::one_line(name).to_lowercase(),
            }),
            materials: material.said().map(str::to_owned).collect(),
            workshops: match &search.workshop {
                Some(name) => workshops(&self.entries(), name)?,
                None => Vec::new(),
            },
        };
        if search.material.is_some() && query.filters.materials.is_empty() {
            return Err(ServiceError::user("no word of that names a material")
                .hint("name one: --material plywood, --material contreplaqué, --material multiplex"));
        }
        Ok(query)
    }

    fn answer(&self, query: &Query, found: Found) -> SearchAnswer {
        let hints = hints(query, &found);
        let entries = self.entries();
        let name = |id: &WorkshopId| Self::workshop_name(&entries, id);
        let mut facets = SearchFacets::default();
        for (facet, counts) in found.facets {
            let named = |Count { value, count }: Count| {
                let name = match facet {
                    Facet::Process => process::by_id(&value).map(|known| known.names[0].to_owned()),
                    Facet::Workshop => value.parse().ok().and_then(|id| name(&id)),
                    _ => None,
                };
                FacetCount { value, name, count }
            };
            let counts = counts.into_iter().map(named).collect();
            match facet {
                Facet::Kind => facets.kind = counts,
                Facet::Licence => facets.licence = counts,
                Facet::Process => facets.process = counts,
                Facet::Material => facets.material = counts,
                Facet::Workshop => facets.workshop = counts,
            }
        }
        let shown = |hit: Hit| {
            Some(SearchResult {
                kind: SearchKind::ALL.into_iter().find(|kind| kind.as_str() == hit.kind)?,
                id: hit.id,
                title: Some(hit.title).filter(|title| !title.is_empty()),
                workshop: hit.workshop,
                workshop_name: hit.workshop.as_ref().and_then(name),
                withdrawn: hit.withdrawn,
                excerpt: hit.excerpt.text,
                found: hit.excerpt.found,
            })
        };
        SearchAnswer {
            total: found.total,
            results: found.hits.into_iter().filter_map(shown).collect(),
            facets,
            hints,
        }
    }
}

/// The documents that entries since then can have changed. None, when any can: what counts, or who keeps it, changed.
fn touched(entries: &Entries, then: Seen, now: Seen) -> Option<BTreeSet<DocumentId>> {
    if (then.withdrawn, then.follows) != (now.withdrawn, now.follows) {
        return None;
    }
    let mut documents = BTreeSet::new();
    for held in entries.replica().held().skip(then.held) {
        match held.header.kind.class() {
            class if class.is_operation() => return None,
            Class::Document => {
                documents.insert(held.header.subject.unwrap_or(held.id));
            }
            _ => {}
        }
    }
    Some(documents)
}

fn keepers(entries: &Entries, id: &DocumentId) -> Vec<(WorkshopId, String)> {
    let name = |id: WorkshopId| (id, Commons::workshop_name(entries, &id).unwrap_or_default());
    entries.replica().keepers(id).into_iter().map(name).collect()
}

fn mark_of(entries: &Entries, id: &DocumentId) -> [u8; 32] {
    mark(&entries.replica().document_heads(id), &keepers(entries, id))
}

/// What of a document is indexed. None when it doesn't count or can't be read.
fn content(entries: &mut Entries, id: &DocumentId) -> Option<Content> {
    // Of a long history a snapshot is kept. The others are read past what is kept in memory, which they would clear.
    let document = if entries.replica().document(id).count() >= SNAPSHOT_ENTRIES_MIN {
        entries.document(id)
    } else {
        entries.document_with(id, &[]).map(Arc::new)
    };
    let document = match document {
        Ok(document) => document,
        Err(error) => {
            tracing::warn!(%error, document = %id.short(), "a document is not found by searching, since it can't be read");
            return None;
        }
    };
    let keepers = keepers(entries, id);
    let mark = mark(&entries.replica().document_heads(id), &keepers);
    Content::of(&document, entries.replica().creator(id), &keepers, mark)
}

/// The workshops that a text means: by their name, or by the beginning of their id.
fn workshops(entries: &Entries, text: &str) -> Result<Vec<WorkshopId>, ServiceError> {
    let authority = entries.replica().authority();
    let all = || authority.workshops.iter().chain(&authority.former_workshops);
    let wanted = text.trim().to_lowercase();
    let named: Vec<WorkshopId> =
        all().filter(|(_, w)| w.name.to_lowercase() == wanted).map(|(id, _)| *id).collect();
    let meant = if named.is_empty() && wanted.len() >= 4 {
        all().map(|(id, _)| *id).filter(|id| id.to_string().starts_with(&wanted)).collect()
    } else {
        named
    };
    if meant.is_empty() {
        return Err(ServiceError::user(format!("there is no workshop \"{}\"", printable::shown(text)))
            .hint("see which there are: aronde workshop list"));
    }
    Ok(meant)
}

/// What to try next when nothing was found.
fn hints(query: &Query, found: &Found) -> Vec<String> {
    let mut hints = Vec::new();
    if query.cut {
        hints.push("only the beginning of what you typed was looked for: it is long".to_owned());
    }
    if found.total > 0 {
        return hints;
    }
    if query.nothing {
        hints.push("there is no word in that".to_owned());
    }
    for unknown in &found.unknown {
        let word = printable::shown(&unknown.word);
        hints.push(match &unknown.nearest {
            Some(nearest) => {
                format!("nothing has \"{word}\"; did you mean \"{}\"?", printable::shown(nearest))
            }
            None => format!("nothing has \"{word}\""),
        });
    }
    if query.filters != Filters::default() {
        hints.push("look without --kind, --licence, --process, --material and --workshop".to_owned());
    }
    if found.unknown.is_empty() && query.wanted.len() > 1 {
        hints.push("each word is found somewhere, but nothing has them all: try fewer".to_owned());
    }
    hints
}

impl From<SearchError> for ServiceError {
    fn from(error: SearchError) -> Self {
        ServiceError::config(error)
            .hint("see that the disk has room and can be written, then try again; the folder cache/search can be removed")
    }
}
