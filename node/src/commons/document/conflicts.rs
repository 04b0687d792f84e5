//! What stands in conflict in documents of every kind, and decisions.

use aronde_protocol::authority::Role;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::register;
use aronde_protocol::document::resolve::{self, Choice, ResolveError};
use aronde_protocol::document::view::Conflict;
use aronde_protocol::id::DocumentId;
use aronde_protocol::licence;

use super::super::Commons;
use super::super::entries::Entries;
use super::shown::shown_conflict;
use super::{any_document, blame, form};
use crate::api::{ConflictList, ConflictResolve, ConflictRow, DesignEdited, ServiceError, Signer};

impl Commons {
    /// `conflict list` and `conflict show`.
    pub(in crate::commons) fn conflict_list(
        &self,
        list: &ConflictList,
    ) -> Result<Vec<ConflictRow>, ServiceError> {
        let mut entries = self.entries();
        let documents: Vec<DocumentId> = match &list.subject {
            Some(subject) => vec![any_document(&entries, subject)?],
            None => entries.replica().documents().collect(),
        };
        let mut rows = Vec::new();
        for id in documents {
            // One head means that nothing was written apart since somebody knew all of it, and then no field has two
            // values: what has none need not be read.
            if list.subject.is_none() && !Self::may_be_contested(&entries, &id) {
                continue;
            }
            let document = entries.document(&id)?;
            rows.extend(document.conflicts().iter().map(|conflict| row(&entries, &document, conflict)));
        }
        rows.sort_by(|a, b| (&a.title, a.subject).cmp(&(&b.title, b.subject)));
        Ok(rows)
    }

    /// Whether a document's entries ever parted: one that is a line can hold no conflict.
    fn may_be_contested(entries: &Entries, id: &DocumentId) -> bool {
        let mut last = None;
        for held in entries.replica().document(id) {
            let follows = last.is_none_or(|last| held.header.deps.contains(&last));
            if !follows {
                return true;
            }
            last = Some(held.id);
        }
        false
    }

    /// `conflict resolve`.
    pub(in crate::commons) fn conflict_resolve(
        &self,
        asked: &ConflictResolve,
        signer: &Signer,
    ) -> Result<DesignEdited, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let id = any_document(&entries, &asked.id)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let ground = Self::ground(&mut entries, key.member(), &id, None, false)?;
        let document = &ground.document;
        let field = whole_name(document, &asked.field);
        let conflict = resolve::conflict(document, &field).map_err(|error| {
            let fields: Vec<String> = document.conflicts().into_iter().map(|c| c.field).collect();
            let said = ServiceError::user(error);
            match fields.as_slice() {
                [] => said.hint("nothing at all stands in conflict in this document"),
                fields => said.hint(format!("what does: {}", fields.join(", "))),
            }
        })?;
        let values = shown_conflict(&entries, &conflict).values;
        let choice = match (asked.take, &asked.value) {
            (Some(number), None) => {
                let taken = usize::try_from(number).ok().and_then(|n| values.get(n.checked_sub(1)?));
                let taken = taken.ok_or_else(|| {
                    ServiceError::user(format!("\"{field}\" has {} values, not {number}", values.len()))
                        .hint(format!("see them with: aronde conflict show {}", id.short()))
                })?;
                Choice::Written(taken.entry)
            }
            (None, Some(value)) => {
                if field == "licence" && !value.is_empty() {
                    licence::parse(value).map_err(ServiceError::user)?;
                }
                Choice::Value(value)
            }
            _ => {
                return Err(ServiceError::user("a decision is one of the values, or another one")
                    .hint("give --take N or --value V, one of them"));
            }
        };
        let batches = resolve::resolve(document, &field, choice)?;
        let what = format!("the {}", document.kind);
        self.write_asked(&mut entries, &key, &ground, batches, &what)
    }
}

fn row(entries: &Entries, document: &Document, conflict: &Conflict) -> ConflictRow {
    let names = register::split(&conflict.field);
    let label = match names.as_slice() {
        [list, item, _] => document
            .items(list)
            .into_iter()
            .find(|i| i.id.to_string() == *item)
            .and_then(|item| blame::label(&document.kind, list, &item.what)),
        _ => None,
    };
    ConflictRow {
        subject: document.id,
        kind: document.kind.clone(),
        title: form::title(document),
        field: conflict.field.clone(),
        label,
        values: shown_conflict(entries, conflict).values,
    }
}

/// The whole name of a field whose item is given by its number in the list.
fn whole_name(document: &Document, field: &str) -> String {
    let names = register::split(field);
    if let [list, number, last] = names.as_slice()
        && let Some(at) = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1))
        && let Some(item) = document.items(list).get(at)
    {
        return register::join(&[list.as_str(), &item.id.to_string(), last]);
    }
    field.to_owned()
}

impl From<ResolveError> for ServiceError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Update(error) => error.into(),
            ResolveError::NoValue(_) => ServiceError::user(error).hint("take one with --take N"),
            error => ServiceError::user(error),
        }
    }
}
