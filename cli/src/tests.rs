#![allow(clippy::unwrap_used, clippy::panic)]

use clap::error::ErrorKind;

use super::*;

fn parse(line: &str) -> Result<Arguments, clap::Error> {
    // Single quotes keep spaces, as a shell has it.
    let words = line.split('\'').enumerate().flat_map(|(n, part)| match n % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    Arguments::try_parse_from(std::iter::once("aronde".to_owned()).chain(words))
}

#[test]
fn the_arguments_do_not_contradict_each_other() {
    Arguments::command().debug_assert();
}

#[test]
fn every_line_of_the_specification_is_understood() {
    for line in [
        "up",
        "up --listen /ip4/127.0.0.1/tcp/9 --listen /ip4/127.0.0.1/udp/9/quic-v1 --http 127.0.0.1:0 --no-mdns",
        "up --name 'Maker A' --workshop 'Workshop North' --federation Commons",
        "init --name 'Maker A' --workshop 'Workshop North' --federation Commons",
        "key show",
        "key backup",
        "key restore",
        "invite --workshop 'Workshop South'",
        "invite --member",
        "invite --member --role auditor",
        "invite --node",
        "join aronde1abc --name 'Maker B'",
        "join aronde1abc --name 'Maker B' --workshop 'Workshop South'",
        "design new --title 'Bench press'",
        "design import ./press",
        "design import ./press --update 4f1c",
        "design import ./press --title Press --licence CERN-OHL-S-2.0 --function Presses",
        "design edit 4f1c --set title=Press --set version=2",
        "design edit 4f1c --set title=Press --on 7d31",
        "design edit 4f1c --set title=Press --apart",
        "search planches decoupe",
        "search 'birch plywood' --without vis --kind design --licence MIT --process 'laser cutting' --limit 5",
        "search --kind machine-model --material multiplex --workshop 'Workshop North'",
        "proposal list",
        "proposal list --mine --design 4f1c",
        "proposal show 7d31",
        "proposal accept 7d31",
        "proposal accept 7d31 --yes",
        "proposal decline 7d31 --reason 'the thread stays metric'",
        "design list",
        "design show 4f1c",
        "design keepers 4f1c list",
        "design keepers 4f1c add 'Workshop South'",
        "design keepers 4f1c drop 'Workshop South'",
        "design files 4f1c --out out",
        "design files 4f1c --out out --force",
        "contribute --subject 4f1c --action work --quantity '3 h'",
        "contribute --subject 4f1c --action work --quantity '3 h' --note milled --at 2026-11-20",
        "book 1.5h laser 4f1c --for did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "contribute import table.csv --subject 4f1c --map map.toml",
        "contribute import-git folder --subject 4f1c",
        "agent claim 'J. Maker'",
        "shares press --rule budget --amount '12500 EUR' --explain",
        "shares rules budget",
        "credential issue 9b20",
        "credential cosign laser.json",
        "credential verify laser.json",
        "redact 9b20 --reason asked",
        "audit bundle north.car --subject 4f1c",
        "audit verify north.car",
        "ledger totals --group month",
        "attest 9b20 --confirm",
        "attest 9b20 --dispute --note 'two hours'",
        "ledger list",
        "ledger list --subject 4f1c",
        "ledger show 9b20",
        "audit",
        "forks",
        "forks --proof fork.proof",
        "forks show 4f1c20aa",
        "forks show did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp/9/3 --proof fork.proof",
        "forks heal",
        "forks heal 4f1c20aa",
        "verify fork.proof",
        "sync",
        "sync --wait",
        "sync --wait --timeout 60s",
        "status",
        "demo",
        "completions bash",
    ] {
        parse(line).unwrap_or_else(|error| panic!("{line}\n{error}"));
        let everywhere = format!("{line} --home here --json --key k --passphrase-file p -v");
        let global = parse(&everywhere).unwrap_or_else(|error| panic!("{everywhere}\n{error}")).global;
        assert!(global.json && global.home.is_some() && global.key.is_some() && global.verbose == 1);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    for (line, kind) in [
        ("build", ErrorKind::InvalidSubcommand),
        ("init --name A", ErrorKind::MissingRequiredArgument),
        ("invite", ErrorKind::MissingRequiredArgument),
        ("invite --node --member", ErrorKind::ArgumentConflict),
        ("invite --node --role maker", ErrorKind::ArgumentConflict),
        ("invite --member --role king", ErrorKind::ValueValidation),
        ("attest 9b20", ErrorKind::MissingRequiredArgument),
        ("attest 9b20 --confirm --dispute", ErrorKind::ArgumentConflict),
        ("contribute --subject 4f --action work --quantity 3", ErrorKind::ValueValidation),
        ("contribute --subject 4f --action work --quantity '3 h' --at soon", ErrorKind::ValueValidation),
        ("design edit 4f --add bom", ErrorKind::MissingRequiredArgument),
        ("design edit 4f --print --set title=P", ErrorKind::ArgumentConflict),
        ("design edit 4f --remove steps", ErrorKind::ValueValidation),
        ("conflict resolve 4f version", ErrorKind::MissingRequiredArgument),
        ("conflict resolve 4f version --take 1 --value 2", ErrorKind::ArgumentConflict),
        ("design edit 4f --set title", ErrorKind::ValueValidation),
        ("design edit 4f --set title=P --on 7d --apart", ErrorKind::ArgumentConflict),
        ("proposal", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand),
        ("proposal decline 7d31", ErrorKind::MissingRequiredArgument),
        ("up --http 0.0.0.0:80", ErrorKind::ValueValidation),
        ("up --listen here", ErrorKind::ValueValidation),
        ("sync --timeout 0s", ErrorKind::ValueValidation),
        ("join aronde1abc --name ''", ErrorKind::ValueValidation),
    ] {
        let Err(error) = parse(line) else { panic!("{line} was taken") };
        assert_eq!(error.kind(), kind, "{line}\n{error}");
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}

#[test]
fn every_command_has_an_example_in_its_help() {
    let mut without = vec![];
    let mut waiting = vec![Arguments::command()];
    while let Some(command) = waiting.pop() {
        let nested: Vec<_> = command.get_subcommands().cloned().collect();
        // The help of a group shows the examples of the short commands in it.
        let shown = command.get_after_help().is_some_and(|help| help.to_string().contains("aronde"));
        if !shown && !["list", "show", "backup"].contains(&command.get_name()) {
            without.push(command.get_name().to_owned());
        }
        waiting.extend(nested);
    }
    assert!(without.is_empty(), "{without:?}");
}
