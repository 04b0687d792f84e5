//! A file's path inside its design.
//!
//! A path comes from a stranger and is written to disk by whoever fetches the design, so it is data
//! until it is a [`FilePath`]: relative, going only down, and the same name on Linux, macOS and
//! Windows. Names that start with a dot are ordinary (`.gitignore`, `.github/…`), but nothing that any
//! of these systems takes for `.git` passes, because a repository's settings can run commands.
//!
//! A name that can't be carried is an error and never a file left out: files name each other, so only
//! their owner can rename one, and a design that lacks a file should not come into being unnoticed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::limits::{FILE_NAME_MAX, FILE_PATH_DEPTH_MAX, FILE_PATH_MAX};
use crate::printable::is_hidden;

/// Why a text is not a path that a design can carry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilePathError {
    /// Nothing, or a name of nothing between two `/`.
    #[error("\"{0}\" has an empty name in it; write names with single / between them")]
    Empty(String),
    /// Starts at a root.
    #[error("\"{0}\" is an absolute path; a design's files are named relative to its folder")]
    Absolute(String),
    /// `.` or `..`.
    #[error("\"{0}\" leaves its folder with . or ..; a design's files lie inside its folder")]
    Leaves(String),
    /// A character that some system refuses or that hides what is written.
    #[error(
        "\"{path}\" has the character {character} in it, which not every system can write; rename the file"
    )]
    Character {
        /// The path, shortened and made printable.
        path: String,
        /// The character, as U+XXXX.
        character: String,
    },
    /// Not in Unicode normal form C.
    #[error("\"{0}\" is not in Unicode normal form C, so two systems would write two names")]
    NotNormal(String),
    /// A name on disk whose bytes are no text.
    #[error("\"{0}\" has a name that is not Unicode text; rename the file")]
    NotText(String),
    /// Blank at either end, or a dot at the end.
    #[error("\"{0}\" has a name that begins or ends with a blank or ends with a dot; rename the file")]
    Edge(String),
    /// `CON`, `aux.txt` and the like.
    #[error("\"{0}\" has a name that Windows keeps for a device; rename the file")]
    Device(String),
    /// The folder of a git repository, in any disguise.
    #[error("\"{0}\" lies in a .git folder, whose settings can run commands; it is never carried")]
    Git(String),
    /// Over a limit.
    #[error("\"{path}\" is too long or too deep ({what}); shorten it")]
    Limit {
        /// The path, shortened.
        path: String,
        /// Which limit, with figures.
        what: String,
    },
    /// Two paths that one disk would take for one.
    #[error("\"{first}\" and \"{second}\" are the same name on some systems; rename one of them")]
    Collision {
        /// The path that came first in order.
        first: String,
        /// The other.
        second: String,
    },
}

/// A checked relative path, `/` between names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(String);

impl FilePath {
    /// Checks a path as it must be on the wire and in documents.
    pub fn parse(text: &str) -> Result<Self, FilePathError> {
        check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// Checks a path as a disk gives it: some systems hand out decomposed names, which become normal
    /// form C here.
    pub fn from_disk(text: &str) -> Result<Self, FilePathError> {
        Self::parse(&text.nfc().collect::<String>())
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder it lies in; empty at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// What the name ends with after its last dot, in lower case; empty when there is none.
    pub fn extension(&self) -> String {
        match self.name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension.to_lowercase(),
            _ => String::new(),
        }
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FilePath {
    type Err = FilePathError;
    fn from_str(text: &str) -> Result<Self, FilePathError> {
        Self::parse(text)
    }
}

impl Serialize for FilePath {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FilePath {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// Checks that no two of these paths fall together on a system that ignores case or joiners, and that
/// none is the folder of another.
pub fn check_collisions<'a>(paths: impl IntoIterator<Item = &'a FilePath>) -> Result<(), FilePathError> {
    let mut files: BTreeMap<String, &FilePath> = BTreeMap::new();
    for path in paths {
        if let Some(first) = files.insert(folded(path.as_str()), path) {
            return Err(collision(first, path));
        }
    }
    for (key, path) in &files {
        for (end, _) in key.match_indices('/') {
            let folder = key.get(..end).unwrap_or_default();
            if let Some(file) = files.get(folder) {
                return Err(collision(file, path));
            }
        }
    }
    Ok(())
}

fn collision(first: &FilePath, second: &FilePath) -> FilePathError {
    FilePathError::Collision { first: first.to_string(), second: second.to_string() }
}

/// What a case-blind system compares: without joiners, in one case, decomposed and composed again.
/// Upper then lower also joins what has no simple pair, such as `ß` and `SS`.
fn folded(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !is_joiner(*c)).nfd().collect();
    plain.to_uppercase().to_lowercase().nfc().collect()
}

/// Zero width (non-)joiner: needed to write Persian or Hindi, ignored by some file systems.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Printable and short, for messages.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(120).flat_map(printable).collect();
    if text.chars().nth(120).is_some() {
        shown.push('…');
    }
    shown
}

fn printable(c: char) -> Vec<char> {
    if is_hidden(c) { c.escape_unicode().collect() } else { vec![c] }
}

fn check(text: &str) -> Result<(), FilePathError> {
    let limit = |what: String| FilePathError::Limit { path: shown(text), what };
    if text.len() > FILE_PATH_MAX {
        return Err(limit(format!("{} bytes, at most {FILE_PATH_MAX}", text.len())));
    }
    if text.starts_with('/') {
        return Err(FilePathError::Absolute(shown(text)));
    }
    if let Some(c) = text.chars().find(|c| is_hidden(*c) || is_forbidden(*c)) {
        let character = format!("U+{:04X}", u32::from(c));
        return Err(FilePathError::Character { path: shown(text), character });
    }
    if !is_nfc(text) {
        return Err(FilePathError::NotNormal(shown(text)));
    }
    let depth = text.split('/').count();
    if depth > FILE_PATH_DEPTH_MAX {
        return Err(limit(format!("{depth} names, at most {FILE_PATH_DEPTH_MAX}")));
    }
    for name in text.split('/') {
        check_name(name, text)?;
    }
    Ok(())
}

fn check_name(name: &str, path: &str) -> Result<(), FilePathError> {
    if name.is_empty() {
        return Err(FilePathError::Empty(shown(path)));
    }
    if name == "." || name == ".." {
        return Err(FilePathError::Leaves(shown(path)));
    }
    if name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace) || name.ends_with('.') {
        return Err(FilePathError::Edge(shown(path)));
    }
    if name.len() > FILE_NAME_MAX {
        let what = format!("a name of {} bytes, at most {FILE_NAME_MAX}", name.len());
        return Err(FilePathError::Limit { path: shown(path), what });
    }
    if is_git(name) {
        return Err(FilePathError::Git(shown(path)));
    }
    if is_device(name) {
        return Err(FilePathError::Device(shown(path)));
    }
    Ok(())
}

/// Whether a folder or file of this name is, or passes for, a git repository's own: `.git` in any case,
/// with joiners, or by its short name on Windows.
pub fn is_git(name: &str) -> bool {
    let folded = folded(name);
    folded == ".git"
        || folded
            .strip_prefix("git~")
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

/// Names that Windows keeps for devices, whatever follows the first dot.
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") {
        return true;
    }
    stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).is_some_and(|port| {
        let mut port = port.chars();
        matches!(port.next(), Some('0'..='9' | '¹' | '²' | '³')) && port.next().is_none()
    })
}

/// What Windows refuses in a name.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\\' | ':' | '<' | '>' | '"' | '|' | '?' | '*')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_of_real_packages_are_carried() {
        for path in [
            "okh.toml",
            ".gitignore",
            ".github/workflows/ci.yml",
            ".gitmodules",
            "Photos/IMG_6281 (1).JPG",
            "src/elec/Converter_DCDC.3dshapes/Converter (2), v1.0+b & 'c' #3 @[x] {y} ~$%!=;^`.step",
            "Hardware/Frame/Frame",
            "plans/pièce n°4 – vue d'ensemble.pdf",
            "文档/装配说明.md",
            "نمی\u{200c}خواهم.md",
            "console.log",
            "com10.txt",
            "auxiliary/contents",
        ] {
            assert_eq!(FilePath::parse(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn a_path_that_leaves_its_folder_is_refused() {
        for path in ["../x", "a/../../x", "a/..", "./a", "a/./b", ".."] {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Leaves(_))), "{path}");
        }
        for path in ["/etc/passwd", "//host/share"] {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Absolute(_))), "{path}");
        }
        for path in ["C:\\x", "C:/x", "a\\..\\b", "a:stream", "nul\0.txt"] {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Character { .. })), "{path}");
        }
    }

    #[test]
    fn names_that_some_system_cannot_write_are_refused() {
        for path in
            ["CON", "aux.txt", "a/nul.tar.gz", "Com1", "LPT¹.x", "conout$", "con .txt", "auxiliary/con"]
        {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Device(_))), "{path}");
        }
        for path in ["a ", " a", "a.", "a./b", "a /b", "\u{a0}a"] {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Edge(_))), "{path}");
        }
        for path in ["", "a//b", "a/"] {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Empty(_))), "{path}");
        }
        for path in ["a?b", "a*b", "a|b", "a<b", "a\"b", "a\nb", "a\u{7f}"] {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Character { .. })), "{path:?}");
        }
    }

    #[test]
    fn names_that_hide_what_they_are_are_refused_and_shown_plainly() {
        for path in ["invoice\u{202e}fdp.exe", "a\u{200b}b", "\u{feff}a", "a\u{2066}b", "a\u{e0041}"] {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Character { .. })), "{path:?}");
        }
        let text = FilePath::parse("invoice\u{202e}fdp.exe").unwrap_err().to_string();
        assert!(text.contains("\\u{202e}") && text.contains("U+202E") && !text.contains('\u{202e}'));
    }

    #[test]
    fn no_disguise_of_a_git_folder_passes() {
        for path in
            [".git/config", "a/.GIT/hooks/post-checkout", ".g\u{200c}it/config", "git~1/config", ".git"]
        {
            assert!(matches!(FilePath::parse(path), Err(FilePathError::Git(_))), "{path}");
        }
    }

    #[test]
    fn lengths_and_depths_are_bounded() {
        assert!(FilePath::parse(&"a".repeat(FILE_NAME_MAX)).is_ok());
        assert!(FilePath::parse(&"a".repeat(FILE_NAME_MAX + 1)).is_err());
        assert!(FilePath::parse(&vec!["a"; FILE_PATH_DEPTH_MAX].join("/")).is_ok());
        assert!(FilePath::parse(&vec!["a"; FILE_PATH_DEPTH_MAX + 1].join("/")).is_err());
        assert!(FilePath::parse(&vec!["abcdefgh".repeat(20); 4].join("/")).is_err());
    }

    #[test]
    fn a_decomposed_name_is_carried_composed_and_only_composed() {
        assert!(matches!(FilePath::parse("pie\u{300}ce"), Err(FilePathError::NotNormal(_))));
        assert_eq!(FilePath::from_disk("pie\u{300}ce").unwrap().as_str(), "pièce");
    }

    #[test]
    fn paths_that_one_disk_takes_for_one_collide() {
        let set = |paths: &[&str]| {
            let paths: Vec<_> = paths.iter().map(|p| FilePath::parse(p).unwrap()).collect();
            check_collisions(&paths)
        };
        assert!(set(&["README.md", "docs/README.md", "readme.txt"]).is_ok());
        for pair in [
            ["README.md", "readme.md"],
            ["Straße.md", "STRASSE.md"],
            ["a/b", "A"],
            ["Ärger", "ärger"],
            ["ﬁn", "fin"],
            ["x", "x"],
        ] {
            assert!(matches!(set(&pair), Err(FilePathError::Collision { .. })), "{pair:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_accepted_stays_inside_its_folder(text in "(\\.\\.?|[a-zA-Z. ~:\\\\]{0,6}|\\PC{0,3})(/(\\.\\.?|[a-z. ]{0,4})){0,4}") {
            if let Ok(path) = FilePath::parse(&text) {
                let path = std::path::Path::new(path.as_str());
                proptest::prop_assert!(path.components().all(|c| matches!(c, std::path::Component::Normal(_))));
            }
        }
    }
}
