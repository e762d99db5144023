-- A made-up database in the shape of Netflix Dispatch's, reduced to the tables that matter here and a few that must
-- not be read. synthetic.dump is what pg_dump makes of it; SOURCES.md says how.
CREATE SCHEMA dispatch_core;
CREATE TABLE dispatch_core.dispatch_user (id integer, email text, password bytea);
INSERT INTO dispatch_core.dispatch_user VALUES (1, 'one@example.com', 'not to be read');

CREATE FUNCTION public.organization(s text) RETURNS void LANGUAGE plpgsql AS $make$
BEGIN
  EXECUTE format('CREATE SCHEMA %I', s);
  EXECUTE format('SET search_path TO %I', s);
  CREATE TABLE assoc_incident_tags (incident_id integer, tag_id integer, PRIMARY KEY (incident_id, tag_id));
  CREATE TABLE "case" (id integer PRIMARY KEY, name text, title text, status text, reported_at timestamp);
  CREATE TABLE conference (resource_type text, resource_id text, weblink text, id integer PRIMARY KEY, conference_id text, conference_challenge text, incident_id integer);
  CREATE TABLE conversation (resource_type text, resource_id text, weblink text, id integer PRIMARY KEY, channel_id text, incident_id integer, case_id integer);
  CREATE TABLE document (resource_type text, resource_id text, weblink text, id integer PRIMARY KEY, name text, description text, incident_id integer, search_vector tsvector, project_id integer, case_id integer);
  CREATE TABLE event (id integer PRIMARY KEY, uuid uuid, started_at timestamp, ended_at timestamp, source text, description text, details json, individual_id integer, incident_id integer, search_vector tsvector, case_id integer, type text, owner text, pinned boolean);
  CREATE TABLE incident (id integer PRIMARY KEY, name text, title text, description text, status text, visibility text, reported_at timestamp, stable_at timestamp, closed_at timestamp, search_vector tsvector, incident_priority_id integer, incident_type_id integer, duplicate_id integer, project_id integer, created_at timestamp, updated_at timestamp, resolution text, participants_team text, participants_location text, commander_id integer, reporter_id integer, summary text, incident_document_id integer, incident_review_document_id integer, incident_severity_id integer);
  CREATE TABLE incident_priority (id integer PRIMARY KEY, name text, description text, "default" boolean, view_order integer, project_id integer);
  CREATE TABLE incident_severity (id integer PRIMARY KEY, name text, description text, "default" boolean, view_order integer, project_id integer);
  CREATE TABLE incident_type (id integer PRIMARY KEY, name text, slug text, description text, exclude_from_metrics boolean, visibility text, plugin_metadata json, project_id integer);
  CREATE TABLE individual_contact (is_active boolean, email text, notes text, id integer PRIMARY KEY, name text, mobile_phone text, project_id integer);
  CREATE TABLE participant (id integer PRIMARY KEY, team text, department text, location text, added_by_id integer, added_reason text, service_id integer, incident_id integer, individual_contact_id integer, case_id integer);
  CREATE TABLE participant_role (id integer PRIMARY KEY, assumed_at timestamp, renounced_at timestamp, role text, participant_id integer, activity integer);
  CREATE TABLE project (id integer PRIMARY KEY, name text, display_name text, description text);
  CREATE TABLE report (id integer PRIMARY KEY, created_at timestamp, details json, details_raw text, type text, incident_id integer, participant_id integer);
  CREATE TABLE service (id integer PRIMARY KEY, is_active boolean, name text, type text, external_id text, project_id integer);
  CREATE TABLE signal_instance (id uuid, raw json, case_id integer);
  CREATE TABLE storage (resource_type text, resource_id text, weblink text, id integer PRIMARY KEY, incident_id integer, case_id integer);
  CREATE TABLE tag (id integer PRIMARY KEY, name text, description text, tag_type_id integer, project_id integer);
  CREATE TABLE tag_type (id integer PRIMARY KEY, name text, description text, project_id integer);
  CREATE TABLE task (resource_type text, resource_id text, weblink text, id integer PRIMARY KEY, resolved_at timestamp, resolve_by timestamp, creator_id integer, owner_id integer, incident_id integer, description text, source text, priority text, status text);
  CREATE TABLE task_assignees (participant_id integer, task_id integer, PRIMARY KEY (participant_id, task_id));
  CREATE TABLE ticket (resource_type text, resource_id text, weblink text, id integer PRIMARY KEY, incident_id integer, case_id integer, task_id integer);
END $make$;

SELECT public.organization('dispatch_organization_default');
SET search_path TO dispatch_organization_default;
INSERT INTO project VALUES (1, 'default', 'Reliability', 'made up');
INSERT INTO incident_priority VALUES (1, 'Low', '', true, 1, 1), (2, 'Medium', '', false, 2, 1), (3, 'High', '', false, 3, 1);
INSERT INTO incident_severity VALUES (1, 'Undetermined', '', true, 1, 1), (2, 'Critical', '', false, 5, 1), (3, 'Rather bad', '', false, 6, 1);
INSERT INTO incident_type VALUES (1, 'Availability', 'availability', '', false, 'Open', '[]', 1), (2, 'Simulation', 'simulation', '', true, 'Open', '[{"token": "not to be read"}]', 1);
INSERT INTO individual_contact VALUES (true, 'one@example.com', 'not to be read', 1, 'Responder One', '+1 555 0100', 1), (true, 'two@example.com', NULL, 2, 'Responder Two', NULL, 1), (true, 'three@example.com', NULL, 3, NULL, NULL, 1);
INSERT INTO service VALUES (1, true, 'Payments on-call', 'pagerduty-oncall', 'PABC123', 1);
INSERT INTO tag_type VALUES (1, 'Application', '', 1), (2, 'Root cause', '', 1);
INSERT INTO tag VALUES (1, 'checkout', '', 1, 1), (2, 'expired certificate', '', 2, 1), (3, 'payments', '', 1, 1);
INSERT INTO document VALUES
  ('dispatch-incident-document', 'd1', 'https://docs.example.com/d1', 1, 'Checkout down - Incident Document', '', 1, '''checkout'':1', 1, NULL),
  ('dispatch-incident-review-document', 'd2', 'https://docs.example.com/d2', 2, 'Checkout down - Post Incident Review Document', '', 1, NULL, 1, NULL),
  ('dispatch-incident-reference-faq-document', 'd3', 'https://docs.example.com/d3', 3, 'Incident FAQ', '', NULL, NULL, 1, NULL),
  ('dispatch-case-document', 'd4', 'https://docs.example.com/d4', 4, 'A case', '', NULL, NULL, 1, 1);
INSERT INTO incident VALUES
  (1, 'dispatch-default-default-1', 'Checkout returns errors', E'Payment fails:\n\tHTTP 500 in C:\\logs\n\\.\nfor everybody', 'Closed', 'Open', '2024-03-04 10:00:00', '2024-03-04 12:30:00.5', '2024-03-06 09:00:00', '''checkout'':1', 3, 1, NULL, 1, '2024-03-04 10:00:00.000012', '2024-03-06 09:00:01', 'The certificate was renewed.', 'Payments', 'Europe/Berlin', 1, 2, 'not to be read', 1, 2, 2),
  (2, 'dispatch-default-default-2', 'Slow search <script>', 'made up', 'Active', 'Restricted', '2024-05-01 08:00:00', '2024-05-01 09:00:00', '2024-05-02 10:00:00', NULL, 1, 1, NULL, 1, '2024-05-01 08:00:00', '2024-05-03 11:00:00', 'Description of the actions taken to resolve the incident.', 'Unknown', NULL, NULL, NULL, NULL, NULL, NULL, 1),
  (3, 'dispatch-default-default-3', 'Rehearsal', 'made up', 'Stable', 'Open', '2024-06-01 08:00:00', '2024-06-01 08:45:00', NULL, NULL, 2, 2, NULL, 1, '2024-06-01 08:00:00', '2024-06-01 08:45:01', ' Description of the actions taken to resolve the incident. ', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3),
  (4, 'dispatch-default-default-4', 'Entered when all was over', 'made up', 'Closed', 'Open', '2024-07-01 08:00:00', '2024-07-01 08:00:00', '2024-07-01 08:00:00', NULL, 2, 1, 1, 1, '2024-07-01 08:00:00', '2024-07-01 08:00:01', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (10, NULL, 'An odd one', 'made up', 'Paused', 'Secret', NULL, NULL, NULL, NULL, NULL, NULL, 10, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO assoc_incident_tags VALUES (1, 3), (1, 2), (1, 1), (2, 1);
INSERT INTO participant VALUES (1, 'Payments', '', 'Europe/Berlin', NULL, NULL, 1, 1, 1, NULL), (2, 'Support', '', 'Europe/Berlin', NULL, NULL, NULL, 1, 2, NULL), (3, NULL, NULL, NULL, NULL, NULL, NULL, 1, 3, NULL), (4, NULL, NULL, NULL, NULL, NULL, NULL, 2, 1, NULL), (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2, 1);
INSERT INTO participant_role VALUES (1, '2024-03-04 10:00:01', '2024-03-04 11:00:00', 'Incident Commander', 2, 0), (2, '2024-03-04 11:00:00', NULL, 'Incident Commander', 1, 3), (3, '2024-03-04 10:00:00', NULL, 'Reporter', 2, 1), (4, '2024-03-04 10:30:00', NULL, 'Observer', 3, 0), (5, '2024-05-01 08:00:00', NULL, 'Juggler', 4, 0), (6, '2024-05-01 08:00:00', NULL, 'Assignee', 5, 0);
INSERT INTO event VALUES
  (3, '00000000-0000-4000-8000-000000000003', '2024-03-04 12:30:00.4', '2024-03-04 12:30:00.4', 'Incident Participant', 'Responder One marked the incident as stable', 'null', 1, 1, NULL, NULL, 'Assessment updated', 'Responder One', false),
  (1, '00000000-0000-4000-8000-000000000001', '2024-03-04 10:00:00.1', '2024-03-04 10:00:00.1', 'Dispatch Core App', 'Incident created', 'null', NULL, 1, '''creat'':1', NULL, 'Other', NULL, false),
  (2, '00000000-0000-4000-8000-000000000002', '2024-03-04 10:10:00', '2024-03-04 10:12:00', 'Slack Plugin - Conversation Management', E'"Errors began at 9:50"\r\nsaid the graph', '{"not": "to be read"}', 2, 1, NULL, NULL, 'Imported message', NULL, true),
  (4, '00000000-0000-4000-8000-000000000004', '2024-03-04 10:05:00', '2024-03-04 10:05:00', 'Incident Participant', 'Responder Two changed the incident severity to Critical', 'null', 2, 1, NULL, NULL, 'Assessment updated', 'Responder Two', false),
  (5, '00000000-0000-4000-8000-000000000005', '2024-03-06 09:00:00', '2024-03-06 09:00:00', 'Incident Participant', 'Responder One marked the incident as closed', 'null', 1, 1, NULL, NULL, 'Assessment updated', 'Responder One', false),
  (6, '00000000-0000-4000-8000-000000000006', '2024-03-04 10:20:00', '2024-03-04 10:20:00', 'Incident Participant', 'Responder One marked the incident as closed', 'null', 1, 1, NULL, NULL, 'Custom event', 'Responder Two', false),
  (7, '00000000-0000-4000-8000-000000000007', '2024-05-01 09:00:00', '2024-05-01 09:00:00', 'Dispatch Core App', 'The incident status has been changed from Active to Stable', 'null', NULL, 2, NULL, NULL, NULL, NULL, NULL),
  (8, '00000000-0000-4000-8000-000000000008', '2024-05-02 10:00:00', '2024-05-02 10:00:00', 'Dispatch Core App', 'The incident status has been changed from Stable to Closed', 'null', NULL, 2, NULL, NULL, NULL, NULL, NULL),
  (9, '00000000-0000-4000-8000-000000000009', '2024-05-03 11:00:00', '2024-05-03 11:00:00', 'Dispatch Core App', 'The incident status has been changed from Closed to Active', 'null', NULL, 2, NULL, NULL, NULL, NULL, NULL),
  (10, '00000000-0000-4000-8000-000000000010', '2024-05-03 11:00:00', '2024-05-03 11:00:00', 'Dispatch Core App', 'Case created', 'null', NULL, NULL, NULL, 1, 'Other', NULL, false);
INSERT INTO report VALUES (1, '2024-03-04 11:00:00', '{"conditions": "Half of all payments fail", "actions": "Renewing the certificate", "needs": ""}', NULL, 'Tactical Report', 1, 1);
INSERT INTO task VALUES
  ('google-docs-incident-task', NULL, 'https://docs.example.com/d1?task=1', 1, NULL, '2024-03-05 10:00:00', 1, 2, 1, 'Watch the expiry of certificates', 'Incident', 'Low', 'Open'),
  ('google-docs-incident-task', NULL, NULL, 2, '2024-03-05 10:00:00', '2024-03-05 10:00:00', 1, 2, 1, 'Tell the customers', 'Incident', 'Low', 'Resolved');
INSERT INTO task_assignees VALUES (1, 1), (2, 1);
INSERT INTO ticket VALUES ('dispatch-ticket', 'dispatch-default-default-1', 'https://dispatch.example.com/default/incidents/dispatch-default-default-1', 1, 1, NULL, NULL), ('jira-issue', 'OPS-7', 'https://jira.example.com/browse/OPS-7', 2, 1, NULL, NULL), ('jira-issue', 'OPS-8', 'https://jira.example.com/browse/OPS-8', 3, NULL, 1, NULL), ('jira-issue', 'OPS-9', 'javascript:alert(1)', 4, 2, NULL, NULL);
INSERT INTO conference VALUES ('google-calendar-event', 'c1', 'https://meet.example.com/c1', 1, 'c1', 'not to be read', 1);
INSERT INTO conversation VALUES ('slack-conversation', 's1', 'https://chat.example.com/s1', 1, 'C0001', 1, NULL);
INSERT INTO storage VALUES ('google-drive', 'g1', 'https://drive.example.com/g1', 1, 1, NULL);
INSERT INTO "case" VALUES (1, 'case-1', 'not to be read', 'Closed', '2024-01-01 00:00:00');
INSERT INTO signal_instance VALUES ('00000000-0000-4000-8000-0000000000aa', '{"not": "to be read"}', 1);

SELECT public.organization('dispatch_organization_security');
SET search_path TO dispatch_organization_security;
INSERT INTO incident (id, name, title, description, status, visibility, reported_at, created_at) VALUES (1, 'dispatch-security-default-1', 'Another organization, the same id', 'made up', 'Active', 'Open', '2024-08-01 08:00:00', '2024-08-01 08:00:00');

-- What the move to organizations leaves behind.
RESET search_path;
CREATE TABLE public.incident (id integer PRIMARY KEY, name text, title text, description text, status text, cost double precision, visibility text, reported_at timestamp, stable_at timestamp, closed_at timestamp, incident_priority_id integer, incident_type_id integer, created_at timestamp, updated_at timestamp);
INSERT INTO public.incident (id, title, status) VALUES (1, 'left behind', 'Active');
