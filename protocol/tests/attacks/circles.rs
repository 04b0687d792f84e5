//! Removals that aim at each other: who strikes whom is decided by the set, never by who was first.

use aronde_protocol::authority::{NotHolding, Role};

use crate::hand::Hand;
use crate::world::{World, scenario};

/// Steward T of Workshop North, admitted by F.
fn another_steward(w: &mut World, name: &str) -> Hand {
    let mut hand = Hand::new(name, w.f.federation());
    w.f.admit(&mut hand, Role::Steward);
    w.share();
    hand
}

#[test]
fn two_stewards_who_remove_each_other_are_both_removed_and_the_others_give_a_new_one() {
    scenario(|w| {
        let old = w.f.heads();
        let (cut_s, cut_f) = (w.f.cut(&[&w.s]), w.s.cut(&[&w.f]));
        let one = w.f.seeing(&old).remove(&w.s, &cut_s);
        let other = w.s.seeing(&old).remove(&w.f, &cut_f);
        w.share();
        assert!(w.a.counts(one) && w.a.counts(other));
        assert!(!w.a.knows(&w.f) && !w.a.knows(&w.s) && w.a.knows(&w.m));
        let mut n = Hand::new("Steward N", w.a.federation());
        let motion = w.a.give_steward(w.f.workshop, &mut n);
        w.share();
        assert!(!w.a.knows(&n));
        w.b.vote(motion);
        w.share();
        assert!(w.a.knows(&n));
    });
}

#[test]
fn three_in_a_ring_are_all_removed() {
    scenario(|w| {
        let mut t = another_steward(w, "Steward T");
        let old = w.f.heads();
        let ring = [
            w.f.seeing(&old).remove(&w.s, &[]),
            w.s.seeing(&old).remove(&t, &[]),
            t.seeing(&old).remove(&w.f, &w.a.cut(&[&w.f])),
        ];
        w.hear(&t);
        assert!(ring.iter().all(|removal| w.a.counts(*removal)));
        assert!(![&w.f, &w.s, &t].iter().any(|steward| w.a.knows(steward)));
    });
}

#[test]
fn a_third_who_aims_at_one_of_two_duelling_decides_for_the_other() {
    scenario(|w| {
        let mut t = another_steward(w, "Steward T");
        let old = w.f.heads();
        let (cut_f, cut_s) = (w.s.cut(&[&w.f]), w.f.cut(&[&w.s]));
        let of_s = w.f.seeing(&old).remove(&w.s, &cut_s);
        let of_f = w.s.seeing(&old).remove(&w.f, &cut_f);
        let third = t.seeing(&old).remove(&w.f, &cut_f);
        w.hear(&t);
        assert!(w.a.counts(third) && w.a.counts(of_f));
        assert_eq!(w.a.not_holding(of_s), NotHolding::Cut);
        assert!(w.a.knows(&w.s) && w.a.knows(&t) && !w.a.knows(&w.f));
    });
}

/// T aims at F's part of a duel, and is in a duel of his own with U. That one is decided first: T's removal of F is
/// struck there, and the first duel stays one.
#[test]
fn a_circle_waits_for_the_circle_that_aims_at_it() {
    scenario(|w| {
        let mut t = another_steward(w, "Steward T");
        let mut u = another_steward(w, "Steward U");
        t.learn(&u);
        let old = w.f.heads();
        let (cut_f, cut_s) = (w.s.cut(&[&w.f]), w.f.cut(&[&w.s]));
        let of_s = w.f.seeing(&old).remove(&w.s, &cut_s);
        let of_f = w.s.seeing(&old).remove(&w.f, &cut_f);
        let third = t.seeing(&old).remove(&w.f, &cut_f);
        let mut t_elsewhere = t.thief(9);
        let of_u = t_elsewhere.seeing(&old).remove(&u, &[]);
        let of_t = u.seeing(&old).remove(&t, &[]);
        w.hear(&t);
        w.hear(&t_elsewhere);
        w.hear(&u);
        assert!([of_s, of_f, of_u, of_t].iter().all(|removal| w.a.counts(*removal)));
        assert_eq!(w.a.not_holding(third), NotHolding::Cut);
    });
}

#[test]
fn no_circle_is_made_with_a_removal_that_a_charter_settled() {
    scenario(|w| {
        let old = w.s.heads();
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        w.share();
        let charter = w.agree_on_a_charter();
        let mut back_dated = w.s.thief_knowing(9, &old);
        let one = back_dated.remove(&w.f, &[]);
        let mut knowing = w.s.thief(19);
        let other = knowing.seeing_also(&[charter]).remove(&w.f, &[]);
        w.hear(&back_dated);
        w.hear(&knowing);
        assert_eq!(w.a.not_holding(one), NotHolding::Cut);
        assert_eq!(w.a.not_holding(other), NotHolding::Cut);
        assert!(w.a.knows(&w.f) && w.a.charter_followed() == Some(charter));
    });
}

/// F removes a stolen key offline while the others make a charter. The thief strikes back with that charter in the
/// past: it does not weigh more for that.
#[test]
fn a_thief_does_not_beat_an_offline_removal_by_naming_the_new_charter() {
    scenario(|w| {
        let removal = w.f.remove(&w.s, &[]);
        let charter = w.a.charter();
        w.b.learn(&w.a);
        w.b.endorse(charter);
        let mut thief = w.s.thief(9);
        thief.learn(&w.b);
        assert_eq!(thief.charter_followed(), Some(charter));
        let cut = w.a.cut(&[&w.f]);
        thief.remove(&w.f, &cut);
        w.hear(&thief);
        assert!(w.a.counts(removal) && !w.a.knows(&w.s));
        assert_eq!(w.a.charter_followed(), Some(charter));
    });
}

#[test]
fn ids_ground_to_sort_first_or_last_decide_no_duel() {
    for first in [true, false] {
        scenario(|w| {
            let old = w.f.heads();
            let of_s = w.f.seeing(&old).remove(&w.s, &[]);
            let mut of_f = None;
            for at in 0..200 {
                let mut s = w.s.thief(9);
                s.at = at;
                let id = s.seeing(&old).remove(&w.f, &w.a.cut(&[&w.f]));
                if (id < of_s) == first {
                    w.share();
                    w.hear(&s);
                    of_f = Some(id);
                    break;
                }
            }
            let of_f = of_f.expect("one of two hundred ids sorts so");
            assert!(w.a.counts(of_s) && w.a.counts(of_f), "both hold, however the ids sort");
        });
    }
}

#[test]
fn two_workshops_that_move_to_remove_each_other_are_both_removed_by_a_third_s_two_votes() {
    scenario(|w| {
        let (of_b, of_a) = (w.a.remove_workshop(w.b.workshop, &[]), w.b.remove_workshop(w.a.workshop, &[]));
        w.f.learn_just(&w.a, &[of_b]);
        w.f.vote(of_b);
        w.s.learn_just(&w.b, &[of_a]);
        w.s.vote(of_a);
        w.share();
        assert!(w.m.counts(of_a) && w.m.counts(of_b));
        assert_eq!(w.m.replica.authority().workshops.len(), 1);
    });
}
