//! One process a home: an operating-system lock on `HOME/lock`, released by the system whatever ends
//! the process. Inside stands who holds it, so that a second process can say so, or talk to it.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk;
use super::error::StoreError;

/// A lock file says no more than this many bytes.
const SAYS_MAX: u64 = 512;

/// Who holds a home, as far as it said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// Its process number.
    pub pid: Option<u32>,
    /// The address of its local HTTP interface, once it listens.
    pub http: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}")?,
            None => f.write_str("another process")?,
        }
        match &self.http {
            Some(http) => write!(f, ", which answers at {http}"),
            None => Ok(()),
        }
    }
}

/// The right of this process to a home, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the home, or says at once who has it.
    pub fn take(home: &Path) -> Result<Self, StoreError> {
        let path = home.join("lock");
        let file = disk::open_private_file(&path).map_err(StoreError::io("open", &path))?;
        // Whoever only asks for the holder has the lock for a moment: that is not a refusal.
        let mut taken = file.try_lock();
        for _ in 0..5 {
            if matches!(taken, Err(TryLockError::WouldBlock)) {
                std::thread::sleep(Duration::from_millis(20));
                taken = file.try_lock();
            }
        }
        match taken {
            Ok(()) => {
                let mut lock = Self { file, path };
                // On a full disk the lock holds all the same; it only doesn't say whose it is.
                if let Err(error) = lock.tell(None) {
                    tracing::warn!(%error, "the lock does not say who holds it");
                }
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::Locked { home: home.to_owned(), holder: read(file) })
            }
            Err(TryLockError::Error(source)) => Err(StoreError::io("lock", &path)(source)),
        }
    }

    /// Who holds `home` now; nobody when the lock is free or was never made.
    pub fn holder(home: &Path) -> Option<Holder> {
        let file = disk::open_regular(&home.join("lock")).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read(file)),
            _ => None,
        }
    }

    /// Writes down who holds the home, with the address of its HTTP interface once there is one.
    pub fn tell(&mut self, http: Option<&str>) -> Result<(), StoreError> {
        let mut says = format!("pid {}\n", std::process::id());
        if let Some(http) = http {
            says = format!("{says}http {http}\n");
        }
        self.file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .and_then(|()| self.file.write_all(says.as_bytes()))
            .map_err(StoreError::io("write", &self.path))
    }
}

fn read(file: File) -> Holder {
    let mut says = String::new();
    let mut holder = Holder::default();
    if file.take(SAYS_MAX).read_to_string(&mut says).is_ok() {
        for line in says.lines() {
            match line.split_once(' ') {
                Some(("pid", pid)) => holder.pid = pid.parse().ok(),
                Some(("http", http)) if http.chars().all(|c| c.is_ascii_graphic()) => {
                    holder.http = Some(http.to_owned());
                }
                _ => {}
            }
        }
    }
    holder
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_at_once_and_told_who_has_the_home() {
        let home = tempfile::tempdir().unwrap();
        let mut lock = Lock::take(home.path()).unwrap();
        lock.tell(Some("127.0.0.1:4711")).unwrap();
        let started = std::time::Instant::now();
        let refusal = Lock::take(home.path()).unwrap_err();
        assert!(started.elapsed().as_millis() < 500);
        let StoreError::Locked { holder, .. } = &refusal else { panic!("{refusal}") };
        assert_eq!(holder.pid, Some(std::process::id()));
        assert_eq!(holder.http.as_deref(), Some("127.0.0.1:4711"));
        assert!(refusal.to_string().contains("127.0.0.1:4711"), "{refusal}");
        assert_eq!(Lock::holder(home.path()).as_ref(), Some(holder));
    }

    #[test]
    fn a_home_is_free_again_when_its_holder_is_gone_whatever_it_left_in_the_file() {
        let home = tempfile::tempdir().unwrap();
        drop(Lock::take(home.path()).unwrap());
        assert_eq!(Lock::holder(home.path()), None);
        std::fs::write(home.path().join("lock"), vec![0xFF; 10_000]).unwrap();
        let lock = Lock::take(home.path()).unwrap();
        assert_eq!(Lock::holder(home.path()).unwrap(), Holder { pid: Some(std::process::id()), http: None });
        drop(lock);
    }
}
