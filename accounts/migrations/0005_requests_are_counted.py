"""Count requests of tokens: a bucket for each, filled again within a minute."""

from django.db import migrations

COUNT = """
-- A crash fills every bucket, which harms nobody; without the log no request waits for the disk.
ALTER TABLE accounts_tokenuse SET UNLOGGED;
ALTER TABLE accounts_tokenuse SET (fillfactor = 50);

-- Takes one request from the bucket and tells how many seconds it then takes to be full again. Above sixty
-- the request is refused, and nothing was taken. One row and one moment: two at once are both counted.
CREATE FUNCTION token_take(token uuid, per_minute int) RETURNS double precision
LANGUAGE plpgsql VOLATILE SET search_path = public AS $$
DECLARE
    moment timestamptz := statement_timestamp();
    price interval := interval '60 seconds' / per_minute;
    filled timestamptz;
BEGIN
    INSERT INTO accounts_tokenuse AS u (token_id, full_at) VALUES (token, moment + price)
    ON CONFLICT (token_id) DO UPDATE SET full_at = greatest(u.full_at, moment) + price
    WHERE greatest(u.full_at, moment) + price <= moment + interval '60.001 seconds'
    RETURNING full_at INTO filled;
    IF filled IS NULL THEN
        SELECT greatest(u.full_at + price, moment + interval '60.002 seconds')
        INTO filled FROM accounts_tokenuse u WHERE u.token_id = token;
    END IF;
    RETURN extract(epoch FROM filled - moment);
END $$;
"""

UNDO = """
DROP FUNCTION token_take(uuid, int);
ALTER TABLE accounts_tokenuse RESET (fillfactor);
ALTER TABLE accounts_tokenuse SET LOGGED;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_rotation_limits_and_oauth_clients")]
    operations = [migrations.RunSQL(COUNT, UNDO)]
