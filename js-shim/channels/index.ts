/** Ways to reach a person, by role and then by provider. */
export type { Channel, Delivery, Frozen } from "./channel.js";
export * from "./email.js";
export { Redacted } from "./redacted.js";
export * from "./http-provider.js";
