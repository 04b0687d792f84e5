//! Circles: removals that aim at each other, and at which no other aims.

use std::collections::BTreeSet;

/// Of a graph given by what each aims at, the members of those strongly connected components at which nothing
/// outside them aims. (Components by Tarjan's algorithm, without recursion: a hostile history may be one long
/// line.)
pub(super) fn sources(aims: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let component = components(aims);
    let mut aimed_at: BTreeSet<&usize> = BTreeSet::new();
    for (from, targets) in aims.iter().enumerate() {
        for to in targets {
            if component.get(from) != component.get(*to) {
                aimed_at.extend(component.get(*to));
            }
        }
    }
    let members = component.iter().enumerate();
    members.filter(|(_, component)| !aimed_at.contains(*component)).map(|(i, _)| i).collect()
}

/// The component of each, by number.
fn components(aims: &[BTreeSet<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let n = aims.len();
    let (mut index, mut low, mut component) = (vec![NONE; n], vec![NONE; n], vec![NONE; n]);
    let (mut next, mut stack) = (0, Vec::new());
    let at = |list: &[usize], i: usize| list.get(i).copied().unwrap_or(NONE);
    let set = |list: &mut [usize], i: usize, to: usize| {
        if let Some(slot) = list.get_mut(i) {
            *slot = to;
        }
    };
    for root in 0..n {
        let mut walk = vec![(root, None::<std::collections::btree_set::Iter<'_, usize>>)];
        while let Some((here, targets)) = walk.last_mut() {
            let here = *here;
            let targets = match targets {
                Some(targets) => targets,
                none => {
                    if at(&index, here) != NONE {
                        walk.pop();
                        continue;
                    }
                    set(&mut index, here, next);
                    set(&mut low, here, next);
                    next += 1;
                    stack.push(here);
                    let Some(all) = aims.get(here) else { break };
                    none.insert(all.iter())
                }
            };
            if let Some(to) = targets.next() {
                if at(&index, *to) == NONE {
                    walk.push((*to, None));
                } else if at(&component, *to) == NONE {
                    let least = at(&low, here).min(at(&index, *to));
                    set(&mut low, here, least);
                }
                continue;
            }
            walk.pop();
            if let Some((above, _)) = walk.last() {
                let least = at(&low, *above).min(at(&low, here));
                set(&mut low, *above, least);
            }
            if at(&low, here) == at(&index, here) {
                while let Some(member) = stack.pop() {
                    set(&mut component, member, here);
                    if member == here {
                        break;
                    }
                }
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources_of<const N: usize>(aims: [&[usize]; N]) -> Vec<usize> {
        let aims: Vec<BTreeSet<usize>> = aims.iter().map(|a| a.iter().copied().collect()).collect();
        sources(&aims).into_iter().collect()
    }

    #[test]
    fn two_that_aim_at_each_other_are_a_circle_and_whom_they_aim_at_is_none() {
        assert_eq!(sources_of([&[1], &[0, 2], &[]]), [0, 1]);
    }

    #[test]
    fn a_circle_that_something_aims_at_waits() {
        assert_eq!(sources_of([&[1], &[0], &[0]]), [2]);
        assert_eq!(sources_of([&[1], &[2], &[0, 3], &[4], &[3]]), [0, 1, 2]);
    }

    #[test]
    fn a_long_line_needs_no_deep_stack() {
        let aims: Vec<BTreeSet<usize>> = (0..100_000).map(|i| BTreeSet::from([i + 1])).collect();
        let aims = [aims, vec![BTreeSet::new()]].concat();
        assert_eq!(sources(&aims), BTreeSet::from([0]));
    }
}
