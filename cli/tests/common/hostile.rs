//! A member whose software checks nothing: entries that are in order as entries, with content that no
//! Aronde writes, laid into the journal of its home.

use std::path::Path;

use aronde_node::home::Home;
use aronde_node::key_file::{self, Purpose};
use aronde_node::store::{Found, Options, Position, Store};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::canonical;
use aronde_protocol::document::authoring;
use aronde_protocol::document::draft::{DesignDraft, DraftFile};
use aronde_protocol::document::schema::DESIGN;
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::replica::Replica;
use aronde_protocol::run;

/// Writes a design with one file of this path, and says its id. No node may run.
pub fn design_with_file(home: &Path, path: &str, bytes: &[u8]) -> String {
    let key = key_file::read(&Home::open(home).unwrap().member_key(), Purpose::Member, None).unwrap();
    let (mut store, _) = Store::open(home, Options::default()).unwrap();
    store.replayed(Vec::new());
    let (hash, len) = store.files().put_reader(bytes).unwrap();

    let mut held: Vec<Entry> = Vec::new();
    for found in store.scan_from(Position::START) {
        if let Found::Record { payload, .. } = found.unwrap() {
            held.extend(run::decode(&payload).unwrap());
        }
    }
    let mut replica = Replica::new(held[0].id());
    replica.receive(held);
    let (under, _) = replica.authority().memberships_of(key.member()).next().unwrap();
    // Nothing here builds such a path, so it takes the place of one of the same length.
    let harmless = "z".repeat(path.len());
    let file = DraftFile { path: harmless.clone(), role: None, hash, len };
    let draft = DesignDraft { title: "Press".to_owned(), files: vec![file], ..DesignDraft::default() };
    let batches = authoring::create_design(&draft).unwrap();
    assert_eq!(batches.len(), 1);
    let mut facts = canonical::encode(&batches[0].create_facts(*under, DESIGN)).unwrap();
    let at = facts.windows(path.len()).position(|part| part == harmless.as_bytes()).unwrap();
    facts[at..at + path.len()].copy_from_slice(path.as_bytes());
    // A log of its own, one for each such design.
    let log = u64::from_be_bytes(hash.0[..8].try_into().unwrap()) ^ path.len() as u64;
    let at = replica.held().map(|entry| entry.header.at).max().unwrap();
    let mut burst = Burst::begin(&replica, &key, log, at);
    let create = Draft { kind: Kind::CREATE, subject: None, deps: Vec::new(), facts, personal: None };
    let design = burst.add(create).unwrap();
    store.append(&run::encode(&burst.sign()), |_| Vec::new()).unwrap();
    drop(store);
    // The index knows nothing of it; it is made again.
    std::fs::remove_dir_all(home.join("index")).unwrap();
    design.to_string()
}
