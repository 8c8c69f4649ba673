// Runs Comeback beside your shop: `npm start`. Secrets and addresses come from the environment.
//
//   COMEBACK_URL          where customers reach this server, for the links in letters
//   COMEBACK_LINK_SECRET  signs those links: 32 random bytes or more, kept for as long as letters are opened
//   COMEBACK_EVENT_SECRET signs the events that your shop posts here
//   COMEBACK_SMTP_URL     the mail server, such as smtps://user:password@mail.example
//   PORT                  default 8080
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { createEmailChannel, loadTemplates } from "comeback/channels/email";
import { createLinks, createPages, toNodeListener } from "comeback/http";
import { sqliteStore } from "comeback/stores/sqlite";
import { openComeback } from "./comeback.js";
import { myShop } from "./shop.js";

const port = Number(process.env.PORT ?? 8080);
const url = process.env.COMEBACK_URL ?? `http://localhost:${port}`;

mkdirSync("data", { recursive: true });
const shop = { name: "My shop", url };
const links = createLinks({ base_url: url, keys: [{ id: "a", secret: needed("COMEBACK_LINK_SECRET") }] });
const templates = await loadTemplates({ cache: "data/letters" });
const email = createEmailChannel({
  smtp: needed("COMEBACK_SMTP_URL"),
  from: "My shop <hello@shop.example>",
  templates,
  links,
  shop,
});

const comeback = await openComeback({
  store: sqliteStore({ path: "data/comeback.sqlite" }),
  shop: myShop(),
  channels: [email],
  operator: { email: "staff@shop.example" },
  pages: (host) => createPages({ host, links, shop, event_secrets: [needed("COMEBACK_EVENT_SECRET")] }),
});
comeback.start();

const server = createServer(toNodeListener(comeback.fetch)).listen(port, () => console.log(`Comeback is at ${url}`));

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    server.close();
    await comeback.stop();
  });
}

function needed(name) {
  const value = process.env[name];
  if (value) return value;
  console.error(`set ${name}, see the top of server.js`);
  process.exit(2);
}
