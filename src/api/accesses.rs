//! Who may ask a route, as the tables of routes say it.

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; a token changes nothing.
    Everybody,
    /// Everybody; a person's token with one of these scopes, or with any where there are none, may change what is seen.
    MaybeViewer(&'static [&'static str]),
    /// Everybody; a person's token with one of these scopes may change what is seen, another token changes nothing.
    Onlooker(&'static [&'static str]),
    /// A person, by a token with one of these scopes.
    Viewer(&'static [&'static str]),
    /// A moderator or an administrator, by a token with one of these scopes.
    Moderator(&'static [&'static str]),
    /// An administrator, by a token with one of these scopes.
    Administrator(&'static [&'static str]),
    /// An application, by its own token with one of these scopes.
    Application(&'static [&'static str]),
    /// Any valid token.
    AnyToken,
}

/// One route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with `{name}` for what varies.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
}

/// A row of a table of routes.
pub(super) const fn row(method: &'static str, path: &'static str, access: Access) -> Route {
    Route {
        method,
        path,
        access,
    }
}

impl Access {
    /// The scopes of which a token must have one. Where there are none, any token will do.
    #[must_use]
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Everybody | Self::Onlooker(_) | Self::AnyToken => &[],
            Self::MaybeViewer(scopes)
            | Self::Viewer(scopes)
            | Self::Moderator(scopes)
            | Self::Administrator(scopes)
            | Self::Application(scopes) => scopes,
        }
    }

    /// Whether nobody passes without a token.
    #[must_use]
    pub fn needs_token(self) -> bool {
        !matches!(
            self,
            Self::Everybody | Self::MaybeViewer(_) | Self::Onlooker(_)
        )
    }

    /// Whether the token must be a person's; one of an application alone will not do.
    #[must_use]
    pub fn needs_person(self) -> bool {
        self.needs_token() && !matches!(self, Self::AnyToken | Self::Application(_))
    }
}

use Access::{Administrator, Moderator, Onlooker};
pub(super) use Access::{AnyToken, Application, Everybody, MaybeViewer, Viewer};

pub(super) const ADMIN_READ: Access = Moderator(&["admin:read"]);
pub(super) const ADMIN_READ_ACCOUNTS: Access = Moderator(&["admin:read:accounts"]);
pub(super) const ADMIN_READ_CANONICAL_EMAIL_BLOCKS: Access =
    Moderator(&["admin:read:canonical_email_blocks"]);
pub(super) const ADMIN_READ_DOMAIN_ALLOWS: Access = Moderator(&["admin:read:domain_allows"]);
pub(super) const ADMIN_READ_DOMAIN_BLOCKS: Access = Moderator(&["admin:read:domain_blocks"]);
pub(super) const ADMIN_READ_EMAIL_DOMAIN_BLOCKS: Access =
    Moderator(&["admin:read:email_domain_blocks"]);
pub(super) const ADMIN_READ_IP_BLOCKS: Access = Moderator(&["admin:read:ip_blocks"]);
pub(super) const ADMIN_READ_REPORTS: Access = Moderator(&["admin:read:reports"]);
pub(super) const ADMIN_WRITE: Access = Administrator(&["admin:write"]);
pub(super) const ADMIN_WRITE_BY_MODERATORS: Access = Moderator(&["admin:write"]);
pub(super) const ADMIN_WRITE_ACCOUNTS: Access = Moderator(&["admin:write:accounts"]);
pub(super) const ADMIN_WRITE_CANONICAL_EMAIL_BLOCKS: Access =
    Administrator(&["admin:write:canonical_email_blocks"]);
pub(super) const ADMIN_WRITE_DOMAIN_ALLOWS: Access = Administrator(&["admin:write:domain_allows"]);
pub(super) const ADMIN_WRITE_DOMAIN_BLOCKS: Access = Administrator(&["admin:write:domain_blocks"]);
pub(super) const ADMIN_WRITE_EMAIL_DOMAIN_BLOCKS: Access =
    Administrator(&["admin:write:email_domain_blocks"]);
pub(super) const ADMIN_WRITE_IP_BLOCKS: Access = Administrator(&["admin:write:ip_blocks"]);
pub(super) const ADMIN_WRITE_REPORTS: Access = Moderator(&["admin:write:reports"]);
pub(super) const MAYBE_ANY: Access = MaybeViewer(&[]);
pub(super) const MAYBE_READ_ACCOUNTS: Access = MaybeViewer(&["read:accounts"]);
pub(super) const MAYBE_READ_COLLECTIONS: Access = MaybeViewer(&["read:collections"]);
pub(super) const MAYBE_READ_SEARCH: Access = MaybeViewer(&["read:search"]);
pub(super) const MAYBE_READ_STATUSES: Access = MaybeViewer(&["read:statuses"]);
pub(super) const ONLOOKER_READ: Access = Onlooker(&["read"]);
pub(super) const ONLOOKER_READ_ACCOUNTS: Access = Onlooker(&["read:accounts"]);
pub(super) const ONLOOKER_READ_STATUSES: Access = Onlooker(&["read:statuses"]);
pub(super) const PROFILE: Access = Viewer(&["profile"]);
pub(super) const PUSH: Access = Viewer(&["push"]);
pub(super) const READ: Access = Viewer(&["read"]);
pub(super) const READ_ACCOUNTS: Access = Viewer(&["read:accounts"]);
pub(super) const READ_ACCOUNTS_OR_PROFILE: Access = Viewer(&["read:accounts", "profile"]);
pub(super) const READ_BLOCKS: Access = Viewer(&["read:blocks"]);
pub(super) const READ_BOOKMARKS: Access = Viewer(&["read:bookmarks"]);
pub(super) const READ_COLLECTIONS: Access = Viewer(&["read:collections"]);
pub(super) const READ_FAVOURITES: Access = Viewer(&["read:favourites"]);
pub(super) const READ_FILTERS: Access = Viewer(&["read:filters"]);
pub(super) const READ_FOLLOWS: Access = Viewer(&["read:follows"]);
pub(super) const READ_LISTS: Access = Viewer(&["read:lists"]);
pub(super) const READ_MUTES: Access = Viewer(&["read:mutes"]);
pub(super) const READ_NOTIFICATIONS: Access = Viewer(&["read:notifications"]);
pub(super) const READ_SEARCH: Access = Viewer(&["read:search"]);
pub(super) const READ_STATUSES: Access = Viewer(&["read:statuses"]);
pub(super) const READ_STATUSES_OR_READ_NOTIFICATIONS: Access =
    Viewer(&["read:statuses", "read:notifications"]);
pub(super) const SIGN_UP: Access = Application(&["write:accounts"]);
pub(super) const WRITE_ACCOUNTS: Access = Viewer(&["write:accounts"]);
pub(super) const WRITE_BLOCKS: Access = Viewer(&["write:blocks"]);
pub(super) const WRITE_BOOKMARKS: Access = Viewer(&["write:bookmarks"]);
pub(super) const WRITE_COLLECTIONS: Access = Viewer(&["write:collections"]);
pub(super) const WRITE_CONVERSATIONS: Access = Viewer(&["write:conversations"]);
pub(super) const WRITE_FAVOURITES: Access = Viewer(&["write:favourites"]);
pub(super) const WRITE_FILTERS: Access = Viewer(&["write:filters"]);
pub(super) const WRITE_FOLLOWS: Access = Viewer(&["write:follows"]);
pub(super) const WRITE_LISTS: Access = Viewer(&["write:lists"]);
pub(super) const WRITE_MEDIA: Access = Viewer(&["write:media"]);
pub(super) const WRITE_MUTES: Access = Viewer(&["write:mutes"]);
pub(super) const WRITE_NOTIFICATIONS: Access = Viewer(&["write:notifications"]);
pub(super) const WRITE_REPORTS: Access = Viewer(&["write:reports"]);
pub(super) const WRITE_STATUSES: Access = Viewer(&["write:statuses"]);
