-- A made-up database in the shape of Etsy Morgue's. synthetic.dump is what mariadb-dump makes of it; SOURCES.md says how.
SET NAMES utf8mb4;
CREATE TABLE postmortems (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, title varchar(255) NOT NULL, summary longtext NOT NULL, why_surprised longtext NOT NULL, tldr longtext NOT NULL,
  meeting_notes_link varchar(255) NOT NULL DEFAULT '', starttime int unsigned NOT NULL, endtime int unsigned NOT NULL, statustime int unsigned NOT NULL,
  detecttime int unsigned NOT NULL, severity int unsigned NOT NULL, gcal longtext, contact varchar(255) DEFAULT '', facilitator varchar(255) NOT NULL DEFAULT '',
  facilitator_email varchar(255) NOT NULL DEFAULT '', subsystem varchar(50) NOT NULL DEFAULT '', owner_team varchar(50) NOT NULL DEFAULT '',
  problem_type varchar(50) NOT NULL DEFAULT '', impact_type varchar(50) NOT NULL DEFAULT '', incident_cause varchar(50) NOT NULL DEFAULT '',
  deleted tinyint NOT NULL DEFAULT 0, created int unsigned NOT NULL, modified int unsigned NOT NULL DEFAULT 0, modifier varchar(255) NOT NULL DEFAULT ''
) DEFAULT CHARSET=utf8mb4;
-- 1400000000 is 2014-05-13 16:53:20 UTC.
INSERT INTO postmortems VALUES
 (1, 'Search was slow; nobody said ''why'' \\ 日本', 'First *this*,\nthen that; \t(a \\ b) "quoted"; ''single''\r\nEND', 'The graph was green.', 'Search was slow for **ten** minutes', 'https://notes.example.com/1',
  1400000000, 1400000600, 1400000300, 1400000120, 2, 'gcal', 'one', 'two', 'two@example.com', 'search', 'Find', 'Internal', 'Response Time', 'Product launch', 0, 1400086400, 1400100000, 'one'),
 (2, 'Deleted by mistake', 'not to be shown', '', '', '', 1400000000, 1400000600, 0, 1400000000, 1, NULL, '', '', '', '', '', '', '', '', 1, 1400086400, 0, ''),
 (3, 'Without an end', '', '', '', 'javascript:alert(1)', 1500000000, 0, 0, 1499999000, 9, NULL, NULL, '', '', '', '', '', '', '', 0, 0, 0, ''),
 (4, '', '<script>alert(1)</script>', '', '', '', 0, 0, 0, 0, 5, NULL, '', '', '', '', '', '', '', '', 0, 1500000000, 0, '');
CREATE TABLE tags (id bigint NOT NULL PRIMARY KEY, title varchar(255) NOT NULL, deleted tinyint NOT NULL DEFAULT 0) DEFAULT CHARSET=utf8mb4;
INSERT INTO tags VALUES (1, 'deploy', 0), (2, 'search', 0), (3, 'gone', 1), (4, 'taken off', 0);
CREATE TABLE postmortem_referenced_tags (postmortem_id bigint NOT NULL, tag_id bigint NOT NULL, deleted tinyint NOT NULL DEFAULT 0, PRIMARY KEY (postmortem_id, tag_id)) DEFAULT CHARSET=utf8mb4;
INSERT INTO postmortem_referenced_tags VALUES (1, 2, 0), (1, 1, 0), (1, 3, 0), (1, 4, 1);
CREATE TABLE postmortem_history (id bigint NOT NULL PRIMARY KEY, postmortem_id bigint NOT NULL, auth_username varchar(128) NOT NULL, action varchar(32) NOT NULL, summary longtext, why_surprised longtext, create_date int unsigned NOT NULL, KEY postmortem_id (postmortem_id)) DEFAULT CHARSET=utf8mb4;
INSERT INTO postmortem_history VALUES (2, 1, 'two', 'edit', 'an old text, not to be kept', '', 1400090000), (1, 1, 'one', 'add', NULL, NULL, 1400086400), (3, 1, 'one', 'edit', NULL, NULL, 0);
CREATE TABLE irc (id bigint NOT NULL PRIMARY KEY, postmortem_id bigint NOT NULL, channel varchar(50) NOT NULL, deleted tinyint NOT NULL DEFAULT 0) DEFAULT CHARSET=utf8mb4;
INSERT INTO irc VALUES (1, 1, '#ops', 0), (2, 1, '#war-room', 0), (3, 1, '#wrong', 1);
CREATE TABLE slack (id bigint NOT NULL PRIMARY KEY, postmortem_id bigint NOT NULL, channel_id varchar(10) NOT NULL, channel_name varchar(50) NOT NULL, message mediumblob, deleted tinyint NOT NULL DEFAULT 0) DEFAULT CHARSET=utf8mb4;
INSERT INTO slack VALUES (1, 1, 'C0001', 'incidents', 0x00ff27290a5c6e3b, 0);
CREATE TABLE images (id bigint NOT NULL PRIMARY KEY, postmortem_id bigint NOT NULL, image_link varchar(255) NOT NULL, deleted tinyint NOT NULL DEFAULT 0) DEFAULT CHARSET=utf8mb4;
INSERT INTO images VALUES (1, 1, 'https://graphs.example.com/latency.png?from=-1h&to=now', 0), (2, 1, '/uploads/relative.png', 0), (3, 1, 'https://graphs.example.com/wrong.png', 1);
CREATE TABLE forum_links (id bigint NOT NULL PRIMARY KEY, postmortem_id bigint NOT NULL, forum_link varchar(255) NOT NULL, comment text, deleted tinyint NOT NULL DEFAULT 0) DEFAULT CHARSET=utf8mb4;
INSERT INTO forum_links VALUES (1, 1, 'https://forum.example.com/t/9', 'People complain', 0), (2, 1, 'https://forum.example.com/t/10', NULL, 0);
CREATE TABLE jira (id bigint NOT NULL PRIMARY KEY, postmortem_id bigint NOT NULL, ticket varchar(50) NOT NULL, deleted tinyint NOT NULL DEFAULT 0) DEFAULT CHARSET=utf8mb4;
INSERT INTO jira VALUES (1, 1, 'OPS-1453', 0), (2, 1, 'CORE-2024', 0), (3, 1, 'CORE-1', 1);
CREATE VIEW pm_data AS SELECT id, deleted FROM postmortems WHERE deleted = 0;
