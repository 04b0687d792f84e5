//! `redact`: what is personal in an entry is forgotten, everywhere.

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{Operation, Redact};
use aronde_protocol::replica::Redaction;

use super::resolve::resolve;
use super::{Commons, Log, because, operation};
use crate::api::{self, Redacted, ServiceError, Signer};

impl Commons {
    /// `redact`.
    pub(super) fn redact(&self, said: &api::Redact, signer: &Signer) -> Result<Redacted, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let replica = entries.replica();
        let personal = replica.held().filter(|held| held.header.personal.is_some()).map(|held| held.id);
        let entry = resolve(&said.entry, "an entry with a personal part", personal)?;
        if replica.redaction(&entry) == Some(Redaction::Forgotten) {
            return Err(ServiceError::user(format!(
                "what is personal in {} is forgotten already",
                entry.short()
            ))
            .hint("what remains are its facts, which stay: see aronde ledger show"));
        }
        let held = replica.get(&entry).ok_or_else(|| ServiceError::user("the entry is not held"))?;
        let (kind, homes) = (held.header.kind.to_string(), replica.homes(held));
        let own = held.author == key.member();
        let (under, membership) = if own {
            self.acting(&entries, key.member(), |_| true, "a member")?
        } else {
            self.acting(&entries, key.member(), |role| role == Role::Steward, "its author or a steward")?
        };
        if !own && !homes.contains(&membership.workshop) {
            let names: Vec<String> = homes
                .iter()
                .map(|home| Self::workshop_name(&entries, home).unwrap_or_else(|| home.short()))
                .collect();
            return Err(ServiceError::user(format!("{} was written in {}", entry.short(), names.join(", ")))
                .hint("ask its author, or a steward there, to redact it"));
        }
        let draft = operation(&Operation::Redact(Redact { under, entry }), because(said.reason.as_deref())?)?;
        let id = self.write(&mut entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?))?;
        let erased = entries.replica().redaction(&entry) == Some(Redaction::Forgotten);
        Ok(Redacted { id, entry, kind, erased })
    }
}
