//! `aronde credential cosign`

use std::path::PathBuf;

use aronde_node::api::{self, ServiceError};

use super::{answered, read, write};
use crate::context::{Context, ask};
use crate::output::count;

/// `aronde credential cosign`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde credential cosign laser.json

Every fact in it is compared with your own ledger first; you made the record, did the work, or confirmed it. Your proof is
added to the file and stands by itself: it says the same whether the others are there or not.")]
pub struct Cosign {
    /// The credential
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write it there, and leave FILE as it is
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,
}

impl Cosign {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let credential = String::from_utf8(read(&self.file)?).map_err(|_| {
            ServiceError::user("the credential is not signed: it is no text")
                .hint("give the file as it was issued: aronde credential issue RECORD --path FILE")
        })?;
        let signed = ask!(context, CredentialCosign, api::CredentialCosign { credential });
        write(self.path.as_ref().unwrap_or(&self.file), &signed.credential)?;
        context.show(&answered(&signed)?, || {
            let proofs = count(signed.signers.len() as u64, "proof", "proofs");
            format!("signed; the credential of {} has {proofs} now", signed.record.short())
        })
    }
}
