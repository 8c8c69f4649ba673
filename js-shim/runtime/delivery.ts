import type { Effect, JudgeAnswer, MessageSend } from "../core/types.js";
import type { Channel, Delivery } from "../channels/channel.js";
import type { OutboxRow, Settlement, Store } from "../stores/store.js";
import { waitBefore } from "./backoff.js";
import type { Contacts } from "./contacts.js";
import { isRetryable, reasonOf } from "./errors.js";
import type { Log } from "./log.js";
import { perform, type Performers } from "./performers.js";
import { effectReceipt, messageReceipt } from "./receipts.js";
import { letterKind } from "./release.js";
import { within } from "./within.js";
import type { Input, WorkOutcome } from "./work.js";

export interface DeliveryContext {
  store: Store;
  channels: ReadonlyMap<string, Channel>;
  performers: Performers;
  contacts: Contacts;
  /** May this released message still go? Asked of the core before every attempt. */
  judge(customer: string, effect: string): Promise<JudgeAnswer>;
  /** Marks a row `sending`, durably; false when another worker holds it now. */
  begin(row: OutboxRow): Promise<boolean>;
  /** Stores a settlement with the step of its receipt; insists until the store takes it. */
  settle(customer: string, settled: Settlement, receipt: Input | null): Promise<WorkOutcome>;
  now(): number;
  log: Log;
}

/** Above any provider's own time limits, so that this one only ends what hangs for good. */
const attemptMs = 300_000;
const retrying = { firstMs: 30_000, maxMs: 30 * 60_000 };
/** Tries of an effect that is not a message; with the back-off above, about ten hours. */
const effectTriesMax = 24;
/** A hold without a sensible end is asked again after this long. */
const holdMs = 60_000;

/** One attempt at one leased row. Resolves when the outcome is durable; throws only if the store does. */
export async function deliver(row: OutboxRow, context: DeliveryContext): Promise<void> {
  try {
    await attemptOne(row, context);
  } catch (error) {
    if (isRetryable(error)) throw error;
    // A defect about this row, such as a trap when its customer is judged: others go on.
    const nextAt = context.now() + waitBefore(row.attempts, row.effect, retrying);
    await postpone(row, { nextAt, attempts: row.attempts + 1, reason: reasonOf(error) }, context);
  }
}

async function attemptOne(row: OutboxRow, context: DeliveryContext): Promise<void> {
  const effect = JSON.parse(row.body) as Effect;
  if (effect.kind !== "message.send") await deliverEffect(row, effect, context);
  else if (row.kind === letterKind) await send(row, effect, context);
  else await deliverMessage(row, effect, context);
}

/**
 * What a crashed worker left behind. Nobody knows whether a message in `sending` arrived, so it is
 * `uncertain` and never sent again silently; anything else goes again under the same key.
 */
export async function recover(row: OutboxRow, context: DeliveryContext): Promise<void> {
  const isMessage = row.kind === "message.send" || row.kind === letterKind;
  if (row.state === "sending" && isMessage) {
    await settleMessage(row, { outcome: "uncertain", reason: "the host stopped while it was being sent" }, context);
  } else {
    await postpone(row, { nextAt: context.now(), attempts: row.attempts, reason: row.reason }, context);
  }
}

async function deliverMessage(row: OutboxRow, effect: MessageSend, context: DeliveryContext): Promise<void> {
  const now = context.now();
  if (now > effect.not_after) return settleMessage(row, { outcome: "dropped", reason: "too_late" }, context);
  const answer = await context.judge(row.customer, effect.id);
  if (answer.verdict === "drop") {
    return settleMessage(row, { outcome: "dropped", reason: answer.reason ?? "dropped" }, context);
  }
  if (answer.verdict === "hold") {
    const until = answer.until !== null && answer.until > now ? answer.until : now + holdMs;
    return postpone(row, { nextAt: until, attempts: row.attempts, reason: answer.reason }, context);
  }
  if (await context.contacts.suppressed(effect.channel, effect.to)) {
    return settleMessage(row, { outcome: "dropped", reason: "suppressed" }, context);
  }
  return send(row, effect, context);
}

async function send(row: OutboxRow, effect: MessageSend, context: DeliveryContext): Promise<void> {
  const channel = context.channels.get(row.lane);
  if (!channel || !row.payload) {
    return settleMessage(row, { outcome: "failed", reason: `channel \`${row.lane}\` is not configured` }, context);
  }
  // Durable before the provider hears of it: after a crash this is all that tells.
  if (!(await context.begin(row))) return;
  try {
    await handOver(channel, row, effect, context);
  } catch (error) {
    if (isRetryable(error)) throw error;
    // The outside may have been told, so it is never put off and sent again: left in `sending`, its lease runs out
    // and it becomes uncertain.
    context.log({ level: "error", message: "what came of a message was not stored", effect: row.effect, reason: reasonOf(error) }); // prettier-ignore
  }
}

async function handOver(
  channel: Channel,
  row: OutboxRow,
  effect: MessageSend,
  context: DeliveryContext,
): Promise<void> {
  const delivery = await attempt(channel, row);
  if (delivery.outcome === "retry") return tryLater(row, effect, delivery, context);
  if (delivery.outcome === "failed" && delivery.suppress) {
    await context.contacts.suppress(effect.channel, effect.to, delivery.reason, context.now());
  }
  return settleMessage(row, delivery, context);
}

/** A channel that throws, or never answers, has told us nothing about where it got to. */
async function attempt(channel: Channel, row: OutboxRow): Promise<Delivery> {
  try {
    return await within(attemptMs, channel.deliver({ channel: channel.name, payload: row.payload! }, row.effect));
  } catch (error) {
    return { outcome: "uncertain", reason: reasonOf(error) };
  }
}

async function tryLater(
  row: OutboxRow,
  effect: MessageSend,
  { reason, after_ms = 0 }: Extract<Delivery, { outcome: "retry" }>,
  context: DeliveryContext,
): Promise<void> {
  const wait = Math.max(after_ms, waitBefore(row.attempts, row.effect, retrying));
  const nextAt = context.now() + wait;
  if (nextAt > effect.not_after) {
    return settleMessage(row, { outcome: "dropped", reason: `too_late: ${reason}` }, context);
  }
  return postpone(row, { nextAt, attempts: row.attempts + 1, reason }, context);
}

type MessageEnd = Exclude<Delivery, { outcome: "retry" }> | { outcome: "failed" | "dropped"; reason: string };

async function settleMessage(row: OutboxRow, end: MessageEnd, context: DeliveryContext): Promise<void> {
  const reason = "reason" in end ? end.reason : null;
  const detail = { ...(reason !== null ? { reason } : {}), ...("suppress" in end ? { suppress: end.suppress } : {}) };
  const receipt = row.kind === letterKind ? null : messageReceipt(about(row, context), end.outcome, detail);
  await settle(row, end.outcome, reason, receipt, context);
}

async function deliverEffect(row: OutboxRow, effect: Effect, context: DeliveryContext): Promise<void> {
  const performed = await perform(effect, context.performers);
  if (performed.outcome === "done") {
    const receipt = effectReceipt(about(row, context), { kind: effect.kind, result: performed.result });
    return settle(row, "sent", null, receipt, context);
  }
  const { reason } = performed;
  if (performed.outcome === "retry" && row.attempts + 1 < effectTriesMax) {
    const wait = performed.afterMs ?? waitBefore(row.attempts, row.effect, retrying);
    return postpone(row, { nextAt: context.now() + wait, attempts: row.attempts + 1, reason }, context);
  }
  const receipt = effectReceipt(about(row, context), { kind: effect.kind, error: reason, permanent: true });
  return settle(row, "failed", reason, receipt, context);
}

function about(row: OutboxRow, { now }: DeliveryContext) {
  const { store } = JSON.parse(row.body) as Effect;
  return { effect: row.effect, customer: row.customer, store, now: now() };
}

async function settle(
  row: OutboxRow,
  state: Settlement["state"],
  reason: string | null,
  receipt: Input | null,
  context: DeliveryContext,
): Promise<void> {
  const { effect, token, kind, lane, attempts } = row;
  const settled = { effect, token, state, reason, at: context.now() };
  const { outcome } = await context.settle(row.customer, settled, receipt);
  const level = state === "sent" ? "debug" : "info";
  context.log({ level, message: "effect settled", effect, kind, lane, state, reason, attempts, stored: outcome });
}

async function postpone(
  { effect, token, kind, lane }: OutboxRow,
  later: { nextAt: number; attempts: number; reason: string | null },
  { store, log }: DeliveryContext,
): Promise<void> {
  await store.postpone([{ effect, token, ...later }]);
  log({ level: "info", message: "effect put off", effect, kind, lane, ...later });
}
