//! Writing a bundle: what goes in and in which order is settled first, then the blocks are written page by page.
//!
//! So an exporter needs no more than a row of each entry in memory, and reads the entries again as they are written.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use super::car::{Link, RAW, write_block, write_header};
use super::page::{Page, Row};
use super::proofs::Proofs;
use super::{Counts, Manifest, Root};
use crate::canonical::CanonicalError;
use crate::digest::Digest;
use crate::entry::{Entry, Header};
use crate::id::EntryId;
use crate::key::{MemberKey, SecretKey};
use crate::limits;
use crate::replica::{History, Replica};

/// What goes into a bundle.
#[derive(Debug, Default)]
pub struct Contents {
    depths: Depths,
    rows: Vec<(u64, Row)>,
    named: HashSet<EntryId>,
    logs: HashSet<([u8; 32], u64)>,
    counts: Counts,
}

/// How deep entries lie: 1 more than the deepest that they name.
#[derive(Debug, Default)]
pub(super) struct Depths(HashMap<EntryId, u64>);

impl Depths {
    /// The depth of an entry, of those that it names as far as they are known.
    pub fn place(&mut self, id: EntryId, header: &Header) -> u64 {
        let named = header.prev.iter().chain(&header.seen).chain(&header.deps);
        let depth = 1 + named.filter_map(|id| self.0.get(id)).max().copied().unwrap_or(0);
        self.0.insert(id, depth);
        depth
    }

    /// Whether an entry was placed.
    pub fn knows(&self, id: &EntryId) -> bool {
        self.0.contains_key(id)
    }
}

/// Who exports what, and when: what the entries do not say.
#[derive(Debug)]
pub struct Exporter<'a> {
    /// What the bundle is about.
    pub subject: Option<EntryId>,
    /// Whether personal parts are given.
    pub personal: bool,
    /// The history of the charter that is followed, as far as the exporter holds it: of a part of it, what proves
    /// its entries to be covered is made from that.
    pub history: Option<&'a History>,
    /// Who signs.
    pub key: &'a SecretKey,
    /// When, in ms since 1970.
    pub at: u64,
}

/// A bundle whose root is settled, to be written.
#[derive(Debug)]
pub struct Settled {
    root: Root,
    proofs: Option<Proofs>,
    pages: Vec<Page>,
}

impl Contents {
    /// Adds an entry, whose past was added before it. `personal` says whether its personal part goes in.
    pub fn add(&mut self, entry: &Entry, personal: bool) {
        let header = entry.header();
        let row = Row::of(entry, personal);
        self.rows.push((self.depths.place(entry.id(), header), row));
        self.named.extend(header.prev);
        self.logs.insert((header.author, header.log));
        self.counts.personal += u64::from(row.2.is_some());
        self.counts.signatures += u64::from(row.3.is_some());
    }

    /// Settles order, manifest and signature. The replica holds just these entries, and follows the exporter's charter.
    ///
    /// # Errors
    /// Never for entries that were decoded; the encoder's signature has one.
    pub fn settle(mut self, replica: &Replica, exporter: &Exporter<'_>) -> Result<Settled, CanonicalError> {
        self.rows.sort_unstable_by_key(|(depth, row)| (*depth, row.0.0));
        let rows: Vec<Row> = self.rows.into_iter().map(|(_, row)| row).collect();
        let pages: Vec<Page> =
            rows.chunks(limits::BUNDLE_PAGE_ROWS).map(|rows| Page(rows.to_vec())).collect();
        let links = pages.iter().map(|page| Ok(Link::to(&page.encode()?))).collect::<Result<_, _>>()?;
        let mut heads: Vec<EntryId> =
            rows.iter().map(|row| row.0.0).filter(|id| !self.named.contains(id)).collect();
        heads.sort_unstable();
        let proofs = match (exporter.subject, exporter.history) {
            (Some(_), Some(history)) => {
                Proofs::of(history, &rows.iter().map(|row| row.0.0).collect::<Vec<_>>())
            }
            _ => None,
        };
        let proven = proofs.as_ref().map(|proofs| Ok(Link::to(&proofs.encode()?))).transpose()?;
        let held: Digest = rows.iter().map(|row| row.0.0).collect();
        let authority = replica.authority();
        let manifest = Manifest {
            federation: replica.federation(),
            name: authority.name.clone(),
            subject: exporter.subject,
            personal: exporter.personal,
            charter: authority.charter.unwrap_or(replica.federation()),
            counts: Counts {
                entries: rows.len() as u64,
                accepted: replica.accepted().len() as u64,
                logs: self.logs.len() as u64,
                ..self.counts
            },
            held: held.root(),
            accepted: replica.accepted().root(),
            heads,
            pages: links,
            proofs: proven,
            exporter: exporter.key.member(),
            at: exporter.at.min(limits::AT_MAX),
        };
        Ok(Settled { root: Root::sign(manifest, exporter.key)?, proofs, pages })
    }
}

impl Settled {
    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.root.manifest
    }

    /// The exporter's key.
    pub fn exporter(&self) -> MemberKey {
        self.root.manifest.exporter
    }

    /// Writes it. The entries of a page are asked for by their ids, and answered in that order.
    ///
    /// # Errors
    /// It can't be written, or an entry can't be read.
    pub fn write<E: From<io::Error>>(
        &self,
        to: &mut impl Write,
        mut entries: impl FnMut(&[EntryId]) -> Result<Vec<Entry>, E>,
    ) -> Result<(), E> {
        let unwritable = |error: CanonicalError| E::from(io::Error::other(error));
        let root = self.root.encode().map_err(unwritable)?;
        write_header(to, Link::to(&root))?;
        write_block(to, Link::<{ super::CBOR }>::to(&root), &root)?;
        if let Some(proofs) = &self.proofs {
            let bytes = proofs.encode().map_err(unwritable)?;
            write_block(to, Link::<{ super::CBOR }>::to(&bytes), &bytes)?;
        }
        for page in &self.pages {
            let bytes = page.encode().map_err(unwritable)?;
            write_block(to, Link::<{ super::CBOR }>::to(&bytes), &bytes)?;
            let ids: Vec<EntryId> = page.0.iter().map(|row| row.0.0).collect();
            let mut parts: HashSet<Link<RAW>> = HashSet::new();
            for (row, entry) in page.0.iter().zip(entries(&ids)?) {
                let Row(header, facts, personal, _) = *row;
                write_block(to, header, entry.header_bytes())?;
                if parts.insert(facts) {
                    write_block(to, facts, entry.facts())?;
                }
                if let (Some(part), Some(bytes)) = (personal, entry.personal())
                    && parts.insert(part)
                {
                    write_block(to, part, bytes)?;
                }
            }
        }
        Ok(())
    }
}

/// A bundle in memory, of entries given each after its past, which the replica holds and nothing else. Personal parts
/// that were taken away are left out.
///
/// # Errors
/// Never for entries that were decoded; the encoder's signature has one.
pub fn bundle(entries: &[Entry], replica: &Replica, exporter: &Exporter<'_>) -> io::Result<Vec<u8>> {
    let redacted: HashSet<EntryId> = replica.redacted().map(|(id, _)| id).collect();
    let mut contents = Contents::default();
    for entry in entries {
        contents.add(entry, exporter.personal && !redacted.contains(&entry.id()));
    }
    let by_id: HashMap<EntryId, &Entry> = entries.iter().map(|entry| (entry.id(), entry)).collect();
    let mut bytes = Vec::new();
    contents.settle(replica, exporter).map_err(io::Error::other)?.write(&mut bytes, |ids| {
        let found = ids.iter().filter_map(|id| by_id.get(id).copied().cloned());
        Ok::<_, io::Error>(found.collect())
    })?;
    Ok(bytes)
}
