//! Messages of negentropy, from either side, over a few hundred held entries.

use std::sync::LazyLock;

use aronde_protocol::limits::{NEGENTROPY_FRAME, SESSION_STEPS_MAX};
use aronde_protocol::session::{Held, Request, Response, Session, Step, answer};
use aronde_protocol::wire::Bytes;

use super::samples::{self, Store};

fn store() -> &'static Store {
    static STORE: LazyLock<Store> = LazyLock::new(|| {
        let history = samples::history(300);
        Store::new(history[0].id(), history)
    });
    &STORE
}

/// Whatever the message, there is an answer that fits a frame; and as an answer it ends a session, or leads
/// to a request that can be read.
pub fn body(bytes: &[u8]) {
    let message = || Bytes(bytes.to_vec());
    let Ok(request) = (Request::Reconcile { message: message() }).encode() else { return };
    let answered = answer(store(), &request);
    match Response::decode(&answered.bytes).expect("an answer can be read") {
        Response::Message(message) => assert!(message.0.len() <= NEGENTROPY_FRAME),
        Response::Refused(_) => assert!(answered.fault.is_some()),
        other => panic!("negentropy is answered by {other:?}"),
    }

    let (mut session, _) = Session::open(store()).expect("the list is in order");
    let mut told = Response::Different { root: [1; 32], wanted: [0; 32], message: Some(message()) };
    for _ in 0..8 {
        let Ok(step) = session.step(store(), &told.encode().expect("it fits")) else { break };
        let Step::Ask(request) = step else { break };
        told = match Request::decode(&request).expect("a request can be read") {
            Request::Fetch { .. } => Response::Runs(vec![].into()),
            Request::Push { .. } => Response::Pushed { fresh: 0, refused: None },
            Request::Reconcile { .. } => Response::Message(message()),
            Request::Walk { .. } => Response::Nodes(vec![].into()),
            _ => Response::Different { root: [1; 32], wanted: [0; 32], message: None },
        };
    }
    assert!(session.report().round_trips <= SESSION_STEPS_MAX);
}

/// The messages of a session in which either side lacks some entries.
pub fn seeds() -> Vec<Vec<u8>> {
    let (requests, answers) = super::session::recorded(store(), &lacking());
    let asked = requests.iter().filter_map(|request| match Request::decode(request) {
        Ok(Request::Reconcile { message } | Request::Compare { message: Some(message), .. }) => {
            Some(message.0)
        }
        _ => None,
    });
    let told = answers.iter().filter_map(|answer| match Response::decode(answer) {
        Ok(Response::Message(message) | Response::Different { message: Some(message), .. }) => {
            Some(message.0)
        }
        _ => None,
    });
    let mut seeds: Vec<Vec<u8>> = asked.chain(told).chain([vec![0x61], vec![0x62]]).collect();
    seeds.retain(|seed| seed.len() < 4_096);
    seeds
}

fn lacking() -> Store {
    let mut history = samples::history(300);
    let founding = history[0].id();
    let mut place = 0;
    history.retain(|_| {
        place += 1;
        place % 7 != 0
    });
    assert!(store().held_items().len() > history.len());
    Store::new(founding, history)
}
