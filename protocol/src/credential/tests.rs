#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::id::EntryId;

const FROM: &str = "2026-11-21T14:00:00Z";
/// A day later.
const NOW: u64 = 1_795_356_000_000;

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn contribution() -> Contribution {
    Contribution {
        federation: EntryId::of(b"found"),
        federation_name: "Commons".to_owned(),
        record: EntryId::of(b"record"),
        author: key(1).member(),
        provider: key(1).member(),
        workshop: Some(EntryId::of(b"north")),
        workshop_name: Some("Workshop North".to_owned()),
        action: "use".to_owned(),
        quantity: "1.5".to_owned(),
        unit: "h".to_owned(),
        resource_quantity: Some("3".to_owned()),
        resource_unit: Some("kW.h".to_owned()),
        resource: Some("Laser cutter".to_owned()),
        role: Some("fabrication".to_owned()),
        made_for: Some(EntryId::of(b"press")),
        made_for_title: Some("Bench press „2“ \u{1f527}".to_owned()),
        began: "2026-11-20T08:00:00Z".to_owned(),
        ended: Some("2026-11-20T09:30:00Z".to_owned()),
        recorded: "2026-11-20T10:00:00Z".to_owned(),
        standing: Stood::Confirmed,
        attesters: vec![key(2).member()],
        note: Some("side panels".to_owned()),
    }
}

/// By the one who did it and by who confirmed it.
fn signed_by_two() -> Credential {
    let mut credential = contribution().credential(key(1).member(), FROM, Some("2027-11-21T14:00:00Z"));
    credential.sign(&key(1), FROM).unwrap();
    credential.sign(&key(2), "2026-11-21T15:00:00Z").unwrap();
    credential
}

fn bytes(json: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(json).unwrap()
}

fn checked(json: &impl serde::Serialize) -> Checked {
    Credential::read(&bytes(json)).unwrap().check(NOW)
}

#[test]
fn what_two_members_signed_is_read_back_with_both_proofs() {
    let credential = signed_by_two();
    let read = Credential::read(&bytes(&credential.json())).unwrap();
    assert_eq!(read, credential);
    let checked = read.check(NOW);
    assert!(checked.holds(), "{checked:?}");
    assert_eq!(checked.contribution, Some(contribution()));
    let by: Vec<_> = checked.proofs.iter().map(|proof| proof.by.unwrap()).collect();
    assert_eq!(by, [key(1).member(), key(2).member()]);
    assert!(checked.is_self_issued());
}

#[test]
fn one_proof_is_an_object_and_several_are_a_list() {
    let mut credential = contribution().credential(key(2).member(), FROM, None);
    assert_eq!(credential.check(NOW).faults, [Fault::NoProof]);
    credential.sign(&key(2), FROM).unwrap();
    let one = serde_json::to_value(credential.json()).unwrap();
    assert!(one["proof"].is_object());
    assert!(!checked(&one).is_self_issued());
    assert_eq!(credential.sign(&key(2), FROM), Err(CredentialError::Signed(key(2).member())));
    credential.sign(&key(1), FROM).unwrap();
    assert!(serde_json::to_value(credential.json()).unwrap()["proof"].is_array());
}

#[test]
fn a_text_that_is_printed_says_the_same_and_commands_no_terminal() {
    let title = "press\u{202e}\u{7f}\u{e0041}\u{1b}[2J\n2".to_owned();
    let said = Contribution { made_for_title: Some(title), ..contribution() };
    let mut credential = said.credential(key(1).member(), FROM, None);
    credential.sign(&key(1), FROM).unwrap();
    let text = credential.to_text();
    assert!(text.lines().all(|line| !line.chars().any(is_hidden)), "{text}");
    let read = Credential::read(text.as_bytes()).unwrap();
    assert_eq!((read.check(NOW).holds(), read), (true, credential));
}

/// Every way to change one text, to take a member or an item away, or to add one.
fn mutants(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::String(text) => {
            let first = if text.starts_with('x') { "y" } else { "x" };
            let rest: String = text.chars().skip(1).collect();
            all.push(("changed".to_owned(), format!("{first}{rest}").into()));
            all.push(("longer".to_owned(), format!("{text} ").into()));
        }
        Value::Array(items) => {
            for n in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(n);
                all.push((format!("without {n}"), fewer.into()));
                for (how, other) in mutants(&items[n]) {
                    let mut items = items.clone();
                    items[n] = other;
                    all.push((format!("{n}.{how}"), items.into()));
                }
            }
            all.push(("one more".to_owned(), [items.as_slice(), &["x".into()]].concat().into()));
        }
        Value::Object(members) => {
            for (name, member) in members {
                let mut fewer = members.clone();
                fewer.remove(name);
                all.push((format!("without {name}"), fewer.into()));
                for (how, other) in mutants(member) {
                    let mut members = members.clone();
                    members.insert(name.clone(), other);
                    all.push((format!("{name}.{how}"), members.into()));
                }
            }
            let mut more = members.clone();
            more.insert("more".to_owned(), "x".into());
            all.push(("one more".to_owned(), more.into()));
        }
        _ => {}
    }
    all
}

#[test]
fn no_field_can_be_changed_added_or_taken_away() {
    let whole = serde_json::to_value(signed_by_two().json()).unwrap();
    let all = mutants(&whole);
    assert!(all.len() > 200, "{}", all.len());
    for (how, mutant) in all {
        let holds = Credential::read(&bytes(&mutant)).is_ok_and(|read| read.check(NOW).holds());
        // Each proof is by itself: without the second one, the document is the issuer's alone.
        assert_eq!(holds, how == "proof.without 1", "{how}");
    }
}

#[test]
fn a_bad_proof_in_a_set_is_named_and_the_others_still_hold() {
    let mut whole = serde_json::to_value(signed_by_two().json()).unwrap();
    whole["proof"][1]["created"] = "2026-11-21T16:00:00Z".into();
    let checked = checked(&whole);
    assert!(!checked.holds());
    assert!(checked.proofs[0].holds());
    assert_eq!(
        (checked.proofs[1].by, &checked.proofs[1].fault),
        (Some(key(2).member()), &Some(ProofFault::Signature))
    );
}

#[test]
fn what_is_not_known_is_named_and_not_believed() {
    let fault = |name: &str, value: &str| {
        let mut whole = serde_json::to_value(signed_by_two().json()).unwrap();
        whole["proof"][1][name] = value.into();
        checked(&whole).proofs[1].fault.clone().unwrap()
    };
    assert_eq!(fault("cryptosuite", "eddsa-rdfc-2022"), ProofFault::Suite("eddsa-rdfc-2022".into()));
    assert_eq!(fault("type", "Ed25519Signature2020"), ProofFault::Type("Ed25519Signature2020".into()));
    assert_eq!(fault("proofPurpose", "authentication"), ProofFault::Purpose("authentication".into()));
    assert_eq!(fault("previousProof", "urn:x"), ProofFault::Chained);
    assert_eq!(
        fault("verificationMethod", "did:web:example.org#1"),
        ProofFault::Method("did:web:example.org#1".into())
    );
    assert_eq!(fault("created", "2026-11-21"), ProofFault::Time("2026-11-21".into()));
    assert_eq!(fault("expires", "2026-11-22T00:00:00Z"), ProofFault::Expired("2026-11-22T00:00:00Z".into()));
    assert_eq!(fault("@context", CONTEXT_VC), ProofFault::Context);
    assert_eq!(fault("proofValue", "zz"), ProofFault::Value);
    assert_eq!(fault("proofValue", "mAAAA"), ProofFault::Value);
}

/// A document with other members at its top, signed by its issuer.
fn signed_with(change: impl FnOnce(&mut Object)) -> Checked {
    let mut credential = contribution().credential(key(1).member(), FROM, None);
    change(&mut credential.document);
    credential.sign(&key(1), FROM).unwrap();
    credential.check(NOW)
}

#[test]
fn a_document_is_judged_apart_from_its_proofs() {
    let set = |name: &'static str, value: Json| {
        signed_with(move |document| {
            document.insert(name.to_owned(), value);
        })
    };
    assert_eq!(
        set("@context", Json::texts([CONTEXT_OB, CONTEXT_VC])).faults,
        [Fault::Context, Fault::BadgeContext]
    );
    assert_eq!(set("@context", CONTEXT_VC.into()).faults, [Fault::BadgeContext]);
    assert_eq!(
        set("validFrom", "2026-11-23T00:00:00Z".into()).faults,
        [Fault::NotYet("2026-11-23T00:00:00Z".into())]
    );
    assert_eq!(set("validFrom", "2026-11-22T14:01:00Z".into()).faults, [], "clocks differ");
    assert_eq!(set("validFrom", "today".into()).faults, [Fault::Time("validFrom")]);
    assert_eq!(
        set("validUntil", "2026-11-21T15:00:00+01:00".into()).faults,
        [Fault::Expired("2026-11-21T15:00:00+01:00".into())]
    );
    assert_eq!(set("credentialStatus", [("id", "urn:x".into())].into()).faults, [Fault::Status]);
    assert_eq!(set("credentialSubject", Json::List(Vec::new())).faults, [Fault::NoSubject]);
    let other = key(2).member().to_string();
    assert_eq!(set("issuer", other.as_str().into()).faults, [Fault::NotByIssuer(shown(&other))]);
    assert_eq!(set("issuer", "".into()).faults, [Fault::NoIssuer]);
    assert_eq!(set("type", "Else".into()).faults, []);
    assert!(Credential::read(b"{\"type\":\"Else\"}").is_err());
    assert!(Credential::read(b"[]").is_err());
}

#[test]
fn a_document_whose_texts_say_more_than_its_facts_is_not_taken_for_ours() {
    let said = |name: &'static str| {
        signed_with(move |document| {
            document.insert(name.to_owned(), "work 500 h for Bench press".into());
        })
    };
    let as_issued = signed_with(|_| {});
    assert!(as_issued.holds() && as_issued.contribution.is_some());
    for name in ["name", "description", "evidence"] {
        let checked = said(name);
        assert!(checked.holds(), "it is signed as it is");
        assert_eq!(checked.contribution, None, "{name}");
    }
}

#[test]
fn every_form_of_a_contribution_is_said_and_read() {
    let least = Contribution {
        workshop: None,
        workshop_name: None,
        resource_quantity: None,
        resource_unit: None,
        resource: None,
        role: None,
        made_for: None,
        made_for_title: None,
        ended: None,
        standing: Stood::Claimed,
        attesters: Vec::new(),
        note: None,
        ..contribution()
    };
    for said in [least.clone(), Contribution { attesters: vec![key(3).member()], ..least }, contribution()] {
        for issuer in [1, 2] {
            let mut credential = said.credential(key(issuer).member(), FROM, None);
            credential.sign(&key(issuer), FROM).unwrap();
            let checked = checked(&credential.json());
            assert!(checked.holds());
            assert_eq!(checked.contribution.as_ref(), Some(&said));
            let text = credential.json().canonical();
            assert_eq!(text.contains("Self-issued"), issuer == 1, "{text}");
            assert_eq!(text.contains("side panels"), said.note.is_some());
        }
    }
}

/// The test vectors of the recommendation, where they lie beside the repository.
fn vectors() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = std::env::var_os("ARONDE_DATA").map_or(default, PathBuf::from);
    let folder = data.join("../refs/vc-di-eddsa/TestVectors");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no vectors of eddsa-jcs-2022 in {}; set ARONDE_DATA", folder.display());
    None
}

#[test]
fn the_published_vectors_are_made_again_and_hold() {
    let Some(folder) = vectors() else { return };
    let file = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let object = |name: &str| match Json::read(file(name).as_bytes()).unwrap() {
        Json::Object(object) => object,
        other => panic!("{other:?}"),
    };
    let (document, options) = (object("unsigned.json"), object("eddsa-jcs-2022/proofConfigJCS.json"));
    let name = |name: &str| file(&format!("eddsa-jcs-2022/{name}")).trim().to_owned();
    assert_eq!(json::canonical(&document), name("canonDocJCS.txt"));
    assert_eq!(json::canonical(&options), name("proofCanonJCS.txt"));
    let both = hex::encode(proof::signed_bytes(&options, &document));
    assert_eq!(both, name("combinedHashJCS.txt"));
    assert_eq!(both, name("proofHashJCS.txt") + &name("docHashJCS.txt"));

    let pair: Value = serde_json::from_str(&file("keyPair.json")).unwrap();
    let secret = bs58::decode(&pair["privateKeyMultibase"].as_str().unwrap()[1..]).into_vec().unwrap();
    assert_eq!(secret[..2], [0x80, 0x26]);
    let key = SecretKey::from_seed(&secret[2..].try_into().unwrap());
    assert_eq!(key.member().to_string(), format!("did:key:{}", pair["publicKeyMultibase"].as_str().unwrap()));
    let made = proof::sign(&document, &key, options["created"].text().unwrap());
    let signed = object("eddsa-jcs-2022/signedJCS.json");
    assert_eq!(made, signed["proof"], "the same bytes");
    assert_eq!(made.object().unwrap()["proofValue"].text(), Some(name("sigBTC58JCS.txt").as_str()));

    let read = Credential::read(file("eddsa-jcs-2022/signedJCS.json").as_bytes()).unwrap();
    let checked = read.check(NOW);
    assert!(checked.proofs[0].holds(), "{checked:?}");
    // Its issuer is a page, and whether that page names this key would have to be looked up.
    assert_eq!(checked.faults, [Fault::NotByIssuer("https://vc.example/issuers/5678".to_owned())]);
}

#[test]
fn published_proofs_of_another_suite_are_named_and_not_believed() {
    let Some(folder) = vectors() else { return };
    for (file, proofs) in [("signedProofSet2.json", 2), ("signedProofChain2.json", 4)] {
        let text = std::fs::read(folder.join("proof-set-chain").join(file)).unwrap();
        let checked = Credential::read(&text).unwrap().check(NOW);
        assert_eq!(checked.proofs.len(), proofs, "{file}");
        for proof in checked.proofs {
            assert_eq!(proof.fault, Some(ProofFault::Suite("eddsa-rdfc-2022".to_owned())), "{file}");
        }
    }
}
