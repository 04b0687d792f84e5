//! Credentials: files that anyone hands over to be checked or signed.

use aronde_protocol::credential::{Contribution, Credential, CredentialError, Json, Stood};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::limits::{CREDENTIAL_MAX, CREDENTIAL_PROOFS_MAX};

const FROM: &str = "2026-11-21T14:00:00Z";
const NOW: u64 = 1_795_356_000_000;

/// What is read says the same written in either form; a proof that is added holds and changes no other.
pub fn body(bytes: &[u8]) {
    if let Ok(json) = Json::read(bytes) {
        assert!(bytes.len() <= CREDENTIAL_MAX);
        let canonical = json.canonical();
        match Json::read(canonical.as_bytes()) {
            Ok(again) => assert_eq!((again.canonical(), again), (canonical, json)),
            // An escape may be shorter than what stands for it.
            Err(_) => assert!(canonical.len() > CREDENTIAL_MAX),
        }
    }
    let Ok(mut credential) = Credential::read(bytes) else { return };
    let before = credential.check(NOW);
    assert!(before.proofs.len() <= CREDENTIAL_PROOFS_MAX);
    let _ = serde_json::to_string(&before.contribution).expect("what is read can be shown");
    for proof in &before.proofs {
        assert!(proof.fault.is_some() || proof.by.is_some(), "a proof that holds is somebody's");
    }
    match Credential::read(credential.to_text().as_bytes()) {
        Ok(again) => assert_eq!(again.check(NOW), before),
        Err(_) => assert!(credential.to_text().len() > CREDENTIAL_MAX),
    }
    let key = SecretKey::from_seed(&[9; 32]);
    match credential.sign(&key, FROM) {
        Ok(()) => {
            let after = credential.check(NOW);
            let (last, others) = after.proofs.split_last().unwrap();
            assert!(last.holds() && last.by == Some(key.member()));
            assert_eq!(others, before.proofs);
        }
        Err(error) => assert!(matches!(error, CredentialError::TooManyProofs | CredentialError::Signed(_))),
    }
}

/// One of each form: by one and by two, with everything and with the least; and one that is not ours.
pub fn seeds() -> Vec<Vec<u8>> {
    let (one, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let least = Contribution {
        federation: EntryId::of(b"found"),
        federation_name: "Commons".to_owned(),
        record: EntryId::of(b"record"),
        author: one.member(),
        provider: one.member(),
        workshop: None,
        workshop_name: None,
        action: "work".to_owned(),
        quantity: "1.5".to_owned(),
        unit: "h".to_owned(),
        resource_quantity: None,
        resource_unit: None,
        resource: None,
        role: None,
        made_for: None,
        made_for_title: None,
        began: "2026-11-20T08:00:00Z".to_owned(),
        ended: None,
        recorded: "2026-11-20T10:00:00Z".to_owned(),
        standing: Stood::Claimed,
        attesters: Vec::new(),
        note: None,
    };
    let most = Contribution {
        workshop: Some(EntryId::of(b"north")),
        workshop_name: Some("Workshop North".to_owned()),
        action: "use".to_owned(),
        resource_quantity: Some("3".to_owned()),
        resource_unit: Some("kW.h".to_owned()),
        resource: Some("Laser cutter".to_owned()),
        role: Some("fabrication".to_owned()),
        made_for: Some(EntryId::of(b"press")),
        made_for_title: Some("Bench press \u{1f527}\u{202e}".to_owned()),
        ended: Some("2026-11-20T09:30:00Z".to_owned()),
        standing: Stood::Confirmed,
        attesters: vec![other.member()],
        note: Some("side panels".to_owned()),
        ..least.clone()
    };
    let mut alone = least.credential(one.member(), FROM, None);
    alone.sign(&one, FROM).unwrap();
    let mut both = most.credential(one.member(), FROM, Some("2027-11-21T14:00:00+01:00"));
    both.sign(&one, FROM).unwrap();
    both.sign(&other, FROM).unwrap();
    let elsewhere = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],
        "issuer":"https://example.org/issuers/1","credentialSubject":{"id":"did:example:a","n":[1,-2,true]},
        "proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","proofValue":"z1"}}"#;
    vec![
        alone.json().canonical().into_bytes(),
        both.json().canonical().into_bytes(),
        both.to_text().into_bytes(),
        elsewhere.as_bytes().to_vec(),
    ]
}
