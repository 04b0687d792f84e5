//! The commons: what a home holds, and what can be done with it.
//!
//! [`Commons`] answers for the store, the files, the keys and the network of one home. The local HTTP
//! interface, the pages and the command line all call it through [`crate::api::Service`]; the network
//! calls it through [`crate::network::Replicated`]. It never prints, and never decides what counts:
//! that is the protocol's.
//!
//! One lock guards the entries. What the network's own task asks for again and again lies in
//! a glance beside it, so that it never waits for a disk.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use aronde_protocol::authority::operation::{MemberName, Operation, Reason};
use aronde_protocol::authority::{Membership, Role};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::id::{EntryId, FileHash, MembershipId};
use aronde_protocol::key::{MemberKey, SecretKey};
use libp2p::PeerId;

use crate::api::{Answer, Request, Service, ServiceError, Signer};
use crate::home::{Home, HomeError};
use crate::key_file::{self, Purpose};
use crate::network::Network;
use crate::node_key;
use crate::store::files::Partial;
use crate::store::{Files, Opened, StoreError};

mod audit;
mod capacity;
mod charters;
mod checkpoints;
mod design;
mod document;
pub(crate) mod entries;
mod forks;
mod glance;
pub(crate) mod installation;
mod invite;
mod keepers;
mod ledger;
mod losses;
mod member;
mod members;
mod motions;
mod named_files;
mod nodes;
mod parked;
mod policy;
mod procedure;
mod proposal;
mod recall;
mod redact;
mod releases;
mod replicated;
mod resolve;
mod rotation;
mod search;
pub(crate) mod status;
mod strangers;
mod tend;
mod tickets;
mod why;
mod work;
mod workshops;

use entries::Entries;
use glance::Glance;
use installation::Installation;
pub use recall::Recalled;
use recall::Threshold;
use tickets::Tickets;

/// The network of a node that runs, as the commons uses it.
pub struct Online {
    /// The network.
    pub network: Arc<Network>,
    /// The runtime that it runs on; calls come from blocking threads.
    pub runtime: tokio::runtime::Handle,
    /// Where the local interface answers.
    pub http: Option<std::net::SocketAddr>,
}

/// See the module.
pub struct Commons {
    home: Home,
    peer: PeerId,
    /// Changes when the key is rotated.
    member: RwLock<MemberKey>,
    key: Mutex<Option<SecretKey>>,
    installation: Mutex<Installation>,
    entries: Mutex<Entries>,
    /// Capacity sheets as they were last read, and the index over them.
    sheets: Mutex<capacity::Sheets>,
    /// The ledger as far as it was read.
    ledger: Mutex<ledger::Table>,
    /// Taken after the entries, never before.
    walked: Mutex<checkpoints::Walked>,
    /// Taken before the entries, never after.
    searching: Mutex<search::Searching>,
    /// Goes with the entries: something new is held.
    news: Condvar,
    files: Files,
    partials: Mutex<HashMap<FileHash, Partial>>,
    tickets: Mutex<Tickets>,
    glance: RwLock<Glance>,
    online: RwLock<Option<Online>>,
    /// Entries given to peers since this commons was opened.
    given: AtomicU64,
    /// Entries of our own logs that peers had and we had not, since this commons was opened.
    recalled: AtomicU64,
    threshold: Threshold,
    warnings: Vec<String>,
}

/// Which of an author's two logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Log {
    Operations,
    Work,
}

impl Commons {
    /// Opens the commons of a home, and takes the home's lock until it is dropped.
    ///
    /// # Errors
    /// Another process has the home, a file of it is damaged, or the disk doesn't let us.
    pub fn open(home: &Home) -> Result<Self, ServiceError> {
        let key_pair = node_key::read(&home.node_key()).map_err(HomeError::from)?;
        let installation = Installation::open(home.path())?;
        let (entries, opened) = Entries::open(home.path(), installation.federation())?;
        rotation::settle(home, entries.replica())?;
        let member = key_file::inspect(&home.member_key()).map_err(HomeError::from)?.public;
        let tickets = Tickets::open(home.path())?;
        let files = entries.store().files().clone();
        let commons = Self {
            home: home.clone(),
            peer: key_pair.public().to_peer_id(),
            member: RwLock::new(member),
            key: Mutex::new(None),
            installation: Mutex::new(installation),
            entries: Mutex::new(entries),
            sheets: Mutex::default(),
            ledger: Mutex::default(),
            walked: Mutex::default(),
            searching: Mutex::default(),
            news: Condvar::new(),
            files,
            partials: Mutex::new(HashMap::new()),
            tickets: Mutex::new(tickets),
            glance: RwLock::new(Glance::default()),
            online: RwLock::new(None),
            given: AtomicU64::new(0),
            recalled: AtomicU64::new(0),
            threshold: Threshold::default(),
            warnings: warnings(&opened),
        };
        commons.look(&mut commons.entries());
        commons.leave_forked_logs();
        Ok(commons)
    }

    /// The node's libp2p identity.
    pub fn peer(&self) -> PeerId {
        self.peer
    }

    /// The member of this home, by the key that signs now.
    pub fn member(&self) -> MemberKey {
        *self.member.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the member's key for as long as this commons is open.
    ///
    /// # Errors
    /// The key file can't be read, or the passphrase is wrong or missing.
    pub fn unlock(&self, passphrase: Option<&crate::api::Passphrase>) -> Result<(), ServiceError> {
        let read = key_file::read(&self.home.member_key(), Purpose::Member, passphrase);
        let key = read.map_err(HomeError::from)?;
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        Ok(())
    }

    /// Tells the commons of its network, or that there is none any more.
    pub fn set_online(&self, online: Option<Online>) {
        *self.online.write().unwrap_or_else(PoisonError::into_inner) = online;
    }

    /// Tells others who meet the home's lock where this process answers.
    ///
    /// # Errors
    /// The lock file can't be written.
    pub fn tell(&self, http: Option<&str>) -> Result<(), ServiceError> {
        Ok(self.entries().store_mut().tell(http)?)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key that signs.
    fn key(&self, signer: &Signer) -> Result<SecretKey, ServiceError> {
        match signer {
            Signer::Home { passphrase } => {
                let open = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(key) = open {
                    return Ok(key);
                }
                let path = self.home.member_key();
                Ok(key_file::read(&path, Purpose::Member, passphrase.as_ref()).map_err(HomeError::from)?)
            }
            Signer::File { path, passphrase } => {
                Ok(key_file::read(path, Purpose::Member, passphrase.as_ref()).map_err(HomeError::from)?)
            }
        }
    }

    /// Writes a burst to one log of a key and answers when it is durable. `build` adds the entries.
    fn write<T>(
        &self,
        entries: &mut Entries,
        key: &SecretKey,
        log: Log,
        build: impl FnOnce(&mut Burst<'_>) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        entries.check_writable()?;
        let log = self.log(key.member(), log)?;
        let mut burst = Burst::begin(entries.replica(), key, log, now());
        let answer = build(&mut burst)?;
        self.keep(entries, burst.sign())?;
        Ok(answer)
    }

    /// The log that a key writes here.
    fn log(&self, key: MemberKey, log: Log) -> Result<u64, ServiceError> {
        let logs = self.installation.lock().unwrap_or_else(PoisonError::into_inner).logs(key)?;
        Ok(if log == Log::Operations { logs.operations } else { logs.work })
    }

    /// Says to peers that entries are new here, if there is a network.
    fn announce(&self, ids: Vec<EntryId>) {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(online) = &*online {
            let network = Arc::clone(&online.network);
            online.runtime.spawn(async move { network.announce(ids).await });
        }
    }

    /// Brings the glance up to date with the entries.
    fn look(&self, entries: &mut Entries) {
        self.follow(entries);
        let glance = Glance::of(entries, &self.peer);
        *self.glance.write().unwrap_or_else(PoisonError::into_inner) = glance;
        self.news.notify_all();
    }

    /// Follows the newest charter that is in force: first in the home, so that it is never forgotten, then here.
    fn follow(&self, entries: &mut Entries) {
        let newest = entries.replica().authority().charter;
        let Some(newest) = newest.filter(|newest| *newest != entries.replica().follows()) else { return };
        let mut installation = self.installation.lock().unwrap_or_else(PoisonError::into_inner);
        match installation.follow(newest) {
            Ok(()) => entries.follow(newest),
            Err(error) => tracing::warn!(%error, "the newest charter could not be noted in the home"),
        }
    }

    /// The membership that a key acts under: one that covers what it wants to do, of the home's own
    /// workshop if there is one.
    fn acting(
        &self,
        entries: &Entries,
        key: MemberKey,
        covers: fn(Role) -> bool,
        what: &str,
    ) -> Result<(MembershipId, Membership), ServiceError> {
        let authority = entries.replica().authority();
        let home = authority.workshop_of_node(&self.peer.to_bytes());
        let mut mine: Vec<_> = authority.memberships_of(key).collect();
        if mine.is_empty() {
            return Err(ServiceError::user(format!(
                "{key} is no member of the federation {}",
                authority.name
            ))
            .hint("ask a steward for a ticket (aronde invite --member) and join with it"));
        }
        mine.sort_by_key(|(_, m)| Some(m.workshop) != home);
        let able = mine.iter().find(|(_, m)| covers(m.role));
        let (id, membership) = able.ok_or_else(|| {
            let roles: Vec<&str> = mine.iter().map(|(_, m)| m.role.as_str()).collect();
            ServiceError::user(format!(
                "this needs {what}, and {} is {} here",
                key.short(),
                roles.join(" and ")
            ))
            .hint(Self::who_can(entries, home.or(mine.first().map(|(_, m)| m.workshop))))
        })?;
        Ok((**id, (*membership).clone()))
    }
}

impl Service for Commons {
    fn call(&self, request: Request, signer: Signer) -> Result<Answer, ServiceError> {
        if request.signs() {
            self.wait_to_write();
        }
        Ok(match request {
            Request::Status(_) => Answer::Status(self.status()),
            Request::DesignNew(new) => Answer::DesignNew(self.design_new(new, &signer)?),
            Request::DesignImport(import) => Answer::DesignImport(self.design_import(&import, &signer)?),
            Request::DesignEdit(edit) => Answer::DesignEdit(self.design_edit(&edit, &signer)?),
            Request::DesignFileAdd(add) => Answer::DesignFileAdd(self.design_file_add(&add, &signer)?),
            Request::FormShow(show) => Answer::FormShow(self.form_show(&show)?),
            Request::FormSave(save) => Answer::FormSave(self.form_save(&save, &signer)?),
            Request::DocumentLog(log) => Answer::DocumentLog(self.document_log(&log)?),
            Request::DocumentBlame(blame) => Answer::DocumentBlame(self.document_blame(&blame)?),
            Request::ConflictList(list) => Answer::ConflictList(self.conflict_list(&list)?),
            Request::ConflictResolve(asked) => {
                Answer::ConflictResolve(self.conflict_resolve(&asked, &signer)?)
            }
            Request::DesignList(_) => Answer::DesignList(self.design_list()?),
            Request::DesignShow(show) => Answer::DesignShow(self.design_show(&show.id)?),
            Request::DesignFiles(files) => Answer::DesignFiles(self.design_files(&files)?),
            Request::DesignKeepers(keepers) => Answer::DesignKeepers(self.design_keepers(&keepers.id)?),
            Request::DesignKeeperAdd(add) => Answer::DesignKeeperAdd(self.design_keeper_add(&add, &signer)?),
            Request::DesignKeeperDrop(drop) => {
                Answer::DesignKeeperDrop(self.design_keeper_drop(&drop, &signer)?)
            }
            Request::DesignRelease(release) => Answer::DesignRelease(self.design_release(&release, &signer)?),
            Request::DesignReleases(releases) => Answer::DesignReleases(self.design_releases(&releases.id)?),
            Request::DesignProof(proof) => Answer::DesignProof(self.design_proof(&proof)?),
            Request::DesignDerive(derive) => Answer::DesignDerive(self.design_derive(&derive, &signer)?),
            Request::DesignWithdraw(withdraw) => {
                Answer::DesignWithdraw(self.design_withdraw(&withdraw, &signer)?)
            }
            Request::DesignDiff(diff) => Answer::DesignDiff(self.design_diff(&diff)?),
            Request::DesignExport(export) => Answer::DesignExport(self.design_export(&export)?),
            Request::DesignCheck(check) => Answer::DesignCheck(self.design_check(&check.id)?),
            Request::CapacitySet(set) => Answer::CapacitySet(self.capacity_set(&set, &signer)?),
            Request::CapacityAdd(add) => Answer::CapacityAdd(self.capacity_add(&add, &signer)?),
            Request::CapacityRemove(remove) => {
                Answer::CapacityRemove(self.capacity_remove(&remove, &signer)?)
            }
            Request::CapacityImport(import) => {
                Answer::CapacityImport(self.capacity_import(&import, &signer)?)
            }
            Request::CapacityList(list) => Answer::CapacityList(self.capacity_list(&list)?),
            Request::CapacityShow(show) => Answer::CapacityShow(self.capacity_show(&show.id)?),
            Request::CapacityClaim(claim) => Answer::CapacityClaim(self.capacity_claim(&claim.id, &signer)?),
            Request::CapacityFind(find) => Answer::CapacityFind(self.capacity_find(&find)?),
            Request::CapacityBook(book) => Answer::CapacityBook(self.capacity_book(&book, &signer)?),
            Request::CapacityCancel(cancel) => {
                Answer::CapacityCancel(self.capacity_cancel(&cancel, &signer)?)
            }
            Request::CapacityPublish(publish) => Answer::CapacityPublish(self.capacity_publish(&publish)?),
            Request::SopNew(new) => Answer::SopNew(self.sop_new(&new, &signer)?),
            Request::SopImport(import) => Answer::SopImport(self.sop_import(&import, &signer)?),
            Request::SopEdit(edit) => Answer::SopEdit(self.sop_edit(&edit, &signer)?),
            Request::SopList(_) => Answer::SopList(self.sop_list()?),
            Request::SopShow(show) => Answer::SopShow(self.sop_show(&show.id)?),
            Request::SopApprove(approve) => Answer::SopApprove(self.sop_approve(&approve, &signer)?),
            Request::SopAdopt(adopt) => Answer::SopAdopt(self.sop_adopt(&adopt, &signer)?),
            Request::SopRun(run) => Answer::SopRun(self.sop_run(&run, &signer)?),
            Request::SopExport(export) => Answer::SopExport(self.sop_export(&export)?),
            Request::Search(search) => Answer::Search(self.search(&search)?),
            Request::ProposalList(list) => Answer::ProposalList(self.proposal_list(&list)?),
            Request::ProposalShow(show) => Answer::ProposalShow(self.proposal_show(&show.id)?),
            Request::ProposalAccept(accept) => {
                Answer::ProposalAccept(self.proposal_accept(&accept, &signer)?)
            }
            Request::ProposalDecline(decline) => {
                Answer::ProposalDecline(self.proposal_decline(&decline, &signer)?)
            }
            Request::Contribute(contribute) => Answer::Contribute(self.contribute(contribute, &signer)?),
            Request::Attest(attest) => Answer::Attest(self.attest(attest, &signer)?),
            Request::Book(book) => Answer::Book(self.book(book, &signer)?),
            Request::ContributeImport(import) => {
                Answer::ContributeImport(self.contribute_import(&import, &signer)?)
            }
            Request::Correct(correct) => Answer::Correct(self.correct(correct, &signer)?),
            Request::Retract(retract) => Answer::Retract(self.retract(retract, &signer)?),
            Request::Settle(settle) => Answer::Settle(self.settle(settle, &signer)?),
            Request::Cite(cite) => Answer::Cite(self.cite(cite, &signer)?),
            Request::AgentList(_) => Answer::AgentList(self.agent_list()?),
            Request::AgentClaim(claim) => Answer::AgentClaim(self.agent_claim(claim, &signer)?),
            Request::LedgerList(list) => Answer::LedgerList(self.ledger_list(&list)?),
            Request::LedgerTotals(totals) => Answer::LedgerTotals(self.ledger_totals(&totals)?),
            Request::LedgerExport(export) => Answer::LedgerExport(self.ledger_export(&export)?),
            Request::Shares(shares) => Answer::Shares(self.shares(&shares)?),
            Request::LedgerEvidence(wanted) => Answer::LedgerEvidence(self.ledger_evidence(&wanted)?),
            Request::LedgerShow(show) => Answer::LedgerShow(self.ledger_show(&show.record)?),
            Request::CredentialIssue(issue) => {
                Answer::CredentialIssue(self.credential_issue(&issue, &signer)?)
            }
            Request::CredentialCosign(cosign) => {
                Answer::CredentialCosign(self.credential_cosign(&cosign, &signer)?)
            }
            Request::Audit(audit) => Answer::Audit(self.audit(&audit)?),
            Request::AuditReport(asked) => Answer::AuditReport(self.audit_report(&asked)?),
            Request::AuditBundle(bundle) => Answer::AuditBundle(self.audit_bundle(&bundle, &signer)?),
            Request::ParkedList(list) => Answer::ParkedList(self.parked_list(&list)),
            Request::ParkedExplain(explain) => Answer::ParkedExplain(self.parked_explain(&explain)?),
            Request::ParkedRescue(_) => Answer::ParkedRescue(self.parked_rescue(&signer)?),
            Request::Redact(said) => Answer::Redact(self.redact(&said, &signer)?),
            Request::Why(why) => Answer::Why(self.why(&why)?),
            Request::Forks(_) => Answer::Forks(self.forks()),
            Request::ForksShow(show) => Answer::ForksShow(self.forks_show(&show.fork)?),
            Request::ForksProof(proof) => Answer::ForksProof(self.forks_proof(proof.fork.as_deref())?),
            Request::ForksHeal(heal) => Answer::ForksHeal(self.forks_heal(heal.fork.as_deref(), &signer)?),
            Request::Invite(invite) => Answer::Invite(self.invite(&invite.offer, &signer)?),
            Request::Sync(sync) => Answer::Sync(self.sync(&sync)?),
            Request::MemberList(_) => Answer::MemberList(self.member_list()),
            Request::MemberAdd(add) => Answer::MemberAdd(self.member_add(&add, &signer)?),
            Request::MemberRole(change) => Answer::MemberRole(self.member_role(&change, &signer)?),
            Request::MemberRemove(remove) => Answer::MemberRemove(self.member_remove(&remove, &signer)?),
            Request::MemberRotate(rotate) => Answer::MemberRotate(self.member_rotate(&rotate, &signer)?),
            Request::MemberReplace(replace) => Answer::MemberReplace(self.member_replace(&replace, &signer)?),
            Request::WorkshopList(_) => Answer::WorkshopList(self.workshop_list()),
            Request::WorkshopAdmit(admit) => Answer::WorkshopAdmit(self.workshop_admit(&admit, &signer)?),
            Request::WorkshopRemove(remove) => {
                Answer::WorkshopRemove(self.workshop_remove(&remove, &signer)?)
            }
            Request::WorkshopSteward(give) => Answer::WorkshopSteward(self.workshop_steward(&give, &signer)?),
            Request::WorkshopMotions(_) => Answer::WorkshopMotions(self.workshop_motions()),
            Request::WorkshopVote(vote) => Answer::WorkshopVote(self.workshop_vote(&vote.motion, &signer)?),
            Request::NodeList(_) => Answer::NodeList(self.node_list()),
            Request::NodeBind(bind) => Answer::NodeBind(self.node_bind(&bind.peer, &signer)?),
            Request::NodeUnbind(unbind) => Answer::NodeUnbind(self.node_unbind(&unbind.peer, &signer)?),
            Request::CharterList(_) => Answer::CharterList(self.charter_list()),
            Request::CharterShow(show) => Answer::CharterShow(self.charter_show(show.charter.as_deref())?),
            Request::CharterPropose(_) => Answer::CharterPropose(self.charter_propose(&signer)?),
            Request::CharterEndorse(endorse) => {
                Answer::CharterEndorse(self.charter_endorse(endorse.charter.as_deref(), &signer)?)
            }
            Request::CheckpointList(_) => Answer::CheckpointList(self.checkpoint_list()),
            Request::CheckpointShow(show) => Answer::CheckpointShow(self.checkpoint_show(&show)?),
            Request::CheckpointProof(proof) => {
                Answer::CheckpointProof(self.checkpoint_proof(proof.charter.as_deref())?)
            }
            Request::PolicyShow(_) => Answer::PolicyShow(self.policy_show()),
            Request::PolicySet(set) => Answer::PolicySet(self.policy_set(set.values, &signer)?),
        })
    }
}

/// The clock, in ms since 1970: a claim, by which nothing is decided.
pub(crate) fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0)
}

/// Sixteen random bytes.
pub(crate) fn nonce() -> Result<[u8; 16], ServiceError> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(ServiceError::internal)?;
    Ok(nonce)
}

/// A claimed time as people read it.
fn timestamp(at: u64) -> jiff::Timestamp {
    i64::try_from(at).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).unwrap_or_default()
}

fn warnings(opened: &Opened) -> Vec<String> {
    let mut warnings: Vec<String> = opened.damage.iter().map(ToString::to_string).collect();
    if let Some(rebuild) = &opened.rebuild {
        warnings.push(format!("the index was rebuilt from the journal: {rebuild}"));
    }
    if let Some(torn) = &opened.torn {
        warnings.push(format!(
            "a write that was never acknowledged was cut: {} bytes of journal segment {}",
            torn.len, torn.segment
        ));
    }
    warnings
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Locked { .. } => {
                "end the other process, or let it answer: a running node answers every command"
            }
            _ => "see that the disk is there, has room and can be written by you, then try again",
        };
        ServiceError::config(&error).hint(hint)
    }
}

impl From<aronde_protocol::entry::EntryError> for ServiceError {
    fn from(error: aronde_protocol::entry::EntryError) -> Self {
        ServiceError::user(error)
    }
}

/// A draft of an operation.
fn operation(operation: &Operation, personal: Option<Vec<u8>>) -> Result<Draft, ServiceError> {
    let facts = operation.to_facts().map_err(ServiceError::internal)?;
    Ok(Draft { personal, ..plain(operation.kind(), facts) })
}

/// A name for messages.
fn called_or_key(name: Option<String>, key: MemberKey) -> String {
    name.unwrap_or_else(|| key.short())
}

/// The personal part that says what somebody is called.
fn called(name: Option<&str>) -> Result<Option<Vec<u8>>, ServiceError> {
    let part = |name: &str| Ok(MemberName { nonce: nonce()?, name: name.to_owned() }.encode()?);
    name.map(part).transpose()
}

/// The personal part that says why.
fn because(reason: Option<&str>) -> Result<Option<Vec<u8>>, ServiceError> {
    let part = |reason: &str| Ok(Reason { nonce: nonce()?, reason: reason.to_owned() }.encode()?);
    reason.map(part).transpose()
}

/// A draft without subject, deps or personal part.
fn plain(kind: &'static str, facts: Vec<u8>) -> Draft {
    Draft { kind, subject: None, deps: Vec::new(), facts, personal: None }
}
