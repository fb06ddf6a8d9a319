DROP TABLE follower_syncs;
DROP TABLE absence_tasks;
DROP TABLE absence_hosts;
DROP TABLE absences;
