//! The facts of records and nodes, by kind; and the personal parts beside them.

use aronde_protocol::canonical;
use aronde_protocol::document::schema::is_relative_path;
use aronde_protocol::entry::gist::Addresses;
use aronde_protocol::entry::{Entry, Gist, Header, Kind, Part};
use aronde_protocol::id::{EntryId, FileHash, SourceHash};
use aronde_protocol::limits::{
    ADDRESS_MAX, ADDRESSES_MAX, AGENT_NAME_MAX, AT_MAX, BOOKING_MAX, EVIDENCE_MAX, KIND_MAX, NOTE_MAX,
    PEER_ID_MAX, RULES_LEVEL,
};
use aronde_protocol::record::agent::{AgentClaimFacts, AgentFacts, AgentKind, AgentName, AgentWord};
use aronde_protocol::record::attestation::{AttestationFacts, Relation, Verdict};
use aronde_protocol::record::booking::BookingFacts;
use aronde_protocol::record::citation::CitationFacts;
use aronde_protocol::record::contribution::{ContributionFacts, Happened, Resource};
use aronde_protocol::record::decline::DeclineFacts;
use aronde_protocol::record::procedure::{
    AdoptionFacts, Approval, ApprovalFacts, Reading, RunFacts, RunResult,
};
use aronde_protocol::record::release::{ReleaseFacts, ReleasedFile, ReleasedSource};
use aronde_protocol::record::retraction::RetractionFacts;
use aronde_protocol::record::settlement::{Means, SettlementFacts};
use aronde_protocol::record::{Evidence, PersonalPart};

use libp2p::{Multiaddr, PeerId};

use super::samples;

/// A kind, a zero byte, and what may be facts of that kind: the door reads them as their own reader does,
/// and what is read is written as the same bytes again.
pub fn body(bytes: &[u8]) {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let (kind, facts) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    personal(facts);
    let Some(kind) = std::str::from_utf8(kind).ok().and_then(|kind| Kind::new(kind).ok()) else { return };
    let gist = entry(&kind, facts).map(|entry| Gist::of(&entry));
    let Some(Ok(gist)) = gist else { return };
    let kept = canonical::encode(&gist).expect("the index keeps what was read");
    assert_eq!(canonical::decode::<Gist>(&kept).as_ref(), Ok(&gist));
    assert!(gist.operation().is_none() || kind.class().is_operation());
    if let Gist::Contribution = gist {
        let read = ContributionFacts::read(facts).expect("the door read it");
        assert_eq!(read.encode().unwrap(), facts);
        assert!(read.action.len() <= KIND_MAX && read.happened.map_or(0, Happened::end) <= AT_MAX);
        assert_eq!(read.corrects.is_some(), kind.as_str() == Kind::CORRECTION);
        let happened = read.happened.unwrap_or(Happened::At(0));
        assert!(happened.begin() <= happened.end());
    }
    if let Gist::Ledger = gist {
        let again = match kind.as_str() {
            Kind::RETRACTION => RetractionFacts::read(facts).and_then(|f| f.encode()),
            Kind::SETTLEMENT => SettlementFacts::read(facts).and_then(|f| f.encode()),
            Kind::CITATION => CitationFacts::read(facts).and_then(|f| f.encode()),
            Kind::AGENT => AgentFacts::read(facts).and_then(|f| f.encode()),
            _ => AgentClaimFacts::read(facts).and_then(|f| f.encode()),
        };
        assert_eq!(again.as_deref(), Ok(facts));
    }
    if let Gist::Attestation { .. } = gist {
        assert_eq!(AttestationFacts::read(facts).unwrap().encode().unwrap(), facts);
    }
    if let Gist::Booking = gist {
        let read = BookingFacts::read(facts).expect("the door read it");
        assert_eq!(read.encode().unwrap(), facts);
        assert!(read.from < read.to && read.to <= AT_MAX && read.to - read.from <= BOOKING_MAX);
    }
    if let Gist::Procedure = gist {
        let again = match kind.as_str() {
            Kind::PROCEDURE_APPROVAL => ApprovalFacts::read(facts).and_then(|f| f.encode()),
            Kind::PROCEDURE_ADOPTION => AdoptionFacts::read(facts).and_then(|f| f.encode()),
            _ => RunFacts::read(facts).and_then(|f| f.encode()),
        };
        assert_eq!(again.as_deref(), Ok(facts));
    }
    if let Gist::Decline = gist {
        assert_eq!(canonical::encode(&DeclineFacts::read(facts).unwrap()).unwrap(), facts);
    }
    if let Gist::Release = gist {
        let read = ReleaseFacts::read(facts).expect("the door read it");
        assert_eq!(read.encode().unwrap(), facts);
        assert!(read.files.iter().all(|file| is_relative_path(&file.path)));
    }
    if let Gist::Addresses { peer } = &gist {
        let read: Addresses = canonical::decode(facts).expect("the door read it");
        assert!(*read.peer == *peer && (1..=PEER_ID_MAX).contains(&peer.len()));
        assert!(read.addresses.len() <= ADDRESSES_MAX);
        assert!(read.addresses.iter().all(|address| address.len() <= ADDRESS_MAX));
        // What a node does with them next.
        let _ = PeerId::from_bytes(peer).map(|peer| peer.to_string());
        for address in read.addresses {
            if let Ok(address) = Multiaddr::try_from(address.into_vec()) {
                assert!(!address.to_string().is_empty() || address.is_empty());
            }
        }
    }
}

/// Reads these bytes as a record's personal part.
fn personal(bytes: &[u8]) {
    if let Some(part) = PersonalPart::read(bytes) {
        assert!(part.note.len() <= NOTE_MAX, "a note of {} bytes", part.note.len());
        assert!(part.evidence.len() <= EVIDENCE_MAX);
        assert_eq!(part.encode().unwrap(), bytes);
    }
    if let Some(name) = AgentName::read(bytes) {
        assert!(name.name.len() <= AGENT_NAME_MAX);
        assert_eq!(name.encode().unwrap(), bytes);
    }
}

/// An entry with these facts, when its kind lets it stand at the beginning of a log.
pub fn entry(kind: &Kind, facts: &[u8]) -> Option<Entry> {
    let header = Header {
        v: RULES_LEVEL,
        federation: (!kind.founds()).then_some(EntryId([1; 32])),
        author: *samples::keys()[0].member().as_bytes(),
        log: 0,
        seq: 0,
        prev: None,
        at: 0,
        seen: vec![],
        kind: kind.clone(),
        subject: None,
        deps: vec![],
        facts: Part::of(facts),
        personal: None,
    };
    Entry::build_by(Some(samples::keys()[0].member()), header, facts.to_vec(), None, None).ok()
}

/// Facts of the kinds of the ledger.
fn ledger() -> Vec<(&'static str, Vec<u8>)> {
    let resource = Some(Resource { name: "Laser cutter".into(), of: Some(EntryId([5; 32])) });
    let used = ContributionFacts {
        agent: Some(EntryId([6; 32])),
        receiver: Some(samples::keys()[1].member()),
        workshop: Some(EntryId([7; 32])),
        resource_quantity: Some("1 {piece}".parse().unwrap()),
        resource,
        role: Some("fabrication".into()),
        happened: Some(Happened::Span { from: 1, to: 2 }),
        source: Some(SourceHash([8; 32])),
        corrects: Some(EntryId([9; 32])),
        ..ContributionFacts::new("use", "1.50 h".parse().unwrap())
    };
    let used_at_once = ContributionFacts { corrects: None, ..used.clone() };
    let paid = SettlementFacts {
        means: Means::Cash,
        amount: Some("3.50 EUR".parse().unwrap()),
        by: Some(samples::keys()[1].member()),
    };
    let received = AttestationFacts { verdict: Verdict::Withdraw, relation: Some(Relation::Received) };
    vec![
        (Kind::CORRECTION, used.encode().unwrap()),
        (Kind::CONTRIBUTION, used_at_once.encode().unwrap()),
        (Kind::RETRACTION, RetractionFacts {}.encode().unwrap()),
        (Kind::SETTLEMENT, paid.encode().unwrap()),
        (Kind::CITATION, CitationFacts { cites: EntryId([3; 32]) }.encode().unwrap()),
        (Kind::AGENT, AgentFacts { kind: AgentKind::Group }.encode().unwrap()),
        (Kind::AGENT_CLAIM, AgentClaimFacts { word: AgentWord::Claim }.encode().unwrap()),
        (Kind::ATTESTATION, received.encode().unwrap()),
    ]
}

/// The facts of every kind that the sample's members write, but of operations; and a personal part.
pub fn seeds() -> Vec<Vec<u8>> {
    let of = |kind: &str, facts: &[u8]| [kind.as_bytes(), b"\0", facts].concat();
    let mut kinds = std::collections::BTreeSet::new();
    let entries = samples::history(120).into_iter().filter(|e| kinds.insert(e.facts().to_vec()));
    let work = entries.filter(|e| !e.header().kind.class().is_operation());
    let mut seeds: Vec<_> = work.take(24).map(|e| of(e.header().kind.as_str(), e.facts())).collect();
    let release = ReleaseFacts {
        under: EntryId([1; 32]),
        heads: vec![EntryId([2; 32])],
        title: "Press".into(),
        version: "1.2.0".into(),
        licence: "CERN-OHL-S-2.0".into(),
        files: vec![ReleasedFile { path: "a.step".into(), hash: FileHash([3; 32]), len: 7 }],
        sources: vec![ReleasedSource {
            title: "Older press".into(),
            release: Some(EntryId([4; 32])),
            link: Some("https://example.org".into()),
            licence: None,
        }],
    };
    seeds.push(of(Kind::RELEASE, &release.encode().unwrap()));
    let note = PersonalPart::note([6; 16], "glued, not screwed".into());
    seeds.push(of("", &note.encode().unwrap()));
    let change = Evidence::Change { added: Some(7), removed: None, paths: [("cad".into(), 2)].into() };
    let commit = Evidence::Commit { repository: "a/b".into(), id: "e0da81e03d26".into() };
    let photo = Evidence::File { hash: FileHash([1; 32]), len: 9, media_type: "image/jpeg".into() };
    let link = Evidence::Link("https://example.org/photo".into());
    let shown = PersonalPart { evidence: vec![change, commit, photo, link], ..note };
    seeds.push(of("", &shown.encode().unwrap()));
    let name = AgentName { nonce: [6; 16], name: "p_8884a34e911d".into() };
    seeds.push(of("", &name.encode().unwrap()));
    seeds.extend(ledger().into_iter().map(|(kind, facts)| of(kind, &facts)));
    let (under, heads) = (EntryId([9; 32]), vec![EntryId([1; 32]), EntryId([2; 32])]);
    let instead = vec![EntryId([3; 32])];
    let approval =
        ApprovalFacts { under, heads: heads.clone(), verdict: Approval::Approve, instead: instead.clone() };
    seeds.push(of(Kind::PROCEDURE_APPROVAL, &approval.encode().unwrap()));
    let adoption = AdoptionFacts { under, heads: heads.clone(), instead };
    seeds.push(of(Kind::PROCEDURE_ADOPTION, &adoption.encode().unwrap()));
    let readings = vec![Reading { control: "edge".into(), value: "0.1 mm".into() }];
    let run = RunFacts { under, heads, happened_at: Some(1), result: RunResult::Passed, readings };
    seeds.push(of(Kind::PROCEDURE_RUN, &run.encode().unwrap()));
    seeds
}
