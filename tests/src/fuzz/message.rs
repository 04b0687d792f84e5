//! What two bound nodes ask and answer.

use aronde_protocol::federation::FederationName;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::limits::{PAGE_RUNS_MAX, REQUEST_MAX, RESPONSE_MAX, WALK_PREFIXES_MAX};
use aronde_protocol::run;
use aronde_protocol::session::{Request, Response, WireNode};
use aronde_protocol::wire::{Bytes, Ids, Text};

use super::samples;

/// What is read is written as the same bytes, and its lists are bounded.
pub fn body(bytes: &[u8]) {
    if let Ok(request) = Request::decode(bytes) {
        assert!(bytes.len() <= REQUEST_MAX);
        assert_eq!(request.encode().as_deref(), Ok(bytes));
        match request {
            Request::Push { runs } => assert!(runs.0.len() <= PAGE_RUNS_MAX),
            Request::Walk { prefixes } => assert!(prefixes.0.len() <= WALK_PREFIXES_MAX),
            _ => {}
        }
    }
    if let Ok(response) = Response::decode(bytes) {
        assert!(bytes.len() <= RESPONSE_MAX);
        assert_eq!(response.encode().as_deref(), Ok(bytes));
        match response {
            Response::Runs(runs) => assert!(runs.0.len() <= PAGE_RUNS_MAX),
            Response::Nodes(nodes) => assert!(nodes.0.len() <= WALK_PREFIXES_MAX),
            Response::Refused(why) => assert!(!why.as_str().chars().any(char::is_control)),
            _ => {}
        }
    }
}

/// One of every request and every answer.
pub fn seeds() -> Vec<Vec<u8>> {
    let runs = run::encode(&samples::history(1));
    let ids = || Ids(vec![EntryId([3; 32]), EntryId([4; 32])]);
    let federation = FederationName::founded(EntryId([1; 32]));
    let file = FileHash([5; 32]);
    let requests = [
        Request::Compare {
            federation,
            root: [2; 32],
            wanted: [0; 32],
            message: Some(Bytes(vec![0x61, 0, 0, 0])),
        },
        Request::Compare { federation, root: [2; 32], wanted: [0; 32], message: None },
        Request::Reconcile { message: Bytes(vec![0x61]) },
        Request::Fetch { ids: ids() },
        Request::Push { runs: vec![Bytes(runs[0].clone())].into() },
        Request::Walk { prefixes: vec![Bytes(vec![]), Bytes(vec![7; 32])].into() },
        Request::Range { file, len: 40_000, from: 0, to: 16_384 },
    ];
    let answers = [
        Response::Equal { wanted: [0; 32] },
        Response::Different { root: [2; 32], wanted: [0; 32], message: Some(Bytes(vec![0x61])) },
        Response::Message(Bytes(vec![0x61])),
        Response::Runs(runs.into_iter().map(Bytes).collect::<Vec<_>>().into()),
        Response::Pushed { fresh: 3, refused: Some(Text::cut("no")) },
        Response::Nodes(vec![WireNode::Ids(ids()), WireNode::Branch(Bytes(vec![1; 64]))].into()),
        Response::Range(Bytes(vec![1; 16])),
        Response::Absent,
        Response::Busy,
        Response::Refused(Text::cut("this node belongs to another federation")),
    ];
    let requests = requests.iter().map(|r| r.encode().unwrap());
    requests.chain(answers.iter().map(|a| a.encode().unwrap())).collect()
}
