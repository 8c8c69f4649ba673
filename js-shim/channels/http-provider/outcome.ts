import type { Delivery } from "../channel.js";
import { redactText } from "../redacted.js";

/** What a provider answered. */
export interface ProviderAnswer {
  status: number;
  /** At most the first 4 KB. */
  body: string;
  retry_after: string | null;
}

const MINUTE = 60_000;
const SETUP_MS = 15 * MINUTE;

/** `idempotent` providers drop a repeated key, so trying again is safe where it would otherwise be a guess. */
export function mapAnswer(answer: ProviderAnswer, idempotent: boolean): Delivery {
  const { status } = answer;
  const reason = `http ${status}: ${redactText(answer.body)}`;
  if (status >= 200 && status < 300) return { outcome: "sent" };
  if (status === 401 || status === 403) return { outcome: "retry", reason, after_ms: SETUP_MS };
  if (status === 408 || status === 425 || status === 429 || status === 503) {
    return { outcome: "retry", reason, after_ms: waitOf(answer.retry_after) };
  }
  if (status >= 500)
    return idempotent ? { outcome: "retry", reason, after_ms: MINUTE } : { outcome: "uncertain", reason };
  // Redirects are not followed: a message must not go where nobody configured it to.
  return { outcome: "failed", reason, suppress: false };
}

/** Codes of errors after which nothing can have been sent. */
const NEVER_REACHED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export function mapNetworkError(error: unknown, idempotent: boolean): Delivery {
  const code = (error as { cause?: { code?: string } }).cause?.code ?? (error as { name?: string }).name ?? "ERROR";
  const reason = `http: ${code}`;
  if (NEVER_REACHED.has(code) || idempotent) return { outcome: "retry", reason, after_ms: MINUTE };
  return { outcome: "uncertain", reason };
}

/** `Retry-After` in seconds, within an hour; a date is not worth a parser and becomes a minute. */
function waitOf(header: string | null): number {
  const seconds = Number(header ?? NaN);
  return seconds >= 0 ? Math.min(60 * MINUTE, Math.max(1_000, seconds * 1_000)) : MINUTE;
}
