DROP TABLE trending_links;
DROP TABLE link_uses;
DROP TABLE links;
DROP TABLE publishers;
