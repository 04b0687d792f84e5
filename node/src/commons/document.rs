//! Documents of any kind: which there are, what an edit is built on, and the entries that carry it.
//!
//! A keeper's edit is built on what counts. So is the first edit of somebody else, which thereby is a proposal. Their
//! next edit goes on from that proposal, as they expect who see their own change: one line of work, taken in or declined
//! as one. What a keeper declined is left behind; and `apart` begins another line, so that one can be taken in without
//! the other.

use std::sync::Arc;

use aronde_protocol::authority::Role;
use aronde_protocol::burst::{Burst, Draft as EntryDraft};
use aronde_protocol::document::authoring;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::draft::Draft;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema;
use aronde_protocol::document::update::UpdateError;
use aronde_protocol::entry::Kind;
use aronde_protocol::id::{DocumentId, EntryId, MembershipId};
use aronde_protocol::key::{MemberKey, SecretKey};
use aronde_protocol::{canonical, limits, proposal};

mod blame;
mod conflicts;
mod form;
mod log;
mod shown;

pub(super) use shown::{shown as shown_value, shown_conflict, shown_diff};

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, Log, nonce};
use crate::api::{DesignEdited, ServiceError, Signer};

/// What an edit is built on.
pub(in crate::commons) struct Ground {
    /// The document as it is there.
    pub document: Arc<Document>,
    /// The proposal that is part of it.
    pub on: Option<EntryId>,
}

impl Commons {
    /// Creates a document as a draft says.
    pub(super) fn create_document(
        &self,
        kind: &'static schema::Kind,
        draft: &Draft,
        signer: &Signer,
    ) -> Result<DocumentId, ServiceError> {
        let batches = authoring::create(kind, draft).map_err(ServiceError::user)?;
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, _) = self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        self.write(&mut entries, &key, Log::Work, |burst| add_document(burst, kind, &batches, under))
    }

    /// What an edit of a document by this member is built on: see the module. `on` names a proposal to go on from.
    pub(super) fn ground(
        entries: &mut Entries,
        member: MemberKey,
        id: &DocumentId,
        on: Option<&str>,
        apart: bool,
    ) -> Result<Ground, ServiceError> {
        let keeps = Self::keeps(entries, member, id);
        let on = match on {
            Some(_) if apart => {
                return Err(ServiceError::user(
                    "a proposal cannot both go on from another and stand apart from it",
                )
                .hint("give --on or --apart, not both"));
            }
            Some(text) => {
                let parked = proposal::parked(entries.replica(), id).map(|held| held.id);
                Some(resolve(text, "a proposal for this document", parked)?)
            }
            None if keeps || apart => None,
            None => Self::own_open_proposal(entries, member, id)?,
        };
        let Some(head) = on else { return Ok(Ground { document: entries.document(id)?, on: None }) };
        let proposal = Self::found(entries, &head)?;
        if keeps && !proposal.without_right.is_empty() {
            return Err(ServiceError::user(format!(
                "the proposal {} holds edits that their author had no right to make",
                head.short()
            ))
            .hint(format!("take it in by name first: aronde proposal accept {} --yes", head.short())));
        }
        Ok(Ground { document: Arc::new(entries.document_with(id, &proposal.edits)?), on })
    }

    fn own_open_proposal(
        entries: &Entries,
        member: MemberKey,
        id: &DocumentId,
    ) -> Result<Option<EntryId>, ServiceError> {
        let own = |head: &EntryId| entries.replica().get(head).is_some_and(|held| held.author == member);
        let mut found = Self::open_proposals(entries, id)?;
        found.retain(own);
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            many => {
                let names: Vec<String> = many.iter().map(EntryId::short).collect();
                Err(ServiceError::user(format!(
                    "{} proposals of yours wait for this document: {}",
                    many.len(),
                    names.join(", ")
                ))
                .hint("say which one this change goes on from: --on PROPOSAL")
                .hint("or begin another one with --apart"))
            }
        }
    }

    /// Writes the edits that somebody asked for, and says what became of them. `what` is the word for the document,
    /// as in "the design".
    pub(super) fn write_asked(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        ground: &Ground,
        batches: Vec<Batch>,
        what: &str,
    ) -> Result<DesignEdited, ServiceError> {
        let id = ground.document.id;
        let entry = self.write_edits(entries, key, &id, ground, batches)?;
        let entry = entry.ok_or_else(|| match ground.on {
            Some(on) => ServiceError::user(format!(
                "your proposal {} says that already, so there is nothing to write",
                on.short()
            ))
            .hint(format!("see it with: aronde proposal show {}", on.short())),
            None => ServiceError::user(format!("{what} says that already, so there is nothing to write")),
        })?;
        let replica = entries.replica();
        let accepted = replica.get(&entry).is_some_and(|held| held.verdict.counts());
        let edits = proposal::of(replica, &entry).map_or(0, |p| p.edits.len() as u64);
        let keepers = Self::keepers(entries, &id);
        Ok(DesignEdited { id, entry, accepted, keepers, on: ground.on, edits })
    }

    /// Writes batches on top of each other, one entry each, and says the last one's id.
    pub(super) fn write_edits(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        id: &DocumentId,
        ground: &Ground,
        batches: Vec<Batch>,
    ) -> Result<Option<EntryId>, ServiceError> {
        let batches: Vec<Batch> = batches.into_iter().filter(|batch| !batch.is_empty()).collect();
        if batches.is_empty() {
            return Ok(None);
        }
        let mut deps = ground.document.heads();
        self.write(entries, key, Log::Work, |burst| {
            let mut last = None;
            for batch in &batches {
                let entry = add_edit(burst, batch, *id, std::mem::take(&mut deps))?;
                deps = vec![entry];
                last = Some(entry);
            }
            Ok(last)
        })
    }
}

/// The document of any kind that a text means.
fn any_document(entries: &Entries, text: &str) -> Result<DocumentId, ServiceError> {
    resolve(text, "a document", entries.replica().documents())
}

/// The document of a kind that a text means. `what` is the word for one, as in "a design".
pub(super) fn document_id(
    entries: &Entries,
    text: &str,
    kind: &str,
    what: &str,
) -> Result<DocumentId, ServiceError> {
    resolve(text, what, entries.documents_of(kind).into_iter())
}

impl From<UpdateError> for ServiceError {
    fn from(error: UpdateError) -> Self {
        let said = ServiceError::user(&error);
        match error {
            UpdateError::NoSuchField(no) => {
                let items = match no.kind {
                    schema::PROCEDURE => {
                        "a step, tool or control point is named by its number: steps/1/text, controls/2/acceptance"
                    }
                    _ => {
                        "a part, file or author is named by its number: bom/1/quantity; your own fields go below manifest/"
                    }
                };
                said.hint(format!("the fields there are: {}", no.known.join(", "))).hint(items)
            }
            _ => said,
        }
    }
}

/// Adds the entries that create a document, and says its id.
pub(super) fn add_document(
    burst: &mut Burst<'_>,
    kind: &schema::Kind,
    batches: &[Batch],
    under: MembershipId,
) -> Result<DocumentId, ServiceError> {
    let mut batches = batches.iter();
    let first = batches.next().map_or_else(Batch::default, Batch::clone);
    let facts = canonical::encode(&first.create_facts(under, kind.name)).map_err(ServiceError::internal)?;
    let personal = personal(&first)?;
    let create = EntryDraft { kind: Kind::CREATE, subject: None, deps: Vec::new(), facts, personal };
    let document = burst.add(create)?;
    let mut head = document;
    for batch in batches {
        head = add_edit(burst, batch, document, vec![head])?;
    }
    Ok(document)
}

/// Adds an entry that changes a document, on top of these heads. Heads that are more than one entry may name are
/// joined before it, by entries that change nothing: else whoever leaves many heads would stop all others.
pub(super) fn add_edit(
    burst: &mut Burst<'_>,
    batch: &Batch,
    document: DocumentId,
    mut heads: Vec<EntryId>,
) -> Result<EntryId, ServiceError> {
    while heads.len() > limits::DEPS_MAX {
        let rest = heads.split_off(limits::DEPS_MAX);
        let joint = burst.add(edit(&Batch::default(), document, heads)?)?;
        heads = rest;
        heads.push(joint);
    }
    Ok(burst.add(edit(batch, document, heads)?)?)
}

fn edit(batch: &Batch, document: DocumentId, deps: Vec<EntryId>) -> Result<EntryDraft, ServiceError> {
    let facts = canonical::encode(&batch.edit_facts()).map_err(ServiceError::internal)?;
    Ok(EntryDraft { kind: Kind::EDIT, subject: Some(document), deps, facts, personal: personal(batch)? })
}

fn personal(batch: &Batch) -> Result<Option<Vec<u8>>, ServiceError> {
    let part = batch.personal_part(nonce()?);
    part.map(|part| canonical::encode(&part).map_err(ServiceError::internal)).transpose()
}
