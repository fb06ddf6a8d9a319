-- What the staff thinks of hashtags and of statuses that trend. Without a row nobody has looked yet.
CREATE TABLE tag_reviews (
    tag_id BIGINT PRIMARY KEY REFERENCES tags (id) ON DELETE CASCADE,
    is_trendable BOOLEAN,
    is_usable BOOLEAN NOT NULL,
    is_listable BOOLEAN NOT NULL,
    reviewed_at BIGINT
);
CREATE TABLE status_reviews (
    status_id BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    is_trendable BOOLEAN NOT NULL,
    reviewed_at BIGINT NOT NULL
);

-- What trends now, as the schedule last counted it. The score was peak_score at peak_at and has halved ever since.
CREATE TABLE trending_tags (
    tag_id BIGINT PRIMARY KEY REFERENCES tags (id) ON DELETE CASCADE,
    score DOUBLE PRECISION NOT NULL,
    peak_score DOUBLE PRECISION NOT NULL,
    peak_at BIGINT NOT NULL,
    is_shown BOOLEAN NOT NULL
);
CREATE INDEX trending_tags_shown ON trending_tags (is_shown, score);
CREATE INDEX trending_tags_by_score ON trending_tags (score);

CREATE TABLE trending_statuses (
    status_id BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    is_shown BOOLEAN NOT NULL
);
CREATE INDEX trending_statuses_shown ON trending_statuses (is_shown, score);
CREATE INDEX trending_statuses_by_score ON trending_statuses (score);

-- Who used what on a day, hashtag by hashtag.
CREATE INDEX tag_uses_by_day_and_tag ON tag_uses (day, tag_id);
