-- What the staff tells everybody on this node. text is as typed; content and named are made of it whenever it changes.
CREATE TABLE announcements (
    id BIGINT PRIMARY KEY,
    text TEXT NOT NULL,
    content TEXT NOT NULL,
    named TEXT NOT NULL,
    all_day BOOLEAN NOT NULL,
    starts_at BIGINT,
    ends_at BIGINT,
    scheduled_at BIGINT,
    published_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX announcements_published ON announcements (published_at);
CREATE INDEX announcements_scheduled ON announcements (scheduled_at);
CREATE INDEX announcements_ending ON announcements (ends_at);

-- Who has read which of them.
CREATE TABLE announcement_dismissals (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, announcement_id)
);
CREATE INDEX announcement_dismissals_of ON announcement_dismissals (announcement_id);

-- Who answered which of them with which emoji: the emoji itself, or the shortcode of one of this node's own.
CREATE TABLE announcement_reactions (
    id BIGINT PRIMARY KEY,
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (announcement_id, name, account_id)
);
CREATE INDEX announcement_reactions_by ON announcement_reactions (account_id, announcement_id);
