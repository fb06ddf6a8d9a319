//! The sorts of objects that become statuses, and the forms in which their text comes.

/// What sort of object it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A short text; also the vote in a poll, see [`IncomingNote::vote`].
    Note,
    /// A text with a poll.
    Question,
    /// A message to one person, which is always direct (Pleroma, Lemmy).
    ChatMessage,
    /// A long text with a title.
    Article,
    /// A post with a title and often a link (Lemmy, Friendica).
    Page,
    /// A video with a title.
    Video,
    /// A sound with a title.
    Audio,
    /// A picture.
    Image,
    /// An event.
    Event,
    /// Something of a type that is not known here, with something to read.
    Other,
}

impl NoteKind {
    /// The sort that a type names.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "Note" => Some(Self::Note),
            "Question" => Some(Self::Question),
            "ChatMessage" => Some(Self::ChatMessage),
            "Article" => Some(Self::Article),
            "Page" => Some(Self::Page),
            "Video" => Some(Self::Video),
            "Audio" => Some(Self::Audio),
            "Image" => Some(Self::Image),
            "Event" => Some(Self::Event),
            _ => None,
        }
    }

    /// Whether title, text and link must be put together to make a status of it.
    #[must_use]
    pub fn is_converted(self) -> bool {
        !matches!(self, Self::Note | Self::Question | Self::ChatMessage)
    }
}

/// How a content is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// HTML, to be cleaned.
    Html,
    /// Markdown, to be rendered and cleaned (from `PeerTube`).
    Markdown,
    /// Plain text, to be escaped; also what Misskey makes of Markdown, which is its own.
    Plain,
}
