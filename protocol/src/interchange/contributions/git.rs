//! A git history as `git log` writes it in a fixed form, to the same claims as a table of commits.
//!
//! The program is asked ([`ARGUMENTS`]) and not a library: whoever has a git history has git, it follows every odd
//! corner of its own format, and its output is a stable interface; a library that reads histories would be some sixty
//! packages more in what ships.
//!
//! A commit is known by its full id, wherever the repository lies. Names are taken through the repository's `.mailmap`;
//! addresses are left where they are.

use std::collections::{BTreeMap, HashMap};

use super::{Commit, Table, short, time};
use crate::limits;

/// What `git` is asked, after `-C FOLDER`. Nothing that the repository's configuration names is run.
pub const ARGUMENTS: [&str; 13] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
    "--no-pager",
    "log",
    "--no-show-signature",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--numstat",
    "--no-renames",
    FORMAT,
];

/// A commit begins with a record separator; its fields end with unit separators, and the changes follow line by line.
const FORMAT: &str = "--format=%x1e%H%x1f%aN%x1f%aI%x1f\
%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x1d)%x1f\
%(trailers:key=Reviewed-by,valueonly,unfold,separator=%x1d)%x1f";

/// Reads what `git log` wrote. `repository` is what the evidence calls it.
pub fn read(bytes: &[u8], repository: &str) -> Table {
    let mut table = Table::default();
    let mut seen = HashMap::new();
    for (number, record) in bytes.split(|byte| *byte == 0x1e).skip(1).enumerate() {
        let line = number as u64 + 1;
        table.rows += 1;
        if table.rows > limits::CONTRIBUTIONS_ROWS_MAX as u64 {
            let most = limits::CONTRIBUTIONS_ROWS_MAX;
            table.finding(
                line,
                format!("a history has at most {most} commits here; the older ones were left out"),
            );
            break;
        }
        match commit(&String::from_utf8_lossy(record), line, repository) {
            Ok(claims) => table.take(claims, &mut seen),
            Err(reason) => table.finding(line, reason),
        }
    }
    table
}

fn commit(record: &str, line: u64, repository: &str) -> Result<Vec<super::Keyed>, String> {
    let mut fields = record.splitn(6, '\u{1f}');
    let mut next = || fields.next().ok_or_else(|| "it is no commit as git log writes it".to_owned());
    let (id, author, at, co_authors, reviewers, changes) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    if id.len() < 40 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(format!("\"{}\" is no commit", short(id)));
    }
    let at = time(at)
        .ok_or_else(|| format!("the commit {} has no time after 1970: \"{}\"", short(id), short(at)))?;
    let mut people = vec![("work", author.trim())];
    people.extend(names(co_authors).map(|name| ("work", name)));
    people.extend(names(reviewers).map(|name| ("cite", name)));
    let (mut added, mut removed, mut paths) = (0_u64, 0_u64, BTreeMap::new());
    for change in changes.lines().filter(|line| !line.trim().is_empty()) {
        let mut cells = change.splitn(3, '\t');
        let (plus, minus, path) = (cells.next(), cells.next(), cells.next().unwrap_or_default());
        // A binary file has a dash in the place of its lines.
        let count = |text: Option<&str>| text.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        added = added.saturating_add(count(plus));
        removed = removed.saturating_add(count(minus));
        let kind = extension(path);
        if paths.len() < limits::EVIDENCE_PATHS_MAX || paths.contains_key(kind) {
            *paths.entry(kind.to_owned()).or_default() += 1;
        }
    }
    Commit { repository, id, at, people, added: Some(added), removed: Some(removed), paths }.claims(line)
}

/// The names in trailers, without their addresses.
fn names(trailers: &str) -> impl Iterator<Item = &str> {
    let name = |trailer: &'_ str| trailer.find('<').unwrap_or(trailer.len());
    trailers
        .split('\u{1d}')
        .map(move |trailer| trailer.get(..name(trailer)).unwrap_or_default().trim())
        .filter(|name| !name.is_empty())
}

/// What a path is, by its extension; `other` where that says nothing.
fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let plain = |b: u8| b.is_ascii_alphanumeric();
    if !extension.is_empty() && extension.len() <= 16 && extension.bytes().all(plain) {
        extension
    } else {
        "other"
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::record::Evidence;

    #[test]
    fn a_history_is_read_with_its_trailers_and_without_addresses() {
        let id = "e0da81e03d26e0da81e03d26e0da81e03d26e0da";
        let written = format!(
            "\u{1e}{id}\u{1f}Maker A\u{1f}2026-11-20T10:00:00+01:00\u{1f}Maker B <b@example.org>\u{1d}Maker A <a@example.org>\u{1f}\
             Maker C <c@example.org>\u{1f}\n\n3\t1\tdoc/read.md\n-\t-\tpress.FCStd\n\u{1e}broken\u{1f}"
        );
        let table = read(written.as_bytes(), "press");
        let said: Vec<_> = table.claims.iter().map(|c| (c.action.as_str(), c.person.as_str())).collect();
        assert_eq!(said, [("work", "Maker A"), ("work", "Maker B"), ("cite", "Maker C")]);
        let paths = [("md".to_owned(), 1), ("FCStd".to_owned(), 1)].into();
        assert_eq!(table.claims[0].evidence[1], Evidence::Change { added: Some(3), removed: Some(1), paths });
        assert_eq!((table.rows, table.findings.len()), (2, 1));
        assert!(!format!("{table:?}").contains("example.org"));
    }
}
