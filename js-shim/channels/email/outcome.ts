import type { Delivery } from "../channel.js";
import { redactText } from "../redacted.js";

/**
 * What a failed SMTP conversation means. The question is always the same: may the letter have been taken? Up to the
 * first byte of it surely not; after that only the server's answer tells.
 */
export interface SmtpFailure {
  stage: SmtpStage;
  /** The server's three digits, when it answered. */
  status: number | null;
  /** The server's words, with the digits. */
  response: string;
  /** nodemailer's code such as `ETIMEDOUT`. */
  code: string;
}

/** How far the conversation got. */
export type SmtpStage = "connect" | "login" | "sender" | "recipient" | "data" | "sent";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** First waits; the runtime lengthens them with each attempt. */
export const RETRY_AFTER_MS = {
  /** Nobody answers, or the line broke before the letter. */
  unreachable: MINUTE,
  /** `4xx`: often greylisting, which wants five minutes. */
  busy: 5 * MINUTE,
  /** Our own set-up is at fault: a person has to repair it. */
  setup: 15 * MINUTE,
  /** The recipient's mailbox is full. */
  full: 60 * MINUTE,
} as const;

export function mapFailure(failure: SmtpFailure): Delivery {
  const reason = describe(failure);
  if (failure.status === null || failure.status < 400) {
    return failure.stage === "data" ? { outcome: "uncertain", reason } : retry(reason, RETRY_AFTER_MS.unreachable);
  }
  if (failure.status < 500) return retry(reason, failure.status === 452 ? RETRY_AFTER_MS.full : RETRY_AFTER_MS.busy);
  switch (failure.stage) {
    case "connect":
    case "login":
      return retry(reason, RETRY_AFTER_MS.setup);
    case "sender":
      // A letter that is too large stays so; a refused sender is our set-up, and other letters wait for it as well.
      return isTooLarge(failure) ? { outcome: "failed", reason, suppress: false } : retry(reason, RETRY_AFTER_MS.setup);
    case "recipient":
      return { outcome: "failed", reason, suppress: isBadAddress(failure) };
    case "data":
    case "sent":
      // The content was refused (policy, spam, DMARC); the address may be fine.
      return { outcome: "failed", reason, suppress: false };
  }
}

function retry(reason: string, after_ms: number): Delivery {
  return { outcome: "retry", reason, after_ms };
}

/** RFC 3463: bad mailbox, bad system, moved, null MX, disabled. */
const BAD_ADDRESS_CODES = new Set(["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"]);
const BAD_ADDRESS_WORDS =
  /(user|mailbox|recipient|address|account)[^.]{0,40}(unknown|not (be )?found|does ?n[o']t exist|not exist|disabled|invalid|unavailable)|no such (user|mailbox|recipient|address)|unknown (user|mailbox|recipient|address)|no mailbox/i;
const POLICY_WORDS = /spam|policy|blocked|block ?list|blacklist|reputation|denied|relay|rejected due|quota|full|rate/i;

/** Only evidence about the address itself counts: suppressing a good customer for a policy answer loses them. */
function isBadAddress(failure: SmtpFailure): boolean {
  const enhanced = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(failure.response)?.[0];
  if (enhanced !== undefined) return BAD_ADDRESS_CODES.has(enhanced);
  if (POLICY_WORDS.test(failure.response)) return false;
  return BAD_ADDRESS_WORDS.test(failure.response) || failure.status === 553;
}

function isTooLarge(failure: SmtpFailure): boolean {
  return failure.status === 552 || /\b5\.3\.4\b/.test(failure.response) || failure.code === "EMESSAGE";
}

function describe(failure: SmtpFailure): string {
  if (failure.status !== null) return `smtp ${failure.stage}: ${redactText(failure.response)}`;
  return failure.stage === "data"
    ? `smtp data: the connection ended before the server answered (${failure.code})`
    : `smtp ${failure.stage}: ${failure.code}`;
}
