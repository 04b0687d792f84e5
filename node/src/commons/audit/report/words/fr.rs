//! A page in French.

use aronde_protocol::quantity::unit::Dimension;
use aronde_protocol::record::plausibility::Odd;
use aronde_protocol::record::standing::Standing;

use super::super::findings::Kind;
use super::{Noun, Told, Words};

pub(super) const WORDS: Words = Words {
    code: "fr",
    place: 1,
    point: ',',
    none_is_one: true,

    report: "Rapport d'audit",
    subtitle: "Qui a donné quoi, et ce qui en a été vérifié",
    contents: "Sommaire",
    well: Told {
        heading: "Tout est en ordre",
        means: "Tout ce qui est conservé ici a été vérifié à nouveau, octet par octet, et rien n'échoue.",
    },
    not_well: Told {
        heading: "Pas en ordre",
        means: "Quelque chose de ce qui est conservé ici ne passe pas la vérification. C'est nommé en tête des constats.",
    },
    faults: Noun("défaut", "défauts"),
    questions: Noun("question à poser", "questions à poser"),
    notes: Noun("remarque", "remarques"),
    came_in: |entries| {
        format!(
            "Entrées arrivées après l'audit\u{a0}: {entries}. Les totaux en tiennent compte, et elles n'ont pas été vérifiées."
        )
    },
    alarm: |charters| {
        format!(
            "Les chartes {charters} se contredisent\u{a0}: toutes suivent la même, et aucune n'est suivie ici. Ce qui compte peut différer ailleurs tant que l'une ne réconcilie pas les autres."
        )
    },

    about: "À propos de ce rapport",
    unsigned: "Personne ne signe cette page, et à elle seule elle ne prouve rien. La dernière partie dit comment arriver aux mêmes chiffres sans croire sur parole celui ou celle qui l'a faite.",
    federation: "Fédération",
    made_by: "Fait par",
    workshop: "Atelier",
    made_at: "Fait le",
    as_clock_says: "selon l'horloge de la machine",
    charter: "Charte la plus récente",
    no_charter: "aucune à ce jour\u{a0}; tout est jugé depuis l'entrée fondatrice",
    endorsed_by: "Approuvée par",
    missing: "Sollicités, sans réponse",
    digest: "Empreinte de ce qui compte",
    held_digest: "Empreinte de ce qui est conservé",
    digests_mean: "Deux machines qui ont les mêmes empreintes conservent la même chose et disent la même chose. On peut les comparer au téléphone.",

    checked: Told {
        heading: "Ce qui a été vérifié",
        means: "L'empreinte de chaque entrée et de chaque fichier a été recalculée et chaque signature vérifiée. Chaque journal a été suivi de sa fin à son début, chaque droit jugé depuis l'entrée fondatrice, chaque document reconstruit.",
    },
    checked_what: ["Entrées", "Signatures", "Journaux", "Documents", "Écritures", "Fichiers"],

    totals: Told {
        heading: "Totaux",
        means: "Les sommes sont exactes. Des unités différentes ne sont jamais additionnées, ni une monnaie à une autre. Ce qui a été corrigé, retiré ou reste sans effet n'est dans aucune somme.",
    },
    contributions: "Contributions",
    standing_means: |standing| match standing {
        Standing::Claimed => {
            Told { heading: "déclarée", means: "dite par quelqu'un, ni confirmée ni contestée" }
        }
        Standing::Confirmed => {
            Told { heading: "confirmée", means: "d'autres, qui le savent, disent que c'est exact" }
        }
        Standing::Disputed => Told { heading: "contestée", means: "un membre dit que ce n'est pas exact" },
        Standing::Corrected => Told { heading: "corrigée", means: "une autre la remplace" },
        Standing::Retracted => Told { heading: "retirée", means: "reprise par qui l'avait dite ou faite" },
        Standing::Parked => {
            Told { heading: "sans effet", means: "conservée, mais son auteur n'en avait pas le droit" }
        }
    },
    confirmed_by: |members, elsewhere| {
        let who = if members == 1 {
            "un autre membre la confirme".to_owned()
        } else {
            format!("{members} autres membres la confirment")
        };
        let elsewhere = match elsewhere {
            0 => String::new(),
            n => format!(", dont {n} d'un atelier auquel son auteur n'a jamais appartenu"),
        };
        format!(
            "Dans cette fédération, une contribution est confirmée quand {who} sans l'avoir ni dite ni faite{elsewhere}."
        )
    },
    by: [
        Told {
            heading: "Par personne",
            means: "Qui l'a fait\u{a0}: salariés, bénévoles, groupes. Qui n'est pas membre a été nommé par un membre, dans un tableau ou un historique.",
        },
        Told { heading: "Par atelier", means: "Dans le cadre de quel atelier cela a été fait." },
        Told {
            heading: "Par projet",
            means: "Pour quoi cela a été fait\u{a0}: un projet, une procédure, un atelier.",
        },
        Told {
            heading: "Par mois", means: "Quand cela a été fait ou commencé, selon son auteur, en UTC."
        },
    ],
    by_column: ["Personne", "Atelier", "Pour", "Mois"],
    what: "Quoi",
    total: "Total",
    records: "Écritures",
    of_what: "pour\u{a0}:",
    nothing_yet: "Aucune contribution n'est encore inscrite.",
    no_member: "pas membre",
    not_said: "non précisé",
    more: |n| format!("et {n} de plus\u{a0}; le rapport en JSON les contient toutes"),
    months: |first, last, most, amount| {
        format!("De {first} à {last}\u{a0}; le plus en {most}\u{a0}: {amount}.")
    },
    counted: |what| format!("Nombre\u{a0}: {what}"),
    dimension: |dimension| match dimension {
        Dimension::Time => "Temps",
        Dimension::Length => "Longueur",
        Dimension::Area => "Surface",
        Dimension::Volume => "Volume",
        Dimension::Mass => "Masse",
        Dimension::Energy => "Énergie",
        Dimension::Power => "Puissance",
        Dimension::Data => "Données",
        Dimension::Charge => "Charge électrique",
        Dimension::Number | Dimension::Own => "Nombre",
    },

    findings: "Constats",
    nothing_found: "Rien à signaler.",
    faults_are: Told {
        heading: "Défauts",
        means: "Quelque chose de ce qui est conservé n'est pas ce qui a été signé ou nommé, ou ne peut pas être jugé.",
    },
    questions_are: Told {
        heading: "Questions à poser",
        means: "Ce qui est en règle, et étonne. Ce sont des questions, jamais des refus\u{a0}: rien ne cesse de compter pour autant, et souvent il y a une bonne réponse.",
    },
    notes_are: Told { heading: "Remarques", means: "Ce qu'il faut savoir. Rien n'échoue." },
    kind: |kind| match kind {
        Kind::DamagedEntry => "Entrée abîmée",
        Kind::LostEntry => "Entrée perdue",
        Kind::BadSignature => "Signature qui ne tient pas",
        Kind::RefusedEntry => "Entrée refusée",
        Kind::WrongVerdict => "Entrée jugée autrement",
        Kind::NotHeld => "Entrée sans son passé",
        Kind::NotErased => "Caviardé, pas encore effacé",
        Kind::DamagedDocument => "Document abîmé",
        Kind::DamagedJournal => "Passage abîmé du journal",
        Kind::DamagedFile => "Fichier abîmé",
        Kind::MissingFile => "Fichier qui n'est pas encore ici",
        Kind::LedgerNotRead => "Registre qui n'a pas pu être lu en entier",
        Kind::Redacted => "Caviardé",
        Kind::SkippedEdit => "Modification sans effet",
        Kind::Fork => "Journal à deux branches",
        Kind::Parked => "Conservé, sans effet",
        Kind::MissingPersonal => "Partie personnelle manquante",
        Kind::SetBack => "Retour en arrière, avant un point de contrôle garanti par cet atelier",
        Kind::Unseen => "Détenu par d’autres à un point de contrôle, et jamais montré ici",
        Kind::WrongSeal => "Point de contrôle qui ne se retrouve pas",
        Kind::Odd(Odd::LongDay) => "Plus de 24 heures de travail d'une personne en un jour",
        Kind::Odd(Odd::LongerThanItsTime) => "Plus de travail qu'il n'en tient entre le début et la fin",
        Kind::Odd(Odd::MachineTwiceAtOnce) => "Une machine utilisée plus de fois à la fois qu'il n'y en a",
        Kind::Odd(Odd::Ring) => "Deux membres qui ne confirment que l'un l'autre",
        Kind::Odd(Odd::EvidenceTwice) => "Deux contributions avec la même preuve",
        Kind::Odd(Odd::Future) => "Fait après avoir été inscrit, ou inscrit dans l'avenir",
        Kind::Odd(Odd::ImpossibleDate) => "Une date impossible",
        Kind::Odd(Odd::Jump) => "Bien plus que ce que la même personne donne d'ordinaire",
    },
    sentences: Some(
        "Les phrases des constats sont en anglais, telles que les donne la commande aronde audit.",
    ),

    again: Told {
        heading: "Comment vérifier à nouveau",
        means: "Nul besoin de croire sur parole celui ou celle qui a fait cette page, ni sa machine.",
    },
    again_how: [
        "Sur votre propre machine, membre de la fédération, recevez ce que les autres ont et vérifiez-le\u{a0}:",
        "Comparez les empreintes à celles de cette page\u{a0}:",
        "Refaites les sommes, par membre, atelier, projet ou mois\u{a0}:",
        "Ou prenez tout dans un seul fichier signé\u{a0}:",
        "que chacun juge n'importe où, sans installation, sans nœud et sans réseau\u{a0}:",
        "et une fois encore avec un programme dans un autre langage, tiré du code source d'Aronde. Le format est publié\u{a0}: ce programme peut être le vôtre\u{a0}:",
        "Demandez de quel droit une entrée compte, ou pourquoi elle ne compte pas, et suivez une contribution jusqu'à ceux qui l'ont signée\u{a0}:",
    ],
    silent: "Ce que ce rapport ne dit pas",
    silent_on: [
        "Si le travail a été fait, et bien fait. Il dit qui a écrit quoi, de quel droit, et que rien n'a changé depuis. Pour le reste il y a des gens qui confirment ou contestent.",
        "Quand une chose s'est vraiment passée. Les dates sont des déclarations de leurs auteurs, celle de cette page aussi.",
        "Ce que personne n'a transmis à la machine qui l'a faite. Comparez les empreintes à celles de plusieurs ateliers.",
        "Les notes, les preuves, et ce qui a été caviardé avant. Ce qui l'est plus tard reste dans cette copie\u{a0}: détruisez-la si on vous le demande.",
        "Ce que vaut une contribution. Qui reçoit quelle part d'une somme se calcule par une règle dont on est convenu\u{a0}: aronde shares.",
    ],
    foot: |version, at| {
        format!(
            "Fait par Aronde {version}, {at}. Les unités portent les codes d'UCUM, les monnaies ceux d'ISO 4217."
        )
    },
};
