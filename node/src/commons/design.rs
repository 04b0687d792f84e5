//! Designs: `design new | import | edit | list | show | files`.

use std::collections::BTreeMap;
use std::sync::Arc;

use aronde_protocol::authority::Role;
use aronde_protocol::document::design::Design;
use aronde_protocol::document::draft::{DesignDraft, Draft, DraftItem, Wanted};
use aronde_protocol::document::materialise::{Document, Skipped};
use aronde_protocol::document::schema;
use aronde_protocol::document::update;
use aronde_protocol::document::view::Field;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::interchange::Given;
use aronde_protocol::interchange::folder::FolderError;
use aronde_protocol::licence;

use super::Commons;
use super::document::{document_id, shown_conflict};
use super::entries::Entries;
use crate::api::{
    Author, BomLine, DesignDetail, DesignFile, DesignImport, DesignImported, DesignNew, DesignSummary,
    ImportFinding, LeftOut, ReleaseSource, ServiceError, Signer, Wrote,
};
use crate::import;

mod edit;
pub(super) mod files;

impl Commons {
    /// `design new`.
    pub(super) fn design_new(&self, new: DesignNew, signer: &Signer) -> Result<Wrote, ServiceError> {
        if let Some(licence) = &new.licence {
            licence::parse(licence).map_err(ServiceError::user)?;
        }
        let draft = DesignDraft {
            title: new.title,
            description: new.description.unwrap_or_default(),
            version: new.version,
            licence: new.licence,
            function: new.function,
            ..DesignDraft::default()
        };
        if draft.title.trim().is_empty() {
            return Err(ServiceError::user("the title is empty").hint("give one: --title \"Wall bracket\""));
        }
        Ok(Wrote { id: self.create_design(&draft, signer)? })
    }

    fn create_design(&self, draft: &DesignDraft, signer: &Signer) -> Result<DocumentId, ServiceError> {
        self.create_document(&schema::design::KIND, &Draft::from(draft), signer)
    }

    /// `design import`.
    pub(super) fn design_import(
        &self,
        wanted: &DesignImport,
        signer: &Signer,
    ) -> Result<DesignImported, ServiceError> {
        let given = Given {
            title: wanted.title.clone(),
            licence: wanted.licence.clone(),
            function: wanted.function.clone(),
        };
        let target = match &wanted.update {
            Some(id) => Some(design_id(&self.entries(), id)?),
            None => None,
        };
        let import = import::import(&wanted.path, &given)?;
        if target.is_none()
            && let Some(same) = self.imported_before(wanted, &import.draft)?
        {
            return Err(ServiceError::user(format!("this folder is the design {same} already")).hint(
                format!(
                    "bring that design up to date with it: aronde design import {} --update {}",
                    wanted.path.display(),
                    same.short()
                ),
            ));
        }
        // Right is checked before any file is taken in.
        let key = self.key(signer)?;
        self.acting(&self.entries(), key.member(), Role::writes, "a maker or a steward")?;
        let _taking = self.files.taking_in();
        for file in &import.files {
            let (hash, _) = self.files.put_path(&file.on_disk)?;
            if hash != file.hash {
                return Err(ServiceError::user(format!(
                    "{} changed while it was read",
                    file.on_disk.display()
                ))
                .hint("import again when nothing writes to the folder"));
            }
        }
        let (mut proposal, mut keepers) = (None, Vec::new());
        let id = match target {
            None => self.create_design(&import.draft, signer)?,
            Some(id) => {
                let mut entries = self.entries();
                // A folder says all there is, so with several proposals open it need go on from none.
                let ground = Self::ground(&mut entries, key.member(), &id, None, false);
                let ground = ground.or_else(|_| Self::ground(&mut entries, key.member(), &id, None, true))?;
                let batches = update::update_design(&ground.document, &import.draft)?;
                let written = self.write_edits(&mut entries, &key, &id, &ground, batches)?;
                let counts = |e: &EntryId| entries.replica().get(e).is_some_and(|held| held.verdict.counts());
                proposal = written.filter(|entry| !counts(entry));
                keepers = Self::keepers(&entries, &id);
                id
            }
        };
        self.note_import(wanted, id);
        let findings =
            import.findings.into_iter().map(|f| ImportFinding { field: f.field, what: f.what }).collect();
        Ok(DesignImported { id, findings, proposal, keepers })
    }

    /// The design that this folder became before, by where it lies or by holding just the same files.
    fn imported_before(
        &self,
        wanted: &DesignImport,
        draft: &DesignDraft,
    ) -> Result<Option<DocumentId>, ServiceError> {
        let mut entries = self.entries();
        let noted = entries.store().index().get(&import_key(wanted)).ok().flatten();
        let noted = noted.and_then(|id| <[u8; 32]>::try_from(id).ok()).map(EntryId);
        if let Some(id) = noted.filter(|id| entries.replica().documents().any(|d| d == *id)) {
            return Ok(Some(id));
        }
        let files: BTreeMap<&str, _> = draft.files.iter().map(|f| (f.path.as_str(), f.hash)).collect();
        if files.is_empty() {
            return Ok(None);
        }
        let documents = entries.documents_of(schema::DESIGN);
        for id in documents {
            let document = entries.document(&id)?;
            let Ok(design) = Design::of(&document) else { continue };
            let held = design.files.iter().map(|f| f.what.path.agreed().zip(f.what.file.agreed()));
            let held: Option<BTreeMap<&str, _>> = held.map(|f| f.map(|(p, h)| (p.as_str(), *h))).collect();
            if held.as_ref() == Some(&files) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn note_import(&self, wanted: &DesignImport, id: DocumentId) {
        let row = (import_key(wanted), Some(id.as_bytes().to_vec()));
        if let Err(error) = self.entries().store().index().note(vec![row]) {
            tracing::warn!(%error, "where the design was imported from is not remembered");
        }
    }

    /// `design list`.
    pub(super) fn design_list(&self) -> Result<Vec<DesignSummary>, ServiceError> {
        let mut entries = self.entries();
        let documents = entries.documents_of(schema::DESIGN);
        let mut list = Vec::with_capacity(documents.len());
        for id in documents {
            let document = entries.document(&id)?;
            if let Ok(design) = Design::of(&document) {
                list.push(summary(&entries, &design)?);
            }
        }
        list.sort_by(|a, b| (&a.title, a.id).cmp(&(&b.title, b.id)));
        Ok(list)
    }

    /// `design show`.
    pub(super) fn design_show(&self, id: &str) -> Result<DesignDetail, ServiceError> {
        let mut entries = self.entries();
        let id = design_id(&entries, id)?;
        let document = entries.document(&id)?;
        self.detail_of(&entries, &document)
    }

    /// A design in full, as it is or was.
    pub(super) fn detail(&self, document: &Document) -> Result<DesignDetail, ServiceError> {
        self.detail_of(&self.entries(), document)
    }

    fn detail_of(&self, entries: &Entries, document: &Document) -> Result<DesignDetail, ServiceError> {
        let id = document.id;
        let design = Design::of(document).map_err(ServiceError::user)?;
        let bom = design.bom.iter().map(|line| BomLine {
            item: line.id.to_string(),
            part: line.what.part.agreed().cloned(),
            quantity: line.what.quantity.agreed().map(|q| q.amount.to_string()),
            unit: line.what.quantity.agreed().map(|q| q.unit.clone()),
            reference: line.what.reference.agreed().cloned(),
            note: line.what.note.agreed().cloned(),
            other: line
                .what
                .other
                .iter()
                .filter_map(|(name, field)| Some((name.clone(), field.agreed()?.to_string())))
                .collect(),
        });
        let files = design.files.iter().filter_map(|file| {
            let hash = *file.what.file.agreed()?;
            Some(DesignFile {
                path: file.what.path.agreed()?.clone(),
                role: file.what.role.agreed().cloned(),
                hash,
                len: *file.what.len.agreed()?,
                present: self.files.has(hash),
            })
        });
        let authors = design.authors.iter().map(|author| Author {
            name: author.what.name.agreed().map(ToString::to_string),
            contact: author.what.contact.agreed().map(ToString::to_string),
        });
        let agreed = document.agreed();
        let sources = sources(&agreed);
        let Draft { fields: mut others, lists, .. } = agreed;
        for shown in ["title", "version", "licence", "description", "function", "withdrawn"] {
            others.remove(shown);
        }
        let shown = [schema::AUTHORS, schema::BOM, schema::FILES, schema::design::SOURCES];
        let lists = lists.into_iter().filter(|(list, _)| !shown.contains(&list.as_str()));
        Ok(DesignDetail {
            summary: summary(entries, &design)?,
            description: design.description.agreed().cloned(),
            function: design.function.agreed().cloned(),
            withdrawn: withdrawn(&design),
            not_open: design.licence.agreed().and_then(|licence| licence::closed(licence)),
            sources,
            fields: texts(others),
            lists: lists
                .map(|(list, items)| (list, items.into_iter().map(|i| texts(i.fields)).collect()))
                .collect(),
            bom: bom.collect(),
            files: files.collect(),
            authors: authors.collect(),
            conflicts: design.conflicts.iter().map(|c| shown_conflict(entries, c)).collect(),
            left_out: design.skipped.iter().map(left_out).collect(),
            proposals: Self::open_proposals(entries, &id)?,
            keepers: Self::keepers(entries, &id),
        })
    }
}

fn texts(fields: Wanted) -> BTreeMap<String, String> {
    fields.into_iter().map(|(name, value)| (name, value.to_string())).collect()
}

/// Why a design is withdrawn; a withdrawal that nobody agrees on is one.
fn withdrawn(design: &Design) -> Option<String> {
    match design.other.get("withdrawn")? {
        Field::Absent => None,
        field => Some(field.agreed().map_or_else(|| "see below".to_owned(), ToString::to_string)),
    }
}

/// What a design is derived from, as far as it is agreed.
fn sources(agreed: &Draft) -> Vec<ReleaseSource> {
    let of = |item: &DraftItem| {
        let text = |name: &str| item.text(name).map(str::to_owned);
        let title = text("title").or_else(|| text("link")).unwrap_or_default();
        ReleaseSource {
            title,
            release: item.text("release").and_then(|id| id.parse().ok()),
            link: text("link"),
            licence: text("licence"),
        }
    };
    agreed.items(schema::design::SOURCES).iter().map(of).collect()
}

/// The design that a text means.
pub(super) fn design_id(entries: &Entries, text: &str) -> Result<DocumentId, ServiceError> {
    document_id(entries, text, schema::DESIGN, "a design")
}

impl From<import::ImportError> for ServiceError {
    fn from(error: import::ImportError) -> Self {
        let said = ServiceError::user(&error);
        match error {
            import::ImportError::Folder(FolderError::Manifest { .. }) => said.hint(
                "correct the manifest with an editor; or move it out of the folder and give --title, --licence and --function",
            ),
            _ => said,
        }
    }
}

impl From<crate::store::files::FileError> for ServiceError {
    fn from(error: crate::store::files::FileError) -> Self {
        ServiceError::config(error).hint("see that the disk has room and can be written, then try again")
    }
}

/// Where a folder was imported from, as a key of the index: a memory of this home, not of the commons.
fn import_key(wanted: &DesignImport) -> Vec<u8> {
    let path = wanted.path.canonicalize().unwrap_or_else(|_| wanted.path.clone());
    let hash = blake3::derive_key("aronde 2026 imported folder", path.as_os_str().as_encoded_bytes());
    [b"n/import/".as_slice(), &hash].concat()
}

fn summary(entries: &Entries, design: &Design) -> Result<DesignSummary, ServiceError> {
    let workshop = entries.replica().creator(&design.id);
    let workshop = workshop.ok_or_else(|| ServiceError::internal("a design that counts has no keeper"))?;
    Ok(DesignSummary {
        id: design.id,
        title: design.title.agreed().cloned(),
        version: design.version.agreed().cloned(),
        licence: design.licence.agreed().cloned(),
        withdrawn: design.other.get("withdrawn").is_some_and(|field| *field != Field::Absent),
        workshop,
        workshop_name: Commons::workshop_name(entries, &workshop),
    })
}

fn left_out(skipped: &Skipped) -> LeftOut {
    LeftOut { entry: skipped.entry, edit: skipped.edit, why: skipped.why.to_string() }
}

/// A field that a command needs settled.
fn settled<'a, T>(field: &'a Field<T>, what: &str) -> Result<Option<&'a T>, ServiceError> {
    if field.is_settled() {
        return Ok(field.agreed());
    }
    Err(ServiceError::user(format!("{what} has several values at once, and nobody has decided between them"))
        .hint("see them with \"aronde design show\", and decide with \"aronde design edit ID --set FIELD=VALUE\""))
}

/// For [`files`], which needs the document as it is read.
fn read(document: &Arc<Document>) -> Result<Design, ServiceError> {
    Design::of(document).map_err(ServiceError::user)
}
