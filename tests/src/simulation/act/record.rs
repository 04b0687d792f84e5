//! Acts of the ledger: contributions with their notes, confirmations and disputes, addresses of nodes.

use aronde_protocol::acceptance::{Reason, Verdict};
use aronde_protocol::authority::Role;
use aronde_protocol::canonical;
use aronde_protocol::entry::gist::Addresses;
use aronde_protocol::entry::{Gist, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::agent::{AgentClaimFacts, AgentFacts, AgentKind, AgentWord};
use aronde_protocol::record::attestation::AttestationFacts;
use aronde_protocol::record::citation::CitationFacts;
use aronde_protocol::record::contribution::ContributionFacts;
use aronde_protocol::record::decline::DeclineFacts;
use aronde_protocol::record::retraction::RetractionFacts;
use aronde_protocol::record::settlement::{Means, SettlementFacts};
use aronde_protocol::replica::Replica;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::{Act, Situation, anyone};

/// The acts.
pub const ACTS: &[Act] = &[
    Act { name: "records a contribution", weight: 14, operates: false, by: Role::writes, plan: contribute },
    Act { name: "attests", weight: 14, operates: false, by: anyone, plan: attest },
    Act { name: "corrects a contribution", weight: 4, operates: false, by: Role::writes, plan: correct },
    Act { name: "speaks in the ledger", weight: 8, operates: false, by: Role::writes, plan: speak },
    Act { name: "declines a proposal", weight: 3, operates: false, by: Role::writes, plan: decline },
    Act { name: "announces its addresses", weight: 3, operates: false, by: anyone, plan: announce },
];

fn contribute(s: &mut Situation<'_>) -> Option<()> {
    let subject = s.replica.documents().choose(s.random);
    let facts = contribution(s.random);
    let note = PersonalPart::note(s.random.random(), "turned on the small lathe".into());
    let personal = s.random.random_ratio(2, 3).then(|| note.encode().ok()).flatten();
    s.write(Kind::CONTRIBUTION, subject, vec![], facts, personal)?;
    Some(())
}

fn attest(s: &mut Situation<'_>) -> Option<()> {
    let record = s.replica.records().map(|r| r.id).choose(s.random)?;
    let facts = attestation(s.random);
    s.write(Kind::ATTESTATION, Some(record), vec![], facts, None)?;
    Some(())
}

fn correct(s: &mut Situation<'_>) -> Option<()> {
    let record = s.replica.records().filter(|r| r.gist == Gist::Contribution).choose(s.random)?;
    let (subject, record) = (record.header.subject, record.id);
    let facts = ContributionFacts {
        corrects: Some(record),
        ..ContributionFacts::read(&contribution(s.random)).ok()?
    };
    s.write(Kind::CORRECTION, subject, vec![], facts.encode().ok()?, None)?;
    Some(())
}

/// Takes a record back, settles it, names an agent, claims one, or cites something.
fn speak(s: &mut Situation<'_>) -> Option<()> {
    let kind = *LEDGER.choose(s.random)?;
    let about = s.replica.records().map(|r| r.id).choose(s.random)?;
    let subject = (kind != Kind::AGENT).then_some(about);
    let facts = ledger(kind, about, s.random)?;
    s.write(kind, subject, vec![], facts, None)?;
    Some(())
}

fn decline(s: &mut Situation<'_>) -> Option<()> {
    let parked = Verdict::Parked(Reason::Proposal);
    let proposal = s.replica.held().filter(|h| h.verdict == parked).choose(s.random)?;
    let facts = canonical::encode(&DeclineFacts { document: proposal.header.subject? }).ok()?;
    s.write(Kind::DECLINE, Some(proposal.id), vec![], facts, None)?;
    Some(())
}

fn announce(s: &mut Situation<'_>) -> Option<()> {
    let facts = addresses(s.replica, s.random);
    s.write(Kind::ADDRESSES, None, vec![], facts, None)?;
    Some(())
}

/// Facts of a contribution.
pub fn contribution(random: &mut ChaCha8Rng) -> Vec<u8> {
    let quantity = format!("{} h", random.random_range(1..9u8)).parse().ok();
    let facts = quantity.map(|quantity| ContributionFacts::new("work", quantity));
    facts.and_then(|f| canonical::encode(&f).ok()).unwrap_or_default()
}

/// The kinds of the ledger that speak of something else.
pub const LEDGER: [&str; 5] =
    [Kind::RETRACTION, Kind::SETTLEMENT, Kind::CITATION, Kind::AGENT, Kind::AGENT_CLAIM];

/// Facts of one of them.
pub fn ledger(kind: &str, about: EntryId, random: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let facts = match kind {
        Kind::RETRACTION => RetractionFacts {}.encode(),
        Kind::SETTLEMENT => {
            let means = Means::ALL.into_iter().choose(random)?;
            SettlementFacts { means, amount: "2.50 EUR".parse().ok(), by: None }.encode()
        }
        Kind::CITATION => CitationFacts { cites: about }.encode(),
        Kind::AGENT => {
            let kind = if random.random() { AgentKind::Person } else { AgentKind::Group };
            AgentFacts { kind }.encode()
        }
        _ => {
            let word = if random.random_ratio(3, 4) { AgentWord::Claim } else { AgentWord::Withdraw };
            AgentClaimFacts { word }.encode()
        }
    };
    facts.ok()
}

/// Facts of an attestation, of either kind.
pub fn attestation(random: &mut ChaCha8Rng) -> Vec<u8> {
    let facts = if random.random_ratio(2, 3) { AttestationFacts::CONFIRM } else { AttestationFacts::DISPUTE };
    canonical::encode(&facts).unwrap_or_default()
}

/// Facts about where a node is reached, often one that is bound.
pub fn addresses(replica: &Replica, random: &mut ChaCha8Rng) -> Vec<u8> {
    let peer = replica.authority().nodes.keys().choose(random).cloned().unwrap_or_else(|| vec![9]);
    canonical::encode(&Addresses { peer: peer.into(), addresses: vec![] }).unwrap_or_default()
}
