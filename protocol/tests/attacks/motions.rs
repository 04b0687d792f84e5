//! Motions and votes: what needs several workshops, and what a removed key's vote is worth.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::NotHolding;

use crate::hand::Hand;
use crate::world::scenario;

#[test]
fn a_removed_steward_and_a_friend_carry_no_motion() {
    scenario(|w| {
        let old = w.s.heads();
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        w.share();
        let mut friend = w.b.thief_knowing(9, &old);
        let motion = friend.remove_workshop(w.a.workshop, &[]);
        let mut removed = w.s.thief_knowing(9, &old);
        removed.learn_just(&friend, &[motion]);
        let vote = removed.vote(motion);
        w.hear(&friend);
        w.hear(&removed);
        assert_eq!(w.f.not_holding(vote), NotHolding::Cut);
        assert_eq!(w.f.not_holding(motion), NotHolding::Open);
        assert!(w.f.stands(w.a.workshop));
    });
}

#[test]
fn a_vote_of_a_key_removed_since_counts_behind_the_cut_and_not_beyond_it() {
    for spared in [true, false] {
        scenario(|w| {
            let before = w.s.cut(&[&w.s]);
            let motion = w.b.set_quorum(3);
            w.s.learn(&w.b);
            let vote = w.s.vote(motion);
            w.share();
            assert!(w.a.counts(motion), "carried by Workshop B and Workshop North");
            let cut = if spared { w.f.cut(&[&w.s]) } else { before };
            w.f.remove(&w.s, &cut);
            w.share();
            assert_eq!((w.a.counts(vote), w.a.counts(motion)), (spared, spared));
            if !spared {
                w.a.vote(motion);
                w.share();
                assert!(w.b.counts(motion), "another workshop's vote carries it again");
            }
        });
    }
}

#[test]
fn a_motion_that_is_open_at_a_charter_stays_open_and_only_votes_that_know_the_charter_come_in() {
    scenario(|w| {
        let motion = w.b.remove_workshop(w.a.workshop, &[]);
        w.share();
        let mut old_vote = w.s.thief(9);
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        w.share();
        let charter = w.a.charter();
        w.share();
        w.f.endorse(charter);
        w.share();
        assert_eq!(w.f.charter_followed(), Some(charter));
        let vote = old_vote.vote(motion);
        let mut behind = w.f.thief_knowing(9, &[motion]);
        let not_knowing = behind.vote(motion);
        w.hear(&old_vote);
        w.hear(&behind);
        assert_eq!(w.f.not_holding(vote), NotHolding::Cut);
        assert!(w.f.counts(not_knowing), "as an operation; it is no vote from this charter on");
        assert_eq!(w.f.not_holding(motion), NotHolding::Open);
        assert!(w.f.stands(w.a.workshop));
        w.f.vote(motion);
        w.share();
        assert!(w.b.counts(motion) && !w.b.stands(w.a.workshop));
    });
}

#[test]
fn a_motion_that_knows_not_the_newest_charter_lapses_and_is_proposed_again() {
    scenario(|w| {
        let mut offline = w.b.thief(9);
        w.agree_on_a_charter();
        let mut guest = Hand::new("Steward of a fourth workshop", w.f.federation());
        let late = offline.admit_workshop("Workshop D", &mut guest);
        w.hear(&offline);
        assert_eq!(w.f.not_holding(late), NotHolding::Lapsed);
        w.f.vote(late);
        w.a.vote(late);
        w.share();
        assert_eq!(w.f.not_holding(late), NotHolding::Lapsed, "votes don't help it");
        let again = w.b.admit_workshop("Workshop D", &mut guest);
        w.f.learn(&w.b);
        w.f.vote(again);
        w.share();
        assert!(w.a.counts(again) && w.a.stands(again) && !w.a.stands(late));
    });
}

/// Two workshops' votes remove one of three. What they then sign still needs two: the quorum is read at the newest
/// charter, not after each removal.
#[test]
fn no_ladder_is_climbed_by_removing_one_workshop_after_another() {
    scenario(|w| {
        let first = w.a.remove_workshop(w.b.workshop, &[]);
        w.s.learn_just(&w.a, &[first]);
        w.s.vote(first);
        w.a.learn(&w.s);
        assert!(!w.a.stands(w.b.workshop));
        let second = w.a.remove_workshop(w.f.workshop, &[]);
        w.share();
        assert_eq!(w.f.not_holding(second), NotHolding::Open);
        assert!(w.f.stands(w.f.workshop) && !w.f.stands(w.b.workshop));
        assert_eq!(w.f.replica.authority().quorum, 2);
    });
}

/// The next rung is a charter, and it needs a majority of all three: with it, two workshops are left, and each of them
/// decides alone. That is what a federation of two is.
#[test]
fn the_quorum_falls_to_one_only_at_a_charter_that_a_majority_of_all_three_endorsed() {
    scenario(|w| {
        let removal = w.a.remove_workshop(w.b.workshop, &[]);
        w.share();
        w.f.vote(removal);
        w.share();
        let charter = w.a.charter();
        w.share();
        assert_ne!(w.f.charter_followed(), Some(charter), "one of three is no majority");
        w.f.endorse(charter);
        w.share();
        assert_eq!(w.b.charter_followed(), Some(charter));
        let authority = w.f.replica.authority();
        assert_eq!((authority.quorum, authority.voters.len()), (1, 2));
        let mut guest = Hand::new("Steward of a third workshop", w.f.federation());
        let admission = w.f.admit_workshop("Workshop D", &mut guest);
        w.share();
        assert!(w.a.counts(admission));
        let mut struck = w.b.thief(9);
        let late = struck.remove_workshop(w.f.workshop, &[]);
        w.hear(&struck);
        assert_eq!(w.a.not_holding(late), NotHolding::Cut);
    });
}

#[test]
fn a_workshop_has_no_vote_on_its_own_removal_and_one_has_one_vote_by_however_many_stewards() {
    scenario(|w| {
        let of_itself = w.a.remove_workshop(w.a.workshop, &[]);
        w.share();
        w.a2.vote(of_itself);
        w.f.vote(of_itself);
        let twice = w.b.set_quorum(3);
        w.share();
        w.b2.vote(twice);
        w.share();
        assert_eq!(w.f.not_holding(of_itself), NotHolding::Open, "only Workshop North's vote counts");
        assert_eq!(w.f.not_holding(twice), NotHolding::Open, "both votes are Workshop B's");
        let votes = &w.f.replica.authority().motions[&of_itself];
        assert!(votes.votes.keys().eq([&w.f.workshop]) && votes.missing == [w.b.workshop].into());
    });
}

#[test]
fn a_rogue_steward_who_hides_a_colleague_s_vote_is_outvoted_by_another_workshop() {
    scenario(|w| {
        let mut guest = Hand::new("Steward of a fourth workshop", w.f.federation());
        let motion = w.f.admit_workshop("Workshop D", &mut guest);
        w.share();
        w.a.vote(motion);
        w.share();
        assert!(w.b.stands(motion));
        w.a2.remove(&w.a, &[]);
        w.share();
        assert!(!w.b.stands(motion), "a vote is cut like any entry");
        w.b.vote(motion);
        w.share();
        assert!(w.f.stands(motion));
    });
}

#[test]
fn a_workshop_is_removed_and_its_work_stays() {
    scenario(|w| {
        let design = w.ma.create();
        let edit = w.ma.edit(design, &[design]);
        w.share();
        let old = w.a.heads();
        let cut = w.f.cut(&[&w.a, &w.a2, &w.ma]);
        let motion = w.f.remove_workshop(w.a.workshop, &cut);
        w.share();
        w.b.vote(motion);
        w.share();
        let mut late = w.a.thief_knowing(9, &old);
        let puppet = late.admit_puppet("Puppet", aronde_protocol::authority::Role::Maker);
        let record = w.ma.record();
        w.hear(&late);
        assert!(w.f.counts(design) && w.f.counts(edit));
        assert!(!w.f.counts(puppet) && !w.f.counts(record));
        assert!(!w.f.stands(w.a.workshop) && !w.f.knows(&w.ma) && !w.f.knows(&w.a2));
    });
}

#[test]
fn a_gift_of_a_steward_brings_no_removed_workshop_back() {
    scenario(|w| {
        let removal = w.f.remove_workshop(w.a.workshop, &[]);
        w.share();
        w.b.vote(removal);
        w.share();
        let mut n = Hand::new("Steward N", w.f.federation());
        let gift = w.f.give_steward(w.a.workshop, &mut n);
        w.share();
        w.b.vote(gift);
        w.share();
        let record = n.record();
        w.hear(&n);
        assert!(w.f.counts(gift) && !w.f.knows(&n) && !w.f.stands(w.a.workshop));
        assert_eq!(w.f.parked(record), Reason::Cut);
    });
}

#[test]
fn what_founds_no_workshop_is_not_removed_as_one() {
    scenario(|w| {
        // The admission of a member is in order; a workshop it is not.
        let of_a_member = w.s.membership;
        let motion = w.b.remove_workshop(of_a_member, &[]);
        w.share();
        w.a.vote(motion);
        w.share();
        assert_eq!(w.f.not_holding(motion), NotHolding::NotInOrder);
        assert!(w.f.stands(w.s.workshop));
    });
}
