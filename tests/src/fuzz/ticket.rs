//! Tickets: a text that somebody pastes.

use aronde_protocol::federation::FederationName;
use aronde_protocol::id::EntryId;
use aronde_protocol::limits::{SECRET_MAX, SECRET_MIN, TICKET_TEXT_MAX};
use aronde_protocol::ticket::{Offer, PREFIX, Ticket};
use aronde_protocol::wire::{Bytes, Text};

/// Bytes that begin like a ticket are taken as its text, others as what is inside, with the sum that
/// a mutation would never hit.
pub fn body(bytes: &[u8]) {
    match std::str::from_utf8(bytes).ok().filter(|text| text.trim_start().starts_with("aronde")) {
        Some(text) => read(text),
        // Base 58 takes quadratic time to write; what is longer than any ticket is refused by its text.
        None if bytes.len() < TICKET_TEXT_MAX => read(&wrapped(bytes)),
        None => {}
    }
}

fn read(text: &str) {
    let Ok(ticket) = text.parse::<Ticket>() else { return };
    assert_eq!(ticket.to_text().as_deref(), Ok(text.trim()), "a ticket has one spelling");
    assert!(text.trim().len() <= TICKET_TEXT_MAX);
    assert!((SECRET_MIN..=SECRET_MAX).contains(&ticket.secret.0.len()));
    let _ = libp2p::PeerId::from_bytes(&ticket.peer.0);
    for address in &ticket.addresses.0 {
        let _ = address.as_str().parse::<libp2p::Multiaddr>();
    }
    assert!(!format!("{ticket:?}").contains(&format!("{:?}", ticket.secret.0)), "the secret is shown");
}

fn wrapped(bytes: &[u8]) -> String {
    let sum = blake3::derive_key("aronde 2026 ticket checksum v1", bytes);
    let whole = [bytes, &sum[..4]].concat();
    format!("{PREFIX}{}", bs58::encode(whole).into_string())
}

/// A ticket of each offer, as text and as what is inside.
pub fn seeds() -> Vec<Vec<u8>> {
    let ticket = Ticket {
        federation: FederationName::founded(EntryId::of(b"found")),
        peer: Bytes(vec![3; 38]),
        addresses: vec![Text::cut("/ip4/192.0.2.7/tcp/4101")].into(),
        secret: Bytes(vec![5; 16]),
        offer: Offer::Workshop { name: Text::cut("Workshop North") },
        expires_at: 1_800_000_000_000,
    };
    let workshop = EntryId::of(b"north");
    let offers = [
        Offer::Member { workshop, role: Text::cut("maker") },
        Offer::Node { workshop },
        ticket.offer.clone(),
    ];
    let tickets = offers.map(|offer| Ticket { offer, ..ticket.clone() });
    let texts = tickets.iter().map(|ticket| ticket.to_text().unwrap().into_bytes());
    texts.chain(tickets.iter().map(|ticket| aronde_protocol::canonical::encode(ticket).unwrap())).collect()
}
