//! What honest software does: it asks its own replica what its user may do.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AddKeeper, AdmitMember, AdmitWorkshop, BindNode, Charter, DropKeeper, Endorse, Operation, Redact,
    RedactByMotion, RemoveMember, SetPolicy, UnbindNode, Vote,
};
use aronde_protocol::document::edit::{CreateFacts, Edit, EditFacts, Path};
use aronde_protocol::document::value::Value;
use aronde_protocol::entry::gist::Addresses;
use aronde_protocol::entry::{Class, Gist, Kind};
use aronde_protocol::id::{EntryId, MembershipId, WorkshopId};
use aronde_protocol::limits;
use aronde_protocol::record::agent::{AgentClaimFacts, AgentFacts, AgentKind, AgentWord};
use aronde_protocol::record::attestation::{AttestationFacts, Relation, Verdict};
use aronde_protocol::record::citation::CitationFacts;
use aronde_protocol::record::contribution::ContributionFacts;
use aronde_protocol::record::decline::DeclineFacts;
use aronde_protocol::record::retraction::RetractionFacts;
use aronde_protocol::record::settlement::{Means, SettlementFacts};
use rand::RngExt;

use super::pool::{At, Places};
use super::world::{HandAt, Said, World, sorted};

impl World {
    /// One act of a hand's owner, by what its replica holds. Plain ones touch no keeper, node or redaction.
    pub fn act(&mut self, hand: HandAt, plain: bool) -> Option<At> {
        let mine = self.mine(hand);
        let (under, workshop, role) = self.one(&mine)?;
        let steward = role == Role::Steward;
        let said = match self.random.random_range(0..if plain { 68 } else { 100 }) {
            0..14 if role.writes() => self.new_document(under),
            14..32 if role.writes() => self.change(hand)?,
            32..38 if role.writes() => self.ledger(hand),
            38..46 => self.attest(hand)?,
            46..52 if steward => self.admission(under),
            52..56 if steward => self.policy(under),
            56..58 if steward => self.new_workshop(under),
            58..68 if steward => self.vote(hand, under)?,
            68..78 if steward => self.keeper(hand, under, workshop)?,
            78..82 if steward => self.drop_keeper(hand, under, workshop)?,
            82..85 if steward => self.bind(under),
            85..87 if steward => self.unbind(under),
            87..90 => self.addresses(),
            90..93 if role.writes() => self.decline(hand)?,
            93..95 => self.redact(hand, under, workshop, steward)?,
            95..97 if role == Role::Maker => self.leave(hand, under),
            _ => self.ledger(hand),
        };
        Some(self.say(hand, &said))
    }

    fn set(&mut self, field: &str) -> Edit {
        let to = Value::Text(self.random.random_range(0..1_000).to_string()).into();
        Edit::Set { path: Path::root([field]), to }
    }

    /// A new design under a membership.
    pub fn new_document(&mut self, under: MembershipId) -> Said {
        let edits = vec![self.set("title").into()];
        Said::work(Kind::CREATE, None, &CreateFacts { under, kind: "design".into(), schema: 1, edits })
    }

    /// A change of a document on top of these entries.
    pub fn edit(&mut self, document: EntryId, deps: Vec<EntryId>) -> Said {
        let field = ["title", "version", "function"][self.random.random_range(0..3)];
        let edits = vec![self.set(field).into()];
        Said { deps, ..Said::work(Kind::EDIT, Some(document), &EditFacts { edits }) }
    }

    fn change(&mut self, hand: HandAt) -> Option<Said> {
        let view = self.view(hand);
        let documents: Vec<EntryId> = view.heads.keys().copied().collect();
        let document = self.one(&documents)?;
        let mut deps: Vec<EntryId> = view.heads.get(&document)?.iter().copied().collect();
        // Now and then somebody merges a proposal by name.
        let proposal = |at: &&At| {
            let header = self.pool.entry(**at).map(|e| e.header().clone());
            header.is_some_and(|h| h.subject == Some(document) && h.kind.class() == Class::Document)
        };
        let known = &self.hands[hand].known;
        let proposals: Vec<At> = known.difference(&view.accepted).filter(proposal).copied().collect();
        if let Some(at) = self.one(&proposals).filter(|_| self.chance(40)) {
            deps.push(self.pool.id(at));
        }
        let deps = sorted(deps).into_iter().take(limits::DEPS_MAX).collect();
        Some(self.edit(document, deps))
    }

    /// A record of hours.
    pub fn contribution(&mut self) -> Said {
        let quantity = format!("{} h", self.random.random_range(1..9)).parse().expect("a quantity");
        Said::work(Kind::CONTRIBUTION, None, &ContributionFacts::new("work", quantity))
    }

    /// What stands in the ledger: hours, and every second time, where its hand knows a record, a word about that one.
    fn ledger(&mut self, hand: HandAt) -> Said {
        let records = self.records(hand);
        let record = self.one(&records).filter(|_| self.chance(50));
        let Some(about) = record.map(|at| self.pool.id(at)) else { return self.contribution() };
        let two = |unit: &str| format!("2 {unit}").parse().expect("a quantity");
        match self.random.random_range(0..7) {
            0 => {
                let facts =
                    ContributionFacts { corrects: Some(about), ..ContributionFacts::new("work", two("h")) };
                Said::work(Kind::CORRECTION, None, &facts)
            }
            1 => Said::work(Kind::RETRACTION, Some(about), &RetractionFacts {}),
            2 => {
                let facts = SettlementFacts { means: Means::Cash, amount: Some(two("EUR")), by: None };
                Said::work(Kind::SETTLEMENT, Some(about), &facts)
            }
            3 => Said::work(Kind::CITATION, Some(about), &CitationFacts { cites: about }),
            4 => Said::work(Kind::AGENT, None, &AgentFacts { kind: AgentKind::Person }),
            5 => Said::work(Kind::AGENT_CLAIM, Some(about), &AgentClaimFacts { word: AgentWord::Claim }),
            _ => {
                let facts = AttestationFacts { verdict: Verdict::Withdraw, relation: Some(Relation::Host) };
                Said::work(Kind::ATTESTATION, Some(about), &facts)
            }
        }
    }

    /// A word on a record.
    pub fn attestation(&mut self, record: EntryId) -> Said {
        let confirm = self.chance(75);
        let facts = if confirm { AttestationFacts::CONFIRM } else { AttestationFacts::DISPUTE };
        Said::work(Kind::ATTESTATION, Some(record), &facts)
    }

    /// The places of records that a hand knows.
    pub fn records(&self, hand: HandAt) -> Vec<At> {
        self.hands[hand].known.iter().copied().filter(|at| self.pool.class(*at) == Class::Record).collect()
    }

    fn attest(&mut self, hand: HandAt) -> Option<Said> {
        let records = self.records(hand);
        let record = self.one(&records)?;
        let id = self.pool.id(record);
        Some(self.attestation(id))
    }

    fn decline(&mut self, hand: HandAt) -> Option<Said> {
        let known = &self.hands[hand].known;
        let edits: Vec<At> = known.iter().copied().filter(|at| *self.pool.gist(*at) == Gist::Edit).collect();
        let edit = self.one(&edits)?;
        let document = self.pool.entry(edit)?.header().subject?;
        Some(Said::work(Kind::DECLINE, Some(self.pool.id(edit)), &DeclineFacts { document }))
    }

    fn admission(&mut self, under: MembershipId) -> Said {
        let (key, next) = (self.fresh_key().member(), self.fresh_key().member().commitment());
        let role = if self.chance(70) { Role::Maker } else { Role::Auditor };
        Said::operation(&Operation::AdmitMember(AdmitMember { under, key, next, role, heads: vec![] }))
    }

    fn policy(&mut self, under: MembershipId) -> Said {
        let quorum = self.random.random_range(1..4);
        Said::operation(&Operation::SetPolicy(SetPolicy {
            under,
            values: BTreeMap::from([("quorum".to_owned(), quorum)]),
        }))
    }

    fn new_workshop(&mut self, under: MembershipId) -> Said {
        let (key, next) = (self.fresh_key().member(), self.fresh_key().member().commitment());
        Said::operation(&Operation::AdmitWorkshop(AdmitWorkshop {
            under,
            name: "Workshop".into(),
            key,
            next,
        }))
    }

    /// A vote for a motion that is open here.
    pub fn vote(&mut self, hand: HandAt, under: MembershipId) -> Option<Said> {
        let open: Vec<At> = self.view(hand).open.iter().copied().collect();
        let motion = self.one(&open)?;
        Some(Said::operation(&Operation::Vote(Vote { under, motion: self.pool.id(motion) })))
    }

    /// An endorsement.
    pub fn endorsement(&self, under: MembershipId, charter: At) -> Said {
        Said::operation(&Operation::Endorse(Endorse { under, charter: self.pool.id(charter) }))
    }

    /// Through what a workshop keeps a document, as a hand knows it: its creation or a grant.
    #[allow(clippy::option_option)] // whether it keeps it at all, and through which grant, if through one
    fn through(&mut self, hand: HandAt, workshop: WorkshopId, document: EntryId) -> Option<Option<EntryId>> {
        let created = self.pool.at(&document).map(|at| self.pool.gist(at).clone());
        let Some(Gist::Create { under }) = created else { return None };
        let home = self.pool.at(&under).and_then(|at| self.pool.workshop(at));
        if home == Some(workshop) {
            return Some(None);
        }
        let view = self.view(hand);
        let grants: Vec<EntryId> = view
            .operations
            .iter()
            .filter(|at| {
                matches!(self.pool.operation(**at), Some(Operation::AddKeeper(op))
                    if op.document == document && op.workshop == workshop)
            })
            .map(|at| self.pool.id(*at))
            .collect();
        self.one(&grants).map(Some)
    }

    fn kept(&mut self, hand: HandAt, workshop: WorkshopId) -> Option<(EntryId, Option<EntryId>)> {
        let view = self.view(hand);
        let kept: Vec<EntryId> =
            view.keepers.iter().filter(|(_, w)| *w == workshop).map(|(d, _)| *d).collect();
        let document = self.one(&kept)?;
        Some((document, self.through(hand, workshop, document)?))
    }

    /// Another workshop becomes a keeper.
    pub fn keeper(&mut self, hand: HandAt, under: MembershipId, mine: WorkshopId) -> Option<Said> {
        let (document, through) = self.kept(hand, mine)?;
        let workshops = self.view(hand).workshops.clone();
        let workshop = self.one(&workshops)?;
        Some(Said::operation(&Operation::AddKeeper(AddKeeper { under, document, through, workshop })))
    }

    /// A keeper is dropped, with an honest cut or none.
    pub fn drop_keeper(&mut self, hand: HandAt, under: MembershipId, mine: WorkshopId) -> Option<Said> {
        let (document, through) = self.kept(hand, mine)?;
        let view = self.view(hand);
        let grants: Vec<Option<EntryId>> = view
            .operations
            .iter()
            .filter(|at| {
                matches!(self.pool.operation(**at), Some(Operation::AddKeeper(op)) if op.document == document)
            })
            .map(|at| Some(self.pool.id(*at)))
            .chain([None])
            .collect();
        let grant = self.one(&grants)?;
        let cut = if self.chance(70) {
            let of = |at: &At| self.pool.entry(*at).is_some_and(|e| e.header().subject == Some(document));
            let edits: Places = view.accepted.iter().copied().filter(of).collect();
            sorted(self.pool.log_heads(&edits).into_iter().map(|at| self.pool.id(at)).collect())
        } else {
            vec![]
        };
        let drop = DropKeeper { under, document, through, grant, cut };
        Some(Said::operation(&Operation::DropKeeper(drop)))
    }

    fn bind(&mut self, under: MembershipId) -> Said {
        let peer = vec![self.random.random_range(0..3)].into();
        Said::operation(&Operation::BindNode(BindNode { under, peer }))
    }

    fn unbind(&mut self, under: MembershipId) -> Said {
        let peer = vec![self.random.random_range(0..3)].into();
        Said::operation(&Operation::UnbindNode(UnbindNode { under, peer }))
    }

    /// Where a node is reached.
    pub fn addresses(&mut self) -> Said {
        let peer = vec![self.random.random_range(0..3)].into();
        Said::work(Kind::ADDRESSES, None, &Addresses { peer, addresses: vec![] })
    }

    /// One's own, or what somebody of one's workshop wrote; a steward moves to redact what others did.
    fn redact(
        &mut self,
        hand: HandAt,
        under: MembershipId,
        workshop: WorkshopId,
        steward: bool,
    ) -> Option<Said> {
        let known: Vec<At> = self.hands[hand].known.iter().copied().collect();
        let at = self.one(&known)?;
        let (entry, author) = (self.pool.id(at), self.pool.author(at));
        let ours = author == Some(self.member(hand))
            || self.pool.past(at).into_iter().any(|grant| {
                self.pool.is_grant(grant)
                    && self.pool.workshop(grant) == Some(workshop)
                    && self.pool.gives(grant).map(|(key, _)| key) == author
            });
        Some(Said::operation(&if ours || !steward {
            Operation::Redact(Redact { under, entry })
        } else {
            Operation::RedactByMotion(RedactByMotion { under, entry })
        }))
    }

    fn leave(&mut self, hand: HandAt, under: MembershipId) -> Said {
        let key = self.member(hand);
        let cut = if self.chance(80) { self.cut(hand, &[key]) } else { vec![] };
        Said::operation(&Operation::RemoveMember(RemoveMember { under, key, cut }))
    }

    /// A charter as honest software proposes it: it follows the newest, and names what it knows to count.
    pub fn charter(&mut self, hand: HandAt, heals: Vec<EntryId>, heads: bool) -> Option<At> {
        let (under, _) = self.stewardship(hand)?;
        let view = self.view(hand);
        let before = match heals.first().and_then(|c| self.pool.at(c)).and_then(|at| self.pool.operation(at))
        {
            Some(Operation::Charter(rival)) => rival.before,
            _ => self.pool.id(view.charter),
        };
        let work: Places =
            view.accepted.iter().copied().filter(|at| !self.pool.is_operation(*at) && heads).collect();
        let heads = sorted(self.pool.log_heads(&work).into_iter().map(|at| self.pool.id(at)).collect());
        let mut seen = self.seen(hand);
        seen.extend(heals.iter().filter_map(|c| self.pool.at(c)));
        let heals = sorted(heals);
        let seal = self.seal(hand, &seen, before, &heals, &heads).map(Box::new);
        let charter = Charter { under, before, heals, level: limits::RULES_LEVEL, heads, seal };
        Some(self.sign(hand, &Said::operation(&Operation::Charter(charter)), &seen))
    }

    /// An honest charter: proposed by one, all meet, some endorse, all meet again.
    pub fn charter_round(&mut self, hands: &[HandAt], heads: bool) -> Option<At> {
        self.gather(hands);
        let proposer = hands.iter().copied().find(|h| self.stewardship(*h).is_some())?;
        let charter = self.charter(proposer, vec![], heads)?;
        self.gather(hands);
        let mut spoken = vec![self.stewardship(proposer)?.1];
        for hand in hands {
            if let Some((under, workshop)) = self.stewardship(*hand).filter(|(_, w)| !spoken.contains(w)) {
                let said = self.endorsement(under, charter);
                self.say(*hand, &said);
                spoken.push(workshop);
            }
        }
        self.gather(hands);
        Some(charter)
    }
}
