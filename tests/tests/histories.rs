//! The short form of the random histories of authority; the long one is `aronde-histories`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_tests::histories::campaign::{Campaign, check};
use aronde_tests::histories::generate;

/// Seeds whose histories once showed a fault, as they are generated now.
const FOUND_FAULTS: &[u64] = &[145, 2_619, 6_101, 10_940, 100_042, 400_626, 1_101_103, 1_201_549];

// In two halves, for two cores.

#[test]
fn replicas_of_one_set_say_the_same_and_what_the_reference_says() {
    agreed(FOUND_FAULTS.iter().copied().chain(1_000_000..1_001_000));
}

#[test]
fn whoever_delivers_them_in_whatever_order() {
    agreed(1_001_000..1_002_000);
}

fn agreed(seeds: impl Iterator<Item = u64>) {
    let mut campaign = Campaign::default();
    for seed in seeds {
        check(&mut campaign, &generate(seed)).unwrap();
    }
    // The histories are hard enough to mean something.
    let report = campaign.report;
    let reached = [
        report.circles,
        report.departures,
        report.workshops_removed,
        report.motions_carried,
        report.charters,
        report.healed,
        report.alarms,
        report.rotations,
        report.rotations_void,
        report.readmissions,
        report.keepers_added,
        report.keepers_dropped,
        report.edits_parked,
        report.creations_parked,
        report.redactions,
        report.redactions_by_motion,
        report.erased_by_motion,
        report.nodes,
        report.forks,
    ];
    assert!(reached.iter().all(|count| *count >= 10), "{report}");
}

#[test]
fn a_seed_replays_to_the_same_history() {
    let ids = |seed| generate(seed).entries.iter().map(aronde_protocol::entry::Entry::id).collect::<Vec<_>>();
    assert_eq!(ids(7), ids(7));
    assert_ne!(ids(7), ids(8));
}
