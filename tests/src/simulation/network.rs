//! The network between replicas: a sparse random graph of links, and the weather on them.
//!
//! Each direction of a link has a delay of its own, drawn from the seed and never stored. Messages are
//! lost and doubled as the weather has it; each copy has a delay of its own, so that they overtake each
//! other. The weather changes: links slow down, one direction of some goes dead, the network falls
//! into parts that do not hear each other, and heals.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use super::schedule::Time;

/// What befalls messages, until the weather changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Of a thousand messages, so many are lost.
    pub lost: u32,
    /// Of a thousand messages, so many come twice.
    pub doubled: u32,
    /// Of a thousand links, so many are dead in one direction.
    pub dead: u32,
    /// The longest delay beyond a link's own, in ms.
    pub jitter: Time,
    /// How many parts the network has fallen into: 1 when it is whole.
    pub parts: u64,
    /// Which links and parts these are.
    pub salt: u64,
}

/// The network.
pub struct Network {
    /// Who has a link with whom, both ways.
    links: Vec<Vec<usize>>,
    weather: Weather,
}

impl Network {
    /// A connected graph: a ring through all of `steady`, some chords, and everybody else hung on it by
    /// links with some of them.
    pub fn grow(steady: usize, others: usize, random: &mut ChaCha8Rng) -> Self {
        let mut network = Self { links: vec![Vec::new(); steady + others], weather: Weather::fair() };
        for n in 0..steady {
            network.link(n, (n + 1) % steady);
            if steady > 4 {
                network.link(n, random.random_range(0..steady));
            }
        }
        for n in steady..steady + others {
            for _ in 0..3 {
                network.link(n, random.random_range(0..steady));
            }
        }
        network
    }

    fn link(&mut self, one: usize, other: usize) {
        if one == other || self.linked(one).contains(&other) {
            return;
        }
        for (from, to) in [(one, other), (other, one)] {
            if let Some(links) = self.links.get_mut(from) {
                links.push(to);
            }
        }
    }

    /// Who has a link with this replica.
    pub fn linked(&self, replica: usize) -> &[usize] {
        self.links.get(replica).map_or(&[], Vec::as_slice)
    }

    /// Changes the weather.
    pub fn change(&mut self, weather: Weather) {
        self.weather = weather;
    }

    /// The delays of the copies of a message that arrive: none when it is lost.
    pub fn carry(&self, from: usize, to: usize, random: &mut ChaCha8Rng) -> Vec<Time> {
        let weather = self.weather;
        let apart = weather.parts > 1 && weather.part_of(from) != weather.part_of(to);
        let dead = weather.roll(from, to) % 1_000 < u64::from(weather.dead);
        if apart || dead || random.random_ratio(weather.lost, 1_000) {
            return Vec::new();
        }
        let copies = 1 + usize::from(random.random_ratio(weather.doubled, 1_000));
        // From a local network to a satellite.
        let own = 2 << (mix(from as u64, to as u64, 1) % 9);
        (0..copies).map(|_| own + random.random_range(0..=weather.jitter)).collect()
    }
}

impl Weather {
    /// Nothing is lost, little is late.
    pub fn fair() -> Self {
        Self { lost: 0, doubled: 0, dead: 0, jitter: 20, parts: 1, salt: 0 }
    }

    /// Some weather.
    pub fn draw(random: &mut ChaCha8Rng) -> Self {
        let bad = random.random_ratio(1, 3);
        Self {
            lost: if bad { random.random_range(0..300) } else { random.random_range(0..20) },
            doubled: random.random_range(0..100),
            dead: if bad { random.random_range(0..200) } else { 0 },
            jitter: [5, 50, 500, 5_000].choose(random).copied().unwrap_or(50),
            parts: if random.random_ratio(2, 5) { random.random_range(2..5) } else { 1 },
            salt: random.random(),
        }
    }

    fn part_of(self, replica: usize) -> u64 {
        mix(self.salt, replica as u64, 2) % self.parts
    }

    fn roll(self, from: usize, to: usize) -> u64 {
        mix(self.salt ^ from as u64, to as u64, 3)
    }
}

impl std::fmt::Display for Weather {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { lost, doubled, dead, jitter, parts, .. } = self;
        write!(f, "{lost}‰ lost, {doubled}‰ doubled, {dead}‰ of links dead one way, up to {jitter} ms late")?;
        if *parts > 1 { write!(f, ", in {parts} parts") } else { Ok(()) }
    }
}

/// A number that looks drawn, from three.
fn mix(a: u64, b: u64, c: u64) -> u64 {
    let mut x = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_add(c << 56);
    for _ in 0..2 {
        x = (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    x ^ (x >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn parts_do_not_hear_each_other_and_a_dead_direction_leaves_the_other() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut network = Network::grow(40, 4, &mut random);
        let weather = Weather { parts: 2, salt: 7, ..Weather::fair() };
        network.change(weather);
        let (mut within, mut across) = (0, 0);
        for (from, to) in (0..44).flat_map(|a| (0..44).map(move |b| (a, b))) {
            let arrives = !network.carry(from, to, &mut random).is_empty();
            let same = weather.part_of(from) == weather.part_of(to);
            assert_eq!(arrives, same);
            if same { within += 1 } else { across += 1 }
        }
        assert!(within > 500 && across > 500, "{within} {across}");

        network.change(Weather { dead: 300, ..Weather::fair() });
        let alive = |from, to, random: &mut ChaCha8Rng| !network.carry(from, to, random).is_empty();
        let pairs = (0..44).flat_map(|a| (0..a).map(move |b| (a, b)));
        let one_way = pairs.filter(|(a, b)| alive(*a, *b, &mut random) != alive(*b, *a, &mut random));
        assert!(one_way.count() > 50);
    }

    #[test]
    fn everybody_can_be_reached_and_the_steady_ones_without_the_others() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let network = Network::grow(60, 5, &mut random);
        let mut reached = vec![0];
        for n in 0..65 {
            let from = reached.get(n).copied();
            let next = from.map(|from| network.linked(from).to_vec()).unwrap_or_default();
            for to in next.into_iter().filter(|to| *to < 60) {
                if !reached.contains(&to) {
                    reached.push(to);
                }
            }
        }
        assert_eq!(reached.len(), 60);
        assert!((60..65).all(|n| !network.linked(n).is_empty()));
    }
}
