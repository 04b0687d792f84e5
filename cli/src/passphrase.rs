//! Where a passphrase comes from: a file, or a prompt. Never an argument, which others can see.

use std::io::{IsTerminal, Read};
use std::path::Path;

use aronde_node::api::{Passphrase, ServiceError};
use aronde_node::key_file;

/// The longest passphrase file that is read, in bytes.
const MAX_FILE: u16 = 4096;

/// The passphrase that opens the key in `key`: none when it is not encrypted.
pub fn to_open(key: &Path, file: Option<&Path>) -> Result<Option<Passphrase>, ServiceError> {
    if !key_file::inspect(key)?.encrypted {
        return Ok(None);
    }
    match file {
        Some(file) => read(file).map(Some),
        None if can_ask() => prompt(&format!("Passphrase for {}: ", key.display())).map(Some),
        // The service says what to do.
        None => Ok(None),
    }
}

/// The passphrase that new keys are encrypted with, if one is given.
pub fn for_new_keys(file: Option<&Path>) -> Result<Option<Passphrase>, ServiceError> {
    if let Some(file) = file {
        return read(file).map(Some);
    }
    if !can_ask() {
        return Ok(None);
    }
    loop {
        let first = prompt("Passphrase for your keys (empty for none): ")?;
        if first.is_empty() {
            return Ok(None);
        }
        if prompt("The same once more: ")? == first {
            return Ok(Some(first));
        }
        eprintln!("They differ. Once again.");
    }
}

/// Whether there is someone to ask.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn prompt(question: &str) -> Result<Passphrase, ServiceError> {
    rpassword::prompt_password(question)
        .map(Passphrase::new)
        .map_err(|e| ServiceError::user(format!("the passphrase cannot be read: {e}")))
}

/// The first line of a file.
fn read(path: &Path) -> Result<Passphrase, ServiceError> {
    let said = |what: String| {
        ServiceError::user(format!("the passphrase file {} {what}", path.display()))
            .hint("write the passphrase into its first line; mode 600 keeps it from others")
    };
    let mut text = zeroize::Zeroizing::new(String::with_capacity(MAX_FILE.into()));
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_FILE.into()).read_to_string(&mut text))
        .map_err(|e| said(format!("cannot be read: {e}")))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Passphrase::new(line.to_owned())),
        _ => Err(said("is empty".to_owned())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_file_is_the_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        std::fs::write(&path, "queue d'aronde \r\nnot this\n").unwrap();
        assert_eq!(read(&path).unwrap(), Passphrase::new("queue d'aronde ".into()));
        std::fs::write(&path, "\n").unwrap();
        assert!(read(&path).unwrap_err().message.ends_with("is empty"));
        assert!(read(&folder.path().join("none")).unwrap_err().message.contains("cannot be read"));
    }
}
