-- One round of changes; every statement is a transaction of its own. Round is from 1 to rounds.
insert into flights
  select * from arrived where id > 1000 and id % :rounds = :round - 1;
update flights set delay = delay + 5 where origin = 'ORD';
update flights set delay = null where delay < 0 and id % :rounds = :round - 1;
-- A row that gets another key: to the copy, one row goes and one comes.
update flights set id = id + 10000 where id <= 3 * :round;
delete from flights where distance > 2000 and id % :rounds = :round - 1;
