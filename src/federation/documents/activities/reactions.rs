//! Reactions with an emoji, read from every form in which they are sent, and built in the one that most understand: a
//! Like, which is at least a like where nobody knows reactions.
//!
//! Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/c0e0/fep-c0e0.md> and
//! <https://misskey-hub.net/ns#_misskey_reaction>.

use serde_json::{Value, json};

use super::super::context::{Terms, with_context};
use super::super::references::{self, Properties};
use super::super::tags::{Emoji, Tags, build_emoji};
use super::deeds::Reaction;
use super::outgoing::undo;
use crate::text::emojis::{is_emoji, settled};

/// Characters of the longest name that is looked at: emoji are sequences of a few, shortcodes have sixty-four at most,
/// two colons and perhaps a host.
const LONGEST: usize = 400;
/// What a Like that means nothing but a like says on servers where every like is a reaction.
const HEART: &str = "\u{2764}\u{fe0f}";

/// What an activity of this type reacts with; none if it is only a like, or nothing that can be shown.
pub(super) fn parse(activity: &Properties, kind: &str) -> Option<Reaction> {
    let said = |key: &str| references::short_text(activity, key, LONGEST);
    let said = said("content").or_else(|| said("_misskey_reaction"))?;
    let word = former(&said).unwrap_or(&said);
    if is_emoji(word) {
        let name = settled(word);
        let is_like = kind == "Like" && name == HEART;
        return (!is_like).then_some(Reaction { name, url: None });
    }
    let code = word.strip_prefix(':')?.strip_suffix(':')?;
    // Some name the host of another server's emoji, or a dot for their own.
    let code = code.split_once('@').map_or(code, |(code, _)| code);
    let named = |emoji: &Emoji| emoji.shortcode == code;
    let emoji = Tags::parse(activity).emojis.into_iter().find(named)?;
    Some(Reaction {
        name: code.to_owned(),
        url: Some(emoji.url),
    })
}

/// The words that stood for emoji before they were sent themselves.
fn former(word: &str) -> Option<&'static str> {
    Some(match word {
        "like" => "\u{1f44d}",
        "love" => "\u{2764}",
        "laugh" => "\u{1f606}",
        "hmm" => "\u{1f914}",
        "surprise" => "\u{1f62e}",
        "congrats" => "\u{1f389}",
        "angry" => "\u{1f4a2}",
        "confused" => "\u{1f625}",
        "rip" => "\u{1f607}",
        "pudding" => "\u{1f36e}",
        "star" => "\u{2b50}",
        _ => return None,
    })
}

/// `actor` reacts to `object` with `name`: an emoji of Unicode, or the shortcode of the custom one `picture`, which may
/// be gone by now. `id` is that of the reaction.
#[must_use]
pub fn react(id: &str, actor: &str, object: &str, name: &str, picture: Option<&Emoji>) -> Value {
    let said = if name.is_ascii() {
        format!(":{name}:")
    } else {
        name.to_owned()
    };
    let mut like = json!({
        "id": id,
        "type": "Like",
        "actor": actor,
        "object": object,
        "content": said,
        "_misskey_reaction": said,
    });
    if let (Some(picture), Some(like)) = (picture, like.as_object_mut()) {
        like.insert("tag".to_owned(), json!([build_emoji(picture)]));
    }
    with_context(like, Terms::Reaction)
}

/// Takes back what [`react`] built.
#[must_use]
pub fn unreact(like: &Value) -> Value {
    with_context(undo(like), Terms::Reaction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "it is compared with what is read")]
    fn reaction(name: &str, url: Option<&str>) -> Option<Reaction> {
        Some(Reaction {
            name: name.to_owned(),
            url: url.map(str::to_owned),
        })
    }

    #[test]
    fn a_reaction_is_one_emoji_or_a_shortcode_with_a_picture() {
        let picture = "https://a.example/cup.png";
        let tag =
            json!([{"type": "Emoji", "name": ":cup:", "icon": {"type": "Image", "url": picture}}]);
        let cup = reaction("cup", Some(picture));
        let said = |content: &str| json!({"content": content, "tag": tag});
        let former = |word: &str| json!({"_misskey_reaction": word});
        for (activity, as_like, as_react) in [
            (said("🫖"), reaction("🫖", None), reaction("🫖", None)),
            (said("👍🏽"), reaction("👍🏽", None), reaction("👍🏽", None)),
            (
                said("☺"),
                reaction("☺\u{fe0f}", None),
                reaction("☺\u{fe0f}", None),
            ),
            (said("❤"), None, reaction("❤\u{fe0f}", None)),
            (said("❤\u{fe0f}"), None, reaction("❤\u{fe0f}", None)),
            (said("🧡"), reaction("🧡", None), reaction("🧡", None)),
            (said(":cup:"), cup.clone(), cup.clone()),
            (said(":cup@.:"), cup.clone(), cup.clone()),
            (said(":cup@b.example:"), cup.clone(), cup),
            (said("cup"), None, None),
            (said(":tea:"), None, None),
            (json!({"content": ":cup:"}), None, None),
            (said("~"), None, None),
            (said("👌👌"), None, None),
            (said("hello"), None, None),
            (said(""), None, None),
            (json!({"content": 7}), None, None),
            (json!({}), None, None),
            (
                former("pudding"),
                reaction("🍮", None),
                reaction("🍮", None),
            ),
            (former("like"), reaction("👍", None), reaction("👍", None)),
            (former("love"), None, reaction("❤\u{fe0f}", None)),
            (
                json!({"content": "🎉", "_misskey_reaction": "❤"}),
                reaction("🎉", None),
                reaction("🎉", None),
            ),
        ] {
            let properties = activity.as_object().unwrap();
            assert_eq!(parse(properties, "Like"), as_like, "{activity}");
            assert_eq!(parse(properties, "EmojiReact"), as_react, "{activity}");
        }
    }

    #[test]
    fn what_is_built_is_read_again() {
        let picture = Emoji {
            shortcode: "cup".to_owned(),
            url: "https://a.example/cup.png".to_owned(),
            media_type: Some("image/png".to_owned()),
            updated: None,
            id: None,
        };
        let built = |name: &str, picture: Option<&Emoji>| {
            let like = react(
                "https://a.example/1",
                "https://a.example/ann",
                "https://b.example/2",
                name,
                picture,
            );
            assert_eq!(like["type"], "Like");
            parse(like.as_object().unwrap(), "Like")
        };
        assert_eq!(built("🎉", None), reaction("🎉", None));
        assert_eq!(
            built("cup", Some(&picture)),
            reaction("cup", Some(&picture.url))
        );
        assert_eq!(built("cup", None), None);
    }
}
