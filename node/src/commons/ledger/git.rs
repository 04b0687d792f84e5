//! The history of a git repository, by asking `git`.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use aronde_protocol::interchange::contributions::git::ARGUMENTS;
use aronde_protocol::limits::CONTRIBUTIONS_FILE_MAX;

use crate::api::ServiceError;

/// What `git log` writes about the repository in a folder.
///
/// # Errors
/// There is no git, the folder is no repository, or its history is too long.
pub(super) fn log(folder: &Path) -> Result<Vec<u8>, ServiceError> {
    let cannot = |error: std::io::Error| {
        ServiceError::config(format!("git can't be run: {error}"))
            .hint("install git, or import a table: aronde contribute import FILE.csv")
    };
    let mut child = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(ARGUMENTS)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    // Its complaints are few and are read beside, so that neither pipe fills up.
    let complaints = child.stderr.take().map(|stderr| {
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.take(4_096).read_to_string(&mut text);
            text
        })
    });
    let mut written = Vec::new();
    let most = CONTRIBUTIONS_FILE_MAX as u64;
    if let Some(stdout) = child.stdout.take() {
        stdout.take(most + 1).read_to_end(&mut written).map_err(cannot)?;
    }
    if written.len() as u64 > most {
        let _ = child.kill();
        let _ = child.wait();
        return Err(ServiceError::user(format!("the history is longer than {} MB", most / 1024 / 1024)));
    }
    let status = child.wait().map_err(cannot)?;
    let complaints = complaints.and_then(|thread| thread.join().ok()).unwrap_or_default();
    if status.success() {
        return Ok(written);
    }
    let why = complaints.lines().next().unwrap_or("it says nothing").trim();
    Err(ServiceError::user(format!("git cannot read {}: {why}", folder.display()))
        .hint("name the folder of a git repository that you may read"))
}
