//! `join`: a home, and the federation that a ticket opens to it.

use std::path::Path;
use std::time::Duration;

use aronde_protocol::entry::Entry;
use aronde_protocol::join::{JoinGrant, JoinRefusal, JoinRequest, runs};
use aronde_protocol::run;
use aronde_protocol::ticket::{Offer, Ticket};
use aronde_protocol::wire::{Bytes, Text};
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

use super::found::{Keys, read_key};
use super::{Join, Progress};
use crate::api::{FederationName, Joined, MemberName, ServiceError, Sync, WorkshopName};
use crate::commons::{Commons, installation::Installation};
use crate::home::{Config, HomeDraft, NewHome};
use crate::network::{self, JoinError};
use crate::running::{Options, Running};

/// How long the inviting node may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the first sync may take before the newcomer is told to go on by himself, in seconds.
const FIRST_SYNC: u64 = 60;

/// Makes a home and joins with it the federation of a ticket.
pub fn join(place: &Path, join: &Join, progress: &dyn Progress) -> Result<Joined, ServiceError> {
    let ticket: Ticket = join.ticket.trim().parse().map_err(ServiceError::user)?;
    let peer = PeerId::from_bytes(&ticket.peer.0)
        .map_err(|_| ServiceError::user("this ticket names no node; ask for another"))?;
    let workshop = match (&ticket.offer, &join.workshop) {
        (Offer::Workshop { .. }, Some(name)) => name.clone(),
        (Offer::Workshop { name }, None) => name.as_str().to_owned(),
        (_, Some(_)) => {
            return Err(ServiceError::user(
                "this ticket is for the inviting workshop, which has a name already",
            )
            .hint("leave --workshop away"));
        }
        (_, None) => String::from("-"),
    };
    let further = matches!(ticket.offer, Offer::Node { .. });
    if further && join.key.is_none() && !place.join("member.key").exists() {
        return Err(ServiceError::user(
            "this ticket is for a further node of a member who has a key already",
        )
        .hint("bring the key: --key FILE, or restore it first: aronde key restore"));
    }
    let draft = HomeDraft::begin(
        place,
        &NewHome {
            name: join.name.clone(),
            workshop: workshop.clone(),
            federation: String::from("-"),
            member: join.key.as_ref().map(read_key).transpose()?,
            next: !further,
            passphrase: join.passphrase.clone(),
            listen: join.listen.clone(),
            http: None,
            mdns: join.mdns,
        },
    )?;
    let keys = Keys::read(draft.home(), join.passphrase.as_ref(), !further)?;
    progress.say("showing the ticket to the inviting node");
    let grant = ask(&ticket, &keys, join, peer)?;
    let joined = settle(&draft, &ticket, grant, join, &workshop)?;
    let inviting = addresses(&ticket, peer);
    for address in &inviting {
        Config::add_peer(&draft.home().config_file(), address).map_err(crate::home::HomeError::from)?;
    }
    let home = draft.finish()?;
    let joined = Joined { home: home.path().to_owned(), ..joined };
    if let Some(waits) = &joined.waits {
        progress.say(&format!(
            "{waits}; run the node (aronde up), and it goes on by itself when they have voted"
        ));
        return Ok(joined);
    }
    progress.say("fetching what the federation holds");
    // The newcomer is a member now, whatever becomes of this.
    if let Err(error) = first_sync(&home, join, inviting) {
        tracing::debug!(%error, "the first sync");
        progress.say(&format!("not all is here yet ({error}); it comes when the node runs: aronde up"));
    }
    Ok(joined)
}

/// Shows the ticket and proves that we hold the key that is to be admitted.
fn ask(ticket: &Ticket, keys: &Keys, join: &Join, peer: PeerId) -> Result<JoinGrant, ServiceError> {
    let next_key = keys.next().ok().map(|next| Bytes(next.0.to_vec()));
    let mut request = JoinRequest {
        federation: ticket.federation,
        secret: ticket.secret.clone(),
        member: *keys.member.member().as_bytes(),
        next_key,
        name: Text::cut(&join.name),
        workshop: join.workshop.as_deref().map(Text::cut),
        signature: [0; 64],
    };
    let proof =
        request.signed_bytes(&keys.peer.to_bytes(), &peer.to_bytes()).map_err(ServiceError::internal)?;
    request.signature = keys.member.sign(&proof);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ServiceError::internal)?;
    runtime
        .block_on(network::join(keys.node.clone(), ticket, request, PATIENCE))
        .map_err(|error| refused(&error))
}

fn refused(error: &JoinError) -> ServiceError {
    match error {
        JoinError::Refused(JoinRefusal::Busy) => ServiceError::network(error),
        JoinError::Refused(JoinRefusal::Failed(_)) => ServiceError::user(error).hint("ask whoever gave you the ticket"),
        JoinError::Refused(_) => {
            ServiceError::user(error).hint("a new ticket is made at the inviting node with: aronde invite")
        }
        _ => ServiceError::network(error)
            .hint("see that the inviting node runs (aronde up there) and can be reached from here, then try again; the ticket is still good"),
    }
}

/// Believes nothing that the inviting node says but what its entries prove, and writes it to the home.
fn settle(
    draft: &HomeDraft,
    ticket: &Ticket,
    grant: JoinGrant,
    join: &Join,
    workshop: &str,
) -> Result<Joined, ServiceError> {
    let home = draft.home();
    let unproven = |why: &str| {
        ServiceError::network(format!("the inviting node's answer does not prove the admission: {why}"))
            .hint("ask whoever gave you the ticket which node it was made on")
    };
    let mut shown: Vec<Entry> = Vec::new();
    for bytes in runs(grant.proof) {
        shown.extend(run::decode(&bytes).map_err(|e| unproven(&e.to_string()))?);
    }
    Installation::create(home.path(), ticket.federation.founding)?;
    let commons = Commons::open(home)?;
    commons.unlock(join.passphrase.as_ref())?;
    let granted = commons.take_grant(shown, &unproven)?;
    if granted.is_ok() && matches!(ticket.offer, Offer::Workshop { .. }) {
        commons.bind_own_node()?;
    }
    let status = crate::api::Service::call(
        &commons,
        crate::api::Request::Status(crate::api::Status {}),
        crate::api::Signer::default(),
    )?;
    let crate::api::Answer::Status(status) = status else {
        return Err(ServiceError::internal("the commons answered another question"));
    };
    let name = status.federation.name.clone().unwrap_or_default();
    let named = status.workshop.name.clone().unwrap_or_else(|| workshop.to_owned());
    Config::set_names(&home.config_file(), &name, &named).map_err(crate::home::HomeError::from)?;
    Ok(Joined {
        id: ticket.federation.founding,
        federation: FederationName { ..status.federation },
        member: MemberName {
            did: commons.member(),
            name: Some(join.name.clone()),
            role: granted.as_ref().ok().map(|membership| membership.role),
        },
        workshop: WorkshopName {
            id: granted.as_ref().map_or_else(|waits| waits.motion, |membership| membership.workshop),
            name: Some(named),
        },
        home: home.path().to_owned(),
        waits: granted.err(),
    })
}

/// Where the ticket says that the inviting node is reached, each address with its identity.
fn addresses(ticket: &Ticket, peer: PeerId) -> Vec<Multiaddr> {
    let addresses = ticket.addresses.0.iter().filter_map(|a| a.as_str().parse::<Multiaddr>().ok());
    addresses
        .map(|address| {
            let named = address.iter().any(|part| matches!(part, Protocol::P2p(_)));
            if named { address } else { address.with(Protocol::P2p(peer)) }
        })
        .collect()
}

fn first_sync(home: &crate::home::Home, join: &Join, inviting: Vec<Multiaddr>) -> Result<(), ServiceError> {
    let config = home.config()?;
    let options = Options {
        listen: config.listen,
        peers: inviting,
        passphrase: join.passphrase.clone(),
        needs_key: true,
        ..Options::default()
    };
    let node = Running::start(home, options)?;
    let synced = node.sync(&Sync { wait: true, timeout_s: FIRST_SYNC });
    node.stop();
    synced.map(drop)
}
