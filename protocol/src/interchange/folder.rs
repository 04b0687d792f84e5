//! A folder of files as a design: its manifest, its bills of materials, what each file is for.
//!
//! Pure: the files are given by path, hash and length, and the few that have to be read are asked for.
//! What is handed over is checked against its hash, so a file that changes under the import is noticed.
//!
//! Invariants: every file given is in the draft, the manifest too. A path in the manifest that names no
//! file is a finding. Two manifests are never mixed: one is taken, the others are named.

mod roles;

use std::collections::BTreeSet;

use crate::document::draft::{DesignDraft, DraftFile};
use crate::file_path::{FilePath, FilePathError, check_collisions};
use crate::id::FileHash;
use crate::interchange::okh::{self, OkhError, Reference};
use crate::interchange::{Finding, Findings, Given, bom};
use crate::licence::{self, LicenceError};
use crate::limits::{
    BOM_FILES_MAX, BOM_LINES_MAX, BOM_MAX, DESIGN_FILES_MAX, DESIGN_LEN_MAX, FILE_MAX, MANIFEST_MAX,
    TITLE_MAX,
};
use crate::printable::shown;

/// A file as it lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFile {
    /// Its path in the folder.
    pub path: FilePath,
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// Its length in bytes.
    pub len: u64,
}

/// Why a folder can't be taken as a design.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    /// Nothing in it.
    #[error("the folder holds no file")]
    Empty,
    /// More files than a design may have.
    #[error("the folder holds {0} files, at most {DESIGN_FILES_MAX} make one design; import a part of it")]
    TooMany(usize),
    /// A file over the limit.
    #[error("{path} has {len} bytes, at most {FILE_MAX} are carried; make it smaller or move it out")]
    TooLong {
        /// Which file.
        path: FilePath,
        /// Its length.
        len: u64,
    },
    /// All files together over the limit.
    #[error(
        "the folder's files have {0} bytes together, at most {DESIGN_LEN_MAX} make one design; import a part of it"
    )]
    TooMuch(u64),
    /// Names that fall together.
    #[error(transparent)]
    Path(#[from] FilePathError),
    /// A manifest that can't be read.
    #[error("{path}: {error}")]
    Manifest {
        /// Which file.
        path: FilePath,
        /// Why.
        error: OkhError,
    },
    /// No manifest, and something not given in its place.
    #[error("there is no Open Know-How manifest (okh.toml, okh.yml) at the top of the folder{}, so give {}", elsewhere.as_ref().map(|p| format!(" (only {p})")).unwrap_or_default(), missing.join(", "))]
    NoManifest {
        /// What has to be given.
        missing: Vec<&'static str>,
        /// A manifest deeper in the folder.
        elsewhere: Option<FilePath>,
    },
    /// A given licence that is none.
    #[error(transparent)]
    Licence(#[from] LicenceError),
    /// A given title that is too long.
    #[error("the title has {0} bytes, at most {TITLE_MAX} are taken; shorten it")]
    Title(usize),
    /// A file that could not be read.
    #[error("{path} can't be read: {reason}")]
    Read {
        /// Which file.
        path: FilePath,
        /// Why.
        reason: String,
    },
    /// A file that was another when it was hashed.
    #[error("{0} changed while it was read; import again when nothing writes to the folder")]
    Changed(FilePath),
}

/// A folder read as a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The design with its files.
    pub draft: DesignDraft,
    /// The manifest it was read from.
    pub manifest: Option<FilePath>,
    /// What should be known.
    pub findings: Vec<Finding>,
}

/// What to take for the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// Whichever lies at the top of the folder.
    AtTop,
    /// This file, whatever its name.
    This(&'a FilePath),
}

/// Reads a folder as a design. `read` hands over a file's bytes, at most as many as its length.
pub fn assemble(
    mut files: Vec<FolderFile>,
    choice: Choice<'_>,
    given: &Given,
    mut read: impl FnMut(&FilePath) -> Result<Vec<u8>, String>,
) -> Result<Import, FolderError> {
    bounded(&files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    check_collisions(files.iter().map(|file| &file.path))?;
    let given = checked(given)?;
    let mut findings = Findings::default();
    let manifest = match choice {
        Choice::This(path) => Some(path.clone()),
        Choice::AtTop => choose(&files, &mut findings),
    };
    let (draft, lists_parts, references) = match &manifest {
        Some(path) => {
            let bytes = bytes(&files, path, MANIFEST_MAX, &mut read)?;
            let manifest = okh::read(&bytes, &given)
                .map_err(|error| FolderError::Manifest { path: path.clone(), error })?;
            findings.append(manifest.findings);
            (manifest.draft, manifest.lists_parts, manifest.references)
        }
        None => (without_manifest(&files, &given, &mut findings)?, false, Vec::new()),
    };
    let mut folder = Folder { files: &files, draft, findings };
    let roles = folder.roles(manifest.as_ref(), &references);
    if !lists_parts {
        folder.tables(&roles, &mut read)?;
    }
    let Folder { mut draft, findings, .. } = folder;
    draft.files = files
        .into_iter()
        .map(|file| DraftFile {
            role: roles.get(&file.path).map(|role| (*role).to_owned()),
            path: file.path.as_str().to_owned(),
            hash: file.hash,
            len: file.len,
        })
        .collect();
    Ok(Import { draft, manifest, findings: findings.into_vec() })
}

fn bounded(files: &[FolderFile]) -> Result<(), FolderError> {
    match files.len() {
        0 => return Err(FolderError::Empty),
        count if count > DESIGN_FILES_MAX => return Err(FolderError::TooMany(count)),
        _ => {}
    }
    if let Some(file) = files.iter().find(|file| file.len > FILE_MAX) {
        return Err(FolderError::TooLong { path: file.path.clone(), len: file.len });
    }
    let sum = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.len));
    if sum > DESIGN_LEN_MAX { Err(FolderError::TooMuch(sum)) } else { Ok(()) }
}

/// What is given is meant: it is refused when it is wrong, not proposed about.
fn checked(given: &Given) -> Result<Given, FolderError> {
    let said = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let title = said(&given.title);
    if let Some(title) = title.as_ref().filter(|title| title.len() > TITLE_MAX) {
        return Err(FolderError::Title(title.len()));
    }
    let licence = said(&given.licence).map(|text| licence::parse(&text)).transpose()?;
    Ok(Given { title, licence, function: said(&given.function) })
}

/// Whether a file is named as a manifest, and how early it is taken. `okh-<thing>.yml` is one too.
fn rank(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    match name.as_str() {
        "okh.toml" => return Some(0),
        "okh.yml" => return Some(1),
        "okh.yaml" => return Some(2),
        "okh.json" => return Some(3),
        _ => {}
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let right = matches!(extension, "toml" | "yml" | "yaml" | "json");
    let is_named = stem.starts_with("okh-") || stem.rsplit('.').next() == Some("okh");
    (right && is_named).then_some(4)
}

/// The manifest at the top of the folder; others there are named.
fn choose(files: &[FolderFile], findings: &mut Findings) -> Option<FilePath> {
    let mut found: Vec<(u8, &FilePath)> = files
        .iter()
        .filter(|file| file.path.folder().is_empty())
        .filter_map(|file| Some((rank(file.path.name())?, &file.path)))
        .collect();
    found.sort_unstable();
    let (_, taken) = found.first()?;
    for (_, other) in found.iter().skip(1) {
        findings.add(other.as_str(), format!("is a manifest too and was not read; {taken} is taken"));
    }
    Some((*taken).clone())
}

fn without_manifest(
    files: &[FolderFile],
    given: &Given,
    findings: &mut Findings,
) -> Result<DesignDraft, FolderError> {
    let (Some(title), Some(licence), Some(function)) = (&given.title, &given.licence, &given.function) else {
        let wanted = [("title", &given.title), ("licence", &given.licence), ("function", &given.function)];
        let missing = wanted.into_iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        let elsewhere = files.iter().map(|file| &file.path).find(|path| rank(path.name()).is_some());
        return Err(FolderError::NoManifest { missing, elsewhere: elsewhere.cloned() });
    };
    if let Some(why) = licence::closed(licence) {
        findings.add("licence", why);
    }
    Ok(DesignDraft {
        title: title.clone(),
        licence: Some(licence.clone()),
        function: Some(function.clone()),
        ..DesignDraft::default()
    })
}

/// A file's bytes, checked.
fn bytes(
    files: &[FolderFile],
    path: &FilePath,
    limit: usize,
    read: &mut impl FnMut(&FilePath) -> Result<Vec<u8>, String>,
) -> Result<Vec<u8>, FolderError> {
    let fault = |reason: String| FolderError::Read { path: path.clone(), reason };
    let file =
        files.iter().find(|file| file.path == *path).ok_or_else(|| fault("it is not there".to_owned()))?;
    if file.len > limit as u64 {
        return Err(fault(format!("it has {} bytes, at most {limit} are read", file.len)));
    }
    let bytes = read(path).map_err(fault)?;
    if FileHash::of(&bytes) == file.hash { Ok(bytes) } else { Err(FolderError::Changed(path.clone())) }
}

/// A design in the making.
struct Folder<'a> {
    files: &'a [FolderFile],
    draft: DesignDraft,
    findings: Findings,
}

impl Folder<'_> {
    /// What each file is for: by the manifest, else by its name. A field of the manifest that the roles
    /// carry whole is no longer kept beside them.
    fn roles(&mut self, manifest: Option<&FilePath>, references: &[Reference]) -> roles::Roles {
        let mut roles = roles::Roles::new();
        if let Some(path) = manifest {
            roles.insert(path.clone(), "manifest");
        }
        let own = roles::own_pages(&self.draft.unknown);
        let base = manifest.map_or("", |path| path.folder());
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        for reference in references {
            let matched = roles::matches(self.files, base, &own, reference, &mut self.findings);
            let mut carried = reference.whole && matched.exact;
            for path in matched.paths {
                let role = *roles.entry(path).or_insert(reference.role);
                carried = carried && role == reference.role;
            }
            if !carried {
                kept.insert(&reference.top);
            }
        }
        for reference in references.iter().filter(|r| !kept.contains(r.top.as_str())) {
            self.draft.unknown.remove(&reference.top);
        }
        let has_bom = !self.draft.bom.is_empty() || roles.values().any(|role| *role == "bom");
        for file in self.files.iter().filter(|file| !roles.contains_key(&file.path)).collect::<Vec<_>>() {
            match roles::by_name(&file.path) {
                Some("bom") if has_bom => {}
                Some(role) => {
                    if role == "bom" {
                        self.findings.add(file.path.as_str(), "is taken for a bill of materials by its name");
                    }
                    roles.insert(file.path.clone(), role);
                }
                None => {}
            }
        }
        roles
    }

    /// Reads the bills of materials: those the manifest names; if it names none that is there and lists
    /// no parts itself, those that are named as such.
    fn tables(
        &mut self,
        roles: &roles::Roles,
        read: &mut impl FnMut(&FilePath) -> Result<Vec<u8>, String>,
    ) -> Result<(), FolderError> {
        let tables: Vec<&FolderFile> =
            self.files.iter().filter(|file| roles.get(&file.path) == Some(&"bom")).collect();
        for (at, file) in tables.into_iter().enumerate() {
            let name = file.path.as_str();
            if at == BOM_FILES_MAX {
                self.findings.add(
                    name,
                    format!(
                        "and what follows are more than {BOM_FILES_MAX} bills of materials and were not read"
                    ),
                );
                break;
            }
            if file.len > BOM_MAX as u64 {
                self.findings.add(
                    name,
                    format!("is not read as a bill of materials: it has more than {BOM_MAX} bytes"),
                );
                continue;
            }
            let bytes = bytes(self.files, &file.path, BOM_MAX, read)?;
            match bom::read(name, &bytes) {
                Ok(bom) => {
                    let room = BOM_LINES_MAX - self.draft.bom.len().min(BOM_LINES_MAX);
                    if bom.parts.len() > room {
                        self.findings.add(
                            name,
                            format!(
                                "brings more than {BOM_LINES_MAX} parts; {} are not read",
                                bom.parts.len() - room
                            ),
                        );
                    }
                    self.draft.bom.extend(bom.parts.into_iter().take(room));
                    self.findings.append(bom.findings);
                }
                Err(why) => {
                    self.findings.add(
                        name,
                        format!("is not read as a bill of materials: {}", shown(&why.to_string())),
                    );
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    fn listed(files: &[(&str, &str)]) -> Vec<FolderFile> {
        let file = |(path, text): &(&str, &str)| FolderFile {
            path: FilePath::parse(path).unwrap(),
            hash: FileHash::of(text.as_bytes()),
            len: text.len() as u64,
        };
        files.iter().map(file).collect()
    }

    fn import(files: &[(&str, &str)]) -> Result<Import, FolderError> {
        assemble(listed(files), Choice::AtTop, &Given::default(), |wanted| {
            Ok(files.iter().find(|(path, _)| *path == wanted.as_str()).unwrap().1.as_bytes().to_vec())
        })
    }

    fn role<'a>(import: &'a Import, path: &str) -> Option<&'a str> {
        import.draft.files.iter().find(|f| f.path == path).unwrap().role.as_deref()
    }

    fn told(import: &Import, field: &str) -> Vec<String> {
        import.findings.iter().filter(|f| f.field == field).map(|f| f.what.clone()).collect()
    }

    #[test]
    fn the_manifest_says_what_files_are_for_in_any_of_its_ways() {
        let manifest = "title: x\nimage: ./Photo%201.jpg\nbom: PARTS.CSV\nproject-link: https://example.org/m/x\n\
            design-files:\n  - path: cad/\n  - path: https://example.org/m/x/blob/main/board.sch\n\
            tool-list: Hammer, saw\nsoftware:\n  - path: https://example.org/other\n";
        let import = import(&[
            ("okh.yml", manifest),
            ("Photo 1.jpg", "p"),
            ("parts.csv", "Part,Qty\nnut,4\n"),
            ("cad/a.step", "a"),
            ("cad/b/c.step", "c"),
            ("board.sch", "b"),
            ("other.txt", "o"),
        ])
        .unwrap();
        for (path, meant) in [
            ("okh.yml", Some("manifest")),
            ("Photo 1.jpg", Some("image")),
            ("parts.csv", Some("bom")),
            ("cad/a.step", Some("source")),
            ("cad/b/c.step", Some("source")),
            ("board.sch", Some("source")),
            ("other.txt", None),
        ] {
            assert_eq!(role(&import, path), meant, "{path}");
        }
        assert_eq!(import.draft.bom.len(), 1);
        assert!(told(&import, "bom")[0].contains("parts.csv"));
        assert!(told(&import, "tool-list")[0].contains("kept as text"));
        assert!(told(&import, "software[0].path").is_empty(), "what lies elsewhere is not missed");
        // The manifest said more than the roles do.
        for field in ["image", "bom", "design-files", "tool-list", "software"] {
            assert!(import.draft.unknown.contains_key(field), "{field}");
        }
    }

    #[test]
    fn a_file_named_for_two_uses_keeps_both_sayings() {
        let manifest =
            "okhv = '2.4'\nname = 'x'\nimage = 'a.png'\nsource = ['a.png', 'b.png']\nexport = 'c.png'\n";
        let import =
            import(&[("okh.toml", manifest), ("a.png", "a"), ("b.png", "b"), ("c.png", "c")]).unwrap();
        assert_eq!((role(&import, "a.png"), role(&import, "b.png")), (Some("image"), Some("source")));
        let kept: Vec<&str> = import.draft.unknown.keys().map(String::as_str).collect();
        assert_eq!(kept, ["okhv", "source"]);
    }

    #[test]
    fn tables_are_taken_by_name_only_when_the_manifest_lists_no_parts() {
        let table = "Part,Qty\nnut,4\n";
        let by_name =
            import(&[("okh.yml", "title: x\nbom: gone.csv\n"), ("a/board_bom.csv", table)]).unwrap();
        assert_eq!(by_name.draft.bom.len(), 1);
        assert!(told(&by_name, "a/board_bom.csv")[0].contains("by its name"));
        let listed =
            import(&[("okh.yml", "title: x\nbom: [{part: nut}]\n"), ("a/board_bom.csv", table)]).unwrap();
        assert_eq!((listed.draft.bom.len(), role(&listed, "a/board_bom.csv")), (1, None));
        let other = import(&[("okh.yml", "title: x\nbom: bom.pdf\n"), ("bom.pdf", "%PDF\0")]).unwrap();
        assert!(told(&other, "bom.pdf")[0].contains("not a text table"));
    }

    #[test]
    fn two_manifests_are_never_mixed() {
        let import =
            import(&[("okh.yml", "title: b\n"), ("okh-a.yml", "title: a\n"), ("OKH.toml", "name = 'c'\n")])
                .unwrap();
        assert_eq!(
            (import.draft.title.as_str(), import.manifest.as_ref().unwrap().as_str()),
            ("c", "OKH.toml")
        );
        assert_eq!((told(&import, "okh.yml").len(), told(&import, "okh-a.yml").len()), (1, 1));
        assert_eq!(import.draft.files.len(), 3);
    }

    #[test]
    fn a_file_that_changes_under_the_import_is_noticed() {
        let files = listed(&[("okh.toml", "name = 'a'")]);
        let result = assemble(files, Choice::AtTop, &Given::default(), |_| Ok(b"name = 'b'".to_vec()));
        assert_eq!(result, Err(FolderError::Changed(FilePath::parse("okh.toml").unwrap())));
        let files = listed(&[("okh.toml", "name = 'a'")]);
        let text = assemble(files, Choice::AtTop, &Given::default(), |_| Err("disk".into()))
            .unwrap_err()
            .to_string();
        assert_eq!(text, "okh.toml can't be read: disk");
    }

    #[test]
    fn counts_and_sizes_are_bounded() {
        let file = |n: usize, len| FolderFile {
            path: FilePath::parse(&format!("f{n}")).unwrap(),
            hash: FileHash::of(b""),
            len,
        };
        let result = |files| assemble(files, Choice::AtTop, &Given::default(), |_| Ok(Vec::new()));
        assert_eq!(result(Vec::new()), Err(FolderError::Empty));
        let many = DESIGN_FILES_MAX + 1;
        assert_eq!(result((0..many).map(|n| file(n, 0)).collect()), Err(FolderError::TooMany(many)));
        assert!(matches!(result(vec![file(0, FILE_MAX + 1)]), Err(FolderError::TooLong { .. })));
        assert!(matches!(result((0..17).map(|n| file(n, FILE_MAX)).collect()), Err(FolderError::TooMuch(_))));
    }
}
