//! `audit bundle`: what is held, or what is about something, as one file for anyone (`docs/format.md`).

use std::collections::HashSet;
use std::io;

use aronde_protocol::bundle::{Asked, Contents, Exporter, about};
use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::replica::{Known, Replica};

use super::super::resolve::resolve;
use super::super::{Commons, now};
use super::fresh::FreshFile;
use crate::api::{AuditBundle, AuditBundled, ServiceError, Signer};

/// Why a bundle is not written.
enum Unwritten {
    Disk(io::Error),
    Entry(ServiceError),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Commons {
    /// `audit bundle`.
    pub(in crate::commons) fn audit_bundle(
        &self,
        wanted: &AuditBundle,
        signer: &Signer,
    ) -> Result<AuditBundled, ServiceError> {
        let key = self.key(signer)?;
        let mut file = FreshFile::begin(&wanted.file)?;
        let entries = self.entries();
        let replica = entries.replica();
        let subject = match &wanted.subject {
            Some(text) => Some(resolve(text, "an entry", replica.held().map(|held| held.id))?),
            None => None,
        };
        let part = match subject {
            Some(subject) => {
                let mut unreadable = None;
                let signed = |id: &EntryId| match entries.entry(id) {
                    Ok(entry) => entry.signature().is_some(),
                    Err(error) => {
                        unreadable.get_or_insert(error);
                        true
                    }
                };
                let part = only(replica, &about(replica, Asked::Subject(subject), signed));
                if let Some(error) = unreadable {
                    return Err(error);
                }
                Some(part)
            }
            None => None,
        };
        let exported = part.as_ref().unwrap_or(replica);
        let redacted: HashSet<EntryId> = exported.redacted().map(|(id, _)| id).collect();
        let gives = |entry: &Entry| wanted.personal && !redacted.contains(&entry.id());
        let mut contents = Contents::default();
        for held in exported.held() {
            let entry = entries.entry(&held.id)?;
            contents.add(&entry, gives(&entry));
        }
        // Where not all is held, nothing can be proven of a part.
        let history = subject.and_then(|_| self.history(&entries).ok());
        let exporter = Exporter {
            subject,
            personal: wanted.personal,
            history: history.as_deref(),
            key: &key,
            at: now(),
        };
        let settled = contents.settle(exported, &exporter).map_err(ServiceError::internal)?;
        let read = |ids: &[EntryId]| {
            ids.iter().map(|id| entries.entry(id).map_err(Unwritten::Entry)).collect::<Result<Vec<_>, _>>()
        };
        settled.write(file.out(), read).map_err(|error| match error {
            Unwritten::Disk(error) => file.cannot(&error),
            Unwritten::Entry(error) => error,
        })?;
        let bytes = file.keep()?;
        let manifest = settled.manifest();
        Ok(AuditBundled {
            file: wanted.file.clone(),
            bytes,
            federation: manifest.federation,
            exporter: manifest.exporter,
            subject,
            charter: manifest.charter,
            entries: manifest.counts.entries,
            accepted: manifest.counts.accepted,
            signatures: manifest.counts.signatures,
            personal: manifest.counts.personal,
        })
    }
}

/// A replica that holds just these, which are closed under past.
fn only(replica: &Replica, ids: &[EntryId]) -> Replica {
    let ids: HashSet<&EntryId> = ids.iter().collect();
    let known = replica.held().filter(|held| ids.contains(&held.id)).map(|held| Known {
        header: held.header.clone(),
        id: held.id,
        author: held.author,
        gist: held.gist.clone(),
    });
    Replica::load(replica.federation(), replica.follows(), known)
}
