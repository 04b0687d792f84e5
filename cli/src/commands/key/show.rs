//! `aronde key show`

use aronde_node::api::ServiceError;
use aronde_node::home::{Home, HomeError};
use aronde_node::{key_file, node_key};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{KeyCommitment, MemberKey};
use serde::Serialize;

use crate::context::Context;
use crate::output::Table;

/// `aronde key show`
#[derive(Debug, clap::Args)]
pub struct Show {}

#[derive(Serialize)]
struct Shown {
    did: MemberKey,
    file: String,
    encrypted: bool,
    next_key_in_home: bool,
    /// The hash of the next key, for who admits its owner; null when that key is not in the home.
    next: Option<KeyCommitment>,
    peer_id: Option<String>,
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let Self {} = self;
        let shown = if let Some(file) = context.key()? {
            of_file(&file, None)?
        } else {
            let home = context.home()?;
            of_file(&home.member_key(), Some(&home))?
        };
        context.show(&shown, || text(&shown))
    }
}

fn of_file(file: &std::path::Path, home: Option<&Home>) -> Result<Shown, ServiceError> {
    let state = key_file::inspect(file)?;
    let node = home.map(|home| node_key::read(&home.node_key())).transpose().map_err(HomeError::NodeKey)?;
    let next = home.map(Home::next_key).filter(|path| path.exists());
    let next = next.map(|path| key_file::inspect(&path)).transpose()?;
    Ok(Shown {
        did: state.public,
        file: file.display().to_string(),
        encrypted: state.encrypted,
        next_key_in_home: home.is_some_and(|home| home.next_key().exists()),
        next: next.map(|state| state.public.commitment()),
        peer_id: node.map(|pair| pair.public().to_peer_id().to_string()),
    })
}

fn text(shown: &Shown) -> String {
    let mut table = Table::new("");
    table.row(["member", &shown.did.to_string()]);
    table.row([
        "key",
        &format!("{} ({})", shown.file, if shown.encrypted { "encrypted" } else { "no passphrase" }),
    ]);
    if let Some(next) = &shown.next {
        table.row(["next", &hex(next)]);
    }
    if let Some(peer_id) = &shown.peer_id {
        table.row(["node", peer_id]);
    }
    let mut text = table.text();
    if shown.next_key_in_home {
        text += "\nThe next key still lies in the home. Write both down and take it out with:\n  \
                 aronde key backup --remove-next\n";
    }
    text
}

fn hex(commitment: &KeyCommitment) -> String {
    EntryId(commitment.0).to_string()
}
