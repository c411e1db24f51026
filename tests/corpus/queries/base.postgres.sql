orders: select 1 as id, 2 as customer_id, 3.5::numeric(12, 2) as amount, 'ok'::text as status, timestamp '2026-01-01 10:00' as ordered_at, date '2026-01-01' as day, 'n'::text as note, array['a', 'b']::text[] as tags
customers: select 1 as id, 'x'::text as name, 'de'::text as country, date '1990-01-01' as born, 'x@example.org'::text as email
events: select 1 as id, 1 as order_id, 'seen'::text as kind, timestamp '2026-01-01 10:00' as ts, '{"a": 1, "list": [1, 2]}'::jsonb as payload
nums: select 1 as n, 1.5::double precision as f, true as b, 10::bigint as big
tree: select 1 as id, null::integer as parent_id, 'root'::text as name
bookings: select 1 as id, daterange('2026-01-01', '2026-01-05') as during, int4range(1, 5) as seats
