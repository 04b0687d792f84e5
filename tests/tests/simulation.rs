//! The short form of the simulation; the long one is `aronde-simulate`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_tests::simulation::{self, Report, Size};

/// Seeds that once failed, with their size and what they found. They stay.
const FOUND: &[(u64, Size, &str)] = &[
    (
        1179,
        Size { replicas: 7, steps: 150 },
        "a creation named a membership that it did not know, and counted by heads",
    ),
    (1205, Size { replicas: 7, steps: 150 }, "the same"),
];

#[test]
fn what_the_network_and_liars_do_leaves_all_honest_nodes_equal() {
    let mut total = Report::default();
    for seed in 0..40 {
        total.add(&simulation::run(seed, Size { replicas: 6, steps: 90 }, false).unwrap());
    }
    println!("{}", total.summary());
    let (agreed, counts) = (&total.agreed, &total.counts);
    // The runs are hard enough to mean something.
    assert!(agreed.held - agreed.accepted > 200, "much is parked: {total:?}");
    assert!(agreed.forks > 20 && total.refused > 200 && counts.blamed > 200, "liars lie: {total:?}");
    assert!(counts.lost > 1_000 && counts.doubled > 500 && counts.partitions > 30, "the network: {total:?}");
    assert!(counts.crashes > 100 && counts.torn > 10 && counts.put_back > 10, "power fails: {total:?}");
}

#[test]
fn a_hundred_and_fifty_nodes_agree_too() {
    let report = simulation::run(10_000, Size { replicas: 150, steps: 90 }, false).unwrap();
    assert!(report.agreed.held > 60, "{report:?}");
}

#[test]
fn a_seed_replays_to_the_same_end() {
    let size = Size { replicas: 7, steps: 100 };
    assert_eq!(simulation::run(7, size, false).unwrap(), simulation::run(7, size, false).unwrap());
}

#[test]
fn seeds_that_once_failed_pass() {
    for (seed, size, found) in FOUND {
        let run = simulation::run(*seed, *size, false);
        assert!(run.is_ok(), "found once: {found}; now {}", run.unwrap_err());
    }
}
