import assert from "node:assert/strict";
import { test } from "node:test";
import { html, trusted } from "./html.js";

test("what is interpolated is text", () => {
  const name = `<img src=x onerror="alert('1')">`;
  assert.equal(
    html`<p title="${name}">${name}</p>`.text,
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;</p>',
  );
});

test("HTML within HTML stays, lists are joined, nothing prints nothing, zero prints", () => {
  const items = ["a&b", "c"].map((item) => html`<li>${item}</li>`);
  // prettier-ignore
  const page = html`<ul>${items}</ul>${false}${null}${undefined}${0}${trusted("<hr>")}`;
  assert.equal(page.text, "<ul><li>a&amp;b</li><li>c</li></ul>0<hr>");
});
