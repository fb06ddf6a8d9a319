//! Avatars and headers of local accounts.

use super::super::uploads::{self, Stored};
use crate::keys::random;
use crate::media::{self, Portrait};
use crate::node::Node;
use crate::social::Result;
use crate::store::accounts::Account;

/// What becomes of an avatar or a header.
#[derive(Clone, Debug)]
pub enum Picture {
    /// This upload takes its place.
    New(Vec<u8>),
    /// There is none any more.
    Removed,
}

/// What becomes of one of the two pictures.
pub(super) enum Change {
    /// It stays.
    None,
    /// It goes.
    Remove,
    /// This key takes its place.
    Set(String),
}

/// Which of the two pictures.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Avatar,
    Header,
}

/// Stores a new picture, if there is one.
pub(super) async fn settle(node: &Node, which: Which, picture: Option<Picture>) -> Result<Change> {
    let bytes = match picture {
        None => return Ok(Change::None),
        Some(Picture::Removed) => return Ok(Change::Remove),
        Some(Picture::New(bytes)) => bytes,
    };
    let key = uploads::store(node, bytes, move |bytes| {
        let (folder, portrait) = match which {
            Which::Avatar => ("avatars", media::avatar(bytes)?),
            Which::Header => ("headers", media::header(bytes)?),
        };
        Ok(files(folder, portrait))
    })
    .await?;
    Ok(Change::Set(key))
}

/// The picture, and beside an animation its first frame under the key that [`still_key`] tells.
fn files(folder: &str, portrait: Portrait) -> (String, Vec<Stored>) {
    let name = random::hex_name();
    let image = Stored::new(folder, &name, portrait.image);
    let still = portrait
        .still
        .map(|still| Stored::new(folder, &name, still));
    let key = image.key.clone();
    (key, std::iter::once(image).chain(still).collect())
}

/// The key of the first frame of an avatar or a header that is animated; none for pictures that stand still.
///
/// Only animations are kept as GIF, each with its first frame beside it.
#[must_use]
pub fn still_key(key: &str) -> Option<String> {
    key.strip_suffix(".gif").map(|name| format!("{name}.png"))
}

/// The keys of every file that belongs to the avatar or header under this key: all go when the picture goes.
#[must_use]
pub fn keys_of(key: &str) -> Vec<String> {
    let mut keys = vec![key.to_owned()];
    keys.extend(still_key(key));
    keys
}

impl Change {
    /// The files that would be left without a row if the change were not written.
    pub(super) fn new_keys(&self) -> Vec<String> {
        match self {
            Self::Set(key) => keys_of(key),
            Self::None | Self::Remove => Vec::new(),
        }
    }

    /// Writes the change into a row; gives back the files that nobody needs any more.
    pub(super) fn apply(&self, which: Which, account: &mut Account) -> Vec<String> {
        let place = match which {
            Which::Avatar => &mut account.avatar,
            Which::Header => &mut account.header,
        };
        let former = match self {
            Self::None => None,
            Self::Remove => place.take(),
            Self::Set(key) => place.replace(key.clone()),
        };
        former.map_or_else(Vec::new, |key| keys_of(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_animations_have_a_still_beside_them() {
        for (key, expected) in [
            ("avatars/0a.gif", Some("avatars/0a.png")),
            ("avatars/0a.png", None),
            ("avatars/0a.jpg", None),
        ] {
            assert_eq!(still_key(key).as_deref(), expected);
        }
    }
}
