#![allow(clippy::unwrap_used)]

use super::*;

fn sample() -> Config {
    Config {
        name: "Maker \"A\"".into(),
        workshop: "Workshop North".into(),
        federation: "Commons".into(),
        listen: vec!["/ip4/0.0.0.0/tcp/20114".parse().unwrap()],
        http: "127.0.0.1:20115".parse().unwrap(),
        peers: vec![],
        mdns: true,
        endorse: Endorsing::ByItself,
    }
}

fn written() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    sample().create(&path).unwrap();
    (folder, path)
}

fn fault(change: impl Fn(String) -> String) -> String {
    let (_folder, path) = written();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, change(text)).unwrap();
    let said = Config::read(&path).unwrap_err().to_string();
    said.split_once("config.toml ").unwrap().1.to_owned()
}

#[test]
fn settings_are_read_back_as_written() {
    let (_folder, path) = written();
    assert_eq!(Config::read(&path).unwrap(), sample());
}

#[test]
fn a_fault_is_named_with_its_line() {
    assert_eq!(
        fault(|text| text.replace("mdns = true", "mdns = maybe")),
        "has a fault in line 19: string values must be quoted, expected literal string"
    );
    assert!(
        fault(|text| text.replace("mdns", "mdsn"))
            .starts_with("has a fault in line 19: unknown field `mdsn`, expected one of `name`,")
    );
    assert_eq!(
        fault(|text| text.replace("name = ", "# name = ")),
        "has a fault in line 1: missing field `name`"
    );
    assert!(fault(|text| text.replace("/ip4/0.0.0.0", "ip4")).starts_with("has a fault in line 10: "));
}

#[test]
fn an_interface_that_others_can_reach_is_refused() {
    assert_eq!(
        fault(|text| text.replace("127.0.0.1", "0.0.0.0")),
        "sets http to 0.0.0.0:20115, which others can reach; write an address of this machine only, as \
         127.0.0.1:20115"
    );
}

#[test]
fn a_change_keeps_comments_and_what_is_there() {
    let (_folder, path) = written();
    let mut text = fs::read_to_string(&path).unwrap();
    text = text.replace("http = \"127.0.0.1:20115\"", "http = \"127.0.0.1:20115\" # behind the bench");
    fs::write(&path, &text).unwrap();

    let peer: Multiaddr = "/ip4/192.0.2.7/tcp/20114".parse().unwrap();
    Config::add_peer(&path, &peer).unwrap();
    let config = Config::add_peer(&path, &peer).unwrap();
    assert_eq!(config.peers, [peer]);
    Config::set_http(&path, "127.0.0.1:9".parse().unwrap()).unwrap();

    let expected = text
        .replace("127.0.0.1:20115", "127.0.0.1:9")
        .replace("peers = []", "peers = [\"/ip4/192.0.2.7/tcp/20114\"]");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn a_change_that_would_leave_the_file_wrong_is_not_written() {
    let (_folder, path) = written();
    let before = fs::read_to_string(&path).unwrap();
    assert!(Config::set_http(&path, "192.0.2.7:9".parse().unwrap()).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}
