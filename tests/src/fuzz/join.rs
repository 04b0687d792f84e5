//! What a stranger may say, and what is answered.

use aronde_protocol::federation::FederationName;
use aronde_protocol::id::EntryId;
use aronde_protocol::join::{self, Call, Claim, JoinGrant, JoinRefusal, JoinRequest, News, Reply};
use aronde_protocol::limits::{CLAIM_HEADS_MAX, JOIN_FRAME_MAX, NAME_MAX, PAGE_RUNS_MAX};
use aronde_protocol::run;
use aronde_protocol::wire::{Bounded, Bytes, Text};

use super::samples;

/// What is read is written as the same bytes, bounded; and no mutation proves a key between two nodes that
/// its owner did not prove it between.
pub fn body(bytes: &[u8]) {
    if let Ok(call) = Call::decode(bytes) {
        assert!(bytes.len() <= JOIN_FRAME_MAX);
        assert_eq!(call.encode().as_deref(), Ok(bytes));
        match call {
            Call::Join(request) => {
                assert!(request.name.as_str().len() <= NAME_MAX);
                assert!(!request.proves_possession(b"new", b"another host"));
                assert!(!format!("{request:?}").contains("secret"));
            }
            Call::Introduce(proof) => assert!(join::runs(proof).len() <= PAGE_RUNS_MAX),
            Call::Claim(claim) => {
                assert!(claim.heads.0.len() <= CLAIM_HEADS_MAX);
                assert!(!claim.proves_possession(&[9; 32]));
            }
            Call::Greet(_) => {}
        }
    }
    if let Ok(reply) = Reply::decode(bytes) {
        assert!(bytes.len() <= JOIN_FRAME_MAX);
        assert_eq!(reply.encode().as_deref(), Ok(bytes));
        if let Reply::Denied(refusal) = reply {
            assert!(!refusal.to_string().is_empty());
        }
    }
}

/// One of every call and every reply.
pub fn seeds() -> Vec<Vec<u8>> {
    let key = &samples::keys()[1];
    let mut request = JoinRequest {
        federation: FederationName::founded(EntryId([1; 32])),
        secret: Bytes(vec![5; 16]),
        member: *key.member().as_bytes(),
        next_key: Some(Bytes(vec![6; 32])),
        name: Text::cut("Maker B"),
        workshop: Some(Text::cut("Workshop North")),
        signature: [0; 64],
    };
    request.signature = key.sign(&request.signed_bytes(b"new", b"host").unwrap());
    assert!(request.proves_possession(b"new", b"host"));
    let proof = || join::proof(run::encode(&samples::history(0)));
    let mut claim = Claim {
        member: *key.member().as_bytes(),
        heads: Bounded(vec![EntryId([8; 32])]),
        signature: [0; 64],
    };
    claim.signature = key.sign(&claim.signed_bytes(&[7; 32]));
    assert!(claim.proves_possession(&[7; 32]));
    let calls = [
        Call::Join(Box::new(request)),
        Call::Greet(Bytes(vec![7; 32])),
        Call::Introduce(proof()),
        Call::Claim(Box::new(claim)),
    ];
    let replies = [
        Reply::Granted(JoinGrant { proof: proof() }),
        Reply::Denied(JoinRefusal::Used),
        Reply::Denied(JoinRefusal::Failed(Text::cut("the disk is full"))),
        Reply::Unknown,
        Reply::Known(proof()),
        Reply::News(News { operations: proof(), held: Bounded(vec![EntryId([8; 32])]) }),
        Reply::Refused(Text::cut("these entries do not bind your node")),
    ];
    let calls = calls.iter().map(|c| c.encode().unwrap());
    calls.chain(replies.iter().map(|r| r.encode().unwrap())).collect()
}
