import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import Database from "better-sqlite3";
import { fileURLToPath } from "node:url";
import { createComeback } from "../runtime/comeback.js";
import { sqliteStore } from "../stores/sqlite.js";
import { fakeChannel, fakeShop, virtualClock } from "../testing/index.js";
import { main } from "./main.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const program = join(root, "demo-shop/programs/service-care.yaml");
const events = join(root, "tests/fixtures/service-care.jsonl");
const products = join(root, "tests/fixtures/products.json");
const folder = mkdtempSync(join(tmpdir(), "comeback-cli-"));
after(() => rmSync(folder, { recursive: true }));

describe("comeback", () => {
  it("lists its commands", async () => {
    const { code, out } = await run("--help");
    assert.equal(code, 0);
    assert.match(out, /usage: comeback <command>/);
    for (const name of ["check", "replay", "explain", "model build", "model refresh", "predict", "import"])
      assert.ok(out.includes(name));
  });

  for (const [why, args, told] of [
    ["no command", [], /usage/],
    ["an unknown command", ["chekc"], /no command `chekc`/],
    ["a missing argument", ["check"], /argument is missing/],
    ["an unknown option", ["check", "a", "--verbose"], /Unknown option '--verbose'/],
    ["a missing option", ["replay", "--program", "p"], /`--events` is missing/],
    ["a bad instant", ["predict", "--model", program, "--orders", "o", "--at", "noon"], /`--at` must be an instant/],
  ] as const) {
    it(`exits 2 for ${why}`, async () => {
      const { code, err } = await run(...args);
      assert.equal(code, 2);
      assert.match(err, told);
    });
  }

  it("shows what a changed program would change, matched by identity", async () => {
    const text = readFileSync(join(root, "demo-shop/programs/carrots.yaml"), "utf8");
    const changed = join(folder, "changed.yaml");
    writeFileSync(changed, text.replace("goods_at_least: 5000", "goods_at_least: 100"));
    const inputs = ["--events", join(root, "tests/fixtures/carrots.jsonl"), "--products", products];
    const carrots = join(root, "demo-shop/programs/carrots.yaml");
    const same = await run("what-if", "--program", carrots, "--changed", carrots, ...inputs);
    assert.match(same.out, /^messages: \d+ today, \d+ then; 0 more, 0 less, 0 moved, 0 other, for 0 customers\n$/);
    const other = await run("what-if", "--program", carrots, "--changed", changed, ...inputs);
    assert.match(other.out, /^\+ .* yan offer.issue thanks$/m);
    assert.match(other.out, /^- .* yan message.send review-request on email$/m);
    const spelled = await run("replay", "--what-if", changed, "--program", carrots, ...inputs);
    assert.equal(spelled.out, other.out, "the same by its other name");
  });

  it("counts what a changed program would do before it does, and asks the service for a run", async () => {
    const db = join(folder, "preview.sqlite");
    const write = (name: string, journeys: string): string => {
      const path = join(folder, name);
      writeFileSync(
        path,
        `comeback: 1\nshop: { name: L, zone: UTC, currency: EUR, locale: en }\njourneys:\n${journeys}`,
      );
      return path;
    };
    const hello = "  - { id: hello, trigger: { event: search.performed }, steps: [{ id: p, wait: { for: 9d } }] }\n";
    const manual = "  - { id: spring, trigger: { manual: true }, steps: [{ assign_tag: spring }] }\n";
    const live = write("live.yaml", hello);
    const draft = write("draft.yaml", manual);
    const store = sqliteStore({ path: db });
    const comeback = await createComeback({
      program: live,
      store,
      shop: fakeShop([]),
      clock: virtualClock("2026-03-01"),
    });
    const search = { source: "shop", type: "search.performed", at: "2026-03-01T00:00:00Z", data: { query: "tea" } };
    await comeback.ingest(
      [
        { ...search, id: "1", customer: "anna" },
        { ...search, id: "2", customer: "boris" },
      ],
      "shop",
    );
    await comeback.stop();

    const same = await run("preview", "--program", live, "--db", db, "--json");
    assert.deepEqual((JSON.parse(same.out) as { runs: object[] }).runs, [
      { journey: "hello", stays: 2, restarts: 0, leaves: 0 },
    ]);
    const changed = await run("preview", "--program", draft, "--db", db);
    assert.match(changed.out, /^2 customers\n\nruns under way +stay +restart +leave\nhello +0 +0 +2\n$/);
    const audience = ["preview", "--program", draft, "--db", db, "--journey", "spring", "--key", "2026"];
    assert.equal((await run(...audience)).out, "2 of 2 customers would begin\n");
    assert.match((await run(...audience, "--begin")).out, /the service will begin it/);
    const twice = await run(...audience, "--begin");
    assert.deepEqual([twice.code, /another run still waits/.test(twice.err)], [1, true]);
    assert.equal((await run("preview", "--program", draft, "--db", db, "--begin")).code, 2);
  });

  it("exits 1 for a file that is not there", async () => {
    const { code, err } = await run("check", join(folder, "nowhere.yaml"));
    assert.equal(code, 1);
    assert.match(err, /no such file/);
  });
});

describe("comeback check", () => {
  it("is content with the shipped program", async () => {
    const { code, out } = await run("check", program);
    assert.equal(code, 0);
    assert.match(out, /service-care\.yaml: 0 errors, \d+ warnings?\n$/);
  });

  it("gives every problem its place and a remedy", async () => {
    const path = write("bad.yaml", "comeback: 1\nshop:\n  zone: Mars/Olympus\njourneys:\n  - id: a\n    stepz: []\n");
    const { code, out } = await run("check", path);
    assert.equal(code, 1);
    assert.match(out, /bad\.yaml:3:9 error .*Mars\/Olympus/);
    assert.match(out, /bad\.yaml:6:5 error .*stepz/);
  });

  it("finds a key that is there twice", async () => {
    const { code, out } = await run("check", write("twice.yaml", "comeback: 1\ncomeback: 1\n"));
    assert.equal(code, 1);
    assert.match(out, /twice\.yaml:2:1 error map keys must be unique/);
  });

  it("speaks JSON", async () => {
    const { out } = await run("check", "--json", write("list.yaml", "- 1\n"));
    const { problems } = JSON.parse(out) as { problems: { severity: string; line: number }[] };
    assert.deepEqual([problems[0]!.severity, problems[0]!.line], ["error", 1]);
  });
});

describe("comeback replay", () => {
  const args = ["replay", "--program", program, "--events", events, "--products", products];

  it("prints effects in order, one line each, and the same ones again", async () => {
    const { code, out } = await run(...args);
    assert.equal(code, 0);
    const effects = out.trim().split("\n").map((line) => JSON.parse(line) as { at: string; kind: string }); // prettier-ignore
    assert.ok(effects.some(({ kind }) => kind === "message.send"));
    const instants = effects.map(({ at }) => Date.parse(at));
    assert.deepEqual(instants, [...instants].sort((a, b) => a - b)); // prettier-ignore
    assert.equal((await run(...args)).out, out);
  });

  it("stops where it is told to", async () => {
    const { out } = await run(...args, "--until", "2025-08-02");
    assert.equal(out, "");
  });

  it("lists what was refused and exits 1", async () => {
    const path = write("bad.jsonl", `{"id":"1","source":"shop","type":"order.plced","at":"2026-01-01T00:00:00Z","customer":"c","data":{}}\nnot json\n`); // prettier-ignore
    const { code, err } = await run("replay", "--program", program, "--events", path);
    assert.equal(code, 1);
    assert.match(err, /bad\.jsonl:1 refused/);
    assert.match(err, /bad\.jsonl:2 refused/);
  });
});

describe("comeback explain", () => {
  it("tells one customer's steps and why", async () => {
    const { code, out } = await run("explain", "--program", program, "--events", events, "--customer", "anna");
    assert.equal(code, 0);
    assert.match(out, /Z  wake$/m);
    assert.match(out, /replenish|plan|journey/);
    assert.ok(!out.includes("boris"));
  });
});

describe("comeback import", () => {
  const csv = "order_id,customer_id,product_id,ordered_at,quantity,unit_price\n";
  const row = (order: string, customer: string, day: string) =>
    `${order},${customer},tea,2026-01-${day}T10:00:00Z,1,4.50\n`;

  it("takes whole orders, lists bad rows and is done once", async () => {
    const path = write("orders.csv", csv + row("1", "anna", "05") + "2,,tea,never,1,1\n" + row("3", "boris", "12"));
    const [db, errors] = [join(folder, "import.sqlite"), join(folder, "bad.csv")];
    const first = await run("import", path, "--db", db, "--errors", errors);
    assert.equal(first.code, 1);
    assert.match(first.out, /2 customers/);
    assert.match(readFileSync(errors, "utf8"), /^line,reason\n3,/);
    const again = await run("import", path, "--db", db);
    assert.match(again.err, /imported already/);
    const exported = await run("export", "--db", db, "--customer", "anna");
    assert.equal((JSON.parse(exported.out) as { customer: string }).customer, "anna");
    assert.match((await run("erase", "--db", db, "--customer", "anna")).out, /rows removed/);
  });

  for (const [what, text, told] of [
    ["without a column for customers", "a,b\n1,2\n", /customer/],
    ["that is empty", "", /./],
    ["that is no CSV", "\u0000\u0001\u0002\n".repeat(50), /./],
  ] as const) {
    it(`refuses a file ${what}`, async () => {
      const { code, err } = await run("import", write("odd.csv", text), "--db", join(folder, "refused.sqlite"));
      assert.equal(code, 1);
      assert.match(err, told);
      assert.ok(!err.includes("    at "), err);
    });
  }

  it("maps columns with unusual names", async () => {
    const path = write("odd.csv", "Invoice;Client;SKU;When;Qty\n1;anna;tea;2026-01-05;2\n");
    const map = ["customer_id=Client", "product_id=SKU", "ordered_at=When", "quantity=Qty", "order_id=Invoice"];
    const args = map.flatMap((one) => ["--map", one]);
    assert.equal((await run("import", path, "--db", join(folder, "odd.sqlite"), ...args)).code, 0);
    assert.equal((await run("import", path, "--db", "x", "--map", "colour=Red")).code, 2);
  });
});

describe("comeback journal", () => {
  it("prints what replay reads, and replay decides the same again", async () => {
    const db = join(folder, "journal.sqlite");
    const sent = await live(db, join(folder, "live.yaml"));
    const { out } = await run("journal", "--db", db);
    const again = await run("replay", "--program", join(folder, "live.yaml"), "--events", write("live.jsonl", out));
    assert.deepEqual([again.code, again.err], [0, ""]);
    const replayed = again.out.trim().split("\n").map((text) => (JSON.parse(text) as { id: string }).id); // prettier-ignore
    assert.deepEqual(replayed, sent);
  });
});

/** Runs a small shop for a moment; answers the effects it decided. */
async function live(db: string, path: string): Promise<string[]> {
  writeFileSync(
    path,
    [
      "comeback: 1",
      "journeys:",
      "  - id: welcome",
      "    trigger: { event: customer.registered }",
      "    steps: [{ send: { template: welcome, class: transactional } }]",
    ].join("\n"),
  );
  const store = sqliteStore({ path: db });
  const clock = virtualClock("2026-03-02T10:00:00Z");
  const [shop, channels] = [fakeShop([]), [fakeChannel()]];
  const comeback = await createComeback({ program: path, store, clock, shop, channels });
  const data = { email: "anna@customers.example", zone: "UTC" };
  const at = "2026-03-02T09:59:00Z";
  const event = { id: "1", source: "shop", type: "customer.registered", at, customer: "anna", data };
  await comeback.importHistory("past", [{ customer: "boris", events: [{ ...event, id: "0", customer: "boris" }] }]);
  await comeback.ingest([event], "shop");
  await comeback.tick();
  await comeback.stop();
  return channels[0]!.delivered;
}

describe("comeback replay over the host's own journal", () => {
  const live_yaml = join(folder, "live-2.yaml");
  const db = join(folder, "recorded.sqlite");

  it("gives the recorded decisions again, byte for byte", async () => {
    await live(db, live_yaml);
    const { code, out } = await run("replay", "--as-recorded", "--db", db);
    assert.match(out, /^\d+ entries of 2 customers stepped again: no differences\n$/);
    assert.equal(code, 0);
  });

  it("says what another program would have sent, with the model and catalogue of today", async () => {
    const changed = write(
      "changed-2.yaml",
      readFileSync(live_yaml, "utf8").replace("template: welcome", "template: hello"),
    );
    const more = write(
      "changed-3.yaml",
      `${readFileSync(live_yaml, "utf8")}\n  - { id: tag, trigger: { event: customer.registered }, steps: [{ assign_tag: new }] }`,
    );
    const same = await run("replay", "--what-if", live_yaml, "--db", db);
    assert.match(same.out, /0 more, 0 less, 0 moved, 0 other, for 0 customers\n$/);
    const other = await run("replay", "--what-if", changed, "--db", db);
    assert.match(other.out, /^\* .* anna message.send hello on email \(was welcome on email\)$/m);
    const tagged = await run("replay", "--what-if", more, "--db", db, "--json");
    assert.match(tagged.out, /^{"change":"more","customer":"anna","kind":"tag.assign","what":"new"/);
  });

  it("lists what is no longer decided as it was, and exits 1", async () => {
    const database = new Database(db);
    database.exec("UPDATE outbox_content SET body = replace(body, 'anna@customers', 'eve@customers')");
    database.exec("UPDATE hot SET bytes = substr(bytes, 1, length(bytes) - 1) || x'ff'");
    database.close();
    const { code, out } = await run("replay", "--as-recorded", "--db", db);
    assert.equal(code, 1);
    assert.match(out, /^changed 2026-03-02T10:00:00.000Z anna message.send welcome on email \([0-9a-f]{32}\)$/m);
    assert.match(out, /^state anna the customer’s stored bytes$/m);
    assert.match(out, /: \d+ differences\n$/);
    const one = await run("replay", "--as-recorded", "--db", db, "--customer", "boris", "--json");
    assert.match(one.out, /^{"customer":"boris","difference":"state"/);
  });

  it("leaves out whom it has forgotten something of, and still knows whose address not to write to again", async () => {
    const old = join(folder, "forgotten.sqlite");
    await live(old, live_yaml);
    const later = virtualClock("2030-03-02T10:00:00Z");
    const store = sqliteStore({ path: old });
    const comeback = await createComeback({ program: live_yaml, store, clock: later, shop: fakeShop([]) });
    await comeback.tick();
    await comeback.stop();
    const { code, out, err } = await run("replay", "--as-recorded", "--db", old);
    assert.deepEqual([code, out], [0, "0 entries of 0 customers stepped again: no differences\n"]);
    assert.match(err, /2 customers are left out: part of what happened to them is forgotten by now/);
    await run("erase", "--db", old, "--customer", "anna");
    const database = new Database(old, { readonly: true });
    assert.equal(database.prepare("SELECT count(*) FROM suppressions").pluck().get(), 1);
    database.close();
  });

  it("asks one question at a time", async () => {
    const both = await run("replay", "--as-recorded", "--what-if", live_yaml, "--db", db);
    assert.equal(both.code, 2);
    assert.match(both.err, /ask one at a time/);
  });
});

describe("comeback report", () => {
  it("prints figures as JSON and as CSV", async () => {
    const db = join(folder, "report.sqlite");
    const path = join(folder, "report.yaml");
    await live(db, path);
    const span = ["--from", "2026-03-01", "--until", "2026-03-20"];
    const { code, out } = await run("report", "steps", "--db", db, "--program", path, ...span);
    assert.equal(code, 0);
    const { rows } = JSON.parse(out) as { rows: { journey: string; sent: number }[] };
    assert.deepEqual(rows.map(({ journey, sent }) => [journey, sent]), [["welcome", 1]]); // prettier-ignore
    const csv = await run("report", "steps", "--db", db, "--csv", ...span);
    assert.match(csv.out, /^journey,step,template,variant,decided,sent,clicked,orders\r\nwelcome,/);
    const wrong = await run("report", "profit", "--db", db);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /no report `profit`; there are weeks, steps/);
  });
});

describe("comeback doctor", () => {
  it("says what is missing and how to get it, and prints no secret", async () => {
    const { code, out } = await run("doctor", "--program", program);
    assert.equal(code, 1);
    assert.match(out, /missing +COMEBACK_LINK_SECRET is not set/);
    assert.match(out, /missing +COMEBACK_SMTP_URL is not set/);
    assert.match(out, /ok +engine core/);
  });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isTerminal: false,
    color: false,
    env: {},
  };
  const code = await main(argv, io);
  return { code, out, err };
}

describe("comeback model", () => {
  const orders = write("year.csv", ordersOfYear());

  it("builds with products, tells bad rows with their line, and says in words what it is worth", async () => {
    const bad = write("bad.csv", `${ordersOfYear()}anna,,2026-01-05,1\nanna,tea,someday,1\n`);
    const products = write("products.csv", "product_id,category\ncoffee,drinks\ntea,drinks\n,nothing\n");
    const out = join(folder, "model.bin");
    const args = ["--orders", bad, "--products", products, "--until", "2026-06-01", "--out", out];
    const built = await run("model", "build", ...args);
    assert.equal(built.code, 0);
    assert.match(built.err, /bad\.csv: 2 rows could not be used:\n {2}line \d+: no product\n {2}line \d+: `someday`/);
    assert.match(built.err, /products\.csv: 1 row could not be used:\n {2}line 4: no product/);
    assert.match(built.err, /\d+ rows not before `--until`/);
    assert.match(built.out, /Learned from 30 customers/);
    assert.match(built.out, /In short: /);
  });

  it("is renewed with a second file of orders, and predicts a line for each customer", async () => {
    const out = join(folder, "first.bin");
    await run("model", "build", "--orders", orders, "--until", "2026-05-01", "--out", out);
    const later = write(
      "later.csv",
      "customer_id,product_id,ordered_at\nzoe,coffee,2026-12-30\nzoe,coffee,2027-01-02\n",
    );
    const renewed = await run("model", "refresh", "--model", out, "--orders", orders, "--orders", later, "--out", out);
    assert.equal(renewed.code, 0);
    assert.match(renewed.out, /Learned from 31 customers/);
    const predicted = await run("predict", "--model", out, "--orders", orders, "--at", "2026-12-01", "--top", "3");
    assert.equal(predicted.code, 0);
    const lines = predicted.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(lines.length, 30);
    assert.deepEqual(Object.keys(lines[0].items[0]), ["product", "chance", "due", "reason"]);
  });

  it("needs only the orders since, with a history, and takes none twice", async () => {
    const path = (name: string): string => join(folder, name);
    const rows = ordersOfYear().trim().split("\n");
    const since = (day: string): string =>
      [rows[0], ...rows.slice(1).filter((row) => row.split(",")[2]! >= day)].join("\n");
    const history = path("shop.history");
    const [model, all, part] = [path("begun.bin"), path("all.bin"), path("part.bin")];
    const begun = ["--orders", orders, "--until", "2026-05-01", "--history", history, "--out", model];
    assert.equal((await run("model", "build", ...begun)).code, 0);
    const end = ["--until", "2027-01-10"] as const;
    assert.equal((await run("model", "refresh", "--model", model, "--orders", orders, ...end, "--out", all)).code, 0);
    // The new file reaches a week back into what is known.
    const newer = write("newer.csv", since("2026-04-24"));
    const refresh = ["model", "refresh", "--model", model, ...end, "--history", history, "--out", part] as const;
    const refreshed = await run(...refresh, "--orders", newer);
    assert.equal(refreshed.code, 0, refreshed.err);
    assert.match(refreshed.err, /shop\.history: \d+ purchases kept from before/);
    assert.match(refreshed.err, /\d+ rows of days that the history holds already, not taken twice/);
    assert.deepEqual(readFileSync(part), readFileSync(all));
    // Nothing new, or the same again, changes nothing.
    for (const orders of [[], ["--orders", newer]]) {
      assert.equal((await run(...refresh, ...orders)).code, 0);
      assert.deepEqual(readFileSync(part), readFileSync(all));
    }
    const alone = await run("model", "refresh", "--model", model, "--orders", newer, "-o", path("alone.bin"));
    assert.equal(alone.code, 0, "a week more of overlap is no reason to refuse most of the year");
    const december = write("december.csv", since("2026-12-01"));
    const few = await run("model", "refresh", "--model", model, "--orders", december, "--out", path("few.bin"));
    assert.equal(few.code, 1);
    assert.match(few.err, /these are \d+ orders, where the model was made from \d+; give all of them, .*`--history`/);
    const known = readFileSync(history);
    const lost = await run(...refresh.slice(0, 6), "--history", path("lost.history"), "--orders", december, "-o", part);
    assert.equal(lost.code, 1, "a history that is not there does not make a day's orders a year's");
    assert.match(lost.err, /these are \d+ orders/);
    assert.equal(existsSync(path("lost.history")) || existsSync(path("lost.history.new")), false);
    assert.deepEqual([readFileSync(part), readFileSync(history)], [readFileSync(all), known]);
    const foreign = write("foreign.history", "customer_id,product_id,ordered_at\n");
    const refused = await run("model", "build", "--history", foreign, "--orders", orders, "--out", path("none.bin"));
    assert.equal(refused.code, 1);
    assert.match(refused.err, /not a history .* delete it and build from all orders again/);
    assert.equal(readFileSync(foreign, "utf8"), "customer_id,product_id,ordered_at\n");
  });

  it("keeps no order from the future in a history, after which every day would look known", async () => {
    const [history, all, part] = ["future.history", "future-all.bin", "future-part.bin"].map((name) =>
      join(folder, name),
    );
    const wrong = write("wrong.csv", `${ordersOfYear()}c1,coffee,2999-01-01,1\n`);
    const begun = await run("model", "build", "--orders", wrong, "--history", history!, "--out", part!);
    assert.match(begun.err, /not before `--until` \(with a history: now\)/);
    const refresh = ["model", "refresh", "--model", part!, "--orders", orders, "--until", "2027-01-10"];
    assert.equal((await run(...refresh, "--out", all!)).code, 0);
    assert.equal((await run(...refresh, "--history", history!, "--out", part!)).code, 0);
    assert.deepEqual(readFileSync(part!), readFileSync(all!));
  });

  it("refuses a file without purchases", async () => {
    const { code, err } = await run("model", "build", "--orders", write("none.csv", "customer,item,date\n"), "-o", "m");
    assert.equal(code, 1);
    assert.match(err, /no purchases to learn from/);
  });
});

/** Thirty customers who buy coffee every ten to fifteen days and tea now and then. */
function ordersOfYear(): string {
  const rows = ["customer_id,product_id,ordered_at,quantity"];
  for (let customer = 0; customer < 30; customer++) {
    for (let day = customer; day < 360; day += 10 + (customer % 6)) {
      const at = new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
      rows.push(`c${customer},coffee,${at},1`);
      if (day % 3 === 0) rows.push(`c${customer},tea,${at},2`);
    }
  }
  return `${rows.join("\n")}\n`;
}
