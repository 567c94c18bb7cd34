//! What the CARIN Basis profiles want a claim to have.

/// Something a claim, or each of its items, must have.
pub(super) struct Part {
    /// In words.
    pub(super) what: &'static str,
    /// JSONPath that finds it, from the claim or from the item.
    pub(super) path: &'static str,
    /// Whether each item must have it.
    pub(super) is_of_items: bool,
    /// How often at most.
    pub(super) most: usize,
}

impl Part {
    /// Where it is looked for, without conditions.
    pub(super) fn place(&self) -> &'static str {
        let path = self.path.strip_prefix("$.").unwrap_or(self.path);
        path.split(['[', ',']).next().unwrap_or(path)
    }
}

/// A kind of claim.
pub(super) struct ClaimKind {
    /// As features call it.
    pub(super) name: &'static str,
    /// Name of its profile, between the common beginning and `-Basis`.
    pub(super) profile: &'static str,
    /// Codes of claim-type.
    pub(super) types: &'static [&'static str],
    /// Code of the sub type, where the type alone does not tell.
    pub(super) sub_type: Option<&'static str>,
    /// What its profile demands beyond the common.
    pub(super) parts: &'static [Part],
}

const fn claim(what: &'static str, path: &'static str) -> Part {
    Part {
        what,
        path,
        is_of_items: false,
        most: usize::MAX,
    }
}

const fn once(what: &'static str, path: &'static str) -> Part {
    Part {
        what,
        path,
        is_of_items: false,
        most: 1,
    }
}

const fn item(what: &'static str, path: &'static str) -> Part {
    Part {
        what,
        path,
        is_of_items: true,
        most: usize::MAX,
    }
}

/// What every claim has (CARIN C4BB-ExplanationOfBenefit).
pub(super) const BASE: &[Part] = &[
    claim("the time of the last update", "$.meta.lastUpdated"),
    claim("a profile", "$.meta.profile[*]"),
    once(
        "one unique claim identifier, of type uc",
        "$.identifier[?@.value && @.type.coding[?@.code=='uc' && @.system=='http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBIdentifierType']]",
    ),
    claim("a status", "$.status"),
    claim(
        "a type of claim, of claim-type",
        "$.type.coding[?@.system=='http://terminology.hl7.org/CodeSystem/claim-type' && @.code]",
    ),
    claim("the use claim", "$[?@=='claim']"),
    claim("the member", "$.patient.reference"),
    claim("when the services began", "$.billablePeriod.start"),
    claim("when it was created", "$.created"),
    claim("the insurer", "$.insurer['reference','identifier']"),
    claim("the provider", "$.provider['reference','identifier']"),
    claim("the outcome", "$.outcome"),
    claim(
        "the coverage it is charged to",
        "$.insurance[*].coverage['reference','identifier']",
    ),
    claim(
        "whether that coverage is the one",
        "$.insurance[?@.focal==true]",
    ),
    claim("items", "$.item[*]"),
];

const DIAGNOSIS: Part = claim(
    "a diagnosis with its type",
    "$.diagnosis[?@.type && (@.diagnosisCodeableConcept || @.diagnosisReference)]",
);
const PAID: Part = claim(
    "whether it was paid in or out of network (benefitpaymentstatus)",
    "$.adjudication[?@.reason && @.category.coding[?@.code=='benefitpaymentstatus' && @.system=='http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudicationDiscriminator']]",
);
const ITEM_PAID: Part = item(
    "whether the item was paid in or out of network (benefitpaymentstatus)",
    "$.adjudication[?@.reason && @.category.coding[?@.code=='benefitpaymentstatus' && @.system=='http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudicationDiscriminator']]",
);
const INSTITUTIONAL: Part = claim(
    "the type institutional",
    "$.type.coding[?@.code=='institutional']",
);
const DATED: Part = item(
    "the day of the service",
    "$['servicedDate','servicedPeriod']",
);
const PLACED: Part = item("where the service was given", "$.locationCodeableConcept");

/// The kinds of claims.
pub(super) const KINDS: &[ClaimKind] = &[
    ClaimKind {
        name: "inpatient",
        profile: "Inpatient-Institutional",
        types: &["institutional"],
        sub_type: Some("inpatient"),
        parts: &[
            INSTITUTIONAL,
            claim(
                "the sub type inpatient",
                "$.subType.coding[?@.code=='inpatient' && @.system=='http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBInstitutionalClaimSubType']",
            ),
            claim(
                "the time of the stay (admissionperiod)",
                "$.supportingInfo[?@.timingPeriod && @.category.coding[?@.code=='admissionperiod']]",
            ),
            DIAGNOSIS,
            item("its revenue code", "$.revenue"),
            PAID,
        ],
    },
    ClaimKind {
        name: "outpatient",
        profile: "Outpatient-Institutional",
        types: &["institutional"],
        sub_type: Some("outpatient"),
        parts: &[
            INSTITUTIONAL,
            claim(
                "the sub type outpatient",
                "$.subType.coding[?@.code=='outpatient' && @.system=='http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBInstitutionalClaimSubType']",
            ),
            DIAGNOSIS,
            DATED,
            PAID,
        ],
    },
    ClaimKind {
        name: "professional",
        profile: "Professional-NonClinician",
        types: &["professional", "vision"],
        sub_type: None,
        parts: &[
            claim(
                "the type professional or vision",
                "$.type.coding[?@.code=='professional' || @.code=='vision']",
            ),
            DIAGNOSIS,
            claim("the roles of the care team", "$.careTeam[?@.role]"),
            DATED,
            PLACED,
            ITEM_PAID,
        ],
    },
    ClaimKind {
        name: "dental",
        profile: "Oral",
        types: &["oral"],
        sub_type: None,
        parts: &[
            claim("the type oral", "$.type.coding[?@.code=='oral']"),
            PAID,
            once(
                "whether the provider is in the network (renderingnetworkstatus)",
                "$.adjudication[?@.reason && @.category.coding[?@.code=='renderingnetworkstatus']]",
            ),
            DATED,
            item(
                "where the service was given",
                "$['locationCodeableConcept','locationAddress','locationReference']",
            ),
            ITEM_PAID,
        ],
    },
    ClaimKind {
        name: "pharmacy",
        profile: "Pharmacy",
        types: &["pharmacy"],
        sub_type: None,
        parts: &[
            claim("the type pharmacy", "$.type.coding[?@.code=='pharmacy']"),
            once(
                "the days it lasts (dayssupply)",
                "$.supportingInfo[?@.valueQuantity && @.category.coding[?@.code=='dayssupply']]",
            ),
            once(
                "whether it had to be dispensed as written (dawcode)",
                "$.supportingInfo[?@.code && @.category.coding[?@.code=='dawcode']]",
            ),
            once(
                "which refill it is (refillnum)",
                "$.supportingInfo[?@.valueQuantity && @.category.coding[?@.code=='refillnum']]",
            ),
            once(
                "how many refills are authorized (refillsauthorized)",
                "$.supportingInfo[?@.valueQuantity && @.category.coding[?@.code=='refillsauthorized']]",
            ),
            DATED,
            PAID,
        ],
    },
];
