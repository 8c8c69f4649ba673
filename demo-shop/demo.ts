import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Comeback, Store } from "comeback";
import type { Links } from "comeback/http";
import { openComeback } from "./bridge/comeback.js";
import { EventBridge } from "./bridge/event-bridge.js";
import { TimeMachine } from "./clock/time-machine.js";
import { MailStore } from "./mailbox/mail-store.js";
import { startSmtpSink } from "./mailbox/smtp-sink.js";
import { OtherMake } from "./shop/database.js";
import { openGrocer, type Grocer } from "./shop/grocer.js";
import { CUSTOMERS_STOCKED, isStocked, stockShop } from "./stock/stock-shop.js";
import { Neighbours } from "./town/neighbours.js";
import { Post } from "./town/post.js";
import { Tour } from "./tour/tour.js";
import { listen } from "./web/listen.js";
import { site } from "./web/site.js";

/** Everything a page may need. */
export interface Demo {
  grocer: Grocer;
  comeback: Comeback;
  /** Comeback's, for the report. */
  store: Store;
  /** What Comeback may do, as a tree: the reports read goals and holdouts in it. */
  program: unknown;
  /** To Comeback's own pages. */
  links: Links;
  bridge: EventBridge;
  mailbox: MailStore;
  timeMachine: TimeMachine;
  tour: Tour;
  publicUrl: string;
  /** Does what is due now, so that the next page shows what came of it. */
  settle(): Promise<void>;
  /** The same, without waiting. */
  settleSoon(): void;
  log(line: string): void;
}

export interface DemoOptions {
  /** Where the databases are; made when absent. */
  data: string;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** 0 takes any free port. */
  smtpPort: number;
  /** Under which address the shop is reached, when it is not the one it listens on. */
  publicUrl?: string;
  /** The name of one in `programs/`, or a path; all of them together when absent. */
  program?: string;
  /** Forget everything and stock the shop anew. */
  fresh?: boolean;
  log(line: string): void;
}

export interface RunningDemo extends Demo {
  url: string;
  stop(): Promise<void>;
}

/** How often the shop looks whether anything has become due while time passes by itself. */
const TICK_MS = 1000;

/** A page does not wait longer than this for what it set in motion. */
const SETTLE_MS_MAX = 5000;

export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const { log } = options;
  if (options.fresh) forget(options.data);
  mkdirSync(options.data, { recursive: true });
  const grocer = open(options.data, log);
  stock(grocer, log);

  const mailbox = new MailStore(join(options.data, "mailbox.sqlite"));
  const smtp = await startSmtpSink(mailbox, () => grocer.clock.now(), { host: "127.0.0.1", port: options.smtpPort });
  log(`a mail server listens on 127.0.0.1:${smtp.port}`);

  // The port is taken before Comeback is opened: its letters carry links to it.
  let handle: (request: Request) => Promise<Response> = async () => new Response("starting", { status: 503 });
  const server = await listen((request) => handle(request), options);
  const publicUrl = options.publicUrl ?? server.url;

  const { comeback, store, links, program } = await openComeback({
    grocer,
    data: options.data,
    program: options.program ?? null,
    publicUrl,
    smtpPort: smtp.port,
    log,
  });
  const bridge = new EventBridge(grocer.outbox, comeback, () => grocer.clock.now());
  const told = await bridge.deliver();
  if (told > 0) log(`${told} events from the shop delivered`);

  const timeMachine = new TimeMachine(grocer.clock, [
    ...town({ grocer, mailbox, comeback, publicUrl }),
    ...stations(grocer, bridge, comeback),
  ]);
  const demo: Demo = {
    grocer,
    comeback,
    store,
    program,
    links,
    bridge,
    mailbox,
    timeMachine,
    tour: new Tour(grocer),
    publicUrl,
    settle: () => settled(timeMachine),
    settleSoon: () => void settled(timeMachine).catch((error: unknown) => log(`work put off: ${String(error)}`)),
    log,
  };
  handle = site(demo);
  const timer = setInterval(() => demo.settleSoon(), TICK_MS);

  return {
    ...demo,
    url: server.url,
    async stop() {
      clearInterval(timer);
      await server.close();
      timeMachine.halt();
      await timeMachine.arrived(SETTLE_MS_MAX);
      await comeback.stop();
      await smtp.close();
      mailbox.close();
      grocer.close();
    },
  };
}

function open(data: string, log: (line: string) => void): Grocer {
  const path = join(data, "shop.sqlite");
  try {
    return openGrocer(path);
  } catch (error) {
    if (!(error instanceof OtherMake)) throw error;
    log(`${error.message}: it is cleared`);
    forget(data);
    return openGrocer(path);
  }
}

/** Only what a demo leaves there: the folder may have been chosen by mistake. */
function forget(data: string): void {
  for (const name of ["shop", "comeback", "mailbox"]) {
    for (const end of ["", "-wal", "-shm"]) rmSync(join(data, `${name}.sqlite${end}`), { force: true });
  }
  rmSync(join(data, "model.bin"), { force: true });
}

function stock(grocer: Grocer, log: (line: string) => void): void {
  if (isStocked(grocer))
    return log(`the shop is stocked: ${grocer.customers.count()} customers, ${grocer.orders.count()} orders`);
  log(`stocking the shop: ${CUSTOMERS_STOCKED} customers, a year of orders…`);
  const since = Date.now();
  const { orders } = stockShop(grocer);
  log(`stocked with ${orders} orders in ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/** The customers who are played by nobody. */
function town(parts: { grocer: Grocer; mailbox: MailStore; comeback: Comeback; publicUrl: string }) {
  const neighbours = new Neighbours(parts.grocer);
  const post = new Post({ ...parts, neighbours });
  return [
    { name: "neighbours", nextAt: () => neighbours.nextAt(), run: async () => neighbours.run() },
    { name: "post", nextAt: () => post.nextAt(), run: () => post.run() },
  ];
}

/** In this order: an order moves on, Comeback hears of it, Comeback does what follows. */
function stations(grocer: Grocer, bridge: EventBridge, comeback: Comeback) {
  let nextTick: number | null = null;
  return [
    {
      name: "orders",
      nextAt: () => grocer.orders.nextStepAt(),
      run: async () => grocer.orders.advance(grocer.clock.now()) > 0,
    },
    { name: "bridge", nextAt: () => null, run: async () => (await bridge.deliver()) > 0 },
    {
      name: "comeback",
      nextAt: () => nextTick,
      run: async () => {
        const { wakes, deliveries, nextAt } = await comeback.tick();
        nextTick = nextAt;
        return wakes + deliveries > 0;
      },
    },
  ];
}

async function settled(timeMachine: TimeMachine): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SETTLE_MS_MAX);
  });
  await Promise.race([timeMachine.tick(), patience]);
  clearTimeout(timer);
}
