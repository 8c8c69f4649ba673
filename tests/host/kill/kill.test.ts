import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runCampaign } from "./campaign.js";
import { inspect } from "./inspect.js";

// 50 kills in an ordinary run, over the four kinds; the long run has 200 of each.
const long = process.env["COMEBACK_LONG"] === "1";
const kills = Number(process.env["COMEBACK_KILLS"] ?? (long ? 200 : 13));
const seed = Number(process.env["COMEBACK_SEED"] ?? (long ? Date.now() % 1_000_000 : 1));

describe(`killed ${kills} times at points of each kind (COMEBACK_SEED=${seed})`, () => {
  for (const point of ["step", "commit", "send"] as const) {
    it(`${point}: nothing lost, nothing twice`, { timeout: 4_200_000 }, async (test) => {
      const campaign = await runCampaign(point, kills, seed);
      try {
        const { mails, uncertain, orders } = await inspect(campaign);
        assert.ok(mails > 0 && orders > 0, "the campaign sent nothing");
        test.diagnostic(`${campaign.kills} kills, ${mails} mails, ${uncertain} uncertain, ${orders} orders`);
      } finally {
        await campaign.dispose();
      }
    });
  }
});
