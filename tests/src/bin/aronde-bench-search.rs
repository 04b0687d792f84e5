//! What searching costs: `aronde-bench-search [DESIGNS…]` makes a home of so many designs in a temporary folder, has its
//! index made, and asks; against a scan of all texts in the same run.

#![allow(clippy::cast_precision_loss)] // figures for people

use std::process::ExitCode;

use aronde_tests::bench::search::measure;

/// Questions that are asked.
const QUESTIONS: usize = 500;

fn main() -> ExitCode {
    let given: Result<Vec<usize>, _> = std::env::args().skip(1).map(|n| n.parse()).collect();
    let Ok(mut sizes) = given else {
        eprintln!("usage: aronde-bench-search [DESIGNS…]");
        return ExitCode::from(2);
    };
    if sizes.is_empty() {
        sizes = vec![5_000, 20_000];
    }
    for size in sizes {
        let folder = match tempfile::tempdir() {
            Ok(folder) => folder,
            Err(fault) => {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        };
        let figures = match measure(folder.path(), size, QUESTIONS) {
            Ok(figures) => figures,
            Err(fault) => {
                eprintln!("{size} designs: {fault}");
                return ExitCode::FAILURE;
            }
        };
        let milli = |us: u128| us as f64 / 1_000.0;
        let pair =
            |(half, most): (u128, u128)| format!("p50 {:>8.2} ms   p95 {:>8.2} ms", milli(half), milli(most));
        let ratio = |one: u128, other: u128| one as f64 / other.max(1) as f64;
        let (designs, real) = figures.designs;
        println!("{designs} designs ({real} of them real manifests), {} kB of text", figures.text_kb);
        println!("  open the home                          {:>8} ms", figures.open_ms);
        let (wall, cpu) = figures.rebuild_ms;
        println!(
            "  make the index, documents read         {wall:>8} ms   {cpu} ms of CPU, {} kB on disk",
            figures.index_kb
        );
        let (wall, cpu) = figures.index_ms;
        println!("  make the index alone                   {wall:>8} ms   {cpu} ms of CPU");
        println!("  first answer of a process, slowest of 5 {:>10.2} ms", milli(figures.cold));
        println!("  answer                                 {}", pair(figures.warm));
        println!("  answer after one change                {}", pair(figures.changed));
        println!("  scan of all texts, folded in memory    {}", pair(figures.scan));
        println!(
            "  scan/index                             p50 {:>8.1}      p95 {:>8.1}      {} found in {QUESTIONS} questions",
            ratio(figures.scan.0, figures.warm.0),
            ratio(figures.scan.1, figures.warm.1),
            figures.found
        );
    }
    ExitCode::SUCCESS
}
