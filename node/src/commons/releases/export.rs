//! `design export`: a design for others, in their formats.
//!
//! A file is written aside and renamed, so that nobody ever sees half of it. The archive's bytes follow from the
//! design's state alone: entries in order, one fixed time, no owner.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use aronde_protocol::document::draft::Draft;
use aronde_protocol::document::schema::{BOM, FILES, design};
use aronde_protocol::document::value::Value;
use aronde_protocol::file_path::{FilePath, check_collisions};
use aronde_protocol::id::FileHash;
use aronde_protocol::interchange::okh::write::{self, Version};
use aronde_protocol::licence;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Commons;
use super::states::{State, named};
use crate::api::{DesignExport, DesignExported, ExportFormat, ServiceError};

/// Files of this many bytes or more are told apart in the archive's own way.
const LARGE: u64 = 0xffff_ffff;

impl Commons {
    /// `design export`.
    pub(in crate::commons) fn design_export(
        &self,
        wanted: &DesignExport,
    ) -> Result<DesignExported, ServiceError> {
        let state = named(&mut self.entries(), &wanted.id)?;
        let draft = settled(&state)?;
        if !wanted.force && wanted.out.symlink_metadata().is_ok() {
            return Err(ServiceError::user(format!("{} is there already", wanted.out.display()))
                .hint("choose another name, or replace it with --force"));
        }
        let folder = wanted.out.parent().filter(|folder| folder.is_dir()).ok_or_else(|| {
            ServiceError::user(format!("there is no folder for {}", wanted.out.display()))
                .hint("create it first")
        })?;
        let mut aside =
            tempfile::NamedTempFile::new_in(folder).map_err(|e| cannot("write in", folder, &e))?;
        let mut remarks = Vec::new();
        match wanted.format {
            ExportFormat::Okh => {
                remarks.extend(lacking(&draft, Version::One));
                aside.write_all(write::manifest(&draft, Version::One).as_bytes())
            }
            ExportFormat::Losh => {
                remarks.extend(lacking(&draft, Version::Two));
                aside.write_all(write::manifest(&draft, Version::Two).as_bytes())
            }
            ExportFormat::Json => {
                let shown = self.detail(&state.document)?;
                serde_json::to_writer_pretty(&mut aside, &shown).map_err(io::Error::from)
            }
            ExportFormat::Zip => {
                remarks.extend(lacking(&draft, Version::Two));
                self.archive(&draft, &state, aside.as_file_mut())?;
                Ok(())
            }
        }
        .and_then(|()| aside.flush())
        .map_err(|e| cannot("write", &wanted.out, &e))?;
        remarks.extend(draft.text("licence").and_then(licence::closed));
        if let Some(why) = draft.text("withdrawn") {
            remarks.push(format!("the design is withdrawn: {why}"));
        }
        let bytes = aside.as_file().metadata().map_or(0, |metadata| metadata.len());
        readable(aside.as_file()).map_err(|e| cannot("write", &wanted.out, &e))?;
        aside.persist(&wanted.out).map_err(|e| cannot("write", &wanted.out, &e.error))?;
        let release = state.release.map(|release| release.id);
        Ok(DesignExported { id: state.design, release, out: wanted.out.clone(), bytes, remarks })
    }

    /// Both manifests, the parts as a table, a page to begin with, and every file.
    fn archive(&self, draft: &Draft, state: &State, out: &mut fs::File) -> Result<(), ServiceError> {
        let files = files(draft)?;
        let absent: Vec<&str> =
            files.iter().filter(|(_, hash)| !self.files.has(*hash)).map(|(p, _)| p.as_str()).collect();
        if !absent.is_empty() {
            return Err(ServiceError::network(format!("the bytes of {} are not here", absent.join(", ")))
                .hint("fetch them from a workshop that has them: aronde sync --wait"));
        }
        let mut own = vec![
            ("okh.toml", write::manifest(draft, Version::Two)),
            ("okh.yml", write::manifest(draft, Version::One)),
            ("README.md", readme(draft, state)),
            ("LICENSE", licence_page(draft)),
        ];
        if !draft.items(BOM).is_empty() {
            own.push(("BOM.csv", write::bom(draft)));
        }
        // The manifests are written anew; other pages of the design go before ours.
        let taken = |name: &str| files.iter().any(|(path, _)| path.as_str().eq_ignore_ascii_case(name));
        own.retain(|(name, _)| name.starts_with("okh.") || !taken(name));
        let is_own = |path: &str| own.iter().any(|(name, _)| name.eq_ignore_ascii_case(path));
        let mut all: Vec<(&str, Content<'_>)> =
            own.iter().map(|(name, text)| (*name, Content::Text(text))).collect();
        let others = files.iter().filter(|(path, _)| !is_own(path.as_str()));
        all.extend(others.map(|(path, hash)| (path.as_str(), Content::File(*hash))));
        all.sort_by(|a, b| a.0.cmp(b.0));
        let mut archive = ZipWriter::new(out);
        let wrong = |error: &dyn std::fmt::Display| {
            ServiceError::config(format!("the archive cannot be written: {error}"))
                .hint("choose a folder that you can write to, on a disk with room")
        };
        for (name, content) in all {
            let len = match content {
                Content::Text(text) => text.len() as u64,
                Content::File(hash) => self.files.open_read(hash)?.metadata().map_or(LARGE, |m| m.len()),
            };
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .last_modified_time(DateTime::default())
                .unix_permissions(0o644)
                .large_file(len >= LARGE);
            archive.start_file(name, options).map_err(|e| wrong(&e))?;
            match content {
                Content::Text(text) => archive.write_all(text.as_bytes()).map_err(|e| wrong(&e))?,
                Content::File(hash) => {
                    io::copy(&mut self.files.open_read(hash)?, &mut archive).map_err(|e| wrong(&e))?;
                }
            }
        }
        archive.finish().map_err(|e| wrong(&e))?;
        Ok(())
    }
}

/// What lies in an archive under one name.
#[derive(Clone, Copy)]
enum Content<'a> {
    Text(&'a str),
    File(FileHash),
}

/// The state as plain data, with the version of the release that it is.
fn settled(state: &State) -> Result<Draft, ServiceError> {
    let mut draft = state.document.settled().map_err(|conflicts| {
        let fields: Vec<String> = conflicts.into_iter().map(|c| c.field).collect();
        ServiceError::user(format!("nobody has decided between the values of {}", fields.join(", ")))
            .hint("export a release instead, ID@VERSION, or decide first: aronde design show ID")
    })?;
    if let Some(release) = &state.release {
        draft.fields.insert("version".to_owned(), release.facts.version.as_str().into());
    }
    Ok(draft)
}

/// The files of a design, with paths that can be written anywhere.
fn files(draft: &Draft) -> Result<Vec<(FilePath, FileHash)>, ServiceError> {
    let mut files = Vec::new();
    for file in draft.items(FILES) {
        let Some((path, Value::File(hash))) = file.text("path").zip(file.fields.get("file")) else {
            continue;
        };
        let path = FilePath::parse(path).map_err(|e| {
            ServiceError::user(format!("the design names a file that can't be written for others: {e}"))
        })?;
        files.push((path, *hash));
    }
    check_collisions(files.iter().map(|(path, _)| path)).map_err(ServiceError::user)?;
    Ok(files)
}

fn lacking(draft: &Draft, version: Version) -> Option<String> {
    let missing = write::missing(draft, version);
    let format = if version == Version::One { "Open Know-How 1" } else { "Open Know-How 2" };
    (!missing.is_empty())
        .then(|| format!("{format} asks for {}, which the design does not say", missing.join(", ")))
}

fn readme(draft: &Draft, state: &State) -> String {
    let mut page = vec![format!("# {}", draft.text("title").unwrap_or_default())];
    for part in ["function", "description"] {
        page.extend(draft.text(part).map(|text| format!("\n{}", text.trim())));
    }
    page.push(String::new());
    for (name, field) in [("Version", "version"), ("Licence", "licence")] {
        page.extend(draft.text(field).map(|value| format!("- {name}: {value}")));
    }
    page.extend(state.release.as_ref().map(|release| format!("- Release: {}", release.id)));
    page.push(format!("- Design: {}", state.design));
    page.extend(draft.text("withdrawn").map(|why| format!("\n**Withdrawn: {why}**")));
    let sources = draft.items(design::SOURCES);
    if !sources.is_empty() {
        page.push("\n## Made from\n".to_owned());
    }
    page.extend(sources.iter().map(|source| {
        let fields = ["title", "licence", "attribution", "link", "release"];
        let parts: Vec<&str> = fields.into_iter().filter_map(|name| source.text(name)).collect();
        format!("- {}", parts.join(", "))
    }));
    page.push("\nThe manifests are `okh.toml` and `okh.yml`; the parts are in `BOM.csv`.\n".to_owned());
    page.join("\n")
}

fn licence_page(draft: &Draft) -> String {
    let fields = [
        ("Hardware", "licence"),
        ("Documentation", "licence-documentation"),
        ("Software", "licence-software"),
    ];
    let said = fields.into_iter().filter_map(|(what, field)| Some(format!("{what}: {}", draft.text(field)?)));
    let mut page: Vec<String> = said.collect();
    page.push(
        "\nThe texts of SPDX licences are at https://spdx.org/licenses/ under these names.\n".to_owned(),
    );
    page.join("\n")
}

#[cfg(unix)]
fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

fn cannot(doing: &str, path: &Path, error: &io::Error) -> ServiceError {
    ServiceError::config(format!("cannot {doing} {}: {error}", path.display()))
        .hint("choose a folder that you can write to, on a disk with room")
}
