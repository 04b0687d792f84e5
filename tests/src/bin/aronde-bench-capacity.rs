//! What finding a machine costs: `aronde-bench-capacity [WORKSHOPS…]` prints, for each number of workshops with ten
//! machines each, how long the index takes to answer, against a walk over all machines in the same run.

#![allow(clippy::cast_precision_loss)] // figures for people

use std::process::ExitCode;

use aronde_tests::bench::capacity::measure;

/// Questions that are asked of each.
const QUESTIONS: u32 = 500;

fn main() -> ExitCode {
    let given: Result<Vec<u32>, _> = std::env::args().skip(1).map(|n| n.parse()).collect();
    let Ok(mut sizes) = given else {
        eprintln!("usage: aronde-bench-capacity [WORKSHOPS…]");
        return ExitCode::from(2);
    };
    if sizes.is_empty() {
        sizes = vec![625, 1_250, 2_500, 5_000];
    }
    println!(
        "workshops machines | build ms | index p50 ms  p95 ms | walk p50 ms  p95 ms | walk/index p50   p95 | found"
    );
    for size in sizes {
        let figures = match measure(size, QUESTIONS) {
            Ok(figures) => figures,
            Err(fault) => {
                eprintln!("{size} workshops: {fault}");
                return ExitCode::FAILURE;
            }
        };
        let milli = |us: u128| us as f64 / 1_000.0;
        let ratio = |walk: u128, index: u128| walk as f64 / index.max(1) as f64;
        println!(
            "{size:>9} {:>8} | {:>8} | {:>12.3} {:>7.3} | {:>11.3} {:>7.3} | {:>14.1} {:>5.1} | {}",
            figures.machines,
            figures.build_ms,
            milli(figures.index_p50),
            milli(figures.index_p95),
            milli(figures.walk_p50),
            milli(figures.walk_p95),
            ratio(figures.walk_p50, figures.index_p50),
            ratio(figures.walk_p95, figures.index_p95),
            figures.found,
        );
    }
    ExitCode::SUCCESS
}
