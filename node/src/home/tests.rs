#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::time::Duration;

use super::*;
use crate::api::ErrorKind;
use crate::key_file::{self, Purpose, Seed};

fn new() -> NewHome {
    NewHome {
        name: "Maker A".into(),
        workshop: "Workshop North".into(),
        federation: "Commons".into(),
        member: None,
        next: true,
        passphrase: None,
        listen: vec![],
        http: None,
        mdns: false,
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_home_is_made_whole_with_its_own_ports_and_closed_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let home = HomeDraft::begin(&folder.path().join("deep/home"), &new()).unwrap().finish().unwrap();
    assert_eq!(names(home.path()), ["config.toml", "member.key", "next.key", "node.key"]);
    assert_eq!(names(&folder.path().join("deep")), ["home"], "nothing is left beside it");
    let config = home.config().unwrap();
    assert_eq!(config.listen.len(), 4);
    assert!(config.http.ip().is_loopback() && ports::RANGE.contains(&config.http.port()));
    key_file::read(&home.member_key(), Purpose::Member, None).unwrap();
    key_file::read(&home.next_key(), Purpose::Next, None).unwrap();
}

#[test]
fn a_home_that_is_not_finished_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let draft = HomeDraft::begin(&folder.path().join("home"), &new()).unwrap();
    assert!(draft.home().member_key().exists());
    drop(draft);
    assert!(names(folder.path()).is_empty());

    let open_to_others = NewHome { http: Some("0.0.0.0:9".parse().unwrap()), ..new() };
    HomeDraft::begin(&folder.path().join("home"), &open_to_others).unwrap_err();
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_home_does_not_take_the_place_of_anything() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("home");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("thesis.txt"), "").unwrap();
    assert!(matches!(HomeDraft::begin(&place, &new()), Err(HomeError::Occupied(_))));
    fs::remove_file(place.join("thesis.txt")).unwrap();
    HomeDraft::begin(&place, &new()).unwrap().finish().unwrap();
    assert!(matches!(HomeDraft::begin(&place, &new()), Err(HomeError::Exists(_))));
    assert_eq!(names(folder.path()), ["home"]);
}

#[test]
fn restored_keys_become_the_keys_of_the_home() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("home");
    draft::create_folder(&place).unwrap();
    let seed = Seed::draw().unwrap();
    key_file::create(&place.join(MEMBER_KEY), Purpose::Member, &seed, None).unwrap();
    let home = HomeDraft::begin(&place, &new()).unwrap().finish().unwrap();
    assert_eq!(key_file::read(&home.member_key(), Purpose::Member, None).unwrap(), seed);
    assert_eq!(names(folder.path()), ["home"]);
}

#[test]
fn a_missing_home_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error: ServiceError = Home::open(&folder.path().join("none")).unwrap_err().into();
    assert_eq!(error.kind, ErrorKind::Config);
    assert!(error.message.starts_with("there is no Aronde home in "));
    assert!(error.hints[0].contains("aronde up"));
}

#[cfg(unix)]
#[test]
fn a_home_that_others_can_open_is_refused_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let home = HomeDraft::begin(&folder.path().join("home"), &new()).unwrap().finish().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let said = Home::open(home.path()).unwrap_err().to_string();
    assert!(said.contains("chmod 700"), "{said}");
}

#[test]
fn a_second_process_is_told_and_does_not_hang() {
    let folder = tempfile::tempdir().unwrap();
    let home = HomeDraft::begin(&folder.path().join("home"), &new()).unwrap().finish().unwrap();
    assert!(!HomeLock::is_held(&home));
    let lock = HomeLock::take(&home, Duration::ZERO).unwrap();
    assert!(HomeLock::is_held(&home));
    let said = HomeLock::take(&home, Duration::from_millis(100)).unwrap_err().to_string();
    assert!(said.contains(&format!("(number {}) is using the home", std::process::id())), "{said}");
    drop(lock);
    HomeLock::take(&home, Duration::ZERO).unwrap();
}
