#![allow(clippy::unwrap_used)]

use super::*;

/// RFC 8032 section 7.1, test 1.
const RFC_SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

fn seed() -> Seed {
    let mut bytes = [0; 32];
    hex::decode_to_slice(RFC_SEED, &mut bytes).unwrap();
    Seed::from_bytes(&bytes)
}

fn words(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

#[test]
fn the_public_key_is_that_of_rfc_8032_and_shown_as_a_did() {
    let public = seed().public();
    assert_eq!(hex::encode(public.0), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_eq!(public.to_string(), "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw");
}

#[test]
fn a_key_is_read_back_as_written_without_a_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("member.key");
    create(&path, Purpose::Member, &seed(), None).unwrap();
    assert_eq!(read(&path, Purpose::Member, None).unwrap(), seed());
    assert!(!inspect(&path).unwrap().encrypted);
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("member.key");
    create(&path, Purpose::Member, &seed(), Some(&words("queue d'aronde"))).unwrap();

    let shown = inspect(&path).unwrap();
    assert_eq!(shown, KeyFileState { public: seed().public(), encrypted: true });
    assert_eq!(read(&path, Purpose::Member, Some(&words("queue d'aronde"))).unwrap(), seed());
    assert!(matches!(read(&path, Purpose::Member, None), Err(KeyFileError::Locked(_))));
    let said = read(&path, Purpose::Member, Some(&words("queue"))).unwrap_err().to_string();
    assert_eq!(said, format!("the passphrase does not open {}", path.display()));
}

#[test]
fn the_next_key_is_not_taken_for_the_member_key() {
    let folder = tempfile::tempdir().unwrap();
    for passphrase in [None, Some(words("ash"))] {
        let path = folder.path().join(format!("{}.key", passphrase.is_some()));
        create(&path, Purpose::Next, &seed(), passphrase.as_ref()).unwrap();
        let said = read(&path, Purpose::Member, passphrase.as_ref()).unwrap_err().to_string();
        assert!(said.ends_with("is an aronde next key, not an aronde member key"), "{said}");
    }
}

#[test]
fn a_file_that_is_no_key_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("member.key");
    secret_file::create(&path, b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n").unwrap();
    let said = read(&path, Purpose::Member, None).unwrap_err().to_string();
    assert!(said.contains("member.key is not an OpenSSH private key"), "{said}");
}

#[test]
fn a_public_half_that_does_not_belong_to_the_secret_half_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("member.key");
    let pair = Ed25519Keypair {
        public: Ed25519PublicKey([7; 32]),
        private: Ed25519PrivateKey::from_bytes(seed().as_bytes()),
    };
    let key = PrivateKey::new(KeypairData::Ed25519(pair), "").unwrap();
    secret_file::create(&path, key.to_openssh(LineEnding::LF).unwrap().as_bytes()).unwrap();
    assert!(matches!(read(&path, Purpose::Member, None), Err(KeyFileError::Mismatch(_))));
}

#[test]
fn neither_a_seed_nor_a_passphrase_shows_itself_in_logs() {
    assert_eq!(format!("{:?} {:?}", seed(), words("ash")), "Seed(…) Passphrase(…)");
}
