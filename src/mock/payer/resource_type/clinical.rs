//! What was found, and what is planned.

use super::{
    CANONICAL, PATIENT, Profile, ResourceType, cdex, date, newer_us_core, patient, reference,
    string, token, uri, us_core,
};
use crate::mock::payer::version::Version;

const ASSERTED: &str =
    "extension(http://hl7.org/fhir/StructureDefinition/condition-assertedDate).valueDateTime";

const MEMBERS_OF_A_TEAM: &[&str] = &[
    "Practitioner",
    "PractitionerRole",
    "Patient",
    "RelatedPerson",
    "Organization",
];

/// Types of findings, plans, forms and specimens.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new(
        "AllergyIntolerance",
        &[us_core("us-core-allergyintolerance")],
        &[
            patient(&["patient"]),
            token("clinical-status", &["clinicalStatus"]),
        ],
    ),
    ResourceType::new(
        "CarePlan",
        &[us_core("us-core-careplan")],
        &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("status", &["status"]),
            date("date", &["period"]),
        ],
    ),
    ResourceType::new(
        "CareTeam",
        &[us_core("us-core-careteam")],
        &[
            patient(&["subject"]),
            token("status", &["status"]),
            token("role", &["participant.role"]),
            reference("participant", MEMBERS_OF_A_TEAM, &["participant.member"]),
        ],
    ),
    ResourceType::new(
        "Condition",
        &[
            us_core("us-core-condition"),
            newer_us_core("us-core-condition-encounter-diagnosis"),
            newer_us_core("us-core-condition-problems-health-concerns"),
        ],
        &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("clinical-status", &["clinicalStatus"]),
            token("code", &["code"]),
            date("onset-date", &["onsetDateTime", "onsetPeriod"]),
            date("abatement-date", &["abatementDateTime", "abatementPeriod"]),
            date("asserted-date", &[ASSERTED]),
            date("recorded-date", &["recordedDate"]),
            reference("encounter", &["Encounter"], &["encounter"]),
        ],
    ),
    ResourceType::new(
        "DiagnosticReport",
        &[
            us_core("us-core-diagnosticreport-lab"),
            us_core("us-core-diagnosticreport-note"),
        ],
        &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("code", &["code"]),
            token("status", &["status"]),
            date("date", &["effectiveDateTime", "effectivePeriod"]),
        ],
    )
    .created_since(Version::V2_0_0),
    ResourceType::new(
        "DocumentReference",
        &[us_core("us-core-documentreference")],
        &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("type", &["type"]),
            token("status", &["status"]),
            date("date", &["date"]),
            date("period", &["context.period"]),
        ],
    )
    .created_since(Version::V2_0_0)
    .updated(),
    ResourceType::new(
        "Goal",
        &[us_core("us-core-goal")],
        &[
            patient(&["subject"]),
            token("lifecycle-status", &["lifecycleStatus"]),
            token("description", &["description"]),
            date("target-date", &["target.dueDate"]),
        ],
    ),
    ResourceType::new(
        "Observation",
        &[
            us_core("us-core-observation-lab"),
            us_core("us-core-smokingstatus"),
            us_core("us-core-pulse-oximetry"),
            us_core("pediatric-bmi-for-age"),
            us_core("pediatric-weight-for-height"),
            us_core("head-occipital-frontal-circumference-percentile"),
            Profile::of("http://hl7.org/fhir", "vitalsigns"),
            newer_us_core("us-core-vital-signs"),
            newer_us_core("us-core-blood-pressure"),
            newer_us_core("us-core-bmi"),
            newer_us_core("us-core-body-height"),
            newer_us_core("us-core-body-temperature"),
            newer_us_core("us-core-body-weight"),
            newer_us_core("us-core-head-circumference"),
            newer_us_core("us-core-heart-rate"),
            newer_us_core("us-core-respiratory-rate"),
            newer_us_core("us-core-observation-clinical-result"),
            newer_us_core("us-core-observation-occupation"),
            newer_us_core("us-core-observation-pregnancyintent"),
            newer_us_core("us-core-observation-pregnancystatus"),
            newer_us_core("us-core-observation-screening-assessment"),
            newer_us_core("us-core-observation-sexual-orientation"),
            newer_us_core("us-core-simple-observation"),
            newer_us_core("us-core-average-blood-pressure"),
            newer_us_core("us-core-care-experience-preference"),
            newer_us_core("us-core-treatment-intervention-preference"),
        ],
        &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("code", &["code"]),
            token("status", &["status"]),
            date(
                "date",
                &[
                    "effectiveDateTime",
                    "effectivePeriod",
                    "effectiveInstant",
                    "effectiveTiming",
                ],
            ),
        ],
    ),
    ResourceType::new(
        "Questionnaire",
        &[Profile::of("http://hl7.org/fhir/uv/sdc", "sdc-questionnaire").since(Version::V2_1_0)],
        &[
            uri("url", &["url"]),
            token("status", &["status"]),
            string("title", &["title"]),
        ],
    )
    .since(Version::V2_1_0),
    ResourceType::new(
        "QuestionnaireResponse",
        &[
            newer_us_core("us-core-questionnaireresponse"),
            cdex("cdex-sdc-questionnaireresponse"),
        ],
        &[
            patient(&["subject"]),
            token("status", &["status"]),
            date("authored", &["authored"]),
            reference("questionnaire", CANONICAL, &["questionnaire"]),
        ],
    ),
    ResourceType::new(
        "Specimen",
        &[newer_us_core("us-core-specimen")],
        &[
            reference("patient", PATIENT, &["subject"]),
            token("type", &["type"]),
        ],
    )
    .since(Version::V2_1_0),
];
