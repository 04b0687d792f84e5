//! Bundles of a federation in which somebody asked for a note of Maker C to be forgotten: with right, or without.

use aronde_protocol::authority::operation::{
    Charter, Endorse, Operation, Redact, RedactByMotion, RemoveMember,
};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::{Entry, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::key::SecretKey;
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::contribution::ContributionFacts;
use aronde_protocol::replica::Replica;

use super::unpacked::Unpacked;
use super::{exported, sample};
use crate::fuzz::samples;

/// The federation, as somebody writes in it.
pub struct Story {
    /// What was written, each entry after its past.
    pub entries: Vec<Entry>,
    /// The contribution whose note is spoken of.
    pub noted: EntryId,
    replica: Replica,
}

impl Story {
    /// Workshop North of Makers A and C, Workshop South of Maker B, and C's contribution with a note.
    pub fn begin() -> Self {
        let entries = samples::history(0);
        let mut replica = Replica::new(entries[0].id());
        replica.receive(entries.iter().cloned());
        let mut story = Self { noted: entries[0].id(), entries, replica };
        let facts = ContributionFacts::new("work", "3 h".parse().unwrap()).encode().unwrap();
        let personal = PersonalPart::note([7; 16], "for the neighbour at number nine".into()).encode();
        let personal = Some(personal.unwrap());
        let draft = Draft { kind: Kind::CONTRIBUTION, subject: None, deps: vec![], facts, personal };
        story.noted = story.write(&samples::keys()[2], 1, draft);
        story
    }

    fn write(&mut self, key: &SecretKey, log: u64, draft: Draft) -> EntryId {
        let mut burst = Burst::begin(&self.replica, key, log, 500_000);
        let id = burst.add(draft).unwrap();
        let fresh = self.replica.receive(burst.sign()).fresh;
        assert_eq!(fresh.len(), 1, "what is written is held");
        self.entries.extend(fresh);
        id
    }

    /// Somebody, by their number, says an operation under the membership that they were admitted by.
    fn says(&mut self, who: usize, said: impl FnOnce(EntryId) -> Operation) -> EntryId {
        let said = said(self.entries[who].id());
        let facts = said.to_facts().unwrap();
        let draft = Draft { kind: said.kind(), subject: None, deps: vec![], facts, personal: None };
        self.write(&samples::keys()[who], 0, draft)
    }

    /// Somebody asks for the note to be forgotten.
    #[must_use]
    pub fn redacts(mut self, who: usize) -> Self {
        let entry = self.noted;
        self.says(who, |under| Operation::Redact(Redact { under, entry }));
        self
    }

    /// Somebody moves that it be forgotten: once a charter knows both workshops, one steward carries that.
    #[must_use]
    pub fn moves_to_redact(mut self, who: usize) -> Self {
        let entry = self.noted;
        self.says(who, |under| Operation::RedactByMotion(RedactByMotion { under, entry }));
        self
    }

    /// Maker A removes Maker C, and spares what was written so far.
    #[must_use]
    pub fn removes_its_author(mut self) -> Self {
        let (key, cut) = (samples::keys()[2].member(), vec![self.noted]);
        self.says(0, |under| Operation::RemoveMember(RemoveMember { under, key, cut }));
        self
    }

    /// Both workshops settle what there is.
    #[must_use]
    pub fn settles(mut self) -> Self {
        let before = self.replica.authority().charter.unwrap();
        let charter = self.says(0, |under| {
            Operation::Charter(Charter { under, before, heals: vec![], level: 1, heads: vec![], seal: None })
        });
        self.says(1, |under| Operation::Endorse(Endorse { under, charter }));
        assert_eq!(self.replica.authority().charter, Some(charter));
        self
    }

    /// The bundle, as Maker A exports it.
    pub fn bundle(&self) -> Vec<u8> {
        exported(&self.entries, self.entries[0].id(), sample::exporter(), true)
    }

    /// The bundle of a home that forgot the note, or nothing when a home may not forget it.
    pub fn bundle_of_who_forgot(&self) -> Option<Vec<u8>> {
        let mut replica = Replica::new(self.entries[0].id());
        let forgot =
            self.entries.iter().cloned().map(|e| if e.id() == self.noted { e.without_personal() } else { e });
        let entries: Vec<Entry> = forgot.collect();
        replica.receive(entries.iter().cloned());
        replica.holds(&self.noted).then(|| exported(&entries, self.entries[0].id(), sample::exporter(), true))
    }

    /// The bundle of somebody who leaves the note out, rightly or not.
    pub fn bundle_without_the_note(&self) -> Vec<u8> {
        let mut bundle = Unpacked::of(&self.bundle());
        let noted = bundle.entries.iter_mut().find(|e| EntryId::of(&e.header) == self.noted);
        noted.unwrap().personal = None;
        bundle.count();
        bundle.pack(Some(sample::exporter()))
    }
}
