//! A disk whose N-th request fails, for tests.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use super::{Disk, Os};

/// Which request, how, and whether all later ones fail too.
#[derive(Clone)]
pub struct Faulty {
    calls: Arc<AtomicUsize>,
    fail_at: usize,
    for_ever: bool,
    kind: io::ErrorKind,
    pub available: Arc<AtomicU64>,
    pub failed: Arc<Mutex<Option<&'static str>>>,
}

impl Faulty {
    pub fn new(fail_at: usize, for_ever: bool, kind: io::ErrorKind) -> Self {
        Self {
            calls: Arc::default(),
            fail_at,
            for_ever,
            kind,
            available: Arc::new(AtomicU64::new(u64::MAX)),
            failed: Arc::default(),
        }
    }

    fn call(&self, what: &'static str) -> io::Result<()> {
        let call = self.calls.fetch_add(1, SeqCst);
        if call == self.fail_at || (self.for_ever && call > self.fail_at) {
            self.failed.lock().unwrap().get_or_insert(what);
            return Err(self.kind.into());
        }
        Ok(())
    }
}

impl Disk for Faulty {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.call("create").and_then(|()| Os.create(path))
    }

    /// A write that fails has written some of it: the shape of a full disk.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        match self.call("write") {
            Ok(()) => Os.write(file, bytes),
            Err(error) => {
                file.write_all(&bytes[..bytes.len() * 2 / 3])?;
                Err(error)
            }
        }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.call("sync").and_then(|()| Os.sync(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename").and_then(|()| Os.rename(from, to))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.call("sync folder").and_then(|()| Os.sync_folder(path))
    }

    fn available(&self, _: &Path) -> io::Result<u64> {
        Ok(self.available.load(SeqCst))
    }
}
