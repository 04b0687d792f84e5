//! Acts on documents: beginning a design, editing it, proposing, taking proposals in.

use aronde_protocol::acceptance::{Reason, Verdict};
use aronde_protocol::authority::Role;
use aronde_protocol::canonical;
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Path};
use aronde_protocol::document::order::OrderKey;
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::Kind;
use aronde_protocol::id::{DocumentId, EntryId};
use rand::RngExt;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::{Act, Situation};

/// The acts.
pub const ACTS: &[Act] = &[
    Act { name: "begins a design", weight: 12, operates: false, by: Role::writes, plan: begin },
    Act { name: "edits", weight: 30, operates: false, by: Role::writes, plan: edit },
    Act { name: "edits offline for a while", weight: 5, operates: false, by: Role::writes, plan: edit_on },
    Act { name: "takes a proposal in", weight: 8, operates: false, by: Role::writes, plan: take_in },
];

/// Facts of a new design that one membership begins.
pub fn create_facts(under: EntryId, n: i64) -> Vec<u8> {
    let edits = vec![set("title", n).into()];
    canonical::encode(&CreateFacts { under, kind: "design".into(), schema: 1, edits }).unwrap_or_default()
}

/// Facts of a change of one field.
pub fn edit_facts(field: &str, n: i64) -> Vec<u8> {
    canonical::encode(&EditFacts { edits: vec![set(field, n).into()] }).unwrap_or_default()
}

fn set(field: &str, n: i64) -> Edit {
    Edit::Set { path: Path::root([field]), to: Value::Text(n.to_string()).into() }
}

fn begin(s: &mut Situation<'_>) -> Option<()> {
    let facts = create_facts(s.under, s.random.random_range(0..1_000));
    s.write(Kind::CREATE, None, vec![], facts, None)?;
    Some(())
}

fn edit(s: &mut Situation<'_>) -> Option<()> {
    let document = s.replica.documents().choose(s.random)?;
    let heads = s.replica.document_heads(&document);
    one_edit(s, document, heads)?;
    Some(())
}

/// Several edits on top of each other, signed once.
fn edit_on(s: &mut Situation<'_>) -> Option<()> {
    let document = s.replica.documents().choose(s.random)?;
    let mut heads = s.replica.document_heads(&document);
    for _ in 0..s.random.random_range(2..8) {
        heads = vec![one_edit(s, document, heads)?];
    }
    Some(())
}

/// An edit on top of the accepted heads and of a proposal, by name.
fn take_in(s: &mut Situation<'_>) -> Option<()> {
    let proposals = s.replica.held().filter(|h| h.verdict == Verdict::Parked(Reason::Proposal));
    let proposal = proposals.choose(s.random)?;
    let document = proposal.header.subject?;
    let mut deps = s.replica.document_heads(&document);
    deps.push(proposal.id);
    one_edit(s, document, deps)?;
    Some(())
}

fn one_edit(s: &mut Situation<'_>, document: DocumentId, deps: Vec<EntryId>) -> Option<EntryId> {
    let n = s.random.random_range(0..1_000);
    let facts = if s.random.random_ratio(1, 4) {
        let order = OrderKey::several(None, None, 1).ok()?.pop()?.to_string();
        let fields = [("part".to_owned(), Value::Text(format!("part {n}")).into())].into();
        let add = Edit::Add { list: "bom".into(), order, fields };
        canonical::encode(&EditFacts { edits: vec![add.into()] }).ok()?
    } else {
        edit_facts(["title", "version", "function"].choose(s.random)?, n)
    };
    s.write(Kind::EDIT, Some(document), deps, facts, None)
}
