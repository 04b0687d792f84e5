//! Money: a quantity whose unit is a currency's code, by ISO 4217.
//!
//! Currencies are never converted: a rate is an opinion of a day. An amount is exact to the currency's minor unit where
//! somebody enters it ([`is_payable`]); sums of such amounts are so by themselves.

use rust_decimal::Decimal;

/// A currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    /// Its code.
    pub code: &'static str,
    /// How many decimals its minor unit has: 2 for cents.
    pub decimals: u32,
}

/// The currency with this code, in capitals.
pub fn by_code(code: &str) -> Option<Currency> {
    let lists = [(0, NONE.as_slice()), (2, TWO.as_slice()), (3, THREE.as_slice()), (4, FOUR.as_slice())];
    lists.into_iter().find_map(|(decimals, codes)| {
        codes.iter().find(|known| **known == code).map(|code| Currency { code, decimals })
    })
}

/// The currency that a person means: its code in any case, or a sign or word that stands for one alone.
pub fn by_word(text: &str) -> Option<Currency> {
    let word = text.trim().to_lowercase();
    match word.as_str() {
        "€" | "euro" | "euros" => by_code("EUR"),
        "£" => by_code("GBP"),
        _ => by_code(&word.to_uppercase()),
    }
}

/// Whether an amount can be paid: it has no more decimals than the currency.
pub fn is_payable(amount: Decimal, currency: Currency) -> bool {
    amount.normalize().scale() <= currency.decimals
}

/// Without a minor unit.
const NONE: [&str; 17] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
    "XOF", "XPF",
];

/// With three decimals.
const THREE: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// With four.
const FOUR: [&str; 2] = ["CLF", "UYW"];

/// With two, as most. Funds and metals are left out: nobody pays a contribution in them.
#[rustfmt::skip]
const TWO: [&str; 132] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD", "BND", "BOB", "BRL",
    "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHE", "CHF", "CHW", "CNY", "COP", "CRC", "CUP", "CVE", "CZK",
    "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD",
    "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
    "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON",
    "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
    "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST",
    "XCD", "YER", "ZAR", "ZMW",
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_knows_its_cents() {
        let payable = |amount: &str, code: &str| is_payable(amount.parse().unwrap(), by_code(code).unwrap());
        assert!(payable("12.50", "EUR") && payable("12.500", "EUR") && !payable("12.505", "EUR"));
        assert!(payable("100", "JPY") && !payable("0.5", "JPY") && payable("1.234", "TND"));
        assert_eq!(by_word("€").unwrap().code, "EUR");
        assert_eq!(by_word("chf").unwrap().code, "CHF");
        assert_eq!(
            (by_code("eur"), by_word("XYZ"), by_word("$")),
            (None, None, None),
            "a dollar is one of many"
        );
    }

    #[test]
    fn no_code_is_listed_twice_and_all_are_of_three_capitals() {
        let mut all: Vec<&str> = [&NONE[..], &TWO, &THREE, &FOUR].concat();
        assert!(all.iter().all(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
