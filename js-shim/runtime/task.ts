import type { EventEnvelope, OperatorTask } from "../core/types.js";
import type { Store } from "../stores/store.js";

/** A task as the operator's page shows it. */
export interface TaskView {
  task: OperatorTask;
  /** What was recorded, once it was. */
  outcome: "reached" | "not_reached" | "done" | null;
  cancelled: boolean;
}

const utf8 = new TextDecoder();

/** Looks a task up in the outbox, and what was said of it since in the journal and the outbox. */
export async function findTask(store: Store, id: string): Promise<TaskView | null> {
  const row = await store.effect(id);
  if (row?.kind !== "operator.task") return null;
  const said = { from: row.createdAt, until: Number.MAX_SAFE_INTEGER, customer: row.customer };
  let outcome: TaskView["outcome"] = null;
  for await (const { input } of store.journal({ ...said, types: ["operator.call_done"] })) {
    const { event } = JSON.parse(utf8.decode(input)) as { event: EventEnvelope };
    if (event.data["task"] === id) outcome = event.data["outcome"] as TaskView["outcome"];
  }
  return { task: JSON.parse(row.body) as OperatorTask, outcome, cancelled: await isCancelled(store, id, said) };
}

async function isCancelled(store: Store, id: string, span: { from: number; until: number; customer: string }) {
  for await (const row of store.ledger(span)) {
    if (row.kind === "operator.cancel" && (JSON.parse(row.body) as { task: string }).task === id) return true;
  }
  return false;
}
