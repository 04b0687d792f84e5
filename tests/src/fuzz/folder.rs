//! Folders of a design: names and bytes of files, of which some are read.

use aronde_protocol::file_path::FilePath;
use aronde_protocol::id::FileHash;
use aronde_protocol::interchange::Given;
use aronde_protocol::interchange::folder::{Choice, FolderFile, assemble};

use super::manifest::{fits, told};
use super::pieces;

/// Pieces: a path, then the bytes of the file there. Each file is in the design once, and what was read
/// fits into a document.
pub fn body(bytes: &[u8]) {
    let pieces = pieces::split(bytes);
    let files: Vec<(FilePath, &[u8])> = pieces
        .chunks_exact(2)
        .take(64)
        .filter_map(|file| Some((FilePath::from_disk(std::str::from_utf8(file[0]).ok()?).ok()?, file[1])))
        .collect();
    let listed = |(path, bytes): &(FilePath, &[u8])| FolderFile {
        path: path.clone(),
        hash: FileHash::of(bytes),
        len: bytes.len() as u64,
    };
    let given = Given {
        title: Some("Pump".into()),
        licence: Some("CERN-OHL-S-2.0".into()),
        function: Some("moves water".into()),
    };
    for given in [Given::default(), given] {
        let read = |path: &FilePath| {
            let found = files.iter().find(|(named, _)| named == path);
            found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| "it is not there".to_owned())
        };
        match assemble(files.iter().map(listed).collect(), Choice::AtTop, &given, read) {
            Ok(import) => {
                assert_eq!(import.draft.files.len(), files.len(), "a file is missing or there twice");
                fits(&import.draft);
                told(&import.findings);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// A folder for each manifest and table that the other targets begin from.
pub fn seeds() -> Vec<Vec<u8>> {
    let names = ["okh.yml", "okh.toml", "okh.json", "okh-pump.yaml"];
    let tables = super::bom::seeds();
    let manifests = super::manifest::seeds();
    names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            pieces::join([
                name.as_bytes(),
                &manifests[n],
                b"bom.csv",
                &tables[n],
                b"docs/assembly.md",
                b"# Assembly",
                b"README.md",
                b"",
                b"bracket.scad",
                b"cube(1);",
                b"LICENSE",
                b"text",
            ])
        })
        .collect()
}
