//! What the actions of Valueflows are called in English, French and Dutch.

pub(super) const ACTIONS: [(&str, [&str; 3]); 19] = [
    ("accept", ["acceptance", "réception", "aanvaarding"]),
    ("cite", ["citation", "citation", "verwijzing"]),
    ("combine", ["combination", "assemblage", "samenvoeging"]),
    ("consume", ["consumption", "consommation", "verbruik"]),
    ("copy", ["copy", "copie", "kopie"]),
    ("deliverService", ["service", "service rendu", "dienst"]),
    ("dropoff", ["drop-off", "dépôt", "aflevering"]),
    ("lower", ["lowered", "diminution", "vermindering"]),
    ("modify", ["modification", "modification", "wijziging"]),
    ("move", ["move", "déplacement", "verplaatsing"]),
    ("pickup", ["pick-up", "enlèvement", "afhaling"]),
    ("produce", ["production", "production", "productie"]),
    ("raise", ["raised", "augmentation", "vermeerdering"]),
    ("separate", ["separation", "séparation", "scheiding"]),
    ("transfer", ["transfer", "transfert", "overdracht"]),
    ("transferAllRights", ["transfer of rights", "transfert des droits", "overdracht van rechten"]),
    ("transferCustody", ["transfer of custody", "transfert de garde", "overdracht van bewaring"]),
    ("use", ["use", "utilisation", "gebruik"]),
    ("work", ["work", "travail", "werk"]),
];
