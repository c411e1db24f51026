-- 7. queries: select lists, table expressions
select 1 as one
select id, amount * 1.19 as gross from raw.orders
select o.* from raw.orders o
select o.id, o.status as state from raw.orders as o
select distinct status from raw.orders
select distinct on (customer_id) customer_id, id from raw.orders order by customer_id, amount desc
select all status from raw.orders
select id as "The Id", status "state" from raw.orders
select * from (values (1, 'a'), (2, 'b')) as v(id, name)
values (1, 'a'), (2, 'b')
values (1, null), (2, 'b') order by 1 limit 1
(table raw.orders)
select 1 as a union all select 2
(select id from raw.orders) union all (select id from raw.customers)
select (select max(id) from raw.orders) as highest
select id from raw.orders where id in (select order_id from raw.events)
select raw.orders.id from raw.orders
select "orders"."id" from raw."orders"
select ORDERS.ID, Orders.Status from RAW.Orders
select id from only raw.orders
select id from raw.orders *
select id from only (raw.orders)
select from raw.orders
select (o).id, (o).status from raw.orders o
select o.id, (o.tags)[1] as t from raw.orders o
select id as "select", status as "from" from raw.orders
select id /* a /* nested */ comment */ from raw.orders
select id as a, id as b, 'x' as c, null::text as d, true as e from raw.orders
-- group by
select status, count(*) as n from raw.orders group by status
select status, count(*) as n from raw.orders group by 1 having count(*) > 1
select status, day, sum(amount) as total from raw.orders group by grouping sets ((status, day), (status), ())
select status, day, sum(amount) as total, grouping(status, day) as g from raw.orders group by rollup (status, day)
select status, day, sum(amount) as total from raw.orders group by cube (status, day)
select status, day, customer_id, count(*) as n from raw.orders group by status, cube (day, customer_id)
select status, day, count(*) as n from raw.orders group by distinct rollup (status, day), rollup (day)
select upper(status) as s, count(*) as n from raw.orders group by upper(status)
select status, count(*) filter (where amount > 10) as big from raw.orders group by status
select count(distinct customer_id) as customers, count(distinct (customer_id, status)) as pairs from raw.orders
select status, array_agg(id order by id desc nulls last) as ids from raw.orders group by status
select status, string_agg(note, ', ' order by id) as notes from raw.orders group by status
select array_agg(distinct status order by status) as states from raw.orders
select percentile_cont(0.5) within group (order by amount) as m, mode() within group (order by status) as s from raw.orders
select percentile_disc(array[0.25, 0.75]) within group (order by amount) as q from raw.orders
select rank(3) within group (order by id) as r, dense_rank(3) within group (order by id) as d, cume_dist(3) within group (order by id) as c from raw.orders
select bit_and(n) as a, bit_or(n) as o, bit_xor(n) as x from raw.nums
select bool_and(b) as a, bool_or(b) as o, every(b) as e from raw.nums
select corr(f, n) as c, covar_pop(f, n) as p, regr_slope(f, n) as s, regr_r2(f, n) as r, regr_count(f, n) as k from raw.nums
select stddev(f) as a, stddev_pop(f) as s, var_samp(f) as v, variance(f) as w from raw.nums
select json_agg(id order by id) as a, jsonb_agg(status order by id) as b, json_object_agg(id, status) as c, jsonb_object_agg(id, status) as d from raw.orders
select xmlagg(xmlelement(name o, id) order by id) as x from raw.orders
select range_agg(seats) as r, range_intersect_agg(seats) as i from raw.bookings
select min(amount) as a, max(day) as b, sum(amount) as c, avg(amount) as d from raw.orders
select customers.id, customers.name, count(*) as n from raw.customers join raw.orders on customers.id = orders.customer_id group by customers.id, customers.name
select array_agg(tags) as all_tags from raw.orders
-- joins
select o.id, c.name from raw.orders o join raw.customers c on o.customer_id = c.id
select o.id, c.name from raw.orders o inner join raw.customers c on o.customer_id = c.id
select o.id, c.name from raw.orders o left join raw.customers c on c.id = o.customer_id
select o.id, c.name from raw.orders o right outer join raw.customers c on c.id = o.customer_id
select o.id, c.name from raw.orders o full join raw.customers c on c.id = o.customer_id
select id, name, n from raw.customers join (select customer_id as id, count(*) as n from raw.orders group by 1) as k using (id)
select j.id from raw.orders join raw.customers using (id) as j
select o.id, c.name from raw.orders o cross join raw.customers c
select * from raw.nums natural join (select 1 as n, 'x' as extra) as e
select * from raw.nums natural left join (select 1 as n, 'x' as extra) as e
select o.id, e.kind from raw.orders o, raw.events e where e.order_id = o.id
select o.id, l.n from raw.orders o, lateral (select count(*) as n from raw.events e where e.order_id = o.id) as l
select o.id, l.n from raw.orders o left join lateral (select count(*) as n from raw.events e where e.order_id = o.id) as l on true
select o.id, t.tag from raw.orders o, unnest(o.tags) as t(tag)
select o.id, t.tag, t.i from raw.orders o cross join lateral unnest(o.tags) with ordinality as t(tag, i)
select a.id, b.id as other from raw.customers a join raw.customers b on a.id < b.id and a.country = b.country
select j.id, j.name from (raw.orders o join raw.customers c on o.customer_id = c.id) as j(id, x, y, z, u, v, w, t, k, name)
select o.id from raw.orders o left join raw.customers c on o.customer_id = c.id where c.id is null
select a.id from (raw.orders a join raw.events b on a.id = b.order_id) join raw.customers c on c.id = a.customer_id
select o.id, c.name from raw.orders o join raw.customers c on o.customer_id is not distinct from c.id
-- with
with x as (select id from raw.orders) select id from x
with x(a, b) as (select id, amount from raw.orders) select a, b from x
with x as materialized (select id from raw.orders) select a.id from x a join x b on a.id = b.id
with x as not materialized (select id from raw.orders) select id from x
with x as (select 1 as a), y as (select a + 1 as b from x) select a, b from x, y
with recursive r(n) as (values (1) union all select n + 1 from r where n < 5) select n from r
with recursive t as (select id, parent_id, name::text as path from raw.tree where parent_id is null union all select c.id, c.parent_id, t.path || '/' || c.name from raw.tree c join t on c.parent_id = t.id) select * from t
with recursive a as (select id from b), b as (select 1 as id) select id from a
with recursive t(id, parent_id) as (select id, parent_id from raw.tree union all select c.id, c.parent_id from raw.tree c join t on c.parent_id = t.id) search depth first by id set o select id, parent_id from t order by o
with recursive t(id, parent_id) as (select id, parent_id from raw.tree union all select c.id, c.parent_id from raw.tree c join t on c.parent_id = t.id) search breadth first by id set o select id, parent_id from t order by o
with recursive t(id, parent_id) as (select id, parent_id from raw.tree union all select c.id, c.parent_id from raw.tree c join t on c.parent_id = t.id) cycle id set looped using path select id, looped from t
with recursive t(id) as (select 1 union select id + 1 from t where id < 3) cycle id set looped to 'y' default 'n' using path select id, looped from t
with x as (table raw.nums) select * from x
select * from (with y as (select 1 as z) select z from y) as q
with x as (values (1, 'a')) select column1 as a, column2 as b from x
-- set operations, order, limit
select id from raw.orders union select id from raw.customers
select id from raw.orders intersect select customer_id from raw.orders
select id from raw.orders except select order_id from raw.events
select id from raw.orders except all select order_id from raw.events
select id from raw.orders intersect all select customer_id from raw.orders
select id from raw.orders union (select id from raw.customers except select order_id from raw.events)
select id from raw.orders order by amount desc nulls last, id
select id from raw.orders order by id using >
select id from raw.orders order by id limit 10 offset 5
select id from raw.orders order by id limit all
select id from raw.orders order by id offset 2 rows fetch next 3 rows only
select id from raw.orders order by id fetch first row with ties
select id, amount + 1 as s from raw.orders order by s desc, 1
select id from raw.orders order by id limit (select 3)
select name from raw.customers order by name collate "C"
select id from raw.orders tablesample system (10)
select id from raw.orders tablesample bernoulli (10.5) repeatable (3)
-- window functions
select id, row_number() over (order by id) as r from raw.orders
select id, rank() over (partition by status order by amount desc) as r, dense_rank() over w as d from raw.orders window w as (order by amount)
select id, sum(amount) over (order by id rows between unbounded preceding and current row) as running from raw.orders
select id, avg(amount) over (order by ordered_at range between interval '7 days' preceding and current row) as week from raw.orders
select id, sum(amount) over (order by id groups between 1 preceding and 1 following) as s from raw.orders
select id, sum(amount) over (order by id rows between 1 preceding and 1 following exclude current row) as s from raw.orders
select id, sum(amount) over (order by id rows unbounded preceding exclude ties) as s from raw.orders
select id, lag(amount, 1, 0) over (order by id) as before, lead(amount) over (order by id) as after from raw.orders
select id, first_value(note) over w as f, last_value(note) over w as l, nth_value(id, 2) over w as n from raw.orders window w as (order by id)
select id, ntile(4) over (order by id) as q, percent_rank() over (order by amount) as p, cume_dist() over (order by amount) as c from raw.orders
select id, sum(amount) filter (where status = 'ok') over (order by id) as s from raw.orders
select id, sum(amount) over (w order by id) as s from raw.orders window w as (partition by status)
select id, count(*) over () as n, array_agg(id) over (order by id) as ids from raw.orders
select status, sum(sum(amount)) over (order by status) as running from raw.orders group by status
-- 4. syntax: constants, operators, expressions
select 'it''s' as a, E'tab\t' as b, $$dollar$$ as c, $x$it's$x$ as d, U&'d\0061t' as e, B'101' as f, X'1F' as g
select 1.5e3 as a, .5 as b, 5. as c, 1e-3 as d
select 7 / 2 as q, 7 % 3 as m, 2 ^ 3 as p, |/ 4 as r, ||/ 8 as c, @ -3 as b
select 5 & 3 as a, 5 | 3 as o, 5 # 3 as x, ~5 as n, 1 << 3 as l, 8 >> 1 as r
select 'abc' !~~ 'a%' as x, 'abc' ~~* 'A%' as y
select 'a' || 'b' as c, 'a' || 1 as d, id between 1 and 3 as b, id not between symmetric 3 and 1 as s from raw.orders
select case status when 'ok' then 1 when 'cancelled' then 2 else 0 end as c, case when amount > 10 then 'big' end as d from raw.orders
select coalesce(note, status, '-') as c, nullif(status, 'ok') as n, greatest(1, 2) as g, least(1, 2) as l from raw.orders
select status like 'o%' as a, status ilike 'O%' as b, status ~~ 'o%' as d, status not like 'x!%' escape '!' as e, status similar to 'o(k|x)' as f from raw.orders
select status ~ '^o' as a, status ~* '^O' as b, status !~ 'x' as c, status !~* 'X' as d from raw.orders
select note is null as a, note is not null as b, note isnull as c, note notnull as d, b is true as e, b is not unknown as f from raw.orders, raw.nums where id = n
select id is distinct from customer_id as d, id is not distinct from 1 as e from raw.orders
select id = any (array[1, 2]) as a, id <> all (array[1, 2]) as b, id = some (select order_id from raw.events) as c from raw.orders
select exists (select 1 from raw.events e where e.order_id = o.id) as has from raw.orders o
select (id, amount) = (1, 2) as eq, (id, amount) < (2, 3) as lt, row(id, status) is null as n from raw.orders
select (id, customer_id) in (select order_id, id from raw.events) as a from raw.orders where true and exists (select 1)
select id in (1, 2, 3) as a, id not in (4) as b from raw.orders
select array(select id from raw.orders order by id) as ids, (select array_agg(id) from raw.orders) as other
select (array[1, 2, 3])[2] as a, (array[1, 2, 3])[1:2] as b, (array[[1, 2], [3, 4]])[1][2] as c, ('{1,2}'::int[])[1] as d
select 'x' collate "C" < 'y' as c, name collate "de-x-icu" as d from raw.customers
select operator_test.a operator(pg_catalog.+) 1 as x from (select 1 as a) as operator_test
select cast('1' as integer) as i, '2'::bigint as b, integer '3' as c, int4(4.2) as d
select current_date as d, current_date + 1 as e
select concat(variadic array['a', 'b']) as c, make_interval(days => 10) as i, format('%s %I %L', 'a', 'b', 'c') as f
select grouped.n from (select count(*) as n from raw.orders) as grouped where grouped.n > 0
-- 8. data types
select 1::smallint as a, 1::int2 as b, 1::int8 as c, 1.5::decimal(10, 2) as d, 1.5::real as e, 1.5::float(53) as f, 1::money as g
select 'a'::varchar(3) as a, 'a'::char(3) as b, 'a'::text as c, 'a'::name as d, '\xDEAD'::bytea as e
select timestamp '2026-01-01 10:00' as a, timestamptz '2026-01-01 10:00+02' as b, time '10:00' as c, timetz '10:00+01' as d, date 'epoch' as e, timestamp 'infinity' as f
select interval '3 days' as a, interval '1-2' year to month as b, interval '1' day as c, interval(3) '1.2345 s' as d, '1 mon'::interval as e
select 'yes'::boolean as a, 'off'::bool as b
select point(1, 2) as a, '(1,2),(3,4)'::box as b, circle '<(1,2),3>' as c, '((0,0),(1,1))'::path as d, line '{1,2,3}' as e, lseg '[(0,0),(1,1)]' as f, polygon '((0,0),(1,1),(2,0))' as g
select '192.168.0.0/24'::cidr as a where true
select '192.168.0.1'::inet as a, '08:00:2b:01:02:03'::macaddr as b, inet '10.0.0.1' << inet '10.0.0.0/8' as c
select B'101'::bit(3) as a, '101'::varbit as b
select 'a fat cat'::tsvector as a, 'fat & cat'::tsquery as b, to_tsvector('english', 'cats') @@ to_tsquery('english', 'cat') as c
select '1f0e2d3c-0000-0000-0000-000000000000'::uuid as u
select '<a>1</a>'::xml as x, xmlelement(name a, xmlattributes(1 as b), 'c') as y, xmlforest(1 as a, 2 as b) as z, xmlconcat('<a/>', '<b/>') as k
select '{"a": 1}'::json as a, '{"a": 1}'::jsonb as b, '$.a'::jsonpath as c
select '{1,2}'::int[] as a, array[1, 2]::bigint[] as b, array[]::text[] as c, '[0:1]={1,2}'::int[] as d, array[[1, 2], [3, 4]] as e
select int4range(1, 5) as a, '[1,5)'::int8range as b, numrange(1, 2, '[]') as c, tsrange('2026-01-01', '2026-01-02') as d, '{[1,2),[3,4)}'::int4multirange as e
select 'pg_class'::regclass as a, 'integer'::regtype as b, 1::oid as c
select row(1, 'a')::text as r, (row(1, 2)).f1 as f
-- 9. functions: numbers, strings
select abs(-1) as a, ceil(1.2) as b, floor(1.8) as c, round(1.55, 1) as d, trunc(1.99, 1) as e, sign(-2) as f, div(7, 2) as g, mod(7, 2) as h
select sqrt(4.0) as a, cbrt(8.0) as b, exp(1.0) as c, ln(2.0) as d, log(10.0) as e, log(2.0, 8.0) as f, power(2, 3) as g, factorial(5) as h
select gcd(4, 6) as a, lcm(4, 6) as b, width_bucket(5.3, 0, 10, 5) as c, scale(1.50) as d, min_scale(1.50) as e, trim_scale(1.50) as f
select sin(0) as a, atan2(1, 1) as c, degrees(pi()) as d, radians(180) as e, sind(30) as f, sinh(1) as g
select upper(status) as u, lower(status) as l, length(status) as n, char_length(status) as c, octet_length(status) as o, bit_length(status) as b, initcap(status) as i, reverse(status) as r from raw.orders
select substring(status from 2 for 1) as a, substring(status, 1, 2) as b, substring('abc' from 'b.') as c, substring('abc' similar 'a#"b#"c' escape '#') as d, left(status, 1) as e, right(status, 1) as f from raw.orders
select trim('  x ') as a, trim(both 'x' from 'xax') as b, trim(leading from ' a') as c, ltrim('xa', 'x') as d, rtrim('ax', 'x') as e, btrim('xax', 'x') as f
select position('b' in 'abc') as a, strpos('abc', 'b') as b, overlay('abcd' placing 'X' from 2 for 1) as c, replace('aba', 'a', 'c') as d, translate('abc', 'ab', 'xy') as e
select repeat('a', 3) as c, lpad('a', 3, 'x') as d, rpad('a', 3, 'x') as e, split_part('a-b', '-', 2) as f, split_part('a-b', '-', -1) as g, concat('a', 1, null) as h, concat_ws('-', 'a', 'b') as i
select regexp_replace('abc', 'b', 'x', 'g') as a, regexp_match('abc', 'b(c)') as b, regexp_split_to_array('a1b', '[0-9]') as c, regexp_count('aaa', 'a') as d, regexp_like('abc', 'B', 'i') as e, regexp_substr('abc', 'b') as f, regexp_instr('abc', 'c') as g
select m.found from raw.orders o, regexp_matches(o.status, '(o)(k)', 'g') as m(found)
select word from regexp_split_to_table('a b', ' ') as t(word)
select md5('a') as a, encode(sha256('a'::bytea), 'hex') as b, decode('YQ==', 'base64') as c, ascii('A') as d, chr(65) as e, to_hex(255) as f, quote_ident('a b') as g, quote_literal('a') as h
select starts_with('abc', 'a') as a, 'abc' ^@ 'a' as b, normalize('ä', NFC) as c, 'ä' is normalized as d, unistr('\0061') as e, string_to_array('a,b', ',') as f
select piece from string_to_table('a,b', ',') as s(piece)
select get_byte('\x01'::bytea, 0) as a, set_bit('\x01'::bytea, 1, 1) as b, bit_count('\x01'::bytea) as c, convert_to('a', 'UTF8') as d
-- 9. functions: dates, formats
select extract(year from day) as y, extract(epoch from ordered_at) as e, date_part('dow', day) as d, date_trunc('month', ordered_at) as m, date_bin('15 minutes', ordered_at, timestamp '2001-01-01') as b from raw.orders
select day + 1 as a, day - interval '1 month' as b, day - date '2026-01-01' as c, ordered_at - ordered_at as d, day + time '10:00' as e, 3 * interval '1 day' as f from raw.orders
select age(timestamp '2026-02-01', timestamp '2026-01-01') as a, make_date(2026, 1, 2) as b, make_timestamp(2026, 1, 2, 3, 4, 5.6) as c, make_time(1, 2, 3.5) as d, to_timestamp(0) as e, justify_days(interval '40 days') as f
select to_char(ordered_at, 'YYYY-MM-DD HH24:MI') as a, to_char(amount, 'FM999D00') as b, to_date('2026-01-02', 'YYYY-MM-DD') as c, to_timestamp('2026', 'YYYY') as d, to_number('12.5', '99.9') as e from raw.orders
select ordered_at at time zone 'Europe/Berlin' as z, timezone('UTC', ordered_at) as u, (timestamptz '2026-01-01 10:00+02') at time zone 'UTC' as v from raw.orders
select (day, day + 2) overlaps (day + 1, day + 3) as o, isfinite(day) as f from raw.orders
select g.d from generate_series(timestamp '2026-01-01', timestamp '2026-01-10', interval '1 day') as g(d)
-- 9. arrays, ranges
select array_append(tags, 'c') as a, array_prepend('z', tags) as b, array_cat(tags, array['d']) as c, tags || 'e'::text as d, array_length(tags, 1) as e, cardinality(tags) as f, array_ndims(tags) as g, array_dims(tags) as h from raw.orders
select array_position(tags, 'a') as a, array_positions(tags, 'a') as b, array_remove(tags, 'a') as c, array_replace(tags, 'a', 'x') as d, array_to_string(tags, ',', '-') as e, trim_array(tags, 1) as f, array_fill(0, array[2]) as g, array_upper(tags, 1) as h from raw.orders
select tags @> array['a'] as a, tags <@ array['a', 'b', 'c'] as b, tags && array['a'] as c, tags = array['a'] as d, 'a' = any (tags) as e from raw.orders
select u.a, u.b from unnest(array[1, 2], array['x', 'y', 'z']) as u(a, b)
select unnest(tags) as tag, id from raw.orders
select o.id, s.i, o.tags[s.i] as tag from raw.orders o, generate_subscripts(o.tags, 1) as s(i)
select lower(during) as a, upper(during) as b, isempty(during) as c, lower_inc(during) as d, during @> date '2026-01-02' as e, during && daterange('2026-01-04', '2026-01-09') as f, during * daterange('2026-01-02', null) as g, during << during as h, during -|- during as i from raw.bookings
select int4multirange(int4range(1, 2), int4range(5, 6)) as a, range_merge(int4range(1, 2), int4range(5, 6)) as b, u.r from unnest('{[1,2),[3,4)}'::int4multirange) as u(r)
-- 9. json
select payload -> 'a' as a, payload ->> 'a' as b, payload #> '{a,b}' as c, payload #>> '{a,b}' as d, payload -> 'list' -> 0 as e, payload['a'] as f from raw.events
select payload @> '{"a": 1}' as a, payload ? 'a' as b, payload ?| array['a', 'b'] as c, payload ?& array['a'] as d, payload || '{"c": 2}' as e, payload - 'a' as f, payload #- '{a}' as g from raw.events
select payload @? '$.list[*] ? (@ > 1)' as a, payload @@ '$.a == 1' as b, jsonb_path_exists(payload, '$.a') as c, jsonb_path_query_first(payload, '$.list[0]') as d, jsonb_path_query_array(payload, '$.list[*]') as e from raw.events
select to_json(o) as a, row_to_json(o) as b, to_jsonb(o.tags) as c, json_build_object('id', o.id) as d, json_build_array(1, 'a') as e, jsonb_build_object('x', 1) as f from raw.orders o
select json_object('{a,1}') as a, jsonb_set(payload, '{a}', '2') as b, jsonb_insert(payload, '{z}', '1') as c, jsonb_strip_nulls(payload) as d, jsonb_pretty(payload) as e, jsonb_typeof(payload) as f, jsonb_array_length(payload -> 'list') as g from raw.events
select k.key, k.value from raw.events e, jsonb_each(e.payload) as k
select k.key, k.value from raw.events e, jsonb_each_text(e.payload) as k(key, value)
select l.v from raw.events e, jsonb_array_elements(e.payload -> 'list') as l(v)
select jsonb_object_keys(payload) as k from raw.events
select r.a, r.b from jsonb_to_record('{"a": 1, "b": "x"}') as r(a int, b text)
select r.a from json_to_recordset('[{"a": 1}]') as r(a int)
select q.v from raw.events e, jsonb_path_query(e.payload, '$.list[*]') as q(v)
select x.id, x.name from xmltable('/r/o' passing xmlparse(content '<r><o id="1"><n>a</n></o></r>') columns id int path '@id', name text path 'n', ord for ordinality) as x
select (xpath('/a/text()', '<a>1</a>'))[1]::text as t, xml_is_well_formed('<a/>') as w, '<a/>'::xml is document as d, xmlparse(content '<a/>') as p, xmlserialize(content '<a/>'::xml as text) as s, xmlexists('//a' passing by value xmlparse(content '<a/>')) as e
-- 9. text search, other functions
select to_tsvector('english', note) as a, ts_rank(to_tsvector('simple', note), plainto_tsquery('simple', 'n')) as b, ts_headline('english', note, to_tsquery('n')) as c, websearch_to_tsquery('a or b') as d, phraseto_tsquery('a b') as e, setweight(to_tsvector('simple', note), 'A') as f from raw.orders
select numnode(to_tsquery('a & b')) as n, querytree(to_tsquery('a & !b')) as q, strip(to_tsvector('simple', 'a b')) as s, tsvector_to_array(to_tsvector('simple', 'a b')) as w
select pg_typeof(id) as a, num_nulls(note, status) as b, num_nonnulls(note) as c, pg_column_size(note) as d from raw.orders
select area(box '(2,2),(0,0)') as a, center(box '(2,2),(0,0)') as b, point '(1,1)' <-> point '(2,2)' as c, box '((0,0),(1,1))' @> point '(0.5,0.5)' as d, circle '((0,0),1)' && circle '((1,1),1)' as e
select host(inet '10.0.0.1') as a, masklen(inet '10.0.0.1/24') as b, network(inet '10.0.0.1/24') as c, family(inet '::1') as d, inet '10.0.0.1' + 5 as e
-- table functions, rows from, subqueries
select g from generate_series(1, 5) as g
select g.i, g.n from generate_series(1, 5) with ordinality as g(i, n)
select r.a, r.b from rows from (generate_series(1, 2), generate_series(1, 3)) as r(a, b)
select r.a, r.b, r.o from rows from (generate_series(1, 2), unnest(array['x'])) with ordinality as r(a, b, o)
select r.a, r.b, r.c from rows from (json_to_recordset('[{"a": 1}]') as (a int, b text), generate_series(1, 2)) as r(a, b, c)
select * from (select id, amount from raw.orders) as o(a, b) where a > 1
select max(q.n) as m from (select count(*) as n from raw.orders group by status) as q
select id from raw.orders o where amount > (select avg(amount) from raw.orders i where i.status = o.status)
select id, (select count(*) from raw.events e where e.order_id = o.id) as n from raw.orders o
select id from raw.orders where not exists (select from raw.events where order_id = orders.id)
select generate_series(1, 3) as a, 'x' as b
select (each_one).id as id from (select o as each_one from raw.orders o) as q
select q.* from (values (1, 2)) as q(a, b)
select o.id, v.k, v.val from raw.orders o cross join lateral (values ('status', o.status), ('note', o.note)) as v(k, val)
select id, count(*) over w as n from raw.orders where status in ('ok') and (amount > 1 or note is null) window w as (partition by status order by id)
select not (id > 1) as a, id > 1 and status = 'ok' or note is null as b, (id > 1) is not true as c from raw.orders
select sum(case when status = 'ok' then amount else 0 end) as ok, sum(amount) filter (where status <> 'ok') as other from raw.orders
select s.status, s.total, s.total / sum(s.total) over () as share from (select status, sum(amount) as total from raw.orders group by status) as s
select coalesce(o.day, e.ts::date) as d, count(o.id) as a, count(e.id) as b from raw.orders o full join raw.events e on o.day = e.ts::date group by 1
select date_trunc('week', ordered_at)::date as week, count(*) as n from raw.orders group by date_trunc('week', ordered_at)
select c.country, avg(extract(year from age(o.ordered_at, c.born))) as years from raw.orders o join raw.customers c on c.id = o.customer_id group by c.country having count(*) > 1
select split_part(email, '@', 2) as domain, count(*) as n from raw.customers group by 1 order by n desc, domain
-- 13 to 37: what reports and migrations are made of
select o.id, o.amount - lag(o.amount) over (partition by o.customer_id order by o.ordered_at, o.id) as change from raw.orders o
select o.id, sum(o.amount) over (partition by date_trunc('month', o.ordered_at) order by o.id) as month_to_date from raw.orders o
select customer_id, min(ordered_at) as first_order, max(ordered_at) as last_order, max(ordered_at) - min(ordered_at) as span from raw.orders group by customer_id
select customer_id, array_agg(status order by ordered_at) filter (where amount > 0) as path from raw.orders group by customer_id
select customer_id, (array_agg(id order by amount desc, id))[1] as best from raw.orders group by customer_id
select width_bucket(amount, 0, 100, 10) as bucket, count(*) as n from raw.orders group by bucket
select d.day::date as day, coalesce(sum(o.amount), 0) as total from generate_series(date '2026-01-01', date '2026-01-31', interval '1 day') as d(day) left join raw.orders o on o.day = d.day group by d.day
select case when grouping(status) = 1 then 'all' else status end as status, count(*) as n from raw.orders group by rollup (status)
select id, status, case when status = lag(status) over (order by id) then 0 else 1 end as starts from raw.orders
select grp, min(id) as a, max(id) as b from (select id, id - row_number() over (order by id) as grp from raw.orders) as islands group by grp
with ranked as (select o.*, row_number() over (partition by customer_id order by ordered_at desc, id) as rn from raw.orders o) select id, customer_id from ranked where rn = 1
with monthly as (select date_trunc('month', ordered_at) as m, sum(amount) as s from raw.orders group by 1) select m, s, s - lag(s) over (order by m) as growth from monthly
with a as (select id from raw.orders), b as (select id from a where id > 1), c as (select count(*) as n from b) select n from c
with recursive days(d) as (select date '2026-01-01' union all select d + 1 from days where d < date '2026-01-10') select d from days
with recursive f(a, b, n) as (select 0, 1, 1 union all select b, a + b, n + 1 from f where n < 10) select a, n from f
select o.id from raw.orders o where (o.customer_id, o.day) = (select customer_id, day from raw.orders order by id limit 1)
select o.id from raw.orders o where o.amount >= all (select amount from raw.orders)
select o.id from raw.orders o where row(o.id, o.status) not in (select id, kind from raw.events where id is not null)
select o.id from raw.orders o where o.status = any ('{ok,new}'::text[])
select o.id from raw.orders o where o.note is not null is true
select o.id from raw.orders o where not o.status like any (array['a%', 'b%'])
select o.id from raw.orders o where o.day between symmetric date '2026-02-01' and date '2026-01-01'
select o.id from raw.orders o where exists (select 1 from raw.events e where e.order_id = o.id and e.kind = 'seen') or o.amount is null
select count(*) filter (where status = 'ok') * 100.0 / nullif(count(*), 0) as percent from raw.orders
select status, percentile_cont(0.9) within group (order by amount) filter (where amount > 0) as p90 from raw.orders group by status
select string_agg(distinct status, ',' order by status) as all_states from raw.orders
select jsonb_agg(jsonb_build_object('id', id, 'tags', to_jsonb(tags)) order by id) as doc from raw.orders
select jsonb_object_agg(status, n order by status) as counts from (select status, count(*) as n from raw.orders group by status) as s
select e.id, e.payload ->> 'a' as a, (e.payload ->> 'a')::int + 1 as next from raw.events e where (e.payload ->> 'a')::int > 0
select e.id, i.value::text as item, i.ordinality from raw.events e cross join lateral jsonb_array_elements(e.payload -> 'list') with ordinality as i(value, ordinality)
select e.id, t.a, t.list from raw.events e, jsonb_to_record(e.payload) as t(a int, list jsonb)
select e.id, jsonb_path_query_array(e.payload, '$.list[*] ? (@ > $min)', '{"min": 1}') as big from raw.events e
select b.id, d.day::date as night from raw.bookings b, generate_series(lower(b.during), upper(b.during) - 1, interval '1 day') as d(day)
select a.id, b.id as other from raw.bookings a join raw.bookings b on a.id < b.id and a.during && b.during
select id, upper(during) - lower(during) as nights, daterange(lower(during), upper(during), '[]') as closed from raw.bookings
select o.id, x.kind, x.ts from raw.orders o left join lateral (select e.kind, e.ts from raw.events e where e.order_id = o.id order by e.ts desc, e.id limit 1) as x on true
select o.id, s.* from raw.orders o cross join lateral (select o.amount * 0.19 as tax, o.amount * 1.19 as gross) as s
select c.id, o.n, e.m from raw.customers c left join (select customer_id, count(*) as n from raw.orders group by 1) as o on o.customer_id = c.id left join (select order_id, count(*) as m from raw.events group by 1) as e on e.order_id = c.id
select id, note collate "C" as note from raw.orders order by note collate "C", id
select id, (tags)[array_length(tags, 1)] as last_tag, tags[1:array_length(tags, 1) - 1] as others from raw.orders
select array(select distinct t from unnest(tags) as t order by t) as sorted, id from raw.orders
select o.id, count(t.tag) as n from raw.orders o left join lateral unnest(o.tags) as t(tag) on t.tag <> 'a' group by o.id
select array_agg(t.tag order by t.i) as reversed from raw.orders o, unnest(o.tags) with ordinality as t(tag, i)
select 'a' = 'a ' as texts, 'a'::char(2) = 'a '::char(2) as chars, 'a'::bpchar || 'b' as joined
select 1 / 3.0 as a, 1::float / 3 as b, 10 % 3 as c, -7 / 2 as d, -7 % 2 as e, 2 ^ 10 as f
select 0.1 + 0.2 = 0.3 as exact, 0.1::float8 + 0.2 = 0.3 as inexact
select round(2.5) as a, round(2.5::float8) as b, round(-2.567, 2) as c, ceil(-0.5) as d
select to_char(1234567.891, 'FM9,999,999.00') as a, to_char(-1, '999S') as b, to_char(interval '3h 2m', 'HH24:MI') as c
select date '2026-03-31' + interval '1 month' as a, date '2026-01-31' - 31 as b, date_trunc('quarter', timestamp '2026-05-05') as c, extract(isoyear from date '2026-01-01') as d
select timestamp '2026-01-01 00:00' at time zone 'UTC' at time zone 'Asia/Tokyo' as tokyo
select justify_interval(interval '1 mon -1 hour') as a, extract(epoch from interval '1 day') as b, interval 'P1Y2M3DT4H' as c
select regexp_replace(email, '^(.)[^@]*', '\1***') as masked from raw.customers
select left(email, strpos(email, '@') - 1) as local_part, lower(substring(email from '@(.*)$')) as domain from raw.customers
select format('%1$s-%2$s-%1$s', 'a', 'b') as a, format('%-10s|', 'x') as b, quote_nullable(null::text) as c
select encode(digest.d, 'hex') as h from (select sha512('a'::bytea) as d) as digest
select hashtext('a') as a, ('x' || lpad('ff', 8, '0'))::bit(32)::int as b, 255::bit(8)::text as c
select coalesce(nullif(trim(note), ''), 'none') as note from raw.orders
select (select status from raw.orders where id = c.id limit 1) as s, id from raw.customers c
select n.x from (select 1 union all select 2) as n(x) where n.x in (values (1), (3))
select v.id, v.label from (values (1, 'one'::text), (2, null)) as v(id, label) order by v.label nulls first
select id from raw.orders where id > 1 union all select id from raw.customers where id > 1 union all (select order_id from raw.events order by id limit 1)
select t.id, t.depth from (with recursive r as (select id, 0 as depth from raw.tree where parent_id is null union all select c.id, r.depth + 1 from raw.tree c join r on c.parent_id = r.id) select * from r) as t
select distinct on (o.customer_id, o.day) o.customer_id, o.day, o.amount from raw.orders o order by o.customer_id, o.day, o.amount desc, o.id
select o.status, o.day, count(*) as n from raw.orders o group by o.status, o.day having count(*) > 1 and min(o.amount) > 0 order by n desc, o.status, o.day limit 5
select count(*) as n, count(note) as notes, count(distinct note) as kinds, count(*) - count(note) as missing from raw.orders
select bool_and(amount > 0) filter (where status = 'ok') as fine, every(note is not null) as noted from raw.orders
select o.id, cast(o.amount as text) || ' EUR' as label, o.amount::int8 as whole, o.id::text::varchar(10) as code from raw.orders o
