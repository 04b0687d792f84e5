//! A contribution as a credential says it, and the document that says it in the words of Open Badges 3.0.

use serde::{Deserialize, Serialize};

use super::{CONTEXT_OB, CONTEXT_OWN, CONTEXT_VC, Credential, Json, Object};
use crate::id::{EntryId, WorkshopId};
use crate::key::MemberKey;

/// Where a record stood when the credential was issued. Others are not issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stood {
    /// Said, and not confirmed by enough others.
    Claimed,
    /// Confirmed by enough others, by the federation's policy.
    Confirmed,
}

/// What a credential says of a contribution. Facts that every member holds; names of people are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contribution {
    /// The federation, by its founding entry.
    pub federation: EntryId,
    /// What it is called.
    pub federation_name: String,
    /// The record.
    pub record: EntryId,
    /// Who wrote it.
    pub author: MemberKey,
    /// Who did it: whom the credential is about.
    pub provider: MemberKey,
    /// The workshop in whose scope it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workshop: Option<WorkshopId>,
    /// What that is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workshop_name: Option<String>,
    /// What was done, in a word of Valueflows.
    pub action: String,
    /// How much, an exact decimal.
    pub quantity: String,
    /// Of which unit: a UCUM code, or a currency's.
    pub unit: String,
    /// Of `use`: how much was used, an exact decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_quantity: Option<String>,
    /// Its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_unit: Option<String>,
    /// What was worked with or made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// In what capacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What it was for: a design, a procedure, a workshop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_for: Option<EntryId>,
    /// What that was called when the credential was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_for_title: Option<String>,
    /// When it was done, or began, as its author claims; RFC 3339, as all times here.
    pub began: String,
    /// When it ended, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// When it was written down, as its author claims.
    pub recorded: String,
    /// Where it stood.
    pub standing: Stood,
    /// The members whose confirmation counted, in order.
    pub attesters: Vec<MemberKey>,
    /// The record's note, where its holder asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Contribution {
    /// The credential that says it, with no proof yet. Times are RFC 3339.
    pub fn credential(&self, issuer: MemberKey, from: &str, until: Option<&str>) -> Credential {
        let id = EntryId::of(format!("aronde credential\0{}\0{issuer}\0{from}", self.record).as_bytes());
        let record = format!("urn:aronde:{}", self.record);
        let mut document = Object::from([
            ("@context".to_owned(), Json::texts([CONTEXT_VC, CONTEXT_OB, CONTEXT_OWN])),
            ("id".to_owned(), format!("urn:aronde:credential:{id}").into()),
            ("type".to_owned(), Json::texts(["VerifiableCredential", "OpenBadgeCredential"])),
            (
                "issuer".to_owned(),
                [("id", issuer.to_string().into()), ("type", Json::texts(["Profile"]))].into(),
            ),
            ("validFrom".to_owned(), from.into()),
            ("name".to_owned(), self.name().into()),
        ]);
        document.extend(until.map(|until| ("validUntil".to_owned(), until.into())));
        let achievement = Json::from([
            ("id", format!("urn:aronde:achievement:{}", self.record).into()),
            ("type", Json::texts(["Achievement"])),
            ("achievementType", "ext:Contribution".into()),
            ("name", self.name().into()),
            ("description", self.description().into()),
            ("criteria", [("narrative", self.criteria(issuer).into())].into()),
        ]);
        let subject = Json::from([
            ("id", self.provider.to_string().into()),
            ("type", Json::texts(["AchievementSubject"])),
            ("achievement", achievement),
            ("contribution", self.json()),
        ]);
        document.insert("credentialSubject".to_owned(), subject);
        let evidence = Json::from([
            ("id", record.into()),
            ("type", Json::texts(["Evidence"])),
            ("name", "Record in the ledger of the federation".into()),
            ("narrative", self.where_it_is().into()),
        ]);
        document.insert("evidence".to_owned(), Json::List(vec![evidence]));
        Credential { document, proofs: Vec::new() }
    }

    /// What a credential of ours says; none when it is another's, or says in one place other than in the other.
    pub fn of(credential: &Credential) -> Option<Self> {
        let subject = credential.document.get("credentialSubject")?.object()?;
        let json = serde_json::to_value(subject.get("contribution")?).ok()?;
        let said: Self = serde_json::from_value(json).ok()?;
        let issuer: MemberKey = credential.issuer()?.parse().ok()?;
        let (from, until) = (credential.text("validFrom")?, credential.text("validUntil"));
        (said.credential(issuer, from, until).document == credential.document).then_some(said)
    }

    /// The facts as JSON. Every value in them is a text or a list of texts.
    fn json(&self) -> Json {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        Json::read(&bytes).unwrap_or_else(|_| Json::Object(Object::new()))
    }

    fn name(&self) -> String {
        let what = self.resource.as_ref().map_or_else(String::new, |resource| format!(" of {resource}"));
        let whom = self.made_for_title.as_ref().map_or_else(String::new, |title| format!(" for {title}"));
        format!("{} {} {}{what}{whom}", self.action, self.quantity, self.unit)
    }

    fn description(&self) -> String {
        let role = self.role.as_ref().map_or_else(String::new, |role| format!(" as {role}"));
        let of = self.workshop_name.as_ref().map_or_else(String::new, |name| format!(" in {name}"));
        let when = self
            .ended
            .as_ref()
            .map_or_else(|| format!("on {}", self.began), |ended| format!("from {} to {ended}", self.began));
        format!("{}{role}{of}, {when} as its author claims.", self.name())
    }

    fn criteria(&self, issuer: MemberKey) -> String {
        let by = if issuer == self.provider {
            "Self-issued: its issuer is the one who did it."
        } else if issuer == self.author {
            "Issued by the member who wrote the record."
        } else {
            "Issued by a member who confirmed the record."
        };
        let stood = match (self.standing, self.attesters.len()) {
            (Stood::Confirmed, n) => {
                format!("it was confirmed by {n} other members, as many as its policy asks")
            }
            (Stood::Claimed, 0) => "it was claimed and nobody else had confirmed it".to_owned(),
            (Stood::Claimed, n) => {
                format!("it was claimed, and confirmed by {n} other members, fewer than its policy asks")
            }
        };
        format!(
            "{by} When this was issued, the record counted in the federation {} and {stood}.",
            self.federation_name
        )
    }

    fn where_it_is(&self) -> String {
        format!(
            "The record {} of the federation {} ({}). Its members hold it and can check it: aronde ledger show {}",
            self.record, self.federation_name, self.federation, self.record
        )
    }
}
