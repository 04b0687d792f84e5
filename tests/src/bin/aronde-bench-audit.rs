//! What judging a bundle costs: `aronde-bench-audit [RECORDS…]` prints, for each number of records, each signed or in
//! bursts of 256, how the time to judge compares with the time to verify the signatures alone, and with the time to hash
//! the entries alone, in the same run.

#![allow(clippy::cast_precision_loss)] // figures for people

use std::process::ExitCode;
use std::time::Duration;

use aronde_tests::bench::audit::measure;

/// Records with one signature, where they come in bursts.
const BURST: usize = 256;

fn main() -> ExitCode {
    let given: Result<Vec<usize>, _> = std::env::args().skip(1).map(|n| n.parse()).collect();
    let Ok(mut sizes) = given else {
        eprintln!("usage: aronde-bench-audit [RECORDS…]");
        return ExitCode::from(2);
    };
    if sizes.is_empty() {
        sizes = vec![100_000];
    }
    println!(
        "records signatures    MB | judge us/entry  all cores  verify alone  hash alone | verify/judge  verify/all  judge/hash | memory MB"
    );
    for records in sizes {
        for burst in [1, BURST] {
            let cost = match measure(records, burst) {
                Ok(cost) => cost,
                Err(fault) => {
                    eprintln!("{records} records: {fault}");
                    return ExitCode::FAILURE;
                }
            };
            let each = |time: Duration| time.as_secs_f64() * 1e6 / cost.records as f64;
            let (judged, all, verified, hashed) =
                (each(cost.judged), each(cost.judged_on_all), each(cost.verified), each(cost.hashed));
            println!(
                "{:>7} {:>10} {:>5} | {judged:>14.2} {all:>10.2} {verified:>13.2} {hashed:>11.2} | {:>12.2} {:>11.2} {:>11.1} | {:>7}",
                cost.records,
                cost.signatures,
                cost.bytes / 1_000_000,
                verified / judged,
                verified / all,
                all / hashed,
                cost.memory_kb / 1_000,
            );
        }
    }
    ExitCode::SUCCESS
}
