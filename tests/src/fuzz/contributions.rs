//! Tables of contributions, and histories as git writes them.

use aronde_protocol::interchange::contributions::{self, Map, Table, git};
use aronde_protocol::limits::{AGENT_NAME_MAX, AT_MAX, CONTRIBUTIONS_ROWS_MAX};
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::contribution::{ContributionFacts, Happened, Resource};

const MAP: &str = "person = \"Name\"\nquantity = \"Time\"\nunit = \"h\"\nhappened = \"Date\"\ndates = \"day-first\"\nnote = \"Paid\"";

/// Every claim that is read can be written, and the same bytes make the same claims.
pub fn body(bytes: &[u8]) {
    let map: Map = MAP.parse().unwrap();
    for map in [None, Some(&map)] {
        if let Ok(table) = contributions::read(bytes, map) {
            check(&table);
            assert_eq!(contributions::read(bytes, map), Ok(table));
        }
    }
    check(&git::read(bytes, "press"));
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<Map>();
        assert!(contributions::time(text).unwrap_or(0) <= AT_MAX);
    }
}

fn check(table: &Table) {
    assert!(table.rows <= CONTRIBUTIONS_ROWS_MAX as u64 + 1);
    for claim in &table.claims {
        assert!((1..=AGENT_NAME_MAX).contains(&claim.person.len()));
        assert!(claim.happened.map_or(0, Happened::end) <= AT_MAX);
        let facts = ContributionFacts {
            resource: claim.resource.clone().map(|name| Resource { name, of: None }),
            role: claim.role.clone(),
            happened: claim.happened,
            source: Some(claim.source),
            ..ContributionFacts::new(&claim.action, claim.quantity.clone())
        };
        assert!(facts.encode().is_ok(), "{facts:?}");
        let part = PersonalPart {
            evidence: claim.evidence.clone(),
            ..PersonalPart::note([0; 16], claim.note.clone().unwrap_or_default())
        };
        assert!(part.encode().is_ok(), "{part:?}");
    }
}

/// Tables as programs and people write them, a history, and maps.
pub fn seeds() -> Vec<Vec<u8>> {
    let header = contributions::KNOWN.join(",");
    let row = "a/b,e0da81e03d26,p_1,p_9,2019-08-08T18:48:55Z,2019-08-09T18:48:55Z,0,3,7,,8,bom:2;cad:26,p_2 p_3,p_4";
    let id = "e0da81e03d26e0da81e03d26e0da81e03d26e0da";
    let history = format!(
        "\u{1e}{id}\u{1f}Maker A\u{1f}2026-11-20T10:00:00+01:00\u{1f}Maker B <b@example.org>\u{1f}Maker C\u{1f}\n\n\
         3\t1\tdoc/read.md\n-\t-\tpress.FCStd\n"
    );
    [
        format!("{header}\n{row}\n{row}\n"),
        format!("{header}\n{row}\na/b,2,p_1,p_1,yesterday,,0,1,1,0,0,doc:1,,\na/b,4\n"),
        "Name;Date;Project;Time;Paid\nMaker A;21/11/2026;Press;1,5;CASH\nMaker B;3/1/2026;Press;2 stuks;\n"
            .to_owned(),
        history,
        MAP.to_owned(),
        "2000-02-29T23:59:59.5+01:00".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec()
}
