import type {
  Claim,
  LeaseRequest,
  NewOutboxRow,
  OutboxRow,
  Postponement,
  Settlement,
  TakeOverRequest,
} from "../store.js";

interface Kept extends OutboxRow {
  leaseUntil: number;
}

/** The outbox of the memory store: a map in order of creation. */
export function memoryOutbox() {
  const rows = new Map<string, Kept>();

  const held = ({ effect, token }: Claim): Kept | null => {
    const row = rows.get(effect);
    return row && row.token === token && isTaken(row) ? row : null;
  };
  const pending = (lane: string): Kept[] =>
    [...rows.values()]
      .filter((row) => row.lane === lane && row.state === "pending")
      .sort((a, b) => a.nextAt - b.nextAt);
  const taken = (): Kept[] => [...rows.values()].filter(isTaken).sort((a, b) => a.leaseUntil - b.leaseUntil);
  const take = (row: Kept, until: number): OutboxRow => {
    row.token += 1;
    row.leaseUntil = until;
    const before = toRow(row);
    // A row in `sending` stays so: whoever takes it over may die too before it says that nobody knows.
    if (row.state !== "sending") row.state = "leased";
    return before;
  };

  return {
    add(row: NewOutboxRow): void {
      if (rows.has(row.effect)) return;
      const settledAt = row.state === "pending" ? null : row.createdAt;
      rows.set(row.effect, { ...row, token: 0, settledAt, leaseUntil: 0 });
    },
    holds: (claim: Claim): boolean => held(claim) !== null,
    settle({ effect, state, reason, at }: Settlement): void {
      const row = rows.get(effect)!;
      Object.assign(row, { state, reason, settledAt: at, payload: state === "uncertain" ? row.payload : null });
    },
    lease: ({ lane, now, until, limit }: LeaseRequest): OutboxRow[] =>
      pending(lane)
        .filter(({ nextAt }) => nextAt <= now)
        .slice(0, limit)
        .map((row) => take(row, until)),
    takeOver: ({ now, until, limit, except }: TakeOverRequest): OutboxRow[] =>
      taken()
        .filter(({ leaseUntil, effect }) => leaseUntil <= now && !except.has(effect))
        .slice(0, limit)
        .map((row) => take(row, until)),
    begin(claim: Claim, until: number): boolean {
      const row = held(claim);
      if (row) Object.assign(row, { state: "sending", leaseUntil: until });
      return row !== null;
    },
    postpone({ nextAt, attempts, reason, ...claim }: Postponement): void {
      const row = held(claim);
      if (row) Object.assign(row, { state: "pending", nextAt, attempts, reason });
    },
    nextDelivery: (lane: string): number | null => pending(lane)[0]?.nextAt ?? null,
    nextLeaseEnd: (): number | null => taken()[0]?.leaseUntil ?? null,
    all: (): OutboxRow[] => [...rows.values()].map(toRow),
    prune(before: number): number {
      const old = [...rows.values()].filter(({ settledAt }) => settledAt !== null && settledAt < before);
      for (const { effect } of old) rows.delete(effect);
      return old.length;
    },
    erase(customer: string): number {
      const own = [...rows.values()].filter((row) => row.customer === customer);
      for (const { effect } of own) rows.delete(effect);
      return own.length;
    },
  };
}

function isTaken({ state }: OutboxRow): boolean {
  return state === "leased" || state === "sending";
}

function toRow({ leaseUntil: _, ...row }: Kept): OutboxRow {
  return { ...row };
}
