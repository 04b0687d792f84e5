//! Order keys: short texts whose byte order is the order of a list.
//!
//! Between any two different keys lies another, so an item is added or moved by writing one key.
//! A key is a whole number and a fraction in base 62; the number's first letter tells its length, so
//! a list that grows at its ends has keys that grow with the logarithm of its length. Only
//! insertion at one and the same inner place grows them, one byte for about six; at
//! [`ORDER_KEY_MAX`] the editor spreads the list anew. Concurrent writers may choose the same key:
//! their items are then ordered by id.
//!
//! The scheme is David Greenspan's "Implementing Fractional Indexing".

use std::fmt;

use crate::limits::ORDER_KEY_MAX;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FIRST: u8 = b'0';
const LAST: u8 = b'z';

/// Why there is no order key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
pub enum OrderError {
    /// A text that is not an order key.
    #[error(
        "the order key is not one: a length letter, its digits, and a fraction not ending in 0 are expected"
    )]
    NotAKey,
    /// The first key is not before the second.
    #[error("no order key lies between two that are not in order")]
    NotInOrder,
    /// It would be too long.
    #[error("the list has too many insertions at this place; its keys have to be spread anew")]
    Crowded,
}

/// A key that orders an item in its list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct OrderKey(String);

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl OrderKey {
    /// The key written so.
    ///
    /// # Errors
    /// The text is not an order key.
    pub fn parse(text: &str) -> Result<Self, OrderError> {
        let bytes = text.as_bytes();
        let whole = whole_len(bytes).ok_or(OrderError::NotAKey)?;
        let digits = bytes.iter().all(u8::is_ascii_alphanumeric);
        let fraction = bytes.get(whole..).ok_or(OrderError::NotAKey)?;
        if !digits || bytes.len() > ORDER_KEY_MAX || fraction.last() == Some(&FIRST) || least(bytes) {
            return Err(OrderError::NotAKey);
        }
        Ok(Self(text.to_owned()))
    }

    /// A key after `before` and before `after`, each of which may be open.
    ///
    /// # Errors
    /// The two are not in order, or the key would be too long.
    pub fn between(before: Option<&Self>, after: Option<&Self>) -> Result<Self, OrderError> {
        let low = before.map(|k| k.0.as_bytes());
        let high = after.map(|k| k.0.as_bytes());
        if let (Some(low), Some(high)) = (low, high)
            && low >= high
        {
            return Err(OrderError::NotInOrder);
        }
        let key = match (low, high) {
            (None, None) => b"a0".to_vec(),
            (None, Some(high)) => {
                let (whole, fraction) = parts(high);
                if fraction.is_empty() {
                    match step(whole, FIRST, LAST) {
                        Some(less) if !least(&less) => less,
                        Some(least) => joined(&least, midpoint(&[], None)),
                        None => joined(whole, midpoint(&[], Some(fraction))),
                    }
                } else if least(whole) {
                    joined(whole, midpoint(&[], Some(fraction)))
                } else {
                    whole.to_vec()
                }
            }
            (Some(low), None) => {
                let (whole, fraction) = parts(low);
                step(whole, LAST, FIRST).unwrap_or_else(|| joined(whole, midpoint(fraction, None)))
            }
            (Some(low), Some(high)) => {
                let ((low_whole, low_fraction), (high_whole, high_fraction)) = (parts(low), parts(high));
                if low_whole == high_whole {
                    joined(low_whole, midpoint(low_fraction, Some(high_fraction)))
                } else {
                    step(low_whole, LAST, FIRST)
                        .filter(|next| next.as_slice() < high)
                        .unwrap_or_else(|| joined(low_whole, midpoint(low_fraction, None)))
                }
            }
        };
        let text = String::from_utf8(key).map_err(|_| OrderError::NotAKey)?;
        if text.len() > ORDER_KEY_MAX { Err(OrderError::Crowded) } else { Ok(Self(text)) }
    }

    /// `count` keys in order between two, evenly inside and one after the other at an open end.
    ///
    /// # Errors
    /// As [`OrderKey::between`].
    pub fn several(
        before: Option<&Self>,
        after: Option<&Self>,
        count: usize,
    ) -> Result<Vec<Self>, OrderError> {
        let mut keys: Vec<Self> = Vec::new();
        if count == 0 {
            return Ok(keys);
        }
        match (before, after) {
            (_, None) => {
                for _ in 0..count {
                    keys.push(Self::between(keys.last().or(before), None)?);
                }
            }
            (None, Some(_)) => {
                for _ in 0..count {
                    keys.push(Self::between(None, keys.last().or(after))?);
                }
                keys.reverse();
            }
            // Halving, so the depth is the logarithm of the count.
            (Some(_), Some(_)) => {
                let middle = Self::between(before, after)?;
                let rest = count - 1;
                keys = Self::several(before, Some(&middle), rest / 2)?;
                let right = Self::several(Some(&middle), after, rest - rest / 2)?;
                keys.push(middle);
                keys.extend(right);
            }
        }
        Ok(keys)
    }
}

/// The length of the whole number that begins with this letter, the letter included.
fn whole_len(key: &[u8]) -> Option<usize> {
    match key.first()? {
        c @ b'a'..=b'z' => Some(usize::from(c - b'a') + 2),
        c @ b'A'..=b'Z' => Some(usize::from(b'Z' - c) + 2),
        _ => None,
    }
}

/// The least number there is: nothing lies before it, so it is no key.
fn least(key: &[u8]) -> bool {
    key.first() == Some(&b'A') && key.len() == 27 && key.iter().skip(1).all(|d| *d == FIRST)
}

fn parts(key: &[u8]) -> (&[u8], &[u8]) {
    key.split_at_checked(whole_len(key).unwrap_or(key.len())).unwrap_or((key, &[]))
}

fn joined(whole: &[u8], fraction: Vec<u8>) -> Vec<u8> {
    let mut key = whole.to_vec();
    key.extend(fraction);
    key
}

fn rank(digit: u8) -> usize {
    DIGITS.iter().position(|d| *d == digit).unwrap_or(0)
}

fn digit(rank: usize) -> u8 {
    DIGITS.get(rank).copied().unwrap_or(LAST)
}

/// The next number (`full` is the last digit and `empty` the first) or the one before (the other
/// way round); none at the end of the numbers.
fn step(whole: &[u8], full: u8, empty: u8) -> Option<Vec<u8>> {
    let up = full == LAST;
    let (head, digits) = whole.split_first()?;
    let mut digits = digits.to_vec();
    for d in digits.iter_mut().rev() {
        if *d != full {
            *d = digit(if up { rank(*d) + 1 } else { rank(*d).saturating_sub(1) });
            let mut key = vec![*head];
            key.extend(digits);
            return Some(key);
        }
        *d = empty;
    }
    // Every digit has turned over: the next length, `Z` and `a` being neighbours.
    let head = match (up, *head) {
        (true, b'Z') => b'a',
        (true, b'z') | (false, b'A') => return None,
        (true, c) => c + 1,
        (false, b'a') => b'Z',
        (false, c) => c - 1,
    };
    let mut key = vec![head];
    key.resize(whole_len(&key)?, empty);
    Some(key)
}

/// A fraction between two, the second open at its end when there is none. Neither ends in the first
/// digit, nor does the result.
fn midpoint(low: &[u8], high: Option<&[u8]>) -> Vec<u8> {
    let (mut low, mut high) = (low, high);
    let mut fraction = Vec::new();
    loop {
        let from = low.first().copied().unwrap_or(FIRST);
        let to = high.and_then(|h| h.first().copied());
        let below = rank(from);
        let above = to.map_or(DIGITS.len(), rank);
        if to == Some(from) {
            fraction.push(from);
            high = high.map(|h| h.get(1..).unwrap_or_default());
        } else if above.saturating_sub(below) > 1 {
            fraction.push(digit(usize::midpoint(below, above)));
            return fraction;
        } else if let (Some(to), true) = (to, high.is_some_and(|h| h.len() > 1)) {
            fraction.push(to);
            return fraction;
        } else {
            fraction.push(from);
            high = None;
        }
        low = low.get(1..).unwrap_or_default();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> OrderKey {
        OrderKey::parse(text).unwrap()
    }

    #[test]
    fn a_list_that_grows_at_its_ends_keeps_short_keys() {
        let (mut first, mut last) = (key("a0"), key("a0"));
        for _ in 0..100_000 {
            let before = OrderKey::between(None, Some(&first)).unwrap();
            let after = OrderKey::between(Some(&last), None).unwrap();
            assert!(before < first && last < after);
            (first, last) = (before, after);
        }
        assert!(first.0.len() <= 4 && last.0.len() <= 4, "{first} {last}");
    }

    #[test]
    fn a_crowded_place_is_said_to_be_so_before_keys_grow_without_end() {
        let (low, mut high) = (key("a0"), key("a1"));
        let mut count = 0;
        let error = loop {
            match OrderKey::between(Some(&low), Some(&high)) {
                Ok(middle) => high = middle,
                Err(error) => break error,
            }
            count += 1;
        };
        assert_eq!(error, OrderError::Crowded);
        assert!(count > 1_000, "{count}");
        let spread = OrderKey::several(None, None, 1_000).unwrap();
        assert!(spread.iter().all(|k| k.0.len() <= 3));
    }

    #[test]
    fn a_thousand_items_between_two_have_short_keys() {
        let keys = OrderKey::several(Some(&key("a0")), Some(&key("a1")), 1_000).unwrap();
        assert_eq!(keys.len(), 1_000);
        assert!(keys.windows(2).all(|w| w[0] < w[1]));
        assert!(keys.iter().all(|k| k.0.len() <= 5));
    }

    #[test]
    fn what_is_no_order_key_is_refused() {
        let least = format!("A{}", "0".repeat(26));
        let long = format!("a0{}", "1".repeat(ORDER_KEY_MAX));
        for text in ["", "a", "0", "a00", "b1", "a0é", "a0 1", "!", least.as_str(), long.as_str()] {
            assert_eq!(OrderKey::parse(text), Err(OrderError::NotAKey), "{text}");
        }
        assert_eq!(OrderKey::between(Some(&key("a1")), Some(&key("a1"))), Err(OrderError::NotInOrder));
    }

    #[test]
    fn there_is_a_key_before_the_least_and_after_the_greatest_number() {
        let low = key(&format!("A{}1", "0".repeat(25)));
        let lower = OrderKey::between(None, Some(&low)).unwrap();
        let lowest = OrderKey::between(None, Some(&lower)).unwrap();
        assert!(lowest < lower && lower < low);
        let high = key(&format!("z{}", "z".repeat(26)));
        assert!(high < OrderKey::between(Some(&high), None).unwrap());
    }

    proptest! {
        #[test]
        fn a_key_between_two_lies_between_them_and_is_a_key(places in prop::collection::vec(any::<prop::sample::Index>(), 1..200)) {
            let mut list: Vec<OrderKey> = Vec::new();
            for place in places {
                let i = place.index(list.len() + 1);
                let new = OrderKey::between(i.checked_sub(1).map(|i| &list[i]), list.get(i)).unwrap();
                prop_assert_eq!(OrderKey::parse(&new.0), Ok(new.clone()));
                list.insert(i, new);
            }
            prop_assert!(list.windows(2).all(|w| w[0] < w[1]));
        }

        #[test]
        fn any_two_valid_keys_have_one_between(a in "[A-Za-z][0-9A-Za-z]{1,40}", b in "[A-Za-z][0-9A-Za-z]{1,40}") {
            if let (Ok(a), Ok(b)) = (OrderKey::parse(&a), OrderKey::parse(&b)) && a != b {
                let (low, high) = if a < b { (a, b) } else { (b, a) };
                let middle = OrderKey::between(Some(&low), Some(&high)).unwrap();
                prop_assert!(low < middle && middle < high);
                prop_assert_eq!(OrderKey::parse(&middle.0), Ok(middle.clone()));
                let below = OrderKey::between(None, Some(&low)).unwrap();
                prop_assert!(below < low && OrderKey::parse(&below.0).is_ok());
            }
        }
    }
}
