//! Which files a manifest's paths mean, and what a file's name says when no manifest does.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::FolderFile;
use crate::document::value::Value;
use crate::file_path::FilePath;
use crate::interchange::okh::Reference;
use crate::interchange::{Findings, bom};
use crate::printable::shown;

/// What each file is for.
pub(super) type Roles = BTreeMap<FilePath, &'static str>;

/// The files that a reference means.
#[derive(Default)]
pub(super) struct Matched {
    pub(super) paths: Vec<FilePath>,
    /// Whether the path of the one file says all that was written.
    pub(super) exact: bool,
}

/// Finds the files of a reference; where there are none, says so.
pub(super) fn matches(
    files: &[FolderFile],
    base: &str,
    own: &[String],
    reference: &Reference,
    findings: &mut Findings,
) -> Matched {
    let target = reference.target.as_str();
    let field = shown(&reference.field);
    let (target, address) = match within_own_pages(target, own) {
        Some(path) => (path, true),
        None if is_address(target) => return Matched::default(),
        None => (target.to_owned(), false),
    };
    let Some(path) = joined(base, &target) else {
        findings.add(
            field,
            format!(
                "\"{}\" leads out of the folder and is not followed; move the file into it",
                shown(&target)
            ),
        );
        return Matched::default();
    };
    let found = find(files, &path).or_else(|| find(files, &joined(base, &unescaped(&target))?));
    if let Some((paths, same)) = found {
        if let (false, Some(first)) = (same, paths.first()) {
            findings.add(
                field,
                format!("\"{}\" is written otherwise than {first}, which is taken", shown(&target)),
            );
        }
        let exact =
            same && !address && paths.len() == 1 && paths.first().is_some_and(|p| p.as_str() == target);
        return Matched { paths, exact };
    }
    if bom::looks_like_path(&target) {
        findings.add(field, format!("\"{}\" names a file that is not in the folder", shown(&target)));
    } else {
        findings.add(field, format!("\"{}\" is not the path of a file; it is kept as text", shown(&target)));
    }
    Matched::default()
}

fn is_address(target: &str) -> bool {
    target.contains("://")
        || target.starts_with("www.")
        || target.starts_with("mailto:")
        || target.starts_with("doi:")
}

/// A path from the manifest's folder, or from the top when it starts with `/`, with `.` and `..` worked
/// out. `None` when it leads out.
fn joined(base: &str, target: &str) -> Option<String> {
    let target: String = target.replace('\\', "/").nfc().collect();
    let start = if target.starts_with('/') { "" } else { base };
    let mut names: Vec<&str> = start.split('/').filter(|name| !name.is_empty()).collect();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// The file of this path, else the files in the folder of this path; by exact name, else regardless of
/// case. The flag says whether the name is exact.
fn find(files: &[FolderFile], path: &str) -> Option<(Vec<FilePath>, bool)> {
    if path.is_empty() {
        return None;
    }
    let paths = |wanted: &dyn Fn(&str) -> bool| -> Vec<FilePath> {
        files.iter().filter(|f| wanted(f.path.as_str())).map(|f| f.path.clone()).collect()
    };
    let lower = path.to_lowercase();
    let inside =
        |file: &str, folder: &str| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    [
        (paths(&|file| file == path), true),
        (paths(&|file| inside(file, path)), true),
        (paths(&|file| file.to_lowercase() == lower), false),
        (paths(&|file| inside(&file.to_lowercase(), &lower)), false),
    ]
    .into_iter()
    .find(|(paths, _)| !paths.is_empty())
}

/// `%20` as a blank; the text as it is when that gives no text.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (byte, tail)
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
            && let Ok(code) = u8::try_from(high * 16 + low)
        {
            bytes.push(code);
            rest = after;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Hosts and names of the repositories that the manifest calls its own: `github.com/owner/name`.
pub(super) fn own_pages(unknown: &BTreeMap<String, Value>) -> Vec<String> {
    ["repo", "repository", "project-link", "documentation-home"]
        .iter()
        .filter_map(|name| {
            let page = unknown.get(*name)?.as_text()?.split_once("://")?.1;
            let names: Vec<&str> = page.trim_end_matches('/').split('/').take(3).collect();
            (names.len() == 3).then(|| names.join("/").trim_end_matches(".git").to_lowercase())
        })
        .collect()
}

/// The path in the repository when an address shows one of its own files:
/// `https://github.com/owner/name/blob/main/bom.csv`.
fn within_own_pages(target: &str, own: &[String]) -> Option<String> {
    let (_, address) = target.split_once("://")?;
    let address = address.split(['?', '#']).next()?;
    let names: Vec<&str> = address.split('/').collect();
    let (host, rest) = names.split_first()?;
    let (owner, rest) = rest.split_first()?;
    let (name, rest) = rest.split_first()?;
    let raw = *host == "raw.githubusercontent.com";
    let host = if raw { "github.com" } else { host };
    if !own.contains(&format!("{host}/{owner}/{name}").to_lowercase()) {
        return None;
    }
    let rest = match rest {
        // main/path
        [_, path @ ..] if raw => path,
        // blob/main/path, and -/blob/main/path
        ["blob" | "raw" | "tree", _, path @ ..] | ["-", "blob" | "raw" | "tree", _, path @ ..] => path,
        _ => return None,
    };
    (!rest.is_empty()).then(|| rest.join("/"))
}

/// What a file's name says it is for.
pub(super) fn by_name(path: &FilePath) -> Option<&'static str> {
    let name = path.name().to_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    if path.folder().is_empty() {
        match stem {
            "readme" => return Some("readme"),
            "license" | "licence" | "copying" => return Some("licence"),
            "contributing" => return Some("contribution-guide"),
            _ => {}
        }
    }
    if path.folder() == "LICENSES" {
        return Some("licence");
    }
    let is_table = matches!(path.extension().as_str(), "csv" | "tsv");
    (is_table && is_bom_name(path)).then_some("bom")
}

/// `bom.csv`, `board_bom.csv`, `sBoM.csv`, `bill_of_materials.csv`, and tables in a folder of such a name.
fn is_bom_name(path: &FilePath) -> bool {
    let folder = path.folder().rsplit('/').next().unwrap_or_default();
    let stem = path.name().rsplit_once('.').map_or(path.name(), |(stem, _)| stem);
    [stem, folder].iter().any(|name| {
        let name = name.to_lowercase();
        let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
        let joined = words.concat();
        words.iter().any(|word| {
            matches!(*word, "bom" | "boms" | "sbom" | "stückliste" | "stueckliste" | "nomenclature")
        }) || joined.contains("billofmaterial")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out_of_the_folder() {
        for (base, target, meant) in [
            ("", "./a/b.csv", Some("a/b.csv")),
            ("parts/ring", "../../docs/a.png", Some("docs/a.png")),
            ("parts/ring", "/docs/a.png", Some("docs/a.png")),
            ("", "a\\b.csv", Some("a/b.csv")),
            ("", "../secret", None),
            ("a", "../../secret", None),
            ("", "a/../../secret", None),
            ("", "/../secret", None),
        ] {
            assert_eq!(joined(base, target).as_deref(), meant, "{target}");
        }
    }

    #[test]
    fn addresses_of_the_own_repository_mean_its_files() {
        let own = vec!["github.com/maker/lamp".to_owned()];
        for (address, path) in [
            ("https://github.com/Maker/Lamp/blob/main/docs/bom.csv", Some("docs/bom.csv")),
            ("https://raw.githubusercontent.com/maker/lamp/main/bom.csv?x=1", Some("bom.csv")),
            ("https://github.com/maker/lamp/tree/main/cad", Some("cad")),
            ("https://github.com/maker/other/blob/main/bom.csv", None),
            ("https://github.com/maker/lamp", None),
            ("bom.csv", None),
        ] {
            assert_eq!(within_own_pages(address, &own).as_deref(), path, "{address}");
        }
    }

    #[test]
    fn escapes_are_undone_only_when_they_are_some() {
        for (text, meant) in
            [("a%20b", "a b"), ("100%", "100%"), ("%zz", "%zz"), ("%ff", "%ff"), ("%C3%A9", "é")]
        {
            assert_eq!(unescaped(text), meant);
        }
    }
}
