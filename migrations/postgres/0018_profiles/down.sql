DROP TABLE preferences;
DROP TABLE profiles;
