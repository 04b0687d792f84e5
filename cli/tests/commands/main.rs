//! The command as its users meet it: a process, its two streams and its exit code. A node with a
//! service of our own stands behind the local interface; homes are real.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod stand;

use std::path::Path;

use aronde_node::api::{
    Answer, AuditAnswer, Checked, ConcurrentValue, Conflict, DesignDetail, DesignFile, DesignSummary,
    Finding, LeftOut, Passphrase, RecordSummary, Request, ServiceError, Signer, Standing, WorkshopName,
    Wrote,
};
use aronde_node::key_file::{self, Purpose};
use aronde_node::recovery_phrase;
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::key::SecretKey;
use serde_json::{Value, json};
use stand::{Ran, Stand, aronde, home_in, home_in_place};

fn id(n: u8) -> EntryId {
    EntryId([n; 32])
}

fn one_json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {}", ran.stdout))
}

fn audit(ok: bool) -> Answer {
    let checked = Checked { entries: 12, signatures: 3, logs: 1, documents: 2, records: 1, files: 4 };
    let finding = Finding {
        kind: "damaged-file".into(),
        entry: Some(id(6).to_string()),
        what: "one byte differs".into(),
    };
    Answer::Audit(AuditAnswer { ok, checked, findings: if ok { vec![] } else { vec![finding] }, since: None })
}

#[test]
fn an_audit_that_finds_damage_ends_with_1_and_names_it() {
    let stand = Stand::up(|_| Ok(audit(false)));
    let ran = stand.aronde(&["audit"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stdout,
        "NOT WELL: 12 entries, 3 signatures, 1 log, 2 documents, 1 record, 4 files checked\n  \
         damaged-file  0606060606  one byte differs\n"
    );
    let ran = stand.aronde(&["audit", "--json"]);
    assert_eq!((ran.code, one_json(&ran)["ok"].clone()), (1, json!(false)));
    assert_eq!(Stand::up(|_| Ok(audit(true))).aronde(&["audit"]).code, 0);
}

#[test]
fn each_kind_of_failure_has_its_exit_code_its_sentence_and_its_hint() {
    type Make = fn(&str) -> ServiceError;
    let kinds: [(Make, i32); 4] = [
        (|m| ServiceError::user(m), 2),
        (|m| ServiceError::config(m), 2),
        (|m| ServiceError::network(m), 3),
        (|m| ServiceError::internal(m), 4),
    ];
    for (make, code) in kinds {
        let stand = Stand::up(move |_| Err(make("the ticket was used\u{1b}[2J").hint("ask for a new one")));
        let ran = stand.aronde(&["status"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""));
        assert_eq!(ran.stderr, "aronde: the ticket was used\u{fffd}[2J\n  hint: ask for a new one\n");
        let ran = stand.aronde(&["status", "--json"]);
        assert_eq!(ran.code, code);
        assert_eq!(one_json(&ran)["error"]["hints"], json!(["ask for a new one"]));
        assert!(!ran.stdout.contains('\u{1b}'));
    }
}

#[test]
fn a_design_in_conflict_shows_every_value_with_its_hand_and_what_to_do() {
    let value = |text: &str, seed: u8| ConcurrentValue {
        value: Some(text.into()),
        author: SecretKey::from_seed(&[seed; 32]).member(),
        author_name: Some(format!("Maker {seed}")),
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        entry: id(seed),
    };
    let detail = DesignDetail {
        summary: DesignSummary {
            id: id(4),
            title: None,
            version: Some("1.0.0".into()),
            licence: Some("CERN-OHL-S-2.0".into()),
            withdrawn: false,
            workshop: id(2),
            workshop_name: Some("Workshop North".into()),
        },
        description: Some("Presses.\u{1b}]0;owned\u{7}\nSlowly.".into()),
        function: None,
        withdrawn: None,
        not_open: None,
        sources: vec![],
        fields: std::collections::BTreeMap::new(),
        lists: std::collections::BTreeMap::new(),
        bom: vec![],
        files: vec![DesignFile {
            path: "cad/press.step".into(),
            role: None,
            hash: FileHash([7; 32]),
            len: 12_345,
            present: false,
        }],
        authors: vec![],
        conflicts: vec![Conflict {
            field: "title".into(),
            values: vec![value("Press", 1), value("Big press", 2)],
        }],
        left_out: vec![LeftOut { entry: id(5), edit: Some(1), why: "it was\u{1b} removed before".into() }],
        proposals: vec![id(6), id(7)],
        keepers: vec![
            WorkshopName { id: id(2), name: Some("Workshop North".into()) },
            WorkshopName { id: id(3), name: Some("Workshop South".into()) },
        ],
    };
    let stand = Stand::up(move |_| Ok(Answer::DesignShow(detail.clone())));
    let ran = stand.aronde(&["design", "show", "04"]);
    let (one, two) =
        (SecretKey::from_seed(&[1; 32]).member().short(), SecretKey::from_seed(&[2; 32]).member().short());
    assert_eq!(
        ran.stdout,
        format!(
            "2 values, see below\n  \
               design    {}\n  \
               version   1.0.0\n  \
               licence   CERN-OHL-S-2.0\n  \
               workshop  Workshop North\n  \
               keepers   Workshop North and Workshop South\n  \
               function  –\n\n  \
               Presses.\u{fffd}]0;owned\u{fffd}\n  \
               Slowly.\n\n\
             files\n  \
               0707070707  12 kB  cad/press.step  not here yet\n\n\
             set differently at the same time\n  \
               title\n    \
                 \"Press\"      Maker 1 ({one})  2026-11-21 10:00 UTC\n    \
                 \"Big press\"  Maker 2 ({two})  2026-11-21 10:00 UTC\n    \
                 decide with: aronde design edit 0404040404 --set 'title=VALUE'\n\n\
             1 edit does not fit the design and had no effect\n  \
               0505050505  it was\u{fffd} removed before\n\n\
             2 proposals wait: aronde proposal list --design 0404040404\n",
            id(4)
        )
    );
}

#[test]
fn a_list_of_records_is_aligned_and_its_json_is_as_published() {
    let member = SecretKey::from_seed(&[1; 32]).member();
    let record = RecordSummary {
        id: id(5),
        author: member,
        provider: Some(member),
        agent: None,
        provider_name: Some("Maker A".into()),
        receiver: None,
        workshop: None,
        action: "work".into(),
        subject: Some(id(4)),
        quantity: "3".into(),
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
        note: Some("milled".into()),
        standing: Standing::Confirmed,
        confirmations: 1,
        disputes: 0,
        settled: vec![],
    };
    let stand = Stand::up(move |_| Ok(Answer::LedgerList(vec![record.clone()])));
    let ran = stand.aronde(&["ledger", "list"]);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines[0].find("STANDING"), lines[1].find("confirmed +1 -0"));
    assert!(lines[1].starts_with("0505050505  ") && lines[1].ends_with("  milled"), "{}", ran.stdout);
    let ran = stand.aronde(&["ledger", "list", "--json"]);
    let json = one_json(&ran);
    assert_eq!((&json[0]["quantity"], &json[0]["unit"]), (&json!("3"), &json!("h")));
    assert_eq!(json[0]["author"], json!(member.to_string()));
}

#[test]
fn paths_reach_the_node_absolute_and_a_key_file_with_its_passphrase() {
    let stand = Stand::up(|request| match request {
        Request::Contribute(_) => Ok(Answer::Contribute(Wrote { id: id(5) })),
        _ => Err(ServiceError::user("no such folder")),
    });
    let key = stand.folder.path().join("other.key");
    let words = Passphrase::new("ash".into());
    key_file::create(&key, Purpose::Member, &SecretKey::from_seed(&[3; 32]), Some(&words)).unwrap();
    let file = stand.folder.path().join("words");
    std::fs::write(&file, "ash\n").unwrap();

    stand.aronde(&["design", "import", "press"]);
    let ran = stand.aronde(&[
        "contribute",
        "--subject",
        "04",
        "--action",
        "work",
        "--quantity",
        "3.50 h",
        "--json",
        "--key",
        key.to_str().unwrap(),
        "--passphrase-file",
        file.to_str().unwrap(),
    ]);
    assert_eq!((ran.code, one_json(&ran)), (0, json!({ "id": id(5).to_string() })));

    let asked = stand.asked();
    match &asked[0] {
        (Request::DesignImport(import), Signer::Home { passphrase: None }) => {
            assert!(import.path.is_absolute() && import.path.ends_with("press"));
        }
        other => panic!("{other:?}"),
    }
    match &asked[1] {
        (Request::Contribute(said), signer) => {
            assert_eq!(said.quantity.to_string(), "3.50 h");
            assert_eq!(*signer, Signer::File { path: key, passphrase: Some(words) });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_missing_home_ends_with_2_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let ran = aronde(&folder.path().join("none"), &["status"], "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("there is no Aronde home in") && ran.stderr.contains("hint: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_home_in_use_is_an_answer_and_no_hang() {
    let folder = tempfile::tempdir().unwrap();
    let home = home_in(folder.path());
    let _lock = aronde_node::store::Lock::take(home.path()).unwrap();
    let ran = aronde(home.path(), &["status"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(&format!("is in use by process {}", std::process::id())), "{}", ran.stderr);
}

#[test]
fn keys_go_to_paper_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let home = home_in(folder.path());
    let shown = one_json(&aronde(home.path(), &["key", "show", "--json"], ""));
    assert_eq!((&shown["encrypted"], &shown["next_key_in_home"]), (&json!(false), &json!(true)));

    let sheet = aronde(home.path(), &["key", "backup"], "");
    assert!(sheet.stdout.contains("   1. ") && sheet.stdout.contains("NEXT KEY"), "{}", sheet.stdout);
    assert!(home.next_key().exists(), "nobody agreed to take it out");
    let paper = one_json(&aronde(home.path(), &["key", "backup", "--json", "--remove-next"], ""));
    assert!(!home.next_key().exists());
    let (member, next) = (paper["member_phrase"].as_str().unwrap(), paper["next_phrase"].as_str().unwrap());
    assert_eq!(
        recovery_phrase::from_words(member).unwrap().member().to_string(),
        shown["did"].as_str().unwrap()
    );

    // The words of the next key are not taken for those of the member key.
    let ran = aronde(home.path(), &["key", "restore"], next);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--next"), "{}", ran.stderr);
    assert_eq!(aronde(home.path(), &["key", "restore", "--next"], next).code, 0);
    assert!(home.next_key().exists());

    // On a new machine the key waits for the home, and a mistyped word is named.
    let fresh = folder.path().join("fresh");
    let first = member.split(' ').next().unwrap();
    let ran = aronde(&fresh, &["key", "restore"], &member.replacen(first, "zzzz", 1));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("word 1, \"zzzz\", is not in the list"), "{}", ran.stderr);
    assert!(!fresh.exists(), "a failure leaves nothing behind");
    let ran = aronde(&fresh, &["key", "restore", "--json"], member);
    assert_eq!((ran.code, &one_json(&ran)["did"]), (0, &shown["did"]));
    let there = key_file::inspect(&fresh.join("member.key")).unwrap();
    assert_eq!(there.public.to_string(), shown["did"].as_str().unwrap());
}

#[test]
fn an_encrypted_key_is_backed_up_with_its_passphrase_only() {
    let folder = tempfile::tempdir().unwrap();
    let words = folder.path().join("words");
    std::fs::write(&words, "ash\n").unwrap();
    let fresh = folder.path().join("fresh");
    let phrase = recovery_phrase::to_words(&SecretKey::from_seed(&[3; 32]));
    let file = words.to_str().unwrap();
    let ran = aronde(&fresh, &["key", "restore", "--passphrase-file", file], &phrase);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(key_file::inspect(&fresh.join("member.key")).unwrap().encrypted);

    // The restored key waits for its home and becomes its member key.
    let home = home_in_place(&fresh);
    let backup = |more: &[&str]| aronde(home.path(), &[&["key", "backup", "--json"], more].concat(), "");
    let ran = backup(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--passphrase-file"), "{}", ran.stderr);
    std::fs::write(&words, "oak\n").unwrap();
    let ran = backup(&["--passphrase-file", file]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("the passphrase does not open"), "{}", ran.stderr);
    std::fs::write(&words, "ash\n").unwrap();
    assert_eq!(one_json(&backup(&["--passphrase-file", file]))["member_phrase"], json!(phrase.as_str()));
}

#[test]
fn a_key_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let home = home_in(folder.path());
    std::fs::set_permissions(home.member_key(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = aronde(home.path(), &["key", "show"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.stderr);
}

#[test]
fn a_second_init_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let home = home_in(folder.path());
    let ran = aronde(home.path(), &["init", "--name", "A", "--workshop", "W", "--federation", "F"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is an Aronde home already"), "{}", ran.stderr);
}

#[test]
fn completions_and_help_are_printed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = aronde(Path::new("unused"), &["completions", shell], "");
        assert!(ran.code == 0 && ran.stdout.contains("aronde"), "{shell}");
    }
    let ran = aronde(Path::new("unused"), &["contribute", "--help"], "");
    assert!(ran.code == 0 && ran.stdout.contains("Examples:"));
    assert_eq!(aronde(Path::new("unused"), &["contribute"], "").code, 2);
}
