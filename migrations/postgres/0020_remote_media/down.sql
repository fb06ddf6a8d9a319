DROP TABLE remote_usage;
DROP TABLE remote_files;
