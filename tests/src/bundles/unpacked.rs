//! A bundle taken apart, to be put together otherwise: with every hash right, whatever is wrong with what they name.

use aronde_protocol::bundle::{
    CBOR, Link, Manifest, Page, Proofs, Reader, Root, Row, write_block, write_header,
};
use aronde_protocol::digest::Digest;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::limits::BUNDLE_PAGE_ROWS;

/// The blocks of an entry, and its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loose {
    /// The header.
    pub header: Vec<u8>,
    /// The facts.
    pub facts: Vec<u8>,
    /// The personal part.
    pub personal: Option<Vec<u8>>,
    /// The signature.
    pub signature: Option<[u8; 64]>,
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Unpacked {
    /// What it says of itself.
    pub manifest: Manifest,
    /// By whom, if by the exporter.
    pub signature: [u8; 64],
    /// What proves that they were known by a checkpoint.
    pub proofs: Option<Proofs>,
    /// Its entries in order.
    pub entries: Vec<Loose>,
}

impl Unpacked {
    /// Takes a sound bundle apart.
    pub fn of(bytes: &[u8]) -> Self {
        let mut reader = Reader::open(bytes).expect("a bundle");
        let Root { manifest, signature } = reader.root().clone();
        let mut entries = Vec::new();
        while let Some(piece) = reader.entry().expect("a sound bundle") {
            entries.push(Loose {
                header: piece.header,
                facts: piece.facts.to_vec(),
                personal: piece.personal.map(|part| part.to_vec()),
                signature: piece.row.3,
            });
        }
        let proofs = reader.proofs().cloned();
        Self { manifest, signature, proofs, entries }
    }

    /// Lets the manifest say what follows from the entries without judging them: how many there are, and which.
    pub fn count(&mut self) {
        let ids: Vec<EntryId> = self.entries.iter().map(|e| EntryId::of(&e.header)).collect();
        self.manifest.held = ids.iter().copied().collect::<Digest>().root();
        let counts = &mut self.manifest.counts;
        counts.entries = ids.len() as u64;
        counts.personal = self.entries.iter().filter(|e| e.personal.is_some()).count() as u64;
        counts.signatures = self.entries.iter().filter(|e| e.signature.is_some()).count() as u64;
    }

    /// Puts it together in the order of its entries, signed by a key, which is its exporter then, or with the
    /// signature that it had.
    pub fn pack(mut self, key: Option<&SecretKey>) -> Vec<u8> {
        let row = |e: &Loose| {
            let personal = e.personal.as_ref().map(|part| Link::to(part));
            Row(Link::to(&e.header), Link::to(&e.facts), personal, e.signature)
        };
        let rows: Vec<Row> = self.entries.iter().map(row).collect();
        let pages: Vec<Vec<u8>> =
            rows.chunks(BUNDLE_PAGE_ROWS).map(|rows| Page(rows.to_vec()).encode().unwrap()).collect();
        self.manifest.pages = pages.iter().map(|page| Link::to(page)).collect();
        let proofs = self.proofs.map(|proofs| proofs.encode().unwrap());
        self.manifest.proofs = proofs.as_ref().map(|proofs| Link::to(proofs));
        let root = match key {
            Some(key) => {
                self.manifest.exporter = key.member();
                Root::sign(self.manifest, key).unwrap()
            }
            None => Root { manifest: self.manifest, signature: self.signature },
        };
        let root = root.encode().unwrap();
        let mut bytes = Vec::new();
        write_header(&mut bytes, Link::to(&root)).unwrap();
        write_block(&mut bytes, Link::<CBOR>::to(&root), &root).unwrap();
        if let Some(proofs) = &proofs {
            write_block(&mut bytes, Link::<CBOR>::to(proofs), proofs).unwrap();
        }
        for (page, entries) in pages.iter().zip(self.entries.chunks(BUNDLE_PAGE_ROWS)) {
            write_block(&mut bytes, Link::<CBOR>::to(page), page).unwrap();
            let mut parts: Vec<&[u8]> = Vec::new();
            for entry in entries {
                write_block(&mut bytes, Link::<CBOR>::to(&entry.header), &entry.header).unwrap();
                for part in [Some(&entry.facts), entry.personal.as_ref()].into_iter().flatten() {
                    if !parts.contains(&part.as_slice()) {
                        parts.push(part);
                        write_block(&mut bytes, Link::<{ aronde_protocol::bundle::RAW }>::to(part), part)
                            .unwrap();
                    }
                }
            }
        }
        bytes
    }
}

/// Where the sections of a file begin and end, the header first.
pub fn sections(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let (mut sections, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let (mut length, mut shift, start) = (0_usize, 0, at);
        while let Some(byte) = bytes.get(at) {
            at += 1;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        at += length;
        sections.push(start..at.min(bytes.len()));
    }
    sections
}
