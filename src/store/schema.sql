-- SPDX-License-Identifier: MIT
--
-- The run database, version 4. SCHEMA.md explains every table and view. Made in one transaction by
-- src/store/database.cc, which also sets application_id and user_version.
-- Nothing here may need more than the stock sqlite3 shell.

CREATE TABLE runs (
  run                INTEGER PRIMARY KEY,      -- 1, 2, ...
  uuid               TEXT NOT NULL,
  label              TEXT NOT NULL,
  state              TEXT NOT NULL,            -- running, finished, interrupted, killed
  end_reason         TEXT NOT NULL DEFAULT '',
  started_at         TEXT NOT NULL,            -- UTC, ISO 8601
  started_unix_ns    INTEGER NOT NULL,         -- the same, exactly: the wall time of intended 0
  elapsed_s          REAL NOT NULL DEFAULT 0,  -- so far, while it runs
  target_rps         REAL NOT NULL,            -- 0 for "max"
  sending_s          REAL NOT NULL DEFAULT 0,  -- how long requests went out
  warmup_s           REAL NOT NULL DEFAULT 0,  -- at the start: in no number of the run
  achieved_rps       REAL NOT NULL DEFAULT 0,  -- what counts of sent, / (sending_s - warmup_s)
  verdict            TEXT,                     -- VALID, SUSPECT, INVALID; NULL while it runs
  verdict_reason     TEXT NOT NULL DEFAULT '',
  scheduled          INTEGER NOT NULL DEFAULT 0,
  sent               INTEGER NOT NULL DEFAULT 0,
  unsent             INTEGER NOT NULL DEFAULT 0,
  rows_lost          INTEGER NOT NULL DEFAULT 0,
  left_out           INTEGER NOT NULL DEFAULT 0,  -- warm-up, and ignored at the end
  left_out_sent      INTEGER NOT NULL DEFAULT 0,  -- of them, those that were sent
  users              INTEGER NOT NULL DEFAULT 0,  -- of a closed loop, at most; 0: an open loop
  mean_users         REAL,                        -- after the warm-up; NULL: not known (yet)
  think_s            REAL,                        -- mean of the law; NULL: pacing, or an open loop
  pacing_s           REAL,                        -- start to start; NULL: think time, or open loop
  argv               TEXT NOT NULL,            -- a JSON array
  working_folder     TEXT NOT NULL,
  file               TEXT NOT NULL,
  file_sha256        TEXT NOT NULL,
  file_provenance    TEXT NOT NULL,
  target             TEXT NOT NULL,
  profile            TEXT NOT NULL,
  arrivals           TEXT NOT NULL,
  seed               INTEGER NOT NULL,
  planned            INTEGER NOT NULL,         -- requests; 0 = without end
  planned_duration_s REAL NOT NULL,            -- 0 = not limited by time
  workers            INTEGER NOT NULL,
  connections        INTEGER NOT NULL,
  timeout_s          REAL NOT NULL,
  host               TEXT NOT NULL,
  versions           TEXT NOT NULL,
  row_policy         TEXT NOT NULL,            -- all, errors, sample:N
  lag_is_judged      INTEGER NOT NULL
);

CREATE TABLE endpoints (
  run      INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,  -- from 1; 0 is all of them together
  method   TEXT NOT NULL,
  path     TEXT NOT NULL,     -- or the label; 'all' for 0
  PRIMARY KEY (run, endpoint)
) WITHOUT ROWID;

CREATE TABLE outcome_names (
  number  INTEGER PRIMARY KEY,
  outcome TEXT NOT NULL
);

CREATE TABLE grpc_codes (
  code INTEGER PRIMARY KEY,
  name TEXT NOT NULL
);

-- The parts of a request's response time, so that the numbers stay small:
-- lag + wait + first + rest = response time, NULL counting as 0.
CREATE TABLE samples (
  id          INTEGER PRIMARY KEY,  -- (run << 40) + i
  line        INTEGER,
  worker      INTEGER,
  connection  INTEGER,
  endpoint    INTEGER,
  intended_ns INTEGER,              -- since the start of the run
  lag_ns      INTEGER,              -- ready - intended
  wait_ns     INTEGER,              -- sent - ready; NULL: never sent
  first_ns    INTEGER,              -- first byte - sent; NULL: none came
  rest_ns     INTEGER,              -- done - the last one of the above that is there
  status      INTEGER,              -- 0: no answer; of a gRPC call 1000 + its code
  outcome     INTEGER,              -- outcome_names
  flags       INTEGER,              -- 1 resent, 2 never sent, 4 first on its connection,
                                    -- 8 warm-up, 16 ignored at the end,
                                    -- 32 redirected
  bytes_in    INTEGER,
  bytes_out   INTEGER
);

-- The connections that came up, as many of them as of the requests that are `ok` (row_policy).
CREATE TABLE connection_rows (
  id           INTEGER PRIMARY KEY,  -- (run << 40) + number of the connection within the run
  worker       INTEGER,
  connection   INTEGER,              -- slot, as in samples
  at_ns        INTEGER,              -- when the connect began, since the start of the run
  connect_ns   INTEGER,
  handshake_ns INTEGER,              -- of TLS, after the connect; NULL: without TLS
  http_version INTEGER,              -- 1: HTTP/1.1, 2: HTTP/2
  tls_version  INTEGER,              -- 0: none, 12: TLS 1.2, 13: TLS 1.3
  resumed      INTEGER,              -- 1: the TLS session was resumed
  local_port   INTEGER,              -- 0: not known
  target       INTEGER               -- number of the host within the run
);

-- How the messages of a streamed answer came; the request is the row of samples with the same id.
CREATE TABLE stream_rows (
  id       INTEGER PRIMARY KEY,      -- (run << 40) + i
  messages INTEGER,
  first_ns INTEGER,                  -- the first whole message, after intended; NULL: none came
  span_ns  INTEGER,                  -- from the first message to the last
  gap_ns   INTEGER,                  -- the longest between two that follow each other
  bytes    INTEGER                   -- of all messages, without their framing
);

CREATE TABLE unsent (
  run    INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  first  INTEGER NOT NULL,  -- `count` of the worker's indexes i in first..last
  last   INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  reason TEXT NOT NULL      -- backlog, interrupted, aborted
);

CREATE TABLE endpoint_totals (
  run INTEGER NOT NULL, endpoint INTEGER NOT NULL,
  requests INTEGER NOT NULL, ok INTEGER NOT NULL, http_error INTEGER NOT NULL,
  wrong_answer INTEGER NOT NULL, refused INTEGER NOT NULL, reset INTEGER NOT NULL,
  malformed INTEGER NOT NULL, timeout INTEGER NOT NULL, shed INTEGER NOT NULL,
  unfinished INTEGER NOT NULL, grpc_error INTEGER NOT NULL, resent INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
  mean_ms REAL, p50_ms REAL, p90_ms REAL, p95_ms REAL, p99_ms REAL, p999_ms REAL, max_ms REAL,
  ok_p50_ms REAL, ok_p90_ms REAL, ok_p95_ms REAL, ok_p99_ms REAL, ok_p999_ms REAL, ok_max_ms REAL,
  service_mean_ms REAL, service_p50_ms REAL, service_p90_ms REAL, service_p95_ms REAL,
  service_p99_ms REAL, service_p999_ms REAL, service_max_ms REAL,
  lag_p99_ms REAL, lag_max_ms REAL, wait_p99_ms REAL, wait_max_ms REAL,
  response BLOB NOT NULL, service BLOB NOT NULL, response_without_lag BLOB NOT NULL,
  lag BLOB NOT NULL, connection_wait BLOB NOT NULL,
  PRIMARY KEY (run, endpoint)
);

CREATE TABLE status_totals (
  run      INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,
  status   INTEGER NOT NULL,  -- 0: no answer; 1000 + code of gRPC
  outcome  INTEGER NOT NULL,  -- outcome_names
  count    INTEGER NOT NULL,
  PRIMARY KEY (run, endpoint, status, outcome)
) WITHOUT ROWID;

-- Every connection that came up, in the warm-up too.
CREATE TABLE connection_totals (
  run INTEGER NOT NULL, http_version INTEGER NOT NULL, tls_version INTEGER NOT NULL,
  resumed INTEGER NOT NULL,
  opened INTEGER NOT NULL,
  connect_mean_ms REAL, connect_p50_ms REAL, connect_p95_ms REAL, connect_p99_ms REAL,
  connect_max_ms REAL,
  handshake_mean_ms REAL, handshake_p50_ms REAL, handshake_p95_ms REAL, handshake_p99_ms REAL,
  handshake_max_ms REAL,
  connect BLOB NOT NULL, handshake BLOB NOT NULL,
  PRIMARY KEY (run, http_version, tls_version, resumed)
);

CREATE TABLE stream_totals (
  run INTEGER NOT NULL, endpoint INTEGER NOT NULL,
  streams INTEGER NOT NULL, messages INTEGER NOT NULL, bytes INTEGER NOT NULL,
  first_mean_ms REAL, first_p50_ms REAL, first_p95_ms REAL, first_p99_ms REAL, first_max_ms REAL,
  message_mean_ms REAL, message_p50_ms REAL, message_p95_ms REAL, message_p99_ms REAL,
  message_max_ms REAL,
  gap_mean_ms REAL, gap_p50_ms REAL, gap_p95_ms REAL, gap_p99_ms REAL, gap_max_ms REAL,
  first_message BLOB NOT NULL, per_message BLOB NOT NULL, gap BLOB NOT NULL,
  PRIMARY KEY (run, endpoint)
);

CREATE TABLE intervals (
  run INTEGER NOT NULL, resolution INTEGER NOT NULL, start_s INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,
  requests INTEGER NOT NULL, ok INTEGER NOT NULL, http_error INTEGER NOT NULL,
  wrong_answer INTEGER NOT NULL, refused INTEGER NOT NULL, reset INTEGER NOT NULL,
  malformed INTEGER NOT NULL, timeout INTEGER NOT NULL, shed INTEGER NOT NULL,
  unfinished INTEGER NOT NULL, grpc_error INTEGER NOT NULL, resent INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  mean_ms REAL, p50_ms REAL, p95_ms REAL, p99_ms REAL, p999_ms REAL, max_ms REAL, ok_max_ms REAL,
  service_p50_ms REAL, service_p99_ms REAL,
  response BLOB NOT NULL, service BLOB NOT NULL,
  PRIMARY KEY (run, resolution, start_s, endpoint)
);

CREATE TABLE health (
  run         INTEGER NOT NULL,
  second      INTEGER NOT NULL,
  worker      INTEGER NOT NULL,
  requests    INTEGER NOT NULL,  -- intended in this second, and ended
  late        INTEGER NOT NULL,  -- of them: went out over 10 ms late through us
  lag_p99_ms  REAL NOT NULL,
  lag_max_ms  REAL NOT NULL,
  busy_share  REAL NOT NULL,
  backlog     INTEGER NOT NULL,
  in_flight   INTEGER NOT NULL,
  connections INTEGER NOT NULL,
  scheduled   INTEGER NOT NULL,
  sent        INTEGER NOT NULL,
  turn_ms_max REAL NOT NULL,
  cpu_share   REAL NOT NULL,     -- of the second, that the worker ran
  wait_share  REAL NOT NULL,     -- that it was ready to run and had no processor
  users       INTEGER NOT NULL,  -- of a closed loop, that played at its end
  PRIMARY KEY (run, second, worker)
) WITHOUT ROWID;

CREATE TABLE events (
  event    INTEGER PRIMARY KEY,
  run      INTEGER NOT NULL,
  at_s     REAL NOT NULL,
  worker   INTEGER NOT NULL,
  kind     TEXT NOT NULL,     -- error, warning, stall, reader_behind, rate_change, pause, stop, ...
  outcome  TEXT NOT NULL,     -- of an error; '' otherwise
  endpoint INTEGER NOT NULL,
  value    INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  text     TEXT NOT NULL
);
CREATE UNIQUE INDEX events_error ON events (run, outcome, endpoint, text) WHERE kind = 'error';

INSERT INTO outcome_names VALUES
  (1, 'ok'), (2, 'http_error'), (3, 'wrong_answer'), (4, 'refused'), (5, 'reset'),
  (6, 'malformed'), (7, 'timeout'), (8, 'shed'), (9, 'unfinished'), (10, 'grpc_error');

INSERT INTO grpc_codes VALUES
  (0, 'OK'), (1, 'CANCELLED'), (2, 'UNKNOWN'), (3, 'INVALID_ARGUMENT'), (4, 'DEADLINE_EXCEEDED'),
  (5, 'NOT_FOUND'), (6, 'ALREADY_EXISTS'), (7, 'PERMISSION_DENIED'), (8, 'RESOURCE_EXHAUSTED'),
  (9, 'FAILED_PRECONDITION'), (10, 'ABORTED'), (11, 'OUT_OF_RANGE'), (12, 'UNIMPLEMENTED'),
  (13, 'INTERNAL'), (14, 'UNAVAILABLE'), (15, 'DATA_LOSS'), (16, 'UNAUTHENTICATED');

CREATE VIEW requests_by_run AS
SELECT
  r.run AS run,
  s.id - (r.run << 40) AS i,
  s.line AS line,
  e.method AS method,
  e.path AS endpoint,
  s.intended_ns / 1e6 AS intended_ms,
  s.lag_ns / 1e6 AS lag_ms,
  s.wait_ns / 1e6 AS connection_wait_ms,
  s.first_ns / 1e6 AS first_byte_ms,
  (s.lag_ns + ifnull(s.wait_ns, 0) + ifnull(s.first_ns, 0) + s.rest_ns) / 1e6 AS response_ms,
  iif(s.wait_ns IS NULL, NULL, (ifnull(s.first_ns, 0) + s.rest_ns) / 1e6) AS service_ms,
  s.status AS status,
  CASE WHEN s.status BETWEEN 1000 AND 1099 THEN
    ifnull((SELECT g.name FROM grpc_codes g WHERE g.code = s.status - 1000), s.status - 1000)
  END AS grpc_status,
  (SELECT n.outcome FROM outcome_names n WHERE n.number = s.outcome) AS outcome,
  s.bytes_in AS bytes_in,
  s.bytes_out AS bytes_out,
  s.connection AS connection,
  s.worker AS worker,
  s.flags & 1 AS resent,
  (s.flags & 4) / 4 AS new_connection,
  (s.flags & 24) > 0 AS left_out,
  (s.flags & 32) / 32 AS redirected,
  strftime('%Y-%m-%dT%H:%M:%fZ', (r.started_unix_ns + s.intended_ns) / 1e9, 'unixepoch') AS at
FROM runs r
JOIN samples s ON s.id BETWEEN (r.run << 40) AND (r.run << 40) + 1099511627775
LEFT JOIN endpoints e ON e.run = r.run AND e.endpoint = s.endpoint;

CREATE VIEW requests AS
SELECT i, line, method, endpoint, intended_ms, lag_ms, connection_wait_ms, first_byte_ms,
  response_ms, service_ms, status, grpc_status, outcome, bytes_in, bytes_out, connection, worker,
  resent, new_connection, left_out, redirected, at
FROM requests_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW endpoint_latency_by_run AS
SELECT
  t.run AS run,
  e.path AS endpoint,
  e.method AS method,
  t.requests AS requests,
  t.ok AS ok,
  t.requests - t.ok AS errors,
  t.requests / nullif(max(r.elapsed_s - r.warmup_s, 0), 0) AS rps,
  t.mean_ms AS mean_ms,
  t.p50_ms AS p50_ms, t.p90_ms AS p90_ms, t.p95_ms AS p95_ms, t.p99_ms AS p99_ms,
  t.p999_ms AS p999_ms, t.max_ms AS max_ms,
  t.ok_p50_ms AS ok_p50_ms, t.ok_p90_ms AS ok_p90_ms, t.ok_p95_ms AS ok_p95_ms,
  t.ok_p99_ms AS ok_p99_ms, t.ok_p999_ms AS ok_p999_ms, t.ok_max_ms AS ok_max_ms,
  t.service_mean_ms AS service_mean_ms, t.service_p50_ms AS service_p50_ms,
  t.service_p90_ms AS service_p90_ms, t.service_p95_ms AS service_p95_ms,
  t.service_p99_ms AS service_p99_ms, t.service_p999_ms AS service_p999_ms,
  t.service_max_ms AS service_max_ms,
  t.lag_p99_ms AS lag_p99_ms, t.lag_max_ms AS lag_max_ms,
  t.wait_p99_ms AS wait_p99_ms, t.wait_max_ms AS wait_max_ms,
  t.bytes_in AS bytes_in, t.bytes_out AS bytes_out
FROM endpoint_totals t
JOIN runs r ON r.run = t.run
LEFT JOIN endpoints e ON e.run = t.run AND e.endpoint = t.endpoint
ORDER BY t.run, t.endpoint;

CREATE VIEW endpoint_latency AS
SELECT endpoint, method, requests, ok, errors, rps, mean_ms, p50_ms, p90_ms, p95_ms, p99_ms,
  p999_ms, max_ms, ok_p50_ms, ok_p90_ms, ok_p95_ms, ok_p99_ms, ok_p999_ms, ok_max_ms,
  service_mean_ms, service_p50_ms, service_p90_ms, service_p95_ms, service_p99_ms,
  service_p999_ms, service_max_ms, lag_p99_ms, lag_max_ms, wait_p99_ms, wait_max_ms, bytes_in,
  bytes_out
FROM endpoint_latency_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW second_endpoint_latency_by_run AS
SELECT
  v.run AS run,
  v.start_s AS second,
  e.path AS endpoint,
  v.requests AS requests,
  v.ok AS ok,
  v.requests - v.ok AS errors,
  v.completed AS completed,
  v.mean_ms AS mean_ms,
  v.p50_ms AS p50_ms, v.p95_ms AS p95_ms, v.p99_ms AS p99_ms, v.p999_ms AS p999_ms,
  v.max_ms AS max_ms, v.ok_max_ms AS ok_max_ms,
  v.service_p50_ms AS service_p50_ms, v.service_p99_ms AS service_p99_ms
FROM intervals v
LEFT JOIN endpoints e ON e.run = v.run AND e.endpoint = v.endpoint
WHERE v.resolution = 1
ORDER BY v.run, v.start_s, v.endpoint;

CREATE VIEW second_endpoint_latency AS
SELECT second, endpoint, requests, ok, errors, completed, mean_ms, p50_ms, p95_ms, p99_ms,
  p999_ms, max_ms, ok_max_ms, service_p50_ms, service_p99_ms
FROM second_endpoint_latency_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW second_latency_by_run AS
SELECT
  run, start_s AS second, 'all' AS endpoint, requests, ok, requests - ok AS errors, completed,
  mean_ms, p50_ms, p95_ms, p99_ms, p999_ms, max_ms, ok_max_ms, service_p50_ms, service_p99_ms
FROM intervals WHERE resolution = 1 AND endpoint = 0
ORDER BY run, start_s;

CREATE VIEW second_latency AS
SELECT second, endpoint, requests, ok, errors, completed, mean_ms, p50_ms, p95_ms, p99_ms,
  p999_ms, max_ms, ok_max_ms, service_p50_ms, service_p99_ms
FROM second_latency_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW outcomes_by_run AS
SELECT
  t.run AS run,
  e.path AS endpoint,
  n.outcome AS outcome,
  CASE n.number
    WHEN 1 THEN t.ok WHEN 2 THEN t.http_error WHEN 3 THEN t.wrong_answer WHEN 4 THEN t.refused
    WHEN 5 THEN t.reset WHEN 6 THEN t.malformed WHEN 7 THEN t.timeout WHEN 8 THEN t.shed
    WHEN 9 THEN t.unfinished ELSE t.grpc_error
  END AS count,
  (SELECT v.text FROM events v
   WHERE v.run = t.run AND v.kind = 'error' AND v.outcome = n.outcome
     AND (t.endpoint = 0 OR v.endpoint = t.endpoint)
   ORDER BY v.count DESC, v.event LIMIT 1) AS example
FROM endpoint_totals t
JOIN outcome_names n
LEFT JOIN endpoints e ON e.run = t.run AND e.endpoint = t.endpoint
WHERE CASE n.number
    WHEN 1 THEN t.ok WHEN 2 THEN t.http_error WHEN 3 THEN t.wrong_answer WHEN 4 THEN t.refused
    WHEN 5 THEN t.reset WHEN 6 THEN t.malformed WHEN 7 THEN t.timeout WHEN 8 THEN t.shed
    WHEN 9 THEN t.unfinished ELSE t.grpc_error
  END > 0
ORDER BY t.run, t.endpoint, n.number;

CREATE VIEW outcomes AS
SELECT endpoint, outcome, count, example
FROM outcomes_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW statuses_by_run AS
SELECT
  t.run AS run,
  e.path AS endpoint,
  nullif(t.status, 0) AS status,
  CASE WHEN t.status BETWEEN 1000 AND 1099 THEN
    ifnull((SELECT g.name FROM grpc_codes g WHERE g.code = t.status - 1000), t.status - 1000)
  END AS grpc_status,
  n.outcome AS outcome,
  t.count AS count
FROM status_totals t
JOIN outcome_names n ON n.number = t.outcome
LEFT JOIN endpoints e ON e.run = t.run AND e.endpoint = t.endpoint
ORDER BY t.run, t.endpoint, t.count DESC, t.status, t.outcome;

CREATE VIEW statuses AS
SELECT endpoint, status, grpc_status, outcome, count
FROM statuses_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW connections_by_run AS
SELECT
  r.run AS run,
  c.id - (r.run << 40) AS number,
  c.at_ns / 1e6 AS at_ms,
  CASE c.http_version WHEN 2 THEN 'HTTP/2' ELSE 'HTTP/1.1' END AS protocol,
  CASE c.tls_version WHEN 0 THEN NULL WHEN 12 THEN 'TLS 1.2' WHEN 13 THEN 'TLS 1.3' ELSE 'TLS' END
    AS tls,
  c.resumed AS resumed,
  c.connect_ns / 1e6 AS connect_ms,
  c.handshake_ns / 1e6 AS handshake_ms,
  c.worker AS worker,
  c.connection AS connection,
  nullif(c.local_port, 0) AS local_port,
  c.target AS target
FROM runs r
JOIN connection_rows c ON c.id BETWEEN (r.run << 40) AND (r.run << 40) + 1099511627775;

CREATE VIEW connections AS
SELECT number, at_ms, protocol, tls, resumed, connect_ms, handshake_ms, worker, connection,
  local_port, target
FROM connections_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW connection_latency_by_run AS
SELECT
  c.run AS run,
  CASE c.http_version WHEN 2 THEN 'HTTP/2' ELSE 'HTTP/1.1' END AS protocol,
  CASE c.tls_version WHEN 0 THEN NULL WHEN 12 THEN 'TLS 1.2' WHEN 13 THEN 'TLS 1.3' ELSE 'TLS' END
    AS tls,
  c.resumed AS resumed,
  c.opened AS opened,
  c.connect_mean_ms AS connect_mean_ms, c.connect_p50_ms AS connect_p50_ms,
  c.connect_p95_ms AS connect_p95_ms, c.connect_p99_ms AS connect_p99_ms,
  c.connect_max_ms AS connect_max_ms,
  c.handshake_mean_ms AS handshake_mean_ms, c.handshake_p50_ms AS handshake_p50_ms,
  c.handshake_p95_ms AS handshake_p95_ms, c.handshake_p99_ms AS handshake_p99_ms,
  c.handshake_max_ms AS handshake_max_ms
FROM connection_totals c
ORDER BY c.run, c.http_version, c.tls_version, c.resumed;

CREATE VIEW connection_latency AS
SELECT protocol, tls, resumed, opened, connect_mean_ms, connect_p50_ms, connect_p95_ms,
  connect_p99_ms, connect_max_ms, handshake_mean_ms, handshake_p50_ms, handshake_p95_ms,
  handshake_p99_ms, handshake_max_ms
FROM connection_latency_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW streams_by_run AS
SELECT
  r.run AS run,
  m.id - (r.run << 40) AS i,
  e.path AS endpoint,
  m.messages AS messages,
  m.first_ns / 1e6 AS first_message_ms,
  (m.first_ns + m.span_ns) / 1e6 AS last_message_ms,
  m.span_ns / nullif(m.messages - 1, 0) / 1e6 AS per_message_ms,
  iif(m.messages > 1, m.gap_ns / 1e6, NULL) AS gap_ms,
  m.bytes AS bytes
FROM runs r
JOIN stream_rows m ON m.id BETWEEN (r.run << 40) AND (r.run << 40) + 1099511627775
LEFT JOIN samples s ON s.id = m.id
LEFT JOIN endpoints e ON e.run = r.run AND e.endpoint = s.endpoint;

CREATE VIEW streams AS
SELECT i, endpoint, messages, first_message_ms, last_message_ms, per_message_ms, gap_ms, bytes
FROM streams_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW stream_latency_by_run AS
SELECT
  t.run AS run,
  e.path AS endpoint,
  t.streams AS streams, t.messages AS messages, t.bytes AS bytes,
  t.first_mean_ms AS first_mean_ms, t.first_p50_ms AS first_p50_ms,
  t.first_p95_ms AS first_p95_ms, t.first_p99_ms AS first_p99_ms, t.first_max_ms AS first_max_ms,
  t.message_mean_ms AS message_mean_ms, t.message_p50_ms AS message_p50_ms,
  t.message_p95_ms AS message_p95_ms, t.message_p99_ms AS message_p99_ms,
  t.message_max_ms AS message_max_ms,
  t.gap_mean_ms AS gap_mean_ms, t.gap_p50_ms AS gap_p50_ms, t.gap_p95_ms AS gap_p95_ms,
  t.gap_p99_ms AS gap_p99_ms, t.gap_max_ms AS gap_max_ms
FROM stream_totals t
LEFT JOIN endpoints e ON e.run = t.run AND e.endpoint = t.endpoint
ORDER BY t.run, t.endpoint;

CREATE VIEW stream_latency AS
SELECT endpoint, streams, messages, bytes, first_mean_ms, first_p50_ms, first_p95_ms, first_p99_ms,
  first_max_ms, message_mean_ms, message_p50_ms, message_p95_ms, message_p99_ms, message_max_ms,
  gap_mean_ms, gap_p50_ms, gap_p95_ms, gap_p99_ms, gap_max_ms
FROM stream_latency_by_run WHERE run = (SELECT max(run) FROM runs);

CREATE VIEW run_summary AS
SELECT
  r.run AS run, r.label AS label, r.started_at AS started_at, r.state AS state,
  r.verdict AS verdict, r.verdict_reason AS verdict_reason, r.file AS file, r.target AS target,
  r.elapsed_s AS elapsed_s, r.sending_s AS sending_s, r.target_rps AS target_rps,
  r.achieved_rps AS achieved_rps,
  r.scheduled AS scheduled, r.sent AS sent, r.unsent AS unsent, r.rows_lost AS rows_lost,
  r.left_out AS left_out, nullif(r.users, 0) AS users,
  t.requests AS requests, t.ok AS ok, t.requests - t.ok AS errors,
  t.mean_ms AS mean_ms, t.p50_ms AS p50_ms, t.p95_ms AS p95_ms, t.p99_ms AS p99_ms,
  t.p999_ms AS p999_ms, t.max_ms AS max_ms
FROM runs r
LEFT JOIN endpoint_totals t ON t.run = r.run AND t.endpoint = 0
ORDER BY r.run;

CREATE VIEW newest_run AS
SELECT * FROM run_summary WHERE run = (SELECT max(run) FROM runs);
