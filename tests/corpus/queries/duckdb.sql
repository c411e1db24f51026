-- SQL introduction: select, from-first, aliases
select 1 as one
select id, amount * 1.19 as gross from raw.orders
from raw.orders
from raw.orders select id, status
from raw.orders as o select o.id where o.amount > 10
select o.* from raw.orders o
select total: amount + 1, id from raw.orders
select id, id + 1 as next, next * 2 as twice from raw.orders
select distinct status from raw.orders
select distinct on (customer_id) customer_id, id from raw.orders order by customer_id, amount desc
select all status from raw.orders
select id as "The Id", status "state" from raw.orders
select * from (values (1, 'a'), (2, 'b')) as v(id, name)
values (1, 'a'), (2, 'b')
select unnest([1, 2, 3]) as x
select 1 as a union all select 2
(table raw.orders)
(select id from raw.orders) union all (select id from raw.customers)
select (select max(id) from raw.orders) as highest
select * from raw.orders where id in (select order_id from raw.events)
-- star expressions
select * exclude (note, tags) from raw.orders
select * replace (upper(status) as status) from raw.orders
select * rename (id as order_id) from raw.orders
select o.* exclude (id), c.name from raw.orders o join raw.customers c on o.customer_id = c.id
select columns('id|amount') from raw.orders
select columns(c -> c like '%d') from raw.orders
select columns(lambda c: c like 'a%') from raw.orders
select columns(* exclude (tags, ordered_at, day)) from raw.orders
select min(columns(*)) from raw.nums
select count(columns(*)) as 'n_\0' from raw.orders
select max(columns(* exclude (b))), count(*) as n from raw.nums
select struct_pack(*columns(['id', 'status'])) as s from raw.orders
select coalesce(*columns(['status', 'note'])) as first_text from raw.orders
select * like 'a%' from raw.orders
select * not like 'a%' from raw.orders
select * ilike 'A%' from raw.orders
select * similar to 'a.*' from raw.orders
select columns('(id|status)') as 'col_\1' from raw.orders
-- group by, having, grouping sets
select status, count(*) as n from raw.orders group by status
select status, sum(amount) as total from raw.orders group by all
select status, day, count(*) as n from raw.orders group by all order by all
select status, count(*) as n from raw.orders group by 1 having count(*) > 1
select status, count(*) as n from raw.orders group by status having n > 1
select status, day, sum(amount) as total from raw.orders group by grouping sets ((status, day), (status), ())
select status, day, sum(amount) as total, grouping_id(status, day) as g from raw.orders group by rollup (status, day)
select status, day, sum(amount) as total from raw.orders group by cube (status, day)
select upper(status) as s, count(*) as n from raw.orders group by s
select status, count(*) filter (where amount > 10) as big from raw.orders group by status
select status, count(*) filter (amount > 10) as big from raw.orders group by status
select count(distinct customer_id) as customers from raw.orders
select status, list(id order by id) as ids from raw.orders group by status
select status, string_agg(note, ', ' order by id desc) as notes from raw.orders group by status
select array_agg(distinct status order by status) as states from raw.orders
select first(id order by amount desc) as best, last(id order by amount desc) as worst from raw.orders
select arg_max(id, amount) as best, arg_min(id, amount) as worst from raw.orders
select max(amount, 3) as three from raw.orders
select arg_max(id, amount, 2) as two from raw.orders
select histogram(status) as h from raw.orders
select approx_count_distinct(customer_id) as n, approx_quantile(amount, 0.5) as m from raw.orders
select quantile_cont(amount, 0.5) as a, quantile_disc(amount, [0.25, 0.75]) as b from raw.orders
select percentile_cont(0.5) within group (order by amount) as m from raw.orders
select mode(status) as m, median(amount) as d, mad(f) as a from raw.orders, raw.nums
select bit_and(n) as a, bit_or(n) as o, bit_xor(n) as x from raw.nums
select bool_and(b) as every_one, bool_or(b) as any_one from raw.nums
select corr(f, n) as c, covar_pop(f, n) as p, regr_slope(f, n) as s, regr_r2(f, n) as r from raw.nums
select stddev_samp(f) as s, var_pop(f) as v, skewness(f) as k, kurtosis(f) as u, entropy(n) as e from raw.nums
select product(f) as p, favg(f) as a, fsum(f) as s, kahan_sum(f) as k from raw.nums
select geomean(f) as g, any_value(n) as v, count_if(b) as c from raw.nums
select list_distinct(list(status)) as l from raw.orders
select map_from_entries(list((status, id))) as m from raw.orders
select status, bitstring_agg(customer_id, 0, 100) as bits from raw.orders group by status
-- joins
select o.id, c.name from raw.orders o join raw.customers c on o.customer_id = c.id
select o.id, c.name from raw.orders o left join raw.customers c on c.id = o.customer_id
select o.id, c.name from raw.orders o right outer join raw.customers c on c.id = o.customer_id
select o.id, c.name from raw.orders o full join raw.customers c on c.id = o.customer_id
select id, name, n from raw.customers join (select customer_id as id, count(*) as n from raw.orders group by 1) using (id)
select o.id, c.name from raw.orders o cross join raw.customers c
select id, amount from raw.orders semi join raw.events on orders.id = events.order_id
select id from raw.orders anti join raw.events on orders.id = events.order_id
select a.symbol, a.price, b.kind from raw.prices a asof join raw.events b on a.ts >= b.ts
select a.symbol, b.id from raw.prices a asof left join raw.events b on a.ts >= b.ts
select a.id, b.price from (select 'A' as symbol, ts, id from raw.events) a asof join raw.prices b using (symbol, ts)
select a.id, b.name from raw.orders a positional join raw.customers b
select * from raw.nums natural join (select 1 as n, 'x' as extra) as e
select o.id, e.kind from raw.orders o, raw.events e where e.order_id = o.id
select o.id, l.n from raw.orders o, lateral (select count(*) as n from raw.events e where e.order_id = o.id) as l
select o.id, t.tag from raw.orders o, unnest(o.tags) as t(tag)
select o.id, x.s from raw.orders o cross join lateral (select o.amount + 1 as s) as x
select a.id, b.id as other from raw.customers a join raw.customers b on a.id < b.id and a.country = b.country
select o.id from raw.orders o left join raw.customers c on o.customer_id = c.id and c.country = 'de' where c.id is null
select o.id, c.name from raw.orders o join raw.customers c on o.customer_id is not distinct from c.id
-- CTEs
with x as (select id from raw.orders) select id from x
with x(a, b) as (select id, amount from raw.orders) select a, b from x
with x as materialized (select id from raw.orders) select a.id from x a join x b on a.id = b.id
with x as not materialized (select id from raw.orders) select id from x
with x as (select 1 as a), y as (select a + 1 as b from x) select a, b from x, y
with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select n from r
with recursive t as (select id, parent_id, name as path from raw.tree where parent_id is null union all select c.id, c.parent_id, t.path || '/' || c.name from raw.tree c join t on c.parent_id = t.id) select * from t
with recursive t(id, root, depth) using key (id) as (select id, id, 0 from raw.tree union select t.id, r.parent_id, t.depth + 1 from t join raw.tree r on r.id = t.root where r.parent_id is not null) select * from t
with recursive walk(a, b) using key (a) as (select 1, 1 union select w.a + 1, w.b * 2 from walk w, recurring.walk r where w.a < 4 and r.a = w.a) select a, b from walk
with x as (from raw.orders select id) from x
select * from (with y as (select 1 as z) select z from y) as q
-- set operations
select id from raw.orders union select id from raw.customers
select id from raw.orders intersect select customer_id from raw.orders
select id from raw.orders except select order_id from raw.events
select id from raw.orders except all select order_id from raw.events
select id from raw.orders intersect all select customer_id from raw.orders
select id, status from raw.orders union by name select name, id from raw.customers
select id, status from raw.orders union all by name select status from raw.orders
select 1 as a union all select 2 order by a limit 1
-- order by, limit, sample
select id from raw.orders order by amount desc nulls last, id
select id, status from raw.orders order by all desc
select id from raw.orders order by id limit 10 offset 5
select id from raw.orders order by id limit 10%
select id from raw.orders order by id limit (select 3)
select id from raw.orders order by id fetch first 3 rows only
select id from raw.orders using sample 10%
select id from raw.orders using sample 5 rows
select id from raw.orders using sample reservoir(50 rows) repeatable (100)
select id from raw.orders tablesample reservoir(20%)
select id from raw.orders tablesample system(10 percent)
select id from raw.orders tablesample bernoulli(10%)
select name from raw.customers order by name collate nocase
-- window functions
select id, row_number() over (order by id) as r from raw.orders
select id, rank() over (partition by status order by amount desc) as r, dense_rank() over w as d from raw.orders window w as (order by amount)
select id, sum(amount) over (order by id rows between unbounded preceding and current row) as running from raw.orders
select id, avg(amount) over (order by ordered_at range between interval 7 days preceding and current row) as week from raw.orders
select id, sum(amount) over (order by id groups between 1 preceding and 1 following) as s from raw.orders
select id, sum(amount) over (order by id rows between 1 preceding and 1 following exclude current row) as s from raw.orders
select id, lag(amount, 1, 0) over (order by id) as before, lead(amount) over (order by id) as after from raw.orders
select id, first_value(note ignore nulls) over (order by id) as f, last_value(note) over (order by id) as l from raw.orders
select id, nth_value(id, 2) over (order by id) as n, ntile(4) over (order by id) as q from raw.orders
select id, percent_rank() over (order by amount) as p, cume_dist() over (order by amount) as c from raw.orders
select id, status from raw.orders qualify row_number() over (partition by status order by amount desc) = 1
select id, count(*) over (partition by status) as n from raw.orders qualify n > 1
select id, status, row_number() over w as r from raw.orders window w as (partition by status order by id) qualify r < 3
select id, count(distinct status) over (order by id) as n from raw.orders
select id, list(status order by status) over (order by id) as l from raw.orders
select id, lag(amount order by day) over (order by id) as l from raw.orders
select id, sum(amount) filter (where status = 'ok') over (order by id) as s from raw.orders
select id, fill(f) over (order by n) as f from (select n as id, n, f from raw.nums) as x
-- pivot and unpivot
from (pivot raw.orders on status in ('ok') using sum(amount) group by customer_id)
from (pivot raw.orders on status in ('ok', 'cancelled') using sum(amount) as total, count(*) as n group by day)
select * from (pivot raw.orders on status in ('ok'), customer_id in (1, 2) using count(*) group by day)
select * from raw.orders pivot (sum(amount) for status in ('ok', 'cancelled') group by customer_id)
from (unpivot raw.nums on n, big into name kind value v)
from (unpivot raw.nums on columns(* exclude (b, f)) into name kind value v)
from raw.nums unpivot (v for kind in (n, big))
select * from raw.nums unpivot include nulls (v for kind in (n, big))
from (select id, amount from raw.orders) unpivot (v for k in (amount))
-- literals, operators, case
select 1_000_000 as million, 1e3 as e, .5 as half
select 'it''s' as a, E'tab\t' as b, $$dollar$$ as c, $x$it's$x$ as d
select '\x41'::blob as b, x'41' as h
select null as nothing, true as t, false as f
select 7 / 2 as q, 7 // 2 as w, 7 % 3 as m, 2 ** 3 as p, 2 ^ 3 as p2
select 5 & 3 as a, 5 | 3 as o, xor(5, 3) as x, ~5 as n, 1 << 3 as l, 8 >> 1 as r
select 'a' || 'b' as c, 'abc'[1] as f, 'abc'[1:2] as s, 'abc'[-1] as l
select id between 1 and 3 as b, id not between 1 and 3 as nb from raw.orders
select case status when 'ok' then 1 when 'cancelled' then 2 else 0 end as c from raw.orders
select case when amount > 10 then 'big' end as size from raw.orders
select if(amount > 10, 'big', 'small') as size, ifnull(note, '-') as n from raw.orders
select coalesce(note, status, '-') as c, nullif(status, 'ok') as n from raw.orders
select status like 'o%' as a, status ilike 'O%' as b, status glob 'o*' as c, status ~~ 'o%' as d, status !~~ 'o%' as e from raw.orders
select status similar to 'o.*' as a, regexp_matches(status, '^o') as b from raw.orders
select note is null as a, note is not null as b, note isnull as c, note notnull as d from raw.orders
select id is distinct from customer_id as d from raw.orders
select id = any (select order_id from raw.events) as a, id <> all (select order_id from raw.events) as b from raw.orders
select exists (select 1 from raw.events e where e.order_id = o.id) as has from raw.orders o
select not exists (from raw.events e where e.order_id = o.id) as misses from raw.orders o
select (id, amount) = (1, 2) as eq from raw.orders
select id in (1, 2, 3) as a, id not in (4) as b, 1 in [1, 2] as c from raw.orders
select greatest(1, 2, 3) as g, least(1, 2) as l
select @(-3) as abs_of, -id as neg, +id as pos from raw.orders
select try(cast(note as integer)) as t from raw.orders
select 1 is true as a, b is not true as c, b is not false as d from raw.nums
-- casts and types
select cast('1' as integer) as i, '2'::bigint as b, try_cast('x' as integer) as n
select '2026-01-01'::date as d, '2026-01-01 10:00'::timestamp as t, '10:00'::time as h
select date '2026-01-01' as d, timestamp '2026-01-01 10:00:00' as t, time '10:00' as h, timestamptz '2026-01-01 10:00:00+02' as z
select 1.5::decimal(10, 2) as a, 1.5::numeric as b, 3::tinyint as c, 3::hugeint as d, 3::uhugeint as e, 3::ubigint as f
select 'a'::varchar as a, 'a'::text as b, 'a'::char as c, 'a'::string as d
select 'x'::enum('x', 'y') as e
select '1f0e2d3c-0000-0000-0000-000000000000'::uuid as u
select '[1, 2]'::integer[] as l, '{a: 1}'::struct(a integer) as s
select '101'::bit as b, '\xAA'::blob as c
select cast(row(1, 'a') as struct(x integer, y varchar)) as s
select 1::union(num integer, txt varchar) as u
select [1, 2, 3]::integer[3] as a
select '12:30:00'::interval as a, interval '3 days' as b, interval 3 days as c, interval (id) months as d from raw.orders
select 1.5::float4 as a, 1.5::float8 as b, 1.5::real as c, 1.5::double as d
select 'NaN'::double as a, 'Infinity'::double as b, '-inf'::float as c
select typeof(amount) as t, pg_typeof(id) as p from raw.orders
select 5::varint as v
-- lists
select [1, 2, 3] as l, ['a', 'b'] as t, [] as e, [[1], [2, 3]] as n
select tags[1] as first_tag, tags[-1] as last_tag, tags[1:2] as some, tags[:2] as head, tags[2:] as rest from raw.orders
select [1, 2, 3, 4, 5][1:5:2] as odd
select list_value(1, 2) as a, array[1, 2] as b, list_concat([1], [2]) as c, [1] || [2] as d
select len(tags) as n, list_contains(tags, 'a') as c, list_position(tags, 'a') as p from raw.orders
select list_sort([3, 1, 2]) as a, list_reverse_sort([3, 1, 2]) as b, list_sort([1, null], 'desc', 'nulls first') as c
select [x * 2 for x in [1, 2, 3]] as a
select [x for x in [1, 2, 3] if x > 1] as a
select [upper(t) for t in tags if len(t) > 1] as u from raw.orders
select list_transform([1, 2], x -> x + 1) as a
select list_transform([1, 2], lambda x: x + 1) as a
select list_filter([1, 2, 3], lambda x, i: i > 1 and x < 3) as a
select list_reduce([1, 2, 3], lambda a, b: a + b) as s
select list_apply(tags, t -> t || '!') as x from raw.orders
select list_aggregate([1, 2, 3], 'sum') as s, list_sum([1, 2]) as t, list_avg([1, 2]) as u
select flatten([[1], [2, 3]]) as f, list_distinct([1, 1]) as d, list_unique([1, 1]) as u
select list_zip([1, 2], ['a', 'b'])[1][2] as z, list_slice([1, 2, 3], 1, 2) as s
select range(5) as r, generate_series(1, 10, 2) as g
select unnest(tags) as tag, id from raw.orders
select unnest([{'a': 1, 'b': 2}], recursive := true)
select id, unnest(tags) as tag, generate_subscripts(tags, 1) as i from raw.orders
select list_has_any([1, 2], [2]) as a, list_has_all([1, 2], [2]) as b, [1, 2] && [2] as c, [1, 2] @> [2] as d
select array_to_string(tags, ',') as j, list_string_agg(tags) as k from raw.orders
select list_cosine_similarity([1.0, 2.0], [2.0, 3.0]) as c, list_distance([1.0], [2.0]) as d
select array_value(1, 2, 3) as a, array_distance(array_value(1.0::float, 2.0::float), array_value(2.0::float, 3.0::float)) as d
-- structs, maps, unions
select {'a': 1, 'b': 'x'} as s, {a: 1}.a as a
select struct_pack(a := 1, b := 'x') as s, row(1, 2)[1] as r
select s.a, s['b'] as b, s.* from (select {'a': 1, 'b': 2} as s) as q
select struct_extract({'a': 1}, 'a') as a, struct_insert({'a': 1}, b := 2) as i
select (o).id as i from (select {'id': 1} as o) as q
select o as whole from raw.nums o
select map {'a': 1, 'b': 2} as m, map(['a'], [1]) as n
select map {'a': 1}['a'] as v, map_keys(map {'a': 1}) as k, map_values(map {'a': 1}) as w
select map_entries(map {1: 'x'}) as e, cardinality(map {1: 'x'}) as c, element_at(map {1: 'x'}, 1) as l
select union_value(num := 2) as u, union_tag(union_value(num := 2)) as t, union_extract(union_value(num := 2), 'num') as n
select {'a': {'b': [1, 2]}}.a.b[1] as deep
-- text
select upper(status) as u, lower(status) as l, length(status) as n, strlen(status) as b, reverse(status) as r from raw.orders
select substring(status, 1, 2) as a, substring(status from 2 for 1) as b, left(status, 1) as c, right(status, 1) as d from raw.orders
select trim('  x ') as a, trim(both 'x' from 'xax') as b, ltrim('xa', 'x') as c, rtrim('ax', 'x') as d, trim(leading from ' a') as e
select position('b' in 'abc') as a, strpos('abc', 'b') as b, instr('abc', 'c') as c, contains('abc', 'b') as d
select replace('aba', 'a', 'c') as a, translate('abc', 'ab', 'xy') as b, repeat('a', 3) as c, lpad('a', 3, 'x') as d, rpad('a', 3, 'x') as e
select split('a,b', ',') as a, string_split('a b', ' ') as b, string_split_regex('a1b', '[0-9]') as c, split_part('a-b', '-', 2) as d
select regexp_replace('abc', 'b', 'x') as a, regexp_extract('abc', 'b(c)', 1) as b, regexp_extract_all('aa', 'a') as c, regexp_full_match('abc', 'a.*') as d
select regexp_extract('2026-11', '(\d+)-(\d+)', ['y', 'm']) as parts
select format('{} {:.2f}', 'a', 1.5) as a, printf('%d %s', 1, 'a') as b, concat('a', 1, null) as c, concat_ws('-', 'a', 'b') as d
select starts_with('abc', 'a') as a, ends_with('abc', 'c') as b, prefix('abc', 'ab') as c, suffix('abc', 'c') as d, 'abc' ^@ 'a' as e
select levenshtein('a', 'b') as a, jaccard('ab', 'ac') as b, jaro_winkler_similarity('ab', 'ac') as c, hamming('ab', 'ac') as d
select md5('a') as a, sha256('a') as b, hash('a') is not null as c, base64('a'::blob) as d, hex('a') as e
select chr(65) as a, ascii('A') as b, unicode('ä') as c, ord('A') as d, nfc_normalize('ä') as e, strip_accents('ä') as f
select bar(3, 0, 10, 5) as b, format_bytes(1000) as f, parse_filename('/a/b.c') as p, url_encode('a b') as u
select 'a' collate nocase = 'A' as same, 'ä' < 'b' collate noaccent as less
select ('abc').upper() as a, ('a,b').split(',')[1] as b, (status).upper().lower() as c, status.lower() as d from raw.orders
-- dates and times
select extract(year from day) as y, extract('month' from day) as m, date_part('day', day) as d, year(day) as yy from raw.orders
select date_part(['year', 'month'], day) as p from raw.orders
select day + 1 as a, day - interval 1 month as b, day - date '2026-01-01' as c, ordered_at - ordered_at as d from raw.orders
select date_trunc('month', day) as a, time_bucket(interval '1 week', day) as b, last_day(day) as c from raw.orders
select date_diff('day', day, date '2026-12-31') as a, datediff('hour', ordered_at, ordered_at) as b, date_sub('month', day, day) as c from raw.orders
select strftime(day, '%Y-%m') as a, strptime('2026-01-02', '%Y-%m-%d') as b, try_strptime('x', '%Y') as c from raw.orders
select make_date(2026, 1, 2) as a, make_timestamp(2026, 1, 2, 3, 4, 5.6) as b, make_time(1, 2, 3.5) as c
select age(timestamp '2026-02-01', timestamp '2026-01-01') as a, dayname(day) as d, monthname(day) as m, weekofyear(day) as w from raw.orders
select epoch(ordered_at) as a, epoch_ms(ordered_at) as b, to_timestamp(0) as c, epoch_ms(1000) as d from raw.orders
select ordered_at at time zone 'Europe/Berlin' as z, timezone('UTC', ordered_at) as u from raw.orders
select to_days(3) as a, to_months(2) as b, to_hours(1) as c, interval '1 year 2 months' as d, 3 * interval 1 day as e
select date_add(day, interval 1 day) as a, isodow(day) as b, julian(day) as c, era(day) as d from raw.orders
select * from generate_series(date '2026-01-01', date '2026-01-10', interval 1 day) as g(d)
select * from range(timestamp '2026-01-01', timestamp '2026-01-02', interval 6 hours) as r(t)
select current_date as d, today() as t
-- numbers
select abs(-1) as a, ceil(1.2) as b, floor(1.8) as c, round(1.55, 1) as d, trunc(1.9) as e, sign(-2) as f
select sqrt(4.0) as a, cbrt(8.0) as b, exp(1.0) as c, ln(2.0) as d, log10(10) as e, log2(8) as f, pow(2, 3) as g
select sin(0) as a, cos(0) as b, atan2(1, 1) as c, degrees(pi()) as d, radians(180) as e
select factorial(5) as a, gcd(4, 6) as b, lcm(4, 6) as c, even(3) as d, gamma(5) as e, nextafter(1::double, 2::double) as f
select isnan('nan'::double) as a, isinf('inf'::double) as b, isfinite(1.0::double) as c
select divide(7, 2) as a, fdiv(7, 2) as b, fmod(7, 2) as c, mod(7, 2) as d, round_even(2.5, 0) as e
-- json
select payload -> 'a' as a, payload ->> 'a' as b, payload -> '$.a.b' as c from raw.events
select json_extract(payload, '$.a') as a, json_extract_string(payload, '/a/b') as b, json_value(payload, '$.x') as c from raw.events
select json_keys(payload) as k, json_type(payload) as t, json_array_length('[1, 2]') as n, json_valid('{}') as v from raw.events
select to_json({'a': 1}) as j, json_object('a', 1) as o, json_array(1, 2) as a, json('{}') as c
select json_group_array(id) as a, json_group_object(kind, id) as o from raw.events
select json_transform('{"a": 1}', '{"a": "integer"}') as t, json_structure('{"a": 1}') as s
select payload.a as a from raw.events
select payload ->> ['a', 'b'] as both_of from raw.events
select j.value, j.key from raw.events e, json_each(e.payload) as j
-- subqueries and table functions
select * from range(10) as r(i)
select i, i * i as square from range(1, 10, 3) as r(i)
select * from generate_series(1, 5)
select g.i, u.x from range(3) as g(i), unnest([g.i, g.i + 1]) as u(x)
select * from (select id, amount from raw.orders) as o(a, b) where a > 1
select array(select id from raw.orders order by id) as ids
select (select list(id) from raw.orders) as ids
select max(n) as m from (select count(*) as n from raw.orders group by status) as q
select id from raw.orders o where amount > (select avg(amount) from raw.orders i where i.status = o.status)
select id, (select count(*) from raw.events e where e.order_id = o.id) as n from raw.orders o
select * from (from raw.orders select id where id > 1) as q
from (describe raw.orders)
from (summarize raw.nums)
select column_name, column_type from (describe select id, amount from raw.orders)
select column_name, count from (summarize raw.nums)
select q.* from (values (1, 2)) as q(a, b)
select t.x from (select unnest([1, 2]) as x) as t where x > 1
select repeat_row.* from repeat_row(1, 'a', num_rows = 3) as repeat_row
select unnest([1, 2]) as a, unnest(['a', 'b', 'c']) as b
select * from unnest([1, 2]) with ordinality as u(x, i)
select count() as n from raw.orders
select id, #1 as same from raw.orders
select * from raw.orders order by #1
select (id)::text || '-' || coalesce(note, '') as label from raw.orders where status = 'ok' and (amount > 1 or note is null)
select id::int8 as a, amount::decimal(18, 4) as b from raw.orders where status in ('ok') order by id desc
select getvariable('x') is null as v
select alias(id) as a, constant_or_null(1, id) as c from raw.orders
select id as "select", status as "from" from raw.orders
select "orders"."id" from raw."orders"
select ORDERS.ID, Orders.Status from RAW.Orders
select raw.orders.id from raw.orders
select a.b.c as x from (select {'b': {'c': 1}} as a) as q
select row_number() over () as i, * from raw.nums
select sum(n) as total, from raw.nums
select id, amount, from raw.orders
select list(n) as l, from raw.nums group by b,
select id /* a comment */ from raw.orders
