//! The settings of a home, which people edit.

use std::fs;
use std::path::{Path, PathBuf};

use aronde_node::home::Config;
use tempfile::TempDir;

/// Settings that are read are those of one machine, and stay settings when a name in them is changed.
pub fn body(bytes: &[u8]) {
    in_a_file(bytes, |path| match Config::read(path) {
        Ok(config) => {
            assert!(config.http.ip().is_loopback());
            let changed = Config::set_names(path, "Commons", "Workshop South").expect("names can be changed");
            assert_eq!(changed.workshop, "Workshop South");
            assert_eq!(
                (changed.listen, changed.peers, changed.http),
                (config.listen, config.peers, config.http)
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    });
}

/// Shows a file with these bytes, which its owner alone may read.
pub fn in_a_file(bytes: &[u8], look: impl FnOnce(&Path)) {
    thread_local!(static FOLDER: (TempDir, PathBuf) = {
        let folder = tempfile::tempdir().expect("there is room for a file");
        let path = folder.path().join("file");
        (folder, path)
    });
    FOLDER.with(|(_, path)| {
        fs::write(path, bytes).expect("a file can be written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("its mode can be set");
        }
        look(path);
    });
}

/// Settings as `aronde init` writes them, shortened.
pub fn seeds() -> Vec<Vec<u8>> {
    let plain = "# The settings of this Aronde home.\n\
                 name = \"Maker A\"\nworkshop = \"Workshop North\"\nfederation = \"Commons\"\n\
                 listen = [\"/ip4/0.0.0.0/tcp/20114\", \"/ip4/0.0.0.0/udp/20114/quic-v1\"]\n\
                 http = \"127.0.0.1:20115\"\npeers = []\nmdns = true\n";
    let reached = plain.replace("127.0.0.1", "0.0.0.0");
    let unknown = format!("{plain}colour = 'red'\n[a.b]\nc = 1979-05-27\n");
    let peers = plain.replace("[]", "[\"/dns/north.example/tcp/1\", '/ip6/::1/tcp/2']");
    [plain.to_owned(), reached, unknown, peers].map(String::into_bytes).to_vec()
}
