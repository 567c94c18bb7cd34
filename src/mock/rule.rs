//! What the payer and the provider enforce, one name each, so that a fault can switch one off.

use serde::Deserialize;

/// A rule that a conformant payer or provider enforces. Named in fault files: `{ skip-rule = "consent-period" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Accept headers that ask for no FHIR JSON get 406.
    Accept,
    /// Bodies that are no FHIR JSON get 415.
    ContentType,
    /// Unknown search parameters are refused when the client asks for strict handling.
    StrictHandling,
    /// Search values may be `code` or `system|code`; without it only the bare code is understood.
    TokenSystem,
    /// In `system|code` the system counts; without it only the code does.
    TokenSystemCounts,
    /// Search values may be `Type/id`; without it only the bare id is understood.
    TypedReference,
    /// A version is read by its number; without it the present one is given whatever is asked.
    VersionAsked,
    /// `$member-match` is offered on the type only, not on the system or on one patient.
    TypeLevel,
    /// Only the operation's parameters are accepted.
    ClosedParameters,
    /// `MemberPatient` and `CoverageToMatch` must be there.
    MandatoryParameters,
    /// `Consent` must be there.
    ConsentParameter,
    /// Coverages point to the submitted `MemberPatient`.
    LocalReferences,
    /// The member is who `MemberPatient` describes, not whoever has that id on this server.
    SubmittedPatient,
    /// Member id or subscriber id must be the member's.
    CoverageIdentity,
    /// Name, birth date and gender must be the member's.
    Demographics,
    /// More than one candidate is no match; without it the first one is taken.
    OneMatch,
    /// The Consent must be active.
    ConsentStatus,
    /// The Consent must permit.
    ConsentPermit,
    /// The Consent is about the submitted member.
    ConsentSubject,
    /// The Consent is valid today.
    ConsentPeriod,
    /// The Consent's policy is one of the two of HRex.
    ConsentPolicy,
    /// The Consent names the caller as the recipient.
    ConsentRecipient,
    /// The Consent names this payer as the one who discloses.
    ConsentPerformer,
    /// Non-sensitive data alone can only be promised where it can be separated.
    ConsentSegmentation,
    /// A refusal for the consent names nobody.
    DiscreetRefusal,
    /// Guessing of card data is stopped.
    BruteForce,
    /// The caller's coverage is linked to the member.
    Linking,
    /// Sensitive data is withheld where only non-sensitive data was consented to.
    WithholdSensitive,
    /// Nothing is disclosed about a member whose consent was revoked.
    Revocation,
    /// A bulk match answers with a Group of matched members even when nobody matched.
    MatchedGroup,
    /// A bulk match answers with other Groups only when somebody is in them.
    NoEmptyGroups,
    /// A bulk match goes on after a member that is submitted incompletely.
    EveryMember,
    /// A job that is called off is gone.
    Cancellation,
    /// An export names the exportType of the Group's audience.
    ExportType,
    /// What is at most five years old is exported; without it, only what is at most three years old.
    FiveYears,
    /// What is older than the boundary (five years in 2.1.0, ten in 2.2.0) is left out of an export.
    Boundary,
    /// The boundary also holds for an export with `_typeFilter`.
    BoundaryOnFilters,
    /// 2.1.0 replaces a `_since` older than five years, 2.2.0 does not; without it, the other way round.
    SinceOfVersion,
    /// 2.1.0 exports nothing that was last updated more than five years ago.
    RecentUpdates,
    /// Prior authorizations that were closed more than a year ago are left out of an export.
    ClosedAuthorizations,
    /// Prior authorizations that were closed within a year are exported.
    RecentDecisions,
    /// `_typeFilter` with a parameter that is not known is refused; without it, it is ignored.
    KnownFilters,
    /// Kinds of records that are not served are refused in `_type`, unless the client asks for lenience.
    KnownKinds,
    /// References in `patient` that lead to no member of the Group are reported.
    ReportPatients,
    /// A payer sees the Groups that were made for it, and no others.
    OwnGroups,
    /// Nobody who has opted out of sharing with providers is given out to one.
    OptOut,
    /// Whoever has said nothing about providers lets them have the data.
    SharingByDefault,
    /// A word about providers that is taken back does not count any more.
    Withdrawal,
    /// A member's word about providers is taken only as the profile has it.
    ChoiceRules,
    /// Only who treats a member gets the member matched.
    TreatmentRelationship,
    /// A provider's match answers with no Groups of who treats whom.
    NoTreatmentGroups,
    /// A Group of those who have opted out is not exported.
    OptedOutGroups,
    /// An export without `patient` is of all members of the Group.
    AllMembers,
    /// `patient` leads to members of the Group only.
    OwnMembers,
    /// Parameters of an export have the types of the operation.
    ParameterTypes,
    /// 2.1.0 notes at each member of a list what was transmitted, and when.
    Transmission,
    /// A job lists each of its files once.
    FilesOnce,
    /// `$docref` with dates returns only documents of that time.
    DocumentDates,
    /// A provider takes only Tasks that keep the rules of their profile.
    TaskRules,
    /// A Task has no other status than those of the guide.
    TaskStatuses,
    /// A Task goes through the statuses on the way to its end.
    TaskProgress,
    /// A Task may ask in words.
    Words,
    /// A Task may ask for answers to a Questionnaire.
    Questionnaires,
    /// What is asked for as attachments is submitted.
    Submission,
    /// Only the topic that is offered can be subscribed to.
    Topic,
    /// Only the channel that is offered can be subscribed by.
    ChannelType,
    /// Only notifications of the kind that is offered can be had.
    Content,
    /// A subscription becomes active once the subscriber has answered.
    Handshake,
    /// Only what a subscription's filters let through is told.
    Filters,
    /// Subscribers are told of what changes.
    Notification,
    /// Notifications hold ids only.
    IdOnly,
    /// Notifications are of the content type that the subscription names.
    NotificationHeaders,
    /// Only who is authorized gets data by a Task.
    Requester,
    /// A submission of documentation that does not say so is the last one.
    LastByDefault,
    /// Documentation whose signature does not hold is refused.
    Signatures,
    /// Documentation that was asked for signed is refused without a signature.
    SignedWhenAsked,
    /// Answers to a Questionnaire are signed when the Task asks for that.
    SignedAnswers,
    /// The header of a signature names its algorithm.
    SignatureAlgorithm,
    /// The header of a signature says what kind of key it is made with, up to 2.1.0.
    SignatureKeyType,
    /// The header of a signature holds the signer's certificate.
    SignatureCertificate,
    /// The header of a signature says when it was made.
    SignatureTime,
    /// That is the time which the Signature says.
    SignatureTimeIsWhen,
    /// The header of a signature says what the signer commits to.
    SignatureCommitments,
    /// That is what the Signature says.
    SignatureCommitmentIsType,
    /// A single signature is written in the compact form.
    SignatureIsCompact,
    /// Signatures are made with SHA-256.
    SignatureHash,
    /// An item of answers is signed as it is given.
    SignedItems,
    /// Answers to a Questionnaire are kept where others can read them, not in the Task.
    KeptAnswers,
    /// Where everything is signed, the data that a Task asks for comes as a signed document.
    SignedDocuments,
    /// Where everything is signed, search results are.
    SignedResults,
    /// It is the provider itself that signs them.
    SenderSigns,
    /// Where everything is signed, data is searched for, and not read.
    SearchesOnly,
    /// An authority that is trusted has issued the certificate of a signer.
    SignerAuthority,
    /// The key of a signer is for signatures.
    SignerKeyUsage,
    /// The certificate of a signer is valid.
    SignerValidity,
    /// The certificate of a signer has an alternative name.
    SignerName,
    /// That is the number which the Signature says.
    SignerNameIsNumber,
}
