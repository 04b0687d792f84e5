//! `init`: a home, and the federation that is founded in it.

use std::path::Path;

use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{BindNode, Found, MemberName, Operation};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::Entry;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::{KeyCommitment, SecretKey};

use super::{Founding, KeySource};
use crate::api::{FederationName, Joined, MemberName as ShownMember, Passphrase, ServiceError, WorkshopName};
use crate::commons::{self, entries::Entries, installation::Installation, installation::Logs};
use crate::home::{Home, HomeDraft, HomeError, NewHome};
use crate::key_file::{self, Purpose};
use crate::node_key;

/// Makes a home and founds a federation in it.
pub fn init(place: &Path, founding: &Founding) -> Result<Joined, ServiceError> {
    let draft = HomeDraft::begin(
        place,
        &NewHome {
            name: founding.name.clone(),
            workshop: founding.workshop.clone(),
            federation: founding.federation.clone(),
            member: founding.key.as_ref().map(read_key).transpose()?,
            next: true,
            passphrase: founding.passphrase.clone(),
            listen: founding.listen.clone(),
            http: founding.http,
            mdns: founding.mdns,
        },
    )?;
    let home = draft.home();
    let keys = Keys::read(home, founding.passphrase.as_ref(), true)?;
    let logs = Logs::draw()?;
    let mut burst = Burst::found(&keys.member, logs.operations, commons::now());
    let found = Operation::Found(Found {
        name: founding.federation.clone(),
        workshop: founding.workshop.clone(),
        next: keys.next()?,
        nonce: commons::nonce()?,
    });
    let name = MemberName { nonce: commons::nonce()?, name: founding.name.clone() };
    let federation = burst.add(operation(&found, Some(name.encode()?))?)?;
    let bind = Operation::BindNode(BindNode { under: federation, peer: keys.peer.to_bytes().into() });
    burst.add(operation(&bind, None)?)?;
    fill(home, federation, burst.sign())?.adopt(keys.member.member(), logs)?;
    let member = keys.member.member();
    let home = draft.finish()?;
    Ok(Joined {
        id: federation,
        federation: FederationName {
            id: federation,
            name: Some(founding.federation.clone()),
            charter: federation,
        },
        member: ShownMember { did: member, name: Some(founding.name.clone()), role: Some(Role::Steward) },
        workshop: WorkshopName { id: federation, name: Some(founding.workshop.clone()) },
        home: home.path().to_owned(),
        waits: None,
    })
}

/// Puts a home in its place that begins with entries that are at hand.
pub fn furnish(draft: HomeDraft, entries: Vec<Entry>) -> Result<Home, ServiceError> {
    let federation = entries.first().map(Entry::federation);
    let federation = federation.ok_or_else(|| ServiceError::user("a home can't begin without an entry"))?;
    fill(draft.home(), federation, entries)?;
    Ok(draft.finish()?)
}

/// Begins the store of a home under construction with these entries, all of which must find their place.
fn fill(home: &Home, federation: EntryId, begin: Vec<Entry>) -> Result<Installation, ServiceError> {
    let installation = Installation::create(home.path(), federation)?;
    let (mut entries, _) = Entries::open(home.path(), installation.federation())?;
    let given = begin.len();
    let received = entries.receive(begin)?;
    if received.fresh.len() < given {
        let why = received.refused.first().map(|(_, refusal)| refusal.to_string());
        let why = why.unwrap_or_else(|| "one is given twice, or rests on one that is not among them".into());
        return Err(ServiceError::user(format!("the home can't begin with these entries: {why}")));
    }
    Ok(installation)
}

/// The keys of a home.
pub struct Keys {
    /// The member's.
    pub member: SecretKey,
    /// What the member's next key hashes to, if there is one.
    next: Option<KeyCommitment>,
    /// The node's identity.
    pub peer: libp2p::PeerId,
    /// The node's key.
    pub node: libp2p::identity::Keypair,
}

impl Keys {
    /// Reads the keys of a home, with or without the next one.
    pub fn read(home: &Home, passphrase: Option<&Passphrase>, with_next: bool) -> Result<Self, ServiceError> {
        let read = |path: &Path, purpose| key_file::read(path, purpose, passphrase).map_err(HomeError::from);
        let member = read(&home.member_key(), Purpose::Member)?;
        let next =
            if with_next { Some(read(&home.next_key(), Purpose::Next)?.member().commitment()) } else { None };
        let node = node_key::read(&home.node_key()).map_err(HomeError::from)?;
        Ok(Self { member, next, peer: node.public().to_peer_id(), node })
    }

    /// What the member's next key hashes to.
    pub fn next(&self) -> Result<KeyCommitment, ServiceError> {
        self.next.ok_or_else(|| ServiceError::internal("this home has no next key"))
    }
}

/// A member's key that exists already.
pub fn read_key(source: &KeySource) -> Result<SecretKey, ServiceError> {
    let read = key_file::read(&source.path, Purpose::Member, source.passphrase.as_ref());
    Ok(read.map_err(HomeError::from)?)
}

fn operation(operation: &Operation, personal: Option<Vec<u8>>) -> Result<Draft, ServiceError> {
    let facts = operation.to_facts().map_err(ServiceError::internal)?;
    Ok(Draft { kind: operation.kind(), subject: None, deps: Vec::new(), facts, personal })
}
