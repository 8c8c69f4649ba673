import type {
  Batch,
  CustomerCommit,
  DeferredInput,
  ImportProgress,
  NewOutboxRow,
  Outcome,
  Settlement,
} from "../store.js";
import { deferred, known, nameOf } from "./customers.js";
import { holdsAll, insertRows, settleRows } from "./outbox.js";
import type { Query } from "./session.js";

interface Head {
  id: number;
  customer: string;
  seq: number;
}

/** Writes a batch inside a transaction. Each part is checked whole before any of it is written. */
export async function commit(query: Query, { customers, progress }: Batch): Promise<Outcome[]> {
  const heads = await lock(query, customers);
  const outcomes = await judge(query, customers, heads);
  const stored = customers.filter((_, at) => outcomes[at] === "stored");
  await write(query, stored, heads);
  if (progress && stored.length === customers.length) await writeProgress(query, progress);
  return outcomes;
}

/** In order of id, so that two batches can't wait for each other. */
async function lock(query: Query, customers: readonly CustomerCommit[]): Promise<Map<string, Head>> {
  const rows = await query<Head>(
    `SELECT id::float8, customer, seq::float8 FROM comeback_customers WHERE customer = ANY($1) ORDER BY id FOR UPDATE`,
    [customers.map(({ customer }) => customer)],
  );
  return new Map(rows.map((row) => [row.customer, row]));
}

async function judge(query: Query, commits: readonly CustomerCommit[], heads: Map<string, Head>): Promise<Outcome[]> {
  const seen = await known(query, commits.flatMap(eventsOf));
  const outcomes: Outcome[] = [];
  for (const one of commits) {
    const outcome = await judgeOne(query, one, heads.get(one.customer), seen);
    // Also within the batch an event belongs to the first that brings it.
    if (outcome === "stored") for (const event of eventsOf(one)) seen.add(nameOf(event));
    outcomes.push(outcome);
  }
  return outcomes;
}

async function judgeOne(
  query: Query,
  one: CustomerCommit,
  head: Head | undefined,
  seen: ReadonlySet<string>,
): Promise<Outcome> {
  if ((head?.seq ?? 0) !== one.seq) return "conflict";
  const own = one.undefer > 0 ? await ownDeferred(query, one) : new Set<string>();
  const names = eventsOf(one).map(nameOf);
  if (names.some((name) => seen.has(name) && !own.has(name))) return "conflict";
  return (await holdsAll(query, one.settled)) ? "stored" : "fenced";
}

async function ownDeferred(query: Query, { customer, undefer }: CustomerCommit): Promise<Set<string>> {
  const inputs = await deferred(query, customer, undefer);
  return new Set(inputs.flatMap(({ event }) => (event ? [nameOf(event)] : [])));
}

function eventsOf({ entries, defer }: CustomerCommit) {
  return [...entries, ...defer].flatMap(({ event }) => (event ? [event] : []));
}

/** One statement a table for the whole batch: round trips cost more than rows. */
async function write(query: Query, commits: readonly CustomerCommit[], heads: Map<string, Head>): Promise<void> {
  if (commits.length === 0) return;
  const ids = await stamp(query, commits, heads);
  const id = ({ customer }: { customer: string }): number => ids.get(customer)!;
  await putSections(query, "comeback_hot", commits, id, ({ hot }) => hot);
  await putSections(query, "comeback_purchases", commits, id, ({ purchases }) => purchases);
  await undefer(query, commits, id);
  await defer(query, commits.flatMap((one) => one.defer.map((input) => ({ id: id(one), input })))); // prettier-ignore
  await setParked(query, commits, id);
  await record(query, commits, id);
  const rows: { id: number; row: NewOutboxRow }[] = commits.flatMap((one) =>
    one.outbox.map((row) => ({ id: id(one), row })),
  );
  await insertRows(query, rows);
  const settled: Settlement[] = commits.flatMap((one) => one.settled);
  await settleRows(query, settled);
}

async function stamp(
  query: Query,
  commits: readonly CustomerCommit[],
  heads: Map<string, Head>,
): Promise<Map<string, number>> {
  const fresh = commits.filter(({ customer }) => !heads.has(customer));
  const old = commits.filter(({ customer }) => heads.has(customer));
  const inserted = await query<{ id: number; customer: string }>(
    `INSERT INTO comeback_customers (customer, seq, wake_at)
     SELECT customer, 1, wake_at FROM unnest($1::text[], $2::bigint[]) AS n (customer, wake_at)
     RETURNING id::float8, customer`,
    [fresh.map(({ customer }) => customer), fresh.map(({ wakeAt }) => wakeAt)],
  );
  await query(
    `UPDATE comeback_customers c SET seq = c.seq + 1, wake_at = n.wake_at
     FROM unnest($1::bigint[], $2::bigint[]) AS n (id, wake_at) WHERE c.id = n.id`,
    [old.map(({ customer }) => heads.get(customer)!.id), old.map(({ wakeAt }) => wakeAt)],
  );
  const ids = new Map(inserted.map(({ id, customer }) => [customer, id]));
  for (const { customer } of old) ids.set(customer, heads.get(customer)!.id);
  return ids;
}

type IdOf = (one: { customer: string }) => number;

async function putSections(
  query: Query,
  table: "comeback_hot" | "comeback_purchases",
  commits: readonly CustomerCommit[],
  id: IdOf,
  section: (one: CustomerCommit) => Uint8Array | null,
): Promise<void> {
  const changed = commits.filter((one) => section(one) !== null);
  if (changed.length === 0) return;
  await query(
    `INSERT INTO ${table} (id, bytes) SELECT * FROM unnest($1::bigint[], $2::bytea[])
     ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes`,
    [changed.map(id), changed.map((one) => Buffer.from(section(one)!))],
  );
}

async function undefer(query: Query, commits: readonly CustomerCommit[], id: IdOf): Promise<void> {
  for (const one of commits) {
    if (one.undefer === 0) continue;
    await query(
      `DELETE FROM comeback_deferred
       WHERE n IN (SELECT n FROM comeback_deferred WHERE id = $1 ORDER BY n LIMIT $2)`,
      [id(one), one.undefer],
    );
  }
}

async function defer(query: Query, inputs: readonly { id: number; input: DeferredInput }[]): Promise<void> {
  for (const { id, input } of inputs) {
    await query("INSERT INTO comeback_deferred (id, source, event_id, type, input) VALUES ($1, $2, $3, $4, $5)", [
      id,
      input.event?.source ?? null,
      input.event?.id ?? null,
      input.type,
      Buffer.from(input.input),
    ]);
  }
}

async function setParked(query: Query, commits: readonly CustomerCommit[], id: IdOf): Promise<void> {
  await query("DELETE FROM comeback_parked WHERE id = ANY($1::bigint[])", [commits.map(id)]);
  for (const one of commits) {
    if (!one.parked) continue;
    const { reason, since, tries } = one.parked;
    await query("INSERT INTO comeback_parked VALUES ($1, $2, $3, $4)", [id(one), reason, since, tries]);
  }
}

async function record(query: Query, commits: readonly CustomerCommit[], id: IdOf): Promise<void> {
  const entries = commits.flatMap((one) => one.entries.map((entry) => ({ id: id(one), seq: one.seq + 1, ...entry })));
  if (entries.length === 0) return;
  await query(
    `INSERT INTO comeback_journal (id, seq, now, environment, type, source, event_id, input)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[])`,
    [
      entries.map((entry) => entry.id),
      entries.map(({ seq }) => seq),
      entries.map(({ now }) => now),
      entries.map(({ environment }) => environment),
      entries.map(({ type }) => type),
      entries.map(({ event }) => event?.source ?? null),
      entries.map(({ event }) => event?.id ?? null),
      entries.map(({ input }) => Buffer.from(input)),
    ],
  );
}

async function writeProgress(query: Query, { id, offset, rows, refused, done }: ImportProgress): Promise<void> {
  await query(
    `INSERT INTO comeback_imports VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET
       byte_offset = excluded.byte_offset, rows = excluded.rows, refused = excluded.refused, done = excluded.done`,
    [id, offset, rows, refused, done],
  );
}
