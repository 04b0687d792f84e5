//! Searching among designs in a real home, in a short form; `aronde-bench-search` is the long one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_tests::bench::search::measure;

#[test]
fn the_index_finds_all_that_a_scan_of_the_texts_finds_and_every_change() {
    let folder = tempfile::tempdir().unwrap();
    let figures = measure(folder.path(), 300, 100).unwrap();
    println!("{figures:?}");
    assert!(figures.found > 1_000, "the questions find something: {figures:?}");
}
