//! What authority costs: `aronde-bench-authority [OPERATIONS…]` prints, for each number of operations, with and
//! without charters, how the time to judge all from nothing compares with the time to verify their
//! signatures, what one more operation takes, and the memory of each.

#![allow(clippy::cast_precision_loss)] // figures for people

use std::process::ExitCode;

use aronde_tests::bench::Fault;
use aronde_tests::bench::authority::{Cost, Growing};

fn main() -> ExitCode {
    let given: Result<Vec<usize>, _> = std::env::args().skip(1).map(|n| n.parse()).collect();
    let Ok(mut sizes) = given else {
        eprintln!("usage: aronde-bench-authority [OPERATIONS…]");
        return ExitCode::from(2);
    };
    if sizes.is_empty() {
        sizes = vec![1_250, 2_500, 5_000, 10_000];
    }
    println!(
        "operations removals charters | verify ms  judge ms  judge/verify | one admission us  one removal us | kB  B/operation"
    );
    for charters in [None, Some(500)] {
        for size in &sizes {
            match measure(*size, charters) {
                Ok(cost) => print(cost),
                Err(fault) => {
                    eprintln!("{size} operations: {fault}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    ExitCode::SUCCESS
}

fn measure(operations: usize, charters: Option<usize>) -> Result<Cost, Fault> {
    let mut growing = Growing::found(1)?;
    growing.grow(operations, charters)?;
    growing.cost()
}

fn print(cost: Cost) {
    let milli = |us: u64| us as f64 / 1_000.0;
    println!(
        "{:>10} {:>8} {:>8} | {:>9.1} {:>9.1} {:>13.3} | {:>16.0} {:>15.0} | {:>6} {:>6.0}",
        cost.operations,
        cost.removals,
        cost.charters,
        milli(cost.verify_us),
        milli(cost.judge_us),
        cost.judge_us as f64 / cost.verify_us.max(1) as f64,
        cost.admission_us,
        cost.removal_us,
        cost.memory_kb,
        cost.memory_kb as f64 * 1_024.0 / cost.operations as f64,
    );
}
