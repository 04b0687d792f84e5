//! States of a design that people name: a version, a release, an entry, or now; and `design diff`.

use std::sync::Arc;

use aronde_protocol::document::diff::Diff;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::release;
use aronde_protocol::id::{DocumentId, EntryId};

use super::super::document::shown_diff;
use super::super::entries::Entries;
use super::super::resolve::resolve;
use super::{Commons, Release, design_id, releases};
use crate::api::{DesignDiff, DesignDiffered, ServiceError};

/// A design as it was at some time, and the release that it was then.
pub(super) struct State {
    pub design: DocumentId,
    pub document: Arc<Document>,
    pub release: Option<Release>,
}

impl Commons {
    /// `design diff`.
    pub(in crate::commons) fn design_diff(
        &self,
        wanted: &DesignDiff,
    ) -> Result<DesignDiffered, ServiceError> {
        let mut entries = self.entries();
        let id = design_id(&entries, &wanted.id)?;
        let old = state(&mut entries, id, &wanted.old)?;
        let new = state(&mut entries, id, &wanted.new)?;
        let diff = Diff::between(&old.document, &new.document);
        let (old, new) = (old.document.heads(), new.document.heads());
        Ok(DesignDiffered { id, old, new, diff: shown_diff(&diff) })
    }
}

/// `ID` is the design as it is now, `ID@VERSION` as it was released.
pub(super) fn named(entries: &mut Entries, text: &str) -> Result<State, ServiceError> {
    let (id, version) = text.split_once('@').map_or((text, "now"), |(id, version)| (id, version));
    let id = design_id(entries, id)?;
    state(entries, id, version)
}

/// The state of a design that a text names.
pub(super) fn state(entries: &mut Entries, design: DocumentId, text: &str) -> Result<State, ServiceError> {
    if text.eq_ignore_ascii_case("now") {
        return Ok(State { design, document: entries.document(&design)?, release: None });
    }
    let mut all = releases(entries, &design)?;
    if let Ok(version) = release::version(text) {
        let version = version.to_string();
        let mut fitting: Vec<usize> = (0..all.len()).collect();
        fitting.retain(|at| all.get(*at).is_some_and(|r| r.facts.version == version));
        return match fitting.as_slice() {
            [one] => {
                let release = all.swap_remove(*one);
                released(entries, release)
            }
            [] => Err(no_version(&version, &all)),
            several => {
                let ids: Vec<String> =
                    several.iter().filter_map(|at| all.get(*at)).map(|r| r.id.short()).collect();
                Err(ServiceError::user(format!("version {version} was released {} times at once", ids.len()))
                    .hint(format!("name one by its id: {}", ids.join(", "))))
            }
        };
    }
    let own = entries.replica().all_of_document(&design).map(|held| held.id);
    let among: Vec<EntryId> = own.chain(all.iter().map(|release| release.id)).collect();
    let id = resolve(text, "a version, a release or an entry of this design", among.into_iter())?;
    if let Some(at) = all.iter().position(|release| release.id == id) {
        let release = all.swap_remove(at);
        return released(entries, release);
    }
    Ok(State { design, document: Arc::new(entries.document_at(&design, &[id])?), release: None })
}

fn released(entries: &Entries, release: Release) -> Result<State, ServiceError> {
    let document = entries.document_at(&release.design, &release.facts.heads)?;
    Ok(State { design: release.design, document: Arc::new(document), release: Some(release) })
}

fn no_version(version: &str, all: &[Release]) -> ServiceError {
    let error = ServiceError::user(format!("no release of this design has the version {version}"));
    let there: Vec<&str> = all.iter().map(|release| release.facts.version.as_str()).collect();
    if there.is_empty() {
        error.hint("it has no release yet; \"now\" is the design as it stands")
    } else {
        error.hint(format!("there are {}; \"now\" is the design as it stands", there.join(", ")))
    }
}
