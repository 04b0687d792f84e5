//! Key files, as they are restored or pointed at.

use aronde_node::key_file::{Purpose, inspect, read};
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{LineEnding, PrivateKey};

use super::{config, samples};

/// A key that opens is the one that the file shows. Nothing is decrypted here: that costs what the file
/// asks for, up to a limit.
pub fn body(bytes: &[u8]) {
    config::in_a_file(bytes, |path| {
        let shown = inspect(path);
        match read(path, Purpose::Member, None) {
            Ok(key) => {
                let shown = shown.expect("what opens can be looked at");
                assert_eq!((shown.public, shown.encrypted), (key.member(), false));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    });
}

/// A key file, one with Windows' line ends, and one whose halves do not belong together.
pub fn seeds() -> Vec<Vec<u8>> {
    let pair = |n: usize| Ed25519Keypair {
        public: Ed25519PublicKey(*samples::keys()[n].member().as_bytes()),
        private: Ed25519PrivateKey::from_bytes(&samples::keys()[n].seed()),
    };
    let file = |pair: Ed25519Keypair, comment: &str, ending| {
        let key = PrivateKey::new(KeypairData::from(pair), comment).unwrap();
        key.to_openssh(ending).unwrap().as_bytes().to_vec()
    };
    let mixed = Ed25519Keypair { public: pair(1).public, private: pair(0).private };
    vec![
        file(pair(0), "aronde member key", LineEnding::LF),
        file(pair(1), "aronde next key", LineEnding::LF),
        file(pair(2), "", LineEnding::CRLF),
        file(mixed, "aronde member key", LineEnding::LF),
        ENCRYPTED.as_bytes().to_vec(),
    ]
}

/// Made by `ssh-keygen -t ed25519` with a passphrase, for this purpose only.
const ENCRYPTED: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\n\
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCIe80MqE\n\
aVCal6rf5+I/pHAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIG3OlxJjkRGrfclr\n\
m2rIwvZipbZHWhxqY/AuY7/kAjcvAAAAoDbr9mZBa3Y44o4FqkJILM8NgggC9rWi1fF8Xk\n\
BYxjoKKh8gyO6Fgz5HJDlU4Aj/k7D77N7YA781IprbR3kOJaVTrCj6PZmdW899ip2dlrZT\n\
atANt1sqRnAUQQb1d/ecs2goUZg1ss4VlaqgoiKERGHvT0+egaZ18tQBRjLJ13v/lT3VwL\n\
8opBq8ar2mjeWXorI3UpPkiSSH2r2EN1/PM/w=\n\
-----END OPENSSH PRIVATE KEY-----\n";
