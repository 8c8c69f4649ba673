import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createComeback, readProgram, type Comeback, type Store } from "comeback";
import { createEmailChannel, loadTemplates } from "comeback/channels/email";
import { Core } from "comeback/core";
import { createLinks, createPages, type Links, type ShopInfo } from "comeback/http";
import { sqliteStore } from "comeback/stores/sqlite";
import { SHOP_ZONE } from "../clock/shop-clock.js";
import { SHOP_NAME, type Grocer } from "../shop/grocer.js";
import { demoShop } from "./demo-shop.js";
import { tellHistory } from "./history.js";
import { learnedModel } from "./model.js";

/** Beside `dist/`. */
const PROGRAMS = fileURLToPath(new URL("../../programs/", import.meta.url));

/** Where Comeback's own pages are in this shop. */
export const COMEBACK_PATH = "/comeback";

/** The program's topics, in the words of the preference centre. */
const PREFERENCES = {
  channels: ["email"],
  topics: [
    { id: "replenishment", names: { en: "What I may be running out of", ru: "Что у меня скоро закончится" } },
    { id: "news", names: { en: "News from the shop", ru: "Новости магазина" } },
  ],
};

export interface ComebackPlace {
  grocer: Grocer;
  data: string;
  /** The name of one of `programs/`, or a path; all of them together when absent. */
  program: string | null;
  publicUrl: string;
  smtpPort: number;
  log(line: string): void;
}

/** Comeback as this shop uses it: a file for its store, a mail server, and signed links back to us. */
export async function openComeback({
  grocer,
  data,
  program,
  publicUrl,
  smtpPort,
  log,
}: ComebackPlace): Promise<{ comeback: Comeback; store: Store; links: Links; program: unknown }> {
  const store = sqliteStore({ path: join(data, "comeback.sqlite") });
  const clock = { now: () => grocer.clock.now() };
  const shop: ShopInfo = {
    name: SHOP_NAME,
    url: `${publicUrl}/`,
    address: "12 Harbour Lane, London E14 0BL",
    phone: "+44 20 7946 0100",
    colour: "#1f5a3d",
    zone: SHOP_ZONE,
    pages: {
      basket: `${publicUrl}/cart`,
      order: `${publicUrl}/orders/{order}`,
      friend: `${publicUrl}/register?friend={code}`,
    },
  };
  const links = createLinks({
    base_url: publicUrl + COMEBACK_PATH,
    keys: [{ id: "a", secret: linkSecret(grocer) }],
  });
  const templates = await loadTemplates({ cache: join(data, "letters") });
  const email = createEmailChannel({
    smtp: `smtp://127.0.0.1:${smtpPort}`,
    from: `${SHOP_NAME} <hello@beanandleaf.example>`,
    templates,
    links,
    shop,
    clock: clock.now,
  });
  const core = await Core.load();
  const tree = await readProgram(program === null ? shippedPrograms() : [programFile(program)]);
  const comeback = await createComeback({
    core,
    model: learnedModel(grocer, core, data, log),
    program: tree as object,
    store,
    shop: demoShop(grocer, publicUrl),
    channels: [email],
    clock,
    operator: { email: "operator@beanandleaf.example" },
    pages: (host) =>
      createPages({
        host,
        links,
        shop,
        preferences: PREFERENCES,
        report: (problem, cause) => log(`${problem}: ${String(cause)}`),
      }),
    log: ({ level, message, ...more }) => {
      if (level === "warn" || level === "error") log(`comeback: ${message} ${JSON.stringify(more)}`);
    },
  });
  await tellHistory(grocer, comeback, log);
  return { comeback, store, links, program: tree };
}

/** Service care first, as it says who the shop is and how often it may write; every further program adds to it. */
function shippedPrograms(): string[] {
  const others = readdirSync(PROGRAMS).filter((file) => file.endsWith(".yaml") && file !== "service-care.yaml");
  return ["service-care.yaml", ...others.sort()].map((file) => join(PROGRAMS, file));
}

function programFile(program: string): string {
  return /[./\\]/.test(program) ? program : join(PROGRAMS, `${program}.yaml`);
}

/** Made once: links in letters must still open after a restart. */
function linkSecret(grocer: Grocer): string {
  const known = grocer.settings.read("link_secret");
  if (known) return known;
  const secret = randomBytes(32).toString("base64url");
  grocer.settings.write("link_secret", secret);
  return secret;
}
