DROP TABLE thread_refreshes;
