//! Slips of the hand, counted: how far a word that was typed is from one that was meant.

/// How many letters must be added, taken away, replaced, or swapped with their neighbour.
pub fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let (mut before, mut above): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=to.len()).collect());
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let at = |row: &[usize], n: usize| row.get(n).copied().unwrap_or(usize::MAX - 1);
            let mut least =
                (at(&above, j) + usize::from(a != b)).min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let previous = |of: &[char], n: usize| n.checked_sub(1).and_then(|n| of.get(n).copied());
            if previous(&from, i) == Some(*b) && previous(&to, j) == Some(*a) {
                least = least.min(at(&before, j.wrapping_sub(1)) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_added_lost_replaced_and_swapped_are_one_slip_each() {
        for (from, to, far) in [
            ("plank", "plank", 0),
            ("planl", "plank", 1),
            ("plnak", "plank", 1),
            ("plan", "plank", 1),
            ("", "ab", 2),
        ] {
            assert_eq!((slips(from, to), slips(to, from)), (far, far), "{from} {to}");
        }
    }
}
