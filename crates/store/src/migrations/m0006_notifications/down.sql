DROP TABLE messages;
DROP TABLE notification_channels;
DROP TABLE occurrences;
