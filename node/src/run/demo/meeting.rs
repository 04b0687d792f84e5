//! How the workshops come together at the start, and how they compare at the end.

use super::stage::{Quiet, Seat, Stage, bytes, loopback, other_answer, untrue};
use super::{Shown, ShownWorkshop, Workshops};
use crate::api::{Answer, Audit, AuditAnswer, Invite, Offer, Request, ServiceError};
use crate::run::{Founding, Join, init, join};

const FEDERATION: &str = "Commons of three";
const NORTH: &str = "Workshop North";

/// North founds, South and East join, Maker D joins North.
pub fn found_and_join(stage: &mut Stage<'_>) -> Result<Workshops, ServiceError> {
    stage.chapter("Workshop North founds a federation");
    let place = stage.place("north");
    stage.typed(&format!(
        "aronde --home north init --name \"Maker A\" --workshop \"{NORTH}\" --federation \"{FEDERATION}\""
    ));
    stage.typed("aronde --home north up");
    let founding = Founding {
        name: "Maker A".into(),
        workshop: NORTH.into(),
        federation: FEDERATION.into(),
        passphrase: None,
        key: None,
        listen: loopback()?,
        http: None,
        mdns: false,
    };
    init(&place, &founding)?;
    let north = Seat::take("north", NORTH, &place)?;
    let status = north.status()?;
    stage.done(&format!(
        "Maker A is its first steward; {} entries, signed by a key that never leaves this home.",
        status.counts.entries
    ));

    stage.chapter("Two workshops join, each with a ticket");
    let workshop = |name: &str| Offer::Workshop { name: name.to_owned() };
    let south = newcomer(stage, &north, workshop("Workshop South"), ("south", "Workshop South", "Maker B"))?;
    let east = newcomer(stage, &north, workshop("Workshop East"), ("east", "Workshop East", "Maker C"))?;
    stage
        .say("A ticket works once. The admission is signed by North's steward and names the newcomer's key.");

    stage.chapter("Workshop North takes in a second maker, with a laptop");
    let role = aronde_protocol::authority::Role::Maker;
    let laptop = newcomer(stage, &north, Offer::Member { role }, ("laptop", NORTH, "Maker D"))?;

    let workshops = Workshops { north, south, east, laptop };
    all_equal(stage, &workshops)?;
    stage.done("All four nodes know each other and hold the same entries.");
    Ok(workshops)
}

fn newcomer(
    stage: &mut Stage<'_>,
    inviting: &Seat,
    offer: Offer,
    (home, workshop, member): (&'static str, &'static str, &'static str),
) -> Result<Seat, ServiceError> {
    stage.check()?;
    stage.typed(&match &offer {
        Offer::Workshop { name } => inviting.command(&format!("invite --workshop \"{name}\"")),
        Offer::Member { role } => inviting.command(&format!("invite --member --role {}", role.as_str())),
        Offer::Node => inviting.command("invite --node"),
    });
    let Answer::Invite(invited) = inviting.call(Request::Invite(Invite { offer }))? else {
        return Err(other_answer());
    };
    let begin: String = invited.ticket.chars().take(20).collect();
    stage.typed(&format!("aronde --home {home} join {begin}… --name \"{member}\""));
    stage.typed(&format!("aronde --home {home} up"));
    let place = stage.place(home);
    let wanted = Join {
        ticket: invited.ticket,
        name: member.to_owned(),
        workshop: None,
        passphrase: None,
        key: None,
        listen: loopback()?,
        mdns: false,
    };
    let joined = join(&place, &wanted, &Quiet)?;
    let seat = Seat::take(home, workshop, &place)?;
    let role = joined.member.role.map_or("member", aronde_protocol::authority::Role::as_str);
    stage.done(&format!("{member} is a {role} of {workshop}."));
    Ok(seat)
}

/// Waits until everyone who is on holds the same.
pub fn all_equal(stage: &Stage<'_>, workshops: &Workshops) -> Result<(), ServiceError> {
    stage.until("all nodes hold the same entries and files", || {
        let mut equal = true;
        let mut first: Option<(String, u64)> = None;
        for seat in workshops.seats() {
            let status = seat.status()?;
            let here = (status.held_digest, status.counts.files);
            equal &= first.as_ref().is_none_or(|there| *there == here);
            first = Some(here);
        }
        Ok(equal.then_some(()))
    })
}

/// Every workshop checks everything it holds, from raw bytes.
pub fn audit_everywhere(
    stage: &mut Stage<'_>,
    workshops: &Workshops,
    idle_bytes: u64,
) -> Result<Shown, ServiceError> {
    stage.chapter("Everyone checks everything, from raw bytes");
    all_equal(stage, workshops)?;
    let mut shown = Vec::new();
    for seat in [&workshops.north, &workshops.south, &workshops.east] {
        stage.check()?;
        stage.typed(&seat.command("audit"));
        let Answer::Audit(audit) = seat.call(Request::Audit(Audit::default()))? else {
            return Err(other_answer());
        };
        let digest = seat.status()?.digest;
        stage.done(&told(seat, &audit, &digest));
        shown.push(ShownWorkshop { name: seat.workshop.to_owned(), audit_ok: audit.ok, digest });
    }
    let equal = shown.windows(2).all(|pair| matches!(pair, [a, b] if a.digest == b.digest));
    if !equal {
        return Err(untrue("the digests of the three workshops are equal"));
    }
    if let Some(unwell) = shown.iter().find(|workshop| !workshop.audit_ok) {
        return Err(untrue(&format!("the audit of {} is well", unwell.name)));
    }
    stage.say("The digests are equal: the same entries count at all three.");
    let counts = workshops.north.status()?.counts;
    Ok(Shown {
        ok: true,
        workshops: shown,
        entries: counts.entries,
        files: counts.files,
        bytes: counts.bytes,
        idle_bytes,
        milliseconds: u64::try_from(stage.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn told(seat: &Seat, audit: &AuditAnswer, digest: &str) -> String {
    let checked = &audit.checked;
    format!(
        "{}: {}, {} entries, {} signatures, {} logs, {} files checked; digest {}.",
        seat.workshop,
        if audit.ok { "audit ok" } else { "AUDIT NOT OK" },
        checked.entries,
        checked.signatures,
        checked.logs,
        checked.files,
        digest.chars().take(16).collect::<String>()
    )
}

/// Bytes and round trips of a session between two nodes that hold the same.
pub fn idle_session(stage: &Stage<'_>, from: &Seat, to: &Seat) -> Result<(u64, u64), ServiceError> {
    let peer = to.status()?.node.peer_id;
    let node = from.node()?;
    stage
        .until("a session of two equal nodes", || {
            node.sync(&crate::api::Sync { wait: false, timeout_s: 10 })?;
            let peers = node.network().status().peers;
            let last = peers.iter().find(|p| p.peer_id.to_string() == peer).and_then(|p| p.last_session);
            Ok(last
                .filter(|session| session.fresh == 0 && session.pushed == 0)
                .map(|session| (session.bytes as u64, session.round_trips as u64)))
        })
        .map_err(|error| {
            error.hint(format!("nothing was to be exchanged, so less than {} should do", bytes(1_000)))
        })
}
