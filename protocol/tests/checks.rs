//! What `design check` finds in four packages that nobody here wrote. By hand, for each: what a maker elsewhere
//! would have to ask for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};

use aronde_protocol::document::check::{Finding, Severity, check};
use aronde_protocol::document::draft::Draft;
use aronde_protocol::document::edit::CreateFacts;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::{DocumentEntry, authoring, schema};
use aronde_protocol::file_path::FilePath;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::interchange::Given;
use aronde_protocol::interchange::folder::{Choice, FolderFile, assemble};
use aronde_protocol::key::SecretKey;
use aronde_protocol::{canonical, interchange};

fn data() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let path = PathBuf::from(std::env::var("ARONDE_DATA").unwrap_or_else(|_| default.to_owned()));
    if path.join("designs").is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: no real data at {} (set ARONDE_DATA); nothing was tested here", path.display());
    None
}

fn gather(root: &Path, folder: &Path, files: &mut Vec<(FilePath, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, files);
        } else {
            let relative = path.strip_prefix(root).unwrap().to_str().unwrap();
            files.push((FilePath::parse(relative).unwrap(), std::fs::read(&path).unwrap()));
        }
    }
}

/// The document that a draft becomes, as one author writes it.
fn document(draft: &Draft) -> Document {
    let batches = authoring::create(&schema::design::KIND, draft).unwrap();
    let author = SecretKey::from_seed(&[1; 32]).member();
    let mut entries: Vec<DocumentEntry> = Vec::new();
    for (seq, batch) in (0_u64..).zip(&batches) {
        let facts = if seq == 0 {
            let facts: CreateFacts = batch.create_facts(EntryId([9; 32]), schema::DESIGN);
            canonical::encode(&facts).unwrap()
        } else {
            canonical::encode(&batch.edit_facts()).unwrap()
        };
        let personal = batch.personal_part([0; 16]).map(|part| canonical::encode(&part).unwrap());
        let deps = entries.last().map(|entry| entry.id).into_iter().collect();
        let id = EntryId::of(&[facts.as_slice(), &seq.to_be_bytes()].concat());
        entries.push(DocumentEntry { id, author, log: 1, seq, at: 0, deps, facts, personal });
    }
    Document::of(entries[0].id, &entries).unwrap()
}

fn findings(data: &Path, name: &str, given: &Given) -> Vec<Finding> {
    let root = data.join("designs").join(name);
    let mut files = Vec::new();
    gather(&root, &root, &mut files);
    let listed = files.iter().map(|(path, bytes)| FolderFile {
        path: path.clone(),
        hash: FileHash::of(bytes),
        len: bytes.len() as u64,
    });
    let read = |wanted: &FilePath| Ok(files.iter().find(|(path, _)| path == wanted).unwrap().1.clone());
    let import: interchange::folder::Import = assemble(listed.collect(), Choice::AtTop, given, read).unwrap();
    let found = check(&document(&Draft::from(&import.draft)), &|_| true);
    for finding in &found {
        eprintln!("{name}: {:?} {}: {}", finding.severity, finding.field, finding.message);
    }
    found
}

fn says(found: &[Finding], severity: Severity, field: &str, words: &str) -> bool {
    found.iter().any(|f| f.severity == severity && f.field == field && f.message.contains(words))
}

#[test]
fn the_dummy_module_lacks_a_part_that_its_bom_names() {
    let Some(data) = data() else { return };
    let found = findings(&data, "OPEN-NEXT__LOSH-dummy-MOSH-A", &Given::default());
    assert!(says(&found, Severity::Blocks, "bom/reference", "Comb Module"));
    assert!(says(&found, Severity::Hampers, "steps", "AssemblyGuide.md, but not by step"));
    assert!(says(&found, Severity::Hampers, "tolerances", "no tolerance"));
    assert!(!found.iter().any(|f| f.field == "bom/quantity"), "every line has one");
    assert!(!found.iter().any(|f| f.field == "licence" || f.field == "version" || f.field == "processes"));
}

#[test]
fn the_logic_board_lacks_its_bom_and_plots() {
    let Some(data) = data() else { return };
    let found = findings(&data, "TheTesla__OSH-CMM-LogicBoard", &Given::default());
    assert!(says(&found, Severity::Blocks, "manifest/bom", "\"bom.csv\""));
    assert!(says(&found, Severity::Blocks, "bom", "no bill of materials"));
    assert!(says(&found, Severity::Hampers, "files", "plots and drill files"));
    assert!(says(&found, Severity::Hampers, "files", "CaseCMMLB.FCStd"));
    assert!(
        !found.iter().any(|f| f.message.contains("kicad_sch")),
        "its schematic is there as a picture and a PDF"
    );
}

#[test]
fn the_syringe_pump_lacks_every_shape() {
    let Some(data) = data() else { return };
    let found = findings(&data, "FOSH-following-demand__Syringe_Pump", &Given::default());
    assert!(says(&found, Severity::Blocks, "files", "no file with a shape"));
    assert!(says(&found, Severity::Hampers, "version", "missing"));
    assert!(says(&found, Severity::Nice, "steps/tools", "Tools_Needed_BOM.md"));
    assert!(says(&found, Severity::Hampers, "steps", "Assembly_Instructions.md"));
    assert!(!found.iter().any(|f| f.field == "bom/quantity"));
}

#[test]
fn the_charge_controller_has_its_safety_on_a_page_and_no_plots() {
    let Some(data) = data() else { return };
    let given = Given {
        title: Some("MPPT 1210 HUS".into()),
        licence: Some("CERN-OHL-W-2.0".into()),
        function: Some("Solar charge controller with USB".into()),
    };
    let found = findings(&data, "LibreSolar__mppt-1210-hus", &given);
    assert!(says(&found, Severity::Nice, "safety", "manual/2-safety.md"));
    assert!(says(&found, Severity::Hampers, "files", "mppt-1210-hus.kicad_pcb"));
    assert!(says(&found, Severity::Hampers, "steps", "references on its board"));
    assert!(!found.iter().any(|f| f.message.contains("dcdc.sch")), "the sheets are plotted together");
    let closed = Given { licence: Some("CC-BY-NC-4.0".into()), ..given };
    let found = findings(&data, "LibreSolar__mppt-1210-hus", &closed);
    assert!(says(&found, Severity::Hampers, "licence", "not an open hardware licence"));
}

#[test]
fn steps_and_parts_that_do_not_fit_each_other_are_named() {
    let text = "title: Bracket\nlicense: MIT\nbom-lines:\n  - {part: plate, quantity: '1 {piece}', material: steel}\n  \
        - {part: hook, supplier: here}\nsteps:\n  - {title: Drill, parts: [plate], tools: [drill]}\n  \
        - {title: Tighten the bolt, parts: [Bolt M4], tools: [key]}\n  - {title: Wait}\n\
        quality:\n  - {criterion: load}\n";
    let manifest = interchange::okh::read(text.as_bytes(), &Given::default()).unwrap();
    let found = check(&document(&Draft::from(&manifest.draft)), &|_| false);
    assert!(says(&found, Severity::Blocks, "bom/quantity", "hook"));
    assert!(says(&found, Severity::Hampers, "steps/parts", "no step uses hook"));
    assert!(says(&found, Severity::Blocks, "steps/parts", "steps use bolt m4"));
    assert!(says(&found, Severity::Hampers, "steps/parts", "no listed part is used in Wait"));
    assert!(says(&found, Severity::Nice, "steps/tools", "Wait"));
    assert!(says(&found, Severity::Nice, "steps/torque", "Tighten the bolt"));
    assert!(says(&found, Severity::Hampers, "quality/acceptance", "load"));
}
