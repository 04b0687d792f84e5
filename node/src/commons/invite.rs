//! `invite`, and the admission of whoever shows a ticket.
//!
//! Nothing about tickets is in the commons: the inviting node checks the ticket, then its steward's key
//! signs the admission by name.

use std::net::{IpAddr, UdpSocket};
use std::sync::PoisonError;

use aronde_protocol::authority::operation::{AdmitMember, AdmitWorkshop, BindNode, Operation};
use aronde_protocol::authority::{Membership, Role};
use aronde_protocol::burst::Draft;
use aronde_protocol::entry::{Entry, EntryError};
use aronde_protocol::federation::FederationName;
use aronde_protocol::id::EntryId;
use aronde_protocol::join::{self, JoinGrant, JoinRefusal, JoinRequest};
use aronde_protocol::key::{KeyCommitment, MemberKey, SecretKey};
use aronde_protocol::limits;
use aronde_protocol::ticket::{Offer, Ticket};
use aronde_protocol::wire::{Bytes, Text};
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

use super::entries::Entries;
use super::{Commons, Log, now, timestamp};
use crate::api::{self, Invited, ServiceError, Signer, Waiting};

impl Commons {
    /// `invite`.
    pub(super) fn invite(&self, offer: &api::Offer, signer: &Signer) -> Result<Invited, ServiceError> {
        let key = self.key(signer)?;
        let entries = self.entries();
        let steward = |role| role == Role::Steward;
        let (_, membership) = self.acting(&entries, key.member(), steward, "a steward")?;
        let replica = entries.replica();
        let federation = FederationName {
            founding: replica.federation(),
            charter: replica.authority().charter.unwrap_or(replica.federation()),
        };
        drop(entries);
        let offer = match offer {
            api::Offer::Workshop { name } => {
                if name.trim().is_empty() || name.len() > limits::NAME_MAX {
                    return Err(ServiceError::user(format!(
                        "a workshop's name has 1 to {} bytes, and this one has {}",
                        limits::NAME_MAX,
                        name.len()
                    )));
                }
                Offer::Workshop { name: Text::cut(name) }
            }
            api::Offer::Member { role } => {
                Offer::Member { workshop: membership.workshop, role: Text::cut(role.as_str()) }
            }
            api::Offer::Node => Offer::Node { workshop: membership.workshop },
        };
        let mut secret = vec![0; limits::SECRET_MIN];
        getrandom::fill(&mut secret).map_err(ServiceError::internal)?;
        let issued_at = now();
        let expires_at = issued_at + limits::TICKET_LIFE;
        let addresses = self.reachable()?;
        let ticket = Ticket {
            federation,
            peer: Bytes(self.peer.to_bytes()),
            addresses: addresses.iter().map(|a| Text::cut(&a.to_string())).collect::<Vec<_>>().into(),
            secret: Bytes(secret.clone()),
            offer: offer.clone(),
            expires_at,
        };
        let text = ticket.to_text().map_err(ServiceError::internal)?;
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.issue(&secret, offer, expires_at, issued_at)?;
        Ok(Invited { ticket: text, expires: timestamp(expires_at) })
    }

    /// Where this node is or will be reached, the best first.
    fn reachable(&self) -> Result<Vec<Multiaddr>, ServiceError> {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        let listening = match &*online {
            Some(online) => online.network.addresses(),
            None => self.home.config()?.listen.iter().flat_map(concrete).collect(),
        };
        Ok(best(listening))
    }

    /// Publishes where this node is reached, if that is news. Needs the member's key.
    ///
    /// # Errors
    /// The entry can't be written.
    pub fn publish_addresses(&self, listening: Vec<Multiaddr>) -> Result<(), ServiceError> {
        let addresses = best(listening);
        let own = self.peer.to_bytes();
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(key) = key else { return Ok(()) };
        let mut entries = self.entries();
        if entries.replica().authority().workshop_of_node(&own).is_none() {
            return Ok(());
        }
        let published = super::replicated::addresses_of(&entries);
        let mut before = published.get(&self.peer).cloned().unwrap_or_default();
        let mut after = addresses.clone();
        before.sort();
        after.sort();
        if before == after {
            return Ok(());
        }
        let said = aronde_protocol::entry::gist::Addresses {
            peer: own.into(),
            addresses: addresses.iter().map(|a| a.to_vec().into()).collect(),
        };
        let facts = aronde_protocol::canonical::encode(&said).map_err(ServiceError::internal)?;
        let draft = super::plain(aronde_protocol::entry::Kind::ADDRESSES, facts);
        self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?)).map(|_| ())
    }

    /// Admits whoever shows a ticket, by name. The proof of possession was checked.
    pub(super) fn admit_newcomer(
        &self,
        from: PeerId,
        request: &JoinRequest,
    ) -> Result<JoinGrant, JoinRefusal> {
        let failed = |why: String| JoinRefusal::Failed(Text::cut(&why));
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let offer = tickets.offer(&request.secret.0, now())?;
        let mut entries = self.entries();
        if request.federation.founding != entries.replica().federation() {
            return Err(JoinRefusal::OtherFederation);
        }
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let key = key.ok_or_else(|| {
            failed("its steward's key is locked; its owner must start it with the passphrase".into())
        })?;
        let member = MemberKey::from_bytes(request.member).map_err(|e| failed(e.to_string()))?;
        let next = request.next_key.as_ref().and_then(|next| <[u8; 32]>::try_from(next.0.as_slice()).ok());
        let newcomer = Newcomer { from, member, next: next.map(KeyCommitment), name: request.name.as_str() };
        let workshop = request.workshop.as_ref().map(Text::as_str);
        let drafts =
            self.admission(&entries, &key, &offer, &newcomer, workshop).map_err(|e| failed(e.message))?;
        tickets.spend(&request.secret.0).map_err(|e| failed(e.message))?;
        drop(tickets);
        let admitted = self.write(&mut entries, &key, Log::Operations, |burst| {
            let ids: Result<Vec<EntryId>, EntryError> =
                drafts.into_iter().map(|draft| burst.add(draft)).collect();
            Ok(ids?)
        });
        let admitted = admitted.map_err(|e| failed(e.message))?;
        let carried = |id: &EntryId| entries.replica().get(id).is_some_and(|held| held.verdict.counts());
        if matches!(offer, Offer::Workshop { .. }) && admitted.iter().all(carried) {
            let mut notes = Vec::new();
            self.propose_after(&mut entries, &key, &mut notes);
            for note in notes {
                tracing::warn!("{note}");
            }
        }
        let (runs, carried) = proof(&entries, &admitted);
        if !admitted.iter().all(|id| carried.contains(id)) {
            return Err(failed("the authority has grown too long to be shown at once".into()));
        }
        Ok(JoinGrant { proof: join::proof(runs) })
    }

    /// The operations that admit a newcomer and, to one's own workshop, bind the node.
    fn admission(
        &self,
        entries: &Entries,
        key: &SecretKey,
        offer: &Offer,
        newcomer: &Newcomer<'_>,
        named: Option<&str>,
    ) -> Result<Vec<Draft>, ServiceError> {
        let steward = |role| role == Role::Steward;
        let (under, membership) = self.acting(entries, key.member(), steward, "a steward")?;
        let operation = |operation: Operation, personal| super::operation(&operation, personal);
        let name = super::called(Some(newcomer.name));
        let next = || newcomer.next.ok_or_else(|| ServiceError::user("the newcomer names no next key"));
        let bind = || Operation::BindNode(BindNode { under, peer: newcomer.from.to_bytes().into() });
        let key = newcomer.member;
        Ok(match offer {
            Offer::Workshop { name: offered } => {
                let name_of_it = named.unwrap_or(offered.as_str()).to_owned();
                let admit = AdmitWorkshop { under, name: name_of_it, key, next: next()? };
                vec![operation(Operation::AdmitWorkshop(admit), name?)?]
            }
            Offer::Member { role, .. } => {
                let role = role.as_str().parse().map_err(ServiceError::internal)?;
                let admit = AdmitMember { under, key, next: next()?, role, heads: vec![] };
                vec![operation(Operation::AdmitMember(admit), name?)?, operation(bind(), None)?]
            }
            Offer::Node { .. } => {
                let authority = entries.replica().authority();
                if !authority.memberships_of(key).any(|(_, m)| m.workshop == membership.workshop) {
                    return Err(ServiceError::user(
                        "this ticket is for a further node of a member of the inviting workshop, and the key shown is of none: join with --key and that member's key file",
                    ));
                }
                vec![operation(bind(), None)?]
            }
        })
    }

    /// The runs that prove these operations, from the founding entry on; and which entries they carry.
    pub(super) fn prove(&self, ids: &[EntryId]) -> (Vec<Vec<u8>>, Vec<EntryId>) {
        proof(&self.entries(), ids)
    }

    /// Takes in what an inviting node showed, and says as what it admits this home's member, or which motion is
    /// to admit them once it is carried.
    ///
    /// # Errors
    /// The entries don't prove it; `unproven` makes the sentence.
    pub(crate) fn take_grant(
        &self,
        shown: Vec<Entry>,
        unproven: &dyn Fn(&str) -> ServiceError,
    ) -> Result<Result<Membership, Waiting>, ServiceError> {
        let mut entries = self.entries();
        let received = entries.receive(shown)?;
        if let Some((_, refusal)) = received.refused.first() {
            return Err(unproven(&refusal.to_string()));
        }
        let mine = entries.replica().authority().memberships_of(self.member()).map(|(_, m)| m.clone()).next();
        let waits = Self::waiting(&entries, self.member());
        if mine.is_none() && waits.is_some() {
            self.installation.lock().unwrap_or_else(PoisonError::into_inner).set_waits(true)?;
        }
        self.look(&mut entries);
        match (mine, waits) {
            (Some(mine), _) => Ok(Ok(mine)),
            (None, Some(waiting)) => Ok(Err(waiting)),
            (None, None) => Err(unproven("no entry in it admits the key of this home")),
        }
    }

    /// The open motion that is to admit a member's workshop.
    pub(super) fn waiting(entries: &Entries, member: MemberKey) -> Option<Waiting> {
        let replica = entries.replica();
        let admits = |id: &EntryId| match replica.get(id)?.gist.operation()? {
            Operation::AdmitWorkshop(admit) if admit.key == member => Some(admit.name.clone()),
            _ => None,
        };
        let motions = &replica.authority().motions;
        motions.iter().find_map(|(id, motion)| {
            Some(Waiting {
                motion: *id,
                workshop: admits(id)?,
                needed: motion.quorum.saturating_sub(motion.votes.len()) as u64,
                missing: Self::named(entries, &motion.missing),
            })
        })
    }

    /// Binds our own node under a stewardship that the member holds, if it is bound to nothing yet.
    ///
    /// # Errors
    /// The entry can't be written, or the member is no steward.
    pub(crate) fn bind_own_node(&self) -> Result<(), ServiceError> {
        self.bind_own(&mut self.entries())
    }

    /// As [`Commons::bind_own_node`], with the entries at hand.
    pub(super) fn bind_own(&self, entries: &mut Entries) -> Result<(), ServiceError> {
        let key = self.key(&Signer::default())?;
        if entries.replica().authority().workshop_of_node(&self.peer.to_bytes()).is_some() {
            return Ok(());
        }
        let (under, _) = self.steward(entries, &key)?;
        let bind = Operation::BindNode(BindNode { under, peer: self.peer.to_bytes().into() });
        let draft = super::operation(&bind, None)?;
        self.write(entries, &key, Log::Operations, |burst| Ok(burst.add(draft)?)).map(|_| ())
    }
}

/// Who asks to be admitted.
struct Newcomer<'a> {
    from: PeerId,
    member: MemberKey,
    next: Option<KeyCommitment>,
    name: &'a str,
}

fn proof(entries: &Entries, ids: &[EntryId]) -> (Vec<Vec<u8>>, Vec<EntryId>) {
    entries.runs(&entries.with_past(ids), limits::PROOF_MAX)
}

/// At most as many addresses as are announced, without those that only this machine reaches where there
/// are others.
fn best(mut addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
    addresses.sort();
    addresses.dedup();
    addresses.retain(|a| a.to_vec().len() <= limits::ADDRESS_MAX);
    let beyond: Vec<Multiaddr> = addresses.iter().filter(|a| !is_loopback(a)).cloned().collect();
    let mut best = if beyond.is_empty() { addresses } else { beyond };
    best.truncate(limits::ADDRESSES_MAX);
    best
}

fn ip(address: &Multiaddr) -> Option<IpAddr> {
    address.iter().find_map(|part| match part {
        Protocol::Ip4(ip) => Some(ip.into()),
        Protocol::Ip6(ip) => Some(ip.into()),
        _ => None,
    })
}

fn is_loopback(address: &Multiaddr) -> bool {
    ip(address).is_some_and(|ip| ip.is_loopback())
}

/// An address to listen on as addresses to be reached at: "any" stands for this machine's own.
fn concrete(listen: &Multiaddr) -> Vec<Multiaddr> {
    let any = match ip(listen) {
        Some(ip) if ip.is_unspecified() => ip,
        _ => return vec![listen.clone()],
    };
    let loopback: IpAddr = if any.is_ipv4() {
        std::net::Ipv4Addr::LOCALHOST.into()
    } else {
        std::net::Ipv6Addr::LOCALHOST.into()
    };
    own_ip(any.is_ipv4()).into_iter().chain([loopback]).map(|ip| with_ip(listen, ip)).collect()
}

fn with_ip(address: &Multiaddr, ip: IpAddr) -> Multiaddr {
    let replaced = address.iter().map(|part| match part {
        Protocol::Ip4(_) | Protocol::Ip6(_) => Protocol::from(ip),
        other => other,
    });
    replaced.collect()
}

/// The address by which this machine would reach others. Nothing is sent: a datagram socket is only told
/// where it would send, to an address kept for documentation.
fn own_ip(v4: bool) -> Option<IpAddr> {
    let (bind, towards) = if v4 { ("0.0.0.0:0", "192.0.2.1:9") } else { ("[::]:0", "[2001:db8::1]:9") };
    let socket = UdpSocket::bind(bind).ok()?;
    socket.connect(towards).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn any_address_is_told_as_one_that_can_be_dialled() {
        let any: Multiaddr = "/ip4/0.0.0.0/tcp/4001".parse().unwrap();
        let told = concrete(&any);
        assert!(told.contains(&"/ip4/127.0.0.1/tcp/4001".parse().unwrap()));
        assert!(told.iter().all(|a| ip(a).is_some_and(|ip| !ip.is_unspecified())));
        let one: Multiaddr = "/ip4/127.0.0.1/udp/4001/quic-v1".parse().unwrap();
        assert_eq!(concrete(&one), vec![one]);
    }

    #[test]
    fn loopback_is_told_only_where_there_is_nothing_better() {
        let near: Multiaddr = "/ip4/127.0.0.1/tcp/1".parse().unwrap();
        let far: Multiaddr = "/ip4/192.0.2.7/tcp/1".parse().unwrap();
        assert_eq!(best(vec![near.clone(), far.clone()]), vec![far]);
        assert_eq!(best(vec![near.clone()]), vec![near]);
    }
}
