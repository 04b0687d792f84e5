//! How one text became another: what stayed, what is gone, what came.
//!
//! Lines are compared first, then the words of lines that took each other's place. What is alike is found by
//! what occurs just once on either side (the "patience" way), which keeps to what a reader would see and, unlike
//! the shortest way, costs little more than reading, whatever the texts: they come from others.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::rising::longest_rising;

/// How often what lies between alike pieces is searched for more of them.
const DEPTH: usize = 16;

/// A part of two texts. The kept and gone parts make the old one, the kept and come parts the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// In both.
    Kept(String),
    /// In the old one only.
    Gone(String),
    /// In the new one only.
    Come(String),
}

/// The parts of two texts, in order; what is gone stands before what came for it.
pub fn pieces(old: &str, new: &str) -> Vec<Piece> {
    let mut lines = Pieces::default();
    let split = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    lines.align(&split(old), &split(new), DEPTH);
    let mut refined = Pieces::default();
    let mut rest = lines.0.as_slice();
    loop {
        rest = match rest {
            [Piece::Gone(gone), Piece::Come(come), rest @ ..] => {
                refined.words(gone, come);
                rest
            }
            [piece, rest @ ..] => {
                refined.push(piece.clone());
                rest
            }
            [] => return refined.0,
        }
    }
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    /// Adds a part; parts of one kind side by side are one.
    fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Kept(t) | Piece::Gone(t) | Piece::Come(t)) if t.is_empty() => {}
            (Some(Piece::Kept(last)), Piece::Kept(more))
            | (Some(Piece::Gone(last)), Piece::Gone(more))
            | (Some(Piece::Come(last)), Piece::Come(more)) => last.push_str(&more),
            (_, piece) => self.0.push(piece),
        }
    }

    /// Two stretches of lines that took each other's place, by their words, when enough of these stayed.
    fn words(&mut self, gone: &str, come: &str) {
        let mut words = Self::default();
        words.align(&tokens(gone), &tokens(come), DEPTH);
        let kept =
            |p: &Piece| if let Piece::Kept(t) = p { t.split_whitespace().map(str::len).sum() } else { 0 };
        let kept: usize = words.0.iter().map(kept).sum();
        if kept * 4 >= gone.len().min(come.len()) {
            words.0.into_iter().for_each(|piece| self.push(piece));
        } else {
            self.push(Piece::Gone(gone.to_owned()));
            self.push(Piece::Come(come.to_owned()));
        }
    }

    fn align(&mut self, old: &[&str], new: &[&str], depth: usize) {
        let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let room = old.len().min(new.len()) - head;
        let tail = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
        let part =
            |of: &[&str], from: usize, to: usize| of.get(from..to).map(<[&str]>::concat).unwrap_or_default();
        self.push(Piece::Kept(part(old, 0, head)));
        self.between(
            old.get(head..old.len() - tail).unwrap_or_default(),
            new.get(head..new.len() - tail).unwrap_or_default(),
            depth,
        );
        self.push(Piece::Kept(part(old, old.len() - tail, old.len())));
    }

    fn between(&mut self, old: &[&str], new: &[&str], depth: usize) {
        let anchors = if depth == 0 { Vec::new() } else { anchors(old, new) };
        if anchors.is_empty() {
            self.push(Piece::Gone(old.concat()));
            self.push(Piece::Come(new.concat()));
            return;
        }
        let (mut from_old, mut from_new) = (0, 0);
        for (at_old, at_new) in anchors.into_iter().chain([(old.len(), new.len())]) {
            let gap_old = old.get(from_old..at_old).unwrap_or_default();
            let gap_new = new.get(from_new..at_new).unwrap_or_default();
            self.align(gap_old, gap_new, depth - 1);
            self.push(Piece::Kept(old.get(at_old).copied().unwrap_or_default().to_owned()));
            (from_old, from_new) = (at_old + 1, at_new + 1);
        }
    }
}

/// What occurs once on either side and in one order on both: its place in the old and in the new.
fn anchors(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let once = |tokens: &[&str]| {
        let mut places: HashMap<String, Option<usize>> = HashMap::new();
        for (at, token) in tokens.iter().enumerate() {
            places.entry((*token).to_owned()).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    };
    let (in_old, in_new) = (once(old), once(new));
    let place =
        |token: &&str| in_new.get(*token).copied().flatten().and(in_old.get(*token).copied().flatten());
    let ranks: Vec<Option<usize>> = new.iter().map(place).collect();
    let rising = longest_rising(&ranks).into_iter();
    rising.filter_map(|at| Some((ranks.get(at).copied().flatten()?, at))).collect()
}

/// Words and what lies between them.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let (mut start, mut last) = (0, None);
    for (at, c) in text.char_indices() {
        let class = if c.is_alphanumeric() { None } else { Some(c) };
        // Every sign is a token of its own; letters and digits side by side are one word.
        if at > 0 && (class.is_some() || class != last) {
            tokens.extend(text.get(start..at));
            start = at;
        }
        last = class;
    }
    tokens.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(old: &str, new: &str) -> String {
        let show = |piece: &Piece| match piece {
            Piece::Kept(text) => text.clone(),
            Piece::Gone(text) => format!("[{text}]"),
            Piece::Come(text) => format!("{{{text}}}"),
        };
        pieces(old, new).iter().map(show).collect()
    }

    #[test]
    fn a_changed_word_is_shown_in_its_line() {
        assert_eq!(
            shown("A stool.\nIt has three legs.\nPaint it.\n", "A stool.\nIt has four legs.\nPaint it.\n"),
            "A stool.\nIt has [three]{four} legs.\nPaint it.\n"
        );
        assert_eq!(shown("drill 6.4 mm", "drill 6.6 mm deep"), "drill 6.[4]{6} mm{ deep}");
    }

    #[test]
    fn lines_that_have_little_in_common_are_shown_whole() {
        assert_eq!(
            shown("one\ncut the frame\ntwo\n", "one\nweld both sides\ntwo\n"),
            "one\n[cut the frame\n]{weld both sides\n}two\n"
        );
        assert_eq!(shown("", "new"), "{new}");
        assert_eq!(shown("old", ""), "[old]");
        assert_eq!(shown("same", "same"), "same");
    }

    #[test]
    fn lines_that_repeat_are_found_between_those_that_do_not() {
        let old = "step\nbolt\nstep\nnut\nstep\n";
        let new = "step\nbolt\nstep\nwasher\nstep\nnut\nstep\n";
        assert_eq!(shown(old, new), "step\nbolt\nstep\n{washer\nstep\n}nut\nstep\n");
    }

    #[test]
    fn texts_made_to_be_slow_are_not() {
        // All lines different, backwards: nothing is in one order; and all alike, nothing occurs once.
        let lines: Vec<String> = (0..60_000).map(|n| format!("{n}\n")).collect();
        let backwards: String = lines.iter().rev().cloned().collect();
        assert!(pieces(&lines.concat(), &backwards).len() >= 3);
        let (alike, others) = ("x\n".repeat(200_000), "y\nx\n".repeat(100_000));
        assert!(!pieces(&alike, &others).is_empty());
    }

    proptest! {
        #[test]
        fn the_parts_make_both_texts(old in "[ab \n]{0,40}", new in "[ab \né]{0,40}") {
            let (mut was, mut is) = (String::new(), String::new());
            for piece in pieces(&old, &new) {
                match piece {
                    Piece::Kept(text) => { was += &text; is += &text; }
                    Piece::Gone(text) => was += &text,
                    Piece::Come(text) => is += &text,
                }
            }
            prop_assert_eq!((was, is), (old, new));
        }
    }
}
