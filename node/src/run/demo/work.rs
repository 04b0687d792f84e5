//! What the workshops do together: share a design, disagree about it, record work on it, and go on
//! without one of them.

use std::fs;

use super::Workshops;
use super::meeting::{all_equal, idle_session};
use super::stage::{Seat, Stage, bytes, other_answer, untrue};
use crate::api::{
    Answer, Attest, Conflict, Contribute, DesignEdit, DesignFiles, DesignImport, LedgerShow, Request,
    ServiceError, Standing, Verdict,
};
use crate::samples::SAMPLES;

/// North takes in a sample, and the others have the same bytes.
pub fn share_a_design(stage: &mut Stage<'_>, workshops: &Workshops) -> Result<String, ServiceError> {
    let [_, sample, _] = SAMPLES;
    stage.chapter("North takes in a design, and the others have it");
    let folder = stage.place(sample.name);
    sample
        .write_to(&folder)
        .map_err(|e| ServiceError::config(format!("the sample cannot be written: {e}")))?;
    let Workshops { north, south, east, .. } = workshops;
    stage.typed(&north.command(&format!("design import ./{}", sample.name)));
    let import = DesignImport { path: folder, update: None, title: None, licence: None, function: None };
    let Answer::DesignImport(imported) = north.call(Request::DesignImport(import))? else {
        return Err(other_answer());
    };
    let id = imported.id.to_string();
    let short = imported.id.short();
    let total: u64 = sample.files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    stage.done(&format!(
        "A folder with an Open Know-How manifest, a parts list and drawings: {} files, {}.",
        sample.files.len(),
        bytes(total)
    ));
    for seat in [south, east] {
        let design = stage.until("the design and its files arrive", || {
            Ok(seat.design(&id)?.filter(|d| !d.files.is_empty() && d.files.iter().all(|f| f.present)))
        })?;
        stage.typed(&seat.command(&format!("design show {short}")));
        stage.done(&format!(
            "{} has \"{}\", version {}, {}, with {} parts.",
            seat.workshop,
            design.summary.title.as_deref().unwrap_or("?"),
            design.summary.version.as_deref().unwrap_or("?"),
            design.summary.licence.as_deref().unwrap_or("?"),
            design.bom.len()
        ));
        same_bytes(stage, seat, &id, &short, "copy")?;
    }
    Ok(id)
}

/// Writes the files of the design out and compares them with the sample, byte for byte.
fn same_bytes(
    stage: &mut Stage<'_>,
    seat: &Seat,
    id: &str,
    short: &str,
    folder: &str,
) -> Result<(), ServiceError> {
    let [_, sample, _] = SAMPLES;
    let name = format!("{}-{folder}", seat.home_name);
    let out = stage.place(&name);
    stage.typed(&seat.command(&format!("design files {short} --out ./{name}")));
    let wanted = DesignFiles { id: id.to_owned(), out: out.clone(), force: false };
    let Answer::DesignFiles(written) = seat.call(Request::DesignFiles(wanted))? else {
        return Err(other_answer());
    };
    let same = sample.files.iter().all(|(path, bytes)| fs::read(out.join(path)).is_ok_and(|b| b == *bytes));
    if !same || written.files != sample.files.len() as u64 {
        return Err(untrue(&format!("{} wrote out the same bytes that North took in", seat.workshop)));
    }
    stage.done(&format!(
        "{} files, {}: the same bytes, each checked by its hash.",
        written.files,
        bytes(written.bytes)
    ));
    Ok(())
}

/// What it costs to find out that there is nothing to do.
pub fn nothing_changed(stage: &mut Stage<'_>, workshops: &Workshops) -> Result<u64, ServiceError> {
    stage.chapter("Nothing changed: what does it cost to know?");
    all_equal(stage, workshops)?;
    stage.typed(&workshops.south.command("sync"));
    let (cost, trips) = idle_session(stage, &workshops.south, &workshops.north)?;
    stage.done(&format!(
        "South and North compared everything they hold: {}, {trips} round trip.",
        bytes(cost)
    ));
    Ok(cost)
}

/// Two makers of North set one field while apart; South proposes a third value. Both values of those
/// who keep the design are shown until one of them decides.
pub fn disagree_and_decide(
    stage: &mut Stage<'_>,
    workshops: &mut Workshops,
    id: &str,
) -> Result<(), ServiceError> {
    stage.chapter("Two makers change the same field while apart");
    let short: String = id.chars().take(10).collect();
    workshops.laptop.off();
    stage.say("Maker D takes the laptop on a train: its node is off. Both go on working.");
    for (seat, version) in [(&workshops.north, "1.1.0"), (&workshops.laptop, "2.0.0")] {
        stage.typed(&edit(seat, id, &short, version)?.1);
    }
    workshops.laptop.on()?;
    stage.typed(&workshops.laptop.command("up"));
    stage.done("The laptop is back. What has become of the two values?");
    let Workshops { north, south, east, laptop } = &*workshops;
    for seat in [north, south, east, laptop] {
        let conflict = stage.until("both values are shown", || version_conflict(seat, id))?;
        if seat.home_name == "south" {
            stage.typed(&seat.command(&format!("design show {short}")));
            let mut values: Vec<_> = conflict.values.iter().collect();
            values.sort_by_key(|value| value.at);
            for value in values {
                stage.say(&format!(
                    "  version {} by {}",
                    value.value.as_deref().unwrap_or("(removed)"),
                    value.author_name.as_deref().unwrap_or("somebody"),
                ));
            }
        }
    }
    stage.done("No last writer wins in silence: all four nodes show both, each with its hand.");

    let (accepted, typed) = edit(south, id, &short, "3.0.0")?;
    stage.typed(&typed);
    if accepted {
        return Err(untrue("a workshop that does not keep a design only proposes"));
    }
    stage.done(
        "South does not keep this design, so its value is a proposal: kept everywhere, without effect.",
    );

    let (_, typed) = edit(laptop, id, &short, "1.1.0")?;
    stage.typed(&typed);
    for seat in [north, south, east, laptop] {
        stage.until("the decision arrives", || {
            let design = seat.design(id)?;
            Ok(design
                .filter(|d| d.conflicts.is_empty() && d.summary.version.as_deref() == Some("1.1.0"))
                .map(drop))
        })?;
    }
    stage.done("Maker D decides by setting the field: version 1.1.0 at all four.");
    Ok(())
}

/// Sets the version; says whether that counts, and what a person would have typed.
fn edit(seat: &Seat, id: &str, short: &str, version: &str) -> Result<(bool, String), ServiceError> {
    let values = vec![("version".to_owned(), version.to_owned())];
    let request =
        DesignEdit { id: id.to_owned(), set: values, add: vec![], remove: vec![], on: None, apart: false };
    let Answer::DesignEdit(edited) = seat.call(Request::DesignEdit(request))? else {
        return Err(other_answer());
    };
    Ok((edited.accepted, seat.command(&format!("design edit {short} --set version={version}"))))
}

fn version_conflict(seat: &Seat, id: &str) -> Result<Option<Conflict>, ServiceError> {
    let design = seat.design(id)?;
    let conflicts = design.map(|d| d.conflicts).unwrap_or_default();
    Ok(conflicts.into_iter().find(|c| c.field == "version" && c.values.len() == 2))
}

/// North says what it did, South confirms it, East sees it confirmed.
pub fn record_and_confirm(
    stage: &mut Stage<'_>,
    workshops: &Workshops,
    id: &str,
) -> Result<(), ServiceError> {
    stage.chapter("Work is recorded, and confirmed by another workshop");
    let Workshops { north, south, east, .. } = workshops;
    let short: String = id.chars().take(10).collect();
    stage.typed(&north.command(&format!(
        "contribute --subject {short} --action work --quantity \"3 h\" --note \"printed and fitted\""
    )));
    let hours = "3 h".parse().map_err(ServiceError::internal)?;
    let contribution = Contribute {
        note: Some("printed and fitted".into()),
        ..Contribute::new(id.to_owned(), "work", hours)
    };
    let Answer::Contribute(wrote) = north.call(Request::Contribute(contribution))? else {
        return Err(other_answer());
    };
    stage.done("Maker A worked three hours: so far, that is a claim.");
    let record = wrote.id.to_string();
    stage.until("South has the record", || Ok(standing(south, &record)?.map(drop)))?;
    stage.typed(&south.command(&format!("attest {} --confirm", wrote.id.short())));
    let attest = Attest { record: record.clone(), verdict: Verdict::Confirm, relation: None, note: None };
    south.call(Request::Attest(attest))?;
    stage.until("East sees it confirmed", || {
        Ok(standing(east, &record)?.filter(|s| *s == Standing::Confirmed))
    })?;
    stage.typed(&east.command(&format!("ledger show {}", wrote.id.short())));
    stage.done("Maker B of South confirms, and at East the record stands as confirmed.");
    Ok(())
}

fn standing(seat: &Seat, record: &str) -> Result<Option<Standing>, ServiceError> {
    match seat.call(Request::LedgerShow(LedgerShow { record: record.to_owned() })) {
        Ok(Answer::LedgerShow(record)) => Ok(Some(record.summary.standing)),
        Ok(_) => Err(other_answer()),
        Err(error) if error.kind == crate::api::ErrorKind::User => Ok(None),
        Err(error) => Err(error),
    }
}

/// North goes off; what South writes reaches East; North comes back and catches up.
pub fn lose_a_node(stage: &mut Stage<'_>, workshops: &mut Workshops, id: &str) -> Result<(), ServiceError> {
    stage.chapter("North's node goes off, and nobody has to wait for it");
    let short: String = id.chars().take(10).collect();
    workshops.north.off();
    stage.say("The node that founded the federation is gone; South and East go on.");
    let Workshops { south, east, .. } = &*workshops;
    stage.typed(
        &south.command(&format!("contribute --subject {short} --action produce --quantity \"4 {{piece}}\"")),
    );
    let pieces = "4 {piece}".parse().map_err(ServiceError::internal)?;
    let contribution = Contribute::new(id.to_owned(), "produce", pieces);
    let Answer::Contribute(wrote) = south.call(Request::Contribute(contribution))? else {
        return Err(other_answer());
    };
    let record = wrote.id.to_string();
    stage.until("East has South's record", || Ok(standing(east, &record)?.map(drop)))?;
    stage.typed(&east.command("ledger list"));
    stage.done("South recorded four pieces, and East has it.");
    same_bytes(stage, east, id, &short, "again")?;
    workshops.north.on()?;
    stage.typed(&workshops.north.command("up"));
    let north = &workshops.north;
    stage.until("North catches up", || Ok(standing(north, &record)?.map(drop)))?;
    stage.done("North is back and has what it missed.");
    Ok(())
}
