//! Finding a machine among many, in a short form; `aronde-bench-capacity` is the long one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_tests::bench::capacity::measure;

#[test]
fn the_index_answers_as_a_walk_over_all_machines_and_sooner() {
    let figures = measure(400, 150).unwrap();
    println!("{figures:?}");
    assert_eq!(figures.machines, 4_000);
    assert!(figures.found > 500, "the questions find something: {figures:?}");
    assert!(figures.index_p50 * 2 < figures.walk_p50, "{figures:?}");
    assert!(figures.index_p95 < 50_000, "{figures:?}");
}
