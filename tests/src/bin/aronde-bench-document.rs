//! What a large design costs to open: `aronde-bench-document [LINES [CHANGES…]]` prints, for each number of changes and
//! each way in which they were written, the time to the design as it is read: from the entries alone, as the first
//! time, and from the snapshot that was kept, as every other time; and how that grows.

use std::process::ExitCode;

use aronde_tests::bench::Fault;
use aronde_tests::bench::document::{Changed, Hands, Opened};

/// Each measurement is taken this often, and the median is told.
const TIMES: usize = 5;

fn main() -> ExitCode {
    let given: Result<Vec<usize>, _> = std::env::args().skip(1).map(|n| n.parse()).collect();
    let Ok(given) = given else {
        eprintln!("usage: aronde-bench-document [LINES [CHANGES…]]");
        return ExitCode::from(2);
    };
    let lines = given.first().copied().unwrap_or(2_000);
    let sizes = match given.get(1..) {
        Some(sizes) if !sizes.is_empty() => sizes.to_vec(),
        _ => vec![1_250, 2_500, 5_000, 10_000],
    };
    println!("{lines} BOM lines; times in ms, medians of {TIMES}");
    println!("                              from the entries | from a snapshot");
    println!("hands                changes    merge     open |    load     open   growth    MB |    read");
    for (name, hands) in [
        ("one", Hands::One),
        ("two, by turns of 20", Hands::Turns(20)),
        ("two, 100 apart", Hands::Apart(100)),
    ] {
        let mut before: Option<(usize, f64)> = None;
        for changes in &sizes {
            match median(lines, *changes, hands) {
                Ok(opened) => {
                    let ms = |time: std::time::Duration| time.as_secs_f64() * 1_000.0;
                    let (first, again) = (ms(opened.merge + opened.read), ms(opened.load + opened.read));
                    // The exponent of the law between this size and the one before: 1 is linear.
                    let growth = before.map_or_else(String::new, |(size, time)| {
                        #[allow(clippy::cast_precision_loss)] // figures for people
                        let more = *changes as f64 / size as f64;
                        format!("n^{:.2}", (again / time).ln() / more.ln())
                    });
                    #[allow(clippy::cast_precision_loss)] // figures for people
                    let size = opened.size as f64 / 1e6;
                    println!(
                        "{name:<20} {changes:>7} {:>8.1} {first:>8.1} |{:>8.1} {again:>8.1} {growth:>8} {size:>5.1} |{:>8.1}",
                        ms(opened.merge),
                        ms(opened.load),
                        ms(opened.read)
                    );
                    before = Some((*changes, again));
                }
                Err(fault) => {
                    eprintln!("{name}, {changes} changes: {fault}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    ExitCode::SUCCESS
}

fn median(lines: usize, changes: usize, hands: Hands) -> Result<Opened, Fault> {
    let changed = Changed::write(lines, changes, hands)?;
    let mut taken = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        taken.push(changed.open()?.1);
    }
    taken.sort_by_key(|opened| opened.load + opened.read);
    taken.get(TIMES / 2).copied().ok_or_else(|| "nothing was measured".into())
}
