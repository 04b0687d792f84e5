#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use aronde_protocol::authority::Role;
use aronde_protocol::key::{MemberKey, SecretKey};

use super::*;

fn id(n: u8) -> EntryId {
    EntryId([n; 32])
}

fn maker_a() -> MemberKey {
    SecretKey::from_seed(&[1; 32]).member()
}

fn shape(answer: &Answer) -> Value {
    serde_json::to_value(answer).unwrap()
}

fn peer() -> PeerState {
    PeerState {
        peer_id: "12D3KooW".into(),
        workshop: id(3),
        workshop_name: Some("Workshop South".into()),
        connected: true,
        in_sync: None,
    }
}

fn record() -> RecordSummary {
    RecordSummary {
        id: id(5),
        author: maker_a(),
        provider: Some(maker_a()),
        agent: None,
        provider_name: Some("Maker A".into()),
        receiver: None,
        workshop: None,
        action: "work".into(),
        subject: Some(id(4)),
        quantity: "3.50".into(),
        unit: "h".into(),
        resource_quantity: None,
        resource_unit: None,
        resource: None,
        role: None,
        at: "2026-11-20T00:00:00Z".parse().unwrap(),
        ended: None,
        recorded: "2026-11-20T10:00:00Z".parse().unwrap(),
        late: false,
        corrects: None,
        note: None,
        standing: Standing::Confirmed,
        confirmations: 1,
        disputes: 0,
        settled: vec!["cash".into()],
    }
}

fn hex(n: u8) -> String {
    id(n).to_string()
}

#[test]
fn status_has_the_published_shape() {
    let answer = Answer::Status(StatusAnswer {
        federation: FederationName { id: id(1), name: Some("Commons".into()), charter: id(1) },
        member: MemberName { did: maker_a(), name: Some("Maker A".into()), role: Some(Role::Steward) },
        workshop: WorkshopName { id: id(2), name: Some("Workshop North".into()) },
        node: NodeState {
            peer_id: "12D3KooX".into(),
            addresses: vec!["/ip4/127.0.0.1/tcp/9".into()],
            http: None,
        },
        counts: Counts { entries: 7, parked: 1, documents: 2, records: 3, files: 4, bytes: 5 },
        digest: hex(8),
        held_digest: hex(9),
        peers: vec![peer()],
        warnings: vec![],
    });
    let expected = json!({
        "federation": {"id": hex(1), "name": "Commons", "charter": hex(1)},
        "member": {"did": maker_a(), "name": "Maker A", "role": "steward"},
        "workshop": {"id": hex(2), "name": "Workshop North"},
        "node": {"peer_id": "12D3KooX", "addresses": ["/ip4/127.0.0.1/tcp/9"], "http": null},
        "counts": {"entries": 7, "parked": 1, "documents": 2, "records": 3, "files": 4, "bytes": 5},
        "digest": hex(8),
        "held_digest": hex(9),
        "peers": [{
            "peer_id": "12D3KooW", "workshop": hex(3), "workshop_name": "Workshop South",
            "connected": true, "in_sync": null
        }],
    });
    assert_eq!(shape(&answer), expected);
    assert_eq!(Request::Status(Status {}).read_answer(expected).unwrap(), answer);
}

fn design() -> DesignSummary {
    DesignSummary {
        id: id(4),
        title: None,
        version: Some("1.0.0".into()),
        licence: Some("CERN-OHL-S-2.0".into()),
        withdrawn: false,
        workshop: id(2),
        workshop_name: Some("Workshop North".into()),
    }
}

#[test]
fn a_member_is_a_did() {
    assert!(serde_json::to_string(&maker_a()).unwrap().starts_with("\"did:key:z6Mk"));
}

#[test]
fn designs_have_the_published_shape() {
    let in_list = json!({
        "id": hex(4), "title": null, "version": "1.0.0", "licence": "CERN-OHL-S-2.0",
        "workshop": hex(2), "workshop_name": "Workshop North",
    });
    assert_eq!(shape(&Answer::DesignList(vec![design()])), json!([in_list]));

    let answer = Answer::DesignShow(DesignDetail {
        summary: design(),
        description: Some("A press.".into()),
        function: None,
        withdrawn: None,
        not_open: None,
        sources: vec![],
        fields: [("language".into(), "fr".into())].into(),
        lists: [("steps".into(), vec![[("title".into(), "Drill".into())].into()])].into(),
        bom: vec![BomLine {
            item: "a.0".into(),
            part: Some("M8 bolt".into()),
            quantity: Some("4".into()),
            unit: Some("{piece}".into()),
            reference: None,
            note: None,
            other: [("material".into(), "steel".into())].into(),
        }],
        files: vec![DesignFile {
            path: "cad/press.step".into(),
            role: Some("export".into()),
            hash: aronde_protocol::id::FileHash([6; 32]),
            len: 12,
            present: false,
        }],
        authors: vec![Author { name: Some("Maker A".into()), contact: None }],
        conflicts: vec![Conflict {
            field: "title".into(),
            values: vec![ConcurrentValue {
                value: Some("Press".into()),
                author: maker_a(),
                author_name: None,
                at: "2026-11-21T10:00:00Z".parse().unwrap(),
                entry: id(7),
            }],
        }],
        left_out: vec![LeftOut { entry: id(7), edit: Some(2), why: "it was removed before".into() }],
        proposals: vec![id(8)],
        keepers: vec![WorkshopName { id: id(2), name: Some("Workshop North".into()) }],
    });
    let mut expected = in_list;
    for (field, value) in json!({
        "description": "A press.",
        "function": null,
        "bom": [{"item": "a.0", "part": "M8 bolt", "quantity": "4", "unit": "{piece}", "reference": null, "note": null, "other": {"material": "steel"}}],
        "fields": {"language": "fr"}, "lists": {"steps": [{"title": "Drill"}]},
        "files": [{"path": "cad/press.step", "role": "export", "hash": hex(6), "len": 12, "present": false}],
        "authors": [{"name": "Maker A", "contact": null}],
        "conflicts": [{"field": "title", "values": [{
            "value": "Press", "author": maker_a(), "author_name": null,
            "at": "2026-11-21T10:00:00Z", "entry": hex(7),
        }]}],
        "left_out": [{"entry": hex(7), "edit": 2, "why": "it was removed before"}],
        "proposals": [hex(8)],
        "keepers": [{"id": hex(2), "name": "Workshop North"}],
    })
    .as_object()
    .unwrap()
    {
        expected.as_object_mut().unwrap().insert(field.clone(), value.clone());
    }
    assert_eq!(shape(&answer), expected);
    assert_eq!(Request::DesignShow(DesignShow { id: "04".into() }).read_answer(expected).unwrap(), answer);

    let imported = Answer::DesignImport(DesignImported {
        id: id(4),
        findings: vec![ImportFinding { field: "licence".into(), what: "not an SPDX id".into() }],
        proposal: None,
        keepers: vec![],
    });
    assert_eq!(
        shape(&imported),
        json!({"id": hex(4), "findings": [{"field": "licence", "what": "not an SPDX id"}]})
    );
}

#[test]
fn proposals_have_the_published_shape() {
    let open = ProposalSummary {
        id: id(7),
        design: id(4),
        kind: "design".into(),
        title: Some("Press".into()),
        author: maker_a(),
        author_name: None,
        workshop: Some(id(3)),
        workshop_name: Some("Workshop South".into()),
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        edits: 2,
        state: ProposalState::Open,
        declined_by: None,
        declined_by_name: None,
        reason: None,
    };
    let in_list = json!({
        "id": hex(7), "design": hex(4), "kind": "design", "title": "Press", "author": maker_a(), "author_name": null,
        "workshop": hex(3), "workshop_name": "Workshop South", "at": "2026-11-21T10:00:00Z", "edits": 2,
        "state": "open",
    });
    let declined = ProposalSummary {
        state: ProposalState::Declined,
        declined_by: Some(maker_a()),
        declined_by_name: Some("Maker A".into()),
        reason: Some("metric".into()),
        ..open.clone()
    };
    let mut no = in_list.clone();
    no["state"] = json!("declined");
    no["declined_by"] = json!(maker_a());
    no["declined_by_name"] = json!("Maker A");
    no["reason"] = json!("metric");
    assert_eq!(shape(&Answer::ProposalList(vec![open.clone(), declined])), json!([in_list, no]));

    let changed = |field: &str, old: &[&str], new: &[&str]| FieldChange {
        field: field.into(),
        old: old.iter().map(|v| (*v).to_owned()).collect(),
        new: new.iter().map(|v| (*v).to_owned()).collect(),
        text: None,
    };
    let shown = Answer::ProposalShow(ProposalDetail {
        summary: open,
        keepers: vec![WorkshopName { id: id(2), name: Some("Workshop North".into()) }],
        yours: true,
        by: vec![ProposedBy { author: maker_a(), author_name: None, edits: 2, without_right: false }],
        unknown_edits: 1,
        further: vec![],
        declined_before: vec![id(6)],
        diff: Diff {
            fields: vec![changed("version", &["1"], &["2", "3"])],
            items: vec![ItemChange {
                list: "bom".into(),
                item: "a.0".into(),
                label: Some("bolt".into()),
                change: Change::Added,
                old: None,
                new: Some(3),
                moved: false,
                fields: vec![changed("part", &[], &["bolt"])],
            }],
        },
        conflicts: vec!["version".into()],
        left_out: 0,
    });
    let mut expected = in_list;
    for (field, value) in json!({
        "keepers": [{"id": hex(2), "name": "Workshop North"}],
        "yours": true,
        "by": [{"author": maker_a(), "author_name": null, "edits": 2, "without_right": false}],
        "unknown_edits": 1, "further": [], "declined_before": [hex(6)], "conflicts": ["version"], "left_out": 0,
        "diff": {
            "fields": [{"field": "version", "old": ["1"], "new": ["2", "3"]}],
            "items": [{
                "list": "bom", "item": "a.0", "label": "bolt", "change": "added", "old": null, "new": 3,
                "moved": false, "fields": [{"field": "part", "old": [], "new": ["bolt"]}],
            }],
        },
    })
    .as_object()
    .unwrap()
    {
        expected[field] = value.clone();
    }
    assert_eq!(shape(&shown), expected);
    let asked = Request::ProposalShow(ProposalShow { id: "07".into() });
    assert_eq!(asked.read_answer(expected).unwrap(), shown);
}

#[test]
fn the_ledger_has_the_published_shape() {
    let in_list = json!({
        "id": hex(5), "author": maker_a(), "provider": maker_a(), "action": "work",
        "agent": null, "provider_name": "Maker A", "receiver": null, "workshop": null,
        "subject": hex(4), "quantity": "3.50", "unit": "h", "resource_quantity": null, "resource_unit": null,
        "resource": null, "role": null, "at": "2026-11-20T00:00:00Z", "ended": null,
        "recorded": "2026-11-20T10:00:00Z", "late": false, "corrects": null, "note": null,
        "standing": "confirmed", "confirmations": 1, "disputes": 0, "settled": ["cash"],
    });
    assert_eq!(shape(&Answer::LedgerList(vec![record()])), json!([in_list]));
    let shown = shape(&Answer::LedgerShow(LedgerRecord {
        summary: record(),
        author_name: None,
        workshop_name: None,
        subject_title: None,
        evidence: vec![],
        corrected_by: vec![],
        settlements: vec![],
        log: u64::MAX.to_string(),
        seq: 2,
        attestations: vec![],
    }));
    assert_eq!(shown.get("log"), Some(&json!("18446744073709551615")), "more than a JSON number holds");
    assert_eq!(shown.get("at"), Some(&json!("2026-11-20T00:00:00Z")));
    assert_eq!(shown.get("standing"), Some(&json!("confirmed")));
    let total = LedgerTotal {
        subject: Some(id(4)),
        group: Some("p_8884a34e911d".into()),
        unit: "{commit}".into(),
        quantity: "12".into(),
        records: 12,
        name: Some("p_8884a34e911d".into()),
        agent: Some(id(6)),
        subject_title: Some("Press".into()),
        actions: [("work".to_owned(), "12".to_owned())].into(),
        standings: [("claimed".to_owned(), 12)].into(),
    };
    let row = json!({
        "subject": hex(4), "group": "p_8884a34e911d", "unit": "{commit}", "quantity": "12", "records": 12,
        "name": "p_8884a34e911d", "agent": hex(6), "subject_title": "Press", "actions": {"work": "12"},
        "standings": {"claimed": 12},
    });
    assert_eq!(shape(&Answer::LedgerTotals(vec![total])), json!([row]));
}

#[test]
fn an_audit_has_the_published_shape() {
    let answer = Answer::Audit(AuditAnswer {
        ok: false,
        checked: Checked { entries: 1, signatures: 2, logs: 3, documents: 4, records: 5, files: 6 },
        findings: vec![Finding {
            kind: "damaged-file".into(),
            entry: Some(hex(6)),
            what: "one byte differs".into(),
        }],
        since: Some(EarlierAudit {
            at: jiff::Timestamp::UNIX_EPOCH,
            whole_at: jiff::Timestamp::UNIX_EPOCH,
            entries: 7,
            held_digest: id(8),
        }),
    });
    assert_eq!(
        shape(&answer),
        json!({
            "ok": false,
            "checked": {"entries": 1, "signatures": 2, "logs": 3, "documents": 4, "records": 5, "files": 6},
            "findings": [{"kind": "damaged-file", "entry": hex(6), "what": "one byte differs"}],
            "since": {
                "at": "1970-01-01T00:00:00Z", "whole_at": "1970-01-01T00:00:00Z", "entries": 7,
                "held_digest": hex(8),
            },
        })
    );
}

#[test]
fn forks_have_the_published_shape() {
    let summary = ForkSummary {
        author: maker_a(),
        author_name: Some("Maker A".into()),
        log: u64::MAX.to_string(),
        seq: 3,
        entries: vec![id(5), id(6)],
        healed: Some(Healing { entry: id(7), at: "2026-11-21T10:00:00Z".parse().unwrap() }),
    };
    let in_list = json!({
        "author": maker_a(), "author_name": "Maker A", "log": "18446744073709551615", "seq": 3,
        "entries": [hex(5), hex(6)], "healed": {"entry": hex(7), "at": "2026-11-21T10:00:00Z"},
    });
    assert_eq!(shape(&Answer::Forks(vec![summary.clone()])), json!([in_list]));
    let entry = ForkEntry {
        id: id(5),
        seq: 3,
        at: "2026-11-20T00:00:00Z".parse().unwrap(),
        kind: "document/edit".into(),
        subject: Some(id(4)),
        subject_title: None,
        counts: false,
        reason: Some("it is a proposal".into()),
    };
    let branch = ForkBranch { length: 1, counting: 0, entries: vec![entry] };
    let answer = Answer::ForksShow(ForkDetail { summary, branches: vec![branch] });
    let mut expected = in_list;
    expected.as_object_mut().unwrap().insert(
        "branches".into(),
        json!([{"length": 1, "counting": 0, "entries": [{
            "id": hex(5), "seq": 3, "at": "2026-11-20T00:00:00Z", "kind": "document/edit",
            "subject": hex(4), "subject_title": null, "counts": false, "reason": "it is a proposal",
        }]}]),
    );
    assert_eq!(shape(&answer), expected);
    assert_eq!(Request::ForksShow(ForksShow { fork: "05".into() }).read_answer(expected).unwrap(), answer);
    assert!(Request::ForksHeal(ForksHeal::default()).signs() && !Request::Forks(Forks {}).signs());
}

#[test]
fn members_have_the_published_shape() {
    let row = MemberRow {
        did: maker_a(),
        name: Some("Maker A".into()),
        workshop: id(2),
        workshop_name: Some("Workshop North".into()),
        role: Role::Maker,
        removed: true,
        removed_by: vec![id(7)],
        reason: Some("moved away".into()),
        old_keys: vec![],
        membership: id(3),
    };
    let expected = json!([{
        "did": maker_a(), "name": "Maker A", "workshop": hex(2), "workshop_name": "Workshop North",
        "role": "maker", "removed": true, "removed_by": [hex(7)], "reason": "moved away",
        "membership": hex(3),
    }]);
    let answer = Answer::MemberList(vec![row]);
    assert_eq!(shape(&answer), expected);
    assert_eq!(Request::MemberList(MemberList {}).read_answer(expected).unwrap(), answer);
}

#[test]
fn motions_and_charters_have_the_published_shape() {
    let north = || WorkshopName { id: id(2), name: Some("Workshop North".into()) };
    let south = || WorkshopName { id: id(3), name: Some("Workshop South".into()) };
    let author = || MemberName { did: maker_a(), name: Some("Maker A".into()), role: Some(Role::Steward) };
    let (north_json, south_json) =
        (json!({"id": hex(2), "name": "Workshop North"}), json!({"id": hex(3), "name": "Workshop South"}));
    let author_json = json!({"did": maker_a(), "name": "Maker A", "role": "steward"});
    let motion = MotionRow {
        id: id(4),
        kind: "remove-workshop".into(),
        what: "remove Workshop East".into(),
        reason: None,
        author: author(),
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        votes: vec![north()],
        missing: vec![south()],
        quorum: 2,
        waits_for_us: true,
    };
    let expected = json!([{
        "id": hex(4), "kind": "remove-workshop", "what": "remove Workshop East", "author": author_json,
        "at": "2026-11-21T10:00:00Z", "votes": [north_json], "missing": [south_json], "quorum": 2,
        "waits_for_us": true,
    }]);
    assert_eq!(shape(&Answer::WorkshopMotions(vec![motion])), expected);
    let charter = CharterRow {
        id: id(5),
        before: id(1),
        heals: vec![],
        author: author(),
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        endorsed: vec![north()],
        missing: vec![south()],
        in_force: false,
        followed: false,
        newest: false,
        rival: false,
    };
    let expected = json!([{
        "id": hex(5), "before": hex(1), "author": author_json, "at": "2026-11-21T10:00:00Z",
        "endorsed": [north_json], "missing": [south_json], "in_force": false, "followed": false,
        "newest": false, "rival": false,
    }]);
    assert_eq!(shape(&Answer::CharterList(vec![charter])), expected);
}

#[test]
fn what_writes_answers_an_id() {
    let standing = Standing::Confirmed;
    for answer in [
        Answer::DesignNew(Wrote { id: id(4) }),
        Answer::Contribute(Wrote { id: id(4) }),
        Answer::DesignEdit(DesignEdited {
            id: id(4),
            entry: id(5),
            accepted: true,
            keepers: vec![],
            on: None,
            edits: 0,
        }),
        Answer::DesignImport(DesignImported { id: id(4), findings: vec![], proposal: None, keepers: vec![] }),
        Answer::ProposalDecline(ProposalDeclined { id: id(4), proposal: id(5), design: id(6) }),
        Answer::Attest(Attested { id: id(4), record: id(5), standing }),
    ] {
        assert_eq!(shape(&answer).get("id"), Some(&json!(hex(4))), "{answer:?}");
    }
}

#[test]
fn what_was_found_has_the_published_shape() {
    let found = SearchResult {
        kind: SearchKind::MachineModel,
        id: id(4),
        title: Some("Laser".into()),
        workshop: Some(id(2)),
        workshop_name: Some("Workshop North".into()),
        withdrawn: false,
        excerpt: "cuts planks".into(),
        found: vec!["planks".into()],
    };
    let named = FacetCount { value: "laser-cutting".into(), name: Some("laser cutting".into()), count: 1 };
    let plain = FacetCount { value: "MIT".into(), name: None, count: 1 };
    let facets = SearchFacets { process: vec![named], licence: vec![plain], ..SearchFacets::default() };
    let answer = Answer::Search(SearchAnswer { total: 1, results: vec![found], facets, hints: vec![] });
    let expected = json!({
        "total": 1,
        "results": [{
            "kind": "machine-model", "id": hex(4), "title": "Laser", "workshop": hex(2),
            "workshop_name": "Workshop North", "withdrawn": false, "excerpt": "cuts planks", "found": ["planks"],
        }],
        "facets": {
            "kind": [], "licence": [{"value": "MIT", "count": 1}],
            "process": [{"value": "laser-cutting", "name": "laser cutting", "count": 1}],
            "material": [], "workshop": [],
        },
        "hints": [],
    });
    assert_eq!(shape(&answer), expected);
}

#[test]
fn a_request_travels_under_the_name_of_its_command() {
    let request = Request::Invite(Invite { offer: Offer::Workshop { name: "Workshop South".into() } });
    let sent = serde_json::to_value(&request).unwrap();
    assert_eq!(sent, json!({"invite": {"offer": {"workshop": {"name": "Workshop South"}}}}));
    assert_eq!(serde_json::from_value::<Request>(sent).unwrap(), request);
    assert!(request.signs());
    assert!(!Request::Audit(Audit::default()).signs());
}
