//! `aronde key restore`

use std::io::Read;
use std::path::{Path, PathBuf};

use aronde_node::api::ServiceError;
use aronde_node::home::Home;
use aronde_node::key_file::{self, Purpose};
use aronde_node::recovery_phrase;
use aronde_protocol::key::{MemberKey, SecretKey};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::context::{Context, absolute};
use crate::output::clean;
use crate::passphrase::can_ask;

/// The longest phrase that is read, in bytes: 24 words with numbers and line breaks are under 500.
const MAX_PHRASE: u64 = 8 * 1024;

/// `aronde key restore`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde key restore                           in a home: put the member key back
  aronde key restore && aronde join TICKET …   on a new machine: be who you were
  aronde key restore --next --out ./next.key   bring the next key back, for a rotation
  aronde key restore < words.txt

The words are asked for on a terminal, and read from standard input otherwise.")]
pub struct Restore {
    /// Bring back the next key instead of the member key
    #[arg(long)]
    next: bool,
    /// Write the key to this file instead of the home
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Restored {
    did: MemberKey,
    file: String,
}

impl Restore {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let purpose = if self.next { Purpose::Next } else { Purpose::Member };
        let path = match &self.out {
            Some(out) => absolute(out)?,
            None => context.place()?.join(match purpose {
                Purpose::Member => "member.key",
                Purpose::Next => "next.key",
            }),
        };
        let key = read_phrase()?;
        if self.out.is_none() {
            make_room(&context.place()?)?;
        }
        let before = replaced(&path, &key)?;
        let passphrase = context.new_passphrase()?;
        if let Some(aside) = &before {
            std::fs::rename(&path, aside)
                .map_err(|e| ServiceError::config(format!("cannot rename {}: {e}", path.display())))?;
            eprintln!("The old file is kept as {}", clean(&aside.display().to_string()));
        }
        if let Err(error) = key_file::create(&path, purpose, &key, passphrase.as_ref()) {
            if let Some(aside) = &before {
                let _ = std::fs::rename(aside, &path);
            }
            return Err(error.into());
        }
        let restored = Restored { did: key.member(), file: path.display().to_string() };
        context.show(&restored, || format!("{}\nis back in {}", restored.did, clean(&restored.file)))
    }
}

/// Opens the home, or makes the folder in which a key waits for its home.
fn make_room(place: &Path) -> Result<(), ServiceError> {
    if Home::exists(place) {
        Home::open(place)?;
    } else {
        aronde_node::home::prepare(place)?;
    }
    Ok(())
}

/// Where the file that is there now goes; none, when there is none. A file with another key stays.
fn replaced(path: &Path, key: &SecretKey) -> Result<Option<PathBuf>, ServiceError> {
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    // A file too damaged to show its key says nothing against these words.
    if let Ok(there) = key_file::inspect(path)
        && there.public != key.member()
    {
        return Err(ServiceError::user(format!(
            "the words are those of {}, but {} holds the key of {}",
            key.member(),
            path.display(),
            there.public
        ))
        .hint("if these are the words of the next key, use --next")
        .hint("to keep both, write this one to another file with --out FILE"));
    }
    aronde_node::secret_file::beside(path, "old")
        .map(Some)
        .map_err(|e| ServiceError::internal(format!("the system gives no random bytes: {e}")))
}

fn read_phrase() -> Result<SecretKey, ServiceError> {
    let unread = |e: std::io::Error| ServiceError::user(format!("the words cannot be read: {e}"));
    let mut text = Zeroizing::new(String::with_capacity(1024));
    if can_ask() {
        eprintln!("The {} words, on one line or several:", recovery_phrase::WORDS);
        while text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count()
            < recovery_phrase::WORDS
        {
            if std::io::stdin().read_line(&mut text).map_err(unread)? == 0 {
                break;
            }
        }
    } else {
        std::io::stdin().take(MAX_PHRASE).read_to_string(&mut text).map_err(unread)?;
    }
    recovery_phrase::from_words(&text).map_err(|error| {
        ServiceError::user(error).hint("compare with the paper word by word, and run the command again")
    })
}
