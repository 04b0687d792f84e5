//! `aronde verify`: checks a proof in a file. No home, no node, no federation.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use aronde_node::api::ServiceError;
use aronde_protocol::credential::Credential;
use aronde_protocol::fork_proof::ProvenFork;
use aronde_protocol::limits::PROOF_FILE_MAX;
use aronde_protocol::proof::{Proof, ProofError, Proven};
use aronde_protocol::release_proof::ProvenRelease;
use aronde_protocol::split_proof::ProvenSplit;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::Outcome;
use crate::output::{clean, count, time};

/// `aronde verify`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde verify fork.proof
  aronde verify fork.proof --json

Says what the proof proves, and what it does not. Ends with 0 when it holds, with 1 when it does not, and
with 2 when the file is no proof.")]
pub struct Verify {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Verify {
    pub fn run(self, context: &Context) -> Result<Outcome, ServiceError> {
        let bytes = read(&self.file)?;
        let shown = clean(&self.file.display().to_string());
        match Proof::decode(&bytes).and_then(|proof| proof.check()) {
            Ok(proven) => {
                context.show(&document(&proven), || paragraph(&proven))?;
                Ok(Outcome::Done)
            }
            Err(error @ (ProofError::NotAProof | ProofError::Newer)) => {
                Err(ServiceError::user(format!("{shown} cannot be checked: {error}")).hint(match error {
                    ProofError::Newer => "check it with a newer version of Aronde",
                    _ if Credential::read(&bytes).is_ok() => {
                        "it is a credential; check it with: aronde credential verify FILE"
                    }
                    _ => "give a file that --proof FILE of aronde forks, design releases or checkpoint show wrote, as it was written",
                }))
            }
            Err(error) => {
                let why = error.to_string();
                context.show(&json!({ "holds": false, "why": why }), || {
                    format!("The proof in {shown} does NOT hold: {}.\n", clean(&why))
                })?;
                Ok(Outcome::No)
            }
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, ServiceError> {
    let mut bytes = Vec::new();
    let limit = PROOF_FILE_MAX as u64 + 1;
    File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(|error| {
        ServiceError::user(format!("the file {} cannot be read: {error}", clean(&file.display().to_string())))
            .hint("see that it is there and that you may read it")
    })?;
    Ok(bytes)
}

fn claimed(at: u64) -> Timestamp {
    i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or_default()
}

fn document(proven: &Proven) -> Value {
    match proven {
        Proven::Fork(fork) => json!({
            "holds": true,
            "kind": "fork",
            "federation": fork.federation,
            "author": fork.author,
            "log": fork.log.to_string(),
            "seq": fork.seq,
            "entries": fork.entries,
            "kinds": fork.kinds,
            "at": fork.at.map(claimed),
        }),
        Proven::Release(release) => {
            let mut document = json!(release);
            if let Some(fields) = document.as_object_mut() {
                fields.insert("holds".to_owned(), json!(true));
                fields.insert("kind".to_owned(), json!("release"));
                fields.insert("at".to_owned(), json!(claimed(release.at)));
            }
            document
        }
        Proven::Split(split) => {
            let mut document = json!(split);
            if let Some(fields) = document.as_object_mut() {
                fields.insert("holds".to_owned(), json!(true));
                fields.insert("kind".to_owned(), json!("split"));
                fields.insert("at".to_owned(), json!(split.at.map(claimed)));
            }
            document
        }
    }
}

fn paragraph(proven: &Proven) -> String {
    match proven {
        Proven::Fork(fork) => of_fork(fork),
        Proven::Release(release) => of_release(release),
        Proven::Split(split) => of_split(split),
    }
}

fn of_release(release: &ProvenRelease) -> String {
    let workshop = release.workshop_name.as_deref().map_or_else(|| "a workshop".to_owned(), clean);
    let mut text = format!(
        "The proof holds. Version {} of \"{}\" was released under {} by the key {} for {workshop}, in the federation {}, \
         dated {}: the release {} of the design {}, with {}. {} were checked, and by what right the release counts, down to \
         the founding entry. The proof does not show when it was written (the date is its author's claim), that nobody \
         took the right away later, nor that anybody built it.\n",
        clean(&release.version),
        clean(&release.title),
        clean(&release.licence),
        release.author,
        release.federation,
        time(claimed(release.at)),
        release.release,
        release.document,
        count(release.files.len() as u64, "file", "files"),
        count(release.entries, "entry", "entries"),
    );
    for source in &release.sources {
        let licence =
            source.licence.as_deref().map_or_else(String::new, |licence| format!(", {}", clean(licence)));
        text += &format!("  made from  {}{licence}\n", clean(&source.title));
    }
    for file in &release.files {
        text += &format!("  {}  {}\n", file.hash, clean(&file.path));
    }
    text
}

fn of_split(split: &ProvenSplit) -> String {
    let [one, other] = split.charters;
    let [at_one, at_other] = split.at.map(claimed);
    let members: Vec<String> = split.members.iter().map(ToString::to_string).collect();
    format!(
        "The proof holds. {}, in the federation {}, endorsed two charters that both follow {}, and of which neither knows \
         the other: {one}, dated {}, and {other}, dated {}. It signed with {}. So it stood by two pasts of the federation. \
         {} were checked. The proof does not show which of the two is right, nor why both were signed, nor when (the \
         dates are their authors' claims).\n",
        clean(&split.workshop_name),
        split.federation,
        split.before,
        time(at_one),
        time(at_other),
        members.join(" and "),
        count(split.entries, "operation", "operations"),
    )
}

fn of_fork(fork: &ProvenFork) -> String {
    let [one, other] = fork.entries;
    let [first, second] = &fork.kinds;
    let [at_one, at_other] = fork.at.map(claimed);
    format!(
        "The proof holds. The key {author}, in the federation {federation}, signed two different entries for place {seq} of its log \
         {log}: {one}, a {first} dated {}, and {other}, a {second} dated {}. So two hands wrote with this key, or \
         one hand on two machines or on a disk that was set back. The proof does not show which of these it was, nor when \
         the entries were written (the dates are their author's claims), nor that either of them counts in the \
         federation.\n",
        time(at_one),
        time(at_other),
        author = fork.author,
        federation = fork.federation,
        log = fork.log,
        seq = fork.seq,
    )
}
