//! A member's key in a file: OpenSSH private-key format, so that `ssh-keygen` can read, check and
//! re-encrypt it.
//!
//! The secret is the 32-byte ed25519 seed. With a passphrase it is encrypted as OpenSSH does it
//! (AES-256-CTR under bcrypt-pbkdf, 16 rounds); without, the file's mode alone protects it. The
//! comment inside says what the key is for, so that the next key cannot be taken for the present
//! one. An encrypted file shows its public key, not its comment.

use std::fmt;
use std::path::{Path, PathBuf};

use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{Cipher, Kdf, LineEnding, PrivateKey};
use zeroize::Zeroizing;

use crate::api::Passphrase;
use crate::secret_file::{self, SecretFileError};

/// The rounds of bcrypt-pbkdf that `ssh-keygen` uses.
const BCRYPT_ROUNDS: u32 = 16;
/// The most rounds that are computed for a file someone hands us: some seconds.
const MAX_BCRYPT_ROUNDS: u32 = 1_024;

/// The seed of an ed25519 key, wiped from memory when dropped and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// A fresh seed from the system's randomness.
    pub fn draw() -> Result<Self, KeyFileError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|e| KeyFileError::Randomness(e.to_string()))?;
        Ok(Self(bytes))
    }

    /// This seed.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public key that belongs to it.
    pub fn public(&self) -> PublicKey {
        PublicKey(ed25519_dalek::SigningKey::from_bytes(&self.0).verifying_key().to_bytes())
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// A public ed25519 key, shown as `did:key:z6Mk…` (<https://w3c-ccg.github.io/did-key-spec/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 0xed01 is the multicodec of an ed25519 public key, z the multibase of base58btc.
        let mut bytes = [0; 34];
        for (to, from) in bytes.iter_mut().zip([0xed, 0x01].iter().chain(&self.0)) {
            *to = *from;
        }
        write!(f, "did:key:z{}", bs58::encode(bytes).into_string())
    }
}

/// What a key is for; written into its comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It signs what a member writes.
    Member,
    /// It takes over when the member key is lost or stolen.
    Next,
}

impl Purpose {
    fn comment(self) -> &'static str {
        match self {
            Self::Member => "aronde member key",
            Self::Next => "aronde next key",
        }
    }
}

/// A key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file itself.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// It is not in the format.
    #[error("{0} is not an OpenSSH private key ({1})")]
    Format(PathBuf, ssh_key::Error),
    /// Another kind of key.
    #[error(
        "{0} holds a key of another kind than ed25519; make one with: aronde init, or ssh-keygen -t ed25519"
    )]
    Kind(PathBuf),
    /// Encrypted, and no passphrase was given.
    #[error("{0} is encrypted and no passphrase was given")]
    Locked(PathBuf),
    /// The passphrase is not the one it was encrypted with.
    #[error("the passphrase does not open {0}")]
    WrongPassphrase(PathBuf),
    /// So many rounds that opening it would take minutes.
    #[error("{0} asks for {1} rounds of bcrypt; at most {MAX_BCRYPT_ROUNDS} are computed")]
    Rounds(PathBuf, u32),
    /// The public half in the file does not belong to the secret half.
    #[error(
        "{0} is damaged: its public key does not belong to its secret key; restore it with: aronde key restore"
    )]
    Mismatch(PathBuf),
    /// The next key where the member key is needed, or the other way round.
    #[error("{path} is an {is}, not an {wanted}")]
    Purpose {
        /// The file.
        path: PathBuf,
        /// What it is.
        is: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// The system gave no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Randomness(String),
}

/// What a key file shows without a passphrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFileState {
    /// The public key, as the file claims.
    pub public: PublicKey,
    /// Whether a passphrase is needed.
    pub encrypted: bool,
}

/// Looks at a key file without opening the key.
pub fn inspect(path: &Path) -> Result<KeyFileState, KeyFileError> {
    let key = parse(path)?;
    match key.public_key().key_data() {
        KeyData::Ed25519(public) => {
            Ok(KeyFileState { public: PublicKey(public.0), encrypted: key.is_encrypted() })
        }
        _ => Err(KeyFileError::Kind(path.into())),
    }
}

/// Opens a key. Keys made by `ssh-keygen` serve as member keys.
pub fn read(path: &Path, purpose: Purpose, passphrase: Option<&Passphrase>) -> Result<Seed, KeyFileError> {
    let mut key = parse(path)?;
    if key.is_encrypted() {
        let passphrase = passphrase.ok_or_else(|| KeyFileError::Locked(path.into()))?;
        if let Kdf::Bcrypt { rounds, .. } = key.kdf()
            && *rounds > MAX_BCRYPT_ROUNDS
        {
            return Err(KeyFileError::Rounds(path.into(), *rounds));
        }
        // A wrong passphrase yields noise: what does not parse afterwards was not opened.
        key = key.decrypt(passphrase.as_bytes()).map_err(|_| KeyFileError::WrongPassphrase(path.into()))?;
    }
    let is = key.comment();
    let other = match purpose {
        Purpose::Member => Purpose::Next,
        Purpose::Next => Purpose::Member,
    };
    if is == other.comment() {
        let (is, wanted) = (other.comment(), purpose.comment());
        return Err(KeyFileError::Purpose { path: path.into(), is, wanted });
    }
    let KeypairData::Ed25519(pair) = key.key_data() else {
        return Err(KeyFileError::Kind(path.into()));
    };
    let seed = Seed::from_bytes(pair.private.as_ref());
    if seed.public().0 != pair.public.0 {
        return Err(KeyFileError::Mismatch(path.into()));
    }
    Ok(seed)
}

/// Writes a key to a file that does not exist yet, mode 0600, encrypted when a passphrase is given.
pub fn create(
    path: &Path,
    purpose: Purpose,
    seed: &Seed,
    passphrase: Option<&Passphrase>,
) -> Result<(), KeyFileError> {
    let text = encode(path, purpose, seed, passphrase)?;
    Ok(secret_file::create(path, text.as_bytes())?)
}

fn encode(
    path: &Path,
    purpose: Purpose,
    seed: &Seed,
    passphrase: Option<&Passphrase>,
) -> Result<Zeroizing<String>, KeyFileError> {
    let failed = |e| KeyFileError::Format(path.into(), e);
    let pair = Ed25519Keypair {
        public: Ed25519PublicKey(seed.public().0),
        private: Ed25519PrivateKey::from_bytes(seed.as_bytes()),
    };
    let mut key = PrivateKey::new(KeypairData::Ed25519(pair), purpose.comment()).map_err(failed)?;
    if let Some(passphrase) = passphrase {
        let mut random = [0; 20];
        getrandom::fill(&mut random).map_err(|e| KeyFileError::Randomness(e.to_string()))?;
        let (salt, check) = random.split_at(16);
        let check = check.try_into().map(u32::from_le_bytes).unwrap_or_default();
        let kdf = Kdf::Bcrypt { salt: salt.to_vec(), rounds: BCRYPT_ROUNDS };
        key = key.encrypt_with(Cipher::Aes256Ctr, kdf, check, passphrase.as_bytes()).map_err(failed)?;
    }
    key.to_openssh(LineEnding::LF).map_err(failed)
}

fn parse(path: &Path) -> Result<PrivateKey, KeyFileError> {
    let text = secret_file::read(path)?;
    PrivateKey::from_openssh(text.as_slice()).map_err(|e| KeyFileError::Format(path.into(), e))
}

#[cfg(test)]
#[path = "key_file/tests.rs"]
mod tests;
