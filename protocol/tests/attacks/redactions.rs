//! Redactions: whose word hides a personal part, whose erases it, and what may be held without it.

use aronde_protocol::burst::Draft;
use aronde_protocol::canonical;
use aronde_protocol::entry::Entry;
use aronde_protocol::replica::{Redaction, Replica};

use crate::acts::hours;
use crate::hand::Hand;
use crate::world::scenario;

/// A record with a note, and the same without it.
fn noted(hand: &mut Hand) -> (Entry, Entry) {
    let personal = canonical::encode(&serde_bytes::ByteBuf::from([5; 16])).ok();
    let id = hand.sign(Draft { personal, ..hours() });
    let whole = hand.entry(id);
    (whole.clone(), whole.without_personal())
}

/// How much a newcomer holds who gets all of what a hand holds, but for one entry's personal part.
fn held_with(hand: &Hand, bare: &Entry) -> usize {
    let mut newcomer = Replica::new(hand.federation());
    newcomer.follow(hand.replica.follows());
    newcomer.receive(hand.all().into_iter().map(|e| if e.id() == bare.id() { bare.clone() } else { e }));
    newcomer.len()
}

#[test]
fn what_its_author_redacted_may_be_held_without_its_note_in_any_order() {
    scenario(|w| {
        let (record, bare) = noted(&mut w.m);
        assert!(w.f.receive([bare.clone()]).fresh.is_empty(), "nobody redacted it yet");
        assert_eq!(w.f.replica.wanted(), [record.id()]);
        let redaction = w.m.redact(record.id());
        let redaction = w.m.entry(redaction);
        assert_eq!(w.f.receive([redaction.clone()]).fresh.len(), 2, "the record waited for its redaction");
        assert_eq!(w.s.receive([redaction, bare]).fresh.len(), 2);
        for hand in [&w.f, &w.s, &w.m] {
            assert_eq!(hand.replica.redaction(&record.id()), Some(Redaction::Forgotten));
            assert!(hand.counts(record.id()), "facts, chain and right stand");
        }
        w.share();
    });
}

#[test]
fn an_author_who_is_removed_since_has_forgotten_all_the_same() {
    scenario(|w| {
        let (record, bare) = noted(&mut w.m);
        w.share();
        let cut = w.m.heads();
        let redaction = w.m.redact(record.id());
        w.s.remove(&w.m, &cut);
        w.share();
        assert!(!w.f.counts(redaction), "it lies beyond the cut");
        assert_eq!(w.f.replica.redaction(&record.id()), Some(Redaction::Forgotten));
        assert_eq!(held_with(&w.f, &bare), w.f.replica.len());
    });
}

#[test]
fn what_a_steward_redacted_is_hidden_and_is_erased_when_a_charter_covers_it() {
    scenario(|w| {
        let (record, bare) = noted(&mut w.m);
        w.share();
        w.s.redact(record.id());
        w.share();
        assert_eq!(w.f.replica.redaction(&record.id()), Some(Redaction::Hidden));
        assert!(held_with(&w.f, &bare) < w.f.replica.len(), "who lacks the part wants it: it may prove void");
        w.agree_on_a_charter();
        w.share();
        assert_eq!(w.f.replica.redaction(&record.id()), Some(Redaction::Forgotten));
        assert_eq!(held_with(&w.f, &bare), w.f.replica.len());
    });
}

#[test]
fn a_redaction_that_falls_with_its_steward_shows_the_note_again() {
    scenario(|w| {
        let (record, _) = noted(&mut w.m);
        w.share();
        let cut = w.s.heads();
        w.s.redact(record.id());
        w.share();
        assert_eq!(w.f.replica.redaction(&record.id()), Some(Redaction::Hidden));
        w.f.remove(&w.s, &cut);
        w.share();
        assert_eq!(w.f.replica.redaction(&record.id()), None);
    });
}
