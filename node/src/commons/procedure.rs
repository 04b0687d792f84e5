//! Procedures: `sop new | import | edit | list | show | approve | adopt | run | export`.

use aronde_protocol::authority::Role;
use aronde_protocol::document::draft::Draft;
use aronde_protocol::document::procedure::Procedure;
use aronde_protocol::document::schema::procedure::{self as schema, FILES};
use aronde_protocol::document::update;
use aronde_protocol::document::value::Value;
use aronde_protocol::id::{DocumentId, EntryId, FileHash};
use aronde_protocol::interchange::{Given, sop};
use aronde_protocol::licence;
use aronde_protocol::record::procedure::revision;

use super::Commons;
use super::document::{document_id, shown_conflict};
use super::entries::Entries;
use crate::api::{
    DesignEdited, LeftOut, ServiceError, Signer, SopDetail, SopEdit, SopFile, SopItem, SopNew, SopSummary,
    Wrote,
};
use crate::templates;

mod export;
mod import;
mod words;

impl Commons {
    /// `sop new`.
    pub(super) fn sop_new(&self, new: &SopNew, signer: &Signer) -> Result<Wrote, ServiceError> {
        if let Some(licence) = &new.licence {
            licence::parse(licence).map_err(ServiceError::user)?;
        }
        let language = new.language.as_deref().unwrap_or("en");
        let known = sop::Language::of(language);
        let page = if let Some(name) = &new.template {
            let page = known.and_then(|language| templates::page(name, language));
            page.map(str::to_owned).ok_or_else(|| {
                ServiceError::user(format!("there is no template \"{name}\" in the language \"{language}\""))
                    .hint("see which there are: aronde sop new --list-templates")
            })?
        } else {
            let title = new.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
            let title = title.ok_or_else(|| {
                ServiceError::user("a new procedure needs a title")
                    .hint("give one: --title \"Cutting plywood\"")
                    .hint("or begin from a template: aronde sop new --list-templates")
            })?;
            format!("# {title}\n")
        };
        let given = Given { title: new.title.clone(), licence: new.licence.clone(), function: None };
        let mut draft = sop::read("procedure", page.as_bytes(), &given).map_err(ServiceError::user)?.draft;
        if let Some(language) = &new.language {
            draft.fields.insert("language".into(), Value::from(language.as_str()));
        }
        Ok(Wrote { id: self.create_document(&schema::KIND, &draft, signer)? })
    }

    /// `sop edit`.
    pub(super) fn sop_edit(&self, edit: &SopEdit, signer: &Signer) -> Result<DesignEdited, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let id = procedure_id(&entries, &edit.id)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let ground = Self::ground(&mut entries, key.member(), &id, edit.on.as_deref(), edit.apart)?;
        // All are set on the document as it is, so of two for one field only the last can be meant.
        let wishes: std::collections::BTreeMap<&str, &str> =
            edit.set.iter().map(|(field, value)| (field.as_str(), value.as_str())).collect();
        if let Some(licence) = wishes.get("licence").filter(|licence| !licence.is_empty()) {
            licence::parse(licence).map_err(ServiceError::user)?;
        }
        let batches = update::set_fields(&ground.document, wishes)?;
        self.write_asked(&mut entries, &key, &ground, batches, "the procedure")
    }

    /// `sop list`.
    pub(super) fn sop_list(&self) -> Result<Vec<SopSummary>, ServiceError> {
        let mut entries = self.entries();
        let mut list = Vec::new();
        for id in entries.documents_of(schema::PROCEDURE) {
            let procedure = read(&mut entries, &id)?;
            list.push(summary(&entries, &procedure)?);
        }
        list.sort_by(|a, b| (&a.title, a.id).cmp(&(&b.title, b.id)));
        Ok(list)
    }

    /// `sop show`.
    pub(super) fn sop_show(&self, id: &str) -> Result<SopDetail, ServiceError> {
        let mut entries = self.entries();
        let id = procedure_id(&entries, id)?;
        let procedure = read(&mut entries, &id)?;
        let draft = &procedure.draft;
        let field = |name: &str| draft.fields.get(name).map(ToString::to_string);
        let words = words::of(&entries, &procedure)?;
        Ok(SopDetail {
            page: procedure.conflicts.is_empty().then(|| sop::write(draft)),
            purpose: field("purpose"),
            scope: field("scope"),
            prerequisites: field("prerequisites"),
            training: field("training"),
            protective_equipment: field("protective-equipment"),
            hazards: items(draft, schema::HAZARDS),
            tools: items(draft, schema::TOOLS),
            materials: items(draft, schema::MATERIALS),
            steps: items(draft, schema::STEPS),
            controls: items(draft, schema::CONTROLS),
            files: self.files_of(draft),
            approvals: words.approvals,
            adoptions: words.adoptions,
            runs: words.runs,
            conflicts: procedure.conflicts.iter().map(|c| shown_conflict(&entries, c)).collect(),
            left_out: procedure
                .skipped
                .iter()
                .map(|s| LeftOut { entry: s.entry, edit: s.edit, why: s.why.to_string() })
                .collect(),
            proposals: Self::open_proposals(&entries, &id)?,
            keepers: Self::keepers(&entries, &id),
            summary: summary(&entries, &procedure)?,
        })
    }

    fn files_of(&self, draft: &Draft) -> Vec<SopFile> {
        let file = |(path, hash, len): (String, FileHash, u64)| SopFile {
            path,
            hash,
            len,
            present: self.files.has(hash),
        };
        files(draft).into_iter().map(file).collect()
    }
}

/// The files that a procedure lists: path, hash and length.
fn files(draft: &Draft) -> Vec<(String, FileHash, u64)> {
    let listed = draft.lists.get(FILES).into_iter().flatten();
    let file = |item: &aronde_protocol::document::draft::DraftItem| {
        let (Some(Value::Text(path)), Some(Value::File(hash)), Some(Value::Integer(len))) =
            (item.fields.get("path"), item.fields.get("file"), item.fields.get("len"))
        else {
            return None;
        };
        Some((path.clone(), *hash, u64::try_from(*len).ok()?))
    };
    listed.filter_map(file).collect()
}

fn items(draft: &Draft, list: &str) -> Vec<SopItem> {
    let items = draft.lists.get(list).into_iter().flatten();
    let item = |item: &aronde_protocol::document::draft::DraftItem| SopItem {
        item: item.id.map(|id| id.to_string()).unwrap_or_default(),
        fields: item
            .fields
            .iter()
            .filter(|(_, value)| **value != Value::Nothing)
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect(),
    };
    items.map(item).collect()
}

/// The procedure that a text means.
pub(super) fn procedure_id(entries: &Entries, text: &str) -> Result<DocumentId, ServiceError> {
    document_id(entries, text, schema::PROCEDURE, "a procedure")
}

fn read(entries: &mut Entries, id: &DocumentId) -> Result<Procedure, ServiceError> {
    let document = entries.document(id)?;
    Procedure::of(&document).map_err(ServiceError::user)
}

fn summary(entries: &Entries, procedure: &Procedure) -> Result<SopSummary, ServiceError> {
    let workshop = entries.replica().creator(&procedure.id);
    let workshop =
        workshop.ok_or_else(|| ServiceError::internal("a procedure that counts has no creator"))?;
    let count = |list: &str| procedure.draft.lists.get(list).map_or(0, |items| items.len() as u64);
    Ok(SopSummary {
        id: procedure.id,
        title: procedure.title.agreed().cloned(),
        version: procedure.version.agreed().cloned(),
        language: procedure.language.agreed().cloned(),
        licence: procedure.licence.agreed().cloned(),
        revision: revision(&procedure.heads),
        step_count: count(schema::STEPS),
        control_count: count(schema::CONTROLS),
        workshop,
        workshop_name: Commons::workshop_name(entries, &workshop),
        adopted_by: words::adopted_by(entries, &procedure.id)?,
    })
}

/// The procedure and the heads that `ID` or `ID@REVISION` means; none of them when no revision is named.
fn at_revision(entries: &Entries, text: &str) -> Result<(DocumentId, Option<Vec<EntryId>>), ServiceError> {
    let (id, wanted) = match text.split_once('@') {
        Some((id, wanted)) => (procedure_id(entries, id)?, wanted),
        None => return Ok((procedure_id(entries, text)?, None)),
    };
    let replica = entries.replica();
    let mut known: Vec<Vec<EntryId>> = vec![replica.document_heads(&id)];
    known.extend(replica.document(&id).map(|held| vec![held.id]));
    known.extend(words::revisions(entries, &id)?);
    let mut names: Vec<EntryId> = known.iter().map(|heads| revision(heads)).collect();
    names.sort_unstable();
    names.dedup();
    let name = super::resolve::resolve(wanted, "a revision of this procedure", names.into_iter())
        .map_err(|error| error.hint("see its revision with: aronde sop show ID"))?;
    Ok((id, known.into_iter().find(|heads| revision(heads) == name)))
}
