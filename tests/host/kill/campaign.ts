import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startMailServer, type MailServer } from "./mail-server.js";
import { seeded } from "./seeded.js";
import type { KillPoint, WorkerTask } from "./worker.js";

export interface Campaign {
  folder: string;
  mail: MailServer;
  kills: number;
  acknowledged: Set<string>;
  /** Everything that should not have been said. */
  complaints: string[];
  dispose(): Promise<void>;
}

const worker = fileURLToPath(new URL("./worker.js", import.meta.url));
const customersPerRound = 2;
/** How often each point is passed in one round, at least; measured, and only used to aim. */
const passes: Record<KillPoint, number> = { step: 12, commit: 12, send: 4, none: 1 };
/** Longest delay after the point, so that a kill also falls behind it. */
const microsecondsMax: Record<KillPoint, number> = { step: 1500, commit: 1500, send: 6000, none: 1 };

/** Kills a worker `kills` times at seeded points of a kind, restarting it each time, then lets it finish. */
export async function runCampaign(point: KillPoint, kills: number, seed: number): Promise<Campaign> {
  const folder = mkdtempSync(join(tmpdir(), `comeback-kill-${point}-`));
  const mail = await startMailServer();
  const dispose = async (): Promise<void> => {
    await mail.close();
    rmSync(folder, { recursive: true });
  };
  const campaign: Campaign = { folder, mail, kills: 0, acknowledged: new Set(), complaints: [], dispose };
  const random = seeded(seed);
  let round = 0;
  while (campaign.kills < kills) {
    const nth = 1 + Math.floor(random() * passes[point]);
    const microseconds = random() * microsecondsMax[point];
    const killed = await runWorker(campaign, { round, point, nth, microseconds });
    if (killed) campaign.kills += 1;
    else round += 1;
    // A round that was killed is taken up again now and then, and left half done for the end at other times.
    if (killed && random() < 0.3) round += 1;
  }
  for (let last = 0; last <= round; last++)
    await runWorker(campaign, { round: last, point: "none", nth: 0, microseconds: 0 });
  return campaign;
}

type Aim = Pick<WorkerTask, "round" | "point" | "nth" | "microseconds">;

/** Answers whether the worker was killed, rather than finished. */
async function runWorker(campaign: Campaign, aim: Aim): Promise<boolean> {
  const { folder, mail, complaints } = campaign;
  const task: WorkerTask = { ...aim, folder, smtpPort: mail.port, customers: customersPerRound };
  const child = spawn(process.execPath, [worker, JSON.stringify(task)], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  for await (const line of createInterface({ input: child.stdout })) hear(campaign, line);
  const signal = await ended;
  if (signal !== "SIGKILL" && errors !== "") complaints.push(`round ${aim.round}: ${errors}`);
  return signal === "SIGKILL";
}

function hear({ acknowledged, complaints }: Campaign, line: string): void {
  const said = JSON.parse(line) as { ack?: string; refused?: string; parked?: string[] };
  if (said.ack) acknowledged.add(said.ack);
  if (said.refused || said.parked?.length) complaints.push(line);
}
