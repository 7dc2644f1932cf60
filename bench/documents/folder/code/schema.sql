-- Orders of the web shop. Amounts are in cents.
create table orders (
  id integer primary key,
  customer_email text not null,
  amount_cents integer not null check (amount_cents > 0),
  placed_at text not null default current_timestamp
);

-- Carts older than 21 days are removed by the job sweep_carts.
create table carts (id integer primary key, session_token text unique, touched_at text);

create index orders_by_customer on orders (customer_email);
