import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, createPalette } from "./colour.js";
import { RenderError } from "./render-error.js";
import { chanceText, reasonText } from "./reasons.js";
import { formatDay, formatMoney } from "./format.js";
import { readTemplateFolders, SHIPPED_FOLDER, type TemplateSource } from "./source.js";
import { createTemplates } from "./templates.js";

const HEADER = "id: x\nchannel: email\nclass: transactional\nsubjects:\n  en: ['Hi {{ name }}', 'Again']\n";

function source(files: Record<string, string>, parts: Record<string, string> = {}): TemplateSource {
  return {
    templates: { x: { "template.yaml": HEADER, "en.txt": "text", ...files } },
    parts,
    words: ["en:\n  bye: 'Bye {who}'\n"],
  };
}

const mjml = (body: string) =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${body}</mj-text></mj-column></mj-section></mj-body></mjml>`;

async function render(files: Record<string, string>, context: Record<string, unknown> = {}, parts = {}, over = {}) {
  return createTemplates(source(files, parts)).render({
    template: "x",
    locale: "en",
    variant: 0,
    context: { name: "Anna", ...context },
    ...over,
  });
}

async function errorOf(files: Record<string, string>, context: Record<string, unknown> = {}): Promise<string> {
  const error = await render(files, context).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RenderError, String(error));
  return error.message;
}

test("values are escaped in HTML and left alone in text and subject", async () => {
  const rendered = await render(
    { "en.mjml": mjml("<a title='{{ name }}'>{{ name }}</a>"), "en.txt": "{{ name }}" },
    { name: `<b>"O'Hara" & co` },
  );
  assert.match(rendered.html!, /&lt;b&gt;&#34;O&#39;Hara&#34; &amp; co/);
  assert.ok(!rendered.html!.includes("<b>"));
  assert.equal(rendered.text, `<b>"O'Hara" & co\n`);
  assert.equal(rendered.subject, `Hi <b>"O'Hara" & co`);
});

test("a subject stays on one line, whatever a name holds", async () => {
  const rendered = await render({}, { name: "Anna\r\nBcc: all@example.com\u2028\u0000x" });
  assert.equal(rendered.subject, "Hi Anna Bcc: all@example.com x");
});

test("a resend takes another subject, and the last one when there are no more", async () => {
  for (const [variant, subject] of [
    [0, "Hi Anna"],
    [1, "Again"],
    [7, "Again"],
    [-1, "Hi Anna"],
  ] as const) {
    assert.equal((await render({}, {}, {}, { variant })).subject, subject);
  }
});

test("a locale falls back to its language, then to English", async () => {
  const files = { "ru.txt": "по-русски" };
  assert.equal((await render(files, {}, {}, { locale: "ru-RU" })).text, "по-русски\n");
  assert.equal((await render(files, {}, {}, { locale: "de" })).locale, "en");
});

test("addresses that are not http are nothing", async () => {
  const text = { "en.txt": "{{ p.url }}|{{ p.image }}|{{ q.url }}" };
  const context = {
    p: { url: "javascript:alert(1)", image: "data:text/html,x" },
    q: { url: "https://shop.example/p?a=1&b=2" },
  };
  assert.equal((await render(text, context)).text, "||https://shop.example/p?a=1&b=2\n");
});

test("prototypes and functions are out of reach", async () => {
  const unreachable = [
    "{{ name.constructor }}",
    "{{ constructor }}",
    "{{ list.__proto__ }}",
    "{{ name.__proto__.constructor }}",
  ];
  for (const body of unreachable) assert.match(await errorOf({ "en.txt": body }, { list: [] }), /undefined variable/);
});

test("errors name template, file, line and remedy", async () => {
  assert.equal(
    await errorOf({ "en.txt": "one\ntwo {{ nobody }}" }),
    "x/en.txt:2: undefined variable: nobody; the message does not have this value; put `{% if … %}` around it or give it a `| default: …`",
  );
  assert.match(await errorOf({ "en.txt": "{% if name %}" }), /^x\/en\.txt:1: tag \{% if name %\} not closed; close it/);
  assert.match(await errorOf({ "en.txt": "{{ name | shout }}" }), /undefined filter: shout; the filters are/);
  assert.match(await errorOf({ "en.txt": "{{ 'nope' | t }}" }), /there is no phrase `nope` in words.yaml/);
  assert.match(
    await errorOf({ "en.mjml": "a letter" }),
    /^x\/en\.mjml: MJML cannot be read: .*; check that every tag is closed$/,
  );
  assert.match(await errorOf({ "en.mjml": mjml("x").replace("mj-text>", "mj-txt>") }), /mj-txt/);
  assert.match(
    await errorOf({ "en.mjml": '<mjml>\n<mj-include path="parts/no.mjml" /></mjml>' }),
    /^x\/en\.mjml:2: there is no part `parts\/no\.mjml`; parts are none$/,
  );
  assert.match(await errorOf({ "template.yaml": "subject: x" }), /unknown field `subject`; known are id, channel/);
  assert.match(await errorOf({ "template.yaml": "a: [" }), /^x\/template\.yaml:\d/);
  await assert.rejects(
    createTemplates(source({})).render({ template: "y", locale: "en", variant: 0, context: {} }),
    /^RenderError: y\/template\.yaml: there is no such template; known are x$/,
  );
});

test("a template that tries to run forever is stopped", async () => {
  const bombs = [
    "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}",
    "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
    "{% assign a = (1..9999999) %}{{ a | join: ',' }}",
  ];
  for (const bomb of bombs) {
    const started = Date.now();
    await assert.rejects(render({ "en.txt": bomb }), RenderError);
    assert.ok(Date.now() - started < 3_000, `${Date.now() - started} ms: ${bomb}`);
  }
});

test("parts are put in, also into each other, but never in a circle or from elsewhere", async () => {
  const parts = {
    "parts/a.mjml": '<mj-include path="parts/b.mjml" />',
    "parts/b.mjml": "<mj-text>deep {{ name }}</mj-text>",
    "parts/c.mjml": '<mj-include path="parts/c.mjml" />',
  };
  const body = (path: string) =>
    `<mjml><mj-body><mj-section><mj-column><mj-include path="${path}" /></mj-column></mj-section></mj-body></mjml>`;
  assert.match((await render({ "en.mjml": body("parts/a.mjml") }, {}, parts)).html!, /deep Anna/);
  await assert.rejects(render({ "en.mjml": body("parts/c.mjml") }, {}, parts), /circle/);
  await assert.rejects(render({ "en.mjml": body("../../etc/passwd") }, {}, parts), /there is no part/);
  await assert.rejects(render({ "en.mjml": body("__proto__") }, {}, parts), /there is no part/);
});

test("compiling happens once for each text", async () => {
  const kept = new Map<string, string>();
  let compiled = 0;
  const cache = {
    get: (hash: string) => kept.get(hash),
    set: (hash: string, html: string) => void (kept.set(hash, html), compiled++),
  };
  const files = source({ "en.mjml": mjml("{{ name }}") });
  for (const name of ["Anna", "Boris"]) {
    for (let start = 0; start < 2; start++) {
      const templates = createTemplates(files, { cache });
      const { html } = await templates.render({ template: "x", locale: "en", variant: 0, context: { name } });
      assert.ok(html!.includes(name));
    }
  }
  assert.equal(compiled, 1);
});

test("lint finds what readers would suffer from", async () => {
  const header = HEADER.replace("transactional", "marketing");
  const bad = source({
    "template.yaml": header,
    "en.mjml": mjml('<img src="http://x.example/a.png"><a href="https://ok.example" onclick="x()">a</a>'),
  });
  const messages = (await createTemplates(bad).check()).map(({ severity, message }) => `${severity}: ${message}`);
  assert.deepEqual(messages, [
    "error: a marketing letter must offer to unsubscribe",
    "error: a marketing letter must offer to unsubscribe",
    "error: a picture has no `alt`",
    "error: letters can't run scripts",
    "warning: there is no preheader for `en`",
    "warning: `http://x.example/a.png` is not https",
  ]);
});

test("the shipped letters have no problems, in English and Russian", async () => {
  const shipped = createTemplates(await readTemplateFolders([SHIPPED_FOLDER]));
  assert.deepEqual(await shipped.check(), []);
  for (const id of shipped.ids) assert.deepEqual(Object.keys(shipped.describe(id)!.texts), ["en", "ru"], id);
});

test("money, days and reasons as people write them", () => {
  const table: [string, string][] = [
    [formatMoney(123456, "GBP", "en"), "£1,234.56"],
    [formatMoney(123456, "RUB", "ru"), "1\u00a0234,56\u00a0₽"],
    [formatMoney(500, "JPY", "en"), "¥500"],
    [formatMoney(5, "not a currency", "en"), "0.05"],
    [formatDay("2026-03-02", "en"), "2 March"],
    [formatDay("2026-03-02", "ru", "long"), "понедельник, 2 марта"],
    [formatDay("soon", "en"), "soon"],
    [
      reasonText({ code: "rhythm", text: "", low_days: 26, high_days: 31, last: "2026-02-03", source: "own" }, "en"),
      "You buy it every 26–31 days, last on 3 February",
    ],
    [
      reasonText({ code: "rhythm", text: "", low_days: 21, high_days: 21, quantity: 2, source: "own" }, "ru"),
      "Вы берёте это раз в 21 день (по 2 шт.)",
    ],
    [reasonText({ code: "rhythm", text: "", low_days: 1, high_days: 1, source: "own" }, "en"), "You buy it every day"],
    [reasonText({ code: "fixed", text: "", low_days: 30 }, "en"), "What you bought lasts about 30 days"],
    [reasonText({ code: "companion", text: "", with_name: "Tea" }, "ru"), "Часто берут вместе с «Tea»"],
    [
      reasonText({ code: "companion", text: "often bought together with Tea", with: "p7" }, "en"),
      "Often bought together with Tea",
    ],
    [
      reasonText({ code: "companion", text: "often bought together with Tea", with: "p7" }, "ru"),
      "Часто берут вместе с тем, что вы покупаете",
    ],
    [
      reasonText(
        { code: "bought_once", text: "", low_days: 20, high_days: 60, last: "2026-03-03", source: "product" },
        "ru",
      ),
      "Вы брали это один раз, 3 марта; обычно берут снова через 20–60 дней",
    ],
    [
      reasonText({ code: "overdue", text: "", low_days: 26, high_days: 34, last: "2026-03-03", source: "own" }, "en"),
      "You buy it every 26–34 days, last on 3 March",
    ],
    [
      reasonText(
        JSON.parse('{"code":"rhythm","text":"no figures","low_days":null,"high_days":null,"source":null}'),
        "en",
      ),
      "No figures",
    ],
    [reasonText({ code: "of-tomorrow", text: "Because." }, "ru"), "Because."],
    [reasonText({ code: "rhythm", text: "No figures." }, "en"), "No figures."],
    [reasonText(null, "en"), ""],
    [chanceText(0.9, "en"), "You very likely need it"],
    [chanceText(0.1, "ru"), "Может пригодиться"],
  ];
  for (const [found, expected] of table) assert.equal(found, expected);
});

test("any colour of a shop stays readable", () => {
  for (const colour of [
    "#8a4b2d",
    "#ffffff",
    "#000",
    "#ffee00",
    "#0000ff",
    "#7f7f7f",
    "url(x)",
    "red",
    null,
    "#00ff00",
  ]) {
    const palette = createPalette(colour);
    assert.ok(contrast(palette.on_accent, palette.accent) >= 4.5, `${colour} as a button`);
    assert.ok(contrast(palette.accent_text, "#f6f1ea") >= 4.5, `${colour} as text by day`);
    assert.ok(contrast(palette.accent_dark, "#26221f") >= 4.5, `${colour} as text by night`);
    assert.ok(contrast(palette.on_accent_dark, palette.accent_dark) >= 4.5, `${colour} as a button by night`);
  }
});
