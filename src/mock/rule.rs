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
    /// A parameter that is repeated must match each time; without it one match will do.
    RepeatedParameters,
    /// Values separated by commas are a choice; without it only the first of them counts.
    AlternativeValues,
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
    /// A job that is done stays so; without it, every second answer about it says that it runs.
    JobStaysDone,
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
    /// Signatures are over what is left when `meta` is taken off.
    SignatureWithoutMeta,
    /// Signatures are over numbers in their canonical form.
    SignatureCanonicalNumbers,
    /// What is given as signed is signed; without it the algorithm is `none`.
    SignatureIsMade,
    /// Signatures are made with the private key; without it with the public one, as a secret.
    SignatureKeyIsPrivate,
    /// The header of a signature names the algorithm that it was made with.
    SignatureAlgorithmIsUsed,
    /// A formal authorization that a Task refers to is read.
    AuthorizationRead,
    /// Notifications in XML are offered.
    XmlNotifications,
    /// Notifications come in the format that the subscription asks for.
    NotificationFormat,
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
    /// Guarded: a request without an access token is refused.
    TokenRequired,
    /// Guarded: a token that was not given out here is refused.
    KnownToken,
    /// Guarded: a token that is too old is refused.
    TokenExpiry,
    /// Guarded: a token that was revoked is refused.
    TokenRevocation,
    /// Guarded: a token in a query or a form is refused.
    TokenInHeader,
    /// Guarded: what is not in the token's scope is not read and not searched.
    ReadScope,
    /// Guarded: what is not in the token's scope is not created, changed or deleted.
    WriteScope,
    /// Guarded: operations need their own scope, or one to read everything.
    OperationScope,
    /// Guarded: exports need a scope to read something on a system's own account.
    ExportScope,
    /// Guarded: included records, `$everything` and exports hold only types in the token's scope.
    TypesInScope,
    /// Guarded: an export or `$everything` whose `_type` names a type that is not in scope is refused.
    TypeAsked,
    /// Guarded: a scope with a query gives only what the query finds.
    GranularScope,
    /// Guarded: a token for one patient opens that patient's records only, to read and to write.
    PatientContext,
    /// Guarded: status and files of a job need a token.
    JobProtection,
    /// Guarded: status and files of a job need the scope that its start has needed.
    JobScope,
    /// Guarded: status and files of a job are for the client that has started it.
    OwnJobs,
    /// Guarded: status and files of a job are also for tokens that its client has got later.
    LaterTokens,
    /// Guarded: a Task is for who has asked for it.
    OwnTasks,
    /// Guarded: an export of all members holds those that this client has had matched.
    MatchedForClient,
    /// Guarded: who has no contract gets nothing of what is for providers.
    Contract,
    /// Guarded, with mutual TLS: registration and `$member-match` need a client certificate.
    MutualTls,
    /// Guarded: a token that was given out over mutual TLS is good with the same certificate only.
    CertificateBinding,
    /// Authorization: a client that is not known gets no token; without it, it is taken for one that is.
    KnownClient,
    /// Authorization: `client_assertion_type` must be there, and the one that is known.
    AssertionType,
    /// Authorization: assertions are signed with RS384 or ES384; without it, also with others or not at all.
    AssertionAlgorithm,
    /// Authorization: an assertion names one of the client's keys.
    AssertionKeyId,
    /// Authorization: an assertion is signed with the client's key.
    AssertionSignature,
    /// Authorization: an assertion has an issuer, and is about no other client.
    AssertionIssuer,
    /// Authorization: an assertion is for this token endpoint.
    AssertionAudience,
    /// Authorization: an assertion that is too old, or not good yet, is refused.
    AssertionExpiry,
    /// Authorization: an assertion is good for five minutes at most.
    AssertionLife,
    /// Authorization: an assertion is used once.
    AssertionReplay,
    /// Authorization: a client that has a secret or keys proves itself with them.
    ClientSecret,
    /// Authorization: a client that acts by itself gets scopes of systems only.
    SystemScopes,
    /// Authorization: a client gets no more than it is registered for.
    RegisteredScopes,
    /// Authorization: access tokens are good for five minutes; without it, for an hour.
    ShortTokens,
    /// Authorization: a token for one patient is given to who has had that patient matched.
    MatchedSubject,
    /// Authorization: the patient may be named by `system|value` or by number.
    SubjectIdentifier,
    /// Authorization: a token for one patient is given while the consent is in force.
    SubjectConsent,
    /// Authorization, UDAP: `udap=1` must be there.
    UdapVersion,
    /// Authorization, UDAP: the extension hl7-b2b must be there, and complete.
    B2bExtension,
    /// Authorization, UDAP: certificates come from an authority that is trusted, and their key has signed.
    UdapTrust,
    /// Authorization: the `subject_id` of hl7-b2b is known here.
    SubjectDirectory,
    /// Registration, UDAP: a software statement is by the one whom its certificate names.
    StatementIssuer,
    /// Registration, UDAP: a software statement is for this registration endpoint.
    StatementAudience,
    /// Registration, UDAP: a software statement says name, grant types and how the client proves itself.
    StatementClaims,
    /// Registration: a client sends a key that can be used.
    RegisteredKeys,
    /// Authorization: members are sent back only where the app is registered.
    RedirectUri,
    /// Authorization: an address that only begins like that of the app is not the app's.
    RedirectEnd,
    /// Authorization: the query of an address counts.
    RedirectQuery,
    /// Authorization: the fragment of an address counts.
    RedirectFragment,
    /// Authorization: `response_type` is `code`.
    ResponseType,
    /// Authorization: `state` must be there.
    StateRequired,
    /// Authorization: `state` comes back.
    StateReturned,
    /// Authorization: `state` comes back encoded.
    StateEncoded,
    /// Authorization: `aud` is there.
    AudienceRequired,
    /// Authorization: `aud` is this server, if it is there.
    AuthorizeAudience,
    /// Authorization: `code_challenge` must be there.
    PkceRequired,
    /// Authorization: the challenge is S256, not plain.
    PkceMethod,
    /// Authorization: who has the code must also have what answers the challenge.
    PkceVerifier,
    /// Authorization: members log in with their password.
    Login,
    /// Authorization: members are asked before an app gets anything.
    ApprovalAsked,
    /// Authorization: an app gets nothing when the member says no.
    Denial,
    /// Authorization: sensitive data is left out when the member wants that.
    SensitiveChoice,
    /// Authorization: a code is used once.
    CodeOnce,
    /// Authorization: a code that is used again revokes what it has given out.
    CodeReuse,
    /// Authorization: a code is good for a minute.
    CodeExpiry,
    /// Authorization: a code is for the app it was given to.
    CodeClient,
    /// Authorization: a code is good with the address it was sent to.
    CodeRedirect,
    /// Authorization: a refresh token is used once.
    RefreshRotation,
    /// Authorization: a refreshed token has no wider scope than before.
    RefreshScope,
    /// Authorization: a refresh token is for the client it was given to.
    RefreshClient,
    /// Authorization: only clients that prove themselves are told of tokens, and of their own.
    Introspection,
    /// Authorization: only its own client revokes a token.
    RevokedByOwner,
}
