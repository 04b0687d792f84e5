//! `aronde credential`: contributions as documents for others.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use aronde_node::api::{CredentialSigned, ServiceError};
use aronde_protocol::limits::CREDENTIAL_MAX;

use crate::context::Context;
use crate::error::Outcome;
use crate::output::clean;

mod cosign;
mod issue;
mod verify;

/// `aronde credential`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde credential issue 9b20e1 --path laser.json
  aronde credential cosign laser.json
  aronde credential verify laser.json

A credential is a W3C Verifiable Credential 2.0, signed with eddsa-jcs-2022, in the shape of Open Badges 3.0. It is a copy
for others: no redaction and no retraction here reaches it.")]
pub struct Credential {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write a credential of a contribution that is yours, or that you confirmed
    Issue(issue::Issue),
    /// Sign a credential beside its issuer, when your ledger says the same
    Cosign(cosign::Cosign),
    /// Check a credential, with no node and nobody to believe
    Verify(verify::Verify),
}

impl Credential {
    pub fn run(self, context: &Context) -> Result<Outcome, ServiceError> {
        match self.command {
            Command::Issue(issue) => issue.run(context).map(|()| Outcome::Done),
            Command::Cosign(cosign) => cosign.run(context).map(|()| Outcome::Done),
            Command::Verify(verify) => verify.run(context),
        }
    }
}

/// The bytes of a file; of one that is too large, as many as tell.
pub fn read(file: &Path) -> Result<Vec<u8>, ServiceError> {
    let mut bytes = Vec::new();
    let limit = CREDENTIAL_MAX as u64 + 1;
    File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(|error| {
        ServiceError::user(format!("the file {} cannot be read: {error}", clean(&file.display().to_string())))
            .hint("see that it is there and that you may read it")
    })?;
    Ok(bytes)
}

/// Writes a file whole or not at all: what is there may be the only copy.
fn write(file: &Path, text: &str) -> Result<(), ServiceError> {
    let beside = file.with_extension("json.new");
    let written = File::create_new(&beside).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        std::fs::rename(&beside, file)
    });
    written.map_err(|error| {
        if error.kind() != std::io::ErrorKind::AlreadyExists {
            let _ = std::fs::remove_file(&beside);
        }
        ServiceError::user(format!(
            "the credential cannot be written to {}: {error}",
            clean(&file.display().to_string())
        ))
        .hint(format!(
            "choose a folder that you can write to, and see that no {} is there",
            clean(&beside.display().to_string())
        ))
    })
}

/// What `--json` says of a credential that was signed: the credential as JSON within.
fn answered(signed: &CredentialSigned) -> Result<serde_json::Value, ServiceError> {
    let mut answer = serde_json::to_value(signed).map_err(ServiceError::internal)?;
    let credential = serde_json::from_str(&signed.credential).map_err(ServiceError::internal)?;
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("credential".to_owned(), credential);
    }
    Ok(answer)
}
