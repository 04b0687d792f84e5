//! `design files`: the files of a design, written to a folder.
//!
//! Names come from peers: each is checked again, no link is followed, and nothing that is there already
//! is replaced unless that was asked for. All is checked before anything is written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aronde_protocol::file_path::{FilePath, check_collisions};
use aronde_protocol::id::{DocumentId, FileHash};

use super::{design_id, read, settled};
use crate::api::{DesignFiles, DesignFilesWritten, ServiceError};
use crate::commons::Commons;

/// Files by where they go.
type Files = Vec<(FilePath, FileHash)>;

impl Commons {
    /// `design files`.
    pub(in crate::commons) fn design_files(
        &self,
        wanted: &DesignFiles,
    ) -> Result<DesignFilesWritten, ServiceError> {
        let (id, files, left_out) = self.checked_files(wanted)?;
        let (files, absent): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|(_, hash)| self.files.has(*hash));
        let missing: Vec<String> = absent.into_iter().map(|(path, _)| path.to_string()).collect();
        if files.is_empty() && !missing.is_empty() {
            return Err(ServiceError::network(format!(
                "none of the {} files of this design is here yet",
                missing.len()
            ))
            .hint("fetch them from a workshop that has them: aronde sync --wait"));
        }
        fs::create_dir_all(&wanted.out).map_err(|e| cannot("create", &wanted.out, &e))?;
        let root = wanted.out.canonicalize().map_err(|e| cannot("open", &wanted.out, &e))?;
        let mut there = Vec::new();
        for (path, hash) in &files {
            let target = root.join(path.as_str());
            match target.symlink_metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(cannot("look at", &target, &error)),
                Ok(found) if found.is_file() && same(&target, *hash) => {}
                Ok(found) if found.is_file() && wanted.force => {}
                Ok(_) => there.push(path.as_str()),
            }
        }
        if !there.is_empty() {
            return Err(ServiceError::user(format!(
                "{} would be replaced in {}: {}",
                if there.len() == 1 { "one file" } else { "files" },
                root.display(),
                list(&there)
            ))
            .hint("choose an empty folder, or replace them with --force"));
        }
        let mut bytes = 0;
        for (path, hash) in &files {
            bytes += self.write_file(&root, path, *hash)?;
        }
        Ok(DesignFilesWritten { id, out: root, files: files.len() as u64, bytes, missing, left_out })
    }

    /// The files of a design with paths that can be written, and how many of its edits were left out.
    fn checked_files(&self, wanted: &DesignFiles) -> Result<(DocumentId, Files, u64), ServiceError> {
        let mut entries = self.entries();
        let id = design_id(&entries, &wanted.id)?;
        let design = read(&entries.document(&id)?)?;
        let mut files = Vec::new();
        for file in &design.files {
            let path = settled(&file.what.path, "the path of a file")?;
            let Some(path) = path else { continue };
            let hash = settled(&file.what.file, &format!("the file {path}"))?;
            let path = FilePath::parse(path).map_err(|e| {
                ServiceError::user(format!("the design names a file that can't be written here: {e}"))
            })?;
            files.extend(hash.map(|hash| (path, *hash)));
        }
        check_collisions(files.iter().map(|(path, _)| path)).map_err(ServiceError::user)?;
        Ok((id, files, design.skipped.len() as u64))
    }

    /// Writes one file aside and renames it into its place.
    pub(in crate::commons) fn write_file(
        &self,
        root: &Path,
        path: &FilePath,
        hash: FileHash,
    ) -> Result<u64, ServiceError> {
        let target = root.join(path.as_str());
        let folder = make_folders(root, path)?;
        if same(&target, hash) {
            return Ok(target.metadata().map_or(0, |m| m.len()));
        }
        let mut source = self.files.open_read(hash)?;
        let mut aside =
            tempfile::NamedTempFile::new_in(&folder).map_err(|e| cannot("write in", &folder, &e))?;
        let copied = io::copy(&mut source, &mut aside).map_err(|e| cannot("write", &target, &e))?;
        aside.flush().map_err(|e| cannot("write", &target, &e))?;
        readable(aside.as_file()).map_err(|e| cannot("write", &target, &e))?;
        aside.persist(&target).map_err(|e| cannot("write", &target, &e.error))?;
        Ok(copied)
    }
}

/// The folder of a file below the root, made as needed; a link on the way is refused.
fn make_folders(root: &Path, path: &FilePath) -> Result<PathBuf, ServiceError> {
    let mut folder = root.to_owned();
    let mut names: Vec<&str> = path.as_str().split('/').collect();
    names.pop();
    for name in names {
        folder.push(name);
        match fs::create_dir(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let found = folder.symlink_metadata().map_err(|e| cannot("look at", &folder, &e))?;
                if !found.is_dir() {
                    return Err(ServiceError::user(format!(
                        "{} is in the way: it is no folder",
                        folder.display()
                    ))
                    .hint("choose an empty folder"));
                }
            }
            Err(error) => return Err(cannot("create", &folder, &error)),
        }
    }
    Ok(folder)
}

/// Files of a design are for everyone: the mode that other programs give new files.
#[cfg(unix)]
pub(in crate::commons) fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(in crate::commons) fn readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Whether a regular file holds just these bytes already.
pub(in crate::commons) fn same(path: &Path, hash: FileHash) -> bool {
    let regular = path.symlink_metadata().is_ok_and(|m| m.is_file());
    let mut hasher = blake3::Hasher::new();
    let read = |h: &mut blake3::Hasher| h.update_reader(fs::File::open(path)?).map(|_| ());
    regular && read(&mut hasher).is_ok() && hasher.finalize() == blake3::Hash::from_bytes(hash.0)
}

fn cannot(doing: &str, path: &Path, error: &io::Error) -> ServiceError {
    ServiceError::config(format!("cannot {doing} {}: {error}", path.display()))
        .hint("choose a folder that you can write to, on a disk with room")
}

fn list(names: &[&str]) -> String {
    let more = names.len().saturating_sub(5);
    let shown = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
