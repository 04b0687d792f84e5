//! What judging a bundle costs: `aronde-bench-audit [RECORDS…]` prints, for each number of records, each signed or in
//! bursts of 256, how the time to judge compares with the time to verify the signatures alone, and with the time to hash
//! the entries alone, in the same run. Then the same for the audit of a home of so many records, and what the audit of a
//! thousand new ones takes on top.

#![allow(clippy::cast_precision_loss)] // figures for people

use std::process::ExitCode;
use std::time::Duration;

use aronde_tests::bench::audit::measure;
use aronde_tests::bench::home_audit;

/// Records with one signature, where they come in bursts.
const BURST: usize = 256;
/// Records that come after the audit of everything.
const NEW: usize = 1_000;

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
    for records in sizes.iter().copied() {
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
    println!();
    println!(
        "  held signatures | open ms  audit ms | audit us/entry  verify alone  hash alone | memory MB |  new  audit ms"
    );
    for records in sizes {
        for burst in [1, BURST] {
            let cost = match home_audit::measure(records, burst, NEW) {
                Ok(cost) => cost,
                Err(fault) => {
                    eprintln!("a home of {records} records: {fault}");
                    return ExitCode::FAILURE;
                }
            };
            let each = |time: Duration| time.as_secs_f64() * 1e6 / cost.entries as f64;
            println!(
                "{:>6} {:>10} | {:>7} {:>9} | {:>14.2} {:>13.2} {:>11.2} | {:>9} | {:>4} {:>9.1}",
                cost.entries,
                cost.signatures,
                cost.opened.as_millis(),
                cost.audited.as_millis(),
                each(cost.audited),
                each(cost.verified),
                each(cost.hashed),
                cost.memory_kb / 1_000,
                cost.new,
                cost.audited_new.as_secs_f64() * 1e3,
            );
        }
    }
    ExitCode::SUCCESS
}
