//! Column types of our own: words kept as small numbers, and small JSON documents.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{SmallInt, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;
use serde::de::DeserializeOwned;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $word:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
        #[diesel(sql_type = SmallInt)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// Every value, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that people and clients use.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value that a word names.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }

            fn code(self) -> i16 {
                match self { $(Self::$variant => $code),* }
            }
        }

        impl<DB: Backend> FromSql<SmallInt, DB> for $name
        where
            i16: FromSql<SmallInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                match i16::from_sql(bytes)? {
                    $($code => Ok(Self::$variant),)*
                    other => Err(format!(concat!("no ", stringify!($name), " has the code {}"), other).into()),
                }
            }
        }

        impl ToSql<SmallInt, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(i32::from(self.code()));
                Ok(IsNull::No)
            }
        }

        impl ToSql<SmallInt, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                <i16 as ToSql<SmallInt, Pg>>::to_sql(&self.code(), &mut out.reborrow())
            }
        }
    )*};
}

impl NotificationKind {
    /// The kind as which clients are shown it that never asked for it by name: every client knows a like, few know
    /// reactions.
    #[must_use]
    pub fn common(self) -> Self {
        match self {
            Self::Reaction => Self::Favourite,
            other => other,
        }
    }
}

words! {
    /// What a link in a mail opens.
    LinkPurpose {
        /// The confirmation of an address.
        Confirmation = 0, "confirmation";
        /// A new password.
        Password = 1, "password";
    }

    /// Which media somebody's clients show at once.
    MediaDisplay {
        /// All that are not marked sensitive.
        Default = 0, "default";
        /// All.
        ShowAll = 1, "show_all";
        /// None.
        HideAll = 2, "hide_all";
    }

    /// What an account stands for.
    AccountKind {
        /// A person.
        Person = 0, "Person";
        /// A bot.
        Service = 1, "Service";
        /// A group that repeats what its members send.
        Group = 2, "Group";
        /// An organisation.
        Organization = 3, "Organization";
        /// A program, such as the actor of a whole node.
        Application = 4, "Application";
    }
    /// How a key signs.
    KeyAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rsa = 0, "rsa";
        /// Ed25519.
        Ed25519 = 1, "ed25519";
    }
    /// By which standard a request is signed.
    SignatureForm {
        /// By draft-cavage-http-signatures.
        Draft = 0, "draft-cavage";
        /// By RFC 9421.
        Message = 1, "rfc9421";
    }
    /// Who may see a status.
    Visibility {
        /// Everybody, and public timelines.
        Public = 0, "public";
        /// Everybody, but no public timeline.
        Unlisted = 1, "unlisted";
        /// Followers and mentioned people.
        Private = 2, "private";
        /// Mentioned people.
        Direct = 3, "direct";
    }
    /// What a local user may do to the node; each includes those before it.
    Role {
        /// Posts.
        User = 0, "user";
        /// Acts on reports.
        Moderator = 1, "moderator";
        /// Runs the node.
        Admin = 2, "admin";
        /// Owns the node.
        Owner = 3, "owner";
    }
    /// What a file attached to a status is.
    AttachmentKind {
        /// Something that no client shows in place.
        Unknown = 0, "unknown";
        /// A picture.
        Image = 1, "image";
        /// A silent moving picture.
        Gifv = 2, "gifv";
        /// A video.
        Video = 3, "video";
        /// Sound.
        Audio = 4, "audio";
    }
    /// How far the work on an uploaded file is.
    AttachmentState {
        /// It can be shown.
        Ready = 0, "ready";
        /// It is still worked on.
        Processing = 1, "processing";
        /// Nothing could be made of it.
        Failed = 2, "failed";
    }
    /// Why somebody is notified.
    NotificationKind {
        /// A status mentions them.
        Mention = 0, "mention";
        /// Somebody whose posts they asked to hear of has posted.
        Status = 1, "status";
        /// Somebody boosted their status.
        Boost = 2, "reblog";
        /// Somebody follows them.
        Follow = 3, "follow";
        /// Somebody asks to follow them.
        FollowRequest = 4, "follow_request";
        /// Somebody likes their status.
        Favourite = 5, "favourite";
        /// A status that they boosted was edited.
        Update = 6, "update";
        /// A poll of theirs, or one that they voted in, has ended.
        Poll = 7, "poll";
        /// Somebody reported something to the staff.
        AdminReport = 9, "admin.report";
        /// Somebody signed up.
        AdminSignUp = 10, "admin.sign_up";
        /// The staff decided something about them.
        ModerationWarning = 11, "moderation_warning";
        /// They lost follows because of a decision about a server.
        SeveredRelationships = 12, "severed_relationships";
        /// Somebody quotes a status of theirs.
        Quote = 13, "quote";
        /// A status that they quote was edited.
        QuotedUpdate = 14, "quoted_update";
        /// Somebody reacts to their status with an emoji.
        Reaction = 15, "pleroma:emoji_reaction";
    }
    /// Whom an author here lets quote a post.
    QuotePolicy {
        /// Everybody.
        Public = 0, "public";
        /// Followers.
        Followers = 1, "followers";
        /// Nobody but the author.
        Nobody = 2, "nobody";
    }
    /// Whether an author agrees with being quoted.
    QuoteState {
        /// Nobody knows yet.
        Pending = 0, "pending";
        /// Yes.
        Accepted = 1, "accepted";
        /// No.
        Rejected = 2, "rejected";
        /// Not any more.
        Revoked = 3, "revoked";
        /// What was quoted is gone.
        Deleted = 4, "deleted";
    }
    /// What becomes of notifications of some kind of sender; each is stricter than those before it.
    Treatment {
        /// They are shown.
        Accept = 0, "accept";
        /// They are put aside until the recipient accepts the sender.
        Filter = 1, "filter";
        /// They are not made.
        Drop = 2, "drop";
    }
    /// The place of a notification among those that are shown as one with it.
    NotificationPlace {
        /// The newest, or one that stands alone.
        Head = 0, "head";
        /// Another one.
        Member = 1, "member";
        /// Put aside, by itself.
        Filtered = 2, "filtered";
    }
    /// What clients do with a status that a filter matches.
    FilterAction {
        /// They show a word of warning in its place.
        Warn = 0, "warn";
        /// They leave it out.
        Hide = 1, "hide";
        /// They blur its files.
        Blur = 2, "blur";
    }
    /// Which answers of its members a list shows, beside those to its owner and to themselves.
    ListReplies {
        /// Those to accounts that its owner follows.
        Followed = 0, "followed";
        /// Those to other members of the list.
        Members = 1, "list";
        /// None.
        Nobody = 2, "none";
    }
    /// By whose deeds somebody wants to be disturbed.
    PushPolicy {
        /// Everybody's.
        All = 0, "all";
        /// Those of people whom they follow.
        Followed = 1, "followed";
        /// Those of people who follow them.
        Follower = 2, "follower";
        /// Nobody's.
        Nobody = 3, "none";
    }
    /// Who decided how an account stands.
    Cause {
        /// The staff, of this account.
        Staff = 0, "staff";
        /// The account's own server.
        Origin = 1, "origin";
        /// The staff, of the whole server.
        Host = 2, "host";
    }
    /// How little the node has to do with a server.
    HostSeverity {
        /// Nothing but what is said beside it.
        Noop = 0, "noop";
        /// Its accounts are limited.
        Silence = 1, "silence";
        /// Nothing comes from there or goes there.
        Suspend = 2, "suspend";
    }
    /// What people at an address may not do.
    IpSeverity {
        /// Sign up without the staff's consent.
        SignUpRequiresApproval = 0, "sign_up_requires_approval";
        /// Sign up.
        SignUpBlock = 1, "sign_up_block";
        /// Ask anything.
        NoAccess = 2, "no_access";
    }
    /// What the staff did to an account that is told of it.
    WarningAction {
        /// Nothing but the words.
        Nothing = 0, "none";
        /// Its media are marked sensitive.
        Sensitive = 1, "sensitive";
        /// It may not sign in.
        Disable = 2, "disable";
        /// It is limited.
        Silence = 3, "silence";
        /// It is suspended.
        Suspend = 4, "suspend";
    }
    /// Why follows ended that nobody ended.
    SeveranceCause {
        /// The node blocks a server.
        HostBlock = 0, "domain_block";
        /// The node removed an account.
        AccountSuspension = 1, "account_suspension";
        /// A person blocks a server.
        UserHostBlock = 2, "user_domain_block";
    }
    /// What a report is about.
    ReportCategory {
        /// Something that its words say.
        Other = 0, "other";
        /// Unwanted advertising.
        Spam = 1, "spam";
        /// Something illegal.
        Legal = 2, "legal";
        /// A rule of this node was broken.
        Violation = 3, "violation";
    }
    /// What streams tell.
    NewsKind {
        /// A status or boost appeared.
        Appeared = 0, "appeared";
        /// A status was edited.
        Edited = 1, "edited";
        /// A status or boost is gone.
        Gone = 2, "gone";
        /// Somebody was notified.
        Notified = 3, "notified";
        /// An announcement was published, or changed.
        Announced = 12, "announced";
        /// Somebody reacted to an announcement, or no longer does.
        Reacted = 13, "reacted";
        /// An announcement is shown no more.
        Withdrawn = 14, "withdrawn";
        /// A status came into a conversation.
        Conversed = 8, "conversed";
        /// What was put aside of somebody's notifications is shown now.
        Merged = 9, "merged";
    }
    /// How soon a delivery's turn comes among all that wait for the same peer.
    DeliveryClass {
        /// Posts to people and posts that name somebody there.
        Personal = 0, "personal";
        /// Follows, their answers, blocks, deletions, profiles.
        Relations = 1, "relations";
        /// Posts for followers, and their edits.
        Posts = 2, "posts";
        /// Boosts, likes, and the end of them.
        Reactions = 3, "reactions";
    }
    /// What became of a delivery.
    OutcomeState {
        /// The peer took it.
        Taken = 0, "delivered";
        /// It was refused for good, or nobody could send it; the reason says why.
        Refused = 1, "refused";
        /// It waited for longer than deliveries are kept.
        Expired = 2, "expired";
        /// Something newer took its place before it was sent.
        Superseded = 3, "superseded";
    }
    /// How far a received activity has come.
    ReceiptState {
        /// Stored, not yet applied.
        Waiting = 0, "waiting";
        /// Applied.
        Applied = 1, "applied";
        /// Understood or not, it has no effect here; the reason says why.
        Ignored = 2, "ignored";
        /// Refused as untrue or malformed; the reason says why.
        Rejected = 3, "rejected";
        /// Given up after its last attempt; the reason says why.
        Failed = 4, "failed";
    }
    /// Why something may have been missed.
    AbsenceCause {
        /// This node was away.
        Node = 0, "node";
        /// A peer was away, or could not be reached.
        Peer = 1, "peer";
        /// Somebody asked for it.
        Hand = 2, "hand";
    }
    /// How far the pulling of what was missed has come.
    AbsenceState {
        /// It has not begun.
        Waiting = 0, "waiting";
        /// Peers are asked.
        Running = 1, "running";
        /// Every peer was asked, or given up.
        Done = 2, "done";
        /// It was too short, or is not wanted.
        Skipped = 3, "skipped";
    }
    /// How far the asking of one peer has come.
    HostState {
        /// Something is left to be read there.
        Open = 0, "open";
        /// All was read.
        Done = 1, "done";
        /// It was given up; the reason says why.
        Failed = 2, "failed";
    }
    /// What is read at a peer after an absence.
    TaskKind {
        /// The outbox of an account.
        Outbox = 0, "outbox";
        /// The replies to a status.
        Replies = 1, "replies";
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the enums are made by one macro, which knows no default"
)]
impl Default for AccountKind {
    fn default() -> Self {
        Self::Person
    }
}

/// A small document kept as JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T: std::fmt::Debug>(pub T);

impl<T, DB> FromSql<Text, DB> for Json<T>
where
    DB: Backend,
    String: FromSql<Text, DB>,
    T: DeserializeOwned + std::fmt::Debug,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(bytes)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<Text, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<Text, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}
