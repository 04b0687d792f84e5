//! Sessions with a peer that says anything.

use std::sync::LazyLock;

use aronde_protocol::limits::PUSH_BYTES_MAX;
use aronde_protocol::run;
use aronde_protocol::session::{Held, Request, Response, Session, Step, WireNode, answer};

use aronde_protocol::wire::{Bytes, Ids};

use super::pieces;
use super::samples::{self, Store};

fn store() -> &'static Store {
    static STORE: LazyLock<Store> = LazyLock::new(|| {
        let history = samples::history(40);
        Store::new(history[0].id(), history)
    });
    &STORE
}

/// Pieces: messages of the peer. Each is a request, which has an answer that can be read; and together they
/// are the answers that a session is told, each of which ends it or leads to a request that can be read.
pub fn body(bytes: &[u8]) {
    let pieces = pieces::split(bytes);
    for piece in &pieces {
        let answered = answer(store(), piece);
        let response = Response::decode(&answered.bytes).expect("an answer can be read");
        assert!(
            answered.fault.is_none() || matches!(response, Response::Refused(_) | Response::Pushed { .. })
        );
    }
    let (mut session, _) = Session::open(store()).expect("the list is in order");
    for piece in pieces {
        match session.step(store(), piece) {
            Ok(Step::Ask(request)) => {
                Request::decode(&request).expect("a request can be read");
            }
            Ok(Step::Done) | Err(_) => break,
        }
    }
    assert!(session.report().fresh_ids.len() <= session.report().fresh);
}

/// Requests and answers of one session, as they go over the wire. What they list is sorted, so that they
/// are the same at every time.
pub fn recorded(asking: &Store, answering: &Store) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (mut session, mut request) = Session::open(asking).expect("the list is in order");
    let (mut requests, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..12 {
        request = sorted(&request, asking);
        let told = answer(answering, &request).bytes;
        requests.push(std::mem::take(&mut request));
        answers.push(told.clone());
        match session.step(asking, &told) {
            Ok(Step::Ask(next)) => request = next,
            Ok(Step::Done) | Err(_) => break,
        }
    }
    (requests, answers)
}

fn sorted(request: &[u8], asking: &Store) -> Vec<u8> {
    let mut request = Request::decode(request).expect("a request can be read");
    match &mut request {
        Request::Fetch { ids } => ids.0.sort_unstable(),
        Request::Push { runs } => {
            let entries = runs.0.iter().flat_map(|run| run::decode(&run.0).expect("a run of ours"));
            let ids: Vec<_> = entries.map(|entry| entry.id()).collect();
            *runs = asking.runs(&ids, PUSH_BYTES_MAX).runs.into_iter().map(Bytes).collect::<Vec<_>>().into();
        }
        _ => {}
    }
    request.encode().expect("it fits")
}

/// What is said in sessions with a store that lacks some, one that has more, one that has the same, and one
/// that can't tell why it differs.
pub fn seeds() -> Vec<Vec<u8>> {
    let (history, founding) = (samples::history(60), samples::history(0)[0].id());
    let shorter = Store::new(founding, history[..30].to_vec());
    let longer = Store::new(founding, history.clone());
    let mixed = Store::new(
        founding,
        history.into_iter().enumerate().filter(|(n, _)| n % 3 > 0).map(|(_, e)| e).collect(),
    );
    let mut seeds = Vec::new();
    for other in [&shorter, &longer, &mixed, store()] {
        let (requests, answers) = recorded(store(), other);
        seeds.extend([requests, answers].map(|said| pieces::join(said.iter().filter(|m| m.len() < 20_000))));
        let (requests, answers) = recorded(other, store());
        seeds.extend([requests, answers].map(|said| pieces::join(said.iter().filter(|m| m.len() < 20_000))));
    }
    let walk = [
        Response::Different { root: [1; 32], wanted: [0; 32], message: Some(Bytes(vec![0x61])) },
        Response::Different { root: [1; 32], wanted: [0; 32], message: None },
        Response::Nodes(vec![WireNode::Branch(Bytes(vec![1; 8_192]))].into()),
        Response::Nodes(vec![WireNode::Ids(Ids(vec![])); 64].into()),
    ];
    seeds.push(pieces::join(walk.iter().map(|answer| answer.encode().expect("it fits"))));
    seeds
}
