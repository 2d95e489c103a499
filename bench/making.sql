-- What the bench measures on, as the product would have written it: every trigger runs. Numbers make the rows:
-- incident n = 50 * k + w is the k-th of workspace w; its items are 2n and 2n + 1, and so on.

CREATE TABLE bench.text (number int PRIMARY KEY, language text, body text, sha256 text, size int, quotes text[],
    starts int[], ends int[], prefixes text[], suffixes text[]);

-- A time-ordered id (as UUID version 7), the same for the same seed.
CREATE FUNCTION bench.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(1735689600000 + n), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid
    FROM (SELECT md5(bench.seed() || kind || n) AS h) hashed
$$;

CREATE FUNCTION bench.person(w int, role int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT bench.id('person', w * 10 + role)
$$;

-- Of every eleven fours: 1 clear, 2 green, 5 amber, 2 amber+strict, 1 red.
CREATE FUNCTION bench.marking(k int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (ARRAY['amber', 'green', 'amber', 'amber_strict', 'amber', 'clear', 'amber', 'green', 'amber_strict', 'amber',
                  'red'])[1 + k / 4 % 11]
$$;

-- What is judged, in review or approved; it cites the first item of the incident that lies 44 before.
CREATE FUNCTION bench.is_ready(k int) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT k % 4 = 0 AND k >= 44 $$;

CREATE FUNCTION bench.text_of(item bigint) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT (item * 379 % 1000)::int $$;

CREATE FUNCTION bench.item_of(w int, k int, slot int) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE slot WHEN 2 THEN 2 * (50 * (k - 44) + w) ELSE 2 * (50 * k + w) + slot END::bigint
$$;

CREATE TABLE bench.cited (slot int PRIMARY KEY, item int, quote int, supports text, intent_basis text);
INSERT INTO bench.cited VALUES
    (0, 0, 1, 'facilitation', ''), (1, 0, 2, 'objective', 'demand'), (2, 0, 3, 'impact', ''),
    (3, 0, 4, 'coordination', ''), (4, 1, 1, 'facilitation', ''), (5, 1, 2, 'coordination', ''),
    (6, 1, 3, 'legal_basis', ''), (7, 2, 5, 'objective', 'timing');

CREATE PROCEDURE bench.rooms() LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_workspace (id, name, slug, created_at)
    SELECT bench.id('room', w), 'Room ' || w, 'room-' || w, now() FROM generate_series(0, 49) w;
    INSERT INTO accounts_user (id, password, is_superuser, email, name, is_active, is_staff, date_joined, digest)
    SELECT bench.person(w, role::int), '!', false, named || w || '@bench.example', initcap(named) || ' ' || w, true, false,
           now(), 'none'
    FROM generate_series(0, 49) w,
         unnest(ARRAY['author', 'analyst', 'reviewer', 'supervisor', 'viewer', 'reader']) WITH ORDINALITY u (named, role);
    INSERT INTO accounts_membership (id, role, clearance, created_at, user_id, workspace_id)
    SELECT bench.id('membership', w * 10 + number), role, clearance, now(), bench.person(w, number), bench.id('room', w)
    FROM generate_series(0, 49) w,
         (VALUES (1, 'analyst', 'red'), (2, 'analyst', 'red'), (3, 'reviewer', 'red'), (4, 'supervisor', 'red'),
                 (5, 'viewer', 'amber'), (6, 'analyst', 'amber_strict')) m (number, role, clearance);
END $$;

CREATE PROCEDURE bench.acts(w int, role int, step text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('attest.user', bench.person(w, role)::text, true), set_config('attest.step', step, true);
END $$;

CREATE PROCEDURE bench.voices(w int, incidents int, sources int, actors int) LANGUAGE plpgsql AS $$
BEGIN
    CALL bench.acts(w, 1, 'add');
    INSERT INTO evidence_source (id, workspace_id, marking, state_note, status, name, source_class, country, homepage,
        description, reliability, reliability_reason)
    SELECT bench.id('source', w * sources + s), bench.id('room', w), 'clear', '', 'active', 'Source ' || s || ' of room ' || w,
           (ARRAY['target_official', 'international_org', 'independent_press', 'court', 'academic'])[1 + s % 5],
           CASE s % 5 WHEN 0 THEN 'PL' ELSE '' END, 'https://source-' || s || '.example/', '',
           (ARRAY['A', 'B'])[1 + s % 2], ''
    FROM generate_series(0, sources - 1) s;
    INSERT INTO cases_actor (id, workspace_id, marking, state_note, status, name, actor_kind, aliases, country, description)
    SELECT bench.id('actor', w * actors + a), bench.id('room', w), 'clear', '', 'active', 'Actor ' || a || ' of room ' || w,
           (ARRAY['state', 'enterprise', 'state_organ', 'smuggling_network'])[1 + a % 4],
           ARRAY['Alias ' || a]::varchar[], 'BY', 'Known from reports of several years.'
    FROM generate_series(0, actors - 1) a;
    INSERT INTO cases_referencecounter (workspace_id, year, last) VALUES (bench.id('room', w), 2025, incidents);
END $$;

CREATE PROCEDURE bench.incidents(w int, first int, last int, actors int) LANGUAGE plpgsql AS $$
DECLARE
    room uuid := bench.id('room', w);
    vectors text[] := ARRAY['charter_flights', 'visa_facilitation', 'transport_to_border', 'equipment_and_guidance',
        'false_information_campaign', 'legal_travel_channel', 'treaty_suspension'];
    sections text[] := ARRAY['northern crossing', 'river section', 'forest road', 'eastern fence', 'port', 'airport road'];
BEGIN
    CALL bench.acts(w, 1, 'add');
    INSERT INTO cases_incident (id, workspace_id, marking, state_note, reference, title, summary, began, ended,
        target_countries, transit_countries, origin_countries, border_section, corridor, latitude, longitude, vectors,
        engineered_type, severity, status, mobility_class, lead_id)
    SELECT bench.id('incident', 50 * k + w), room, bench.marking(k), '', 'INC-2025-' || lpad((k + 1)::text, 4, '0'),
           initcap(replace(vectors[1 + k % 7], '_', ' ')) || ' at the ' || sections[1 + k % 6] || ', wave ' || k,
           t.quotes[1] || ' ' || t.quotes[2] || repeat(' ' || t.quotes[3], k % 4),
           (ARRAY['2021', '2021-07', '2021-07-02', '2023-11'])[1 + k % 4], CASE k % 3 WHEN 0 THEN '' ELSE '2024-02' END,
           (ARRAY['{PL}', '{PL,LT}', '{PL,LT,LV}'])[1 + k % 3]::varchar[], '{BY}'::varchar[], '{IQ,SY}'::varchar[],
           sections[1 + k % 6], 'eastern route', 53 + k % 100 / 50.0, 23 + k % 77 / 20.0,
           ARRAY[vectors[1 + k % 7], vectors[1 + (k + 3) % 7]]::varchar[], 'coercive', 1 + k % 5,
           (ARRAY['open', 'monitoring', 'open', 'closed'])[1 + k % 4], '{alleged_state_strategy}'::varchar[], bench.person(w, 1)
    FROM generate_series(first, last) k JOIN bench.text t ON t.number = bench.text_of(50 * k + w);
    INSERT INTO cases_hypothesis (id, workspace_id, marking, state_note, status, hypothesis_kind, name, description, incident_id)
    SELECT bench.id('hypothesis', 4 * (50 * k + w) + h - 1), room, 'amber', '', 'active', kind,
           initcap(left(kind, 1)) || substr(replace(kind, '_', ' '), 2), '', bench.id('incident', 50 * k + w)
    FROM generate_series(first, last) k,
         unnest(ARRAY['state_strategy', 'criminal_profit', 'humanitarian_movement', 'lawful_mobility']) WITH ORDINALITY x (kind, h);
    INSERT INTO cases_involvement (id, workspace_id, marking, state_note, status, role, note, actor_id, incident_id)
    SELECT bench.id('involvement', 50 * k + w), room, 'amber', '', 'active', 'alleged_director', '',
           bench.id('actor', w * actors + k % actors), bench.id('incident', 50 * k + w)
    FROM generate_series(first, last) k;
    INSERT INTO cases_elementfinding (id, workspace_id, marking, state_note, element, finding, rationale, incident_id)
    SELECT bench.id('finding', 4 * (50 * k + w) + e), room, 'amber', '', element, 'supported', 'Several origins agree.',
           bench.id('incident', 50 * k + w)
    FROM generate_series(first, last) k,
         unnest(ARRAY['facilitation', 'objective', 'impact', 'coordination']) WITH ORDINALITY x (element, e)
    WHERE bench.is_ready(k);
END $$;

CREATE PROCEDURE bench.evidence(w int, first int, last int, sources int) LANGUAGE plpgsql AS $$
DECLARE
    room uuid := bench.id('room', w);
BEGIN
    CALL bench.acts(w, 1, 'add');
    INSERT INTO evidence_evidenceitem (id, workspace_id, marking, state_note, title, evidence_kind, category, instances,
        published, collected_at, language, url, reference_number, credibility, credibility_reason, said_reliability,
        said_credibility_reason, basis_of_knowledge, summary, is_abstract, status, collected_by_id, source_id)
    SELECT bench.id('item', bench.item_of(w, k, j)), room, bench.marking(k), '',
           (ARRAY['Statement', 'Report', 'Record', 'Note'])[1 + k % 4] || ' ' || bench.item_of(w, k, j) || ' on the ' || t.quotes[5],
           CASE j WHEN 0 THEN (ARRAY['policy_statement', 'diplomatic_communication', 'state_directive'])[1 + k % 3]
                  ELSE (ARRAY['news_report', 'court_record', 'statistics', 'research'])[1 + k % 4] END,
           CASE j WHEN 0 THEN 'behavioural' ELSE 'technical' END, '{}'::varchar[],
           '2025-0' || (1 + k % 9), timestamptz '2025-06-01' + make_interval(mins => k), t.language,
           'https://archive.example/' || bench.item_of(w, k, j), 'R-' || bench.item_of(w, k, j),
           CASE WHEN j = 0 OR k % 4 = 0 THEN 2 ELSE 2 + k % 5 END, '', '', '', 'direct', t.quotes[4], false, 'active',
           bench.person(w, 1), bench.id('source', w * sources + (3 * k + j) % sources)
    FROM generate_series(first, last) k, generate_series(0, 1) j, bench.text t
    WHERE t.number = bench.text_of(bench.item_of(w, k, j));
    INSERT INTO evidence_storedfile (id, workspace_id, marking, state_note, sha256, size, media_type, original_name, capture,
        extraction, extraction_note, bytes_state, traits, remarks, opening, left_out, item_id)
    SELECT bench.id('file', m), room, 'amber', '', t.sha256, t.size, 'text/plain', 'pasted.txt', '{}', 'done', '', '',
           '{}', '{}', '', '{}', bench.id('item', m)
    FROM generate_series(first, last) k, generate_series(0, 1) j, bench.item_of(w, k, j) m, bench.text t
    WHERE t.number = bench.text_of(m);
    INSERT INTO evidence_custodyevent (id, workspace_id, marking, state_note, action, note, file_id)
    SELECT bench.id('custody', 2 * m + c), room, 'amber', '', (ARRAY['received', 'hashed'])[1 + c], '', bench.id('file', m)
    FROM generate_series(first, last) k, generate_series(0, 1) j, generate_series(0, 1) c, bench.item_of(w, k, j) m;
    INSERT INTO evidence_textpage (id, workspace_id, marking, state_note, number, title, text, extractor, extractor_version,
        was_ocr, file_id, item_id)
    SELECT bench.id('page', m), room, 'amber', '', 1, i.title || ', page 1', t.body, 'text', '1', false, bench.id('file', m), i.id
    FROM generate_series(first, last) k, generate_series(0, 1) j, bench.item_of(w, k, j) m, bench.text t, evidence_evidenceitem i
    WHERE t.number = bench.text_of(m) AND i.id = bench.id('item', m);
    INSERT INTO evidence_passage (id, workspace_id, marking, state_note, status, quote, prefix, suffix, start, "end",
        anchor_state, note, item_id, page_id)
    SELECT bench.id('passage', 5 * m + q - 1), room, 'amber', '', 'active', t.quotes[q], t.prefixes[q], t.suffixes[q], t.starts[q],
           t.ends[q], 'exact', '', bench.id('item', m), bench.id('page', m)
    FROM generate_series(first, last) k, generate_series(0, 1) j, generate_series(1, 5) q, bench.item_of(w, k, j) m, bench.text t
    WHERE t.number = bench.text_of(m);
END $$;

CREATE PROCEDURE bench.judgements(w int, first int, last int, actors int) LANGUAGE plpgsql AS $$
DECLARE
    room uuid := bench.id('room', w);
BEGIN
    CALL bench.acts(w, 1, 'add');
    INSERT INTO cases_attribution (id, workspace_id, marking, state_note, statement, state_involvement, legal_basis, likelihood,
        confidence, key_assumptions, gaps, source_summary, contrary_search_note, contrary_searched_on, ai_use_note,
        what_would_change, review_by, status, round, seal, actor_id, author_id, incident_id)
    SELECT bench.id('attribution', 50 * k + w), room, bench.marking(k), '',
           'Actor ' || k % actors || ' of room ' || w || ' steered what was seen in wave ' || k || '.',
           CASE WHEN bench.is_ready(k) THEN 'coordinated' ELSE '' END,
           CASE WHEN bench.is_ready(k) THEN '{article_4}'::varchar[] ELSE '{}' END,
           CASE WHEN bench.is_ready(k) THEN 'very_likely' ELSE (ARRAY['likely', 'unlikely', ''])[1 + k % 3] END,
           CASE WHEN bench.is_ready(k) THEN 'moderate' ELSE (ARRAY['low', 'moderate', ''])[1 + k % 3] END,
           'The carriers keep to their published routes.', 'What was agreed between the ministries is not known.',
           'Official, press and court sources of three origins agree.', 'Statements of the accused were searched.',
           date '2025-10-01', 'None was used.', 'A published order to the contrary.', current_date + 300, 'draft', 0, '',
           bench.id('actor', w * actors + k % actors), bench.person(w, 1), bench.id('incident', 50 * k + w)
    FROM generate_series(first, last) k;
    INSERT INTO cases_citation (id, workspace_id, marking, state_note, status, supports, intent_basis, note, attribution_id, passage_id)
    SELECT bench.id('citation', 8 * (50 * k + w) + c.slot), room, 'amber', '', 'active', c.supports, c.intent_basis,
           'Says so in plain words.', bench.id('attribution', 50 * k + w),
           bench.id('passage', 5 * bench.item_of(w, k, c.item) + c.quote - 1)
    FROM generate_series(first, last) k, bench.cited c WHERE c.slot < 4 OR bench.is_ready(k);
    FOR evaluator IN 1..2 LOOP
        CALL bench.acts(w, evaluator, 'add');
        INSERT INTO cases_rating (id, workspace_id, marking, state_note, rating, analyst_id, hypothesis_id, item_id)
        SELECT bench.id('rating', 24 * (50 * k + w) + 12 * (evaluator - 1) + 4 * slot + h), room, 'amber', '',
               CASE WHEN h > 0 THEN 'II' WHEN slot = 1 THEN 'CC' ELSE 'I' END, bench.person(w, evaluator),
               bench.id('hypothesis', 4 * (50 * k + w) + h), bench.id('item', bench.item_of(w, k, slot))
        FROM generate_series(first, last) k, generate_series(0, 2) slot, generate_series(0, 3) h
        WHERE bench.is_ready(k);
    END LOOP;
END $$;

-- Submitted, reviewed, and all but every fifth approved; the documents are templates, made from the product's own.
CREATE PROCEDURE bench.decisions(w int, first int, last int) LANGUAGE plpgsql AS $$
DECLARE
    room uuid := bench.id('room', w);
    submitted text := (SELECT body FROM bench.template WHERE name = 'version');
    sealed text := (SELECT body FROM bench.template WHERE name = 'packet');
    gate jsonb := (SELECT body::jsonb FROM bench.template WHERE name = 'gate');
    ready int[] := ARRAY(SELECT k FROM generate_series(first, last) k WHERE bench.is_ready(k));
    approved int[] := ARRAY(SELECT k FROM unnest(ready) k WHERE k % 20 > 0);
BEGIN
    CALL bench.acts(w, 1, 'submit');
    UPDATE cases_attribution a SET status = 'in_review', round = 1, submitted_at = now()
    FROM unnest(ready) k WHERE a.id = bench.id('attribution', 50 * k + w);
    INSERT INTO cases_submittedversion (id, workspace_id, marking, state_note, round, canonical, sha256, decision, attribution_id)
    SELECT bench.id('version', 50 * k + w), room, 'amber', '', 1, canonical, encode(sha256(convert_to(canonical, 'UTF8')), 'hex'), '',
           bench.id('attribution', 50 * k + w)
    FROM unnest(ready) k, LATERAL (SELECT format(submitted, VARIADIC bench.told(w, k)) AS canonical) made;
    CALL bench.acts(w, 3, 'add');
    INSERT INTO cases_review (id, workspace_id, marking, state_note, round, conclusion, reasons, interests, attribution_id, reviewer_id)
    SELECT bench.id('review', 50 * k + w), room, 'amber', '', 1, 'concur', '', 'None.', bench.id('attribution', 50 * k + w),
           bench.person(w, 3)
    FROM unnest(approved) k;
    CALL bench.acts(w, 4, 'add');
    INSERT INTO cases_sealedpacket (id, workspace_id, marking, state_note, round, canonical, sha256, policy, attribution_id)
    SELECT bench.id('packet', 50 * k + w), room, 'amber', '', 1, canonical, encode(sha256(convert_to(canonical, 'UTF8')), 'hex'),
           gate ->> 'policy', bench.id('attribution', 50 * k + w)
    FROM unnest(approved) k, LATERAL (SELECT format(sealed, VARIADIC bench.told(w, k)) AS canonical) made;
    CALL bench.acts(w, 4, 'approve');
    UPDATE cases_attribution a SET status = 'approved', approver_id = bench.person(w, 4), approved_at = now(),
        gate_result = gate, seal = p.sha256
    FROM unnest(approved) k, cases_sealedpacket p
    WHERE a.id = bench.id('attribution', 50 * k + w) AND p.id = bench.id('packet', 50 * k + w);
    UPDATE cases_submittedversion v SET decision = 'approved', decided_at = now()
    FROM unnest(approved) k WHERE v.id = bench.id('version', 50 * k + w);
END $$;
