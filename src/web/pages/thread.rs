//! The page of one status, with what it answers above it and the replies to it below.

use maud::{Markup, html};

use super::layout::{Document, Frame, Width, document};
use super::parts::{counted, safe_url};
use super::polls::Ballot;
use super::statuses::{Detail, MediaKind, Status, Visibility, status_list};
use crate::web::paths;

/// The media type of quotations for other sites.
pub(in crate::web) const EMBED: &str = "application/json+oembed";

/// A status in its thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The status that the page is about.
    pub status: Status,
    /// The same as plain text, for previews; not used when there is a content warning.
    pub text: String,
    /// What it answers, oldest first.
    pub ancestors: Vec<Status>,
    /// The replies to it, in reading order.
    pub replies: Vec<Status>,
    /// The status's document, for other servers.
    pub object_url: String,
    /// Where other sites get a quotation of it, if they may.
    pub embed_url: Option<String>,
    /// Whether search engines may list the page.
    pub indexable: bool,
    /// The form with which its reader votes, if its poll lets them.
    pub ballot: Option<Ballot>,
    /// How far it has come, for its author.
    pub delivery: Option<DeliveryLine>,
}

/// How far a status has come, and where to see more of it.
#[derive(Clone, Debug)]
pub struct DeliveryLine {
    /// All servers together, in one line.
    pub words: String,
    /// Where each of them is shown.
    pub url: String,
}

/// The document.
#[must_use]
pub fn render(frame: &Frame, view: &Thread) -> String {
    let title = format!("Post by {}", view.status.author.name());
    let main = html! {
        h1.page-title { "Post by " span dir="auto" { (view.status.author.name()) } }
        @if !view.ancestors.is_empty() {
            section.thread-before aria-labelledby="before" {
                h2.visually-hidden #before { "Earlier in this thread" }
                (status_list(&view.ancestors, ""))
            }
        }
        (view.status.render(Detail::Full))
        @if matches!(view.status.visibility, Visibility::Public | Visibility::Unlisted) {
            p { a.button.quiet href=(paths::elsewhere(&view.object_url)) rel="nofollow" { "Reply, boost or favourite" } }
        }
        @if let Some(ballot) = &view.ballot { (ballot.render()) }
        @if let Some(line) = &view.delivery {
            p.delivered { a href=[safe_url(&line.url)] { (line.words) } }
        }
        section aria-labelledby="replies" {
            h2 #replies {
                @if view.replies.is_empty() { "Replies" }
                @else { (counted(i64::try_from(view.replies.len()).unwrap_or(i64::MAX), "reply", "replies")) }
            }
            (status_list(&view.replies, no_replies(view.status.visibility)))
        }
    };
    document(
        frame,
        &Document {
            title: &title,
            width: Width::Wide,
            head: preview(frame, view),
            problems: &[],
            main,
        },
    )
}

/// What stands where replies would be. Strangers are shown public ones alone; of a post that is not for everybody its
/// author, who alone is shown it, sees all.
fn no_replies(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public | Visibility::Unlisted => "No public replies yet.",
        Visibility::Private | Visibility::Direct => "No replies yet.",
    }
}

fn preview(frame: &Frame, view: &Thread) -> Markup {
    let status = &view.status;
    let title = format!("{} ({})", status.author.name(), status.author.handle);
    let description = status.warning().unwrap_or(&view.text);
    let covered = status.sensitive || status.warning().is_some();
    let picture = status
        .media
        .iter()
        .find(|media| !covered && media.kind == MediaKind::Image);
    html! {
        @if !view.indexable { meta name="robots" content="noindex, noarchive"; }
        meta name="description" content=(description);
        meta property="og:type" content="article";
        meta property="og:site_name" content=(frame.node_name);
        meta property="og:title" content=(title);
        meta property="og:description" content=(description);
        meta property="og:url" content=(status.url);
        @if let Some(picture) = picture {
            meta property="og:image" content=(picture.preview_url.as_ref().unwrap_or(&picture.url));
            @if let Some(text) = &picture.description { meta property="og:image:alt" content=(text); }
            meta name="twitter:card" content="summary_large_image";
        } @else {
            meta property="og:image" content=(status.author.avatar_url);
            meta name="twitter:card" content="summary";
        }
        link rel="canonical" href=[safe_url(&status.url)];
        link rel="alternate" type="application/activity+json" href=[safe_url(&view.object_url)];
        @if let Some(url) = &view.embed_url {
            link rel="alternate" type=(EMBED) title=(title) href=[safe_url(url)];
        }
    }
}
