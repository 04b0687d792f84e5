//! Ids as people give them: whole, or shortened to a prefix that only one fits.

use aronde_protocol::id::EntryId;

use crate::api::ServiceError;

/// The fewest digits of a prefix: fewer would fit by accident.
const PREFIX_MIN: usize = 4;

/// The one id that a text means, among those that can be meant. `what` is the word for them, as in
/// "a design".
pub fn resolve(
    text: &str,
    what: &str,
    among: impl Iterator<Item = EntryId>,
) -> Result<EntryId, ServiceError> {
    let text = text.trim().to_ascii_lowercase();
    if text.len() < PREFIX_MIN || text.len() > 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        let shown: String = text.chars().take(80).collect();
        return Err(ServiceError::user(format!(
            "\"{shown}\" is not the id of {what}, nor the beginning of one"
        ))
        .hint(format!("an id has 64 hex digits; give it whole, or at least {PREFIX_MIN} digits of it")));
    }
    let fitting: Vec<EntryId> = among.filter(|id| id.to_string().starts_with(&text)).collect();
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => Err(ServiceError::user(format!("no id of {what} here begins with {text}"))
            .hint("if it was made elsewhere, sync first: aronde sync")),
        many => {
            let shown: Vec<String> = many.iter().take(5).map(ToString::to_string).collect();
            Err(ServiceError::user(format!("{} ids of {what} begin with {text}", many.len()))
                .hint(format!("give more digits: {}", shown.join(", "))))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_names_an_id_only_when_it_fits_just_one() {
        let ids = || [[0xab; 32], [0xac; 32]].into_iter().map(EntryId);
        assert_eq!(resolve("abab", "a design", ids()).unwrap(), EntryId([0xab; 32]));
        assert_eq!(
            resolve(&EntryId([0xac; 32]).to_string(), "a design", ids()).unwrap(),
            EntryId([0xac; 32])
        );
        for (text, why) in
            [("ab", "nor the beginning"), ("cdcd", "no id of a design"), ("zzzz", "nor the beginning")]
        {
            assert!(resolve(text, "a design", ids()).unwrap_err().message.contains(why), "{text}");
        }
        let twins = [[0xab; 32], [0xab; 32]].into_iter().map(EntryId);
        assert!(resolve("abab", "a design", twins).unwrap_err().message.contains("2 ids"));
    }
}
