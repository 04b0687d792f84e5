//! Compact runs: how consecutive entries of one log travel and rest.
//!
//! What repeats or follows by hashing is written once: author, log and federation of the whole run,
//! `prev` of all but the first, the hashes of parts that are there, and `seen`, `kind`, `subject`
//! and `deps` where they are as in the entry before (or, for `deps`, just `prev`).
//!
//! A run has no hash of its own and needs no canonical form: it expands to exactly one sequence of
//! canonical headers, and everything is checked on those. An entry of a newer rules level, whose
//! header may have more fields than are known here, is carried as its bytes.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::entry::{Entry, EntryError, Header, Kind, Part};
use crate::id::EntryId;
use crate::key::{CheckedKeys, MemberKey};
use crate::limits;

/// Why bytes are not a run of entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// Too many bytes or entries.
    #[error("the run is over the limit of {0}")]
    OverLimit(usize),
    /// Not a run.
    #[error("the run can't be read: {0}")]
    Malformed(String),
    /// One of its entries is refused.
    #[error("entry {index} of the run: {error}")]
    Entry {
        /// Which, from 0.
        index: usize,
        /// Why.
        error: EntryError,
    },
}

/// The version of the compact form.
const VERSION: u8 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Run(u8, Option<EntryId>, #[serde(with = "serde_bytes")] [u8; 32], u64, u64, Option<EntryId>, Vec<Row>);

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Row {
    /// An entry of rules level 1, by what differs from the one before.
    #[serde(rename = "e")]
    Known(Box<Known>),
    /// The header's bytes as they are.
    #[serde(rename = "r")]
    Raw(serde_bytes::ByteBuf, Parts),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known(
    /// Claimed time less that of the entry before.
    i64,
    Option<Vec<EntryId>>,
    Option<Kind>,
    /// As before; or none; or one.
    Option<Vec<EntryId>>,
    /// Just `prev`; or these.
    Option<Vec<EntryId>>,
    Parts,
);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Parts(
    serde_bytes::ByteBuf,
    Option<serde_bytes::ByteBuf>,
    /// Names a personal part that isn't here.
    Option<Part>,
    Option<serde_bytes::ByteBuf>,
);

/// Groups entries, given in causal order, into compact runs: each of one log, consecutive, within
/// the limits. The order of entries is kept.
pub fn encode(entries: &[Entry]) -> Vec<Vec<u8>> {
    groups(entries).into_iter().filter_map(|group| entries.get(group).and_then(encode_one)).collect()
}

/// The groups of entries that [`encode`] makes a run each.
pub fn groups(entries: &[Entry]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (i, entry) in entries.iter().enumerate() {
        let goes_on = i == start
            || i.checked_sub(1).and_then(|i| entries.get(i)).is_some_and(|before| follows(before, entry))
                && i - start < limits::RUN_ENTRIES_MAX
                && size + entry.len() <= limits::RUN_MAX / 2;
        if !goes_on {
            groups.push(start..i);
            (start, size) = (i, 0);
        }
        size += entry.len();
    }
    if start < entries.len() {
        groups.push(start..entries.len());
    }
    groups
}

fn follows(before: &Entry, entry: &Entry) -> bool {
    entry.header().prev == Some(before.id())
        && entry.author() == before.author()
        && entry.header().log == before.header().log
        && before.header().seq.checked_add(1) == Some(entry.header().seq)
        && entry.header().federation == before.header().federation
}

fn encode_one(entries: &[Entry]) -> Option<Vec<u8>> {
    let first = entries.first()?.header();
    let mut rows = Vec::with_capacity(entries.len());
    let mut before: Option<&Header> = None;
    for entry in entries {
        let h = entry.header();
        let parts = Parts(
            entry.facts().to_vec().into(),
            entry.personal().map(|p| p.to_vec().into()),
            if entry.lacks_personal() { h.personal } else { None },
            entry.signature().map(|s| s.to_vec().into()),
        );
        rows.push(if h.v == limits::RULES_LEVEL {
            let same = |f: fn(&Header) -> &Vec<EntryId>| before.is_some_and(|b| f(b) == f(h));
            Row::Known(Box::new(Known(
                i64::try_from(h.at).unwrap_or(0) - before.map_or(0, |b| i64::try_from(b.at).unwrap_or(0)),
                if same(|h| &h.seen) { None } else { Some(h.seen.clone()) },
                if before.is_some_and(|b| b.kind == h.kind) { None } else { Some(h.kind.clone()) },
                if before.is_some_and(|b| b.subject == h.subject) {
                    None
                } else {
                    Some(h.subject.into_iter().collect())
                },
                if h.prev.is_some() && h.deps.iter().eq(h.prev.iter()) { None } else { Some(h.deps.clone()) },
                parts,
            )))
        } else {
            Row::Raw(entry.header_bytes().to_vec().into(), parts)
        });
        before = Some(h);
    }
    let run = Run(VERSION, first.federation, first.author, first.log, first.seq, first.prev, rows);
    canonical::encode(&run).ok()
}

/// The entries of a compact run, each checked by its own bytes.
///
/// # Errors
/// The run is over a limit, can't be read, or holds an entry that is refused.
pub fn decode(bytes: &[u8]) -> Result<Vec<Entry>, RunError> {
    decode_by(&mut CheckedKeys::default(), bytes)
}

/// As [`decode`], for many runs: the key of each author is checked once.
///
/// # Errors
/// As [`decode`].
pub fn decode_by(keys: &mut CheckedKeys, bytes: &[u8]) -> Result<Vec<Entry>, RunError> {
    expand(keys, Packed::read(bytes)?.0)
}

/// A run that was read and not expanded, to take single entries out of.
#[derive(Debug)]
pub struct Packed(Run);

impl Packed {
    /// Reads it. Of its entries nothing is checked yet.
    ///
    /// # Errors
    /// The run is over a limit or can't be read.
    pub fn read(bytes: &[u8]) -> Result<Self, RunError> {
        if bytes.len() > limits::RUN_MAX {
            return Err(RunError::OverLimit(limits::RUN_MAX));
        }
        let run: Run =
            serde_ipld_dagcbor::from_slice(bytes).map_err(|e| RunError::Malformed(e.to_string()))?;
        if run.0 != VERSION {
            return Err(RunError::Malformed(format!("version {} is not known here", run.0)));
        }
        if run.6.len() > limits::RUN_ENTRIES_MAX {
            return Err(RunError::OverLimit(limits::RUN_ENTRIES_MAX));
        }
        Ok(Self(run))
    }

    /// The facts of the entry at an index, as they lie here. Whoever asks sees by their hash that they are those that
    /// were meant.
    pub fn facts(&self, index: usize) -> Option<&[u8]> {
        match self.0.6.get(index)? {
            Row::Raw(_, parts) => Some(&parts.0),
            Row::Known(row) => Some(&row.5.0),
        }
    }

    /// The entry at an index, by the header that it is known to have: those before it need not be hashed
    /// to know its `prev`. Whoever asks sees by the id that it is the entry that was meant.
    ///
    /// # Errors
    /// There is no such entry, or its parts don't belong to the header.
    pub fn entry(&self, index: usize, author: MemberKey, header: &Header) -> Result<Entry, RunError> {
        let missing = || RunError::Malformed(format!("it has no entry {index}"));
        let refused = |error| RunError::Entry { index, error };
        match self.0.6.get(index).cloned().ok_or_else(missing)? {
            Row::Raw(header, parts) => {
                let (facts, personal, _, signature) = split(parts)?;
                Entry::from_parts(header.into_vec(), facts, personal, signature).map_err(refused)
            }
            Row::Known(row) => {
                let (facts, personal, _, signature) = split(row.5)?;
                Entry::build_by(Some(author), header.clone(), facts, personal, signature).map_err(refused)
            }
        }
    }
}

fn expand(keys: &mut CheckedKeys, run: Run) -> Result<Vec<Entry>, RunError> {
    let Run(_, federation, author, log, mut seq, mut prev, rows) = run;
    // One that is refused is refused again with the entry, by name.
    let known = keys.key(author).ok();
    let mut out: Vec<Entry> = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let refused = |error| RunError::Entry { index, error };
        let before = out.last().map(Entry::header);
        let entry = match row {
            Row::Raw(header, parts) => {
                let (facts, personal, _, signature) = split(parts)?;
                Entry::from_parts(header.into_vec(), facts, personal, signature).map_err(refused)?
            }
            Row::Known(row) => {
                let Known(later, seen, kind, subject, deps, parts) = *row;
                let missing = || RunError::Malformed("the first entry refers to one before it".into());
                let (facts, personal, absent, signature) = split(parts)?;
                let at =
                    before.map_or(Some(0), |b| i64::try_from(b.at).ok()).and_then(|at| at.checked_add(later));
                let header = Header {
                    v: limits::RULES_LEVEL,
                    federation,
                    author,
                    log,
                    seq,
                    prev,
                    at: at.and_then(|at| u64::try_from(at).ok()).unwrap_or(u64::MAX),
                    seen: match seen {
                        Some(seen) => seen,
                        None => before.ok_or_else(missing)?.seen.clone(),
                    },
                    kind: match kind {
                        Some(kind) => kind,
                        None => before.ok_or_else(missing)?.kind.clone(),
                    },
                    subject: match subject {
                        Some(subject) if subject.len() > 1 => {
                            return Err(RunError::Malformed("an entry has two subjects".into()));
                        }
                        Some(subject) => subject.into_iter().next(),
                        None => before.ok_or_else(missing)?.subject,
                    },
                    deps: deps.unwrap_or_else(|| prev.into_iter().collect()),
                    facts: Part::of(&facts),
                    personal: absent.or_else(|| personal.as_deref().map(Part::of)),
                };
                Entry::build_by(known, header, facts, personal, signature).map_err(refused)?
            }
        };
        prev = Some(entry.id());
        seq = seq.checked_add(1).ok_or(RunError::OverLimit(limits::RUN_ENTRIES_MAX))?;
        out.push(entry);
    }
    Ok(out)
}

type Split = (Vec<u8>, Option<Vec<u8>>, Option<Part>, Option<[u8; 64]>);

fn split(Parts(facts, personal, absent, signature): Parts) -> Result<Split, RunError> {
    let signature = match signature {
        None => None,
        Some(bytes) => Some(
            <[u8; 64]>::try_from(bytes.as_slice())
                .map_err(|_| RunError::Malformed("a signature is not of 64 bytes".into()))?,
        ),
    };
    Ok((facts.into_vec(), personal.map(serde_bytes::ByteBuf::into_vec), absent, signature))
}
