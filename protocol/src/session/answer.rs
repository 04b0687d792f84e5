//! The answering side of a session: one request, one answer, no state.

use super::message::{Request, Response, WireNode};
use super::{Held, sums};
use crate::digest::TreeNode;
use crate::id::EntryId;
use crate::limits::{FETCH_IDS_MAX, FILE_RANGE_MAX, PAGE_BYTES_MAX};
use crate::wire::{Bytes, Ids, Text};

/// An answer, and what the request told about who asked.
#[derive(Debug, Default)]
pub struct Answered {
    /// The bytes to send back.
    pub bytes: Vec<u8>,
    /// The root the asker holds, when it said.
    pub root: Option<[u8; 32]>,
    /// The hash over the files the asker wants, when it said.
    pub wanted: Option<[u8; 32]>,
    /// Entries it brought that were not held before.
    pub fresh: Vec<EntryId>,
    /// Why the asker is to blame, if it is.
    pub fault: Option<String>,
}

/// Answers one request.
pub fn answer(held: &dyn Held, request: &[u8]) -> Answered {
    let mut answered = Answered::default();
    let response = match Request::decode(request) {
        Ok(request) => respond(held, request, &mut answered),
        Err(error) => blame(&mut answered, &error.to_string()),
    };
    answered.bytes = response.encode().unwrap_or_else(|_| {
        Response::Refused(Text::cut("the answer does not fit")).encode().unwrap_or_default()
    });
    answered
}

fn respond(held: &dyn Held, request: Request, answered: &mut Answered) -> Response {
    match request {
        Request::Compare { federation, root, wanted: theirs, message } => {
            if federation.founding != held.federation().founding {
                return Response::Refused(Text::cut("this node belongs to another federation"));
            }
            answered.root = Some(root);
            answered.wanted = Some(theirs);
            let (ours, wanted) = (held.held_root(), held.wanted_root());
            if root == ours {
                return Response::Equal { wanted };
            }
            let message = match message.map(|message| sums::answer(held.held_items(), &message.0)) {
                None => None,
                Some(Ok(message)) => Some(Bytes(message)),
                Some(Err(error)) => return blame(answered, &error.to_string()),
            };
            Response::Different { root: ours, wanted, message }
        }
        Request::Reconcile { message } => match sums::answer(held.held_items(), &message.0) {
            Ok(message) => Response::Message(Bytes(message)),
            Err(error) => blame(answered, &error.to_string()),
        },
        Request::Fetch { ids } if ids.0.len() > FETCH_IDS_MAX => {
            blame(answered, "more entries asked for than fit in one request")
        }
        Request::Fetch { ids } => {
            let runs: Vec<_> = held.runs(&ids.0, PAGE_BYTES_MAX).runs.into_iter().map(Bytes).collect();
            Response::Runs(runs.into())
        }
        Request::Push { runs } => {
            let received = held.receive(runs.0.into_iter().map(|run| run.0).collect());
            let fresh = received.fresh.len() as u64;
            answered.fresh = received.fresh;
            answered.fault.clone_from(&received.refused);
            Response::Pushed { fresh, refused: received.refused.as_deref().map(Text::cut) }
        }
        Request::Walk { prefixes } => {
            let nodes: Vec<_> = prefixes
                .0
                .iter()
                .map(|prefix| match held.held_children(&prefix.0) {
                    TreeNode::Ids(ids) => WireNode::Ids(Ids(ids)),
                    TreeNode::Branch(hashes) => WireNode::Branch(Bytes(hashes.concat())),
                })
                .collect();
            Response::Nodes(nodes.into())
        }
        Request::Range { file, len, from, to } => {
            if from > to || to > len || to - from > FILE_RANGE_MAX {
                return blame(answered, "a range that does not lie in the file or is too long");
            }
            match held.file_range(&file, len, from, to) {
                Some(bytes) => Response::Range(Bytes(bytes)),
                None => Response::Absent,
            }
        }
    }
}

fn blame(answered: &mut Answered, why: &str) -> Response {
    answered.fault = Some(why.to_owned());
    Response::Refused(Text::cut(why))
}
