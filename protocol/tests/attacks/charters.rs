//! Charters: which past a federation agreed on, and what rivals, thieves and old keys can do about it.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::{NotHolding, Role};
use aronde_protocol::entry::EntryError;

use crate::acts::operation;
use crate::hand::Hand;
use crate::world::{found, judged_alike, scenario};

/// An operation beyond a cut is named in an honest `seen`, and a charter is made over it: it stays void.
#[test]
fn a_charter_made_over_what_is_void_does_not_revive_it() {
    scenario(|w| {
        let old = w.s.heads();
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        w.share();
        let mut thief = w.s.thief_knowing(9, &old);
        let puppet = thief.admit_puppet("Puppet", Role::Steward);
        w.a.learn(&thief);
        w.a.seeing_also(&[puppet]).bind(b"a node of workshop A");
        w.share();
        w.agree_on_a_charter();
        assert_eq!(w.f.not_holding(puppet), NotHolding::Cut);
    });
}

#[test]
fn two_charters_after_one_made_in_good_faith_stop_both_until_a_third_heals_them() {
    scenario(|w| {
        let base = w.ma.charter_followed().unwrap();
        let one = w.a.charter();
        w.s.learn(&w.a);
        w.s.endorse(one);
        let other = w.b.charter();
        w.f.learn(&w.b);
        w.f.endorse(other);
        w.a.learn(&w.s);
        w.b.learn(&w.f);
        w.share();
        assert_eq!((w.a.charter_followed(), w.b.charter_followed()), (Some(one), Some(other)));
        assert_eq!(w.ma.charter_followed(), Some(base), "who saw both at once follows neither");
        for hand in w.hands() {
            let alarm = hand.replica.authority().alarm.clone().expect("everybody is alarmed");
            assert_eq!((alarm.before, alarm.double_signers), (base, [hand.federation()].into()));
        }
        let healing = w.a.seeing_also(&[one, other]).charter_after(base, &[one, other]);
        w.share();
        assert_ne!(w.b.charter_followed(), Some(healing), "one workshop's word heals nothing");
        w.b.seeing_also(&[healing]).endorse(healing);
        w.share();
        for hand in w.hands() {
            assert_eq!(hand.charter_followed(), Some(healing));
            assert!(hand.replica.authority().alarm.is_none());
        }
    });
}

#[test]
fn ids_ground_to_sort_first_win_no_rivalry_of_charters() {
    for first in [true, false] {
        scenario(|w| {
            let base = w.ma.charter_followed();
            let one = w.a.charter();
            w.s.learn(&w.a);
            w.s.endorse(one);
            let ground = (0..200).map(|at| {
                let mut b = w.b.thief(9);
                b.at = at;
                (b.charter(), b)
            });
            let (other, b) = { ground }
                .find(|(other, _)| (*other < one) == first)
                .expect("one of two hundred ids sorts so");
            w.f.learn(&b);
            w.f.endorse(other);
            w.m.learn(&w.s);
            w.share();
            assert_eq!(w.m.charter_followed(), Some(one), "who followed one stays with it");
            assert_eq!(w.ma.charter_followed(), base, "who hears of both follows neither");
        });
    }
}

/// S, removed, and a friend endorse a charter whose past leaves out the removal: together a majority of keys. F and A
/// heal it.
#[test]
fn a_charter_by_a_removed_key_and_a_friend_is_seen_by_all_and_healed() {
    scenario(|w| {
        let (old, base) = (w.s.heads(), w.s.charter_followed().unwrap());
        let removal = w.f.remove(&w.s, &[]);
        w.share();
        let mut thief = w.s.thief_knowing(9, &old);
        let puppet = thief.admit_puppet("Puppet", Role::Steward);
        let bad = thief.charter_after(base, &[]);
        let mut friend = w.b.thief_knowing(9, &old);
        friend.learn(&thief);
        friend.endorse(bad);
        w.hear(&friend);
        assert!(
            w.a.counts(puppet),
            "the stated limit: a majority at the last charter can split a federation"
        );
        let honest = w.f.seeing(&[removal]).charter_after(base, &[]);
        w.share();
        w.a.seeing(&[honest]).endorse(honest);
        w.share();
        let visitor = w.a.visitor("Visitor");
        let alarm = visitor.replica.authority().alarm.clone().expect("two charters follow one");
        assert_eq!((alarm.before, alarm.double_signers), (base, [w.f.workshop].into()), "named");
        let healing = w.f.seeing(&[bad, honest]).charter_after(base, &[bad, honest]);
        w.share();
        w.a.seeing(&[healing]).endorse(healing);
        w.share();
        for hand in w.hands() {
            assert_eq!(hand.charter_followed(), Some(healing));
            assert!(!hand.counts(puppet));
        }
        assert!(!w.a.knows(&w.s) && w.a.knows(&w.f));
    });
}

/// Everybody who stood at the last charter has left, with successors: Workshop North and Workshop A can still agree.
#[test]
fn stewards_admitted_since_a_charter_endorse_the_next_one() {
    scenario(|w| {
        let mut n = Hand::new("Steward N", w.f.federation());
        w.f.admit(&mut n, Role::Steward);
        w.share();
        for old in [&w.f, &w.s] {
            let cut = n.cut(&[old]);
            n.remove(old, &cut);
        }
        let mut p = Hand::new("Steward P", w.f.federation());
        w.a.admit(&mut p, Role::Steward);
        p.learn(&n);
        for old in [&w.a, &w.a2] {
            let cut = p.cut(&[old]);
            p.remove(old, &cut);
        }
        let charter = p.charter();
        n.learn(&p);
        n.endorse(charter);
        p.learn(&n);
        assert_eq!((n.charter_followed(), p.charter_followed()), (Some(charter), Some(charter)));
        judged_alike([&n, &p]);
    });
}

/// Two workshops, one turns hostile: the other settles its removal without it. Two names, an honest split.
#[test]
fn of_two_workshops_one_can_part_from_the_other() {
    let mut f = found("Steward F");
    let mut x = Hand::new("Steward X", f.federation());
    let other = f.admit_workshop("Workshop X", &mut x);
    f.charter();
    let together = f.charter();
    assert_ne!(f.charter_followed(), Some(together), "while both stand, both are asked");
    f.remove_workshop(other, &[]);
    let parted = f.charter();
    assert_eq!(f.charter_followed(), Some(parted));
    judged_alike([&f]);
}

#[test]
fn before_any_charter_the_honest_steward_makes_the_first_one_against_a_thief_of_the_founder() {
    let mut f = found("Steward F");
    let mut s = Hand::new("Steward S", f.federation());
    f.admit(&mut s, Role::Steward);
    let cut = s.cut(&[&f]);
    s.remove(&f, &cut);
    let charter = s.charter();
    assert_eq!(s.charter_followed(), Some(charter));
    let mut thief = f.thief_knowing(9, &[f.federation()]);
    let puppet = thief.admit_puppet("Puppet", Role::Steward);
    s.learn(&thief);
    assert!(!s.counts(puppet) && s.charter_followed() == Some(charter));
    judged_alike([&s]);
}

#[test]
fn an_empty_cut_that_a_newer_charter_settles_does_not_reach_what_an_older_one_settled() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        w.agree_on_a_charter();
        let later = w.m.record();
        w.share();
        w.s.remove(&w.m, &[]);
        w.share();
        w.agree_on_a_charter();
        assert!(w.f.counts(design) && w.f.replica.document_heads(&design) == [design]);
        assert_eq!(w.f.parked(later), Reason::Cut);
    });
}

#[test]
fn a_charter_of_no_level_is_refused_and_one_of_a_newer_level_waits_without_an_alarm() {
    scenario(|w| {
        let base = w.f.charter_followed().unwrap();
        let none = aronde_protocol::authority::operation::Charter {
            under: w.a.membership,
            before: base,
            heals: vec![],
            level: 0,
            heads: vec![],
            seal: None,
        };
        let none = w.a.build(operation(&aronde_protocol::authority::operation::Operation::Charter(none)));
        assert!(matches!(
            w.f.refusal(none),
            aronde_protocol::replica::Refusal::Entry(EntryError::Unfit("charter names no rules level"))
        ));
        let newer = w.a.charter_of_level(base, &[], vec![], 2);
        w.share();
        w.f.endorse(newer);
        w.share();
        let charter = &w.b.replica.authority().charters[&newer];
        assert!(charter.in_force && !charter.followed, "agreed, by rules that this version does not know");
        assert_eq!(w.b.charter_followed(), Some(base));
        assert!(w.b.replica.authority().alarm.is_none());
        let back = w.a.charter_of_level(newer, &[], vec![], 1);
        w.share();
        w.f.endorse(back);
        w.share();
        assert_eq!(w.b.charter_followed(), Some(base), "nor is it passed by: what follows it waits with it");
    });
}

#[test]
fn a_charter_by_one_steward_of_three_workshops_is_a_proposal_and_no_more() {
    scenario(|w| {
        let base = w.f.charter_followed();
        let alone = w.a.charter();
        w.share();
        w.a2.endorse(alone);
        w.share();
        assert_eq!(w.f.charter_followed(), base);
        let charter = &w.f.replica.authority().charters[&alone];
        assert!(!charter.in_force && charter.endorsed == [w.a.workshop].into() && charter.missing.len() == 2);
    });
}

/// A rogue charter names what lies beyond a cut as settled. It knows the removal, so that still reaches it.
#[test]
fn a_charter_that_names_cut_work_as_settled_saves_none_of_it() {
    scenario(|w| {
        let base = w.a.charter_followed().unwrap();
        let cut = w.f.cut(&[&w.m]);
        w.f.remove(&w.m, &cut);
        let late = w.m.record();
        w.share();
        let rogue = w.a.charter_of_level(base, &[], vec![late], 1);
        w.share();
        w.b.endorse(rogue);
        w.share();
        assert_eq!(w.f.charter_followed(), Some(rogue));
        assert_eq!(w.f.parked(late), Reason::Cut);
    });
}
