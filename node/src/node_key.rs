//! The node's own key, which names it on the network. It is a libp2p identity, not a member's key:
//! losing it costs a new binding by a steward, nothing else.
//!
//! The file holds libp2p's protobuf encoding of the key pair. It is not encrypted, so that a node
//! can start without anyone there.

use std::path::{Path, PathBuf};

use libp2p::identity::Keypair;
use zeroize::Zeroizing;

use crate::secret_file::{self, SecretFileError};

/// The node key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NodeKeyError {
    /// The file itself.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// It is not in the format.
    #[error("{0} is not a node key: {1}")]
    Format(PathBuf, libp2p::identity::DecodingError),
    /// Another kind of key.
    #[error("{0} is not an ed25519 key")]
    Kind(PathBuf),
}

/// Draws a key pair and writes it to a file that does not exist yet.
pub fn create(path: &Path) -> Result<Keypair, NodeKeyError> {
    let pair = Keypair::generate_ed25519();
    let bytes = pair.to_protobuf_encoding().map_err(|e| NodeKeyError::Format(path.into(), e))?;
    secret_file::create(path, &Zeroizing::new(bytes))?;
    Ok(pair)
}

/// Reads the key pair.
pub fn read(path: &Path) -> Result<Keypair, NodeKeyError> {
    let bytes = secret_file::read(path)?;
    let pair = Keypair::from_protobuf_encoding(&bytes).map_err(|e| NodeKeyError::Format(path.into(), e))?;
    match pair.key_type() {
        libp2p::identity::KeyType::Ed25519 => Ok(pair),
        _ => Err(NodeKeyError::Kind(path.into())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_node_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node.key");
        let drawn = create(&path).unwrap();
        assert_eq!(read(&path).unwrap().public().to_peer_id(), drawn.public().to_peer_id());
        assert!(create(&path).is_err(), "a node key is never replaced");
    }

    #[test]
    fn a_torn_node_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node.key");
        secret_file::create(&path, &[8, 1, 18, 64, 0]).unwrap();
        assert!(matches!(read(&path), Err(NodeKeyError::Format(..))));
    }
}
