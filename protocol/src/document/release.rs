//! What a release of a document says, and what stands in its way.

use semver::Version;

use super::draft::DraftItem;
use super::materialise::Document;
use super::schema::{FILES, design};
use super::value::Value;
use crate::file_path::{FilePath, check_collisions};
use crate::id::{EntryId, FileHash, MembershipId};
use crate::licence;
use crate::record::release::{ReleaseFacts, ReleasedFile, ReleasedSource};

/// Why a document cannot be released as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// Fields with several values.
    #[error("nobody has decided between the values of {}", .0.join(", "))]
    Conflicts(Vec<String>),
    /// Edits that were skipped.
    #[error("{0} of its edits do not fit and were left out")]
    LeftOut(usize),
    /// A text that is no version.
    #[error("\"{0}\" is not a version as Semantic Versioning writes it ({1})")]
    Version(String, String),
    /// No title.
    #[error("it has no title")]
    NoTitle,
    /// No licence.
    #[error("it has no licence, so nobody may make it")]
    NoLicence,
    /// A licence that is no SPDX expression.
    #[error("{0}")]
    Licence(#[from] licence::LicenceError),
    /// A file whose path, hash or length cannot be listed.
    #[error("{0}")]
    File(String),
    /// Files whose bytes are not here.
    #[error("the bytes of {} are not here", .0.join(", "))]
    NotHere(Vec<String>),
}

/// A version as people write it: `1.2.0`, or `v1.2.0`.
///
/// # Errors
/// It is none.
pub fn version(text: &str) -> Result<Version, Obstacle> {
    let text = text.trim();
    let plain = text.strip_prefix(['v', 'V']).unwrap_or(text);
    Version::parse(plain).map_err(|why| Obstacle::Version(text.chars().take(80).collect(), why.to_string()))
}

/// What a release of a document says. `here` tells whether a file's bytes are held.
///
/// # Errors
/// All that stands in its way.
pub fn prepare(
    document: &Document,
    under: MembershipId,
    wanted: &str,
    here: impl Fn(FileHash) -> bool,
) -> Result<ReleaseFacts, Vec<Obstacle>> {
    let mut obstacles = Vec::new();
    let number = version(wanted).map_err(|why| obstacles.push(why)).ok();
    if !document.skipped.is_empty() {
        obstacles.push(Obstacle::LeftOut(document.skipped.len()));
    }
    let draft = document.settled().unwrap_or_else(|conflicts| {
        obstacles.push(Obstacle::Conflicts(conflicts.into_iter().map(|c| c.field).collect()));
        super::draft::Draft::default()
    });
    if obstacles.iter().any(|o| matches!(o, Obstacle::Conflicts(_))) {
        return Err(obstacles);
    }
    if draft.text("title").is_none() {
        obstacles.push(Obstacle::NoTitle);
    }
    match draft.text("licence").map(licence::parse) {
        None => obstacles.push(Obstacle::NoLicence),
        Some(Err(why)) => obstacles.push(why.into()),
        Some(Ok(_)) => {}
    }
    let mut files = Vec::new();
    for item in draft.items(FILES) {
        match file(item) {
            Ok(file) => files.push(file),
            Err(why) => obstacles.push(Obstacle::File(why)),
        }
    }
    files.sort();
    let paths: Vec<FilePath> =
        files.iter().filter_map(|f: &ReleasedFile| FilePath::parse(&f.path).ok()).collect();
    if let Err(why) = check_collisions(paths.iter()) {
        obstacles.push(Obstacle::File(why.to_string()));
    }
    let absent: Vec<String> = files.iter().filter(|f| !here(f.hash)).map(|f| f.path.clone()).collect();
    if !absent.is_empty() {
        obstacles.push(Obstacle::NotHere(absent));
    }
    match number {
        Some(number) if obstacles.is_empty() => Ok(ReleaseFacts {
            under,
            heads: document.heads(),
            title: draft.text("title").unwrap_or_default().to_owned(),
            version: number.to_string(),
            licence: draft.text("licence").unwrap_or_default().to_owned(),
            files,
            sources: draft.items(design::SOURCES).iter().map(source).collect(),
        }),
        _ => Err(obstacles),
    }
}

/// Whether a release's list of files, its title and its licence are those of the document at its heads. A release
/// that says otherwise was not written by honest software.
pub fn agrees(facts: &ReleaseFacts, document: &Document) -> bool {
    prepare(document, facts.under, &facts.version, |_| true).is_ok_and(|said| said == *facts)
}

fn file(item: &DraftItem) -> Result<ReleasedFile, String> {
    let path = item.text("path").ok_or("one of its files has no path")?;
    FilePath::parse(path).map_err(|why| why.to_string())?;
    let (hash, len) = match (item.fields.get("file"), item.fields.get("len")) {
        (Some(Value::File(hash)), Some(Value::Integer(len))) => {
            (*hash, u64::try_from(*len).unwrap_or(u64::MAX))
        }
        _ => return Err(format!("the file {path} has no hash or no length")),
    };
    Ok(ReleasedFile { path: path.to_owned(), hash, len })
}

fn source(item: &DraftItem) -> ReleasedSource {
    let text = |name: &str| item.text(name).map(str::to_owned);
    let release: Option<EntryId> = item.text("release").and_then(|id| id.parse().ok());
    let title = text("title").or_else(|| text("link")).or_else(|| text("release")).unwrap_or_default();
    ReleasedSource { title, release, link: text("link"), licence: text("licence") }
}
