//! `aronde key backup`

use aronde_node::api::ServiceError;
use aronde_node::key_file::{self, Purpose};
use aronde_node::recovery_phrase;
use aronde_protocol::key::{MemberKey, SecretKey};
use serde::Serialize;

use crate::context::Context;
use crate::passphrase::can_ask;
use crate::values;

/// `aronde key backup`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Whoever has the words has the key. Write them on paper, not into a file, and keep the two sheets in two
places: the next key takes over when the member key is lost or stolen.")]
pub struct Backup {
    /// Delete the next key from the home once its words are printed
    #[arg(long)]
    remove_next: bool,
}

#[derive(Serialize)]
struct Printed<'a> {
    did: MemberKey,
    member_phrase: &'a str,
    next_phrase: Option<&'a str>,
    next_key_in_home: bool,
}

impl Backup {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let home = context.home()?;
        let path = home.member_key();
        let passphrase = context.passphrase_for(&path)?;
        let member = key_file::read(&path, Purpose::Member, passphrase.as_ref())?;
        let next = if home.next_key().exists() {
            let passphrase = match passphrase {
                Some(same) => Some(same),
                None => context.passphrase_for(&home.next_key())?,
            };
            Some(key_file::read(&home.next_key(), Purpose::Next, passphrase.as_ref())?)
        } else {
            None
        };
        let member_phrase = recovery_phrase::to_words(&member);
        let next_phrase = next.as_ref().map(recovery_phrase::to_words);
        let mut printed = Printed {
            did: member.member(),
            member_phrase: &member_phrase,
            next_phrase: next_phrase.as_ref().map(|words| words.as_str()),
            next_key_in_home: next.is_some(),
        };
        if !context.json() {
            crate::output::print(&sheets(&member, &printed))?;
        }
        if next.is_some() && (self.remove_next || (!context.json() && agreed()?)) {
            std::fs::remove_file(home.next_key()).map_err(|e| {
                ServiceError::config(format!("cannot remove {}: {e}", home.next_key().display()))
            })?;
            printed.next_key_in_home = false;
            eprintln!("The next key is on paper only, now.");
        }
        if context.json() { crate::output::print_json(&printed) } else { Ok(()) }
    }
}

fn sheets(member: &SecretKey, printed: &Printed<'_>) -> String {
    let mut text = format!("MEMBER KEY of {}\n{}", member.member(), numbered(printed.member_phrase));
    match printed.next_phrase {
        Some(words) => text += &format!("\nNEXT KEY, for another place\n{}", numbered(words)),
        None => text += "\nThe next key is not in this home; its words are where you put them.\n",
    }
    text
}

/// Four words a line, each with its number.
fn numbered(words: &str) -> String {
    let mut text = String::new();
    for (n, word) in words.split(' ').enumerate() {
        text += &format!("{:>4}. {word:<10}", n + 1);
        if n % 4 == 3 {
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
    }
    text
}

fn agreed() -> Result<bool, ServiceError> {
    if !can_ask() {
        eprintln!("Once the words are on paper, take the next key out with: aronde key backup --remove-next");
        return Ok(false);
    }
    values::agreed("\nAre the words of the next key on paper, and shall it leave this home?")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_sheet_can_be_typed_in_again() {
        let key = SecretKey::from_seed(&[9; 32]);
        let sheet = numbered(&recovery_phrase::to_words(&key));
        assert_eq!(sheet.lines().count(), 6);
        assert_eq!(recovery_phrase::from_words(&sheet).unwrap().seed(), key.seed());
    }
}
