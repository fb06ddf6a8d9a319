-- Links in public statuses and who publishes the pages: the staff may let both trend, or not. Without a word of the
-- staff is_trendable is empty.
CREATE TABLE publishers (
    id INTEGER PRIMARY KEY,
    domain TEXT NOT NULL UNIQUE,
    is_trendable BOOLEAN,
    reviewed_at BIGINT
);
CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    publisher_id BIGINT NOT NULL REFERENCES publishers (id),
    is_trendable BOOLEAN,
    reviewed_at BIGINT
);
CREATE INDEX links_by_publisher ON links (publisher_id);

-- The link that a status of late carries: the first in its text. Days are counted since 1970.
CREATE TABLE link_uses (
    status_id INTEGER PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    link_id BIGINT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    day BIGINT NOT NULL
);
CREATE INDEX link_uses_by_link ON link_uses (link_id, status_id);
CREATE INDEX link_uses_by_day ON link_uses (day, link_id, account_id);

-- What trends now, as the schedule last counted it.
CREATE TABLE trending_links (
    link_id INTEGER PRIMARY KEY REFERENCES links (id) ON DELETE CASCADE,
    score DOUBLE PRECISION NOT NULL,
    peak_score DOUBLE PRECISION NOT NULL,
    peak_at BIGINT NOT NULL,
    is_shown BOOLEAN NOT NULL
);
CREATE INDEX trending_links_shown ON trending_links (is_shown, score);
CREATE INDEX trending_links_by_score ON trending_links (score);
