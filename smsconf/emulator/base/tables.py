"""The tables of the emulator's file, and the number that tells one version of them from another.

Text only; ``store`` makes and uses them. Column names follow the answers documented on sms_05_0022 to _0043;
those of ``batch`` (one text to many numbers) and ``message`` (one number of it) the parameters of
sms_05_0001. A batch's messages are numbered without gaps from ``first``. ``due`` is when the next thing
happens by itself: one date of the batch stands for all its messages that have none of their own; a date of
its own that is over is empty.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 2
SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE app (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  create_time TEXT NOT NULL, update_time TEXT NOT NULL, status TEXT NOT NULL,
  app_name TEXT NOT NULL, app_key TEXT NOT NULL UNIQUE, app_secret TEXT NOT NULL, region TEXT NOT NULL,
  up_link_addr TEXT, intl_channel_num TEXT, enterprise_project_id TEXT, enterprise_project_name TEXT,
  console TEXT
) STRICT;

CREATE TABLE file (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, update_time TEXT NOT NULL,
  file_name TEXT NOT NULL, file_size INTEGER NOT NULL, file_desc TEXT
) STRICT;

CREATE TABLE signature (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  create_time TEXT NOT NULL, update_time TEXT NOT NULL, status TEXT NOT NULL, due TEXT,
  app_id TEXT NOT NULL, signature_id TEXT NOT NULL UNIQUE,
  signature_name TEXT NOT NULL, signature_type TEXT NOT NULL, signature_source INTEGER NOT NULL,
  is_involved_third TEXT NOT NULL, apply_desc TEXT, channel_num TEXT, review_desc TEXT,
  file_id TEXT, power_attorney_file_id TEXT, source_title_content TEXT, qualification_id TEXT,
  signature_related_file_id TEXT, registration_number TEXT, license_number TEXT,
  UNIQUE (signature_name, signature_type)
) STRICT;
CREATE INDEX signature_by_app ON signature (app_id);
CREATE INDEX signature_by_channel ON signature (channel_num);
CREATE INDEX signature_by_time ON signature (create_time, seq);
CREATE INDEX signature_by_due ON signature (due, seq) WHERE due IS NOT NULL;

CREATE TABLE template (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  create_time TEXT NOT NULL, update_time TEXT NOT NULL, flow_status TEXT NOT NULL, due TEXT,
  app_id TEXT NOT NULL, sign_id TEXT, template_id TEXT UNIQUE,
  template_name TEXT NOT NULL, template_type TEXT NOT NULL, template_content TEXT NOT NULL,
  template_desc TEXT, region TEXT NOT NULL, brackets TEXT, universal_template INTEGER NOT NULL,
  has_variable TEXT NOT NULL, variables TEXT NOT NULL, send_country TEXT NOT NULL,
  review_desc TEXT, review_order TEXT
) STRICT;
CREATE INDEX template_by_app ON template (app_id, create_time, seq);
CREATE INDEX template_by_sign ON template (sign_id, flow_status);
CREATE INDEX template_by_name ON template (template_name);
CREATE INDEX template_by_time ON template (create_time, seq);
CREATE INDEX template_by_due ON template (due, seq) WHERE due IS NOT NULL;

CREATE VIEW app_row AS SELECT * FROM app;
CREATE VIEW file_row AS SELECT file.*, (SELECT count(*) FROM signature WHERE file.id IN
  (file_id, power_attorney_file_id, signature_related_file_id)) AS file_ref FROM file;
CREATE VIEW signature_row AS SELECT s.*, a.app_name, a.app_key
  FROM signature s JOIN app a ON a.id = s.app_id;
CREATE VIEW template_row AS SELECT t.*, a.app_name, a.app_key, s.signature_name AS sign_name
  FROM template t JOIN app a ON a.id = t.app_id LEFT JOIN signature s ON s.id = t.sign_id;

CREATE TABLE undo (
  kind TEXT NOT NULL, id TEXT NOT NULL, request INTEGER NOT NULL, before TEXT, PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE batch (
  seq INTEGER PRIMARY KEY, uuid TEXT NOT NULL, app_id TEXT NOT NULL, operation TEXT NOT NULL,
  sender TEXT NOT NULL, template_id TEXT NOT NULL, template_paras TEXT NOT NULL, signature TEXT,
  text TEXT NOT NULL, total INTEGER NOT NULL, extend TEXT, status_callback TEXT,
  create_time TEXT NOT NULL, first INTEGER NOT NULL, size INTEGER NOT NULL, due TEXT
) STRICT;
CREATE INDEX batch_by_due ON batch (due, seq) WHERE due IS NOT NULL;
CREATE TABLE message (
  seq INTEGER PRIMARY KEY, batch INTEGER NOT NULL, recipient TEXT NOT NULL, outcome TEXT, due TEXT
) STRICT;
CREATE INDEX message_by_due ON message (due, seq) WHERE due > '';

CREATE TABLE push (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, app_id TEXT NOT NULL, url TEXT NOT NULL,
  body TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, taken REAL, status INTEGER, error TEXT
) STRICT;
CREATE INDEX push_open ON push (state, seq) WHERE state <> 'done';
CREATE TABLE traffic (
  kind TEXT NOT NULL, country TEXT NOT NULL, period TEXT NOT NULL, messages INTEGER NOT NULL,
  PRIMARY KEY (kind, country, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE alarm (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, country TEXT NOT NULL, span TEXT NOT NULL,
  period TEXT NOT NULL, warn INTEGER NOT NULL, messages INTEGER NOT NULL, time TEXT NOT NULL
) STRICT;
CREATE TABLE opt_out (
  channel TEXT NOT NULL, number TEXT NOT NULL, PRIMARY KEY (channel, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (digest TEXT PRIMARY KEY, project_id TEXT, expires_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE lockout (
  access_key TEXT PRIMARY KEY, failures INTEGER NOT NULL, locked_until TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE fault (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL,
  remaining INTEGER NOT NULL, fault TEXT NOT NULL
) STRICT;
CREATE TABLE request (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT, method TEXT NOT NULL, path TEXT NOT NULL,
  query TEXT NOT NULL, status INTEGER NOT NULL, error_code TEXT, request_id TEXT NOT NULL, time TEXT NOT NULL
) STRICT;
"""
