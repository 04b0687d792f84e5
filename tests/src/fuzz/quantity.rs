//! Quantities: an exact number and a unit.

use aronde_protocol::quantity::Quantity;

/// What is read is shown so that it is read again as the same, digit by digit.
pub fn body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(quantity) = text.parse::<Quantity>() else { return };
    let shown = quantity.to_string();
    let again: Quantity = shown.parse().expect("what is shown is a quantity");
    assert_eq!((again.amount, &again.unit), (quantity.amount, &quantity.unit));
    assert_eq!(again.to_string(), shown, "and keeps its digits");
    assert!(quantity.unit.len() <= 64 && quantity.unit.is_ascii());
}

/// Quantities as people write them.
pub fn seeds() -> Vec<Vec<u8>> {
    ["3 h", "1.50 kg", "4 {piece}", "-0.5 m", "3h", "+0.000 m/s", "79228162514264337593543950335 1"]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
}
