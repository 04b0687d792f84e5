//! Facts and personal parts of documents, and the document that decoded edits make.

use aronde_protocol::canonical;
use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::authoring;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::design::Design;
use aronde_protocol::document::draft::{DesignDraft, DraftAuthor, DraftFile, DraftPart};
use aronde_protocol::document::edit::{self, CreateFacts, EditFacts, PersonalPart, Written};
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::schema::DESIGN;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::limits::{
    EDITS_MAX, FACTS_MAX, KIND_MAX, PERSONAL_MAX, PERSONAL_VALUES_MAX, VALUE_DEPTH_MAX,
};

use super::samples;

/// The id of the sample's document, and so of its first entry.
pub const DOCUMENT: EntryId = EntryId([1; 32]);

/// The same bytes are taken for each of the three; what is read is written as it was. Edits are applied to
/// a small design, on top of it and beside each other; they change the document or are reported.
pub fn body(bytes: &[u8]) {
    if let Ok(facts) = CreateFacts::decode(bytes) {
        accepted(&facts, bytes, FACTS_MAX);
        assert!(facts.kind.len() <= KIND_MAX);
        within(&facts.edits);
        let first = entry(1, 0, &[], bytes.to_vec(), None);
        let document = Document::of(DOCUMENT, &[first]).expect("its first entry is here and can be read");
        show(&document);
    }
    if let Ok(facts) = EditFacts::decode(bytes) {
        accepted(&facts, bytes, FACTS_MAX);
        within(&facts.edits);
        apply(bytes);
    }
    if let Ok(part) = PersonalPart::decode(bytes) {
        accepted(&part, bytes, PERSONAL_MAX);
        assert!(part.values.len() <= PERSONAL_VALUES_MAX);
        assert!(part.values.iter().all(|value| value.depth(VALUE_DEPTH_MAX + 1) <= VALUE_DEPTH_MAX));
    }
}

fn accepted<T: serde::Serialize>(value: &T, bytes: &[u8], limit: usize) {
    assert!(bytes.len() <= limit);
    assert_eq!(canonical::encode(value).expect("what was decoded is encoded"), bytes);
}

fn within(edits: &[Written]) {
    assert!(edits.len() <= EDITS_MAX);
    assert_eq!(edit::check(edits), Ok(()));
}

fn apply(facts: &[u8]) {
    let mut entries = vec![base()];
    entries.push(entry(2, 1, &[DOCUMENT], facts.to_vec(), None));
    entries.push(entry(3, 2, &[DOCUMENT], facts.to_vec(), Some(personal())));
    entries.push(entry(4, 1, &[EntryId([2; 32]), EntryId([3; 32])], facts.to_vec(), None));
    both_ways(&mut entries);
}

/// The document is the same whatever the order of its entries, and can be shown.
pub fn both_ways(entries: &mut [DocumentEntry]) {
    let one = Document::of(DOCUMENT, entries).expect("the first entry can be read");
    show(&one);
    entries.reverse();
    let other = Document::of(DOCUMENT, entries).expect("the first entry can be read");
    assert_eq!((one.heads(), &one.skipped), (other.heads(), &other.skipped));
    assert_eq!(Design::of(&one), Design::of(&other), "the document depends on the order of its entries");
}

fn show(document: &Document) {
    if let Ok(design) = Design::of(document) {
        let shown = serde_json::to_string(&design).expect("a design can be shown");
        assert!(!shown.is_empty());
    }
    for skipped in &document.skipped {
        assert!(!skipped.why.to_string().is_empty());
    }
}

/// An entry of the document: its number is its id, 32 times.
pub fn entry(
    number: u8,
    author: usize,
    deps: &[EntryId],
    facts: Vec<u8>,
    personal: Option<Vec<u8>>,
) -> DocumentEntry {
    let author = samples::keys()[author].member();
    let (id, seq, at) = (EntryId([number; 32]), u64::from(number), 1_000 * u64::from(number));
    DocumentEntry { id, author, log: 0, seq, at, deps: deps.to_vec(), facts, personal }
}

/// The first entry of the sample's document: a design with one of everything.
pub fn base() -> DocumentEntry {
    let batch = &created()[0];
    let facts = canonical::encode(&batch.create_facts(EntryId([9; 32]), DESIGN)).unwrap();
    entry(1, 0, &[], facts, Some(personal()))
}

fn created() -> Vec<Batch> {
    let draft = DesignDraft {
        title: "Pump".into(),
        description: "press é here".into(),
        version: Some("1".into()),
        licence: Some("CERN-OHL-S-2.0".into()),
        authors: vec![DraftAuthor { name: "Maker A".into(), ..DraftAuthor::default() }],
        bom: vec![DraftPart {
            part: "bolt".into(),
            quantity: "4 {piece}".parse().ok(),
            ..DraftPart::default()
        }],
        files: vec![DraftFile {
            path: "pump.scad".into(),
            role: Some("source".into()),
            hash: FileHash::of(b"cube"),
            len: 4,
        }],
        ..DesignDraft::default()
    };
    authoring::create_design(&draft).unwrap()
}

fn personal() -> Vec<u8> {
    let part = created()[0].personal_part([7; 16]);
    canonical::encode(&part.expect("authors are personal")).unwrap()
}

/// A creation, an edit of every kind, one of a newer schema, and a personal part.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![base().facts, personal()];
    let edits: Vec<Written> = super::design::every_kind().into_iter().map(Written::Known).collect();
    seeds.extend(
        edits.iter().map(|edit| canonical::encode(&EditFacts { edits: vec![edit.clone()] }).unwrap()),
    );
    seeds.push(canonical::encode(&EditFacts { edits }).unwrap());
    let newer = std::collections::BTreeMap::from([("rotate".to_owned(), ipld_core::ipld::Ipld::Integer(90))]);
    let edits = vec![Written::Unknown(ipld_core::ipld::Ipld::Map(newer))];
    seeds.push(canonical::encode(&EditFacts { edits }).unwrap());
    seeds
}
