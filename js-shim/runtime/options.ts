import type { Channel } from "../channels/channel.js";
import type { Core } from "../core/core.js";
import type { Shop } from "../shops/shop.js";
import type { Store } from "../stores/store.js";
import type { Clock } from "./clock.js";
import type { Comeback } from "./comeback.js";
import type { IntakeLimits } from "./intake.js";
import type { Log } from "./log.js";
import type { Performers, Webhook } from "./performers.js";
import type { ProgramSource } from "./program.js";
import type { Rate } from "./rates.js";
import type { RetentionDays } from "./retention.js";

export interface ComebackOptions {
  /** What the merchant wrote: YAML text, the path of a file, or its tree. */
  program: ProgramSource;
  /** Closed by `stop`. */
  store: Store;
  shop: Shop;
  /** Ways to reach people; a message for a channel that is not here fails with that reason. */
  channels?: readonly Channel[];
  /** Default: the machine's. */
  clock?: Clock;
  /** Learned from all orders: the bytes, or the path of the file `comeback model build` wrote. */
  model?: Uint8Array | string;
  log?: Log;
  /** How fast each channel may be used, by its name. Default: one message at a time, no rate. */
  rates?: Readonly<Record<string, Rate>>;
  limits?: Partial<ComebackLimits>;
  /** How long what happened is kept, in days. */
  retention?: Partial<RetentionDays>;
  /** Where staff get a letter for each task. Without it tasks go to the shop only. */
  operator?: { email: string; locale?: string };
  /** Addresses that the program's `webhook.call` steps may call, by name. No other is called. */
  webhooks?: Readonly<Record<string, Webhook>>;
  /** Replaces who performs a kind of effect. */
  performers?: Partial<Performers>;
  /** Makes the hashes of suppressed contacts; see `contacts`. Never change it. */
  suppressionKey?: string;
  /** Makes the handler behind `fetch`; `createPages` of `comeback/http` is one. */
  pages?: (comeback: Comeback) => (request: Request) => Promise<Response>;
  /** Default: loaded from this package. Two engines may share one. */
  core?: Core;
}

export interface ComebackLimits extends IntakeLimits {
  /** Events waiting to be stepped; more are refused with `Overloaded`. Default 10,000. */
  waitingMax: number;
  /** How long a worker may hold a row of the outbox without a sign of life. Default 6 minutes, above the longest attempt. */
  leaseMs: number;
  /** How often the shop is asked for all its products. Default an hour. */
  catalogueRefreshMs: number;
}

export interface Ticked {
  wakes: number;
  deliveries: number;
  /** When something is due next, as far as is known now. */
  nextAt: number | null;
}

export interface Status {
  core: string;
  environment: string;
  /** Events taken and not yet stored. */
  waiting: number;
  /** Customers whose step failed, at most 1000 are counted. */
  parked: number;
  nextAt: number | null;
  lanes: { name: string; nextAt: number | null; delivering: number }[];
}

export const limitsDefault: ComebackLimits = {
  eventBytesMax: 256 * 1024,
  eventsMax: 1000,
  waitingMax: 10_000,
  leaseMs: 6 * 60_000,
  catalogueRefreshMs: 3_600_000,
};
