//! The pages that show commands with their output are run as they stand: the README, and every page in
//! `docs/transcripts`. How they are written is said in `page.rs`, how they are run in `machine.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![cfg(unix)]

mod machine;
mod page;
mod pattern;

use std::path::{Path, PathBuf};

use machine::Machines;
use pattern::Captured;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs every command of a page, in order, and says of each what came out otherwise.
fn run(path: &str) {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let steps = page::steps(&text);
    assert!(!steps.is_empty(), "{path} shows no command");
    let mut machines = Machines::set_up();
    let mut captured = Captured::default();
    let mut wrong = Vec::new();
    for step in steps {
        let command = captured.fill(&step.command);
        let ran = machines.run(&step.machine, &command);
        let code = ran.code == step.code;
        if !code || !pattern::matches(&step.expected, &ran.output, &mut captured) {
            wrong.push(format!(
                "\n{path}:{}: {} $ {command}\n--- expected (exit code {})\n{}\n--- came (exit code {})\n{}\n",
                step.line,
                step.machine,
                step.code,
                step.expected.join("\n"),
                ran.code,
                ran.output
            ));
        }
    }
    machines.end();
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn the_readme_shows_what_happens() {
    run("README.md");
}

#[test]
fn a_first_federation_goes_as_written() {
    run("docs/transcripts/first-federation.md");
}

#[test]
fn a_conflict_goes_as_written() {
    run("docs/transcripts/conflict.md");
}

#[test]
fn a_home_that_was_set_back_goes_as_written() {
    run("docs/transcripts/forks.md");
}

#[test]
fn proposals_go_as_written() {
    run("docs/transcripts/proposals.md");
}

#[test]
fn procedures_go_as_written() {
    run("docs/transcripts/procedures.md");
}

#[test]
fn mistakes_are_answered_as_written() {
    run("docs/transcripts/mistakes.md");
}

#[test]
fn members_come_change_and_go_as_written() {
    run("docs/transcripts/members.md");
}

#[test]
fn workshops_decide_together_as_written() {
    run("docs/transcripts/charters.md");
}

#[test]
fn words_are_forgotten_as_written() {
    run("docs/transcripts/redaction.md");
}

#[test]
fn designs_are_released_built_and_derived_as_written() {
    run("docs/transcripts/releases.md");
}

#[test]
fn editing_and_deciding() {
    run("docs/transcripts/editing.md");
}

#[test]
fn a_commons_in_one_file_is_judged_as_written() {
    run("docs/transcripts/audit.md");
}

#[test]
fn the_ledger_is_kept_as_written() {
    run("docs/transcripts/ledger.md");
}

#[test]
fn a_credential_is_issued_signed_and_checked_as_written() {
    run("docs/transcripts/credentials.md");
}

#[test]
fn an_amount_is_shared_as_written() {
    run("docs/transcripts/shares.md");
}

#[test]
fn capacities_are_said_found_and_booked_as_written() {
    run("docs/transcripts/capacities.md");
}

#[test]
fn searching_goes_as_written() {
    run("docs/transcripts/search.md");
}

#[test]
fn every_transcript_has_a_test() {
    let this = std::fs::read_to_string(root().join("cli/tests/transcripts/main.rs")).unwrap();
    for entry in std::fs::read_dir(root().join("docs/transcripts")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(this.contains(&format!("run(\"docs/transcripts/{name}\")")), "{name} is never run");
    }
}

#[test]
fn checkpoints_go_as_written() {
    run("docs/transcripts/checkpoints.md");
}
