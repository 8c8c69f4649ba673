/** Stand-ins for trying Comeback out: a clock to move, a shop and a channel that remember. */
export { virtualClock, type VirtualClock } from "./clock.js";
export { fakeShop, type FakeShop } from "./shop.js";
export { fakeChannel, type FakeChannel } from "./channel.js";
export { storeConformance, type StoreUnderTest } from "../stores/conformance.js";
