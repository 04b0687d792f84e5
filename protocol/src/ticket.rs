//! Tickets: how a newcomer finds the inviting node and shows that it was invited.
//!
//! A ticket is a text to be copied: `aronde1`, then base58 of its canonical bytes and four bytes of
//! their hash, so that a mistyped ticket says so. It holds a secret: who has it can join once.
//! Nothing about tickets is in the authority.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::federation::FederationName;
use crate::id::WorkshopId;
use crate::limits::{
    ADDRESS_MAX, ADDRESSES_MAX, KIND_MAX, NAME_MAX, PEER_ID_MAX, SECRET_MAX, SECRET_MIN, TICKET_TEXT_MAX,
};
use crate::wire::{Bounded, Bytes, Text};

/// What every ticket begins with: the project and the version of the form.
pub const PREFIX: &str = "aronde1";

/// What a newcomer is invited to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// A workshop of the federation, with the newcomer as its first steward.
    Workshop {
        /// The name it is invited under; the newcomer may choose another.
        name: Text<NAME_MAX>,
    },
    /// A member of a workshop.
    Member {
        /// The workshop.
        workshop: WorkshopId,
        /// The role: `steward`, `maker` or `auditor`.
        role: Text<KIND_MAX>,
    },
    /// A further node of a workshop, run by somebody who is a member already.
    Node {
        /// The workshop.
        workshop: WorkshopId,
    },
}

/// An invitation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The federation's name, as the inviting node knows it.
    pub federation: FederationName,
    /// The inviting node's libp2p identity, as bytes.
    pub peer: Bytes<PEER_ID_MAX>,
    /// Where it can be reached, as multiaddresses, the best first.
    pub addresses: Bounded<Text<ADDRESS_MAX>, ADDRESSES_MAX>,
    /// The secret: 16 to 32 random bytes.
    pub secret: Bytes<SECRET_MAX>,
    /// What is offered.
    pub offer: Offer,
    /// Until when, in milliseconds since 1970. The inviting node decides, by its own clock.
    pub expires_at: u64,
}

/// The secret is not shown.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("federation", &self.federation)
            .field("addresses", &self.addresses)
            .field("offer", &self.offer)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A text that is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// It does not begin like one.
    #[error("this is no ticket: a ticket begins with \"aronde1\"; copy it whole, from the first letter")]
    NotATicket,
    /// Of a later version.
    #[error("this ticket was made by a later version of Aronde; update this installation first")]
    Later,
    /// Longer than any ticket.
    #[error("this text is too long for a ticket; copy the ticket alone")]
    TooLong,
    /// A letter is wrong or missing.
    #[error("this ticket has a wrong or missing letter; copy it again, whole")]
    Mistyped,
    /// Whole, but with content that no Aronde writes.
    #[error("this ticket can't be used: {0}; ask for another")]
    Unusable(String),
}

impl Ticket {
    /// The ticket as one text without spaces.
    ///
    /// # Errors
    /// The secret is too short or the whole too long.
    pub fn to_text(&self) -> Result<String, TicketError> {
        self.check()?;
        let mut bytes = canonical::encode(self).map_err(|e| TicketError::Unusable(e.to_string()))?;
        bytes.extend(checksum(&bytes));
        let text = format!("{PREFIX}{}", bs58::encode(bytes).into_string());
        if text.len() > TICKET_TEXT_MAX { Err(TicketError::TooLong) } else { Ok(text) }
    }

    fn check(&self) -> Result<(), TicketError> {
        if self.secret.0.len() < SECRET_MIN {
            return Err(TicketError::Unusable("its secret is too short".into()));
        }
        if self.peer.0.is_empty() {
            return Err(TicketError::Unusable("it names no node".into()));
        }
        Ok(())
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let text = text.trim();
        if text.len() > TICKET_TEXT_MAX {
            return Err(TicketError::TooLong);
        }
        let Some(body) = text.strip_prefix(PREFIX) else {
            let later = text.strip_prefix("aronde").is_some_and(|rest| {
                rest.starts_with(|first: char| first.is_ascii_digit()) && rest.len() > 40
            });
            return Err(if later { TicketError::Later } else { TicketError::NotATicket });
        };
        let bytes = bs58::decode(body).into_vec().map_err(|_| TicketError::Mistyped)?;
        let Some((body, sum)) = bytes.split_last_chunk::<4>() else { return Err(TicketError::Mistyped) };
        if *sum != checksum(body) {
            return Err(TicketError::Mistyped);
        }
        let ticket: Self = canonical::decode(body).map_err(|e| TicketError::Unusable(e.to_string()))?;
        ticket.check()?;
        Ok(ticket)
    }
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let hash = blake3::derive_key("aronde 2026 ticket checksum v1", bytes);
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::id::EntryId;
    use proptest::prelude::*;

    fn ticket() -> Ticket {
        Ticket {
            federation: FederationName::founded(EntryId::of(b"found")),
            peer: Bytes(vec![3; 38]),
            addresses: vec![
                Text::cut("/ip4/192.0.2.7/tcp/4101"),
                Text::cut("/ip4/192.0.2.7/udp/4101/quic-v1"),
            ]
            .into(),
            secret: Bytes(vec![5; 16]),
            offer: Offer::Member { workshop: EntryId::of(b"north"), role: Text::cut("maker") },
            expires_at: 1_800_000_000_000,
        }
    }

    #[test]
    fn a_ticket_is_read_back_as_written_and_survives_spaces_around_it() {
        for offer in [
            ticket().offer,
            Offer::Workshop { name: Text::cut("Workshop North") },
            Offer::Node { workshop: EntryId::of(b"north") },
        ] {
            let ticket = Ticket { offer, ..ticket() };
            let text = ticket.to_text().unwrap();
            assert!(text.chars().all(|c| c.is_ascii_alphanumeric()), "one double click selects it");
            assert_eq!(format!(" {text}\n").parse::<Ticket>().unwrap(), ticket);
        }
    }

    #[test]
    fn another_text_says_what_is_wrong_with_it() {
        let text = ticket().to_text().unwrap();
        assert_eq!("hello".parse::<Ticket>(), Err(TicketError::NotATicket));
        assert_eq!("".parse::<Ticket>(), Err(TicketError::NotATicket));
        assert_eq!(text.replacen('1', "2", 1).parse::<Ticket>(), Err(TicketError::Later));
        assert_eq!(text[..text.len() - 1].parse::<Ticket>(), Err(TicketError::Mistyped));
        assert_eq!("a".repeat(3_000).parse::<Ticket>(), Err(TicketError::TooLong));
        assert_eq!("aronde1é".parse::<Ticket>(), Err(TicketError::Mistyped));
    }

    #[test]
    fn a_secret_that_could_be_guessed_is_refused() {
        let weak = Ticket { secret: Bytes(vec![1; 8]), ..ticket() };
        assert!(weak.to_text().is_err());
    }

    #[test]
    fn the_secret_is_not_in_the_debug_text() {
        assert!(!format!("{:?}", ticket()).contains("5, 5"));
    }

    proptest! {
        #[test]
        fn one_wrong_letter_anywhere_is_noticed(place in 7_usize..200, letter in "[1-9A-HJ-NP-Za-km-z]") {
            let text = ticket().to_text().unwrap();
            let place = 7 + place % (text.len() - 7);
            let mut wrong = text.clone();
            wrong.replace_range(place..=place, &letter);
            prop_assume!(wrong != text);
            prop_assert_eq!(wrong.parse::<Ticket>(), Err(TicketError::Mistyped));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(aronde1)?\\PC{0,80}") {
            let _ = text.parse::<Ticket>();
        }
    }
}
