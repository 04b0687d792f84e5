//! A folder on disk as a design.
//!
//! Goals: every regular file of the folder is taken, by its hash, whatever its size up to the limits;
//! what isn't a file is told; what can't be read or carried is an error that names it.
//!
//! Invariants: links are never followed, so nothing outside the folder is taken. `.git` is not taken at
//! any depth. Memory does not grow with the files: they are hashed as they stream by, and only the
//! manifest and bills of materials are held, below their own limits.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use aronde_protocol::document::draft::DesignDraft;
use aronde_protocol::file_path::{FilePath, FilePathError, is_git};
use aronde_protocol::id::FileHash;
use aronde_protocol::interchange::folder::{self, Choice, FolderError, FolderFile};
use aronde_protocol::interchange::{Finding, Given};
use aronde_protocol::limits::{DESIGN_FILES_MAX, DESIGN_LEN_MAX, FILE_MAX, FILE_PATH_DEPTH_MAX};
use walkdir::WalkDir;

/// Why a path can't be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing there, or neither a folder nor a file.
    #[error("{} is neither a folder nor a file; give the folder of a design or a manifest", .0.display())]
    NoFolder(PathBuf),
    /// A file or folder that can't be read.
    #[error("{} can't be read: {error}; make it readable or move it out of the folder", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Names that a design can't carry, all of them, so that they can be renamed in one go.
    #[error("{}", names(.0))]
    Names(Vec<FilePathError>),
    /// More folders and links than a design has files.
    #[error("{} holds more than {ENTRIES_MAX} files, folders and links; is it the folder of one design?", .0.display())]
    TooManyEntries(PathBuf),
    /// Over a limit or not a design.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Files, folders and links looked at: a wrong folder (a home, a disk) is noticed early.
const ENTRIES_MAX: usize = 4 * DESIGN_FILES_MAX;
/// Shown of the names that can't be carried; the count says how many there are.
const NAMES_SHOWN: usize = 5;

fn names(errors: &[FilePathError]) -> String {
    let mut text: Vec<String> = errors.iter().take(NAMES_SHOWN).map(ToString::to_string).collect();
    if errors.len() > NAMES_SHOWN {
        text.push(format!("and {} more", errors.len() - NAMES_SHOWN));
    }
    text.join("; ")
}

/// A file of the design and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path in the design.
    pub path: FilePath,
    /// Where its bytes are.
    pub on_disk: PathBuf,
    /// BLAKE3 of its bytes as they were read. Whoever copies them checks them against it again.
    pub hash: FileHash,
    /// Their length.
    pub len: u64,
}

/// A design read from disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The design with its files.
    pub draft: DesignDraft,
    /// The manifest it was read from, if any.
    pub manifest: Option<FilePath>,
    /// What should be known.
    pub findings: Vec<Finding>,
    /// The files to take in, by path.
    pub files: Vec<SourceFile>,
}

/// Reads the folder of a design, or a manifest on its own. Blocks while files are read and hashed.
pub fn import(path: &Path, given: &Given) -> Result<Imported, ImportError> {
    let unreadable = |error| ImportError::Read { path: path.to_owned(), error };
    let kind = match std::fs::metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ImportError::NoFolder(path.to_owned()));
        }
        Err(error) => return Err(unreadable(error)),
    };
    let (files, findings) = if kind.is_dir() {
        walk(path)?
    } else if kind.is_file() {
        (vec![single(path)?], Vec::new())
    } else {
        return Err(ImportError::NoFolder(path.to_owned()));
    };
    let choice = match files.first() {
        Some(file) if kind.is_file() => Choice::This(&file.path),
        _ => Choice::AtTop,
    };
    let listed = files
        .iter()
        .map(|file| FolderFile { path: file.path.clone(), hash: file.hash, len: file.len })
        .collect();
    let mut import = folder::assemble(listed, choice, given, |wanted| {
        let file = files.iter().find(|file| file.path == *wanted).ok_or("it is not there")?;
        let mut bytes = Vec::new();
        // Never more than was counted, even if the file grows meanwhile.
        let source = File::open(&file.on_disk).map_err(|e| e.to_string())?;
        source.take(file.len).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        Ok(bytes)
    })?;
    import.findings.extend(findings);
    Ok(Imported { draft: import.draft, manifest: import.manifest, findings: import.findings, files })
}

fn single(path: &Path) -> Result<SourceFile, ImportError> {
    let name = path.file_name().ok_or_else(|| ImportError::NoFolder(path.to_owned()))?;
    let in_design = in_design(Path::new(name)).path.map_err(|error| ImportError::Names(vec![error]))?;
    taken(in_design, path, 0)
}

/// Every regular file below a folder, in order of path, and what else was found.
fn walk(root: &Path) -> Result<(Vec<SourceFile>, Vec<Finding>), ImportError> {
    let mut files: Vec<SourceFile> = Vec::new();
    let mut findings = Vec::new();
    let mut wrong = Vec::new();
    let mut sum = 0_u64;
    let walk = WalkDir::new(root)
        .min_depth(1)
        // One deeper than a path may be, so that a folder that is too deep is refused by name.
        .max_depth(FILE_PATH_DEPTH_MAX + 1)
        .follow_links(false)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !is_git(&entry.file_name().to_string_lossy()));
    for (count, entry) in walk.enumerate() {
        if count == ENTRIES_MAX {
            return Err(ImportError::TooManyEntries(root.to_owned()));
        }
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(root).to_owned();
            let error = error.into_io_error().unwrap_or_else(|| std::io::Error::other("the folder loops"));
            ImportError::Read { path, error }
        })?;
        let kind = entry.file_type();
        let too_deep = kind.is_dir() && entry.depth() > FILE_PATH_DEPTH_MAX;
        if kind.is_dir() && !too_deep {
            continue;
        }
        let relative = in_design(entry.path().strip_prefix(root).unwrap_or(entry.path()));
        if !kind.is_file() && !too_deep {
            let what = if kind.is_symlink() {
                "is a link and was not taken; put the file itself in its place"
            } else {
                "is not a regular file and was not taken"
            };
            findings.push(Finding { field: relative.shown, what: what.to_owned() });
            continue;
        }
        match relative.path {
            Ok(path) => {
                if files.len() == DESIGN_FILES_MAX {
                    return Err(FolderError::TooMany(files.len() + 1).into());
                }
                if path.as_str() != relative.shown {
                    let what = format!("is carried as {path}, its name in Unicode normal form C");
                    findings.push(Finding { field: relative.shown, what });
                }
                let file = taken(path, entry.path(), sum)?;
                sum += file.len;
                files.push(file);
            }
            Err(error) => wrong.push(error),
        }
    }
    if wrong.is_empty() { Ok((files, findings)) } else { Err(ImportError::Names(wrong)) }
}

/// A path on disk as it would be in a design.
struct InDesign {
    shown: String,
    path: Result<FilePath, FilePathError>,
}

fn in_design(relative: &Path) -> InDesign {
    let names: Vec<_> = relative.iter().map(|name| name.to_string_lossy()).collect();
    let shown = names.join("/");
    let path = match relative.to_str() {
        Some(_) => FilePath::from_disk(&shown),
        None => Err(FilePathError::NotText(shown.clone())),
    };
    InDesign { shown, path }
}

/// Hashes a file as it streams by. `before` is the length of those already taken.
fn taken(path: FilePath, on_disk: &Path, before: u64) -> Result<SourceFile, ImportError> {
    let unreadable = |error| ImportError::Read { path: on_disk.to_owned(), error };
    let mut source = File::open(on_disk).map_err(unreadable)?;
    let told = source.metadata().map_err(unreadable)?.len();
    let bounded = |len: u64, path: &FilePath| {
        if len > FILE_MAX {
            return Err(FolderError::TooLong { path: path.clone(), len });
        }
        let sum = before.saturating_add(len);
        if sum > DESIGN_LEN_MAX { Err(FolderError::TooMuch(sum)) } else { Ok(()) }
    };
    // Before the reading by what the disk says, after it by what was read.
    bounded(told, &path)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader((&mut source).take(FILE_MAX + 1)).map_err(unreadable)?;
    let len = hasher.count();
    bounded(len, &path)?;
    let hash = FileHash(*hasher.finalize().as_bytes());
    Ok(SourceFile { path, on_disk: on_disk.to_owned(), hash, len })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    const MANIFEST: &str = "okhv = \"2.4\"\nname = \"Lamp\"\nrepo = \"https://example.org/lamp\"\nlicense = \"MIT\"\n\
        licensor = \"Maker A\"\nfunction = \"Gives light\"\nbom = \"bom.csv\"\n";

    fn paths(imported: &Imported) -> Vec<&str> {
        imported.files.iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn every_regular_file_but_those_of_git_is_taken_with_its_hash() {
        let folder = folder(&[
            ("okh.toml", MANIFEST),
            ("bom.csv", "Part,Qty\nnut,4\n"),
            (".gitignore", "x"),
            (".github/ci.yml", "y"),
            (".git/config", "z"),
            ("lib/.git", "gitdir: elsewhere"),
            ("cad/lamp.step", ""),
        ]);
        let imported = import(folder.path(), &Given::default()).unwrap();
        assert_eq!(
            paths(&imported),
            [".github/ci.yml", ".gitignore", "bom.csv", "cad/lamp.step", "okh.toml"]
        );
        assert_eq!(imported.findings, []);
        assert_eq!((imported.draft.title.as_str(), imported.draft.bom.len()), ("Lamp", 1));
        assert_eq!(imported.files[1].hash, FileHash::of(b"x"));
        assert_eq!((imported.files[3].hash, imported.files[3].len), (FileHash::of(b""), 0));
        assert_eq!(imported.draft.files.len(), 5);
        for (file, source) in imported.draft.files.iter().zip(&imported.files) {
            assert_eq!(
                (file.path.as_str(), file.hash, file.len),
                (source.path.as_str(), source.hash, source.len)
            );
        }
    }

    #[test]
    fn a_manifest_on_its_own_is_a_design() {
        let folder = folder(&[("anything.txt", MANIFEST), ("bom.csv", "Part,Qty\nnut,4\n")]);
        let imported = import(&folder.path().join("anything.txt"), &Given::default()).unwrap();
        assert_eq!(paths(&imported), ["anything.txt"]);
        assert_eq!(imported.manifest.unwrap().as_str(), "anything.txt");
        assert!(imported.findings[0].what.contains("not in the folder"));
    }

    #[test]
    fn a_second_manifest_is_named_and_one_deeper_down_is_pointed_out() {
        let both = folder(&[
            ("okh.toml", MANIFEST),
            ("okh-lamp.yml", "title: Other\n"),
            ("bom.csv", "Part,Qty\nnut,4\n"),
        ]);
        let imported = import(both.path(), &Given::default()).unwrap();
        assert_eq!(imported.draft.title, "Lamp");
        assert_eq!(imported.findings[0].field, "okh-lamp.yml");

        let deeper = folder(&[("docs/okh.yml", "title: Other\n")]);
        let text = import(deeper.path(), &Given::default()).unwrap_err().to_string();
        assert!(text.contains("docs/okh.yml") && text.contains("title, licence, function"), "{text}");
    }

    #[test]
    fn what_is_given_is_checked_and_goes_before_the_manifest() {
        let folder = folder(&[("okh.toml", MANIFEST), ("bom.csv", "Part,Qty\nnut,4\n")]);
        let given = Given { licence: Some("GPLv3".into()), ..Given::default() };
        let text = import(folder.path(), &given).unwrap_err().to_string();
        assert!(text.contains("GPLv3") && text.contains("GPL-3.0-only"), "{text}");
        let given =
            Given { title: Some("Mine".into()), licence: Some("CERN-OHL-S-2.0".into()), function: None };
        let imported = import(folder.path(), &given).unwrap();
        assert_eq!(imported.draft.title, "Mine");
        assert_eq!(imported.draft.licence.as_deref(), Some("CERN-OHL-S-2.0"));
    }

    #[test]
    fn a_path_in_a_manifest_that_leads_out_is_not_followed() {
        let outer = folder(&[
            ("secret.csv", "Part,Qty\nnut,4\n"),
            ("in/okh.toml", &MANIFEST.replace("bom.csv", "../secret.csv")),
        ]);
        let imported = import(&outer.path().join("in"), &Given::default()).unwrap();
        assert_eq!((imported.draft.bom.len(), paths(&imported)), (0, vec!["okh.toml"]));
        assert!(
            imported.findings.iter().any(|f| f.field == "bom" && f.what.contains("leads out of the folder"))
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let folder = folder(&[("okh.toml", "name = \"Lamp\"\nlicense = ")]);
        let text = import(folder.path(), &Given::default()).unwrap_err().to_string();
        assert!(text.contains("okh.toml") && text.contains("line 2"), "{text}");
        let nowhere = folder.path().join("nowhere");
        assert!(matches!(import(&nowhere, &Given::default()), Err(ImportError::NoFolder(_))));
        let empty = tempfile::tempdir().unwrap();
        let text = import(empty.path(), &Given::default()).unwrap_err().to_string();
        assert!(text.contains("no file"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_told_and_never_followed() {
        use std::os::unix::fs::symlink;
        let outer =
            folder(&[("secret.txt", "s"), ("in/okh.toml", MANIFEST), ("in/bom.csv", "Part,Qty\nnut,4\n")]);
        symlink("../secret.txt", outer.path().join("in/link.txt")).unwrap();
        symlink("..", outer.path().join("in/loop")).unwrap();
        let imported = import(&outer.path().join("in"), &Given::default()).unwrap();
        assert_eq!(paths(&imported), ["bom.csv", "okh.toml"]);
        let told: Vec<&str> = imported.findings.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(told, ["link.txt", "loop"]);
    }

    #[cfg(unix)]
    #[test]
    fn names_that_cannot_be_carried_are_all_named() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let mut files =
            vec![("okh.toml", MANIFEST), ("a:b.txt", ""), ("aux.c", ""), ("end.", ""), ("q?.md", "")];
        let folder = folder(&files);
        std::fs::write(folder.path().join(OsStr::from_bytes(b"caf\xe9.txt")), "").unwrap();
        let Err(ImportError::Names(wrong)) = import(folder.path(), &Given::default()) else { panic!() };
        assert_eq!(wrong.len(), 5);
        files.truncate(1);
        let text = ImportError::Names(wrong).to_string();
        assert!(text.contains("a:b.txt") && text.contains("aux.c") && text.contains("rename"), "{text}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_fall_together_elsewhere_are_refused_and_decomposed_ones_are_told() {
        let pair = folder(&[("okh.toml", MANIFEST), ("Readme.md", ""), ("README.md", "")]);
        let text = import(pair.path(), &Given::default()).unwrap_err().to_string();
        assert!(text.contains("Readme.md") && text.contains("README.md"), "{text}");

        let decomposed =
            folder(&[("okh.toml", MANIFEST), ("bom.csv", "Part,Qty\nnut,4\n"), ("pie\u{300}ce.txt", "")]);
        let imported = import(decomposed.path(), &Given::default()).unwrap();
        assert!(paths(&imported).contains(&"pièce.txt"));
        assert!(imported.findings[0].what.contains("normal form C"));
    }

    #[test]
    fn a_folder_that_is_too_deep_or_too_large_is_refused() {
        let deep = format!("{}/x", vec!["d"; FILE_PATH_DEPTH_MAX].join("/"));
        let folder = folder(&[("okh.toml", MANIFEST), (&deep, "")]);
        assert!(matches!(import(folder.path(), &Given::default()), Err(ImportError::Names(_))));

        let large = tempfile::tempdir().unwrap();
        File::create(large.path().join("sparse.stl")).unwrap().set_len(FILE_MAX + 1).unwrap();
        let text = import(large.path(), &Given::default()).unwrap_err().to_string();
        assert!(text.contains("sparse.stl"), "{text}");
    }

    #[test]
    fn the_real_packages_come_in_whole() {
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
        let data = PathBuf::from(std::env::var("ARONDE_DATA").unwrap_or_else(|_| default.to_owned()));
        let designs = data.join("designs");
        if !designs.is_dir() {
            eprintln!("SKIPPED: no real packages at {} (set ARONDE_DATA)", designs.display());
            return;
        }
        let given = Given {
            title: Some("MPPT 1210 HUS".into()),
            licence: Some("CERN-OHL-W-2.0".into()),
            function: Some("Solar charge controller".into()),
        };
        for (name, given, files, parts) in [
            ("OPEN-NEXT__LOSH-dummy-MOSH-A", Given::default(), 12, 13),
            ("TheTesla__OSH-CMM-LogicBoard", Given::default(), 29, 0),
            ("FOSH-following-demand__Syringe_Pump", Given::default(), 28, 16),
            ("LibreSolar__mppt-1210-hus", given, 29, 50),
        ] {
            let imported = import(&designs.join(name), &given).unwrap();
            assert_eq!((imported.files.len(), imported.draft.bom.len()), (files, parts), "{name}");
            for file in &imported.files {
                assert_eq!(file.hash, FileHash::of(&std::fs::read(&file.on_disk).unwrap()), "{}", file.path);
            }
        }
    }
}
