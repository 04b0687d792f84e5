//! The short form of fuzzing: every committed input, and some thousand seeded mutations of them, through
//! every target. The long form is libFuzzer's; see `docs/contributing.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use aronde_tests::fuzz::mutate::mutated;
use aronde_tests::fuzz::{TARGETS, Target};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// A corpus is read by every clone and replayed by every test run.
const FILES_MAX: usize = 200;
/// All corpora together, in bytes.
const BYTES_MAX: usize = 2 * 1024 * 1024;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The files of a corpus by name, always in the same order.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder().join("corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    files.into_iter().map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap())).collect()
}

/// Tries an input, and shows it when it breaks a promise.
fn check(target: &Target, input: &[u8], what: &str) {
    let kept = catch_unwind(AssertUnwindSafe(|| (target.body)(input))).is_ok();
    let (name, input) = (target.name, hex::encode(input));
    assert!(kept, "{name} breaks a promise on {what}; keep it in tests/fuzz/corpus/{name}: {input}");
}

#[test]
fn every_committed_input_and_its_mutations_keep_the_promises() {
    std::thread::scope(|scope| {
        let running: Vec<_> =
            TARGETS.iter().map(|target| (target.name, scope.spawn(|| try_out(target)))).collect();
        let broken: Vec<_> =
            running.into_iter().filter_map(|(name, run)| run.join().err().map(|_| name)).collect();
        assert!(broken.is_empty(), "promises were broken by {broken:?}; see above");
    });
}

fn try_out(target: &Target) {
    let mut inputs = Vec::new();
    for (name, input) in corpus(target.name) {
        check(target, &input, &name);
        inputs.push(input);
    }
    // The corpus may be older than the format: the seeds never are.
    for (n, seed) in (target.seeds)().into_iter().enumerate() {
        check(target, &seed, &format!("seed {n}"));
        inputs.push(seed);
    }
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for n in 0..target.short {
        check(target, &mutated(&inputs, &mut random), &format!("mutation {n}"));
    }
}

#[test]
fn every_corpus_begins_with_seeds() {
    for target in &TARGETS {
        let seeds = corpus(target.name).iter().filter(|(name, _)| name.starts_with("seed-")).count();
        assert!(
            seeds >= (target.seeds)().len(),
            "{} has more seeds than its corpus; run: cargo run -p aronde-tests --bin aronde-fuzz-seeds {}",
            target.name,
            target.name
        );
    }
}

#[test]
fn the_corpora_are_small() {
    let corpora = TARGETS.iter().map(|target| (target.name, corpus(target.name)));
    let mut bytes = 0;
    for (name, files) in corpora {
        assert!(files.len() <= FILES_MAX, "{name} has {} files; minimise its corpus", files.len());
        bytes += files.iter().map(|(_, input)| input.len()).sum::<usize>();
    }
    assert!(bytes <= BYTES_MAX, "the corpora have {bytes} bytes together; minimise them");
}

/// A format that is tried here is fuzzed by libFuzzer too, and the other way round.
#[test]
fn every_target_has_its_program_and_its_corpus() {
    let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len(), "two targets have one name");
    let listed = |what: &str| -> BTreeSet<String> {
        let files = std::fs::read_dir(folder().join(what)).unwrap().map(|file| file.unwrap().path());
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed("fuzz_targets"), names, "files in tests/fuzz/fuzz_targets, and targets");
    assert_eq!(listed("corpus"), names, "folders in tests/fuzz/corpus, and targets");
    let manifest: toml::Table =
        std::fs::read_to_string(folder().join("Cargo.toml")).unwrap().parse().unwrap();
    let programs = manifest["bin"].as_array().unwrap().iter();
    let programs: BTreeSet<String> = programs.map(|bin| bin["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(programs, names, "programs in tests/fuzz/Cargo.toml, and targets");
    for name in names {
        let program = std::fs::read_to_string(folder().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("fuzz::{name}::body(")), "{name} tries something else");
    }
}
