//! One history, delivered to several replicas in orders of their own: they must say the same, and what the
//! reference says.

use std::collections::{BTreeMap, BTreeSet};

use aronde_protocol::authority::operation::Operation;
use aronde_protocol::document::DocumentEntry;
use aronde_protocol::document::materialise::Document;
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{DocumentId, EntryId};
use aronde_protocol::reference::{self, Judgement};
use aronde_protocol::replica::{Redaction, Replica};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::History;

/// Delivers a history to a replica for each charter that is followed, and some more, and compares them.
///
/// # Errors
/// Who differs from whom in what.
pub fn check(history: &History, seed: u64) -> Result<(), String> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut charters = vec![history.founding(), history.founding()];
    charters.extend(&history.followed);
    let mut said: BTreeMap<EntryId, Said> = BTreeMap::new();
    for followed in charters {
        let expected = reference::judge(&history.entries, followed);
        let (replica, order) = deliver(history, followed, &expected.forgotten, &mut random)?;
        let here = Said::of(&replica, &history.entries, order)?;
        if let Some(before) = said.get(&followed) {
            if let Some(what) = here.difference(before) {
                let (follow, one, other) = (followed.short(), &here.order, &before.order);
                return Err(format!(
                    "replicas that hold the same, and follow {follow}, differ in {what}\n{one}\n{other}"
                ));
            }
        } else {
            agrees(&replica, &expected, history).map_err(|what| format!("{what}\n{}", here.order))?;
            said.insert(followed, here);
        }
    }
    // Whoever follows the same charter in the end says the same, wherever they came from.
    let mut by_newest: BTreeMap<EntryId, &Said> = BTreeMap::new();
    for here in said.values() {
        if let Some(what) = by_newest.insert(here.charter, here).and_then(|other| here.difference(other)) {
            return Err(format!("replicas that follow the same charter in the end differ in {what}"));
        }
    }
    Ok(())
}

/// A replica that got all entries, in any order, in batches, some twice, and that learned at some time what charter
/// its federation's name says. Of what is forgotten some comes without its personal part.
fn deliver(
    history: &History,
    followed: EntryId,
    forgotten: &BTreeSet<EntryId>,
    random: &mut ChaCha8Rng,
) -> Result<(Replica, String), String> {
    let mut order = String::new();
    let mut replica = Replica::new(history.founding());
    let mut entries = history.entries.clone();
    let again = random.random_range(0..=entries.len() / 4);
    entries.extend_from_within(..again);
    for entry in &mut entries {
        if forgotten.contains(&entry.id()) && random.random() {
            *entry = entry.clone().without_personal();
        }
    }
    if random.random_ratio(3, 4) {
        entries.shuffle(random);
    }
    let learns = random.random_range(0..=entries.len());
    let mut learned = false;
    let mut rest = entries.as_slice();
    while !rest.is_empty() {
        if !learned && entries.len() - rest.len() >= learns {
            replica.follow(followed);
            order += "follow | ";
            learned = true;
        }
        let most = if random.random() { 2 } else { 40 };
        let (batch, after) = rest.split_at(random.random_range(1..=most.min(rest.len())));
        rest = after;
        order += &batch.iter().map(|e| e.id().short()).collect::<Vec<_>>().join(" ");
        order += " | ";
        let received = replica.receive(batch.to_vec());
        if let Some((id, refusal)) = received.refused.first() {
            return Err(format!("{} is refused at the door: {refusal}", id.short()));
        }
    }
    replica.follow(followed);
    // What waits without its personal part is looked at again.
    replica.receive([]);
    if replica.len() != history.entries.len() {
        return Err(format!("{} of {} entries are held", replica.len(), history.entries.len()));
    }
    Ok((replica, order))
}

/// All that a replica says, in a form that does not depend on its order.
struct Said {
    charter: EntryId,
    /// In what batches it came.
    order: String,
    parts: BTreeMap<&'static str, String>,
}

impl Said {
    fn of(replica: &Replica, entries: &[Entry], order: String) -> Result<Self, String> {
        let verdicts: BTreeMap<EntryId, _> = replica.held().map(|h| (h.id, h.verdict)).collect();
        let documents = replica
            .documents()
            .map(|d| Ok((d, (replica.document_heads(&d), replica.keepers(&d), read(replica, entries, d)?))))
            .collect::<Result<BTreeMap<_, _>, String>>()?;
        let charters = replica.authority().charters.keys();
        let seals: BTreeMap<EntryId, _> = charters.map(|id| (*id, replica.sealed(id))).collect();
        let parts = BTreeMap::from([
            ("1 what they hold", format!("{:?}", replica.digest().root())),
            ("2 what they accept", format!("{:?}", replica.accepted().root())),
            ("7 the seals of charters", format!("{seals:?}")),
            ("3 their verdicts", format!("{verdicts:?}")),
            ("4 the authority", format!("{:?}", replica.authority())),
            ("5 documents, their heads, keepers and values", format!("{documents:?}")),
            ("6 what is redacted", format!("{:?}", replica.redacted().collect::<Vec<_>>())),
        ]);
        let charter = replica.authority().charter.unwrap_or(replica.federation());
        Ok(Self { charter, order, parts })
    }

    /// In what two differ.
    fn difference(&self, other: &Self) -> Option<String> {
        let differs = self.parts.iter().find(|(what, said)| other.parts.get(*what) != Some(*said));
        differs.map(|(what, said)| {
            let there = other.parts.get(what).map(String::as_str).unwrap_or_default();
            let same = said.bytes().zip(there.bytes()).take_while(|(a, b)| a == b).count();
            let part = |text: &str| text.chars().skip(same.saturating_sub(160)).take(400).collect::<String>();
            format!("{what}: …{}… against …{}…", part(said), part(there))
        })
    }
}

/// A document as it shows, all its values and conflicts, from its entries in the replica's order.
fn read(replica: &Replica, entries: &[Entry], document: DocumentId) -> Result<String, String> {
    let by_id: BTreeMap<EntryId, &Entry> = entries.iter().map(|e| (e.id(), e)).collect();
    let held = replica.document(&document).filter_map(|held| by_id.get(&held.id));
    let entries: Vec<DocumentEntry> = held.map(|e| DocumentEntry::of(e)).collect();
    let document = Document::of(document, &entries).map_err(|e| e.to_string())?;
    Ok(format!("{:?} {:?}", document.heads(), document.fields()))
}

/// Whether a replica says what the reference says.
fn agrees(replica: &Replica, expected: &Judgement, history: &History) -> Result<(), String> {
    let authority = replica.authority();
    let followed = replica.follows().short();
    let differ = |what: &str, here: String, there: String| {
        Err(format!(
            "following {followed}, the replica and the reference differ in {what}: {here} against {there}"
        ))
    };
    if authority.charter != Some(expected.charter) {
        return differ("the charter", format!("{:?}", authority.charter), expected.charter.to_string());
    }
    let accepted: BTreeSet<EntryId> = replica.held().filter(|h| h.verdict.counts()).map(|h| h.id).collect();
    if accepted != expected.accepted {
        let short = |ids: Vec<&EntryId>| ids.iter().map(|id| id.short()).collect::<Vec<_>>().join(" ");
        let here = short(accepted.difference(&expected.accepted).collect());
        let there = short(expected.accepted.difference(&accepted).collect());
        return differ("2 what they accept", format!("only [{here}]"), format!("only [{there}]"));
    }
    let members: BTreeSet<_> =
        authority.memberships.iter().map(|(id, m)| (*id, m.workshop, m.role)).collect();
    if members != expected.members {
        return differ("members", format!("{members:?}"), format!("{:?}", expected.members));
    }
    if !authority.workshops.keys().eq(&expected.workshops) {
        return differ(
            "workshops",
            format!("{:?}", authority.workshops),
            format!("{:?}", expected.workshops),
        );
    }
    if authority.quorum != expected.quorum {
        return differ("the quorum", authority.quorum.to_string(), expected.quorum.to_string());
    }
    let nodes: BTreeSet<_> = authority
        .nodes
        .iter()
        .flat_map(|(peer, all)| all.iter().map(|b| (peer.clone(), b.workshop)))
        .collect();
    if nodes != expected.nodes {
        return differ("nodes", format!("{nodes:?}"), format!("{:?}", expected.nodes));
    }
    let heads: BTreeMap<DocumentId, BTreeSet<EntryId>> =
        replica.documents().map(|d| (d, replica.document_heads(&d).into_iter().collect())).collect();
    if heads != expected.heads {
        return differ("heads of documents", format!("{heads:?}"), format!("{:?}", expected.heads));
    }
    let keepers: BTreeSet<_> =
        replica.documents().flat_map(|d| replica.keepers(&d).into_iter().map(move |w| (d, w))).collect();
    if keepers != expected.keepers {
        return differ("keepers", format!("{keepers:?}"), format!("{:?}", expected.keepers));
    }
    let redacted: BTreeMap<EntryId, Redaction> = replica.redacted().collect();
    let said = |id: &EntryId| {
        let forgotten = expected.forgotten.contains(id);
        (*id, if forgotten { Redaction::Forgotten } else { Redaction::Hidden })
    };
    let there: BTreeMap<EntryId, Redaction> = expected.redacted.iter().map(said).collect();
    if redacted != there {
        return differ("what is redacted", format!("{redacted:?}"), format!("{there:?}"));
    }
    // A motion that knows not the newest charter, and that it did not settle, is open no more.
    let charter = expected.charter;
    let lives = |id: &&EntryId| {
        let past =
            |of: EntryId, id: &EntryId| replica.get(&of).is_some_and(|held| replica.has_in_past(held, id));
        past(charter, id) || past(**id, &charter)
    };
    let open: BTreeSet<EntryId> = expected.open.iter().filter(lives).copied().collect();
    if !authority.motions.keys().eq(&open) {
        return differ("open motions", format!("{:?}", authority.motions.keys()), format!("{open:?}"));
    }
    alarm(replica, expected, history)
}

/// The alarm is raised over the rivals of the newest charter, or else over those of the charter before it, of which
/// the one that is followed here heals not all.
fn alarm(replica: &Replica, expected: &Judgement, history: &History) -> Result<(), String> {
    let said = replica.authority().alarm.as_ref();
    let said = said.map(|a| (a.before, a.rivals.iter().copied().collect::<BTreeSet<_>>()));
    let charter = replica.get(&expected.charter).and_then(|held| held.gist.operation());
    let expects = match charter {
        _ if !expected.alarm.is_empty() => Some((expected.charter, expected.alarm.iter().copied().collect())),
        Some(Operation::Charter(charter)) => {
            let rivals: BTreeSet<EntryId> =
                reference::successors(&history.entries, charter.before).into_iter().collect();
            let open = |rival: &EntryId| *rival != expected.charter && !charter.heals.contains(rival);
            rivals.iter().any(open).then_some((charter.before, rivals))
        }
        _ => None,
    };
    if said == expects {
        return Ok(());
    }
    Err(format!("the replica raises the alarm over {said:?}, the reference over {expects:?}"))
}
