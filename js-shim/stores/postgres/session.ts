import { StoreUnavailable } from "../errors.js";

/** The part of `pg.Pool` that is used; pass one in, so that only those who want Postgres install a driver. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  end(): Promise<void>;
}

export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
  release(broken?: boolean): void;
}

export type Query = <Row>(text: string, values?: unknown[]) => Promise<Row[]>;

/** Losing to another worker: two made the same customer, or brought the same event. Reading again settles it. */
const lostRaces = new Set(["23505", "40001", "40P01"]);
const racesMax = 5;
/** Classes of SQLSTATE that pass: connection, resources, operator's intervention, system. */
const passing = /^(08|53|57|58)/;

export interface Session {
  read<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** All of it or none; run again from the start when it loses a race. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

export function session(pool: PostgresPool): Session {
  const withClient = async <T>(work: (client: PostgresClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((cause: unknown) => Promise.reject(named(cause)));
    let broken = false;
    try {
      return await work(client);
    } catch (cause) {
      const error = named(cause);
      broken = error instanceof StoreUnavailable;
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const once = <T>(work: (query: Query) => Promise<T>): Promise<T> =>
    withClient(async (client) => {
      await client.query("BEGIN");
      try {
        const result = await work(queryOf(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {});
        throw error;
      }
    });

  return {
    read: (work) => withClient((client) => work(queryOf(client))),
    async transaction(work) {
      for (let tries = 1; ; tries++) {
        try {
          return await once(work);
        } catch (error) {
          if (!lostRaces.has(codeOf(error)) || tries === racesMax) throw error;
        }
      }
    },
  };
}

function queryOf(client: PostgresClient): Query {
  return async <Row>(text: string, values?: unknown[]) => (await client.query(text, values)).rows as Row[];
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** Gives failures that pass the name the runtime knows: no connection, no space, a server going down. */
function named(cause: unknown): unknown {
  const code = codeOf(cause);
  const isNetwork = /^E[A-Z]+$/.test(code) || /connection|timeout/i.test((cause as Error).message ?? "");
  if (cause instanceof StoreUnavailable || !(isNetwork || passing.test(code))) return cause;
  return new StoreUnavailable(`postgres is not available (${code || (cause as Error).message})`, { cause });
}
