//! Along citations: which works a part is passed to, and how much.
//!
//! A work stands at the level of its shortest way from the one that was asked for, and gets only from the level before.
//! So there are no cycles, and each work is met once.

use std::collections::{BTreeMap, BTreeSet};

use num_rational::BigRational;
use num_traits::Zero;

use super::exact::bounded;
use super::{Rule, SharesError, Source};
use crate::id::EntryId;
use crate::limits;

/// A work and the works that it may pass something to.
#[derive(Debug)]
pub(super) struct Cites {
    pub subject: EntryId,
    pub level: u64,
    /// Places of works at the next level, each with the first entry that says so.
    pub sources: Vec<(usize, EntryId)>,
}

/// The works, level by level, each level in the order of their ids.
pub(super) fn works(
    rule: &Rule,
    subject: EntryId,
    sources: &mut dyn FnMut(EntryId) -> Vec<Source>,
) -> Result<Vec<Cites>, SharesError> {
    let mut works = vec![Cites { subject, level: 0, sources: Vec::new() }];
    let mut places: BTreeMap<EntryId, usize> = [(subject, 0)].into();
    let depth = rule.upstream.as_ref().map_or(0, |upstream| upstream.depth);
    let mut begin = 0;
    for level in 1..=depth {
        let end = works.len();
        let mut said: Vec<(usize, BTreeMap<EntryId, EntryId>)> = Vec::new();
        let mut next: BTreeSet<EntryId> = BTreeSet::new();
        for (place, work) in works.iter().enumerate().skip(begin) {
            let mut of_work: BTreeMap<EntryId, EntryId> = BTreeMap::new();
            for source in sources(work.subject) {
                if !places.contains_key(&source.subject) {
                    let first = of_work.entry(source.subject).or_insert(source.said_by);
                    *first = source.said_by.min(*first);
                    next.insert(source.subject);
                }
            }
            said.push((place, of_work));
        }
        if end + next.len() > limits::SHARES_WORKS_MAX {
            return Err(SharesError::Works);
        }
        for subject in next {
            places.insert(subject, works.len());
            works.push(Cites { subject, level, sources: Vec::new() });
        }
        for (place, of_work) in said {
            let of_work = of_work.into_iter();
            let found = of_work.filter_map(|(source, by)| Some((*places.get(&source)?, by))).collect();
            if let Some(work) = works.get_mut(place) {
                work.sources = found;
            }
        }
        begin = end;
    }
    Ok(works)
}

/// What each work gets, from whom, and what it passes on.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub gets: BigRational,
    /// From which place, by whose word, how much.
    pub from: Vec<(usize, EntryId, BigRational)>,
    pub passed: BigRational,
}

/// Lets an amount flow from the first work. `own` says which works have something that counts.
///
/// A work passes its part on in equal parts to those of its sources that can use it: that have something that counts, or
/// a source that can use it. One that has nothing that counts passes on all.
pub(super) fn flow(
    rule: &Rule,
    works: &[Cites],
    own: &[bool],
    amount: BigRational,
) -> Result<Vec<Flow>, SharesError> {
    let has = |of: &[bool], place: usize| of.get(place).copied().unwrap_or(false);
    let mut uses = own.to_vec();
    // Sources stand behind those that cite them.
    for (place, work) in works.iter().enumerate().rev() {
        let used = has(&uses, place) || work.sources.iter().any(|(source, _)| has(&uses, *source));
        if let Some(it) = uses.get_mut(place) {
            *it = used;
        }
    }
    let nothing = Flow { gets: BigRational::zero(), from: Vec::new(), passed: BigRational::zero() };
    let mut flows = vec![nothing; works.len()];
    if let Some(first) = flows.first_mut() {
        first.gets = amount;
    }
    for (place, work) in works.iter().enumerate() {
        let sources: Vec<_> = work.sources.iter().filter(|(source, _)| has(&uses, *source)).collect();
        let (Some(upstream), false) = (&rule.upstream, sources.is_empty()) else { continue };
        let Some(flow) = flows.get_mut(place) else { continue };
        let share = if has(own, place) { &flow.gets * upstream.share.value() } else { flow.gets.clone() };
        flow.passed.clone_from(&share);
        let each = bounded(share / BigRational::from_integer(sources.len().into()))?;
        for (source, by) in sources {
            if let Some(flow) = flows.get_mut(*source) {
                flow.gets = bounded(&flow.gets + &each)?;
                flow.from.push((place, *by, each.clone()));
            }
        }
    }
    Ok(flows)
}
