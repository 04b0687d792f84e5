//! Random rules over random ledgers: what is paid is always the amount, whatever order the lines come in.

use std::fmt::Write as _;

use super::*;

/// A stream of numbers from a seed (`SplitMix64`, Steele, Lea and Flood 2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let place = self.below(all.len() as u64);
        all[usize::try_from(place).unwrap()]
    }

    fn now_and_then(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

const FACTORS: [&str; 7] = ["0", "1", "2", "1/3", "0.7", "3/7", "12.25"];
const PARTS: [&str; 6] = ["0%", "10%", "1/3", "37.5%", "2/7", "100%"];

fn rule(numbers: &mut Numbers, code: &str) -> String {
    let mut text = format!("{HEAD}currency = \"{code}\"\n");
    let mut key = |numbers: &mut Numbers, name: &str, values: &[&str]| {
        if numbers.now_and_then(2) {
            writeln!(text, "{name} = \"{}\"", numbers.one_of(values)).unwrap();
        }
    };
    key(numbers, "rest", &["commons", "aside", "spread"]);
    key(numbers, "unclaimed", &["aside", "commons"]);
    let cap = numbers.one_of(&["cap", "cap-amount"]);
    key(numbers, cap, if cap == "cap" { &PARTS } else { &FACTORS });
    if numbers.now_and_then(2) {
        writeln!(text, "[standing]\nconfirmed = 1\nclaimed = \"{}\"", numbers.one_of(&FACTORS)).unwrap();
    }
    match numbers.below(3) {
        0 => text += "[age]\nhalf-life-days = 100\n",
        1 => text += "[age]\nbrackets = [{ under-days = 90, factor = \"3/5\" }, { factor = \"1/7\" }]\n",
        _ => {}
    }
    if numbers.now_and_then(2) {
        let (share, floor) = (numbers.one_of(&PARTS), numbers.one_of(&FACTORS));
        writeln!(text, "[commons]\nshare = \"{share}\"\nfloor = \"{floor}\"").unwrap();
    }
    if numbers.now_and_then(2) {
        let (share, depth) = (numbers.one_of(&PARTS), 1 + numbers.below(4));
        writeln!(text, "[upstream]\nshare = \"{share}\"\ndepth = {depth}").unwrap();
    }
    for _ in 0..numbers.below(3) {
        let (unit, factor) = (numbers.one_of(&["h", "kg", "EUR"]), numbers.one_of(&FACTORS));
        writeln!(text, "[[weight]]\nunits = [\"{unit}\"]\nfactor = \"{factor}\"").unwrap();
    }
    for n in 0..=numbers.below(3) {
        let share = numbers.one_of(&["10%", "1/3", "2/7"]);
        let of = numbers.one_of(&["whole", "remaining"]);
        let divide = numbers.one_of(&["quantity", "budget", "records", "people"]);
        writeln!(
            text,
            "[[bucket]]\nname = \"{n}\"\nshare = \"{share}\"\nof = \"{of}\"\ndivide = \"{divide}\""
        )
        .unwrap();
        if numbers.now_and_then(3) {
            text += "actions = [\"work\"]\n";
        }
        if matches!(divide, "quantity" | "budget") {
            for unit in ["h", "kg"] {
                let rate = numbers.one_of(&FACTORS);
                writeln!(text, "[[bucket.tariff]]\nunit = \"{unit}\"\nrate = \"{rate}\"").unwrap();
            }
        }
    }
    text
}

fn book(numbers: &mut Numbers) -> Book {
    let mut book = Book::default();
    for _ in 0..=numbers.below(12) {
        let quantity = Decimal::new(i64::try_from(numbers.below(100_000)).unwrap(), 2);
        let unit = numbers.one_of(&["h", "min", "kg", "[lb_av]", "EUR"]);
        let provider = match numbers.below(6) {
            n @ 0..=4 => Provider::Member(member(u8::try_from(n).unwrap())),
            _ => Provider::Agent(work(50 + u8::try_from(numbers.below(3)).unwrap())),
        };
        let line = book.line(provider, "1 h");
        line.quantity = Measure { amount: quantity, unit };
        line.action = numbers.one_of(&["work", "use"]);
        line.standing = numbers.one_of(&[Standing::Confirmed, Standing::Confirmed, Standing::Claimed]);
        line.happened = Happened::At(ON - numbers.below(400) * DAY);
        line.subject = Some(work(numbers.one_of(&[0, 0, 0, 1, 2, 3])));
        if numbers.now_and_then(10) {
            line.settled = vec![settled(Means::Shares)];
        }
    }
    for _ in 0..numbers.below(8) {
        let (from, to) = (numbers.below(4), numbers.below(4));
        book.cites(u8::try_from(from).unwrap(), u8::try_from(to).unwrap());
    }
    book
}

/// A case by its seed: checked, and whether something was shared.
fn case(seed: u64) -> bool {
    let mut numbers = Numbers(seed);
    let (code, decimals) = numbers.one_of(&[("EUR", 2), ("JPY", 0), ("BHD", 3)]);
    let rule = rule(&mut numbers, code);
    let mut book = book(&mut numbers);
    let amount = Decimal::new(1 + i64::try_from(numbers.below(10_000_000)).unwrap(), decimals);
    let amount = format!("{amount} {code}");
    let first = book.shares(&rule, &amount);
    for at in (1..book.lines.len()).rev() {
        book.lines.swap(at, usize::try_from(numbers.below(at as u64 + 1)).unwrap());
    }
    book.sources.reverse();
    assert_eq!(first, book.shares(&rule, &amount), "seed {seed}: another order, another result\n{rule}");
    let statement = match first {
        Ok(statement) => statement,
        Err(SharesError::Nothing(_)) => return false,
        Err(error) => panic!("seed {seed}: {error}\n{rule}"),
    };
    let exact = statement.parts.iter().fold(BigRational::default(), |sum, part| sum + &part.exact);
    assert_eq!(exact, statement.amount, "seed {seed}: exactly\n{rule}");
    let paid: BigInt = statement.parts.iter().map(|part| &part.paid).sum();
    let units = &statement.amount * BigRational::from_integer(BigInt::from(10).pow(decimals));
    assert_eq!(BigRational::from_integer(paid), units, "seed {seed}: to the last unit\n{rule}");
    let whole: BigInt = statement.parts.iter().map(|part| &part.share).sum();
    assert_eq!(whole, BigInt::from(10).pow(SHARE_DECIMALS), "seed {seed}: shares of one\n{rule}");
    for part in &statement.parts {
        let units = &part.exact * BigRational::from_integer(BigInt::from(10).pow(decimals));
        let off = BigRational::from_integer(part.paid.clone()) - units;
        let one = BigRational::from_integer(1.into());
        assert!(off < one && -off < one, "seed {seed}: {:?} is a unit off or more", part.who);
    }
    true
}

fn run(seeds: std::ops::Range<u64>) {
    let count = seeds.end - seeds.start;
    let shared = seeds.filter(|seed| case(*seed)).count() as u64;
    assert!(shared * 2 > count, "only {shared} of {count} cases share anything");
    println!("{count} cases, {shared} of them share something: every sum exact, every order the same");
}

#[test]
fn what_is_paid_is_the_amount_and_no_order_changes_it() {
    run(0..2_000);
}

#[test]
#[ignore = "minutes: cargo test --release -p aronde-protocol --lib shares -- --ignored --nocapture"]
fn what_is_paid_is_the_amount_in_a_hundred_thousand_cases() {
    run(0..100_000);
}
