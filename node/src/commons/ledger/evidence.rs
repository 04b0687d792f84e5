//! Files as evidence: taken in beside a record, and written out for who looks at it.
//!
//! They are named in the personal part of the record alone, so they are hidden and forgotten with it.

use std::fs;
use std::path::{Path, PathBuf};

use aronde_protocol::file_path::FilePath;
use aronde_protocol::id::FileHash;
use aronde_protocol::record::{Evidence, PersonalPart};

use super::super::Commons;
use super::super::design::files::same;
use super::contribution_id;
use crate::api::{EvidenceFile, EvidenceWritten, LedgerEvidence, ServiceError};

/// Media types by the ending of a file's name. What is not here is told as bytes.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("avif", "image/avif"),
    ("csv", "text/csv"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("mp4", "video/mp4"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
    ("webp", "image/webp"),
];

/// Of a file of whose form nothing is known.
const BYTES: &str = "application/octet-stream";

fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let known = MEDIA_TYPES.iter().find(|(known, _)| ending.as_deref() == Some(*known));
    known.map_or(BYTES, |(_, media_type)| media_type)
}

/// What a file is called when it is written out: by its hash, since its own name is told to nobody.
fn name_of(hash: FileHash, media_type: &str) -> String {
    let known = MEDIA_TYPES.iter().find(|(_, known)| *known == media_type);
    let short: String = hash.to_string().chars().take(16).collect();
    format!("{short}.{}", known.map_or("bin", |(ending, _)| ending))
}

impl Commons {
    /// Takes files in as evidence. Nothing names them before the record is written: `taking_in` is asked for meanwhile.
    pub(super) fn take_evidence(&self, paths: &[PathBuf]) -> Result<Vec<Evidence>, ServiceError> {
        let take = |path: &PathBuf| {
            let (hash, len) = self.files.put_path(path)?;
            Ok(Evidence::File { hash, len, media_type: media_type(path).to_owned() })
        };
        paths.iter().map(take).collect()
    }

    /// `ledger evidence`.
    pub(in crate::commons) fn ledger_evidence(
        &self,
        wanted: &LedgerEvidence,
    ) -> Result<EvidenceWritten, ServiceError> {
        let (id, shown) = {
            let entries = self.entries();
            let id = contribution_id(&entries, &wanted.record)?;
            (id, entries.entry(&id)?.personal().and_then(PersonalPart::read))
        };
        let evidence = shown.into_iter().flat_map(|part| part.evidence);
        let files: Vec<(FileHash, String)> = evidence
            .filter_map(|evidence| match evidence {
                Evidence::File { hash, media_type, .. } => Some((hash, media_type)),
                _ => None,
            })
            .collect();
        if files.is_empty() {
            return Err(ServiceError::user(format!("{} shows no files", id.short()))
                .hint("see what it shows with: aronde ledger show"));
        }
        let cannot = |doing: &str, error: &std::io::Error| {
            ServiceError::config(format!("cannot {doing} {}: {error}", wanted.out.display()))
                .hint("choose a folder that you can write to, on a disk with room")
        };
        fs::create_dir_all(&wanted.out).map_err(|error| cannot("create", &error))?;
        let root = wanted.out.canonicalize().map_err(|error| cannot("open", &error))?;
        let mut done = EvidenceWritten { id, out: root.clone(), files: Vec::new(), missing: Vec::new() };
        for (hash, media_type) in files {
            let name = name_of(hash, &media_type);
            if !self.files.has(hash) {
                done.missing.push(name);
                continue;
            }
            let target = root.join(&name);
            if target.symlink_metadata().is_ok() && !same(&target, hash) {
                return Err(ServiceError::user(format!("{} is something else already", target.display()))
                    .hint("choose an empty folder"));
            }
            let path = FilePath::parse(&name).map_err(ServiceError::internal)?;
            let bytes = self.write_file(&root, &path, hash)?;
            done.files.push(EvidenceFile { name, media_type, bytes });
        }
        Ok(done)
    }
}
