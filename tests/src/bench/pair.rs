//! A federation of two workshops whose keys and first entries are the same on every run.
//!
//! The first workshop keeps the designs and has eight members, its steward among them; the second has a
//! steward. Each has a node. So both homes can be made apart, and know each other when they first meet.

use std::path::Path;

use aronde_node::home::{Home, HomeDraft, NewHome};
use aronde_node::{run, secret_file};
use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::{
    AdmitMember, AdmitWorkshop, BindNode, Found, MemberName, Operation,
};
use aronde_protocol::burst::{Burst, Draft};
use aronde_protocol::entry::Entry;
use aronde_protocol::id::{EntryId, MembershipId};
use aronde_protocol::key::SecretKey;
use aronde_protocol::replica::Replica;
use libp2p::PeerId;
use libp2p::identity::Keypair;

use super::Fault;
use super::workload::AUTHORS;

/// When everything was founded, in ms since 1970.
const FOUNDED: u64 = 1_790_000_000_000;
/// The logs of operations of the two stewards.
const LOG: u64 = 1;

/// Which of the two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The first workshop's.
    A,
    /// The second workshop's.
    B,
}

/// The federation: who writes in it, and what its homes begin with.
#[derive(Debug)]
pub struct Pair {
    /// The members who write.
    pub authors: Vec<SecretKey>,
    /// Their memberships.
    pub memberships: Vec<MembershipId>,
    second_steward: SecretKey,
    entries: Vec<Entry>,
}

impl Pair {
    /// Founds it.
    ///
    /// # Errors
    /// The library refuses an operation.
    pub fn found() -> Result<Self, Fault> {
        let authors: Vec<SecretKey> = (0..AUTHORS).map(|n| key(n, 10)).collect();
        let steward = authors.first().ok_or("no author")?;
        let second_steward = key(AUTHORS, 10);

        let mut burst = Burst::found(steward, LOG, FOUNDED);
        let found = Operation::Found(Found {
            name: "Benchmark".into(),
            workshop: "Workshop North".into(),
            next: key(0, 100).member().commitment(),
            nonce: [7; 16],
        });
        let federation = burst.add(operation(&found, Some(0))?)?;
        let mut memberships = vec![federation];
        for (n, author) in authors.iter().enumerate().skip(1) {
            let admit = Operation::AdmitMember(AdmitMember {
                under: federation,
                key: author.member(),
                next: key(n, 100).member().commitment(),
                role: Role::Maker,
                heads: vec![],
            });
            memberships.push(burst.add(operation(&admit, Some(n))?)?);
        }
        burst.add(operation(&bind(federation, Which::A)?, None)?)?;
        let admit = Operation::AdmitWorkshop(AdmitWorkshop {
            under: federation,
            name: "Workshop South".into(),
            key: second_steward.member(),
            next: key(AUTHORS, 100).member().commitment(),
        });
        let second = burst.add(operation(&admit, Some(AUTHORS))?)?;
        let mut entries = burst.sign();

        let mut replica = Replica::new(federation);
        replica.receive(entries.clone());
        let mut burst = Burst::begin(&replica, &second_steward, LOG, FOUNDED);
        burst.add(operation(&bind(second, Which::B)?, None)?)?;
        entries.extend(burst.sign());
        Ok(Self { authors, memberships, second_steward, entries })
    }

    /// Makes the home of one of the two nodes; or opens it, where it was made before.
    ///
    /// # Errors
    /// The home can't be made or opened.
    pub fn home(&self, place: &Path, which: Which) -> Result<Home, Fault> {
        if Home::exists(place) {
            return Ok(Home::open(place)?);
        }
        let (member, workshop) = match which {
            Which::A => (self.authors.first().ok_or("no author")?, "Workshop North"),
            Which::B => (&self.second_steward, "Workshop South"),
        };
        let new = NewHome {
            name: "Maker".into(),
            workshop: workshop.into(),
            federation: "Benchmark".into(),
            member: Some(member.clone()),
            next: false,
            passphrase: None,
            listen: vec!["/ip4/127.0.0.1/tcp/0".parse()?],
            http: Some(([127, 0, 0, 1], 0).into()),
            mdns: false,
        };
        let draft = HomeDraft::begin(place, &new)?;
        let node = node(which)?.to_protobuf_encoding()?;
        secret_file::replace(&draft.home().node_key(), &node)?;
        Ok(run::furnish(draft, self.entries.clone())?)
    }
}

/// The libp2p identity of one of the two nodes.
///
/// # Errors
/// Never for these seeds.
pub fn peer(which: Which) -> Result<PeerId, Fault> {
    Ok(node(which)?.public().to_peer_id())
}

fn node(which: Which) -> Result<Keypair, Fault> {
    Ok(Keypair::ed25519_from_bytes([if which == Which::A { 201 } else { 202 }; 32])?)
}

fn key(n: usize, from: u8) -> SecretKey {
    SecretKey::from_seed(&[from.saturating_add(u8::try_from(n).unwrap_or(u8::MAX)); 32])
}

fn bind(under: EntryId, which: Which) -> Result<Operation, Fault> {
    Ok(Operation::BindNode(BindNode { under, peer: peer(which)?.to_bytes().into() }))
}

fn operation(operation: &Operation, names: Option<usize>) -> Result<Draft, Fault> {
    let name = |n: usize| MemberName { nonce: [n.to_le_bytes()[0]; 16], name: format!("Maker {n}") }.encode();
    let personal = names.map(name).transpose()?;
    let facts = operation.to_facts()?;
    Ok(Draft { kind: operation.kind(), subject: None, deps: Vec::new(), facts, personal })
}
