-- What arrives: a line of examples/data/flights.jsonl each.
create table line (number serial, flight jsonb);

create view arrived as
  select number as id, (flight->>'date')::timestamp as date, flight->>'origin' as origin,
    flight->>'destination' as destination, (flight->>'distance')::int as distance,
    (flight->>'delay')::int as delay
  from line;

-- The table that is copied.
create table flights (
  id int primary key,
  date timestamp not null,
  origin text not null,
  destination text not null,
  distance int not null,
  delay int
);
