//! The tickets that this node has issued: local secrets, never part of the commons.
//!
//! Only a hash of each secret is kept, so the file invites nobody. A ticket is used once.

use std::path::{Path, PathBuf};

use aronde_protocol::join::JoinRefusal;
use aronde_protocol::limits;
use aronde_protocol::ticket::Offer;
use serde::{Deserialize, Serialize};

use crate::api::ServiceError;
use crate::secret_file;

/// The file's name in the home.
const FILE: &str = "tickets.json";

/// A ticket that was issued here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Issued {
    secret_hash: String,
    offer: Offer,
    /// In ms since 1970.
    expires_at: u64,
    used: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Tickets {
    path: PathBuf,
    issued: Vec<Issued>,
}

impl Tickets {
    /// The tickets of a home.
    ///
    /// # Errors
    /// The file is there and can't be read.
    pub fn open(home: &Path) -> Result<Self, ServiceError> {
        let path = home.join(FILE);
        let issued = if path.symlink_metadata().is_ok() {
            let bytes = secret_file::read(&path).map_err(crate::home::HomeError::Secret)?;
            serde_json::from_slice(&bytes).map_err(|error| {
                ServiceError::config(format!("{} can't be read: {error}", path.display()))
                    .hint("remove it; tickets that are still open must be issued again")
            })?
        } else {
            Vec::new()
        };
        Ok(Self { path, issued })
    }

    /// Remembers a ticket.
    ///
    /// # Errors
    /// Too many are open, or the file can't be written.
    pub fn issue(
        &mut self,
        secret: &[u8],
        offer: Offer,
        expires_at: u64,
        now: u64,
    ) -> Result<(), ServiceError> {
        self.issued.retain(|ticket| ticket.used || ticket.expires_at > now);
        let used = self.issued.iter().filter(|ticket| ticket.used).count();
        // Used ones are kept so that showing one again says so, but not for ever.
        let mut surplus = used.saturating_sub(limits::TICKETS_USED_MAX);
        self.issued.retain(|ticket| {
            let drop = ticket.used && surplus > 0;
            surplus -= usize::from(drop);
            !drop
        });
        if self.issued.iter().filter(|ticket| !ticket.used).count() >= limits::TICKETS_OPEN_MAX {
            return Err(ServiceError::user(format!(
                "{} tickets are open already, and no more are issued at a time",
                limits::TICKETS_OPEN_MAX
            ))
            .hint("wait until some are used or have expired"));
        }
        self.issued.push(Issued { secret_hash: hash(secret), offer, expires_at, used: false });
        self.save()
    }

    /// What a ticket offers, if it can be used now.
    ///
    /// # Errors
    /// Why it can't.
    pub fn offer(&self, secret: &[u8], now: u64) -> Result<Offer, JoinRefusal> {
        let hash = hash(secret);
        let ticket = self.issued.iter().find(|t| t.secret_hash == hash).ok_or(JoinRefusal::Unknown)?;
        if ticket.used {
            Err(JoinRefusal::Used)
        } else if ticket.expires_at <= now {
            Err(JoinRefusal::Expired)
        } else {
            Ok(ticket.offer.clone())
        }
    }

    /// Marks a ticket as used, durably, before its bearer is admitted: better a ticket lost than one
    /// used twice.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn spend(&mut self, secret: &[u8]) -> Result<(), ServiceError> {
        let hash = hash(secret);
        for ticket in self.issued.iter_mut().filter(|t| t.secret_hash == hash) {
            ticket.used = true;
        }
        self.save()
    }

    fn save(&self) -> Result<(), ServiceError> {
        let bytes = serde_json::to_vec_pretty(&self.issued).map_err(ServiceError::internal)?;
        secret_file::replace(&self.path, &bytes).map_err(|e| crate::home::HomeError::Secret(e).into())
    }
}

fn hash(secret: &[u8]) -> String {
    hex::encode(blake3::derive_key("aronde 2026 issued ticket v1", secret))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use aronde_protocol::wire::Text;

    #[test]
    fn a_ticket_is_used_once_and_not_after_its_time() {
        let home = tempfile::tempdir().unwrap();
        let offer = Offer::Workshop { name: Text::cut("Workshop North") };
        let mut tickets = Tickets::open(home.path()).unwrap();
        tickets.issue(b"one", offer.clone(), 100, 0).unwrap();
        tickets.issue(b"two", offer.clone(), 100, 0).unwrap();
        let mut tickets = Tickets::open(home.path()).unwrap();
        assert_eq!(tickets.offer(b"one", 50).unwrap(), offer);
        assert_eq!(tickets.offer(b"one", 100).unwrap_err(), JoinRefusal::Expired);
        assert_eq!(tickets.offer(b"three", 50).unwrap_err(), JoinRefusal::Unknown);
        tickets.spend(b"one").unwrap();
        let tickets = Tickets::open(home.path()).unwrap();
        assert_eq!(tickets.offer(b"one", 50).unwrap_err(), JoinRefusal::Used);
        assert_eq!(tickets.offer(b"two", 50).unwrap(), offer);
    }

    #[test]
    fn only_so_many_tickets_are_open_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        let mut tickets = Tickets::open(home.path()).unwrap();
        let offer = Offer::Workshop { name: Text::cut("Workshop North") };
        for n in 0..limits::TICKETS_OPEN_MAX {
            tickets.issue(&n.to_be_bytes(), offer.clone(), 100, 0).unwrap();
        }
        assert!(tickets.issue(b"more", offer.clone(), 100, 0).is_err());
        tickets.issue(b"later", offer, 300, 200).unwrap();
    }
}
