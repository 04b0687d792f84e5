//! `sop export`: a procedure as a page in Markdown with its files beside it, or as one page for a printer.

use std::io::{Read, Write};
use std::path::Path;

use aronde_protocol::file_path::FilePath;
use aronde_protocol::id::FileHash;
use aronde_protocol::interchange::sop;
use aronde_protocol::record::procedure::{Approval, revision};

use super::super::Commons;
use super::super::design::files::{readable, same};
use super::{files, procedure_id, read, words};
use crate::api::{ServiceError, SopExport, SopExported, SopFormat};

/// Pictures of one page together, in bytes: what a browser still opens.
const PICTURES_MAX: u64 = 64 * 1024 * 1024;

impl Commons {
    /// `sop export`.
    pub(in crate::commons) fn sop_export(&self, wanted: &SopExport) -> Result<SopExported, ServiceError> {
        let mut entries = self.entries();
        let id = procedure_id(&entries, &wanted.id)?;
        let procedure = read(&mut entries, &id)?;
        if !procedure.conflicts.is_empty() {
            let fields: Vec<&str> = procedure.conflicts.iter().take(5).map(|c| c.field.as_str()).collect();
            return Err(ServiceError::user(format!(
                "this procedure can't be written while something in it has several values: {}",
                fields.join(", ")
            ))
            .hint(format!("decide with: aronde sop edit {} --set FIELD=VALUE", id.short())));
        }
        if wanted.out.symlink_metadata().is_ok() && !wanted.force {
            return Err(ServiceError::user(format!("{} is there already", wanted.out.display()))
                .hint("choose another name, or replace it with --force"));
        }
        let revision = revision(&procedure.heads);
        let listed: Vec<(FilePath, FileHash, u64)> = files(&procedure.draft)
            .into_iter()
            .filter_map(|(path, hash, len)| Some((FilePath::parse(&path).ok()?, hash, len)))
            .collect();
        let missing = listed.iter().filter(|(_, hash, _)| !self.files.has(*hash));
        let missing: Vec<String> = missing.map(|(path, _, _)| path.to_string()).collect();
        let mut count = 0;
        let text = match wanted.format {
            SopFormat::Md => sop::write(&procedure.draft),
            SopFormat::Html => {
                let words = words::of(&entries, &procedure)?;
                let mut about = vec![("revision".to_owned(), revision.short())];
                let names = |workshops: Vec<Option<String>>| {
                    workshops.into_iter().flatten().collect::<Vec<_>>().join(", ")
                };
                let approved =
                    words.approvals.iter().filter(|a| a.word.current && a.verdict == Approval::Approve);
                about.push((
                    "approved".to_owned(),
                    names(approved.map(|a| a.word.workshop_name.clone()).collect()),
                ));
                let adopted = words.adoptions.iter().filter(|a| a.word.current);
                about.push((
                    "adopted".to_owned(),
                    names(adopted.map(|a| a.word.workshop_name.clone()).collect()),
                ));
                let foot = format!("{id} @ {revision}");
                let room = std::cell::Cell::new(PICTURES_MAX);
                let picture = |path: &str| {
                    let (_, hash, len) = listed.iter().find(|(held, _, _)| held.as_str() == path)?;
                    room.set(room.get().checked_sub(*len)?);
                    self.picture(*hash, *len)
                };
                count = listed.iter().filter(|(_, hash, _)| self.files.has(*hash)).count() as u64;
                sop::html(&procedure.draft, &picture, &about, &foot)
            }
        };
        let folder = wanted.out.parent().unwrap_or(Path::new("."));
        let cannot = |error: std::io::Error| {
            ServiceError::config(format!("cannot write {}: {error}", wanted.out.display()))
                .hint("choose a folder that is there and that you can write to")
        };
        let folder = folder.canonicalize().map_err(cannot)?;
        if wanted.format == SopFormat::Md {
            let here = listed.iter().filter(|(_, hash, _)| self.files.has(*hash));
            let here: Vec<&(FilePath, FileHash, u64)> = here.collect();
            for (path, hash, _) in &here {
                let target = folder.join(path.as_str());
                if target == wanted.out
                    || (target.symlink_metadata().is_ok() && !wanted.force && !same(&target, *hash))
                {
                    return Err(ServiceError::user(format!(
                        "{} is there already and is another file",
                        target.display()
                    ))
                    .hint("choose an empty folder, or replace it with --force"));
                }
            }
            for (path, hash, _) in here {
                self.write_file(&folder, path, *hash)?;
                count += 1;
            }
        }
        let mut aside = tempfile::NamedTempFile::new_in(&folder).map_err(cannot)?;
        aside.write_all(text.as_bytes()).and_then(|()| aside.flush()).map_err(cannot)?;
        readable(aside.as_file()).map_err(cannot)?;
        aside.persist(&wanted.out).map_err(|error| cannot(error.error))?;
        Ok(SopExported {
            id,
            revision,
            out: wanted.out.clone(),
            bytes: text.len() as u64,
            files: count,
            missing,
        })
    }

    /// A picture by its hash, when it is here and is one by its first bytes.
    fn picture(&self, hash: FileHash, len: u64) -> Option<(&'static str, Vec<u8>)> {
        let mut bytes = Vec::new();
        self.files.open_read(hash).ok()?.take(len).read_to_end(&mut bytes).ok()?;
        let media = match bytes.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [b'G', b'I', b'F', b'8', ..] => "image/gif",
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
            other => {
                let head = other.get(..other.len().min(1024)).unwrap_or_default();
                let head = String::from_utf8_lossy(head).to_lowercase();
                // In a picture's place, a drawing runs nothing and fetches nothing.
                if head.contains("<svg") { "image/svg+xml" } else { return None }
            }
        };
        Some((media, bytes))
    }
}
