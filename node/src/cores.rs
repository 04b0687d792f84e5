//! Work on all cores, where it is the same for many things that hang on nothing else.

use std::num::NonZero;
use std::thread;

/// Does the work for a part of the things on each core, and gives the answers in the order of the things.
///
/// # Panics
/// The work did.
pub fn on_all<T: Sync, U: Send>(things: &[T], work: impl Fn(&[T]) -> Vec<U> + Sync) -> Vec<U> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let each = things.len().div_ceil(cores).max(1);
    if things.len() <= each {
        return work(things);
    }
    thread::scope(|scope| {
        let running: Vec<_> = things.chunks(each).map(|some| scope.spawn(|| work(some))).collect();
        let answers = running.into_iter().map(thread::ScopedJoinHandle::join);
        answers.flat_map(|answer| answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_things() {
        let things: Vec<u32> = (0..1_001).collect();
        let double = |some: &[u32]| some.iter().map(|n| n * 2).collect();
        assert_eq!(on_all(&things, double), things.iter().map(|n| n * 2).collect::<Vec<_>>());
        assert!(on_all(&[], double).is_empty());
    }
}
