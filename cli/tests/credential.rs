//! Credentials, by their commands: issued, signed by two members, checked by anyone, refused when the ledger differs.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "common/workshops.rs"]
mod workshops;

use std::path::{Path, PathBuf};
use std::process::Command;

use aronde_node::home::Home;
use aronde_node::key_file::{self, Purpose};
use aronde_protocol::credential::{Contribution, Credential};
use serde_json::{Value, json};
use workshops::{Workshop, aronde, eventually, id};

/// Two workshops whose nodes run, a design, and a contribution that both hold.
fn two_workshops() -> (Workshop, Workshop, String, String) {
    let mut north = Workshop::founds("Maker A", "Workshop North");
    north.up();
    let mut south = Workshop::joins(&north, &["--workshop", "Workshop South"], "Maker B", &[]);
    south.up();
    let design = north.designs("Bench press");
    let work =
        ["--action", "use", "--quantity", "1.5 h", "--resource", "Laser cutter", "--note", "side panels"];
    let record = id(&north.ask(&[&["contribute", "--subject", &design], work.as_slice()].concat()));
    eventually("the other workshop holds the record", || stands(&south, &record, "claimed"));
    (north, south, design, record)
}

fn stands(workshop: &Workshop, record: &str, standing: &str) -> Option<()> {
    let shown = workshop.run(&["ledger", "show", record, "--json"]);
    (shown.code == Some(0) && shown.json()["standing"] == standing).then_some(())
}

/// What a stranger with no home finds.
fn verified(file: &str) -> Value {
    let nowhere = Workshop::nowhere();
    let ran = aronde(&nowhere.home, &["credential", "verify", file, "--json"]);
    let said = ran.json();
    assert_eq!(ran.code, Some(i32::from(said["holds"] != true)), "{said}");
    assert!(!nowhere.home.exists(), "it needs no home and makes none");
    said
}

#[test]
fn two_members_sign_a_credential_that_anyone_checks() {
    let (north, south, _, record) = two_workshops();
    let file = north.beside("laser.json");
    let file = file.to_str().unwrap();
    let (did_north, did_south) = (north.did(), south.did());

    let claimed = north.ask(&["credential", "issue", &record]);
    assert_eq!((&claimed["standing"], &claimed["issuer"]), (&json!("claimed"), &claimed["subject"]));
    south.run(&["credential", "issue", &record]).failed(2, &["has nothing to sign"]);

    south.ask(&["attest", &record, "--confirm"]);
    eventually("the word of the other has come", || stands(&north, &record, "confirmed"));
    let issued = north.ask(&["credential", "issue", &record, "--path", file]);
    assert_eq!(issued["signers"], json!([did_north]));
    let alone = verified(file);
    assert_eq!((&alone["holds"], &alone["self_issued"]), (&json!(true), &json!(true)));
    assert_eq!(alone["contribution"]["attesters"], json!([did_south]));
    assert!(!std::fs::read_to_string(file).unwrap().contains("side panels"), "a note is not for everybody");

    let both = south.ask(&["credential", "cosign", file]);
    assert_eq!(both["signers"], json!([did_north, did_south]));
    south.run(&["credential", "cosign", file]).failed(2, &["has signed it already"]);
    let both = verified(file);
    assert_eq!((&both["holds"], both["proofs"].as_array().unwrap().len()), (&json!(true), 2));
    independently_verified(&[Path::new(file)]);

    // One word more or less, and each proof says no; a changed proof is named.
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, text.replace("\"quantity\": \"1.5\"", "\"quantity\": \"15\"")).unwrap();
    let changed = verified(file);
    assert_eq!(
        (&changed["proofs"][0]["holds"], &changed["proofs"][1]["holds"]),
        (&json!(false), &json!(false))
    );
    let mut whole: Value = serde_json::from_str(&text).unwrap();
    whole["proof"][1]["created"] = "2020-01-01T00:00:00Z".into();
    std::fs::write(file, whole.to_string()).unwrap();
    let changed = verified(file);
    assert_eq!(
        (&changed["proofs"][0]["holds"], &changed["proofs"][1]["holds"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(changed["proofs"][1]["by"], did_south.as_str());

    // Who confirmed it issues one about the other, too; the note goes with it when it is asked for.
    let other = south.ask(&["credential", "issue", &record, "--with-note", "--path", file]);
    assert_eq!((&other["issuer"], &other["subject"]), (&json!(did_south), &json!(did_north)));
    assert_eq!(verified(file)["contribution"]["note"], "side panels");
    independently_verified(&[Path::new(file)]);
    north.run(&["verify", file]).failed(2, &["is no proof"]);
}

#[test]
fn nobody_signs_what_their_ledger_does_not_say() {
    let (north, south, design, record) = two_workshops();
    south.ask(&["attest", &record, "--confirm"]);
    eventually("the word of the other has come", || stands(&north, &record, "confirmed"));
    let file = north.beside("laser.json");
    let path = file.to_str().unwrap();
    north.ask(&["credential", "issue", &record, "--path", path]);

    let issued = Credential::read(&std::fs::read(&file).unwrap()).unwrap();
    let said = Contribution::of(&issued).unwrap();
    let key = key_file::read(&Home::open(&north.home).unwrap().member_key(), Purpose::Member, None).unwrap();
    let from = "2026-01-01T00:00:00Z";
    let refused = |lie: Contribution, why: &str| {
        let mut credential = lie.credential(key.member(), from, None);
        credential.sign(&key, from).unwrap();
        let lie = north.beside("lie.json");
        std::fs::write(&lie, credential.to_text()).unwrap();
        assert_eq!(verified(lie.to_str().unwrap())["holds"], true, "it is signed well");
        south.run(&["credential", "cosign", lie.to_str().unwrap()]).failed(2, &[why]);
    };
    refused(Contribution { quantity: "150".to_owned(), ..said.clone() }, "account of what was done");
    refused(Contribution { made_for_title: Some("Rocket".to_owned()), ..said.clone() }, "title");
    refused(Contribution { attesters: vec![key.member()], ..said.clone() }, "list of attesters");
    refused(Contribution { note: Some("well done".to_owned()), ..said.clone() }, "note");
    refused(Contribution { federation: said.record, ..said.clone() }, "federation");
    refused(Contribution { record: said.federation, ..said.clone() }, "is no contribution");
    refused(Contribution { provider: south.did().parse().unwrap(), ..said }, "account of what was done");

    let other = north.beside("other.json");
    std::fs::write(&other, "{\"type\": \"VerifiableCredential\", \"type\": []}").unwrap();
    south.run(&["credential", "cosign", other.to_str().unwrap()]).failed(2, &["said twice"]);

    // A retraction stops signing; who has the file already does not see it.
    north.ask(&["retract", &record]);
    eventually("the retraction has come", || stands(&south, &record, "retracted"));
    south.run(&["credential", "cosign", path]).failed(2, &["is retracted"]);
    north.run(&["credential", "issue", &record]).failed(2, &["is retracted"]);
    assert_eq!(verified(path)["holds"], true);
    assert!(north.shows(&design).is_some());
}

/// Asks libraries that share nothing with ours, where npm is there and can fetch them.
fn independently_verified(files: &[&Path]) {
    let Some(folder) = independent() else { return };
    let ran = Command::new("node").arg(folder.join("verify.mjs")).args(files).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    // One that was changed is refused there as here.
    let changed = folder.join(format!("changed-{}.json", std::process::id()));
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        std::fs::write(&changed, text.replace("Commons", "Common")).unwrap();
        let ran = Command::new("node").arg(folder.join("verify.mjs")).arg(&changed).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    }
    std::fs::remove_file(changed).unwrap();
}

fn independent() -> Option<PathBuf> {
    use std::sync::OnceLock;
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let install = || {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/independent/credentials");
        let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("credentials");
        std::fs::create_dir_all(&to).unwrap();
        for name in ["package.json", "verify.mjs"] {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
        let words = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"];
        let ran = Command::new("npm").args(words).arg("--prefer-offline").current_dir(&to).output();
        match ran {
            Ok(ran) if ran.status.success() => Some(to),
            _ => {
                eprintln!(
                    "SKIPPED: the libraries of tests/independent/credentials cannot be fetched with npm; \
                     credentials were not checked by another implementation"
                );
                None
            }
        }
    };
    FOLDER.get_or_init(install).clone()
}
