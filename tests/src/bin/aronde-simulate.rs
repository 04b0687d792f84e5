//! Runs the simulation over many seeds, or replays one.
//!
//! `aronde-simulate [--seed N] [--count N] [--replicas N] [--steps N]`

use std::process::ExitCode;

use aronde_tests::simulation::{self, Size};

fn main() -> ExitCode {
    let mut options = std::env::args().skip(1);
    let (mut seed, mut count, mut size) = (1, 10_000, Size { replicas: 5, steps: 200 });
    while let Some(option) = options.next() {
        let Some(value) = options.next().and_then(|v| v.parse::<u64>().ok()) else {
            eprintln!("{option} needs a number");
            return ExitCode::from(2);
        };
        let small = usize::try_from(value).unwrap_or(usize::MAX);
        match option.as_str() {
            "--seed" => (seed, count) = (value, 1),
            "--from" => seed = value,
            "--count" => count = value,
            "--replicas" => size.replicas = small,
            "--steps" => size.steps = small,
            _ => {
                eprintln!(
                    "{option} is no option: --seed, --from, --count, --replicas or --steps are expected"
                );
                return ExitCode::from(2);
            }
        }
    }
    let (mut held, mut accepted, mut delivered, mut failed) = (0, 0, 0, 0u64);
    for seed in seed..seed.saturating_add(count) {
        match simulation::run(seed, size) {
            Ok(report) => {
                held += report.held;
                accepted += report.accepted;
                delivered += report.delivered;
                if count == 1 {
                    println!("{report:?}");
                }
            }
            Err(what) => {
                println!("{what}");
                failed += 1;
            }
        }
    }
    println!(
        "{count} seeds, {failed} failed: {held} entries held, {accepted} accepted, {delivered} runs delivered"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
