//! What every decoder of outside bytes promises, checked on any bytes at all.
//!
//! Goals: one body a format, a plain function of bytes that panics when a promise is broken: nothing
//! that comes from a peer, a file or a page makes a decoder panic or grow; what it accepts is within
//! the limits, and where a form is canonical it encodes to the same bytes again. The same bodies are
//! run by libFuzzer (`tests/fuzz`, see `docs/contributing.md`) and, in a short form, by an ordinary test
//! (`tests/tests/fuzz.rs`).
//!
//! A new format brings its own target: a body here with its seeds, a line in [`TARGETS`], three lines in
//! `tests/fuzz/fuzz_targets`, five in `tests/fuzz/Cargo.toml`, and seeds in `tests/fuzz/corpus`. The short
//! form says which of them is missing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod announcement;
pub mod bom;
pub mod bundle;
pub mod bundle_proofs;
pub mod capacity;
pub mod command;
pub mod config;
pub mod contributions;
pub mod credential;
pub mod design;
pub mod did;
pub mod door;
pub mod edits;
pub mod entry;
pub mod folder;
pub mod form;
pub mod frame;
pub mod join;
pub mod key_file;
pub mod licence;
pub mod manifest;
pub mod message;
pub mod mutate;
pub mod names;
pub mod negentropy;
pub mod operation;
pub mod phrase;
pub mod pieces;
pub mod proof;
pub mod quantity;
pub mod range;
pub mod record;
pub mod rule;
pub mod run;
pub mod samples;
pub mod segment;
pub mod session;
pub mod sop;
pub mod ticket;

/// A decoder of outside bytes with what is needed to try it.
pub struct Target {
    /// Its name, the same everywhere.
    pub name: &'static str,
    /// Panics when these bytes break a promise.
    pub body: fn(&[u8]),
    /// Valid encodings to begin from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many mutations the short form tries: fewer where one costs more.
    pub short: usize,
}

/// Every decoder of outside bytes, by name.
pub const TARGETS: [Target; 36] = [
    Target { name: "announcement", body: announcement::body, seeds: announcement::seeds, short: 2_000 },
    Target { name: "bom", body: bom::body, seeds: bom::seeds, short: 500 },
    Target { name: "bundle", body: bundle::body, seeds: bundle::seeds, short: 300 },
    Target { name: "bundle_proofs", body: bundle_proofs::body, seeds: bundle_proofs::seeds, short: 1_000 },
    Target { name: "capacity", body: capacity::body, seeds: capacity::seeds, short: 300 },
    Target { name: "command", body: command::body, seeds: command::seeds, short: 1_000 },
    Target { name: "config", body: config::body, seeds: config::seeds, short: 500 },
    Target { name: "contributions", body: contributions::body, seeds: contributions::seeds, short: 500 },
    Target { name: "credential", body: credential::body, seeds: credential::seeds, short: 500 },
    Target { name: "design", body: design::body, seeds: design::seeds, short: 100 },
    Target { name: "did", body: did::body, seeds: did::seeds, short: 2_000 },
    Target { name: "door", body: door::body, seeds: door::seeds, short: 100 },
    Target { name: "edits", body: edits::body, seeds: edits::seeds, short: 1_000 },
    Target { name: "entry", body: entry::body, seeds: entry::seeds, short: 1_000 },
    Target { name: "folder", body: folder::body, seeds: folder::seeds, short: 200 },
    Target { name: "form", body: form::body, seeds: form::seeds, short: 300 },
    Target { name: "frame", body: frame::body, seeds: frame::seeds, short: 2_000 },
    Target { name: "join", body: join::body, seeds: join::seeds, short: 2_000 },
    Target { name: "key_file", body: key_file::body, seeds: key_file::seeds, short: 500 },
    Target { name: "licence", body: licence::body, seeds: licence::seeds, short: 500 },
    Target { name: "manifest", body: manifest::body, seeds: manifest::seeds, short: 500 },
    Target { name: "message", body: message::body, seeds: message::seeds, short: 2_000 },
    Target { name: "names", body: names::body, seeds: names::seeds, short: 2_000 },
    Target { name: "negentropy", body: negentropy::body, seeds: negentropy::seeds, short: 500 },
    Target { name: "operation", body: operation::body, seeds: operation::seeds, short: 1_000 },
    Target { name: "phrase", body: phrase::body, seeds: phrase::seeds, short: 1_000 },
    Target { name: "proof", body: proof::body, seeds: proof::seeds, short: 1_000 },
    Target { name: "quantity", body: quantity::body, seeds: quantity::seeds, short: 2_000 },
    Target { name: "range", body: range::body, seeds: range::seeds, short: 500 },
    Target { name: "record", body: record::body, seeds: record::seeds, short: 2_000 },
    Target { name: "rule", body: rule::body, seeds: rule::seeds, short: 500 },
    Target { name: "run", body: run::body, seeds: run::seeds, short: 1_000 },
    Target { name: "segment", body: segment::body, seeds: segment::seeds, short: 1_000 },
    Target { name: "session", body: session::body, seeds: session::seeds, short: 500 },
    Target { name: "sop", body: sop::body, seeds: sop::seeds, short: 300 },
    Target { name: "ticket", body: ticket::body, seeds: ticket::seeds, short: 2_000 },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
