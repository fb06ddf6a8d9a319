-- The node's own custom emoji. still_key is the first frame of an animation, and the picture itself otherwise. What
-- texts use of them is kept with the texts.
CREATE TABLE custom_emojis (
    id BIGINT PRIMARY KEY,
    shortcode TEXT NOT NULL UNIQUE,
    file_key TEXT NOT NULL,
    still_key TEXT NOT NULL,
    category TEXT,
    visible_in_picker BOOLEAN NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
