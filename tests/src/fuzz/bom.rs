//! Bills of materials as tables.

use aronde_protocol::document::draft::DesignDraft;
use aronde_protocol::interchange::bom;
use aronde_protocol::limits::{BOM_LINES_MAX, BOM_MAX};

use super::manifest::{fits, told};

/// What is read fits into the entries of a document.
pub fn body(bytes: &[u8]) {
    let Ok(table) = bom::read("bom.csv", bytes) else { return };
    assert!(bytes.len() <= BOM_MAX && table.parts.len() <= BOM_LINES_MAX);
    told(&table.findings);
    fits(&DesignDraft { title: "Pump".into(), bom: table.parts, ..DesignDraft::default() });
}

/// Tables as programs and people write them.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "Part,Quantity,Note\nbolt M4,4,\"zinc, not steel\"\nnut,4 pcs,\n",
        "Reference;Value;Footprint;Qty\r\n\"R1, R2\";10k;0603;2\r\nC1-C4;100n;0402;\r\n",
        "| Item | Qty |\n| --- | ---: |\n| plank | 2.5 m |\n| glue | 1/2 l |\n",
        "Pump, revision 3\nmade by Workshop North\n\nNo\tDescription\tAmount\tUnit\n1\tpipe\t1,5\tm\n2\tvalve\t1.000,5\tkg\n",
        "part,quantity\n\u{e9}crou,\u{bd}\n=HYPERLINK(1),1e5\n,,,\n\"open",
        "Designator,Part\n\"R1 R2 R3\",resistor\n",
    ];
    let mut seeds: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).to_vec();
    seeds.push([0xff, 0xfe].into_iter().chain(texts[0].encode_utf16().flat_map(u16::to_le_bytes)).collect());
    seeds.push(b"Part,Quantity\n\xe9crou,4\n".to_vec());
    seeds
}
