//! Many bundles for both verifiers: `aronde-bundles [--tampered N] [--histories N] [--from N]`. They must say the same of
//! each, and nothing that somebody tampered with may pass.

use std::process::ExitCode;

use aronde_tests::bundles::campaign;

fn main() -> ExitCode {
    let (mut tampered, mut histories, mut from) = (5_000, 2_000, 0);
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        let number = arguments.next().and_then(|n| n.parse::<u64>().ok());
        match (option.as_str(), number) {
            ("--tampered", Some(n)) => tampered = n,
            ("--histories", Some(n)) => histories = n,
            ("--from", Some(n)) => from = n,
            _ => {
                eprintln!("usage: aronde-bundles [--tampered N] [--histories N] [--from N]");
                return ExitCode::from(2);
            }
        }
    }
    let asked = campaign::tampered(from..from + tampered)
        .and_then(|asked| Ok(asked && campaign::histories(from..from + histories)?));
    match asked {
        Ok(true) => {
            println!(
                "{tampered} bundles that somebody tampered with and {histories} histories: both verifiers say the same"
            );
            ExitCode::SUCCESS
        }
        Ok(false) => ExitCode::from(2),
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}
