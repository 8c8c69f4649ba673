import assert from "node:assert/strict";
import { test } from "node:test";
import { dateIn, instantAt, nextMondayAtNine } from "./wall-time.js";

test("wall time becomes an instant on both sides of a clock change", () => {
  const cases: [zone: string, date: string, hour: number, instant: string][] = [
    ["Europe/London", "2026-03-09", 9, "2026-03-09T09:00:00.000Z"],
    ["Europe/London", "2026-03-30", 9, "2026-03-30T08:00:00.000Z"],
    ["America/New_York", "2026-03-09", 9, "2026-03-09T13:00:00.000Z"],
    ["America/New_York", "2026-11-02", 9, "2026-11-02T14:00:00.000Z"],
    ["Asia/Yekaterinburg", "2026-03-09", 9, "2026-03-09T04:00:00.000Z"],
  ];
  for (const [zone, date, hour, instant] of cases) {
    assert.equal(new Date(instantAt(zone, date, hour)).toISOString(), instant, `${zone} ${date}`);
  }
});

test("the next Monday at nine is never now", () => {
  const monday = (text: string) => new Date(nextMondayAtNine(Date.parse(text), "Europe/London")).toISOString();
  assert.equal(monday("2026-03-06T10:00:00Z"), "2026-03-09T09:00:00.000Z");
  assert.equal(monday("2026-03-09T08:59:00Z"), "2026-03-09T09:00:00.000Z");
  assert.equal(monday("2026-03-09T09:00:00Z"), "2026-03-16T09:00:00.000Z");
  assert.equal(monday("2026-03-23T09:00:00Z"), "2026-03-30T08:00:00.000Z");
});

test("a date is the customer's, not the server's", () => {
  assert.equal(dateIn("Asia/Yekaterinburg", Date.parse("2026-03-08T20:00:00Z")), "2026-03-09");
  assert.equal(dateIn("America/New_York", Date.parse("2026-03-09T02:00:00Z")), "2026-03-08");
});
