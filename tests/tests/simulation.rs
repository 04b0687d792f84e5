//! The short form of the simulation; the long one is `aronde-simulate`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_tests::simulation::{self, Size};

#[test]
fn replicas_that_hold_the_same_say_the_same() {
    let (mut parked, mut forks, mut refused, mut restarts) = (0, 0, 0, 0);
    for seed in 0..150 {
        let report = simulation::run(seed, Size { replicas: 4, steps: 120 }).unwrap();
        parked += report.held - report.accepted;
        forks += report.forks;
        refused += report.refused;
        restarts += report.restarts;
    }
    // The runs are hard enough to mean something.
    assert!(
        parked > 500 && forks > 100 && refused > 500 && restarts > 200,
        "{parked} {forks} {refused} {restarts}"
    );
}

#[test]
fn a_larger_federation_agrees_too() {
    for seed in 10_000..10_004 {
        simulation::run(seed, Size { replicas: 12, steps: 800 }).unwrap();
    }
}

#[test]
fn a_seed_replays_to_the_same_end() {
    let size = Size { replicas: 4, steps: 200 };
    assert_eq!(simulation::run(7, size).unwrap(), simulation::run(7, size).unwrap());
}
