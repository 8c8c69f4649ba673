import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { MessageSend } from "../core/types.js";
import type { Channel } from "./channel.js";

export interface ChannelUnderTest {
  channel: Channel;
  /** A message that this channel can send, to a good contact. */
  message: MessageSend;
  /** How many messages the far side has taken. */
  taken(): number;
  /** What the far side does from now on: works, is not there, or takes a message and dies before answering. */
  behave(how: "well" | "gone" | "dies"): Promise<void>;
  dispose(): Promise<void>;
}

/** Every promise of `Channel`, as tests. Run it on your own channel: `channelConformance("mine", open)`. */
export function channelConformance(name: string, open: () => Promise<ChannelUnderTest>): void {
  describe(`channel ${name}`, () => {
    let under: ChannelUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.dispose());

    const render = (over: Partial<MessageSend> = {}) => under.channel.render({ ...under.message, ...over });

    it("sends what it rendered, once for each delivery", async () => {
      const delivery = await under.channel.deliver(await render(), under.message.id);
      assert.equal(delivery.outcome, "sent", JSON.stringify(delivery));
      assert.equal(under.taken(), 1);
    });

    it("renders the same message to the same bytes", async () => {
      assert.deepEqual([...(await render()).payload], [...(await render()).payload]);
    });

    it("delivers from stored bytes as from its own", async () => {
      const { payload } = await render();
      const stored = { channel: under.channel.name, payload: Uint8Array.from(payload) };
      assert.equal((await under.channel.deliver(stored, under.message.id)).outcome, "sent");
    });

    it("throws an error with template and remedy for a template that is not there", async () => {
      await assert.rejects(
        render({ template: "nobody-wrote-this" }),
        /nobody-wrote-this.*there is no such template; known are/,
      );
    });

    it("is asked to try again when the far side is not there, and works when it is back", async () => {
      const frozen = await render();
      await under.behave("gone");
      const down = await under.channel.deliver(frozen, under.message.id);
      assert.equal(down.outcome, "retry", JSON.stringify(down));
      assert.equal(under.taken(), 0);
      await under.behave("well");
      assert.equal((await under.channel.deliver(frozen, under.message.id)).outcome, "sent");
    });

    it("does not call a message unsent that may have arrived", async () => {
      await under.behave("dies");
      const delivery = await under.channel.deliver(await render(), under.message.id);
      assert.equal(delivery.outcome, "uncertain", JSON.stringify(delivery));
    });

    it("fails an unusable contact for good, without asking the far side", async () => {
      for (const to of ["", "nonsense", "\r\n", "x".repeat(5_000)]) {
        const delivery = await under.channel.deliver(await render({ to }), under.message.id);
        assert.deepEqual([delivery.outcome, "suppress" in delivery && delivery.suppress], ["failed", true], to);
      }
      assert.equal(under.taken(), 0);
    });

    it("never says a contact in a reason", async () => {
      await under.behave("gone");
      const delivery = await under.channel.deliver(await render(), under.message.id);
      assert.ok(!JSON.stringify(delivery).includes(under.message.to));
    });
  });
}
