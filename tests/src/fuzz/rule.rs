//! Rules of shares: texts that people agreed on, and what they make of a ledger.

use aronde_node::rules::EXAMPLES;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use aronde_protocol::limits::{RULE_BUCKETS_MAX, RULE_ITEMS_MAX, RULE_MAX};
use aronde_protocol::quantity::{Quantity, money};
use aronde_protocol::record::contribution::Happened;
use aronde_protocol::record::ledger::{Line, Measure, Provider, Settled};
use aronde_protocol::record::settlement::Means;
use aronde_protocol::record::standing::Standing;
use aronde_protocol::shares::{
    Asked, BigRational, Rule, SHARE_DECIMALS, SharesError, Source, Statement, shares,
};

use super::samples;

const DAY: u64 = 24 * 3600 * 1000;
/// The day on which all is shared.
const ON: u64 = 20_000 * DAY;

/// What is read is the same rule when it is written, with one hash; and what it makes of a ledger sums to the amount,
/// whatever order the lines come in, or is an error that says why.
pub fn body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let rule = match Rule::read(text) {
        Ok(rule) => rule,
        Err(error) => {
            assert!(!error.what.is_empty());
            return assert!((1..=text.lines().count() + 1).contains(&error.line), "line {}", error.line);
        }
    };
    assert!(text.len() <= RULE_MAX && (1..=RULE_BUCKETS_MAX).contains(&rule.bucket.len()));
    assert!(rule.bucket.iter().all(|bucket| bucket.tariff.len() <= RULE_ITEMS_MAX));
    let written = toml::to_string(&rule).expect("a rule can be written");
    if written.len() <= RULE_MAX {
        let again = Rule::read(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(again, rule, "what is written is another rule:\n{written}");
        assert_eq!(again.hash(), rule.hash());
    }
    let code = rule.currency.as_ref().map_or("EUR", |currency| currency.0.as_str());
    let settled = settled();
    for amount in ["0.01", "1000", "99999.99"] {
        let shared = shared(&rule, amount, code, lines(&settled));
        let mut other = lines(&settled);
        other.reverse();
        assert_eq!(shared, self::shared(&rule, amount, code, other), "another order, another result");
        match shared {
            Ok(statement) => sums(&statement),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn shared(rule: &Rule, amount: &str, code: &str, lines: Vec<Line<'_>>) -> Result<Statement, SharesError> {
    let currency = money::by_code(code).expect("a rule names a currency that is known");
    // A currency without minor units is asked for whole ones.
    let amount = if currency.decimals == 0 { amount.split('.').next().unwrap_or(amount) } else { amount };
    let amount = format!("{amount} {code}").parse::<Quantity>().unwrap().amount;
    let asked = Asked { subject: work(0), amount, currency, on: ON, from: None, to: None };
    shares(rule, &asked, lines.into_iter(), &mut sources)
}

fn sums(statement: &Statement) {
    let of = |decimals: u32| BigRational::from_integer(10_u64.pow(decimals).into());
    let parts = &statement.parts;
    let exact = parts.iter().fold(BigRational::default(), |sum, part| sum + &part.exact);
    assert_eq!(exact, statement.amount, "exactly");
    let paid = parts.iter().map(|part| part.paid.clone()).sum();
    let units = &statement.amount * of(statement.currency.decimals);
    assert_eq!(BigRational::from_integer(paid), units, "to the last unit");
    let share = parts.iter().map(|part| part.share.clone()).sum();
    assert_eq!(BigRational::from_integer(share), of(SHARE_DECIMALS), "shares of one");
    let nothing = BigRational::default();
    assert!(parts.iter().all(|part| part.exact > nothing), "nobody gets less than nothing");
}

fn work(n: u8) -> EntryId {
    EntryId([n; 32])
}

/// The first work cites two, of which one leads on to a third, and that to the first again; nothing is known of the rest.
fn sources(subject: EntryId) -> Vec<Source> {
    let cited: &[u8] = match subject {
        EntryId([0, ..]) => &[1, 2],
        EntryId([2, ..]) => &[3, 9],
        EntryId([3, ..]) => &[0],
        _ => &[],
    };
    cited.iter().map(|n| Source { subject: work(*n), said_by: work(100 + n) }).collect()
}

fn settled() -> [Settled; 2] {
    let author = samples::keys()[0].member();
    [Means::Shares, Means::Cash].map(|means| Settled {
        id: work(77),
        author,
        recorded: ON,
        means,
        amount: None,
        by: author,
    })
}

/// A ledger with something of each that a rule can speak of.
fn lines(settled: &[Settled; 2]) -> Vec<Line<'_>> {
    let [a, b, c, _] = samples::keys().each_ref().map(|key| Provider::Member(key.member()));
    let agent = Provider::Agent(work(50));
    let mut lines = vec![
        line(1, a, "work", "90", "min", Some("design"), 0),
        line(2, b, "work", "7.5", "h", Some("training"), 1_700),
        line(3, agent, "work", "2.5", "h", None, 40),
        line(4, c, "consume", "33.35", "EUR", None, 400),
        line(5, c, "use", "0.3", "h", Some("making"), 3),
        line(6, a, "produce", "3", "{board}", None, 90),
        line(7, b, "work", "250", "g", None, 12),
        line(8, c, "work", "1", "h", None, 5),
        line(9, a, "work", "4", "h", None, 700),
        line(10, b, "work", "6", "h", None, 7),
        line(11, b, "work", "3", "h", Some("design"), 200),
        line(12, c, "work", "11", "h", Some("design"), 20),
    ];
    lines[8].standing = Standing::Claimed;
    lines[9].standing = Standing::Disputed;
    lines[7].settled = vec![&settled[0]];
    lines[6].settled = vec![&settled[1]];
    lines[10].subject = Some(work(1));
    lines[11].subject = Some(work(3));
    lines
}

fn line<'a>(
    n: u8,
    provider: Provider,
    action: &'a str,
    amount: &str,
    unit: &'a str,
    role: Option<&'a str>,
    days: u64,
) -> Line<'a> {
    let author: MemberKey = samples::keys()[0].member();
    let happened = ON - days * DAY;
    Line {
        id: work(n),
        author,
        provider,
        agent: None,
        receiver: None,
        workshop: None,
        subject: Some(work(0)),
        action,
        quantity: Measure { amount: amount.parse().unwrap(), unit },
        resource_quantity: None,
        resource: None,
        role,
        happened: Happened::At(happened),
        recorded: happened,
        late: false,
        corrects: None,
        standing: Standing::Confirmed,
        confirmations: 1,
        disputes: 0,
        settled: Vec::new(),
    }
}

/// The rules that ship, and one with what these have not.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![OTHER.as_bytes().to_vec(), SMALL.as_bytes().to_vec()];
    seeds.extend(EXAMPLES.map(|example| example.text.as_bytes().to_vec()));
    seeds
}

const OTHER: &str = "name = \"other\"
version = \"1\"
currency = \"EUR\"
leave-out-settled = []
rest = \"aside\"
unclaimed = \"commons\"
cap-amount = \"12.50\"
[standing]
confirmed = 1
claimed = \"1/3\"
disputed = \"10%\"
[age]
brackets = [{ under-days = 90, factor = 2 }, { factor = \"3/7\" }]
[[weight]]
actions = [\"work\"]
units = [\"kg\", \"{board}\"]
factor = \"0.7\"
[commons]
floor = 20
[upstream]
share = \"2/7\"
depth = 16
[[bucket]]
name = \"tariff\"
share = \"37.5%\"
divide = \"budget\"
[[bucket.tariff]]
roles = [\"design\"]
unit = \"h\"
rate = 30
[[bucket.tariff]]
unit = \"{board}\"
rate = \"1/9\"
[[bucket]]
name = \"records\"
share = \"100%\"
of = \"remaining\"
divide = \"records\"
";

const SMALL: &str = "name = \"small\"
version = \"1\"
cap = \"20%\"
rest = \"spread\"
bucket = [{ name = \"all\", share = 1, divide = \"people\" }]
";
