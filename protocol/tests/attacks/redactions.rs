//! Redactions: whose word hides a personal part, whose erases it, and what may be held without it.

use aronde_protocol::authority::NotHolding;
use aronde_protocol::authority::operation::{Operation, RemoveMember};
use aronde_protocol::burst::Draft;
use aronde_protocol::canonical;
use aronde_protocol::entry::Entry;
use aronde_protocol::replica::{Redaction, Replica};

use crate::acts::{hours, operation};
use crate::hand::Hand;
use crate::world::scenario;

/// A record with a note, and the same without it.
fn noted(hand: &mut Hand) -> (Entry, Entry) {
    let id = hand.sign(Draft { personal: words(), ..hours() });
    let whole = hand.entry(id);
    (whole.clone(), whole.without_personal())
}

/// A personal part of any form: it decides nothing.
fn words() -> Option<Vec<u8>> {
    canonical::encode(&serde_bytes::ByteBuf::from([5; 16])).ok()
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

/// The note of a maker of Workshop North, whom two other workshops overrule.
#[test]
fn what_a_motion_redacts_is_hidden_once_it_is_carried_and_erased_when_a_charter_covers_that() {
    scenario(|w| {
        let (record, bare) = noted(&mut w.m);
        w.share();
        let motion = w.a.move_to_redact(record.id());
        w.share();
        w.a2.vote(motion);
        w.share();
        assert_eq!(w.f.not_holding(motion), NotHolding::Open, "both votes are one workshop's");
        assert_eq!(w.m.replica.redaction(&record.id()), None);
        w.b.vote(motion);
        w.share();
        assert_eq!(w.m.replica.redaction(&record.id()), Some(Redaction::Hidden));
        assert!(held_with(&w.f, &bare) < w.f.replica.len(), "who lacks the part wants it: a vote may be cut");
        w.agree_on_a_charter();
        for hand in w.hands() {
            assert_eq!(hand.replica.redaction(&record.id()), Some(Redaction::Forgotten));
            assert!(hand.counts(record.id()), "facts, chain and right stand");
        }
        assert_eq!(held_with(&w.f, &bare), w.f.replica.len());
    });
}

#[test]
fn a_charter_that_knows_a_motion_as_open_erases_nothing_though_it_is_carried_later() {
    scenario(|w| {
        let (record, bare) = noted(&mut w.m);
        w.share();
        let motion = w.a.move_to_redact(record.id());
        w.share();
        w.agree_on_a_charter();
        assert_eq!(w.f.not_holding(motion), NotHolding::Open);
        w.b.vote(motion);
        w.share();
        assert!(w.f.counts(motion));
        assert_eq!(w.f.replica.redaction(&record.id()), Some(Redaction::Hidden));
        assert!(held_with(&w.f, &bare) < w.f.replica.len(), "its votes are settled by no charter yet");
        w.agree_on_a_charter();
        assert_eq!(w.f.replica.redaction(&record.id()), Some(Redaction::Forgotten));
    });
}

#[test]
fn a_redaction_by_motion_that_loses_a_vote_to_a_removal_shows_the_note_again() {
    scenario(|w| {
        let (record, _) = noted(&mut w.m);
        w.share();
        let before = w.s.heads();
        let motion = w.a.move_to_redact(record.id());
        w.share();
        w.s.vote(motion);
        w.share();
        assert_eq!(w.b.replica.redaction(&record.id()), Some(Redaction::Hidden));
        w.f.remove(&w.s, &before);
        w.share();
        assert_eq!(w.b.not_holding(motion), NotHolding::Open);
        assert_eq!(w.b.replica.redaction(&record.id()), None);
        w.b.vote(motion);
        w.share();
        assert_eq!(
            w.m.replica.redaction(&record.id()),
            Some(Redaction::Hidden),
            "by another workshop's vote"
        );
    });
}

#[test]
fn a_redaction_by_motion_that_a_charter_settled_outlives_the_removal_of_who_voted() {
    scenario(|w| {
        let (record, bare) = noted(&mut w.m);
        w.share();
        let motion = w.a.move_to_redact(record.id());
        w.share();
        w.s.vote(motion);
        w.share();
        w.agree_on_a_charter();
        w.f.remove(&w.s, &[]);
        w.share();
        assert_eq!(w.b.replica.redaction(&record.id()), Some(Redaction::Forgotten));
        assert_eq!(held_with(&w.b, &bare), w.b.replica.len());
    });
}

#[test]
fn a_removed_workshop_votes_on_no_redaction_and_moves_none() {
    scenario(|w| {
        let (record, _) = noted(&mut w.m);
        w.share();
        let old = w.b.heads();
        let cut = w.f.cut(&[&w.b, &w.b2, &w.mb]);
        let removal = w.f.remove_workshop(w.b.workshop, &cut);
        w.share();
        w.a.vote(removal);
        w.share();
        let motion = w.a.move_to_redact(record.id());
        let mut removed = w.b.thief_knowing(9, &old);
        removed.learn_just(&w.a, &[motion]);
        removed.vote(motion);
        let own = removed.move_to_redact(record.id());
        w.a2.learn(&removed);
        w.hear(&removed);
        w.a2.vote(own);
        w.share();
        assert_eq!((w.f.not_holding(motion), w.f.not_holding(own)), (NotHolding::Open, NotHolding::Cut));
        assert_eq!(w.f.replica.redaction(&record.id()), None);
    });
}

#[test]
fn a_redaction_by_motion_that_lapsed_hides_nothing_whoever_votes() {
    scenario(|w| {
        let (record, _) = noted(&mut w.m);
        w.share();
        let mut offline = w.b.thief(9);
        w.agree_on_a_charter();
        let late = offline.move_to_redact(record.id());
        w.hear(&offline);
        w.f.vote(late);
        w.a.vote(late);
        w.share();
        assert_eq!(w.f.not_holding(late), NotHolding::Lapsed);
        assert_eq!(w.f.replica.redaction(&record.id()), None);
        let again = w.b.move_to_redact(record.id());
        w.share();
        w.a.vote(again);
        w.share();
        assert_eq!(w.f.replica.redaction(&record.id()), Some(Redaction::Hidden));
    });
}

#[test]
fn a_maker_moves_no_redaction_but_of_their_own_words() {
    scenario(|w| {
        let (record, _) = noted(&mut w.m);
        let (own, _) = noted(&mut w.mb);
        w.share();
        let motion = w.mb.move_to_redact(record.id());
        w.mb.move_to_redact(own.id());
        w.share();
        w.a.vote(motion);
        w.f.vote(motion);
        w.share();
        assert_eq!(w.f.not_holding(motion), NotHolding::NotASteward);
        assert_eq!(w.f.replica.redaction(&record.id()), None);
        assert_eq!(w.f.replica.redaction(&own.id()), Some(Redaction::Forgotten), "whether it holds or not");
    });
}

#[test]
fn a_motion_takes_the_words_of_an_operation_and_leaves_what_it_does() {
    scenario(|w| {
        let said = Operation::RemoveMember(RemoveMember {
            under: w.f.membership,
            key: w.m.member(),
            cut: w.f.cut(&[&w.m]),
        });
        let removal = w.f.sign(Draft { personal: words(), ..operation(&said) });
        w.share();
        let motion = w.a.move_to_redact(removal);
        let of_itself = w.a.move_to_redact(motion);
        w.share();
        w.b.vote(motion);
        w.b.vote(of_itself);
        w.share();
        w.agree_on_a_charter();
        for id in [removal, motion] {
            assert_eq!(w.m.replica.redaction(&id), Some(Redaction::Forgotten));
            assert!(w.s.counts(id));
        }
        assert!(!w.s.knows(&w.m), "the removal removes as before");
    });
}
