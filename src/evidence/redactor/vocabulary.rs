//! The names by which credentials and personal data are known.

/// Which resources say something about people, and of which kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    /// No FHIR resource around it.
    Outside,
    /// A resource that is a person: nearly everything in it is personal.
    Person,
    /// A resource that belongs to a person, such as Coverage or Consent.
    About,
    /// Organizations, practitioners, and resources that describe systems: public.
    Public,
}

impl Scope {
    /// The scope a resource of this type opens.
    pub(super) fn of(resource_type: &str) -> Self {
        match resource_type {
            "Patient" | "RelatedPerson" | "Person" => Self::Person,
            kind if is_public(kind) => Self::Public,
            _ => Self::About,
        }
    }
}

/// Resource types whose names, addresses and identifiers are public.
pub(super) fn is_public(resource_type: &str) -> bool {
    matches!(
        resource_type,
        "CapabilityStatement"
            | "CodeSystem"
            | "Endpoint"
            | "HealthcareService"
            | "ImplementationGuide"
            | "InsurancePlan"
            | "Location"
            | "OperationDefinition"
            | "OperationOutcome"
            | "Organization"
            | "OrganizationAffiliation"
            | "Practitioner"
            | "PractitionerRole"
            | "Questionnaire"
            | "SearchParameter"
            | "StructureDefinition"
            | "ValueSet"
    )
}

/// Whether a value under this name is a credential, in JSON, forms and query strings. Names come
/// lower case, with `_` for `-`. `code` depends on its surroundings and is not here.
pub(super) fn is_credential(name: &str) -> bool {
    matches!(
        name,
        "access_token"
            | "actor_token"
            | "api_key"
            | "apikey"
            | "assertion"
            | "client_assertion"
            | "client_secret"
            | "code_verifier"
            | "device_code"
            | "id_token"
            | "id_token_hint"
            | "passwd"
            | "password"
            | "refresh_token"
            | "registration_access_token"
            | "secret"
            | "sig"
            | "software_statement"
            | "subject_token"
            | "token"
            | "x_amz_credential"
            | "x_amz_security_token"
            | "x_amz_signature"
    )
}

/// Whether a member beside `code` shows that it is an authorization code and not a coding.
pub(super) fn goes_with_authorization_code(name: &str) -> bool {
    matches!(
        name,
        "client_id" | "code_verifier" | "grant_type" | "redirect_uri" | "state"
    )
}

/// Whether the value of a header is a credential. The name comes lower case.
pub(super) fn is_credential_header(name: &str) -> bool {
    const PARTS: [&str; 7] = [
        "api-key", "apikey", "auth-key", "password", "secret", "session", "token",
    ];
    matches!(
        name,
        "authorization" | "proxy-authorization" | "cookie" | "set-cookie"
    ) || PARTS.iter().any(|part| name.contains(part))
}

/// What a query parameter holds about a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    /// A logical id or a reference.
    Id,
    /// `system|value`.
    Identifier,
    /// A date, maybe with a prefix such as `ge`.
    Date,
    /// Anything else.
    Text,
}

/// What a search parameter tells about a person, if anything. The name comes lower case, without
/// modifier and with `_` for `-`.
pub(super) fn personal_parameter(name: &str) -> Option<Parameter> {
    Some(match name {
        "patient" | "subject" | "beneficiary" | "subscriber" | "policy_holder" | "individual"
        | "member" | "related_person" | "relatedperson" => Parameter::Id,
        "identifier" | "mrn" | "ssn" | "member_id" | "memberid" | "subscriber_id"
        | "subscriberid" => Parameter::Identifier,
        "birthdate" | "birth_date" | "death_date" | "dob" => Parameter::Date,
        "name" | "family" | "given" | "phonetic" | "first_name" | "last_name" | "firstname"
        | "lastname" | "phone" | "email" | "telecom" | "login_hint" | "username" | "_content"
        | "_text" => Parameter::Text,
        other if other.starts_with("address") => Parameter::Text,
        _ => return None,
    })
}

/// Whether a reference under this member name leads to a person.
pub(super) fn leads_to_person(field: &str) -> bool {
    matches!(
        field,
        "patient"
            | "subject"
            | "beneficiary"
            | "subscriber"
            | "policyHolder"
            | "member"
            | "entity"
            | "individual"
            | "for"
    )
}

/// Whether a reference in a person's resource leads to an organization or practitioner.
pub(super) fn leads_to_provider(field: &str) -> bool {
    matches!(
        field,
        "managingOrganization" | "generalPractitioner" | "organization" | "assigner"
    )
}

/// Whether a member of a plain JSON object (a token response, an identity claim) is personal, and
/// what to call it.
pub(super) fn personal_claim(field: &str) -> Option<&'static str> {
    Some(match field {
        "given_name" | "first_name" | "firstName" | "middle_name" => "given",
        "family_name" | "last_name" | "lastName" => "family",
        "preferred_username" | "username" | "nickname" => "name",
        "birthdate" | "birth_date" | "dob" | "dateOfBirth" => "birthDate",
        "email" | "phone" | "phone_number" | "phoneNumber" => "telecom",
        "member_id" | "memberId" | "subscriber_id" | "ssn" | "mrn" => "identifier",
        _ => return None,
    })
}

/// Type codes (HL7 v2 table 0203 and CARIN) of identifiers that belong to people.
pub(super) fn is_person_identifier_type(code: &str) -> bool {
    matches!(
        code,
        "DL" | "JHN"
            | "MA"
            | "MB"
            | "MC"
            | "MCD"
            | "MCR"
            | "MR"
            | "NI"
            | "PATID"
            | "PI"
            | "PPN"
            | "PT"
            | "SB"
            | "SN"
            | "SS"
            | "UM"
            | "UMB"
            | "mb"
            | "pt"
            | "um"
            | "pat"
    )
}

/// Whether identifiers of this system are public: National Provider Identifiers.
pub(super) fn is_public_system(system: &str) -> bool {
    matches!(
        system,
        "http://hl7.org/fhir/sid/us-npi" | "urn:oid:2.16.840.1.113883.4.6"
    )
}

/// Whether an extension of a person says who they are: race, ethnicity, sex, origin and the like.
pub(super) fn is_personal_extension(url: &str) -> bool {
    const PARTS: [&str; 14] = [
        "race",
        "ethnicity",
        "birthsex",
        "-sex",
        "sex-",
        "gender",
        "tribal",
        "maiden",
        "birthplace",
        "birthtime",
        "religion",
        "citizenship",
        "nationality",
        "pronouns",
    ];
    let name = url.rsplit('/').next().unwrap_or(url).to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Whether the words of a member are codes and names of the specification, in which known strings
/// are not looked for.
pub(super) fn is_coded(field: &str) -> bool {
    matches!(
        field,
        "resourceType"
            | "system"
            | "status"
            | "use"
            | "code"
            | "contentType"
            | "linkId"
            | "profile"
            | "lastUpdated"
            | "versionId"
            | "severity"
            | "mode"
            | "method"
            | "kind"
            | "type"
            | "token_type"
            | "scope"
            | "grant_type"
    )
}
