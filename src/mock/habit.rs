//! What a well-behaved client does, one name each, so that a fault can break one of them.

use serde::Deserialize;

/// Something that a conformant client does of its own accord. Named in fault files: `{ break-habit = "waits-as-told" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Habit {
    /// Waits as long as `Retry-After` says before it asks again.
    WaitsAsTold,
    /// Polls a job until it has ended; without it, gives up after the first look.
    PollsToTheEnd,
    /// Asks again when a server was busy (429, 503).
    TriesAgainWhenBusy,
    /// Reads all pages of a search.
    ReadsAllPages,
    /// Has a member matched before it asks for their data.
    MatchesFirst,
    /// Names the member in every search.
    NamesTheMember,
    /// Goes on when it meets what it does not know: elements, codes, files.
    TakesTheUnknown,
    /// Reads what a search or a job brought.
    FetchesTheData,
    /// Asks for a token first, and uses it.
    AsksForAToken,
    /// Asks for a token of its own for each member it had matched.
    AsksForTheMember,
    /// Has patients matched again before each later export, because Groups expire.
    MatchesAnew,
    /// Waits longer each time, where it is not told how long.
    BacksOff,
    /// Tells Groups apart by the profiles that they claim.
    PicksGroupsByProfile,
    /// Says when it asks for a token who acts.
    SaysWhoActs,
    /// Shows its token for files only where they are protected.
    ShowsTheTokenOnlyWhereAsked,
    /// Goes on with whatever a match has brought: an identifier, or a reference beside it.
    TakesEitherResult,
    /// Takes the Groups of a match from their own file where there is one.
    TakesTheGroupFiles,
    /// Finds a member again by the identifier that the match has brought.
    UsesTheIdentifier,
    /// Goes on when a Task says all that its profile lets it say.
    TakesAllThatIsSupported,
    /// Goes on when a Task says more than the guide knows.
    TakesMoreOfATask,
    /// Answers the handshake of a subscription with success.
    TakesHandshakes,
    /// Answers notifications of a subscription with success.
    TakesNotifications,
    /// Fetches what is signed by searches, for a resource alone has no place for a signature.
    SearchesForWhatIsSigned,
    /// Goes on with what it has begun.
    FinishesWhatItBegins,
    /// Does not send again as it is what was refused.
    TakesARefusal,
    /// Asks for another token when the one it has is good no more.
    RenewsItsToken,
    /// Reads an answer to its end, however slowly it comes.
    ReadsToTheEnd,
    /// Fetches the files it wants, whatever else a manifest tells of.
    PassesOtherFilesBy,
    /// Goes on when there is nothing to be had: no entries, no files.
    TakesNothingForAnAnswer,
    /// Signs what the other side wants signed.
    SignsWhatMustBeSigned,
}
