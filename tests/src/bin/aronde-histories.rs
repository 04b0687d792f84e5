//! Runs random histories of authority over many seeds, or replays one.
//!
//! `aronde-histories [--seed N] [--from N] [--count N] [--model]`

use std::process::ExitCode;

use aronde_tests::histories::campaign::{Campaign, agree, check};
use aronde_tests::histories::model::{Model, SCRIPT};
use aronde_tests::histories::{History, generate, shrink};

fn main() -> ExitCode {
    let mut options = std::env::args().skip(1);
    let (mut from, mut count, mut model) = (0, 10_000, None);
    while let Some(option) = options.next() {
        if option == "--model" {
            model = Model::start(SCRIPT, &[]);
            continue;
        }
        let Some(value) = options.next().and_then(|v| v.parse::<u64>().ok()) else {
            eprintln!("{option} needs a number");
            return ExitCode::from(2);
        };
        match option.as_str() {
            "--seed" => (from, count) = (value, 1),
            "--from" => from = value,
            "--count" => count = value,
            _ => {
                eprintln!("{option} is no option: --seed, --from, --count or --model are expected");
                return ExitCode::from(2);
            }
        }
    }
    let mut campaign = Campaign { model, ..Campaign::default() };
    for seed in from..from.saturating_add(count) {
        let history = generate(seed);
        if let Err(what) = check(&mut campaign, &history) {
            let report = campaign.report;
            println!("{what}");
            // What failed only where something was missing is shrunk from there.
            let whole = agree(&mut campaign, &history).is_err();
            let from = if whole { history.clone() } else { history.partial() };
            // A fault that only some orders show is looked for in several.
            let mut fault = |entries: &[_]| {
                (seed..seed + 4).find_map(|order| {
                    let smaller = History { seed: order, ..from.with(entries) };
                    agree(&mut campaign, &smaller).err()
                })
            };
            let least = shrink::shrink(&from.entries, |entries| fault(entries).is_some());
            println!("the least of it: {}\n{}", fault(&least).unwrap_or_default(), shrink::tell(&least));
            println!("replay: cargo run --release -p aronde-tests --bin aronde-histories -- --seed {seed}");
            campaign.report = report;
            campaign.failed.push(seed);
        }
        if count == 1 {
            println!("{}", shrink::tell(&history.entries));
        }
        let done = seed - from + 1;
        if done % 1_000 == 0 {
            eprintln!("{done} histories, {} failed", campaign.failed.len());
        }
    }
    println!("{}", campaign.report);
    println!("{count} histories from {from}, {} failed: {:?}", campaign.failed.len(), campaign.failed);
    if campaign.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
