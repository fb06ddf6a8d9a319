//! The public profile page.

use maud::{Markup, PreEscaped, html};

use super::accounts::AccountCard;
use super::feed_links::{feed_line, feed_links};
use super::layout::{Document, Frame, Width, document};
use super::parts::{Icon, count, icon, month, safe_url};
use super::statuses::{Paging, Status, status_list};
use crate::web::paths;

/// A profile as everybody sees it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Name, handle, page and avatar.
    pub account: AccountCard,
    /// The wide picture on top; the default picture when there is none.
    pub header_url: String,
    /// The actor document, for other servers.
    pub actor_url: String,
    /// What the person says about themselves: clean HTML.
    pub bio_html: String,
    /// The same as plain text, for previews.
    pub bio_text: String,
    /// The table of names and values.
    pub fields: Vec<ProfileField>,
    /// Whether a program posts here.
    pub bot: bool,
    /// Whether the person approves each follower.
    pub locked: bool,
    /// When the account was made (milliseconds).
    pub joined_at: i64,
    /// How many statuses it wrote.
    pub statuses_count: i64,
    /// How many accounts it follows; `None` when it does not say.
    pub following_count: Option<i64>,
    /// How many accounts follow it; `None` when it does not say.
    pub followers_count: Option<i64>,
    /// Whether search engines may list the page.
    pub indexable: bool,
    /// Its public statuses, newest first.
    pub statuses: Vec<Status>,
    /// Where they go on.
    pub paging: Paging,
}

/// One line of the profile's table.
#[derive(Clone, Debug)]
pub struct ProfileField {
    /// What it is about (plain text).
    pub name: String,
    /// What it says: clean HTML.
    pub value_html: String,
    /// Whether the page that it links to links back.
    pub verified: bool,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Profile) -> String {
    let title = format!("{} ({})", view.account.name(), view.account.handle);
    let main = html! {
        section.profile.h-card aria-label="Profile" {
            img.profile-header src=[safe_url(&view.header_url)] alt="" width="1500" height="500";
            div.profile-body {
                img.profile-avatar.u-photo src=[safe_url(&view.account.avatar_url)] alt="" width="112" height="112";
                h1.p-name dir="auto" { (view.account.name()) }
                p.handle {
                    a.u-url.u-uid href=[safe_url(&view.account.url)] rel="me" { (view.account.handle) }
                    @if view.bot { span.badge { "Automated" } }
                    @if view.locked { span.badge { (icon(Icon::Lock)) "Approves followers" } }
                }
                p { a.button href=(paths::elsewhere(&view.actor_url)) rel="nofollow" { "Follow" } }
                @if !view.bio_html.is_empty() {
                    div.prose.p-note dir="auto" { (PreEscaped(&view.bio_html)) }
                }
                (fields(&view.fields))
                (facts(view))
            }
        }
        section aria-labelledby="posts" {
            h2 #posts { "Posts" }
            (status_list(&view.statuses, "Nothing public here yet."))
            (view.paging.render())
            (feed_line(&view.account.url))
        }
    };
    document(
        frame,
        &Document {
            title: &title,
            width: Width::Wide,
            head: preview(frame, view, &title),
            problems: &[],
            main,
        },
    )
}

fn fields(fields: &[ProfileField]) -> Markup {
    html! {
        @if !fields.is_empty() {
            dl.fields {
                @for field in fields {
                    div.verified[field.verified] {
                        dt dir="auto" { (field.name) }
                        dd dir="auto" {
                            @if field.verified {
                                (icon(Icon::Check)) span.visually-hidden { "Verified: " }
                            }
                            span { (PreEscaped(&field.value_html)) }
                        }
                    }
                }
            }
        }
    }
}

fn facts(view: &Profile) -> Markup {
    html! {
        dl.facts {
            div { dt { "Posts" } dd { (count(view.statuses_count)) } }
            @if let Some(number) = view.following_count { div { dt { "Following" } dd { (count(number)) } } }
            @if let Some(number) = view.followers_count { div { dt { "Followers" } dd { (count(number)) } } }
            div { dt { "Joined" } dd { (month(view.joined_at)) } }
        }
    }
}

fn preview(frame: &Frame, view: &Profile, title: &str) -> Markup {
    html! {
        @if !view.indexable { meta name="robots" content="noindex, noarchive"; }
        meta name="description" content=(view.bio_text);
        meta property="og:type" content="profile";
        meta property="og:site_name" content=(frame.node_name);
        meta property="og:title" content=(title);
        meta property="og:description" content=(view.bio_text);
        meta property="og:url" content=(view.account.url);
        meta property="og:image" content=(view.account.avatar_url);
        meta property="profile:username" content=(view.account.handle.trim_start_matches('@'));
        meta name="twitter:card" content="summary";
        link rel="canonical" href=[safe_url(&view.account.url)];
        link rel="alternate" type="application/activity+json" href=[safe_url(&view.actor_url)];
        (feed_links(&view.account.url, title))
    }
}
