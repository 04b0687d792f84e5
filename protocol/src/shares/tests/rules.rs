//! The language of rules: what is refused, and what is one rule.

use super::{HEAD, HOURS, hours};
use crate::shares::Rule;

#[track_caller]
fn refused(text: &str, line: usize, says: &str) {
    let error = Rule::read(text).unwrap_err();
    assert!(error.what.contains(says), "{says:?} is not said: {error}");
    assert_eq!(error.line, line, "{error}");
}

#[test]
fn what_is_not_known_is_refused_with_its_line() {
    refused(&hours("caps = 3"), 3, "caps");
    refused(&hours("cap = 0.4"), 3, "write \"0.4\"");
    refused(&hours("cap = -1"), 3, "0 or more");
    refused(&hours("cap = \"forty\""), 3, "no number");
    refused(&hours("currency = \"EURO\""), 3, "no currency");
    refused(&hours("leave-out-settled = [\"gold\"]"), 3, "cash, credits");
    refused(&hours("[standing]\nparked = 1"), 4, "parked");
    refused(&hours("[[weight]]\nfactor = 2\nactions = [\"dig\"]"), 5, "no action");
    refused(&hours("[[weight]]\nfactor = 2\nunits = [\"widgets\"]"), 5, "no unit");
    refused(&format!("{HEAD}rest = \n"), 3, "");
    refused(&format!("name = \"\"\nversion = \"1\"\n{HOURS}"), 1, "one line");
    refused(HEAD, 1, "bucket");
}

#[test]
fn what_does_not_fit_together_is_refused_with_what_to_do() {
    refused(&hours("cap = 3"), 3, "cap-amount");
    refused(&hours("cap-amount = 3"), 2, "currency = \"EUR\"");
    refused(&hours("[age]"), 3, "either half-life-days or brackets");
    refused(&hours("[age]\nhalf-life-days = 0"), 4, "one day or more");
    refused(&hours("[age]\nbrackets = [{ factor = 1 }, { under-days = 3, factor = 1 }]"), 4, "young to old");
    refused(&hours("[upstream]\nshare = \"10%\"\ndepth = 17"), 5, "1 to 16");
    refused(&hours("[upstream]\nshare = 2\ndepth = 1"), 3, "100% or less");
    refused(&hours("[standing]\nclaimed = 0"), 3, "no record counts");
    let second = HOURS.replace("\"100%\"", "\"1%\"");
    refused(&format!("{HEAD}{HOURS}{second}"), 10, "over 100%");
    refused(
        &format!("{HEAD}[[bucket]]\nname = \"a\"\nshare = 1\ndivide = \"quantity\"\n"),
        3,
        "say of which unit",
    );
    refused(&format!("{HEAD}{}", HOURS.replace("quantity", "people")), 3, "a tariff needs");
    refused(&format!("{HEAD}{}", HOURS.replace("quantity", "budget")), 2, "currency = \"EUR\"");
    refused(&"#".repeat(1 << 17), 1, "at most");
}

#[test]
fn two_texts_that_say_the_same_are_one_rule() {
    let hash = |text: &str| Rule::read(text).unwrap().hash();
    let one = hours("cap = \"40%\"");
    for same in ["cap = \"2/5\"", "cap   =   \"0.40\"  # less than half", "cap = \"40%\"\nrest = \"commons\""]
    {
        assert_eq!(hash(&one), hash(&hours(same)), "{same}");
    }
    let minutes = HOURS.replace("\"h\"", "\"hours\"");
    assert_eq!(hash(&hours("")), hash(&format!("{HEAD}{minutes}")));
    assert_ne!(hash(&one), hash(&hours("cap = \"41%\"")));
    assert_ne!(hash(&one), hash(&one.replace("version = \"1\"", "version = \"2\"")));
}
