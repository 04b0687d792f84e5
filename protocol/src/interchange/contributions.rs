//! Tables of contributions: one row, or one commit, to one or more records.
//!
//! The header of the public corpus of hardware histories is known without a map ([`KNOWN`]): a row is a commit, its author
//! and each co-author did `work`, each reviewer `cite`, of one `{commit}` each. For any other table a [`Map`] says which
//! column is what. Whatever the columns, a row that can't be read is a finding with its line, and the others are taken.
//!
//! A claim is known again by its source: a hash of what names its row, what was done and by whom. Two rows that are the
//! same in all that names them are told apart by counting, so a table that says a thing twice says it twice each time.
//!
//! Deliberately absent: guessing what a column means; who a name is; anything written.

use std::collections::{BTreeMap, HashMap};

use csv::{ReaderBuilder, StringRecord};
use rust_decimal::Decimal;

use crate::id::SourceHash;
use crate::limits;
use crate::quantity::Quantity;
use crate::record::Evidence;
use crate::record::contribution::Happened;

pub mod git;
pub mod map;

#[cfg(test)]
mod tests;

pub use map::{Map, MapError};

/// The header that is known without a map.
pub const KNOWN: [&str; 14] = [
    "repo",
    "commit",
    "author_id",
    "committer_id",
    "authored_at",
    "committed_at",
    "is_merge",
    "n_files",
    "lines_added",
    "lines_removed",
    "binary_files",
    "path_kinds",
    "co_author_ids",
    "reviewer_ids",
];

/// A table that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file is too large.
    #[error("the file is larger than {} MB", limits::CONTRIBUTIONS_FILE_MAX / 1024 / 1024)]
    TooLarge,
    /// It has no header that is known, and there is no map.
    #[error("its columns are \"{0}\", which says nothing here without a map")]
    Unknown(String),
    /// The map names a column that the table doesn't have.
    #[error("it has no column \"{0}\"; its columns are \"{1}\"")]
    NoColumn(String, String),
}

/// What is not quite right in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: u64,
    /// What it is.
    pub reason: String,
}

/// One claim that a row makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The line of its row, from 1.
    pub line: u64,
    /// By what it is known again.
    pub source: SourceHash,
    /// Who did it, as the row calls them.
    pub person: String,
    /// What was done.
    pub action: String,
    /// How much.
    pub quantity: Quantity,
    /// What was worked with or made.
    pub resource: Option<String>,
    /// In what capacity.
    pub role: Option<String>,
    /// When.
    pub happened: Option<Happened>,
    /// In words.
    pub note: Option<String>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// What a table says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Its claims, in its order.
    pub claims: Vec<Claim>,
    /// How many rows it has, the header apart.
    pub rows: u64,
    /// What of it was left out.
    pub findings: Vec<Finding>,
}

impl Table {
    /// Adds what a row says, each claim with its source.
    fn take(&mut self, claims: Vec<Keyed>, seen: &mut HashMap<[u8; 32], u64>) {
        for (key, claim) in claims {
            let times = seen.entry(*blake3::hash(&key).as_bytes()).or_default();
            let source = source(&key, *times);
            *times += 1;
            self.claims.push(Claim { source, ..claim });
        }
    }

    fn finding(&mut self, line: u64, reason: impl Into<String>) {
        self.findings.push(Finding { line, reason: reason.into() });
    }
}

/// Reads a table.
///
/// # Errors
/// It is too large, or its columns are not known.
pub fn read(bytes: &[u8], map: Option<&Map>) -> Result<Table, TableError> {
    if bytes.len() > limits::CONTRIBUTIONS_FILE_MAX {
        return Err(TableError::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        ReaderBuilder::new().flexible(true).has_headers(true).delimiter(delimiter(bytes)).from_reader(bytes);
    let header = reader.byte_headers().cloned().unwrap_or_default();
    let header: Vec<String> =
        header.iter().map(|cell| String::from_utf8_lossy(cell).trim().chars().take(80).collect()).collect();
    let columns: HashMap<&str, usize> =
        header.iter().enumerate().rev().map(|(at, name)| (name.as_str(), at)).collect();
    let shown = || header.join(", ").chars().take(400).collect::<String>();
    let plan = match map {
        Some(map) => Plan::Mapped(Box::new(
            map.plan(&columns).map_err(|column| TableError::NoColumn(column, shown()))?,
        )),
        None if KNOWN.iter().all(|name| columns.contains_key(name)) => {
            Plan::Commits(KNOWN.map(|name| columns.get(name).copied().unwrap_or(usize::MAX)))
        }
        None => return Err(TableError::Unknown(shown())),
    };
    let mut table = Table::default();
    let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
    for record in reader.byte_records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                table.finding(line, "the line can't be read as cells");
                continue;
            }
        };
        table.rows += 1;
        if table.rows > limits::CONTRIBUTIONS_ROWS_MAX as u64 {
            let line = record.position().map_or(0, csv::Position::line);
            let most = limits::CONTRIBUTIONS_ROWS_MAX;
            table.finding(line, format!("a table has at most {most} rows; the rest was left out, split it"));
            break;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let Ok(record) = StringRecord::from_byte_record(record) else {
            table.finding(line, "the row is not text in UTF-8");
            continue;
        };
        if record.len() != header.len() {
            table.finding(
                line,
                format!("the row has {} cells, and the header {}", record.len(), header.len()),
            );
            continue;
        }
        let row = Row { line, cells: &record };
        let read = match &plan {
            Plan::Commits(columns) => row.commit(columns),
            Plan::Mapped(plan) => plan.claim(&row).map(|claim| vec![claim]),
        };
        match read {
            Ok(claims) => table.take(claims, &mut seen),
            Err(reason) => table.finding(line, reason),
        }
    }
    Ok(table)
}

/// What a row's cells mean.
enum Plan {
    /// The columns of [`KNOWN`].
    Commits([usize; 14]),
    Mapped(Box<map::Columns>),
}

/// By what a claim is known again: what names it, and how many of the same came before it in the table.
fn source(key: &[u8], before: u64) -> SourceHash {
    let bytes = [key, b"\0", &before.to_be_bytes()].concat();
    SourceHash(blake3::derive_key("aronde 2026 source of a contribution", &bytes))
}

/// Names in an order, so that no two lists of names are the same bytes.
fn key<'a>(parts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut key = Vec::new();
    for part in parts {
        key.extend((part.len() as u64).to_be_bytes());
        key.extend(part.as_bytes());
    }
    key
}

/// A comma, a semicolon or a tab: whatever the header has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let cells = |delimiter: u8| header.split(|b| *b == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| cells(*delimiter)).unwrap_or(b',')
}

/// A row of a table.
struct Row<'a> {
    line: u64,
    cells: &'a StringRecord,
}

/// A claim before it is known how often it comes, with what names it.
type Keyed = (Vec<u8>, Claim);

impl Row<'_> {
    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", str::trim)
    }

    /// A row of the known header.
    fn commit(&self, columns: &[usize; 14]) -> Result<Vec<Keyed>, String> {
        let [repo, commit, author, _, authored_at, _, _, _, added, removed, _, kinds, co_authors, reviewers] =
            columns.map(|column| self.cell(column));
        if repo.is_empty() || commit.is_empty() {
            return Err("a row without a repository or a commit names nothing".to_owned());
        }
        for text in [repo, commit] {
            if text.len() > limits::EVIDENCE_TEXT_MAX {
                return Err(format!("a name has more than {} bytes", limits::EVIDENCE_TEXT_MAX));
            }
        }
        let at =
            time(authored_at).ok_or_else(|| format!("authored_at is no time: \"{}\"", short(authored_at)))?;
        let lines = |name: &str, text: &str| match text {
            "" => Ok(None),
            text => {
                let wrong = |_| format!("{name} is no whole number: \"{}\"", short(text));
                text.parse::<u64>().map(Some).map_err(wrong)
            }
        };
        let mut people = vec![("work", author)];
        people.extend(named(co_authors).map(|name| ("work", name)));
        people.extend(named(reviewers).map(|name| ("cite", name)));
        let commit = Commit {
            repository: repo,
            id: commit,
            at,
            people,
            added: lines("lines_added", added)?,
            removed: lines("lines_removed", removed)?,
            paths: path_kinds(kinds)?,
        };
        commit.claims(self.line)
    }
}

/// Ids of people, with blanks or semicolons between them.
fn named(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c: char| c == ';' || c.is_whitespace()).filter(|name| !name.is_empty())
}

/// A commit, as it is read from a table or a history.
struct Commit<'a> {
    repository: &'a str,
    id: &'a str,
    at: u64,
    /// What each did, the author first.
    people: Vec<(&'static str, &'a str)>,
    added: Option<u64>,
    removed: Option<u64>,
    paths: BTreeMap<String, u64>,
}

impl Commit<'_> {
    fn claims(self, line: u64) -> Result<Vec<Keyed>, String> {
        let Self { repository, id, at, added, removed, paths, .. } = self;
        // Nobody is named twice for one thing.
        let mut people = Vec::new();
        for (action, name) in self.people {
            check_name(name)?;
            if !people.contains(&(action, name)) {
                people.push((action, name));
            }
        }
        if people.len() > limits::CONTRIBUTION_PEOPLE_MAX {
            return Err(format!("a row names at most {} people", limits::CONTRIBUTION_PEOPLE_MAX));
        }
        let evidence = vec![
            Evidence::Commit { repository: repository.to_owned(), id: id.to_owned() },
            Evidence::Change { added, removed, paths },
        ];
        let claim = |(action, name): (&str, &str)| {
            let claim = Claim {
                line,
                source: SourceHash([0; 32]),
                person: name.to_owned(),
                action: action.to_owned(),
                quantity: Quantity { amount: Decimal::ONE, unit: "{commit}".to_owned() },
                resource: None,
                role: None,
                happened: Some(Happened::At(at)),
                note: None,
                evidence: evidence.clone(),
            };
            (key(["commit", repository, id, action, name]), claim)
        };
        Ok(people.into_iter().map(claim).collect())
    }
}

/// `cad:26;doc:38` as counts.
fn path_kinds(text: &str) -> Result<BTreeMap<String, u64>, String> {
    let mut kinds = BTreeMap::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let read = part
            .rsplit_once(':')
            .and_then(|(kind, count)| Some((kind.trim(), count.trim().parse::<u64>().ok()?)));
        let (kind, count) =
            read.ok_or_else(|| format!("path_kinds is no list of kind:count: \"{}\"", short(text)))?;
        if kind.len() > limits::KIND_MAX || kinds.len() >= limits::EVIDENCE_PATHS_MAX {
            return Err("path_kinds has too many kinds, or too long ones".to_owned());
        }
        kinds.insert(kind.to_owned(), count);
    }
    Ok(kinds)
}

/// That a text can be the name of an agent.
fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("a row without a name says nothing of anybody".to_owned());
    }
    if name.len() > limits::AGENT_NAME_MAX {
        return Err(format!("a name has more than {} bytes", limits::AGENT_NAME_MAX));
    }
    Ok(())
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A time as RFC 3339 writes it, or a day, which stands for its first moment in UTC; in ms since 1970.
pub fn time(text: &str) -> Option<u64> {
    let text = text.trim();
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let mut parts = day.split('-').map(number);
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let start = day_of(year, month, date)?;
    if rest.is_empty() {
        return Some(start);
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, zone) = rest.split_at(rest.find(['Z', 'z', '+', '-'])?);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(number);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    if hours > 23 || minutes > 59 || seconds > 60 || parts.next().is_some() {
        return None;
    }
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let ms = number(&format!("{fraction:0<3}").chars().take(3).collect::<String>())?;
    let offset = match zone {
        "Z" | "z" => 0,
        zone => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let (hours, minutes) = (number(hours)?, number(minutes)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let ahead = i64::try_from((hours * 60 + minutes) * 60_000).ok()?;
            if zone.starts_with('-') { -ahead } else { ahead }
        }
    };
    let within = i64::try_from(hours * 3_600_000 + minutes * 60_000 + seconds * 1_000 + ms).ok()?;
    let at = i64::try_from(start).ok()? + within - offset;
    u64::try_from(at).ok().filter(|at| *at <= limits::AT_MAX)
}

fn number(text: &str) -> Option<u64> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

/// The first moment of a day in UTC, in ms since 1970.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
fn day_of(year: u64, month: u64, day: u64) -> Option<u64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if year < 1970 || day == 0 || day > length {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted / 400, shifted % 400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    days.checked_sub(719_468).map(|days| days * 86_400_000)
}
