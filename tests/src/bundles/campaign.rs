//! Many bundles, given to both verifiers: the short form is a test, the long one `aronde-bundles`.

use std::ops::Range;

use aronde_protocol::bundle::{Audit, Finding, FindingKind, Wanted, verify};
use aronde_protocol::entry::Entry;

use super::tamper::{Original, Tampered};
use super::verifier::{Verifier, difference};
use super::{exported, exported_part, sample};
use crate::histories::generate;

/// How many bundles are made at once.
const AT_ONCE: u64 = 2_000;

/// The bundles that are tampered with, about everything and about a part with its proofs, and what is asked of them.
pub fn originals() -> ([Original; 2], Wanted) {
    let (entries, _) = sample::federation(24);
    let founding = entries[0].id();
    let whole = exported(&entries, founding, sample::exporter(), true);
    let part = exported_part(&entries, founding, sample::exporter(), sample::record(&entries));
    let wanted = Wanted { exporter: Some(sample::exporter().member()), ..Wanted::default() };
    for bytes in [&whole, &part] {
        let audit = verify(bytes.as_slice(), &wanted);
        assert!(audit.ok, "a sound bundle: {audit:#?}");
        assert!(audit.trusted.is_some_and(|trusted| trusted.checkpoint.is_some()), "with a checkpoint");
    }
    ([whole, part].map(Original::new), wanted)
}

/// Whether what was tampered with is refused, and it is said where; answers whether it is a stranger's sound bundle.
/// The only bytes that pass as the exporter's are those that the exporter signed.
///
/// # Errors
/// What passes, or is refused without a place.
pub fn refused(original: &Original, tampered: &Tampered, audit: &Audit) -> Result<bool, String> {
    let what = &tampered.what;
    if tampered.bytes == original.bytes {
        return if audit.ok { Ok(false) } else { Err(format!("{what}: nothing was changed: {audit:#?}")) };
    }
    if audit.ok {
        return Err(format!("{what}: passes: {audit:#?}"));
    }
    let by_name = |f: &Finding| {
        let manifest = matches!(
            f.kind,
            FindingKind::BadManifestSignature | FindingKind::OtherExporter | FindingKind::WrongManifest
        );
        f.fault && (f.entry.is_some() || f.offset.is_some() || manifest)
    };
    if !audit.findings.iter().any(by_name) {
        return Err(format!("{what}: nothing is named: {audit:#?}"));
    }
    // Had nobody named the exporter, it would pass, as somebody else's.
    if audit.findings.iter().any(|f| f.fault && f.kind != FindingKind::OtherExporter) {
        return Ok(false);
    }
    let unasked = verify(tampered.bytes.as_slice(), &Wanted::default());
    let exporter = unasked.trusted.as_ref().map(|trusted| trusted.exporter);
    if unasked.ok && exporter == Some(sample::stranger().member()) {
        Ok(true)
    } else {
        Err(format!("{what}: passes as somebody's who did not sign it: {unasked:#?}"))
    }
}

/// Tampers by these seeds, and asks both. False where there is no second verifier.
///
/// # Errors
/// What passes, or in what the two differ.
pub fn tampered(seeds: Range<u64>) -> Result<bool, String> {
    let (originals, wanted) = originals();
    let original = |seed: u64| &originals[usize::from(seed % 4 > 1)];
    for some in parts(seeds) {
        let tampered: Vec<(&Original, Tampered)> =
            some.map(|seed| (original(seed), original(seed).tampered(seed))).collect();
        let asked = tampered.iter().map(|(_, t)| (t.bytes.clone(), wanted)).collect();
        let Some(verifier) = Verifier::start() else { return Ok(false) };
        let mut fault = None;
        verifier.ask(asked, |number, there| {
            let (original, tampered) = &tampered[number];
            let here = verify(tampered.bytes.as_slice(), &wanted);
            let differ = difference(&here, &there).map(|what| format!("{}: {what}", tampered.what));
            let passes = refused(original, tampered, &there).err();
            fault = fault.take().or(differ).or(passes);
        });
        fault.map_or(Ok(()), Err)?;
    }
    Ok(true)
}

/// Exports the histories of these seeds, and asks both. False where there is no second verifier.
///
/// # Errors
/// What is not ok, or in what the two differ.
pub fn histories(seeds: Range<u64>) -> Result<bool, String> {
    for some in parts(seeds) {
        let export = |seed| {
            let history = generate(seed);
            let follows = history.followed.last().copied().unwrap_or(history.founding());
            let whole = exported(&history.entries, follows, sample::exporter(), true);
            let mut work = history.entries.iter().rev().filter(|e| !e.header().kind.class().is_operation());
            let subject = work.next().map_or(history.founding(), Entry::id);
            let part = exported_part(&history.entries, follows, sample::exporter(), subject);
            [(seed, whole), (seed, part)]
        };
        let bundles: Vec<(u64, Vec<u8>)> = some.flat_map(export).collect();
        let asked = bundles.iter().map(|(_, bytes)| (bytes.clone(), Wanted::default())).collect();
        let Some(verifier) = Verifier::start() else { return Ok(false) };
        let mut fault = None;
        verifier.ask(asked, |number, there| {
            let (seed, bytes) = &bundles[number];
            let here = verify(bytes.as_slice(), &Wanted::default());
            let differ = difference(&here, &there).map(|what| format!("seed {seed}: {what}"));
            let refused = (!here.ok).then(|| format!("seed {seed}: {here:#?}"));
            fault = fault.take().or(refused).or(differ);
        });
        fault.map_or(Ok(()), Err)?;
    }
    Ok(true)
}

fn parts(seeds: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let step = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    seeds.clone().step_by(step).map(move |from| from..seeds.end.min(from + AT_ONCE))
}
