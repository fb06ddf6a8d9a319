-- Previews of linked pages, one for all statuses with the link, which is found in their text. preview is JSON, and empty
-- while nothing is known or there is nothing to show; asked_at is when it was last decided to fetch the page.
CREATE TABLE cards (
    url TEXT NOT NULL PRIMARY KEY,
    preview TEXT,
    asked_at BIGINT NOT NULL,
    fetched_at BIGINT,
    failures BIGINT NOT NULL
) WITHOUT ROWID;
