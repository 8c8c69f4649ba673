/**
 * Comeback brings a shop's customers back.
 *
 * ```ts
 * import { createComeback } from "comeback";
 * import { sqliteStore } from "comeback/stores/sqlite";
 *
 * const comeback = await createComeback({
 *   program: "programs/service-care.yaml",
 *   store: sqliteStore({ path: "comeback.sqlite" }),
 *   shop,                              // your shop, see `comeback/shops`
 *   channels: [email],                 // see `comeback/channels/email`
 *   pages: (host) => createPages({ host, links, templates }), // see `comeback/http`
 *   operator: { email: "staff@shop.example" },
 * });
 * comeback.start();                    // wakes fire and messages leave by themselves
 * await comeback.ingest(events, "shop"); // resolves when the events are durable and stepped
 * const cart = await comeback.ask<CartView | null>("c42", { ask: "cart" });
 * await comeback.stop();               // finishes what it has begun, closes channels and store
 * ```
 *
 * With a clock of your own, `await comeback.tick()` does everything that is due at its time.
 * Every option is described at {@link ComebackOptions}.
 */
export { createComeback } from "./runtime/comeback.js";
export type { Comeback } from "./runtime/comeback.js";
export type { ComebackLimits, ComebackOptions, Status, Ticked } from "./runtime/options.js";
export { systemClock, type Clock } from "./runtime/clock.js";
export type { History, ImportTold } from "./import/index.js";
export { InputRefused, Overloaded, Stopped, isRetryable } from "./runtime/errors.js";
export type { IngestResult } from "./runtime/intake.js";
export type { Log, LogLine } from "./runtime/log.js";
export type { Performed, Performer, Performers, Webhook } from "./runtime/performers.js";
export type { Exported } from "./runtime/person.js";
export type { Audience, Preview, RunOver } from "./runtime/count.js";
export { readProgram, type ProgramSource } from "./runtime/program.js";
export type { RetentionDays } from "./runtime/retention.js";
export type { Rate } from "./runtime/rates.js";
export { StoreUnavailable, StoreUnusable } from "./stores/errors.js";
export type { OutboxRow, Store } from "./stores/store.js";
export type { Channel, Delivery, Frozen } from "./channels/channel.js";
export type { CreateOrderRequest, QuoteRequest, Shop } from "./shops/shop.js";
export type * from "./core/types.js";
