//! The facts of operations of every kind, and the names and reasons beside them.

use aronde_protocol::authority::operation::{MemberName, Operation, is_name};
use aronde_protocol::canonical;
use aronde_protocol::entry::{Gist, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::limits::{CHARTER_HEADS_MAX, FACTS_MAX};

use super::record::entry;
use super::samples;

/// A kind, a zero byte, and what may be facts of that kind; also taken as facts of every kind there is, since
/// no statement may be read as another's. What is read is written as the same bytes again.
pub fn body(bytes: &[u8]) {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let (kind, facts) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    if let Some(name) = MemberName::read(facts) {
        assert!(is_name(&name));
    }
    let kind = std::str::from_utf8(kind).ok().and_then(|kind| Kind::new(kind).ok());
    if let Some(kind) = &kind {
        read(kind, facts);
    }
    for known in Operation::KINDS {
        read(&Kind::new(known).expect("a kind is one"), facts);
    }
}

fn read(kind: &Kind, facts: &[u8]) {
    let operation = Operation::from_facts(kind, facts);
    let known = Operation::KINDS.contains(&kind.as_str());
    assert!(known || operation == Ok(None), "{kind} is read though it is not known");
    let Ok(Some(operation)) = operation else { return };
    assert_eq!(operation.kind(), kind.as_str());
    assert_eq!(operation.to_facts().as_deref(), Ok(facts));
    assert_eq!(operation.under().is_none(), kind.founds());
    let heads = operation.heads();
    assert!(heads.len() <= CHARTER_HEADS_MAX && heads.is_sorted_by(|a: &EntryId, b| a < b));
    let _ = (operation.admits(samples::keys()[0].member()), operation.is_motion(), operation.strikes());
    let kept = canonical::encode(&operation).expect("the index keeps what was read");
    assert_eq!(canonical::decode::<Operation>(&kept).as_ref(), Ok(&operation));
    if facts.len() <= FACTS_MAX {
        let entry = entry(kind, facts).expect("an operation can begin a log");
        match Gist::of(&entry) {
            Ok(gist) => assert_eq!(gist.operation(), Some(&operation)),
            // It is read, and bears no signature of the next key that is of this entry.
            Err(_) => assert!(matches!(operation, Operation::Rotate(_)), "the door refuses what is in form"),
        }
    }
}

/// One of every kind, one whose second signature holds, and a name.
pub fn seeds() -> Vec<Vec<u8>> {
    let operations = samples::operations(EntryId([1; 32]));
    assert!(
        Operation::KINDS.iter().all(|kind| operations.iter().any(|operation| operation.kind() == *kind)),
        "a kind of operation has no sample"
    );
    let name = MemberName { nonce: [5; 16], name: "Maker A".into() };
    let seeds = operations.iter().map(|op| [op.kind().as_bytes(), b"\0", &op.to_facts().unwrap()].concat());
    seeds.chain([[b"\0".as_slice(), &name.encode().unwrap()].concat()]).collect()
}
