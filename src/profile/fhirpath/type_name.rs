//! Names of types, as expressions write them and as JSON keys end in them.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Which types a name is looked for among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namespace {
    /// Not said: System and FHIR.
    Any,
    /// `System.`
    System,
    /// `FHIR.`
    Fhir,
}

/// A type as an expression names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeName {
    pub(super) namespace: Namespace,
    pub(super) name: String,
}

impl TypeName {
    /// A name with its namespace, if one is written.
    ///
    /// `None` for what can be no type: namespaces other than System and FHIR, System types that do not
    /// exist, and lower-case names that are no FHIR primitive. Names of complex types and resources are
    /// not known here: they come and go with FHIR versions, and R4 guides do ask for types of R4B.
    pub(super) fn new(namespace: Option<&str>, name: &str) -> Option<Self> {
        let namespace = match namespace {
            None => Namespace::Any,
            Some("System") => Namespace::System,
            Some("FHIR") => Namespace::Fhir,
            Some(_) => return None,
        };
        let is_primitive = PRIMITIVES.contains(&name);
        let may_exist = is_primitive || name.starts_with(|first: char| first.is_ascii_uppercase());
        may_exist.then(|| Self {
            namespace,
            name: name.to_owned(),
        })
    }
}

/// FHIR primitive types, of R4 and after.
const PRIMITIVES: [&str; 21] = [
    "base64Binary",
    "boolean",
    "canonical",
    "code",
    "date",
    "dateTime",
    "decimal",
    "id",
    "instant",
    "integer",
    "integer64",
    "markdown",
    "oid",
    "positiveInt",
    "string",
    "time",
    "unsignedInt",
    "uri",
    "url",
    "uuid",
    "xhtml",
];

/// Whether it is the name of a FHIR primitive type.
pub(super) fn is_primitive(name: &str) -> bool {
    PRIMITIVES.contains(&name)
}

/// What the key of a choice element may end in, and the type it stands for.
const SUFFIXES: [(&str, &str); 53] = [
    ("Address", "Address"),
    ("Age", "Age"),
    ("Annotation", "Annotation"),
    ("Attachment", "Attachment"),
    ("Base64Binary", "base64Binary"),
    ("Boolean", "boolean"),
    ("Canonical", "canonical"),
    ("Code", "code"),
    ("CodeableConcept", "CodeableConcept"),
    ("CodeableReference", "CodeableReference"),
    ("Coding", "Coding"),
    ("ContactDetail", "ContactDetail"),
    ("ContactPoint", "ContactPoint"),
    ("Contributor", "Contributor"),
    ("Count", "Count"),
    ("DataRequirement", "DataRequirement"),
    ("Date", "date"),
    ("DateTime", "dateTime"),
    ("Decimal", "decimal"),
    ("Distance", "Distance"),
    ("Dosage", "Dosage"),
    ("Duration", "Duration"),
    ("Expression", "Expression"),
    ("HumanName", "HumanName"),
    ("Id", "id"),
    ("Identifier", "Identifier"),
    ("Instant", "instant"),
    ("Integer", "integer"),
    ("Integer64", "integer64"),
    ("Markdown", "markdown"),
    ("Meta", "Meta"),
    ("Money", "Money"),
    ("Oid", "oid"),
    ("ParameterDefinition", "ParameterDefinition"),
    ("Period", "Period"),
    ("PositiveInt", "positiveInt"),
    ("Quantity", "Quantity"),
    ("Range", "Range"),
    ("Ratio", "Ratio"),
    ("RatioRange", "RatioRange"),
    ("Reference", "Reference"),
    ("RelatedArtifact", "RelatedArtifact"),
    ("SampledData", "SampledData"),
    ("Signature", "Signature"),
    ("String", "string"),
    ("Time", "time"),
    ("Timing", "Timing"),
    ("TriggerDefinition", "TriggerDefinition"),
    ("UnsignedInt", "unsignedInt"),
    ("Uri", "uri"),
    ("Url", "url"),
    ("UsageContext", "UsageContext"),
    ("Uuid", "uuid"),
];

/// The type that a suffix stands for: `dateTime` for `DateTime`.
pub(super) fn of_suffix(suffix: &str) -> Option<&'static str> {
    let at = SUFFIXES.binary_search_by_key(&suffix, |(known, _)| known);
    at.ok().map(|at| SUFFIXES[at].1)
}

/// Elements of R4 whose name ends like that of a choice element and that are none: `status` is not to be
/// found in `statusDate`.
const PLAIN: &str = "\
    accessionIdentifier actionId actorId additionalIdentifier altId approvalDate \
    attestationSignature authorizationUrl availableEndTime availableStartTime availableTime \
    batchIdentifier benefitPeriod billablePeriod birthDate cTerminalModificationId closingTime \
    compareToSourceExpression compareToSourceId conclusionCode contextLinkId \
    contraindicatedVaccineCode crossReference dataExclusivityPeriod dataPeriod datasetId \
    dateRange dateTime denominatorCount derivedFromUri deviceIdentifier distinctIdentifier \
    effectiveDate effectiveTime encodeRequestUrl enteredDate estimatedAge executionPeriod \
    expectedSupplyDuration expirationDate formCode fullUrl gestationalAge goalId groupIdentifier \
    groupingId halfLifePeriod instantiatesCanonical instantiatesUri internationalBirthDate \
    languageCode lastReviewDate linkId listRuleId locationCode lockedDate manufactureDate \
    masterIdentifier maternalOrganismId maxDosePerPeriod maxDosePerTreatmentPeriod maxDuration \
    maxTreatmentPeriod measurementPeriod minimumId minutesDuration nTerminalModificationId \
    numeratorCount openingTime organismId outcomeCode outcomeCodeableConcept outcomeReference \
    packageCode packageId parentSubstanceId paternalOrganismId paymentDate paymentIdentifier \
    performerLinkId postalCode preAdmissionIdentifier preAuthPeriod preAuthRefPeriod \
    presentationDate procedureCode productCode prognosisCodeableConcept prognosisReference \
    programCode proxySignature publicationDate readsetId reasonCode reasonLinkId reasonReference \
    receivedTime recordedDate referenceRange referenceSeqId referenceSeqString releaseDate \
    requestId requestIdentifier requestedPeriod requesterLinkId resourceId responseCode \
    responseId restoreDate retentionTime sequenceAttachment servicePeriod serviceProvisionCode \
    sourceId sourceSignature specimenQuantity statusDate subscriberId targetId temperatureRange \
    typeReference udiDeviceIdentifier uniqueId usePeriod usedCode usedReference vaccineCode \
    validateCode validateProfileId validationDate validityPeriod variantsetId verificationDate \
    versionId withdrawalPeriod";

static PLAIN_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| PLAIN.split_whitespace().collect());

/// Whether a key ends like that of a choice element but is that of a plain one.
pub(super) fn is_plain(key: &str) -> bool {
    PLAIN_NAMES.contains(key)
}

/// Takes a key such as `valueQuantity` apart: `value` and the type its end stands for.
pub(super) fn choice_of(key: &str) -> Option<(&str, &'static str)> {
    let upper = |(at, letter): (usize, char)| (at > 0 && letter.is_ascii_uppercase()).then_some(at);
    key.char_indices()
        .filter_map(upper)
        .find_map(|at| of_suffix(&key[at..]).map(|name| (&key[..at], name)))
        .filter(|_| !is_plain(key))
}

#[cfg(test)]
mod tests {
    use super::{SUFFIXES, TypeName, choice_of, of_suffix};

    #[test]
    fn suffixes_are_sorted_for_the_search() {
        assert!(SUFFIXES.is_sorted());
        assert_eq!(of_suffix("DateTime"), Some("dateTime"));
        assert_eq!(of_suffix("dateTime"), None);
    }

    #[test]
    fn a_choice_key_is_taken_apart_at_its_longest_type() {
        assert_eq!(
            choice_of("valueCodeableConcept"),
            Some(("value", "CodeableConcept"))
        );
        assert_eq!(
            choice_of("multipleBirthInteger"),
            Some(("multipleBirth", "integer"))
        );
        assert_eq!(choice_of("Quantity"), None);
        assert_eq!(choice_of("birthDay"), None);
        assert_eq!(choice_of("birthDate"), None);
        assert_eq!(choice_of("statusDate"), None);
    }

    #[test]
    fn a_primitive_that_does_not_exist_is_no_type() {
        assert!(TypeName::new(None, "string").is_some());
        assert!(TypeName::new(None, "string1").is_none());
        assert!(TypeName::new(Some("FHIR"), "Citation").is_some());
        assert!(TypeName::new(Some("CDA"), "II").is_none());
    }
}
