DROP TABLE list_entries;
DROP TABLE list_members;
DROP TABLE lists;
