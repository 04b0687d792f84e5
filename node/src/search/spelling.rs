//! What was probably meant by a word that no document has.

use aronde_protocol::slip::slips;
use tantivy::Searcher;
use tantivy::schema::Field;

use super::SearchError;

/// Words of the index that are compared.
const COMPARED_MAX: usize = 200_000;

/// The word of these fields that takes the fewest slips to become this one, when these are few for its length; of
/// several the one that most documents have. Nobody errs in the first letter.
pub(super) fn nearest(
    searcher: &Searcher,
    fields: &[Field],
    word: &str,
) -> Result<Option<String>, SearchError> {
    let engine = |error: std::io::Error| SearchError::Engine(error.to_string());
    let Some(first) = word.chars().next() else { return Ok(None) };
    let letters = word.chars().count();
    let most = match letters {
        ..4 => return Ok(None),
        4..9 => 1,
        _ => 2,
    };
    let mut left = COMPARED_MAX;
    let mut best: Option<((usize, std::cmp::Reverse<u32>), String)> = None;
    for segment in searcher.segment_readers() {
        for field in fields {
            let terms = segment.inverted_index(*field)?;
            let begin = first.to_string();
            let mut stream = terms.terms().range().ge(begin.as_bytes()).into_stream().map_err(engine)?;
            while left > 0 && stream.advance() {
                left -= 1;
                let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
                if !term.starts_with(first) {
                    break;
                }
                if term.chars().count().abs_diff(letters) > most {
                    continue;
                }
                let far = slips(word, term);
                let rank = (far, std::cmp::Reverse(stream.value().doc_freq));
                if far <= most && best.as_ref().is_none_or(|(least, _)| rank < *least) {
                    best = Some((rank, term.to_owned()));
                }
            }
        }
    }
    Ok(best.map(|(_, term)| term))
}
