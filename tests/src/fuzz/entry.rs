//! Entries: a header with its parts, as a peer hands them over.

use aronde_protocol::canonical;
use aronde_protocol::entry::{Entry, Gist, Header, Part};
use aronde_protocol::id::EntryId;
use aronde_protocol::limits::{
    AT_MAX, DEPS_MAX, FACTS_MAX, HEADER_MAX, KIND_MAX, PERSONAL_MAX, RULES_LEVEL, SEEN_MAX,
};
use aronde_protocol::run;

use super::{pieces, samples};

/// Pieces: header, facts, personal part, signature. They are taken as they are, and once more with
/// hashes and an author that fit, since a mutation hardly ever finds those.
pub fn body(bytes: &[u8]) {
    let pieces = pieces::split(bytes);
    let piece = |n: usize| pieces.get(n).copied().unwrap_or_default().to_vec();
    let (header, facts) = (piece(0), piece(1));
    let personal = pieces.get(2).map(|p| p.to_vec()).filter(|p| !p.is_empty());
    let signature = piece(3).try_into().ok();
    if let Ok(entry) = Entry::from_parts(header.clone(), facts.clone(), personal.clone(), signature) {
        assert_eq!(entry.header_bytes(), header);
        check(&entry);
    }
    if let Ok(header) = Header::decode(&header) {
        let author = &samples::keys()[0];
        let fitted = Header {
            author: *author.member().as_bytes(),
            facts: Part::of(&facts),
            personal: personal.as_deref().map(Part::of),
            ..header
        };
        if let Ok(entry) = Entry::build(fitted, facts, personal, None) {
            let entry = entry.signed(author);
            assert!(entry.signature_holds());
            check(&entry);
        }
    }
}

/// What every accepted entry keeps to.
pub fn check(entry: &Entry) {
    let header = entry.header();
    assert_eq!(entry.id(), EntryId::of(entry.header_bytes()));
    assert_eq!(Part::of(entry.facts()), header.facts);
    assert_eq!(entry.personal().map(Part::of).or(header.personal), header.personal);
    assert!(entry.header_bytes().len() <= HEADER_MAX && entry.facts().len() <= FACTS_MAX);
    assert!(entry.personal().map_or(0, <[u8]>::len) <= PERSONAL_MAX);
    assert!(header.seen.len() <= SEEN_MAX && header.deps.len() <= DEPS_MAX && header.at <= AT_MAX);
    assert!(header.kind.as_str().len() <= KIND_MAX);
    assert_eq!(header.seq == 0, header.prev.is_none());
    if header.v <= RULES_LEVEL {
        assert_eq!(canonical::encode(header).unwrap(), entry.header_bytes());
    }
    assert!(!entry.vouches_for(entry));
    let _ = (Gist::of(entry), entry.signature_holds(), entry.federation());
    let carried = run::encode(std::slice::from_ref(entry));
    assert_eq!(carried.len(), 1, "an entry has no compact form");
    same(&run::decode(&carried[0]).expect("a compact form is read back"), std::slice::from_ref(entry));
}

/// Panics unless these are the same entries, with the same parts and witnesses.
pub fn same(one: &[Entry], other: &[Entry]) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one.header_bytes(), other.header_bytes());
        assert_eq!(one.id(), other.id());
        assert_eq!((one.facts(), one.personal()), (other.facts(), other.personal()));
        assert_eq!(one.signature(), other.signature());
    }
}

/// One entry of each kind, and one of a newer level with a field that is not known here.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut kinds = std::collections::BTreeSet::new();
    let entries = samples::history(120).into_iter().filter(|e| kinds.insert(e.header().kind.clone()));
    let mut seeds: Vec<Vec<u8>> = entries.map(|e| parts(e.header_bytes(), &e)).collect();
    let entry = &samples::history(0)[1];
    let mut newer: std::collections::BTreeMap<String, ipld_core::ipld::Ipld> =
        canonical::decode(entry.header_bytes()).unwrap();
    newer.insert("v".into(), ipld_core::ipld::Ipld::Integer(2));
    newer.insert("weather".into(), ipld_core::ipld::Ipld::String("rain".into()));
    seeds.push(parts(&canonical::encode(&newer).unwrap(), entry));
    let named = Header { personal: Some(Part::of(b"note")), ..entry.header().clone() };
    seeds.push(pieces::join([canonical::encode(&named).unwrap().as_slice(), entry.facts(), b"note"]));
    seeds
}

fn parts(header: &[u8], entry: &Entry) -> Vec<u8> {
    let signature = entry.signature().map(<[u8; 64]>::as_slice).unwrap_or_default();
    pieces::join([header, entry.facts(), entry.personal().unwrap_or_default(), signature])
}
