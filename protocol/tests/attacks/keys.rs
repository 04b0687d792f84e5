//! Stolen keys: what who has the current key can do, and what the next key, which stays on paper, takes back.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::operation::{Operation, Rotate};
use aronde_protocol::authority::{NotHolding, Role};
use aronde_protocol::entry::EntryError;
use aronde_protocol::replica::Refusal;

use crate::acts::operation;
use crate::hand::{Hand, key};
use crate::world::{found, scenario};

#[test]
fn a_rotation_takes_the_membership_from_the_old_key_beyond_its_cut() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let old = w.m.heads();
        let mut thief = w.m.thief_knowing(9, &[&old[..], &[design]].concat());
        w.m.rotate(&[design]);
        let edit = w.m.edit(design, &[design]);
        let stolen = thief.edit(design, &[design]);
        w.share();
        w.hear(&thief);
        assert!(w.f.counts(design) && w.f.counts(edit) && w.f.knows(&w.m));
        assert_eq!(w.f.parked(stolen), Reason::Rotated);
        assert!(!w.f.has_member(thief.member()));
        thief.learn(&w.f);
        let knowing = thief.edit(design, &[edit]);
        w.hear(&thief);
        assert_eq!(w.f.parked(knowing), Reason::Rotated);
    });
}

/// The thief has the current key. The key on paper is named by its hash, and the thief has not that one.
#[test]
fn a_thief_who_rotates_first_gets_nowhere() {
    scenario(|w| {
        let mut thief = w.s.thief(9);
        let own = key("Thief", 0);
        let after = key("Thief", 1).member().commitment();
        let to_own = thief.rotation(&own, after, &[]);
        let refused = thief.operate(&Operation::Rotate(to_own));

        let paper = w.s.paper().member();
        let mut unproved = Rotate { key: paper, ..thief.rotation(&own, after, &[]) };
        let forged = thief.build(operation(&Operation::Rotate(unproved.clone())));
        assert!(matches!(thief.refusal(forged), Refusal::Entry(EntryError::Unfit(_))));
        unproved.proof = own.sign(&unproved.statement(thief.federation(), thief.member()));
        let forged = thief.build(operation(&Operation::Rotate(unproved)));
        assert!(matches!(thief.refusal(forged), Refusal::Entry(EntryError::Unfit(_))));

        let puppet = thief.admit_puppet("Puppet", Role::Steward);
        w.hear(&thief);
        assert_eq!(w.a.not_holding(refused), NotHolding::NotInOrder);
        assert!(w.a.counts(puppet), "until the owner notices");
        let kept = w.s.record();
        w.s.rotate(&[kept]);
        w.share();
        assert_eq!(w.a.not_holding(puppet), NotHolding::Rotated);
        assert!(w.a.counts(kept) && w.a.knows(&w.s) && !w.a.has_member(thief.member()));
    });
}

#[test]
fn a_thief_who_removes_the_stolen_key_s_owner_first_is_voided_by_the_owner_s_rotation() {
    scenario(|w| {
        let mut thief = w.s.thief(9);
        let key = thief.member();
        let of_the_owner = thief.remove_key(key, &[]);
        let of_the_founder = thief.remove(&w.f, &[]);
        w.hear(&thief);
        assert!(!w.a.knows(&w.s));
        let rotation = w.s.rotate(&[]);
        let n = w.s.admit_puppet("Maker N", Role::Maker);
        w.share();
        assert!(w.a.counts(rotation) && w.a.knows(&w.s) && w.a.counts(n));
        assert_eq!(w.a.not_holding(of_the_owner), NotHolding::Rotated);
        assert_eq!(w.a.not_holding(of_the_founder), NotHolding::Rotated);
        assert!(w.a.knows(&w.f));
    });
}

#[test]
fn a_rotation_is_proved_for_one_membership_of_one_federation() {
    scenario(|w| {
        let mut other = found("Steward X");
        let mut m = Hand::new("Maker M", other.federation());
        other.admit(&mut m, Role::Maker);
        let said = w.m.rotation(&w.m.paper(), w.m.after_paper().member().commitment(), &[]);
        let mut thief = m.thief(9);
        for replayed in [said.clone(), Rotate { membership: m.membership, ..said }] {
            let replayed = thief.build(operation(&Operation::Rotate(replayed)));
            assert!(matches!(other.refusal(replayed), Refusal::Entry(EntryError::Unfit(_))));
        }
        w.m.rotate(&[]);
        w.share();
        assert!(w.f.knows(&w.m));
    });
}

#[test]
fn a_key_rotated_away_neither_votes_nor_endorses() {
    scenario(|w| {
        let mut thief = w.f.thief(9);
        let cut = w.f.cut(&[&w.f]);
        w.f.rotate(&cut);
        w.share();
        let motion = w.b.set_quorum(3);
        let charter = w.b.charter();
        thief.learn(&w.b);
        let vote = thief.vote(motion);
        thief.endorse(charter);
        w.hear(&thief);
        assert_eq!(w.a.not_holding(vote), NotHolding::Rotated);
        assert_eq!(w.a.not_holding(motion), NotHolding::Open);
        assert_ne!(w.a.charter_followed(), Some(charter));
        w.f.endorse(charter);
        w.share();
        assert_eq!(w.a.charter_followed(), Some(charter));
    });
}
