orders: select 1 as id, 2 as customer_id, 3.5::decimal(12, 2) as amount, 'ok' as status, timestamp '2026-01-01 10:00' as ordered_at, date '2026-01-01' as day, 'n' as note, ['a', 'b'] as tags
customers: select 1 as id, 'x' as name, 'de' as country, date '1990-01-01' as born, 'x@example.org' as email
events: select 1 as id, 1 as order_id, 'seen' as kind, timestamp '2026-01-01 10:00' as ts, '{"a": 1}'::json as payload
nums: select 1 as n, 1.5::double as f, true as b, 10::bigint as big
tree: select 1 as id, null::integer as parent_id, 'root' as name
prices: select 'A' as symbol, timestamp '2026-01-01 09:00' as ts, 1.5::double as price
