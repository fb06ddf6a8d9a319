//! The scopes of the API's routes, each as a type, so that a handler's signature says what it needs.

use std::fmt::Debug;

/// What a token must be allowed to do.
pub trait Scope: Debug + Copy + Send + Sync + 'static {
    /// One of these is enough; none are needed where the list is empty.
    const NEEDED: &'static [&'static str];
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $($scope:literal)|*;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Scope for $name {
            const NEEDED: &'static [&'static str] = &[$($scope),*];
        }
    )*

    #[cfg(test)]
    const ALL: &[&[&str]] = &[$($name::NEEDED),*];
    };
}

/// No particular scope: any valid token will do.
#[derive(Clone, Copy, Debug)]
pub struct Any;

impl Scope for Any {
    const NEEDED: &'static [&'static str] = &[];
}

scopes! {
    /// Everything readable of the person's account.
    Read = "read";
    /// Everything changeable of the person's account.
    Write = "write";
    /// Web Push.
    Push = "push";
    /// Who the person is, and nothing else.
    Profile = "profile";
    /// The person's own account, for which the smaller `profile` is enough.
    ReadOwnAccount = "profile" | "read:accounts";
    /// Profiles.
    ReadAccounts = "read:accounts";
    /// Whom the person blocks.
    ReadBlocks = "read:blocks";
    /// Bookmarks.
    ReadBookmarks = "read:bookmarks";
    /// Collections.
    ReadCollections = "read:collections";
    /// Favourites.
    ReadFavourites = "read:favourites";
    /// Filters.
    ReadFilters = "read:filters";
    /// Whom the person follows.
    ReadFollows = "read:follows";
    /// Lists.
    ReadLists = "read:lists";
    /// Whom the person mutes.
    ReadMutes = "read:mutes";
    /// Notifications.
    ReadNotifications = "read:notifications";
    /// Search.
    ReadSearch = "read:search";
    /// Statuses that the person may see.
    ReadStatuses = "read:statuses";
    /// Some stream.
    ReadStreams = "read:statuses" | "read:notifications";
    /// The person's profile.
    WriteAccounts = "write:accounts";
    /// Blocking.
    WriteBlocks = "write:blocks";
    /// Bookmarking.
    WriteBookmarks = "write:bookmarks";
    /// Collections.
    WriteCollections = "write:collections";
    /// Conversations.
    WriteConversations = "write:conversations";
    /// Favouriting.
    WriteFavourites = "write:favourites";
    /// Filters.
    WriteFilters = "write:filters";
    /// Following.
    WriteFollows = "write:follows";
    /// Lists.
    WriteLists = "write:lists";
    /// Uploading.
    WriteMedia = "write:media";
    /// Muting.
    WriteMutes = "write:mutes";
    /// Notifications.
    WriteNotifications = "write:notifications";
    /// Reporting.
    WriteReports = "write:reports";
    /// Posting, editing, boosting and deleting.
    WriteStatuses = "write:statuses";
    /// Accounts, as the staff sees them.
    AdminReadAccounts = "admin:read:accounts";
    /// Decisions about accounts.
    AdminWriteAccounts = "admin:write:accounts";
    /// Reports, as the staff sees them.
    AdminReadReports = "admin:read:reports";
    /// What is done with reports.
    AdminWriteReports = "admin:write:reports";
    /// Blocked servers.
    AdminReadDomainBlocks = "admin:read:domain_blocks";
    /// Blocking servers.
    AdminWriteDomainBlocks = "admin:write:domain_blocks";
    /// Allowed servers.
    AdminReadDomainAllows = "admin:read:domain_allows";
    /// Allowing servers.
    AdminWriteDomainAllows = "admin:write:domain_allows";
    /// Blocked domains of e-mail addresses.
    AdminReadEmailDomainBlocks = "admin:read:email_domain_blocks";
    /// Blocking domains of e-mail addresses.
    AdminWriteEmailDomainBlocks = "admin:write:email_domain_blocks";
    /// Blocked e-mail addresses.
    AdminReadEmailBlocks = "admin:read:canonical_email_blocks";
    /// Blocking e-mail addresses.
    AdminWriteEmailBlocks = "admin:write:canonical_email_blocks";
    /// Blocked addresses of computers.
    AdminReadIpBlocks = "admin:read:ip_blocks";
    /// Blocking addresses of computers.
    AdminWriteIpBlocks = "admin:write:ip_blocks";
    /// Looking after the whole node.
    AdminRead = "admin:read";
    /// Deciding what concerns the whole node.
    AdminWrite = "admin:write";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_of_a_route_exists() {
        for scope in ALL.iter().flat_map(|needed| needed.iter()) {
            assert!(crate::social::scopes::ALL.contains(scope), "{scope}");
        }
    }
}
