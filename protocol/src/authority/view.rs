//! What a verdict means: members, workshops, nodes, motions and charters as people ask for them.

use std::collections::{BTreeMap, BTreeSet};

use super::charter;
use super::graph::{Act, Graph, Ground, Node, Number};
use super::judge::Judge;
use super::operation::Operation;
use super::verdict::Fault;
use super::{Alarm, Authority, Charter, Former, Membership, Motion, NodeBinding, NotHolding, Workshop};
use crate::id::EntryId;

/// Brings the view up to date with operations from this number on, or with all when verdicts changed.
pub(crate) fn refresh(
    authority: &mut Authority,
    graph: &Graph,
    judge: &mut Judge,
    first: Number,
    changed: bool,
) {
    let fresh = || (first..graph.len()).filter_map(|n| graph.node(n).map(|node| (n, node)));
    // An admission, a keeper or what is void says nothing of any other operation.
    let alone = |node: &Node| {
        node.order.is_err()
            || matches!(node.operation, Some(Operation::AdmitMember(_) | Operation::AddKeeper(_)))
    };
    if changed || !fresh().all(|(_, node)| alone(node)) {
        *authority = view(graph, judge);
    } else {
        for (number, node) in fresh() {
            authority.note(graph, judge, number, node);
        }
    }
}

/// The view of all operations.
fn view(graph: &Graph, judge: &mut Judge) -> Authority {
    let mut authority = Authority::default();
    for (number, node) in graph.nodes() {
        authority.note(graph, judge, number, node);
    }
    authority.nodes = bindings(graph, judge);
    let settled = judge.settled(graph);
    authority.quorum = settled.quorum(graph);
    authority.voters = ids(graph, settled.workshops(graph));
    for (number, node) in graph.nodes() {
        if node.is_motion()
            && judge.verdict().open.contains(number)
            && !judge.verdict().holds.contains(number)
            && let Some(motion) = motion(graph, judge, number)
        {
            authority.motions.insert(node.id, motion);
        }
    }
    let names =
        graph.policies.iter().filter_map(|p| graph.node(*p)).filter_map(|node| match &node.operation {
            Some(Operation::SetPolicy(set)) => Some(set.values.keys()),
            _ => None,
        });
    let verdict = judge.verdict();
    authority.policy = names
        .flatten()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|name| Some((name.clone(), verdict.policy(graph, name)?)))
        .collect();
    charters(graph, judge, &mut authority);
    authority
}

impl Authority {
    /// Notes one operation: what it gives if it holds, else why it doesn't.
    pub(crate) fn note(&mut self, graph: &Graph, judge: &Judge, number: Number, node: &Node) {
        if !judge.verdict().holds.contains(number) {
            self.parked.insert(node.id, reason(graph, judge, number, node));
            return;
        }
        if let Some(Operation::Found(found)) = &node.operation {
            self.name.clone_from(&found.name);
        }
        let Act::Grant { founds, .. } = &node.act else { return };
        if *founds {
            self.stand(graph, judge, number, node);
        }
        let Some(membership) = membership(graph, number) else { return };
        let removed_by = ids(graph, judge.struck_by(graph, Ground::Membership(number)));
        if removed_by.is_empty() {
            self.join(node.id, membership);
        } else {
            let removed_by = removed_by.into_iter().collect();
            self.former.insert(node.id, Former { membership, removed_by });
        }
    }

    fn stand(&mut self, graph: &Graph, judge: &Judge, number: Number, node: &Node) {
        let name = match &node.operation {
            Some(Operation::Found(found)) => found.workshop.clone(),
            Some(Operation::AdmitWorkshop(admit)) => admit.name.clone(),
            _ => return,
        };
        let removed_by = ids(graph, judge.struck_by(graph, Ground::Workshop(number)));
        let removed_by: Vec<_> = removed_by.into_iter().collect();
        let those = if removed_by.is_empty() { &mut self.workshops } else { &mut self.former_workshops };
        those.insert(node.id, Workshop { name, removed_by });
    }
}

/// A membership with the key that holds it now: the one from which no rotation leads on. Where a key was
/// rotated twice, the smaller key or commitment is shown, so that the order of arrival says nothing.
fn membership(graph: &Graph, number: Number) -> Option<Membership> {
    let grant = graph.grant(number)?;
    let workshop = graph.id(grant.workshop?)?;
    let rotations = || {
        let nodes = graph.rotations(number).iter().filter_map(|rotation| graph.node(*rotation));
        nodes.filter_map(|node| match &node.act {
            Act::Rotate { key, next, .. } => Some((node.author, *key, *next)),
            _ => None,
        })
    };
    let (mut key, mut old_keys) = (grant.key, Vec::new());
    loop {
        let onward = rotations().filter(|(author, new, _)| *author == key && *new != key);
        let Some(new) = onward.map(|(_, new, _)| new).filter(|new| !old_keys.contains(new)).min() else {
            break;
        };
        old_keys.push(key);
        key = new;
    }
    let granted = (key == grant.key).then_some(grant.next);
    let named = rotations().filter(|(_, new, _)| *new == key).map(|(.., next)| next);
    let next = named.chain(granted).min()?;
    Some(Membership { key, old_keys, workshop, role: grant.role, next })
}

/// Nodes that are bound: by a binding that holds, to a workshop that stands, and that was not ended.
fn bindings(graph: &Graph, judge: &Judge) -> BTreeMap<Vec<u8>, Vec<NodeBinding>> {
    let holding = || graph.nodes().filter(|(number, _)| judge.verdict().holds.contains(*number));
    let mut ended: BTreeMap<&[u8], Vec<&Node>> = BTreeMap::new();
    for (_, node) in holding() {
        if let Some(Operation::UnbindNode(unbind)) = &node.operation {
            ended.entry(unbind.peer.as_slice()).or_default().push(node);
        }
    }
    let mut nodes: BTreeMap<Vec<u8>, Vec<NodeBinding>> = BTreeMap::new();
    for (number, node) in holding() {
        let (Some(Operation::BindNode(bind)), Some(workshop)) = (&node.operation, node.workshop) else {
            continue;
        };
        let over = ended.get(bind.peer.as_slice()).into_iter().flatten();
        let over = { over }.any(|end| end.workshop == Some(workshop) && end.past.contains(number));
        let removed = judge.verdict().is_struck(graph, Ground::Workshop(workshop));
        if let (false, false, Some(workshop)) = (over, removed, graph.id(workshop)) {
            let bindings = nodes.entry(bind.peer.clone().into_vec()).or_default();
            bindings.push(NodeBinding { entry: node.id, workshop });
        }
    }
    for bindings in nodes.values_mut() {
        bindings.sort_by_key(|b| b.entry);
    }
    nodes
}

fn motion(graph: &Graph, judge: &mut Judge, number: Number) -> Option<Motion> {
    let tally = judge.tally(graph, number)?;
    let mut votes: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (workshop, vote) in tally.cast {
        if let (Some(workshop), Some(vote)) = (graph.id(workshop), graph.id(vote)) {
            votes.entry(workshop).or_default().push(vote);
        }
    }
    for votes in votes.values_mut() {
        votes.sort_unstable();
    }
    let missing = ids(graph, tally.voters).into_iter().filter(|w| !votes.contains_key(w)).collect();
    Some(Motion { votes, missing, quorum: tally.quorum })
}

fn charters(graph: &Graph, judge: &mut Judge, authority: &mut Authority) {
    let followed = judge.followed().clone();
    let chain = charter::chain(graph, followed.charter);
    authority.charter = graph.id(followed.charter);
    for (number, node) in graph.nodes() {
        let Act::Charter { before, heals, .. } = &node.act else { continue };
        let (endorsed, asked) = judge.endorsed(graph, number);
        let endorsed = ids(graph, endorsed);
        let missing = ids(graph, asked).difference(&endorsed).copied().collect();
        let in_force = judge.successors(graph, *before).contains(&number);
        let heals = ids(graph, heals.iter().copied()).into_iter().collect();
        let Some(before) = graph.id(*before) else { continue };
        let charter =
            Charter { before, heals, endorsed, missing, in_force, followed: chain.contains(&number) };
        authority.charters.insert(node.id, charter);
    }
    // A quarrel that this chain has left behind is named while a charter can still heal it here: until the chain
    // goes on. Else an old key could raise an alarm for ever that nobody can end.
    let mut quarrels = vec![(followed.charter, followed.rivals)];
    if let [.., at, next] = chain.as_slice() {
        let rivals = judge.successors(graph, *at);
        let open = rivals.iter().any(|rival| rival != next && !charter::heals(graph, *next).contains(rival));
        quarrels.push((*at, if open { rivals } else { Vec::new() }));
    }
    let quarrel = quarrels.into_iter().find(|(_, rivals)| !rivals.is_empty());
    authority.alarm = quarrel.and_then(|(at, rivals)| Some(alarm(graph, graph.id(at)?, &rivals)));
}

fn alarm(graph: &Graph, before: EntryId, rivals: &[Number]) -> Alarm {
    let mut signed: BTreeMap<Number, BTreeSet<Number>> = BTreeMap::new();
    for rival in rivals {
        for workshop in charter::endorsers(graph, *rival).filter_map(|e| graph.node(e)?.workshop) {
            signed.entry(workshop).or_default().insert(*rival);
        }
    }
    let double = signed.into_iter().filter(|(_, rivals)| rivals.len() > 1).map(|(workshop, _)| workshop);
    Alarm {
        before,
        rivals: ids(graph, rivals.iter().copied()).into_iter().collect(),
        double_signers: ids(graph, double),
    }
}

/// Why an operation does not hold.
fn reason(graph: &Graph, judge: &Judge, number: Number, node: &Node) -> NotHolding {
    if let Err(reason) = node.order {
        return reason;
    }
    if judge.verdict().open.contains(number) {
        let base = judge.followed().charter;
        let settled = graph.node(base).is_some_and(|base| base.past.contains(number));
        return if settled || node.past.contains(base) { NotHolding::Open } else { NotHolding::Lapsed };
    }
    match judge.fault(graph, number) {
        Some(Fault::Struck(_)) => NotHolding::Cut,
        Some(Fault::Rotated(_)) => NotHolding::Rotated,
        Some(Fault::Ground) | None => match node.rests.as_slice() {
            [Ground::Membership(membership), ..] if !judge.verdict().holds.contains(*membership) => {
                NotHolding::NotAMember
            }
            [_, Ground::Keeping(_)] => NotHolding::NotAKeeper,
            // It was void when its charter settled it, and stays so.
            _ => NotHolding::Cut,
        },
    }
}

fn ids(graph: &Graph, numbers: impl IntoIterator<Item = Number>) -> BTreeSet<EntryId> {
    numbers.into_iter().filter_map(|n| graph.id(n)).collect()
}
