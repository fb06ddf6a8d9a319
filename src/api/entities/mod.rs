//! The JSON entities of the client API, one file per entity page of the documentation.
//!
//! Shapes only, made by serde: no rules, no queries, no reading. Rows become entities in the rendering floor.
//! Optional keys are left out, nullable keys are sent as null, ids are strings, instants have three decimals.
//!
//! Source: <https://docs.joinmastodon.org/entities/>

pub mod accounts;
pub mod admin;
pub mod announcements;
pub mod applications;
pub mod approvals;
pub mod async_refreshes;
pub mod attachments;
pub mod cards;
pub mod catch_up;
pub mod collections;
pub mod contexts;
pub mod conversations;
pub mod descriptions;
pub mod edits;
pub mod emojis;
pub mod familiar_followers;
pub mod filters;
mod ids;
pub mod instances;
pub mod instances_v1;
pub mod lists;
pub mod markers;
pub mod moderation;
pub mod nothing;
pub mod notification_groups;
pub mod notification_policies;
pub mod notifications;
pub mod oauth;
pub mod outcomes;
pub mod peers;
pub mod polls;
pub mod preferences;
pub mod profiles;
pub mod push;
pub mod quotes;
pub mod reactions;
pub mod receipts;
pub mod relationships;
pub mod roles;
pub mod rules;
pub mod scheduled_statuses;
pub mod searches;
pub mod statuses;
pub mod suggestions;
pub mod tags;
pub mod times;
pub mod tokens;

pub use accounts::{Account, AccountRole, CredentialAccount, Field, MutedAccount};
pub use applications::{Application, CredentialApplication};
pub use async_refreshes::{AsyncRefresh, AsyncRefreshAnswer};
pub use attachments::MediaAttachment;
pub use cards::PreviewCard;
pub use contexts::Context;
pub use descriptions::{ExtendedDescription, Language, PrivacyPolicy, TermsOfService};
pub use edits::{StatusEdit, StatusSource};
pub use emojis::CustomEmoji;
pub use familiar_followers::FamiliarFollowers;
pub use instances::Instance;
pub use instances_v1::InstanceV1;
pub use lists::List;
pub use markers::{Marker, Markers};
pub use nothing::Nothing;
pub use notifications::Notification;
pub use oauth::{OauthServer, UserInfo};
pub use polls::Poll;
pub use preferences::Preferences;
pub use profiles::Profile;
pub use relationships::Relationship;
pub use roles::Role;
pub use rules::Rule;
pub use searches::Search;
pub use statuses::{DeletedStatus, Status, UnexpectedMentions, Visibility};
pub use suggestions::{DomainBlockPreview, Suggestion};
pub use tags::{FeaturedTag, Tag, TagUse};
pub use times::{Date, Instant};
pub use tokens::Token;
