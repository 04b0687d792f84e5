//! The reference against the model in another language, and that against the one which came with the design.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use aronde_protocol::reference;
use aronde_tests::histories::generate;
use aronde_tests::histories::model::{COMPARISON, Model, SCRIPT, Said};

#[test]
fn the_model_and_the_reference_say_the_same() {
    let Some(mut model) = Model::start(SCRIPT, &[]) else { return };
    for seed in 0..250 {
        let history = generate(seed);
        let newest = history.followed.last().copied().unwrap();
        for followed in [history.founding(), newest] {
            let here = Said::by_reference(&reference::judge(&history.entries, followed), &history.entries);
            let there = model.ask(&history.entries, followed).unwrap();
            if let Some(difference) = here.difference(&there) {
                panic!("seed {seed}, following {}: {difference}", followed.short());
            }
        }
    }
}

/// The design's model is not part of this repository: `ARONDE_DESIGN` says where it lies.
#[test]
fn the_model_says_what_the_designs_model_says_where_nothing_was_corrected() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/design");
    let design = std::env::var("ARONDE_DESIGN").unwrap_or_else(|_| default.to_owned());
    let original = format!("{design}/trust_model.py");
    if !std::path::Path::new(&original).exists() {
        eprintln!("SKIPPED: the design's model is not at {original}; ARONDE_DESIGN says where it lies");
        return;
    }
    let Some(mut both) = Model::start(COMPARISON, &[&original]) else { return };
    let mut same = 0;
    // Every fourth history is plain, and can be one that no correction touches.
    for seed in (1..1_600).filter(|seed| seed % 8 == 1 || seed % 8 == 4) {
        let history = generate(seed);
        let said = both.ask_line(&history.entries, history.founding()).unwrap();
        assert!(said.starts_with("same") || said.starts_with("touched"), "seed {seed}: {said}");
        same += usize::from(said.starts_with("same"));
    }
    assert!(same > 50, "only {same} histories could be compared");
}
