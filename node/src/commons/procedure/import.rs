//! `sop import`: a page in Markdown, or every page of a folder.
//!
//! Pictures and files that a page names by a path beside it come with it. No link is followed, neither for a page nor
//! for what it names, so nothing outside of the folder is taken.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use aronde_protocol::authority::Role;
use aronde_protocol::document::draft::{Draft, DraftItem, Wanted};
use aronde_protocol::document::procedure::Procedure;
use aronde_protocol::document::read::Fields;
use aronde_protocol::document::schema::procedure::{
    self as schema, FILES, HELD_FIELDS, HELD_LISTS, SECTIONS,
};
use aronde_protocol::document::update;
use aronde_protocol::document::value::Value;
use aronde_protocol::file_path::FilePath;
use aronde_protocol::id::EntryId;
use aronde_protocol::interchange::Given;
use aronde_protocol::interchange::sop::{self, Sop};
use aronde_protocol::limits::{FILE_MAX, SOP_MAX};

use super::super::Commons;
use super::procedure_id;
use crate::api::{ImportFinding, ServiceError, Signer, SopImport, SopImported, SopTaken};

/// Pages of one folder: more are no handbook of one workshop.
const PAGES_MAX: usize = 2_000;

impl Commons {
    /// `sop import`.
    pub(in crate::commons) fn sop_import(
        &self,
        wanted: &SopImport,
        signer: &Signer,
    ) -> Result<SopImported, ServiceError> {
        let found = fs::metadata(&wanted.path).map_err(|error| unreadable(&wanted.path, &error))?;
        let key = self.key(signer)?;
        self.acting(&self.entries(), key.member(), Role::writes, "a maker or a steward")?;
        let mut done = SopImported { imported: Vec::new(), findings: Vec::new() };
        if found.is_file() {
            let taken = self.import_page(&wanted.path, wanted, signer, &mut done.findings)?;
            done.imported.push(taken);
            return Ok(done);
        }
        if wanted.update.is_some() || wanted.title.is_some() {
            return Err(ServiceError::user(format!("{} is no file", wanted.path.display()))
                .hint("with --update or --title, give one page"));
        }
        for path in pages(&wanted.path)? {
            match self.import_page(&path, wanted, signer, &mut done.findings) {
                Ok(taken) => done.imported.push(taken),
                Err(error) => done.findings.push(ImportFinding {
                    field: name_of(&path),
                    what: format!("is not taken: {}", error.message),
                }),
            }
        }
        if done.imported.is_empty() {
            let why = done.findings.first().map_or_else(
                || "it holds no file".to_owned(),
                |finding| format!("{} {}", finding.field, finding.what),
            );
            return Err(ServiceError::user(format!(
                "nothing in {} is a procedure: {why}",
                wanted.path.display()
            )));
        }
        Ok(done)
    }

    fn import_page(
        &self,
        path: &Path,
        wanted: &SopImport,
        signer: &Signer,
        findings: &mut Vec<ImportFinding>,
    ) -> Result<SopTaken, ServiceError> {
        let _taking = self.files.taking_in();
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
        file.take(SOP_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
        let given = Given { title: wanted.title.clone(), licence: wanted.licence.clone(), function: None };
        if let Some(licence) = &given.licence {
            aronde_protocol::licence::parse(licence).map_err(ServiceError::user)?;
        }
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let Sop { mut draft, findings: odd, files } = sop::read(&name, &bytes, &given).map_err(|error| {
            ServiceError::user(format!("{} is no page of a procedure: {error}", name_of(path)))
                .hint("give a page in Markdown, with a heading such as \"# Title\" and numbered steps")
        })?;
        let target = match &wanted.update {
            Some(id) => Some(procedure_id(&self.entries(), id)?),
            None => None,
        };
        if target.is_none()
            && let Some(same) = self.same_page(&draft)?
        {
            return Err(ServiceError::user(format!("this page is the procedure {same} already")).hint(
                format!(
                    "after changes, bring that one up to date: aronde sop import {} --update {}",
                    path.display(),
                    same.short()
                ),
            ));
        }
        findings.extend(odd.into_iter().map(|f| ImportFinding { field: f.field, what: f.what }));
        let mut items: Vec<DraftItem> = Vec::new();
        let folder = path.parent().unwrap_or(Path::new("."));
        for (named, line) in files {
            match self.take_file(folder, &named) {
                Ok(item) => items.push(item.into()),
                Err(what) => findings.push(ImportFinding { field: format!("{name}:{line}"), what }),
            }
        }
        let count = items.len() as u64;
        if !items.is_empty() {
            draft.lists.insert(FILES.to_owned(), items);
        }
        let title = draft.fields.get("title").map(ToString::to_string).unwrap_or_default();
        let mut taken = SopTaken {
            id: EntryId([0; 32]),
            title,
            path: path.to_owned(),
            files: count,
            proposal: None,
            keepers: Vec::new(),
        };
        match target {
            None => taken.id = self.create_document(&schema::KIND, &draft, signer)?,
            Some(id) => {
                let key = self.key(signer)?;
                let mut entries = self.entries();
                // A page says all there is, so with several proposals open it need go on from none.
                let ground = Self::ground(&mut entries, key.member(), &id, None, false);
                let ground = ground.or_else(|_| Self::ground(&mut entries, key.member(), &id, None, true))?;
                empty_what_is_gone(&ground.document.fields(), &mut draft);
                let batches = update::update(&ground.document, &draft)?;
                let written = self.write_edits(&mut entries, &key, &id, &ground, batches)?;
                let counts = |e: &EntryId| entries.replica().get(e).is_some_and(|held| held.verdict.counts());
                taken.id = id;
                taken.proposal = written.filter(|entry| !counts(entry));
                taken.keepers = Self::keepers(&entries, &id);
            }
        }
        Ok(taken)
    }

    /// The procedure that says just what this page says.
    fn same_page(&self, draft: &Draft) -> Result<Option<EntryId>, ServiceError> {
        let page = sop::write(draft);
        let mut entries = self.entries();
        for id in entries.documents_of(schema::PROCEDURE) {
            let document = entries.document(&id)?;
            if let Ok(held) = Procedure::of(&document)
                && held.draft.fields.get("title") == draft.fields.get("title")
                && sop::write(&held.draft) == page
            {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Takes in a file beside a page; else says what is with it.
    fn take_file(&self, folder: &Path, named: &FilePath) -> Result<Wanted, String> {
        let mut path = PathBuf::from(folder);
        for name in named.as_str().split('/') {
            path.push(name);
            let found = fs::symlink_metadata(&path)
                .map_err(|_| format!("the file \"{named}\" is not beside the page and stays a link"))?;
            if found.file_type().is_symlink() {
                return Err(format!("\"{named}\" is a link on the disk and was not taken"));
            }
        }
        let found =
            fs::symlink_metadata(&path).map_err(|error| format!("\"{named}\" can't be read: {error}"))?;
        if !found.is_file() || found.len() > FILE_MAX {
            return Err(format!("\"{named}\" is no file of at most {FILE_MAX} bytes and was not taken"));
        }
        let (hash, len) =
            self.files.put_path(&path).map_err(|error| format!("\"{named}\" was not taken: {error}"))?;
        let image = matches!(named.extension().as_str(), "png" | "jpg" | "jpeg" | "gif" | "webp" | "svg");
        Ok(Wanted::from([
            ("path".into(), Value::from(named.as_str())),
            ("file".into(), Value::File(hash)),
            ("len".into(), Value::Integer(i64::try_from(len).unwrap_or(i64::MAX))),
            ("role".into(), Value::from(if image { "image" } else { "attachment" })),
        ]))
    }
}

/// What a page no longer says is emptied, so that the procedure says what the page says. What was said beside the page,
/// as its licence, stays.
fn empty_what_is_gone(held: &Fields, draft: &mut Draft) {
    for name in HELD_FIELDS.into_iter().chain(["front-matter"]) {
        if held.contains_key(name) {
            draft.fields.entry(name.to_owned()).or_insert(Value::Nothing);
        }
    }
    for list in HELD_LISTS.into_iter().chain([SECTIONS, FILES]) {
        draft.lists.entry(list.to_owned()).or_default();
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> ServiceError {
    ServiceError::user(format!("{} can't be read: {error}", path.display()))
        .hint("give a page in Markdown, or a folder of pages")
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The regular files of a folder, by name. Folders in it are not entered.
fn pages(folder: &Path) -> Result<Vec<PathBuf>, ServiceError> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            pages.push(entry.path());
        }
        if pages.len() > PAGES_MAX {
            return Err(ServiceError::user(format!(
                "{} holds more than {PAGES_MAX} files",
                folder.display()
            )));
        }
    }
    pages.sort();
    Ok(pages)
}
