#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

const HEADER: &str = "repo,commit,author_id,committer_id,authored_at,committed_at,is_merge,n_files,lines_added,lines_removed,binary_files,path_kinds,co_author_ids,reviewer_ids\n";

fn commits(rows: &str) -> Table {
    read(format!("{HEADER}{rows}").as_bytes(), None).unwrap()
}

#[test]
fn a_commit_is_work_of_its_authors_and_cited_by_its_reviewers() {
    let table = commits(
        "a/b,e0da,p_1,p_9,2019-08-08T18:48:55Z,2019-08-09T18:48:55Z,0,3,7,,8,bom:2;cad:26,p_2 p_3,p_4\n",
    );
    assert!(table.findings.is_empty() && table.rows == 1, "{table:?}");
    let said: Vec<_> = table.claims.iter().map(|c| (c.action.as_str(), c.person.as_str())).collect();
    assert_eq!(said, [("work", "p_1"), ("work", "p_2"), ("work", "p_3"), ("cite", "p_4")]);
    let first = &table.claims[0];
    assert_eq!(first.quantity.to_string(), "1 {commit}");
    assert_eq!(first.happened, Some(Happened::At(1_565_290_135_000)));
    let change = Evidence::Change {
        added: Some(7),
        removed: None,
        paths: [("bom".into(), 2), ("cad".into(), 26)].into(),
    };
    assert_eq!(first.evidence[1], change);
    let sources: std::collections::BTreeSet<_> = table.claims.iter().map(|c| c.source).collect();
    assert_eq!(sources.len(), 4);
}

#[test]
fn a_bad_row_is_named_with_its_line_and_the_others_are_taken() {
    let table = commits(
        "a/b,1,p_1,p_1,2019-08-08T18:48:55Z,,0,1,1,0,0,doc:1,,\n\
         a/b,2,p_1,p_1,yesterday,,0,1,1,0,0,doc:1,,\n\
         a/b,3,,p_1,2019-08-08T18:48:55Z,,0,1,1,0,0,doc:1,,\n\
         a/b,4\n\
         a/b,5,p_1,p_1,2019-08-08T18:48:55Z,,0,1,many,0,0,doc:1,,\n\
         a/b,6,p_1,p_1,2019-08-08T18:48:55Z,,0,1,1,0,0,doc,,\n\
         a/b,7,p_1,p_1,2019-08-08T18:48:55Z,,0,1,1,0,0,doc:1,,\n",
    );
    assert_eq!((table.claims.len(), table.rows), (2, 7));
    let lines: Vec<u64> = table.findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7], "{:?}", table.findings);
    assert!(table.findings[0].reason.contains("\"yesterday\""));
}

#[test]
fn the_same_rows_have_the_same_sources_and_a_row_said_twice_has_two() {
    let row = "a/b,1,p_1,p_1,2019-08-08T18:48:55Z,,0,1,1,0,0,doc:1,,\n";
    let twice = commits(&row.repeat(2));
    assert_ne!(twice.claims[0].source, twice.claims[1].source);
    assert_eq!(commits(row).claims[0].source, twice.claims[0].source);
}

#[test]
fn a_table_without_a_known_header_needs_a_map() {
    let text =
        "Name;Date;Project;Time;Paid\nMaker A;21/11/2026;Press;1,5;CASH\nMaker B;3/1/2026;Press;2 stuks;\n";
    assert!(matches!(read(text.as_bytes(), None), Err(TableError::Unknown(_))));
    let map = "person = \"Name\"\nquantity = \"Time\"\nunit = \"h\"\nhappened = \"Date\"\ndates = \"day-first\"\nnote = \"Paid\"";
    let table = read(text.as_bytes(), Some(&map.parse().unwrap())).unwrap();
    assert_eq!(table.findings, []);
    let said: Vec<_> =
        table.claims.iter().map(|c| (c.person.as_str(), c.quantity.to_string(), c.happened)).collect();
    assert_eq!(said[0], ("Maker A", "1.5 h".into(), Some(Happened::At(1_795_219_200_000))));
    assert_eq!(said[1].1, "2 {piece}");
    let wrong: Map = map.replace("\"Time\"", "\"Hours\"").parse().unwrap();
    assert!(
        matches!(read(text.as_bytes(), Some(&wrong)), Err(TableError::NoColumn(column, _)) if column == "Hours")
    );
    assert!("person = \"Name\"\nunit = \"h\"\naction = \"dig\"".parse::<Map>().is_err());
    assert!("person = \"Name\"".parse::<Map>().is_err());
}

#[test]
fn times_are_read_as_rfc_3339_writes_them() {
    assert_eq!(time("1970-01-01"), Some(0));
    assert_eq!(time("2000-02-29T23:59:59.5+01:00"), Some(951_865_199_500));
    assert_eq!(time("2026-11-21 10:00Z"), Some(1_795_255_200_000));
    for text in [
        "2026-02-29",
        "2026-13-01",
        "1969-12-31",
        "2026-11-21T25:00:00Z",
        "2026-11-21T10:00:00",
        "éé-11-21xx",
        "",
    ] {
        assert_eq!(time(text), None, "{text}");
    }
}
