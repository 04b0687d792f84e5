//! Two entries for one place of a log: equivocation, or a disk that was rolled back. Both branches are kept, and a cut
//! tells them apart.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::{NotHolding, Role};

use crate::hand::{Hand, sorted};
use crate::world::scenario;

#[test]
fn a_log_that_forks_is_kept_whole_and_shown() {
    scenario(|w| {
        let first = w.m.record();
        let one = w.m.record();
        w.a.learn_just(&w.m, &[one]);
        let other = w.m.after(first).confirm(first);
        w.b.learn_just(&w.m, &[other]);
        assert!(w.a.replica.forks().is_empty() && w.b.replica.forks().is_empty(), "each was told one story");
        w.share();
        let forks = w.a.replica.forks();
        assert_eq!(forks.len(), 1);
        assert_eq!((forks[0].author, forks[0].seq), (w.m.member(), 1));
        assert_eq!(forks[0].entries, sorted([one, other]));
        assert!([first, one, other].iter().all(|e| w.f.counts(*e)), "its author answers for both");
    });
}

/// Told different people, the two admissions meet: both hold, and the removal of their author decides which stays.
#[test]
fn a_steward_who_equivocates_is_removed_with_the_branch_that_the_cut_does_not_name() {
    scenario(|w| {
        let [mut n, mut p] = ["Maker N", "Maker P"].map(|name| Hand::new(name, w.s.federation()));
        let mut twin = w.s.thief(1);
        let one = w.s.admit(&mut n, Role::Maker);
        let other = twin.admit(&mut p, Role::Maker);
        w.a.learn(&n);
        w.b.learn(&p);
        w.share();
        assert!(w.a.replica.forks().len() == 1 && w.a.knows(&n) && w.a.knows(&p));
        w.f.remove(&w.s, &[one]);
        w.share();
        assert!(w.b.counts(one) && w.b.knows(&n));
        assert!(w.b.not_holding(other) == NotHolding::Cut && !w.b.knows(&p));
    });
}

#[test]
fn a_document_whose_author_equivocates_has_two_heads_until_somebody_joins_them() {
    scenario(|w| {
        let design = w.m.create();
        let one = w.m.edit(design, &[design]);
        w.a.learn_just(&w.m, &[one]);
        let other = w.m.after(design).seeing(&[]).edit(design, &[design]);
        assert_ne!(one, other);
        w.share();
        assert_eq!(w.a.replica.document_heads(&design), sorted([one, other]));
        let joined = w.s.edit(design, &[one, other]);
        w.share();
        assert_eq!(w.b.replica.document_heads(&design), [joined]);
    });
}

/// Maker M's disk is rolled back to an older copy, and M writes on. Both branches are M's; a cut by honest software
/// names both.
#[test]
fn after_a_rolled_back_disk_both_branches_count_and_stay_behind_a_cut_that_names_both() {
    scenario(|w| {
        let design = w.m.create();
        let mut restored = w.m.thief_knowing(9, &[design]);
        let lost = w.m.edit(design, &[design]);
        let lost = w.m.edit(design, &[lost]);
        let again = restored.after(design).record();
        w.share();
        w.hear(&restored);
        assert!(w.f.counts(lost) && w.f.counts(again));
        let cut = w.f.cut(&[&w.m]);
        assert_eq!(cut, sorted([lost, again]));
        w.f.remove(&w.m, &cut);
        w.share();
        assert!(w.a.counts(lost) && w.a.counts(again));
        w.s.remove(&w.m, &[lost]);
        w.share();
        assert!(w.a.counts(lost), "a second removal that names one branch spares that one");
        assert_eq!(w.a.parked(again), Reason::Cut);
    });
}
