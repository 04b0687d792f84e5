//! Sample designs that ship inside the program: small, real, made for it.
//!
//! A demonstration and the first steps of a new workshop need something to share before anybody has
//! drawn anything. Each sample is a folder as a maker would keep it, with an Open Know-How manifest, a
//! bill of materials, files to make it from and a page on how; each reads without a finding.
//!
//! Invariant: the table below lists exactly the files under `node/samples`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// A design that ships.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// The name of its folder.
    pub name: &'static str,
    /// Its files: path in the folder, with `/`, and bytes.
    pub files: &'static [(&'static str, &'static [u8])],
}

macro_rules! sample {
    ($name:literal: $($path:literal),+ $(,)?) => {
        Sample {
            name: $name,
            files: &[$(($path, include_bytes!(concat!("../samples/", $name, "/", $path)))),+],
        }
    };
}

/// All of them, sorted by name, as are their files.
pub const SAMPLES: [Sample; 3] = [
    sample!("face-shield-frame":
        "LISEZMOI.md", "README.md", "assembly.md", "bom.csv", "frame.scad", "okh.yml", "visor.dxf",
    ),
    sample!("tool-wall-bracket":
        "README.md", "assembly.md", "bom.csv", "bracket.scad", "bracket.stl", "okh.toml",
    ),
    sample!("workbench-stool":
        "README.md", "assembly.md", "bom.csv", "okh.toml", "stool-cut.svg",
    ),
];

impl Sample {
    /// Writes the files into a folder, which is made if it isn't there.
    ///
    /// # Errors
    /// The folder can't be made or written, or holds one of these files already: nothing is replaced.
    pub fn write_to(&self, folder: &Path) -> io::Result<()> {
        for (path, bytes) in self.files {
            let file = folder.join(path);
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            OpenOptions::new().write(true).create_new(true).open(&file)?.write_all(bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use aronde_protocol::file_path::FilePath;
    use aronde_protocol::id::FileHash;
    use aronde_protocol::interchange::Given;
    use aronde_protocol::interchange::folder::{Choice, FolderFile, Import, assemble};
    use std::collections::BTreeMap;
    use walkdir::WalkDir;

    fn files_under(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let files = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file());
        files
            .map(|e| {
                let path: Vec<_> = e.path().strip_prefix(folder).unwrap().iter().collect();
                let path: Vec<_> = path.iter().map(|part| part.to_str().unwrap()).collect();
                (path.join("/"), fs::read(e.path()).unwrap())
            })
            .collect()
    }

    fn import(sample: &Sample) -> Import {
        let files = sample.files.iter().map(|(path, bytes)| FolderFile {
            path: FilePath::parse(path).unwrap(),
            hash: FileHash::of(bytes),
            len: bytes.len() as u64,
        });
        let read = |path: &FilePath| {
            let file = sample.files.iter().find(|(p, _)| *p == path.as_str());
            Ok(file.unwrap().1.to_vec())
        };
        assemble(files.collect(), Choice::AtTop, &Given::default(), read).unwrap()
    }

    #[test]
    fn the_table_lists_exactly_the_files_on_disk() {
        let disk = files_under(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"));
        let table: BTreeMap<String, Vec<u8>> = SAMPLES
            .iter()
            .flat_map(|s| s.files.iter().map(|(path, bytes)| (format!("{}/{path}", s.name), bytes.to_vec())))
            .collect();
        assert_eq!(table.keys().collect::<Vec<_>>(), disk.keys().collect::<Vec<_>>());
        assert_eq!(table, disk);
    }

    #[test]
    fn a_sample_is_written_as_it_is_and_replaces_nothing() {
        for sample in SAMPLES {
            let place = tempfile::tempdir().unwrap();
            let folder = place.path().join("designs").join(sample.name);
            sample.write_to(&folder).unwrap();
            let written = files_under(&folder);
            assert_eq!(written.len(), sample.files.len());
            for (path, bytes) in sample.files {
                assert_eq!(written.get(*path).map(Vec::as_slice), Some(*bytes), "{path}");
            }
            assert_eq!(sample.write_to(&folder).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        }
    }

    #[test]
    fn a_sample_reads_as_a_design_without_a_finding() {
        for sample in SAMPLES {
            let Import { draft, findings, .. } = import(&sample);
            assert!(findings.is_empty(), "{}: {findings:?}", sample.name);
            assert!(!draft.title.is_empty() && draft.licence.is_some(), "{}", sample.name);
            assert_eq!(draft.files.len(), sample.files.len());
            assert!(draft.bom.len() >= 3, "{}: {} parts", sample.name, draft.bom.len());
            assert!(draft.bom.iter().all(|part| part.quantity.is_some()), "{}", sample.name);
        }
    }

    /// What is read is what the pages say.
    #[test]
    fn the_bracket_is_closed_and_as_large_as_its_page_says() {
        let [_, bracket, _] = SAMPLES;
        let (_, stl) = bracket.files.iter().find(|(path, _)| *path == "bracket.stl").unwrap();
        let numbers =
            std::str::from_utf8(stl).unwrap().lines().filter_map(|l| l.trim().strip_prefix("vertex "));
        let vertices: Vec<[i32; 3]> = numbers
            .map(|l| {
                let xyz: Vec<i32> = l.split(' ').map(|n| n.parse().unwrap()).collect();
                xyz.try_into().unwrap()
            })
            .collect();
        let size = [0, 1, 2].map(|axis| {
            let along = vertices.iter().filter_map(|v| v.get(axis));
            along.clone().max().unwrap() - along.min().unwrap()
        });
        assert_eq!(size, [72, 78, 30], "depth, height and width");
        let mut edges = BTreeMap::new();
        for facet in vertices.as_chunks::<3>().0 {
            let [a, b, c] = *facet;
            for edge in [(a, b), (b, c), (c, a)] {
                *edges.entry(edge).or_insert(0) += 1;
            }
        }
        assert!(edges.iter().all(|((a, b), n)| *n == 1 && edges.get(&(*b, *a)) == Some(&1)), "no gap in it");
    }
}
