//! Coming back: a new membership, and what of the old work stands under it.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::{NotHolding, Role};

use crate::hand::Hand;
use crate::world::scenario;

#[test]
fn a_re_admission_that_names_heads_gives_the_work_behind_them_back_and_no_more() {
    scenario(|w| {
        let design = w.m.create();
        let edit = w.m.edit(design, &[design]);
        w.share();
        w.s.remove(&w.m, &[]);
        let late = w.m.edit(design, &[edit]);
        w.share();
        assert!([design, edit, late].iter().all(|e| !w.f.counts(*e)));
        w.f.admit_again(&mut w.m, Role::Maker, &[edit]);
        w.share();
        assert!(w.a.counts(design) && w.a.counts(edit));
        assert_eq!(w.a.parked(late), Reason::Cut);
        let next = w.m.edit(design, &[edit]);
        w.share();
        assert!(w.a.counts(next), "no removal before the new membership strikes it");
    });
}

#[test]
fn operations_do_not_come_back_with_their_author_and_are_signed_again() {
    scenario(|w| {
        let mut n = Hand::new("Maker N", w.s.federation());
        let admission = w.s.admit(&mut n, Role::Maker);
        w.share();
        w.f.remove(&w.s, &[]);
        w.f.admit_again(&mut w.s, Role::Steward, &[admission]);
        w.share();
        assert!(w.a.knows(&w.s) && !w.a.knows(&n));
        assert_eq!(w.a.not_holding(admission), NotHolding::Cut);
        w.s.admit(&mut n, Role::Maker);
        w.share();
        assert!(w.a.knows(&n));
    });
}

#[test]
fn heads_in_an_admission_give_a_key_none_of_another_s_work() {
    scenario(|w| {
        let record = w.m.record();
        w.share();
        w.f.remove(&w.m, &[]);
        let mut n = Hand::new("Maker N", w.f.federation());
        w.f.admit_again(&mut n, Role::Maker, &[record]);
        w.hear(&n);
        assert_eq!(w.a.parked(record), Reason::Cut);
    });
}

#[test]
fn a_change_of_role_is_a_removal_and_an_admission() {
    scenario(|w| {
        let design = w.s.create();
        w.share();
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        let mut before = w.s.thief(9);
        w.f.admit(&mut w.s, Role::Maker);
        let edit = w.s.edit(design, &[design]);
        let as_a_maker = w.s.admit_puppet("Puppet", Role::Maker);
        let by_the_old_one = before.admit_puppet("Puppet", Role::Maker);
        w.share();
        w.hear(&before);
        assert!(w.a.counts(design) && w.a.counts(edit));
        assert_eq!(w.a.not_holding(as_a_maker), NotHolding::NotASteward);
        assert_eq!(w.a.not_holding(by_the_old_one), NotHolding::Cut);
    });
}

#[test]
fn a_removal_made_without_knowing_the_new_membership_does_not_strike_it() {
    scenario(|w| {
        let mut elsewhere = w.f.thief(9);
        w.s.remove(&w.m, &[]);
        w.s.admit(&mut w.m, Role::Maker);
        let record = w.m.record();
        elsewhere.remove(&w.m, &[]);
        w.share();
        w.hear(&elsewhere);
        assert!(w.a.knows(&w.m) && w.a.counts(record));
    });
}

#[test]
fn a_removed_steward_gives_nobody_their_work_back() {
    scenario(|w| {
        let record = w.m.record();
        w.share();
        let old = w.s.heads();
        w.f.remove(&w.m, &[]);
        w.f.remove(&w.s, &[]);
        let mut removed = w.s.thief_knowing(9, &old);
        let mut twin = w.m.thief(9);
        let again = removed.admit_again(&mut twin, Role::Maker, &[record]);
        w.hear(&removed);
        assert_eq!(w.a.not_holding(again), NotHolding::Cut);
        assert!(!w.a.knows(&w.m) && w.a.parked(record) == Reason::Cut);
    });
}
