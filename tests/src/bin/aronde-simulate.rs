//! Runs the simulation over many seeds, or replays one.
//!
//! `aronde-simulate [--seed N | --from N --count N] [--replicas N] [--steps N] [--trace]`

use std::process::ExitCode;
use std::time::Instant;

use aronde_tests::simulation::{self, Report, Size};

fn main() -> ExitCode {
    let mut options = std::env::args().skip(1);
    let (mut seed, mut count, mut size) = (1, 1_000, Size { replicas: 8, steps: 120 });
    let mut trace = false;
    while let Some(option) = options.next() {
        if option == "--trace" {
            trace = true;
            continue;
        }
        let known = ["--seed", "--from", "--count", "--replicas", "--steps"].contains(&option.as_str());
        if !known {
            eprintln!(
                "{option} is no option: --seed, --from, --count, --replicas, --steps or --trace is expected"
            );
            return ExitCode::from(2);
        }
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
            _ => size.steps = small,
        }
    }
    if size.replicas < 3 {
        eprintln!("--replicas is at least 3: two that are honest, and one that lies");
        return ExitCode::from(2);
    }
    let began = Instant::now();
    let (mut total, mut failed) = (Report::default(), 0u64);
    for seed in seed..seed.saturating_add(count) {
        match simulation::run(seed, size, trace) {
            Ok(report) => {
                if count == 1 {
                    println!("{report:#?}");
                }
                total.add(&report);
            }
            Err(what) => {
                println!("{what}");
                failed += 1;
            }
        }
    }
    println!("{count} seeds, {failed} failed, {:.1} s: {}", began.elapsed().as_secs_f64(), total.summary());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
