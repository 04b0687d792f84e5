//! Adoption: what a friend who is still a member can make count, and what not.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::{NotHolding, Role};
use aronde_protocol::entry::Kind;
use aronde_protocol::record::attestation::AttestationFacts;
use aronde_protocol::replica::Refusal;

use crate::acts::{retitle, work};
use crate::world::scenario;

#[test]
fn an_edit_from_another_workshop_is_a_proposal_until_a_keeper_builds_on_it() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let proposal = w.ma.edit(design, &[design]);
        w.share();
        assert_eq!(w.f.parked(proposal), Reason::Proposal);
        assert_eq!(w.f.replica.document_heads(&design), [design]);
        let taken_in = w.m.edit(design, &[proposal]);
        w.share();
        assert!(w.f.counts(proposal) && w.f.replica.document_heads(&design) == [taken_in]);
    });
}

#[test]
fn what_somebody_built_on_before_news_of_the_removal_stays() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        w.f.add_keeper(design, None, w.a.workshop);
        w.share();
        let cut = w.s.cut(&[&w.m]);
        w.s.remove(&w.m, &cut);
        let late = w.m.edit(design, &[design]);
        w.ma.learn(&w.m);
        let on_top = w.ma.edit(design, &[late]);
        w.share();
        assert!(w.f.counts(late) && w.f.counts(on_top), "Maker MA answers for it by name");
    });
}

#[test]
fn a_colluder_can_t_adopt_an_operation() {
    scenario(|w| {
        let design = w.ma.create();
        let old = w.s.heads();
        let cut = w.f.cut(&[&w.s]);
        w.f.remove(&w.s, &cut);
        w.share();
        let mut removed = w.s.thief_knowing(9, &old);
        let puppet = removed.admit_puppet("Puppet", Role::Steward);
        w.hear(&removed);
        let in_deps = w.ma.build(retitle(design, &[design, puppet], "adopts"));
        assert_eq!(w.f.refusal(in_deps), Refusal::SubjectUnfit);
        let in_seen = w.ma.seeing_also(&[puppet]).edit(design, &[design]);
        let vote = w.b.seeing_also(&[puppet]).vote(puppet);
        let facts = AttestationFacts::CONFIRM.encode().unwrap();
        let confirmed = w.mb.seeing_also(&[puppet]).sign(work(Kind::ATTESTATION, Some(puppet), &[], facts));
        w.share();
        assert!(w.f.counts(in_seen) && w.f.counts(vote) && w.f.counts(confirmed), "said, to no effect");
        assert_eq!(w.f.not_holding(puppet), NotHolding::Cut);
        w.agree_on_a_charter();
        assert_eq!(w.f.not_holding(puppet), NotHolding::Cut, "nor does a charter over it adopt it");
    });
}

#[test]
fn a_colluder_s_edit_can_t_adopt_a_record_nor_an_entry_of_another_document() {
    scenario(|w| {
        let ours = w.ma.create();
        let theirs = w.m.create();
        w.share();
        let cut = w.f.cut(&[&w.m]);
        w.f.remove(&w.m, &cut);
        let record = w.m.record();
        let late = w.m.edit(theirs, &[theirs]);
        w.share();
        for foreign in [record, late, theirs] {
            let adopting = w.ma.build(retitle(ours, &[ours, foreign], "adopts"));
            assert_eq!(w.f.refusal(adopting), Refusal::SubjectUnfit);
        }
        let proposal = w.ma.edit(theirs, &[late]);
        w.share();
        assert_eq!(w.f.parked(record), Reason::Cut);
        assert_eq!(w.f.parked(late), Reason::Cut);
        assert_eq!(w.f.parked(proposal), Reason::Proposal, "not a keeper, so it takes nothing in");
    });
}

#[test]
fn the_first_entry_of_a_document_is_never_taken_in() {
    scenario(|w| {
        let cut = w.f.cut(&[&w.m]);
        w.f.remove(&w.m, &cut);
        let design = w.m.create();
        w.share();
        let edit = w.s.edit(design, &[design]);
        w.share();
        assert_eq!(w.f.parked(design), Reason::Cut);
        assert_eq!(w.f.parked(edit), Reason::NoDocument);
        assert_eq!(w.f.replica.documents().count(), 0);
    });
}

/// An entry beyond a cut stands between two of its author: `prev` adopts nothing. And what has it in its past is
/// judged by its own right.
#[test]
fn neither_prev_nor_seen_adopts() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let cut = w.f.cut(&[&w.m]);
        w.f.remove(&w.m, &cut);
        let late = w.m.edit(design, &[design]);
        w.share();
        w.f.admit(&mut w.m, Role::Maker);
        let after = w.m.edit(design, &[design]);
        w.share();
        assert_eq!(w.m.replica.get(&after).unwrap().header.prev, Some(late));
        assert!(w.a.counts(after));
        assert_eq!(w.a.parked(late), Reason::Cut);
    });
}

#[test]
fn a_record_beyond_a_cut_counts_by_the_word_of_another_workshop_and_not_of_its_own() {
    scenario(|w| {
        w.s.remove(&w.m, &[]);
        w.share();
        let record = w.m.record();
        w.share();
        assert_eq!(w.f.parked(record), Reason::Cut);
        w.s.confirm(record);
        w.share();
        assert_eq!(w.f.parked(record), Reason::Cut, "Steward S is of the same workshop");
        w.ma.confirm(record);
        w.share();
        assert!(w.f.counts(record), "Maker MA answers for it by name");
    });
}

#[test]
fn a_puppet_s_confirmation_is_no_word_of_another_workshop() {
    scenario(|w| {
        let old = w.s.heads();
        w.f.remove(&w.s, &[]);
        let mut removed = w.s.thief_knowing(9, &old);
        let mut puppet = crate::hand::Hand::new("Puppet", w.s.federation());
        removed.admit_workshop("Workshop of puppets", &mut puppet);
        let record = w.s.record();
        puppet.learn(&w.s);
        let word = puppet.confirm(record);
        w.hear(&puppet);
        assert_eq!(w.f.parked(word), Reason::NoRight);
        assert!(!w.f.counts(record));
    });
}
