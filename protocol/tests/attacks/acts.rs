//! What a hand says: one method for each kind of entry, with its id as the answer.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, Charter, DropKeeper, Endorse, GiveSteward, Operation,
    Redact, RedactByMotion, RemoveMember, RemoveWorkshop, Rotate, SetPolicy, UnbindNode, Vote,
};
use aronde_protocol::burst::Draft;
use aronde_protocol::canonical;
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Given, Path};
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::Kind;
use aronde_protocol::entry::gist::Addresses;
use aronde_protocol::id::{DocumentId, EntryId, WorkshopId};
use aronde_protocol::key::{KeyCommitment, MemberKey, SecretKey};
use aronde_protocol::record::attestation::AttestationFacts;
use aronde_protocol::record::contribution::ContributionFacts;

use crate::hand::{Hand, sorted};

/// An operation as a draft.
pub fn operation(operation: &Operation) -> Draft {
    let facts = operation.to_facts().expect("facts");
    Draft { kind: operation.kind(), subject: None, deps: vec![], facts, personal: None }
}

/// Work as a draft.
pub fn work(kind: &'static str, subject: Option<EntryId>, deps: &[EntryId], facts: Vec<u8>) -> Draft {
    Draft { kind, subject, deps: deps.to_vec(), facts, personal: None }
}

/// Three hours of work.
pub fn hours() -> Draft {
    let facts = ContributionFacts::new("work", "3 h".parse().expect("a quantity"));
    work(Kind::CONTRIBUTION, None, &[], facts.encode().expect("facts"))
}

/// A change of a design's title.
pub fn retitle(document: DocumentId, deps: &[EntryId], title: &str) -> Draft {
    let to = Given::Value(Value::Text(title.into()));
    let edits = vec![Edit::Set { path: Path::root(["title"]), to }.into()];
    work(Kind::EDIT, Some(document), deps, canonical::encode(&EditFacts { edits }).expect("facts"))
}

/// Operations.
impl Hand {
    /// Signs an operation.
    pub fn operate(&mut self, said: &Operation) -> EntryId {
        self.sign(operation(said))
    }

    /// An admission to its own workshop, of somebody who then knows it.
    pub fn admit(&mut self, who: &mut Hand, role: Role) -> EntryId {
        self.admit_again(who, role, &[])
    }

    /// An admission that names heads of the key's work logs.
    pub fn admit_again(&mut self, who: &mut Hand, role: Role, heads: &[EntryId]) -> EntryId {
        let id = self.operate(&Operation::AdmitMember(AdmitMember {
            under: self.membership,
            key: who.member(),
            next: who.paper().member().commitment(),
            role,
            heads: sorted(heads.iter().copied()),
        }));
        who.belongs(self, id, self.workshop);
        id
    }

    /// An admission of a key that only its owner has ever heard of.
    pub fn admit_puppet(&mut self, name: &str, role: Role) -> EntryId {
        let mut puppet = Hand::new(name, self.federation());
        self.admit(&mut puppet, role)
    }

    fn belongs(&mut self, by: &Hand, membership: EntryId, workshop: WorkshopId) {
        (self.membership, self.workshop) = (membership, workshop);
        self.learn(by);
    }

    /// A motion to admit a workshop with its first steward.
    pub fn admit_workshop(&mut self, name: &str, who: &mut Hand) -> EntryId {
        let id = self.operate(&Operation::AdmitWorkshop(AdmitWorkshop {
            under: self.membership,
            name: name.into(),
            key: who.member(),
            next: who.paper().member().commitment(),
        }));
        who.belongs(self, id, id);
        id
    }

    /// A motion to give a workshop a steward.
    pub fn give_steward(&mut self, workshop: WorkshopId, who: &mut Hand) -> EntryId {
        let id = self.operate(&Operation::GiveSteward(GiveSteward {
            under: self.membership,
            workshop,
            key: who.member(),
            next: who.paper().member().commitment(),
        }));
        who.belongs(self, id, workshop);
        id
    }

    /// A removal of somebody from its own workshop.
    pub fn remove(&mut self, whom: &Hand, cut: &[EntryId]) -> EntryId {
        self.remove_key(whom.member(), cut)
    }

    /// As [`Hand::remove`], by the key.
    pub fn remove_key(&mut self, key: MemberKey, cut: &[EntryId]) -> EntryId {
        let cut = sorted(cut.iter().copied());
        self.operate(&Operation::RemoveMember(RemoveMember { under: self.membership, key, cut }))
    }

    /// A motion to remove a workshop.
    pub fn remove_workshop(&mut self, workshop: WorkshopId, cut: &[EntryId]) -> EntryId {
        let cut = sorted(cut.iter().copied());
        self.operate(&Operation::RemoveWorkshop(RemoveWorkshop { under: self.membership, workshop, cut }))
    }

    /// A motion to set the quorum.
    pub fn set_quorum(&mut self, quorum: u64) -> EntryId {
        let values = BTreeMap::from([("quorum".to_owned(), quorum)]);
        self.operate(&Operation::SetPolicy(SetPolicy { under: self.membership, values }))
    }

    /// A vote.
    pub fn vote(&mut self, motion: EntryId) -> EntryId {
        self.operate(&Operation::Vote(Vote { under: self.membership, motion }))
    }

    /// A charter after the one that it follows, over what counts here.
    pub fn charter(&mut self) -> EntryId {
        let before = self.charter_followed().expect("the founding entry is held");
        self.charter_after(before, &[])
    }

    /// A charter after another, which heals rivals.
    pub fn charter_after(&mut self, before: EntryId, heals: &[EntryId]) -> EntryId {
        let heads = self.replica.charter_heads();
        self.charter_of_level(before, heals, heads, 1)
    }

    /// A charter that says all that one can say.
    pub fn charter_of_level(
        &mut self,
        before: EntryId,
        heals: &[EntryId],
        heads: Vec<EntryId>,
        level: u64,
    ) -> EntryId {
        let heals = sorted(heals.iter().copied());
        let charter = Charter { under: self.membership, before, heals, level, heads, seal: None };
        self.operate(&Operation::Charter(charter))
    }

    /// An endorsement of a charter.
    pub fn endorse(&mut self, charter: EntryId) -> EntryId {
        self.operate(&Operation::Endorse(Endorse { under: self.membership, charter }))
    }

    /// A rotation to the key on paper, which this hand uses from now on.
    pub fn rotate(&mut self, cut: &[EntryId]) -> EntryId {
        let next = self.after_paper().member().commitment();
        let said = self.rotation(&self.paper(), next, cut);
        let id = self.operate(&Operation::Rotate(said));
        self.turn();
        id
    }

    /// A rotation, proved by a key.
    pub fn rotation(&self, to: &SecretKey, next: KeyCommitment, cut: &[EntryId]) -> Rotate {
        let cut = sorted(cut.iter().copied());
        let mut said = Rotate { membership: self.membership, key: to.member(), next, cut, proof: [0; 64] };
        said.proof = to.sign(&said.statement(self.federation(), self.member()));
        said
    }

    /// Binds a node to its workshop.
    pub fn bind(&mut self, peer: &[u8]) -> EntryId {
        self.operate(&Operation::BindNode(BindNode { under: self.membership, peer: peer.to_vec().into() }))
    }

    /// Ends the bindings of a node that it knows.
    pub fn unbind(&mut self, peer: &[u8]) -> EntryId {
        self.operate(&Operation::UnbindNode(UnbindNode {
            under: self.membership,
            peer: peer.to_vec().into(),
        }))
    }

    /// Makes a workshop a keeper of a document, through a grant or through the creation.
    pub fn add_keeper(
        &mut self,
        document: DocumentId,
        through: Option<EntryId>,
        workshop: WorkshopId,
    ) -> EntryId {
        let under = self.membership;
        self.operate(&Operation::AddKeeper(AddKeeper { under, document, through, workshop }))
    }

    /// Strikes a keeper's grant, or that of the creation.
    pub fn drop_keeper(&mut self, document: DocumentId, grant: Option<EntryId>, cut: &[EntryId]) -> EntryId {
        let (under, cut) = (self.membership, sorted(cut.iter().copied()));
        self.operate(&Operation::DropKeeper(DropKeeper { under, document, through: None, grant, cut }))
    }

    /// Asks that the personal part of an entry be forgotten.
    pub fn redact(&mut self, entry: EntryId) -> EntryId {
        self.operate(&Operation::Redact(Redact { under: self.membership, entry }))
    }

    /// A motion that the personal part of an entry be forgotten.
    pub fn move_to_redact(&mut self, entry: EntryId) -> EntryId {
        self.operate(&Operation::RedactByMotion(RedactByMotion { under: self.membership, entry }))
    }
}

/// Work.
impl Hand {
    /// Begins a design.
    pub fn create(&mut self) -> DocumentId {
        let (under, kind) = (self.membership, "design".to_owned());
        let facts = canonical::encode(&CreateFacts { under, kind, schema: 1, edits: vec![] });
        self.sign(work(Kind::CREATE, None, &[], facts.expect("facts")))
    }

    /// Changes a design, on top of some of its entries.
    pub fn edit(&mut self, document: DocumentId, deps: &[EntryId]) -> EntryId {
        let title = self.name.clone();
        self.sign(retitle(document, deps, &title))
    }

    /// Records three hours of work.
    pub fn record(&mut self) -> EntryId {
        self.sign(hours())
    }

    /// Confirms a record.
    pub fn confirm(&mut self, record: EntryId) -> EntryId {
        let facts = AttestationFacts::CONFIRM.encode().expect("facts");
        self.sign(work(Kind::ATTESTATION, Some(record), &[], facts))
    }

    /// Says where a node is reached.
    pub fn announce(&mut self, peer: &[u8]) -> EntryId {
        let said = Addresses { peer: peer.to_vec().into(), addresses: vec![] };
        self.sign(work(Kind::ADDRESSES, None, &[], canonical::encode(&said).expect("facts")))
    }
}
