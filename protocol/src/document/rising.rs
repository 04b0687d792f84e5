//! What keeps its order when a list is put into another one.

/// The positions of a longest rising series of the ranks that are there.
pub fn longest_rising(ranks: &[Option<usize>]) -> Vec<usize> {
    // For each length the position that ends such a series with the least rank.
    let mut ends: Vec<(usize, usize)> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; ranks.len()];
    for (position, rank) in ranks.iter().enumerate() {
        let Some(rank) = *rank else { continue };
        let length = ends.partition_point(|(r, _)| *r < rank);
        if let Some(link) = previous.get_mut(position) {
            *link = length.checked_sub(1).and_then(|l| ends.get(l)).map(|(_, p)| *p);
        }
        match ends.get_mut(length) {
            Some(end) => *end = (rank, position),
            None => ends.push((rank, position)),
        }
    }
    let mut series = Vec::new();
    let mut next = ends.last().map(|(_, p)| *p);
    while let Some(position) = next {
        series.push(position);
        next = previous.get(position).copied().flatten();
    }
    series.reverse();
    series
}
