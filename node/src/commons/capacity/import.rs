//! `capacity import`: a file of places or machines, in one burst and one write of the journal.
//!
//! Invariant: importing again doubles nothing. A row is known again by the id that its source gives it, or by its name
//! and its place. What is ours to keep is brought up to date; what a workshop claims is left to it.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use aronde_protocol::authority::Role;
use aronde_protocol::capacity::text;
use aronde_protocol::document::authoring;
use aronde_protocol::document::draft::Draft;
use aronde_protocol::document::schema::{CAPACITY, MACHINE_MODEL};
use aronde_protocol::document::update;
use aronde_protocol::document::value::Value;
use aronde_protocol::id::DocumentId;
use aronde_protocol::interchange::okw;
use aronde_protocol::limits::CAPACITY_FILE_MAX;

use super::super::document::{add_document, add_edit};
use super::super::{Commons, Log};
use crate::api::{
    CapacityImport, CapacityImported, ImportFinding, ImportedSheet, ServiceError, SheetState, Signer,
};

/// An id of a source that is this long is the source's alone; a shorter one may be another list's row number.
const OWN_ID: usize = 16;

/// By what a row is known again.
#[derive(Default)]
struct Known(HashMap<String, DocumentId>);

impl Known {
    fn keys(kind: &str, draft: &Draft) -> Vec<String> {
        let field = |name: &str| {
            draft.fields.get(name).map(|value| value.to_string().trim().to_lowercase()).unwrap_or_default()
        };
        let (title, source) = (field("title"), field("source"));
        let mut keys = Vec::new();
        if !source.is_empty() {
            keys.push(if source.len() >= OWN_ID {
                format!("{kind}/id/{source}")
            } else {
                format!("{kind}/id/{source}/{title}")
            });
        }
        let place =
            ["postcode", "city", "latitude", "longitude", "website", "make", "model"].map(field).join("/");
        keys.push(format!("{kind}/place/{title}/{place}"));
        keys
    }

    /// The document of a row: by its source's own id, when it has one that is known; by name and place else.
    fn find(&self, kind: &str, draft: &Draft) -> Option<DocumentId> {
        Self::keys(kind, draft).iter().find_map(|key| self.0.get(key)).copied()
    }

    fn add(&mut self, kind: &str, draft: &Draft, id: DocumentId) {
        for key in Self::keys(kind, draft) {
            self.0.entry(key).or_insert(id);
        }
    }
}

impl Commons {
    /// `capacity import`.
    pub(in crate::commons) fn capacity_import(
        &self,
        wanted: &CapacityImport,
        signer: &Signer,
    ) -> Result<CapacityImported, ServiceError> {
        let bytes = bytes_of(&wanted.path)?;
        let name =
            wanted.path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let read = okw::read(&bytes, &name)
            .map_err(|error| ServiceError::user(format!("{}: {error}", wanted.path.display())))?;
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let (under, _) = self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let view = self.sheets(&mut entries)?;
        let mut known = Known::default();
        for sheet in view.sheets.values().filter(|sheet| !view.replaced.contains(&sheet.id)) {
            known.add(CAPACITY, &sheet.draft, sheet.id);
            // Who claimed a listed sheet answers for it, and it isn't listed anew.
            if let Some(listed) =
                text(&sheet.draft.fields, "claims").and_then(|id| view.sheets.get(&id.parse().ok()?))
            {
                known.add(CAPACITY, &listed.draft, sheet.id);
            }
        }
        if read.listed.iter().any(|listed| listed.kind.name == MACHINE_MODEL) {
            for id in entries.documents_of(MACHINE_MODEL) {
                let draft = entries.document(&id)?.agreed();
                known.add(MACHINE_MODEL, &draft, id);
            }
        }
        let mut findings: Vec<ImportFinding> =
            read.findings.into_iter().map(|f| ImportFinding { field: f.field, what: f.what }).collect();
        // What is to be written is made before the burst, so that a fault in one row writes nothing.
        let mut rows = Vec::with_capacity(read.listed.len());
        for listed in &read.listed {
            let kind = listed.kind.name;
            let id = known.find(kind, &listed.draft);
            let work = match id {
                None => {
                    Work::Create(authoring::create(listed.kind, &listed.draft).map_err(ServiceError::user)?)
                }
                Some(id) if view.claimed.contains_key(&id) || !Self::keeps(&entries, key.member(), &id) => {
                    Work::Leave(id)
                }
                Some(id) => {
                    let document = entries.document(&id)?;
                    Work::Update(id, document.heads(), update::update(&document, &missing(&listed.draft))?)
                }
            };
            rows.push((listed, work));
        }
        let mut imported = Vec::with_capacity(rows.len());
        let mut twice = 0_u64;
        self.write(&mut entries, &key, Log::Work, |burst| {
            let mut made = Known::default();
            let mut touched = std::collections::HashSet::new();
            for (listed, work) in rows {
                let kind = listed.kind.name;
                let (id, state) = match work {
                    Work::Leave(id) => (id, SheetState::Same),
                    Work::Create(batches) => {
                        if let Some(id) = made.find(kind, &listed.draft) {
                            twice += 1;
                            (id, SheetState::Same)
                        } else {
                            let id = add_document(burst, listed.kind, &batches, under)?;
                            made.add(kind, &listed.draft, id);
                            (id, SheetState::New)
                        }
                    }
                    Work::Update(id, mut heads, batches) => {
                        let batches: Vec<_> = batches.into_iter().filter(|batch| !batch.is_empty()).collect();
                        if batches.is_empty() || !touched.insert(id) {
                            (id, SheetState::Same)
                        } else {
                            for batch in &batches {
                                heads = vec![add_edit(burst, batch, id, std::mem::take(&mut heads))?];
                            }
                            (id, SheetState::Updated)
                        }
                    }
                };
                imported.push(ImportedSheet {
                    id,
                    title: listed.title().to_owned(),
                    kind: kind.to_owned(),
                    state,
                });
            }
            Ok(())
        })?;
        if twice > 0 {
            findings.push(ImportFinding {
                field: String::new(),
                what: format!(
                    "{twice} rows name what another row of the file names already; each is one sheet"
                ),
            });
        }
        Ok(CapacityImported { format: read.format.to_string(), imported, findings })
    }
}

/// What becomes of a row.
enum Work {
    Create(Vec<aronde_protocol::document::batch::Batch>),
    Update(DocumentId, Vec<aronde_protocol::id::EntryId>, Vec<aronde_protocol::document::batch::Batch>),
    Leave(DocumentId),
}

/// What a file says again of a sheet. Personal contacts are left alone: a withheld one can't be compared.
fn missing(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    draft.lists.remove("contacts");
    draft.fields.retain(|_, value| *value != Value::Nothing);
    draft
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, ServiceError> {
    let wrong = |error: std::io::Error| {
        ServiceError::user(format!("{} cannot be read: {error}", path.display()))
            .hint("see that it is a file that you may read")
    };
    let meta = std::fs::metadata(path).map_err(wrong)?;
    if !meta.is_file() {
        return Err(ServiceError::user(format!("{} is no file", path.display()))
            .hint("give a file: CSV, JSON, YAML or Markdown"));
    }
    let mut bytes = Vec::new();
    // One more than is read, so that what is longer is told.
    File::open(path)
        .map_err(wrong)?
        .take(CAPACITY_FILE_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(wrong)?;
    Ok(bytes)
}
