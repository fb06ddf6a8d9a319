DROP INDEX tag_uses_by_day_and_tag;
DROP TABLE trending_statuses;
DROP TABLE trending_tags;
DROP TABLE status_reviews;
DROP TABLE tag_reviews;
