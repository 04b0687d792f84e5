//! Which federation a home belongs to, and which logs this installation of it writes.
//!
//! Two installations that write one log fork it. So a fresh log is drawn for each key when it is first
//! used here, when the home is found on another machine, disk or inode than before (it was copied or
//! restored), and when a log of ours turns out to hold what we didn't write. A log that was left is
//! never written again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aronde_protocol::federation::FederationName;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use serde::{Deserialize, Serialize};

use crate::api::ServiceError;
use crate::secret_file;

/// The file's name in the home.
const FILE: &str = "installation.toml";

/// Logs that a key left and that are remembered here: more than a home leaves in a lifetime.
const LEFT_MAX: usize = 64;

/// The two logs of a key here: operations and work never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logs {
    /// The log of operations.
    #[serde(with = "as_text")]
    pub operations: u64,
    /// The log of work.
    #[serde(with = "as_text")]
    pub work: u64,
}

impl Logs {
    /// Two fresh logs.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn draw() -> Result<Self, ServiceError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(ServiceError::internal)?;
        let both = u128::from_le_bytes(bytes);
        let low = |n: u128| u64::try_from(n & u128::from(u64::MAX)).map_err(ServiceError::internal);
        Ok(Self { operations: low(both)?, work: low(both >> 64)? })
    }
}

/// TOML has no unsigned 64-bit numbers.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
    pub fn serialize<S: Serializer>(number: &u64, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(number)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    federation: EntryId,
    /// The newest charter that this home follows, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    charter: Option<EntryId>,
    /// Whether the admission of this home's workshop needed more votes when it joined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    waits: bool,
    fingerprint: String,
    #[serde(default)]
    logs: BTreeMap<String, Logs>,
    /// By key, the logs that this home wrote before, the oldest first.
    #[serde(default)]
    left: BTreeMap<String, Vec<String>>,
}

impl State {
    fn leave(&mut self, key: &str) {
        let Some(logs) = self.logs.remove(key) else { return };
        let left = self.left.entry(key.to_owned()).or_default();
        left.extend([logs.operations.to_string(), logs.work.to_string()]);
        let over = left.len().saturating_sub(LEFT_MAX);
        left.drain(..over);
    }
}

/// See the module.
#[derive(Debug)]
pub struct Installation {
    path: PathBuf,
    state: State,
    moved: bool,
}

impl Installation {
    /// Begins the installation of a home.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn create(home: &Path, federation: EntryId) -> Result<Self, ServiceError> {
        let state = State {
            federation,
            charter: None,
            waits: false,
            fingerprint: fingerprint(home),
            logs: BTreeMap::new(),
            left: BTreeMap::new(),
        };
        let installation = Self { path: home.join(FILE), state, moved: false };
        installation.save()?;
        Ok(installation)
    }

    /// Opens it. In a home that was copied or restored the logs are left.
    ///
    /// # Errors
    /// The file is missing, damaged or can't be written.
    pub fn open(home: &Path) -> Result<Self, ServiceError> {
        let path = home.join(FILE);
        let bytes = secret_file::read(&path).map_err(crate::home::HomeError::Secret)?;
        let text = String::from_utf8_lossy(&bytes);
        let state: State = toml::from_str(&text).map_err(|error| {
            ServiceError::config(format!("{} can't be read: {}", path.display(), error.message()))
                .hint("restore the home from a backup, or join the federation again with a new home")
        })?;
        let mut installation = Self { path, state, moved: false };
        let now = fingerprint(home);
        if installation.state.fingerprint != now {
            tracing::info!("this home was moved or copied: it writes to fresh logs from here on");
            installation.state.fingerprint = now;
            let keys: Vec<String> = installation.state.logs.keys().cloned().collect();
            for key in keys {
                installation.state.leave(&key);
            }
            installation.moved = true;
            installation.save()?;
        }
        Ok(installation)
    }

    /// The federation, by its founding entry and the charter that this home follows.
    pub fn federation(&self) -> FederationName {
        let founding = self.state.federation;
        FederationName { founding, charter: self.state.charter.unwrap_or(founding) }
    }

    /// Follows a charter from here on: it is part of the federation's name.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn follow(&mut self, charter: EntryId) -> Result<(), ServiceError> {
        self.state.charter = Some(charter).filter(|charter| *charter != self.state.federation);
        self.save()
    }

    /// Whether this home waits for its workshop to be admitted, to bind its node then.
    pub fn waits(&self) -> bool {
        self.state.waits
    }

    /// Notes whether it does.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn set_waits(&mut self, waits: bool) -> Result<(), ServiceError> {
        self.state.waits = waits;
        self.save()
    }

    /// The logs of a key here, drawn when it has none yet.
    ///
    /// # Errors
    /// There is no randomness, or the file can't be written.
    pub fn logs(&mut self, key: MemberKey) -> Result<Logs, ServiceError> {
        let name = key.to_string();
        if let Some(logs) = self.state.logs.get(&name) {
            return Ok(*logs);
        }
        let logs = Logs::draw()?;
        self.state.logs.insert(name, logs);
        self.save()?;
        Ok(logs)
    }

    /// Takes over the logs in which a key began before its federation had a name.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn adopt(&mut self, key: MemberKey, logs: Logs) -> Result<(), ServiceError> {
        self.state.logs.insert(key.to_string(), logs);
        self.save()
    }

    /// Whether a log is one that this installation writes with a key.
    pub fn writes(&self, key: MemberKey, log: u64) -> bool {
        self.state.logs.get(&key.to_string()).is_some_and(|l| l.operations == log || l.work == log)
    }

    /// Whether a log is one that this home writes, or wrote before, with a key.
    pub fn wrote(&self, key: MemberKey, log: u64) -> bool {
        let left = self.state.left.get(&key.to_string());
        self.writes(key, log) || left.is_some_and(|left| left.contains(&log.to_string()))
    }

    /// Whether the home was found elsewhere than before when it was opened: it was moved, copied or
    /// restored.
    pub fn moved(&self) -> bool {
        self.moved
    }

    /// Leaves the logs of a key, so that fresh ones are drawn.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn leave_logs(&mut self, key: MemberKey) -> Result<(), ServiceError> {
        self.state.leave(&key.to_string());
        self.save()
    }

    fn save(&self) -> Result<(), ServiceError> {
        let text = toml::to_string(&self.state).map_err(ServiceError::internal)?;
        secret_file::replace(&self.path, text.as_bytes())
            .map_err(|e| crate::home::HomeError::Secret(e).into())
    }
}

/// What is different after a copy or a restore: the machine, the disk, the folder's number there.
fn fingerprint(home: &Path) -> String {
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let place = home.metadata().map(|metadata| place(&metadata)).unwrap_or_default();
    let hash = blake3::hash(format!("aronde installation\n{}\n{place}", machine.trim()).as_bytes());
    hash.to_hex().chars().take(32).collect()
}

#[cfg(unix)]
fn place(metadata: &std::fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{} {}", metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn place(_: &std::fs::Metadata) -> String {
    String::new()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use aronde_protocol::key::SecretKey;

    #[test]
    fn logs_stay_in_a_home_and_are_drawn_afresh_in_a_copy_of_it() {
        let place = tempfile::tempdir().unwrap();
        let (home, copy) = (place.path().join("home"), place.path().join("copy"));
        std::fs::create_dir(&home).unwrap();
        std::fs::create_dir(&copy).unwrap();
        let key = SecretKey::from_seed(&[1; 32]).member();
        let federation = EntryId::of(b"federation");
        let logs = Installation::create(&home, federation).unwrap().logs(key).unwrap();
        assert_ne!(logs.operations, logs.work);
        let mut again = Installation::open(&home).unwrap();
        assert_eq!((again.federation().founding, again.logs(key).unwrap()), (federation, logs));
        assert!(!again.moved());

        secret_file::create(&copy.join(FILE), &std::fs::read(home.join(FILE)).unwrap()).unwrap();
        let mut copied = Installation::open(&copy).unwrap();
        assert_eq!(copied.federation().founding, federation);
        assert!(copied.moved() && !copied.writes(key, logs.work) && copied.wrote(key, logs.work));
        assert_ne!(copied.logs(key).unwrap(), logs);
        assert!(!Installation::open(&copy).unwrap().moved(), "it stays where it is now");
    }
}
