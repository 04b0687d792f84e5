//! One process at a time uses a home.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::time::{Duration, Instant};

use super::{Home, HomeError};

/// How often a busy lock is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// The right to use a home. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

impl HomeLock {
    /// Takes the lock, waiting up to `patience` for a process that is about to end.
    ///
    /// What an ended node left of its local interface is removed: nobody answers there.
    pub fn take(home: &Home, patience: Duration) -> Result<Self, HomeError> {
        let path = home.lock_file();
        let failed = |source| HomeError::Io { doing: "lock", path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        let until = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let mut said = String::new();
                    let _ = (&mut file).take(16).read_to_string(&mut said);
                    return Err(HomeError::InUse { path: home.path().into(), pid: said.trim().parse().ok() });
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        // For the one who is told that the home is in use; nothing depends on it.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        for stale in [home.http_address(), home.http_token()] {
            match std::fs::remove_file(&stale) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(HomeError::Io { doing: "remove", path: stale, source });
                }
                _ => {}
            }
        }
        Ok(Self { _file: file })
    }

    /// Whether a process uses the home now.
    pub fn is_held(home: &Home) -> bool {
        let Ok(file) = OpenOptions::new().read(true).open(home.lock_file()) else {
            return false;
        };
        // A shared lock, so that two that only ask do not see each other.
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}
