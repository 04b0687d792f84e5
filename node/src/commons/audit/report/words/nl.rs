//! A page in Dutch.

use aronde_protocol::quantity::unit::Dimension;
use aronde_protocol::record::plausibility::Odd;
use aronde_protocol::record::standing::Standing;

use super::super::findings::Kind;
use super::{Noun, Told, Words};

pub(super) const WORDS: Words = Words {
    code: "nl",
    place: 2,
    point: ',',
    none_is_one: false,

    report: "Auditverslag",
    subtitle: "Wie wat gaf, en wat ervan is nagekeken",
    contents: "Inhoud",
    well: Told {
        heading: "Alles is in orde",
        means: "Alles wat hier bewaard wordt, is opnieuw nagekeken, byte per byte, en niets faalt.",
    },
    not_well: Told {
        heading: "Niet in orde",
        means: "Iets van wat hier bewaard wordt, doorstaat de controle niet. Het staat vooraan bij de bevindingen.",
    },
    faults: Noun("fout", "fouten"),
    questions: Noun("vraag aan mensen", "vragen aan mensen"),
    notes: Noun("opmerking", "opmerkingen"),
    came_in: |entries| {
        format!(
            "Inschrijvingen die na de audit binnenkwamen: {entries}. De totalen bevatten ze, en ze zijn niet nagekeken."
        )
    },
    alarm: |charters| {
        format!(
            "De charters {charters} spreken elkaar tegen: elk volgt op hetzelfde, en geen ervan wordt hier gevolgd. Wat telt, kan elders anders zijn zolang geen ervan de andere verzoent."
        )
    },

    about: "Over dit verslag",
    unsigned: "Niemand ondertekent deze pagina, en op zich bewijst ze niets. Het laatste deel zegt hoe u tot dezelfde cijfers komt zonder de maker ervan te moeten geloven.",
    federation: "Federatie",
    made_by: "Gemaakt door",
    workshop: "Werkplaats",
    made_at: "Gemaakt op",
    as_clock_says: "volgens de klok van de machine",
    charter: "Nieuwste charter",
    no_charter: "nog geen; alles is beoordeeld vanaf de stichtingsakte",
    endorsed_by: "Onderschreven door",
    missing: "Gevraagd, niet geantwoord",
    digest: "Vingerafdruk van wat telt",
    held_digest: "Vingerafdruk van wat bewaard wordt",
    digests_mean: "Twee machines met dezelfde vingerafdrukken bewaren hetzelfde en zeggen hetzelfde. U kunt ze aan de telefoon vergelijken.",

    checked: Told {
        heading: "Wat is nagekeken",
        means: "Van elke inschrijving en elk bestand is de vingerafdruk opnieuw berekend en elke handtekening is nagekeken. Elk logboek is van einde tot begin gevolgd, elk recht beoordeeld vanaf de stichtingsakte, elk document opnieuw opgebouwd.",
    },
    checked_what: [
        "Inschrijvingen",
        "Handtekeningen",
        "Logboeken",
        "Documenten",
        "Registraties",
        "Bestanden",
    ],

    totals: Told {
        heading: "Totalen",
        means: "De sommen zijn exact. Verschillende eenheden worden nooit opgeteld, en munten evenmin. Wat verbeterd of ingetrokken is of zonder gevolg blijft, zit in geen enkele som.",
    },
    contributions: "Bijdragen",
    standing_means: |standing| match standing {
        Standing::Claimed => Told { heading: "gemeld", means: "door iemand gezegd, bevestigd noch betwist" },
        Standing::Confirmed => {
            Told { heading: "bevestigd", means: "anderen die ervan weten, zeggen dat het klopt" }
        }
        Standing::Disputed => Told { heading: "betwist", means: "een lid zegt dat het niet klopt" },
        Standing::Corrected => Told { heading: "verbeterd", means: "een andere komt in de plaats" },
        Standing::Retracted => {
            Told { heading: "ingetrokken", means: "teruggenomen door wie het zei of deed" }
        }
        Standing::Parked => {
            Told { heading: "zonder gevolg", means: "bewaard, maar de auteur had er geen recht toe" }
        }
    },
    confirmed_by: |members, elsewhere| {
        let who = if members == 1 { "een ander lid" } else { "andere leden" };
        let many = if members == 1 { String::new() } else { format!("{members} ") };
        let elsewhere = match elsewhere {
            0 => String::new(),
            n => format!(", van wie {n} uit een werkplaats waar de auteur nooit bij hoorde"),
        };
        let verb = if members == 1 { "haar bevestigt" } else { "haar bevestigen" };
        format!(
            "In deze federatie is een bijdrage bevestigd als {many}{who} {verb} zonder dat zelf gezegd of gedaan te hebben{elsewhere}."
        )
    },
    by: [
        Told {
            heading: "Per persoon",
            means: "Wie het deed: medewerkers, vrijwilligers, groepen. Wie geen lid is, werd door een lid genoemd, in een tabel of een geschiedenis.",
        },
        Told { heading: "Per werkplaats", means: "Binnen welke werkplaats het gedaan werd." },
        Told {
            heading: "Per ontwerp",
            means: "Waarvoor het gedaan werd: een ontwerp, een werkwijze, een werkplaats.",
        },
        Told {
            heading: "Per maand",
            means: "Wanneer het gedaan of begonnen werd, zoals de auteur zegt, in UTC.",
        },
    ],
    by_column: ["Persoon", "Werkplaats", "Voor", "Maand"],
    what: "Wat",
    total: "Totaal",
    records: "Registraties",
    of_what: "voor:",
    nothing_yet: "Er is nog geen bijdrage ingeschreven.",
    no_member: "geen lid",
    not_said: "niet vermeld",
    more: |n| format!("en nog {n}; het verslag in JSON bevat ze alle"),
    months: |first, last, most, amount| format!("Van {first} tot {last}; het meest in {most}: {amount}."),
    counted: |what| format!("Aantal: {what}"),
    dimension: |dimension| match dimension {
        Dimension::Time => "Tijd",
        Dimension::Length => "Lengte",
        Dimension::Area => "Oppervlakte",
        Dimension::Volume => "Volume",
        Dimension::Mass => "Massa",
        Dimension::Energy => "Energie",
        Dimension::Power => "Vermogen",
        Dimension::Data => "Gegevens",
        Dimension::Charge => "Elektrische lading",
        Dimension::Number | Dimension::Own => "Aantal",
    },

    findings: "Bevindingen",
    nothing_found: "Er is niets gevonden.",
    faults_are: Told {
        heading: "Fouten",
        means: "Iets van wat bewaard wordt, is niet wat ondertekend of genoemd werd, of kan niet beoordeeld worden.",
    },
    questions_are: Told {
        heading: "Vragen aan mensen",
        means: "Wat in orde is en toch opvalt. Het zijn vragen en nooit weigeringen: niets telt er minder om, en vaak is er een goed antwoord.",
    },
    notes_are: Told { heading: "Opmerkingen", means: "Wat men moet weten. Niets faalt." },
    kind: |kind| match kind {
        Kind::DamagedEntry => "Beschadigde inschrijving",
        Kind::LostEntry => "Verloren inschrijving",
        Kind::BadSignature => "Handtekening die niet klopt",
        Kind::RefusedEntry => "Inschrijving die geweigerd wordt",
        Kind::WrongVerdict => "Inschrijving die anders beoordeeld werd",
        Kind::NotHeld => "Inschrijving zonder haar verleden",
        Kind::NotErased => "Onleesbaar gemaakt, nog niet gewist",
        Kind::DamagedDocument => "Beschadigd document",
        Kind::DamagedJournal => "Beschadigd stuk van het journaal",
        Kind::DamagedFile => "Beschadigd bestand",
        Kind::MissingFile => "Bestand dat nog niet hier is",
        Kind::LedgerNotRead => "Register dat niet helemaal gelezen kon worden",
        Kind::Redacted => "Onleesbaar gemaakt",
        Kind::SkippedEdit => "Wijziging zonder gevolg",
        Kind::Fork => "Logboek met twee takken",
        Kind::Parked => "Bewaard, zonder gevolg",
        Kind::MissingPersonal => "Persoonlijk deel dat ontbreekt",
        Kind::SetBack => "Teruggezet tot vóór een controlepunt waarvoor deze werkplaats instond",
        Kind::Unseen => "Door anderen bewaard bij een controlepunt, en hier nooit getoond",
        Kind::WrongSeal => "Controlepunt dat niet uitkomt",
        Kind::Odd(Odd::LongDay) => "Meer dan 24 uur werk van één persoon op één dag",
        Kind::Odd(Odd::LongerThanItsTime) => "Meer werk dan er tussen begin en einde past",
        Kind::Odd(Odd::MachineTwiceAtOnce) => "Een machine die vaker tegelijk gebruikt werd dan er zijn",
        Kind::Odd(Odd::Ring) => "Twee leden die alleen elkaar bevestigen",
        Kind::Odd(Odd::EvidenceTwice) => "Twee bijdragen met hetzelfde bewijs",
        Kind::Odd(Odd::Future) => "Gedaan nadat het ingeschreven werd, of ingeschreven in de toekomst",
        Kind::Odd(Odd::ImpossibleDate) => "Een datum die niet kan",
        Kind::Odd(Odd::Jump) => "Veel meer dan wat dezelfde persoon anders geeft",
    },
    sentences: Some("De zinnen bij de bevindingen zijn in het Engels, zoals aronde audit ze zegt."),

    again: Told {
        heading: "Hoe u het opnieuw nakijkt",
        means: "U hoeft er niemand op zijn woord voor te geloven, ook de maker van deze pagina en diens machine niet.",
    },
    again_how: [
        "Haal op een eigen machine die lid is van de federatie op wat de anderen hebben, en kijk het na:",
        "Vergelijk de vingerafdrukken met die van deze pagina:",
        "Tel opnieuw op, per lid, werkplaats, ontwerp of maand:",
        "Of neem alles in één ondertekend bestand:",
        "dat iedereen waar dan ook beoordeelt, zonder installatie, zonder node en zonder netwerk:",
        "en nog eens met een programma in een andere taal, uit de broncode van Aronde. Het formaat is gepubliceerd, dus het kan uw eigen programma zijn:",
        "Vraag met welk recht een inschrijving telt, of waarom niet, en volg een bijdrage tot bij wie ze ondertekende:",
    ],
    silent: "Wat dit verslag niet zegt",
    silent_on: [
        "Of het werk gedaan is, en goed gedaan. Het zegt wie wat schreef, met welk recht, en dat er sindsdien niets veranderd is. Voor de rest zijn er mensen die bevestigen of betwisten.",
        "Wanneer iets echt gebeurde. Tijden zijn beweringen van hun auteurs, en die van deze pagina ook.",
        "Wat niemand doorgaf aan de machine die het maakte. Vergelijk de vingerafdrukken met die van verschillende werkplaatsen.",
        "Notities, bewijsstukken, en wat voordien onleesbaar gemaakt werd. Wat later onleesbaar gemaakt wordt, blijft in deze kopie staan: vernietig ze als het gevraagd wordt.",
        "Wat een bijdrage waard is. Wie wat krijgt van een bedrag, wordt berekend met een regel die men afsprak: aronde shares.",
    ],
    foot: |version, at| {
        format!(
            "Gemaakt door Aronde {version}, {at}. Eenheden hebben de codes van UCUM, munten die van ISO 4217."
        )
    },
};
