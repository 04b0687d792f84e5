//! A document as a text that a person edits.
//!
//! What is saved is built on the heads that the text was written from, so it merges with what came meanwhile as if both
//! had been written apart: nothing is overwritten, and where both set one field, both values stand.

use std::sync::Arc;

use aronde_protocol::authority::Role;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::update;
use aronde_protocol::document::view::{Field, Shown};
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::interchange::form;

use super::super::Commons;
use super::super::entries::Entries;
use super::{Ground, any_document};
use crate::api::{Form, FormSave, FormSaved, FormShow, ServiceError, Signer};

impl Commons {
    /// The form of a document, as its next edit by the home's member would find it.
    pub(in crate::commons) fn form_show(&self, show: &FormShow) -> Result<Form, ServiceError> {
        let mut entries = self.entries();
        let id = any_document(&entries, &show.id)?;
        let ground = Self::ground(&mut entries, self.member(), &id, show.on.as_deref(), show.apart)?;
        let document = &ground.document;
        let title = title(document).unwrap_or_else(|| "without an agreed title".to_owned());
        let head = format!(
            "{}: {title}\n\
             Change what you like and save. A line that you take away empties its field, an item that you take away\n\
             is removed; an \"item:\" line says which item is which, and a new item has none.",
            document.kind
        );
        Ok(Form { id, kind: document.kind.clone(), text: form::write(document, &head) })
    }

    /// Saves a form.
    pub(in crate::commons) fn form_save(
        &self,
        save: &FormSave,
        signer: &Signer,
    ) -> Result<FormSaved, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let id = any_document(&entries, &save.id)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let ground = match form::heads(&save.text) {
            Some(heads) => Self::ground_at(&entries, &id, &heads)?,
            None => Self::ground(&mut entries, key.member(), &id, None, false)?,
        };
        let draft = form::read(&ground.document, &save.text).map_err(|error| {
            ServiceError::user(&error).hint("nothing was changed; correct the text and save it again")
        })?;
        if let Some(licence) = draft.fields.get("licence").and_then(|value| value.as_text()) {
            aronde_protocol::licence::parse(licence).map_err(ServiceError::user)?;
        }
        let batches = update::update(&ground.document, &draft)?;
        let before = ground.document.history.nodes.len();
        let kind = format!("the {}", ground.document.kind);
        let edited = self.write_asked(&mut entries, &key, &ground, batches, &kind)?;
        let own = entries.replica().document(&id).count();
        let mine = usize::from(edited.accepted);
        let now = entries.document(&id)?;
        let stood: Vec<String> = ground.document.conflicts().into_iter().map(|c| c.field).collect();
        let conflicts = now.conflicts().into_iter().map(|c| c.field).filter(|field| !stood.contains(field));
        Ok(FormSaved {
            edited,
            meanwhile: u64::try_from(own.saturating_sub(before + mine)).unwrap_or(u64::MAX),
            conflicts: conflicts.collect(),
        })
    }

    /// What an edit is built on that was begun at these heads.
    fn ground_at(entries: &Entries, id: &DocumentId, heads: &[EntryId]) -> Result<Ground, ServiceError> {
        let replica = entries.replica();
        let missing = heads.iter().find(|head| {
            replica.get(head).is_none_or(|held| held.header.subject != Some(*id) && held.id != *id)
        });
        if let Some(missing) = missing {
            return Err(ServiceError::user(format!(
                "the text was written from the entry {}, which is not one of this document here",
                missing.short()
            ))
            .hint("open the document again, and bring your changes into it"));
        }
        let document = Arc::new(entries.document_at(id, heads)?);
        let on =
            heads.iter().copied().find(|head| replica.get(head).is_some_and(|held| !held.verdict.counts()));
        Ok(Ground { document, on })
    }
}

/// What a document is called, when that is agreed.
pub(super) fn title(document: &Document) -> Option<String> {
    match document.fields().get("title").and_then(Field::agreed) {
        Some(Shown::Value(value)) => Some(value.to_string()),
        _ => None,
    }
}
