"""The role that serves requests, who may read and write, and what every record table obeys."""

from django.db import migrations

ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'attest_app') THEN
        CREATE ROLE attest_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database of this cluster made it at the same moment
END $$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'attest_app', 'MEMBER') THEN
        EXECUTE format('GRANT attest_app TO %I', current_user);
    ELSIF current_setting('server_version_num')::int >= 160000
          AND NOT pg_has_role(current_user, 'attest_app', 'SET') THEN
        EXECUTE format('GRANT attest_app TO %I WITH SET TRUE', current_user);
    END IF;
EXCEPTION WHEN unique_violation THEN
    NULL;
END $$;
GRANT USAGE ON SCHEMA public TO attest_app;
"""

WHO = """
CREATE FUNCTION attest_user() RETURNS uuid
LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('attest.user', true), '')::uuid $$;

CREATE FUNCTION attest_client() RETURNS uuid
LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('attest.client', true), '')::uuid $$;

CREATE FUNCTION marking_level(marking text) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_position(ARRAY['clear', 'green', 'amber', 'amber_strict', 'red'], marking)
$$;

CREATE FUNCTION readable() RETURNS TABLE (workspace_id uuid, marking text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 20 SET search_path = public AS $$
    SELECT m.workspace_id, covered.marking
    FROM accounts_membership m
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    CROSS JOIN unnest(ARRAY['clear', 'green', 'amber', 'amber_strict', 'red']) covered (marking)
    WHERE m.user_id = attest_user()
      AND m.ended_at IS NULL
      AND marking_level(covered.marking) <= marking_level(m.clearance)
      AND coalesce(nullif(current_setting('attest.workspace', true), '')::uuid, m.workspace_id) = m.workspace_id
$$;

CREATE FUNCTION writable() RETURNS TABLE (workspace_id uuid, marking text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 20 SET search_path = public AS $$
    SELECT r.workspace_id, r.marking
    FROM readable() r
    JOIN accounts_membership m ON m.workspace_id = r.workspace_id AND m.user_id = attest_user() AND m.ended_at IS NULL
    WHERE m.role IN ('analyst', 'reviewer', 'supervisor', 'steward')
      AND current_setting('attest.writes', true) = 'yes'
$$;
"""

RECORD = """
CREATE FUNCTION record_stamp() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.version := 1;
        NEW.created_at := now();
        NEW.created_by_id := coalesce(attest_user(), NEW.created_by_id);
        NEW.updated_by_id := NEW.created_by_id;
    ELSE
        IF NEW.id IS DISTINCT FROM OLD.id THEN
            RAISE EXCEPTION 'A record keeps its id.' USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.version := OLD.version + 1;
        NEW.created_at := OLD.created_at;
        NEW.created_by_id := OLD.created_by_id;
        NEW.updated_by_id := coalesce(attest_user(), NEW.updated_by_id);
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE FUNCTION record_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;

CREATE FUNCTION record_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    names text[] := string_to_array(TG_ARGV[0], ',');
BEGIN
    IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD)) WHERE key = ANY (names))
       IS DISTINCT FROM
       (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (names)) THEN
        RAISE EXCEPTION '%', TG_ARGV[1] USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION scope_inherit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    parent uuid := (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) ->> TG_ARGV[1])::uuid IS DISTINCT FROM parent THEN
        RAISE EXCEPTION 'This stays with what it was recorded for.' USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('SELECT workspace_id, marking FROM %I WHERE id = $1', TG_ARGV[0])
        INTO NEW.workspace_id, NEW.marking USING parent;
    RETURN NEW;
END $$;

CREATE FUNCTION scope_pass_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    EXECUTE format('UPDATE %I SET marking = $1, workspace_id = $2 WHERE %I = $3', TG_ARGV[0], TG_ARGV[1])
        USING NEW.marking, NEW.workspace_id, NEW.id;
    RETURN NULL;
END $$;
"""

UNDO = """
DROP FUNCTION scope_pass_on();
DROP FUNCTION scope_inherit();
DROP FUNCTION record_keep();
DROP FUNCTION record_refuse();
DROP FUNCTION record_stamp();
DROP FUNCTION writable();
DROP FUNCTION readable();
DROP FUNCTION marking_level(text);
DROP FUNCTION attest_client();
DROP FUNCTION attest_user();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0001_people_rooms_and_tokens")]
    operations = [
        # The role belongs to the whole cluster: another database may still use it.
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(WHO + RECORD, UNDO),
    ]
