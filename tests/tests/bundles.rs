//! Audit bundles: what both verifiers say of sound ones, of those that somebody tampered with, and of the histories of
//! authority.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_protocol::bundle::{Audit, Finding, FindingKind, Wanted, verify};
use aronde_tests::bundles::redacted::Story;
use aronde_tests::bundles::vectors::{self, FOLDER};
use aronde_tests::bundles::verifier::{Verifier, difference};
use aronde_tests::bundles::{campaign, exported, exported_part, sample};
use serde_json::Value;

/// How many histories are exported for both.
const HISTORIES: u64 = 200;
/// Ways to tamper that are tried here.
const TAMPERED: u64 = 5_000;
/// Those of them that the second verifier is asked about too; `aronde-bundles` asks it about all.
const TAMPERED_FOR_BOTH: u64 = 400;

#[test]
fn a_bundle_of_everything_is_ok_and_says_what_was_trusted() {
    let (entries, charter) = sample::federation(40);
    let bytes = exported(&entries, entries[0].id(), sample::exporter(), true);
    let audit = verify(bytes.as_slice(), &Wanted::default());
    assert!(audit.ok, "{audit:#?}");
    let trusted = audit.trusted.unwrap();
    assert_eq!(trusted.charter, charter);
    assert_ne!(charter, entries[0].id());
    assert_eq!(trusted.exporter, sample::exporter().member());
    // South and North, of three that stood before it.
    let mut endorsed = vec![entries[0].id(), entries[1].id()];
    endorsed.sort_unstable();
    assert_eq!(trusted.endorsed_by, endorsed);
    let checkpoint = trusted.checkpoint.unwrap();
    assert_eq!((checkpoint.charter, checkpoint.endorsed_by), (charter, endorsed));
    assert_eq!(checkpoint.entries, checkpoint.covered);
}

#[test]
fn of_a_part_it_is_proven_which_entries_were_known_to_which_workshops() {
    let (entries, charter) = sample::federation(40);
    let (founding, record) = (entries[0].id(), sample::record(&entries));
    let part = exported_part(&entries, founding, sample::exporter(), record);
    let audit = verify(part.as_slice(), &Wanted { checkpoint: Some(charter), ..Wanted::default() });
    assert!(audit.ok, "{audit:#?}");
    let checkpoint = audit.trusted.unwrap().checkpoint.unwrap();
    assert_eq!((checkpoint.charter, checkpoint.endorsed_by.len()), (charter, 2));
    assert!(checkpoint.covered < checkpoint.entries, "{checkpoint:?}");
    assert!(checkpoint.covered < audit.checked.entries, "what came later is not covered");
    // Who knows of a charter that the exporter does not follow asks for it.
    let asked = Wanted { checkpoint: Some(record), ..Wanted::default() };
    let kinds = |audit: Audit| audit.findings.iter().filter(|f| f.fault).map(|f| f.kind).collect::<Vec<_>>();
    assert_eq!(kinds(verify(part.as_slice(), &asked)), [FindingKind::OtherCheckpoint]);
}

/// `ARONDE_WRITE_VECTORS=1` writes them anew.
#[test]
fn both_verifiers_say_of_the_vectors_what_is_written_of_them() {
    let list = format!("{FOLDER}.json");
    let vectors = vectors::all();
    let expected: Vec<Value> = vectors.iter().map(vectors::Vector::expected).collect();
    if std::env::var_os("ARONDE_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(FOLDER).unwrap();
        for vector in &vectors {
            std::fs::write(format!("{FOLDER}/{}.car", vector.name), &vector.bytes).unwrap();
        }
        std::fs::write(&list, serde_json::to_string_pretty(&expected).unwrap() + "\n").unwrap();
    }
    let written: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&list).unwrap()).unwrap();
    assert_eq!(written, expected);
    for vector in &vectors {
        let bytes = std::fs::read(format!("{FOLDER}/{}.car", vector.name)).unwrap();
        assert!(bytes == vector.bytes, "{} is made otherwise now", vector.name);
    }
    let Some(verifier) = Verifier::start() else { return };
    let asked = vectors.iter().map(|vector| (vector.bytes.clone(), Wanted::default())).collect();
    verifier.ask(asked, |number, there| {
        let here = verify(vectors[number].bytes.as_slice(), &Wanted::default());
        if let Some(what) = difference(&here, &there) {
            panic!("{}: the verifiers differ: {what}", vectors[number].name);
        }
    });
}

#[test]
fn a_note_is_told_to_be_redacted_where_somebody_with_right_asked_and_else_its_lack_is_a_fault() {
    let told = |bytes: &[u8]| {
        let audit = verify(bytes, &Wanted::default());
        let about_parts = |f: &&Finding| f.kind != FindingKind::Parked;
        (audit.ok, audit.findings.iter().filter(about_parts).map(|f| (f.kind, f.entry)).collect::<Vec<_>>())
    };
    let void = Story::begin().removes_its_author().redacts(2);
    let settled = Story::begin().redacts(0).settles();
    let carried = Story::begin().settles().moves_to_redact(1).settles();
    for story in [void, settled, carried] {
        assert_eq!(told(&story.bundle()), (true, vec![(FindingKind::Redacted, Some(story.noted))]));
        assert_eq!(
            story.bundle_of_who_forgot(),
            Some(story.bundle()),
            "a home without the note says the same"
        );
    }
    let hidden = [
        Story::begin().redacts(0),
        Story::begin().settles().moves_to_redact(1),
        // The charter's past has the motion, but not that it is carried.
        Story::begin().moves_to_redact(1).settles(),
    ];
    for open in hidden {
        assert_eq!(told(&open.bundle()), (true, vec![(FindingKind::Redacted, Some(open.noted))]));
        assert_eq!(open.bundle_of_who_forgot(), None, "no home forgets before a charter covers it");
    }
    for elsewhere in [Story::begin().redacts(1), Story::begin().moves_to_redact(1)] {
        assert_eq!(told(&elsewhere.bundle()), (true, vec![]));
        let lacking = elsewhere.bundle_without_the_note();
        assert_eq!(told(&lacking), (false, vec![(FindingKind::MissingPersonal, Some(elsewhere.noted))]));
    }
}

#[test]
fn whoever_tampers_is_refused_by_name_or_passes_as_another_exporter() {
    let (originals, wanted) = campaign::originals();
    let mut others = 0;
    for seed in 0..TAMPERED {
        let original = &originals[usize::from(seed % 4 > 1)];
        let tampered = original.tampered(seed);
        let audit = verify(tampered.bytes.as_slice(), &wanted);
        others += u64::from(campaign::refused(original, &tampered, &audit).unwrap());
    }
    assert!(others > 50, "only {others} were signed well by a stranger");
}

#[test]
fn the_second_verifier_refuses_the_same_for_the_same_reasons() {
    campaign::tampered(0..TAMPERED_FOR_BOTH).unwrap();
}

#[test]
fn both_verifiers_say_the_same_of_histories_of_authority() {
    campaign::histories(1_000_000..1_000_000 + HISTORIES).unwrap();
}
