import type { Effect, MessageSend, OperatorTask } from "../core/types.js";
import type { Channel, Frozen } from "../channels/channel.js";
import { operatorLetter } from "../channels/operator-letter.js";
import type { NewOutboxRow } from "../stores/store.js";
import { reasonOf } from "./errors.js";
import { messageReceipt } from "./receipts.js";
import type { Input } from "./work.js";

/** The lane of everything that is not a message. */
export const effectsLane = "effects";

/** An effect on its way: its rows, and the receipt when it ended before it began. */
export interface Released {
  rows: NewOutboxRow[];
  receipt: Input | null;
}

export interface ReleaseOptions {
  channels: readonly Channel[];
  /** Where staff get their letters; without it tasks go to the shop only. */
  operator: OperatorLetters | null;
}

export interface OperatorLetters {
  email: string;
  locale: string;
}

/** Turns decided effects into outbox rows. Messages are rendered here, once, and frozen. */
export function releaser({ channels, operator }: ReleaseOptions) {
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  return async (effect: Effect, now: number): Promise<Released> => {
    if (effect.kind === "message.send") return message(effect, byName.get(effect.channel), now);
    const rows = [row(effect, effectsLane, now)];
    const email = byName.get("email");
    if (effect.kind === "operator.task" && operator && email) rows.push(await letter(effect, operator, email, now));
    return { rows, receipt: null };
  };
}

async function message(effect: MessageSend, channel: Channel | undefined, now: number): Promise<Released> {
  const rendered = await render(effect, channel);
  const whole = { ...row(effect, effect.channel, now), notAfter: effect.not_after };
  if ("reason" in rendered) return failed(effect, whole, rendered.reason, now);
  return { rows: [{ ...whole, payload: rendered.payload }], receipt: null };
}

async function render(effect: MessageSend, channel: Channel | undefined): Promise<Frozen | { reason: string }> {
  if (!channel) return { reason: `channel \`${effect.channel}\` is not configured` };
  try {
    return await channel.render(effect);
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** A message that can't be rendered is a receipt like any other: the journey goes on without it. */
function failed(effect: MessageSend, whole: NewOutboxRow, reason: string, now: number): Released {
  const { id, customer, store } = effect;
  const receipt = messageReceipt({ effect: id, customer, store, now }, "failed", { reason, suppress: false });
  return { rows: [{ ...whole, state: "failed", reason }], receipt };
}

/** The kind of a row that carries a letter of the host's own. The core does not know of it. */
export const letterKind = "letter";

/** The task's letter to the staff: frozen and sent like a message, under a key of its own. */
async function letter(task: OperatorTask, to: OperatorLetters, email: Channel, now: number): Promise<NewOutboxRow> {
  const message = operatorLetter(task, { to: to.email, locale: to.locale });
  return letterRow(`${task.id}.letter`, { ...message, customer: task.customer }, email, now);
}

/** Renders a letter of the host's own into a row; one that can't be rendered is kept with the reason. */
export async function letterRow(
  key: string,
  message: MessageSend,
  channel: Channel | undefined,
  now: number,
): Promise<NewOutboxRow> {
  const whole = { ...row(message, message.channel, now), effect: key, kind: letterKind };
  const rendered = await render(message, channel);
  return "reason" in rendered
    ? { ...whole, state: "failed", reason: rendered.reason }
    : { ...whole, payload: rendered.payload };
}

function row(effect: Effect, lane: string, now: number): NewOutboxRow {
  return {
    effect: effect.id,
    customer: effect.customer,
    kind: effect.kind,
    lane,
    state: "pending",
    attempts: 0,
    nextAt: now,
    notAfter: null,
    body: JSON.stringify(effect),
    payload: null,
    reason: null,
    createdAt: now,
  };
}
