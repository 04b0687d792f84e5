//! `aronde init`: found a federation without running the node.

use std::path::Path;

use aronde_node::api::{Joined, Passphrase, ServiceError};
use aronde_node::key_file;
use aronde_node::run::{self, Founding, KeySource};

use crate::context::Context;
use crate::output::{clean, or_dash};
use crate::values;

/// `aronde init`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  aronde init --name \"Maker A\" --workshop \"Workshop North\" --federation \"Commons of the North\"

To join a federation that exists, use: aronde join")]
pub struct Init {
    /// What you are called
    #[arg(long, value_parser = values::name)]
    name: String,
    /// What your workshop is called
    #[arg(long, value_parser = values::name)]
    workshop: String,
    /// What the new federation is called
    #[arg(long, value_parser = values::name)]
    federation: String,
}

impl Init {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let place = context.place()?;
        refuse_existing(&place)?;
        let founding = Founding {
            name: self.name,
            workshop: self.workshop,
            federation: self.federation,
            key: key_source(context, &place)?,
            passphrase: passphrase(context, &place)?,
            listen: vec![],
            http: None,
            mdns: true,
        };
        let joined = run::init(&place, &founding)?;
        context.show(&joined, || welcome(&joined) + RUN)
    }
}

/// Before anything is asked.
pub(super) fn refuse_existing(place: &Path) -> Result<(), ServiceError> {
    if aronde_node::home::Home::exists(place) {
        return Err(aronde_node::home::HomeError::Exists(place.into()).into());
    }
    Ok(())
}

/// The passphrase of a new home: that of the key which was restored to its place, or a new one.
pub(super) fn passphrase(context: &Context, place: &Path) -> Result<Option<Passphrase>, ServiceError> {
    let restored = place.join("member.key");
    if restored.exists() { context.passphrase_for(&restored) } else { context.new_passphrase() }
}

/// The key named by `--key`, which becomes the member key of a new home.
pub(super) fn key_source(context: &Context, place: &Path) -> Result<Option<KeySource>, ServiceError> {
    let Some(path) = context.key()? else { return Ok(None) };
    let restored = place.join("member.key");
    if restored.exists() {
        return Err(ServiceError::user(format!("{} waits for its home already", restored.display()))
            .hint("leave --key out to use it, or move it away"));
    }
    let passphrase: Option<Passphrase> = context.passphrase_for(&path)?;
    Ok(Some(KeySource { path, passphrase }))
}

/// What comes next where the node does not run yet.
pub(super) const RUN: &str = "Run the node:           aronde up\n";

/// What a new home says, and what to do next.
pub(super) fn welcome(joined: &Joined) -> String {
    let keys = match key_file::inspect(&joined.home.join("member.key")) {
        Ok(key) if key.encrypted => "encrypted with your passphrase",
        _ => "readable by you only; --passphrase-file FILE would have encrypted them",
    };
    format!(
        "{} of {} in {}\n\
         you     {}\n\
         home    {}\n\
         keys    {keys}\n\
         \n\
         Write your keys down:   aronde key backup\n",
        or_dash(joined.member.name.as_deref()),
        or_dash(joined.workshop.name.as_deref()),
        or_dash(joined.federation.name.as_deref()),
        joined.member.did,
        clean(&joined.home.display().to_string()),
    )
}
