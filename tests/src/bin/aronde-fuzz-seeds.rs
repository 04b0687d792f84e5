//! Writes the seeds of the fuzz targets: valid encodings, one file each, into `tests/fuzz/corpus`.
//!
//! `cargo run -p aronde-tests --bin aronde-fuzz-seeds [TARGET …]` writes those of the targets named, or
//! of all. Other files of a corpus, which campaigns found, stay.

use std::path::Path;
use std::process::ExitCode;

use aronde_tests::fuzz::TARGETS;

fn main() -> ExitCode {
    let named: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = named.iter().find(|name| !TARGETS.iter().any(|target| target.name == **name)) {
        eprintln!("there is no fuzz target {unknown}");
        return ExitCode::FAILURE;
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for target in TARGETS.iter().filter(|target| named.is_empty() || named.iter().any(|n| n == target.name)) {
        let folder = corpus.join(target.name);
        let seeds = (target.seeds)();
        let written = std::fs::create_dir_all(&folder).and_then(|()| {
            seeds
                .iter()
                .enumerate()
                .try_for_each(|(n, seed)| std::fs::write(folder.join(format!("seed-{n:02}")), seed))
        });
        if let Err(error) = written {
            eprintln!("the seeds of {} can't be written to {}: {error}", target.name, folder.display());
            return ExitCode::FAILURE;
        }
        println!("{:>3} seeds of {}", seeds.len(), target.name);
    }
    ExitCode::SUCCESS
}
