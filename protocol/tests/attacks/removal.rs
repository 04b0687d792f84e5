//! Removed members: what they, their keys and their friends can still do, and what an unjust removal can undo.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::{NotHolding, Role};
use aronde_protocol::entry::{Entry, Header};
use aronde_protocol::limits;

use crate::acts::hours;
use crate::hand::Hand;
use crate::world::scenario;

#[test]
fn the_world_of_the_scenarios_has_nine_members_in_three_workshops_behind_a_second_charter() {
    scenario(|w| {
        let authority = w.f.replica.authority();
        assert_eq!((authority.memberships.len(), authority.workshops.len()), (9, 3));
        let charter = authority.charters[&authority.charter.unwrap()].clone();
        assert_eq!(charter.endorsed, [w.f.workshop, w.a.workshop].into());
        assert_ne!(charter.before, w.f.federation());
        assert_eq!((authority.quorum, authority.voters.len()), (2, 3));
    });
}

#[test]
fn what_a_removed_maker_wrote_before_stands_and_what_is_back_dated_does_not() {
    scenario(|w| {
        let old = w.m.heads();
        let design = w.m.create();
        let before = w.m.edit(design, &[design]);
        w.share();
        let cut = w.s.cut(&[&w.m]);
        w.s.remove(&w.m, &cut);
        w.share();
        let late = w.m.seeing(&old).edit(design, &[before]);
        let mut thief = w.m.thief(9);
        let from_a_fresh_log = thief.seeing(&old).edit(design, &[design]);
        let forked = thief.after(design).seeing(&old).edit(design, &[design]);
        w.share();
        w.hear(&thief);
        assert!(w.f.counts(design) && w.f.counts(before));
        for back_dated in [late, from_a_fresh_log, forked] {
            assert_eq!(w.f.parked(back_dated), Reason::Cut);
        }
        assert_eq!(w.f.replica.document_heads(&design), [before]);
    });
}

#[test]
fn a_steward_removed_behind_a_charter_signs_removals_of_everybody_years_later_in_vain() {
    scenario(|w| {
        let old = w.s.heads();
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        w.share();
        w.agree_on_a_charter();
        let members = w.f.members();
        let mut late = w.s.thief_knowing(9, &old);
        let removals = [
            late.remove(&w.f, &[]),
            late.remove(&w.m, &[]),
            late.remove_workshop(w.a.workshop, &[]),
            late.remove_workshop(w.b.workshop, &[]),
        ];
        let mut newer = w.s.thief(19);
        let knowing_the_charter = newer.remove(&w.f, &[]);
        w.hear(&late);
        w.hear(&newer);
        for removal in removals.into_iter().chain([knowing_the_charter]) {
            assert_eq!(w.f.not_holding(removal), NotHolding::Cut);
        }
        assert_eq!((w.f.members(), w.f.replica.authority().workshops.len()), (members, 3));
    });
}

/// The stated limit: before a charter settles the removal, who removed a colleague can be taken down by him. It ends
/// there: whom his removal does not rest on stays.
#[test]
fn before_a_charter_a_removed_steward_takes_down_just_who_removed_him() {
    scenario(|w| {
        let old = w.s.heads();
        let cut = w.f.cut(&[&w.s]);
        let removal = w.f.remove(&w.s, &cut);
        w.share();
        let mut late = w.s.thief_knowing(9, &old);
        let of_the_remover = late.remove(&w.f, &[]);
        let of_the_maker = late.remove(&w.m, &[]);
        let of_a_workshop = late.remove_workshop(w.a.workshop, &[]);
        w.hear(&late);
        assert!(w.a.counts(removal) && w.a.counts(of_the_remover), "a circle: both hold");
        assert!(!w.a.knows(&w.f) && !w.a.knows(&w.s));
        assert_eq!(w.a.not_holding(of_the_maker), NotHolding::Cut);
        assert_eq!(w.a.not_holding(of_a_workshop), NotHolding::Cut);
        assert!(w.a.knows(&w.m) && w.a.stands(w.a.workshop));
        let mut n = Hand::new("Steward N", w.a.federation());
        let motion = w.a.give_steward(w.f.workshop, &mut n);
        w.share();
        w.b.vote(motion);
        w.share();
        assert!(w.f.knows(&n), "the others give Workshop North a steward");
    });
}

#[test]
fn a_founder_s_key_opens_an_alternative_past_with_a_hundred_puppets_and_nobody_follows() {
    scenario(|w| {
        let founding = w.f.federation();
        let cut = w.s.cut(&[&w.f]);
        w.s.remove(&w.f, &cut);
        w.share();
        let (members, followed) = (w.a.members(), w.a.charter_followed());
        let mut thief = w.f.thief_knowing(9, &[founding]);
        let puppets: Vec<_> =
            (0..100).map(|n| thief.admit_puppet(&format!("Puppet {n}"), Role::Steward)).collect();
        let mut ally = Hand::new("Puppet of a workshop", founding);
        let workshop = thief.admit_workshop("Workshop of puppets", &mut ally);
        let charter = thief.charter_after(founding, &[]);
        w.hear(&thief);
        for puppet in &puppets {
            assert_eq!(w.a.not_holding(*puppet), NotHolding::Cut);
        }
        assert!(!w.a.counts(workshop) && !w.a.counts(charter));
        assert_eq!(w.a.members(), members);
        assert_eq!(w.a.charter_followed(), followed);
        // It follows the founding entry, which two charters have left behind: nothing here is to be healed.
        assert_eq!(w.a.replica.authority().alarm, None);

        let visitor = w.a.visitor("Visitor");
        let alarm =
            visitor.replica.authority().alarm.clone().expect("two charters follow the founding entry");
        assert!(alarm.rivals.contains(&charter) && alarm.double_signers == [w.f.workshop].into());
        assert_eq!(visitor.charter_followed(), Some(founding), "follows neither");
        assert!(puppets.iter().all(|puppet| !visitor.counts(*puppet)));
        crate::world::judged_alike([&visitor]);
    });
}

#[test]
fn accounts_that_a_removed_steward_admits_at_the_same_time_do_not_come_in() {
    scenario(|w| {
        let old = w.s.heads();
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        let mut puppet = Hand::new("Puppet", w.s.federation());
        let admission = w.s.seeing(&old).admit(&mut puppet, Role::Steward);
        let design = puppet.create();
        let second = puppet.admit_puppet("Puppet of a puppet", Role::Maker);
        w.hear(&puppet);
        assert_eq!(w.f.not_holding(admission), NotHolding::Cut);
        assert_eq!(w.f.not_holding(second), NotHolding::NotAMember);
        assert_eq!(w.f.parked(design), Reason::NoRight);
        assert!(!w.f.knows(&puppet));
    });
}

#[test]
fn a_second_looser_cut_by_a_friend_lets_nothing_more_stand() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let cut = w.f.cut(&[&w.m]);
        w.f.remove(&w.m, &cut);
        let late = w.m.edit(design, &[design]);
        w.s.learn(&w.m);
        let looser = w.s.remove(&w.m, &[late]);
        w.share();
        assert!(w.f.counts(looser), "it holds as a removal");
        assert!(w.f.counts(design));
        assert_eq!(w.f.parked(late), Reason::Cut, "and removals only tighten");
    });
}

#[test]
fn a_spiteful_steward_s_empty_cut_reaches_no_settled_work_and_the_rest_is_given_back() {
    scenario(|w| {
        let design = w.m.create();
        let settled = w.m.record();
        w.share();
        w.agree_on_a_charter();
        let edit = w.m.edit(design, &[design]);
        let record = w.m.record();
        w.share();
        let heads = w.f.cut(&[&w.m]);
        w.s.remove(&w.m, &[]);
        w.share();
        assert!(w.f.counts(design) && w.f.counts(settled), "out of reach");
        assert!([edit, record].iter().all(|e| w.f.parked(*e) == Reason::Cut));
        w.f.admit_again(&mut w.m, Role::Maker, &heads);
        let next = w.m.edit(design, &[edit]);
        w.share();
        assert!([edit, record, next].iter().all(|e| w.a.counts(*e)));
    });
}

#[test]
fn a_newcomer_admitted_behind_the_cut_of_the_steward_s_removal_stays() {
    scenario(|w| {
        let mut n = Hand::new("Maker N", w.s.federation());
        w.s.admit(&mut n, Role::Maker);
        let record = n.record();
        w.hear(&n);
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        let later = n.record();
        w.hear(&n);
        assert!(w.a.knows(&n) && w.a.counts(record) && w.a.counts(later));
    });
}

#[test]
fn an_honest_newcomer_admitted_beyond_the_cut_is_admitted_again_by_name_with_the_work() {
    scenario(|w| {
        let cut = w.f.cut(&[&w.s]);
        let mut n = Hand::new("Maker N", w.s.federation());
        let admission = w.s.admit(&mut n, Role::Maker);
        let record = n.record();
        w.f.remove(&w.s, &cut);
        w.hear(&n);
        assert_eq!(w.a.not_holding(admission), NotHolding::Cut);
        assert!(!w.a.knows(&n) && w.a.parked(record) == Reason::NoRight);
        w.f.admit_again(&mut n, Role::Maker, &[record]);
        let next = n.record();
        w.hear(&n);
        assert!(w.a.knows(&n) && w.a.counts(record) && w.a.counts(next));
    });
}

#[test]
fn a_member_removes_nobody_but_themselves_and_the_work_until_then_stays() {
    scenario(|w| {
        let record = w.m.record();
        let not_a_steward = w.m.remove(&w.s, &[]);
        let (key, cut) = (w.m.member(), w.m.cut(&[&w.m]));
        let leaving = w.m.remove_key(key, &cut);
        let late = w.m.record();
        w.share();
        assert_eq!(w.f.not_holding(not_a_steward), NotHolding::NotASteward);
        assert!(w.f.counts(leaving) && w.f.counts(record) && w.f.knows(&w.s));
        assert!(!w.f.knows(&w.m) && w.f.parked(late) == Reason::Cut);
    });
}

#[test]
fn a_steward_who_leaves_is_gone_though_the_removal_lies_beyond_its_own_cut() {
    scenario(|w| {
        let key = w.s.member();
        let leaving = w.s.remove_key(key, &[]);
        let late = w.s.remove(&w.f, &[]);
        w.share();
        assert!(w.a.counts(leaving) && !w.a.knows(&w.s));
        assert!(w.a.not_holding(late) == NotHolding::Cut && w.a.knows(&w.f));
    });
}

#[test]
fn a_steward_removes_nobody_of_another_workshop() {
    scenario(|w| {
        let reaching_over = w.s.remove(&w.ma, &[]);
        w.share();
        assert!(w.a.not_holding(reaching_over) == NotHolding::NotInOrder && w.a.knows(&w.ma));
    });
}

#[test]
fn a_thief_s_log_is_dropped_and_the_owner_s_log_kept_though_it_had_seen_the_thief_s() {
    scenario(|w| {
        let mut thief = w.s.thief(9);
        let evil = thief.admit_puppet("Puppet", Role::Steward);
        w.s.learn(&thief);
        let mut n = Hand::new("Maker N", w.s.federation());
        let good = w.s.admit(&mut n, Role::Maker);
        w.share();
        assert!(w.f.replica.get(&good).unwrap().header.seen.contains(&evil));
        w.f.remove(&w.s, &[good]);
        w.share();
        assert!(w.f.counts(good) && w.f.knows(&n));
        assert_eq!(w.f.not_holding(evil), NotHolding::Cut);
    });
}

#[test]
fn who_came_by_a_stolen_ticket_is_removed_by_name_with_all_they_wrote() {
    scenario(|w| {
        let mut n = Hand::new("Maker N, who found a ticket", w.s.federation());
        w.s.admit(&mut n, Role::Maker);
        let design = n.create();
        let record = n.record();
        w.hear(&n);
        assert!(w.f.counts(record), "a ticket is a secret: who shows it is admitted, by name");
        w.s.remove(&n, &[]);
        let late = n.record();
        w.hear(&n);
        assert!(!w.f.knows(&n) && [design, record, late].iter().all(|e| w.f.parked(*e) == Reason::Cut));
    });
}

/// One removal names 1,024 heads. Who opens more logs loses some of their own work by it, and nobody else's.
#[test]
fn who_opens_more_logs_than_a_cut_can_name_is_removed_all_the_same() {
    scenario(|w| {
        // Whoever sorted heads by key would let this one crowd out all others.
        let all = w.hands().map(|hand| hand.member());
        let names = (0..500).map(|n| Hand::new(&format!("Maker X{n}"), w.f.federation()));
        let mut x =
            { names }.find(|x| all.iter().all(|key| x.member() < *key)).expect("a key that sorts first");
        w.f.admit(&mut x, Role::Maker);
        let settled = x.record();
        w.hear(&x);
        w.agree_on_a_charter();
        x.learn(&w.a);
        let mut longest = x.thief(5);
        let kept = [longest.record(), longest.record()];
        w.hear(&longest);
        let seen = x.heads();
        let flood = |n: u64| {
            let draft = hours();
            let header = Header { log: 10 + n, seq: 0, prev: None, seen: seen.clone(), ..x.header(&draft) };
            Entry::build(header, draft.facts, None, None).unwrap().signed(&x.key)
        };
        let flood: Vec<_> = (0..1_100).map(flood).collect();
        w.f.receive(flood);
        let cut = w.f.cut(&[&x]);
        assert_eq!(cut.len(), limits::CUT_MAX);
        w.f.remove(&x, &cut);
        assert!(w.f.counts(settled) && kept.iter().all(|e| w.f.counts(*e)) && !w.f.knows(&x));
        assert_eq!(w.f.replica.records().filter(|r| r.verdict.counts()).count(), 1 + limits::CUT_MAX + 1);

        let others = [&mut w.s, &mut w.m, &mut w.a, &mut w.a2, &mut w.ma, &mut w.b, &mut w.b2, &mut w.mb];
        let theirs = others.map(|hand| (hand.record(), w.f.learn(hand)).0);
        let cut = w.f.cut(&[&x, &w.s, &w.m, &w.a, &w.a2, &w.ma, &w.b, &w.b2, &w.mb]);
        assert_eq!(cut.len(), limits::CUT_MAX);
        assert!(theirs.iter().all(|record| cut.contains(record)), "a flood crowds nobody else out");
    });
}

#[test]
fn a_removal_speaks_for_one_workshop_and_the_member_stays_in_the_other() {
    scenario(|w| {
        let (north, mut in_both) = (w.m.membership, w.m.thief(9));
        w.a.admit(&mut in_both, Role::Maker);
        w.hear(&in_both);
        w.s.remove(&w.m, &[]);
        w.share();
        let record = w.m.record();
        let under_north = w.m.create();
        in_both.learn(&w.f);
        let under_a = in_both.create();
        w.hear(&in_both);
        assert!(w.f.knows(&w.m) && !w.f.replica.authority().memberships.contains_key(&north));
        assert!(w.f.counts(record) && w.f.counts(under_a));
        assert_eq!(w.f.parked(under_north), Reason::Cut);
    });
}
