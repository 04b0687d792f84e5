//! The names of columns and fields, in English, French and Dutch, and what each is of a sheet.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::process::plain;

/// What a column is of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    /// A text field of this name.
    Field(&'static str),
    /// A field of several texts.
    Texts(&'static str),
    /// Degrees north or east.
    Degrees(&'static str),
    /// Latitude and longitude in one.
    Coordinates,
    /// A house number, which belongs before or behind the street.
    Number,
    /// A field of a contact.
    Contact(&'static str),
    /// Processes in one text or list.
    Processes,
    /// Machines in one text or list.
    Machines,
    /// Skills in one text or list.
    Skills,
    /// Things in stock, in one text or list; the kind they are of when it tells one.
    Stocks(&'static str),
    /// Products in one text or list.
    Products,
    /// A field of the row's own machine or machine model.
    Machine(&'static str),
    /// A working size in one text.
    Size,
}

use Column::{
    Contact, Coordinates, Degrees, Field, Machine, Machines, Number, Processes, Products, Size, Skills,
    Stocks, Texts,
};

/// Names, the most usual first; `;` stands between them. Of a name that stands twice the first counts.
const COLUMNS: &[(Column, &str)] = &[
    (
        Field("title"),
        "title; name; nom; naam; lab; lab name; fablab; space; label; facility name; nom du lieu; lieu; organisation; \
         organization; organisatie; workshop; workshop name; atelier; werkplaats; makerspace; fournisseur; supplier; \
         leverancier; entreprise; bedrijf; company; bedrijfsnaam; facility; place; plaats naam; nom fablab; nom du lab; \
         nom de la structure; naam werkplaats; naam lab; structure; raison sociale; name of the lab; space name",
    ),
    (Field("source"), "id; facility id; uuid; slug; identifiant; lab id; reference; source; source id"),
    (
        Field("category"),
        "kind; type; category; categorie; soort; kind name; facility type; type de lieu; soort plaats; activite principale",
    ),
    (
        Field("description"),
        "description; omschrijving; beschrijving; blurb; presentation; about; notes; note; remarques; remarque; \
         opmerking; opmerkingen; commentaire; comment; comments; bio",
    ),
    (
        Field("street"),
        "street; address; adresse; adres; rue; straat; address 1; street address; streetaddress; extended; thoroughfare; voie; \
         straatnaam; adresse postale; postal address; rue et numero; straat en nummer; address line 1; addr street; street name",
    ),
    (Number, "number; huisnummer; numero; house number; street number; housenumber; addr housenumber"),
    (
        Field("postcode"),
        "postcode; postal code; postalcode; zip; zip code; zipcode; code postal; cp; plz; postnummer; addr postcode",
    ),
    (
        Field("city"),
        "city; ville; stad; gemeente; commune; town; city town; locality; plaats; woonplaats; localite; municipality; \
         addresslocality; addr city; stad gemeente; ort",
    ),
    (
        Field("region"),
        "region; state region; state; province; provincie; departement; department; county; regio; addressregion; gewest; \
         canton",
    ),
    (
        Field("country"),
        "country; pays; land; country code; addresscountry; code pays; landcode; country name",
    ),
    (Degrees("latitude"), "latitude; lat; breedtegraad; breedte; geo lat; latitude wgs84; y wgs84; gps lat"),
    (
        Degrees("longitude"),
        "longitude; lon; lng; long; lengtegraad; lengte graad; geo lon; geo lng; longitude wgs84; gps lon; gps lng",
    ),
    (
        Coordinates,
        "coordinates; gps; gps coordinates; coordonnees; coordonnees gps; coordinaten; gps coordinaten; latlng; lat lng; \
         lat lon; geopoint; geo point 2d; geo point; geolocalisation; position",
    ),
    (Field("timezone"), "timezone; time zone; tijdzone; fuseau horaire"),
    (
        Field("opening-hours"),
        "opening hours; openinghours; hours; horaires; horaires d ouverture; heures d ouverture; openingsuren; \
         openingstijden; heures; horaire; opening times",
    ),
    (
        Field("website"),
        "website; url; web; site; site web; site internet; homepage; web site; webstek; page; documentation home; webpage; \
         contact website; lien; link; web address",
    ),
    (Field("logo"), "logo; avatar url; logo url; avatar"),
    (
        Field("access"),
        "access; access type; acces; toegang; accessibilite; access conditions; conditions d acces; public",
    ),
    (
        Field("status"),
        "status; facility status; activity status; etat; statut; operational state; development stage; toestand",
    ),
    (
        Texts("materials"),
        "materials; typical materials; materiaux; materialen; matieres; materiaal; matieres premieres",
    ),
    (Texts("languages"), "languages; langues; talen; language; langue; taal"),
    (Texts("keywords"), "keywords; tags; mots cles; trefwoorden; mots clefs"),
    (Field("licence"), "license; licence; licentie"),
    (
        Contact("name"),
        "contact; contact person; contactpersoon; personne de contact; responsable; verantwoordelijke; contact name; fabmanager; manager; gestionnaire; beheerder",
    ),
    (
        Contact("email"),
        "email; e mail; mail; courriel; contact email; adresse email; adresse mail; e mailadres; mailadres; emailadres; adresse e mail",
    ),
    (
        Contact("phone"),
        "phone; telephone; tel; telefoon; telefoonnummer; contact phone; gsm; mobile; landline; phone number; fax; whatsapp; numero de telephone; portable",
    ),
    (
        Processes,
        "processes; process; manufacturing process; manufacturing processes; capabilities; procedes; procede; processen; \
         technologies; technologie; techniques; technieken; knowsabout; knows about; activites; activiteiten; savoir faire; \
         procedes de fabrication; productieprocessen; services; diensten; capacites; bewerkingen",
    ),
    (
        Machines,
        "machines; equipment; equipments; equipements; equipement; toestellen; apparatuur; machinepark; machine park; \
         parc machines; parc machine; tool list atoms; tools; outils; outillage; gereedschap; materiel; manufacturing equipment; uitrusting",
    ),
    (Skills, "skills; competences; vaardigheden; competenties; skill"),
    (Stocks("inventory"), "inventory atoms"),
    (Stocks("supply"), "supply atoms; supplies atom"),
    (Stocks(""), "stocks; stock; inventory; voorraad; inventaire; supplies; fournitures; leveringen"),
    (Products, "product atoms; products; typical products; produits; producten"),
    (
        Machine("name"),
        "machine; machine name; nom de la machine; naam machine; equipment type; toestel; appareil; machinenaam; type de machine; machinetype; machine type",
    ),
    (
        Machine("make"),
        "make; brand; marque; merk; manufacturer; fabricant; fabrikant; constructeur; producent",
    ),
    (Machine("model"), "model; modele; machine model; model name; typenummer; reference modele"),
    (
        Machine("technology"),
        "technology; laser type; type de laser; lasertype; print technology; printer type; spindle type; cnc type; technique",
    ),
    (
        Machine("cost"),
        "cost; cost per hour; hourly rate; rate; cout; cout horaire; tarif; tarif horaire; prix; prix par heure; prix heure; prijs; prijs per uur; uurtarief; tarief; kost; eur h; price per hour; price",
    ),
    (Machine("power"), "power; power rating; laser power; puissance; vermogen; laservermogen"),
    (Machine("precision"), "precision; accuracy; nauwkeurigheid; tolerance class; tolerance; precisie"),
    (Machine("count"), "count; quantity; quantite; aantal; nombre; qty; hoeveelheid"),
    (
        Machine("operators"),
        "operators; operateurs; operatoren; operators trained; trained operators; operateurs formes",
    ),
    (Machine("state"), "condition; machine state; machine status; etat de la machine; staat"),
    (Machine("width"), "width; largeur; x travel; breedte mm; x"),
    (Machine("depth"), "depth; profondeur; y travel; diepte; y; length; longueur; lengte"),
    (Machine("height"), "height; hauteur; z travel; hoogte; z"),
    (
        Machine("thickness"),
        "thickness; max thickness; epaisseur; epaisseur max; dikte; max dikte; maximum thickness; epaisseur maximale",
    ),
    (
        Size,
        "working area; build size; build volume; bed size; working size; work area; working surface; format; size; dimensions; \
         taille; surface de travail; zone de travail; volume d impression; werkoppervlak; werkgebied; bouwvolume; afmetingen; \
         surface utile; volume; werkvlak; maximum size; taille max; printing area; area; build area; cutting area; formaat; werkbereik",
    ),
];

/// What a name means, without its unit in brackets.
pub(super) fn of(name: &str) -> Option<Column> {
    static NAMES: LazyLock<HashMap<String, Column>> = LazyLock::new(|| {
        let mut names = HashMap::new();
        for (column, known) in COLUMNS {
            for name in known.split(';') {
                names.entry(plain(name)).or_insert(*column);
            }
        }
        names
    });
    if name.len() > 120 {
        return None;
    }
    // "openingHours" is "opening hours".
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    let whole = plain(&spaced);
    let bare = spaced.split(['(', '[']).next().map(plain).unwrap_or_default();
    NAMES.get(&whole).or_else(|| NAMES.get(&bare)).or_else(|| NAMES.get(&plain(name))).copied()
}

/// The unit that a column's name has in brackets: `Width (mm)`, `cost [EUR/h]`.
pub(super) fn unit(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once(['(', '['])?;
    let unit = rest.split([')', ']']).next()?.trim();
    (!unit.is_empty() && unit.len() <= 12).then_some(unit)
}

/// Whether a column speaks of where something is or how it is reached: what only a list of places has.
pub(super) fn is_of_a_place(column: Column) -> bool {
    matches!(
        column,
        Degrees(_)
            | Coordinates
            | Contact("email" | "phone")
            | Field("street" | "city" | "postcode" | "country" | "region" | "opening-hours" | "timezone")
    )
}

/// Whether a column speaks of what can be made there.
pub(super) fn is_of_a_capacity(column: Column) -> bool {
    matches!(column, Processes | Machines | Stocks(_) | Products | Skills | Machine(_) | Size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_three_languages_and_any_spelling() {
        for (name, column) in [
            ("Nom du lieu", Field("title")),
            ("openingHours", Field("opening-hours")),
            ("zip_code", Field("postcode")),
            ("Breedtegraad", Degrees("latitude")),
            ("Coordonnées GPS", Coordinates),
            ("Build Size", Size),
            ("Max thickness (mm)", Machine("thickness")),
            ("tool-list-atoms", Machines),
        ] {
            assert_eq!(of(name), Some(column), "{name}");
        }
        assert_eq!((of("address_id"), unit("Width (mm)"), unit("Width")), (None, Some("mm"), None));
    }
}
