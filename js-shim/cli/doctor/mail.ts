import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { missing, ok, type Finding } from "./finding.js";

const what = "COMEBACK_SMTP_URL";
const answerMsMax = 5000;

/** Whether the mail server is there and greets. Nothing is sent, and nobody logs in. */
export async function mail(url: string | undefined): Promise<Finding> {
  if (!url) return missing(what, "is not set", "it looks like `smtps://user:password@mail.example`");
  if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol)) {
    return missing(what, "is not an SMTP address", "it looks like `smtps://user:password@mail.example`");
  }
  try {
    const greeting = await greet(new URL(url));
    if (greeting.startsWith("220")) return ok(what, "the server answers");
    return missing(what, `the server answers ${greeting.slice(0, 3)}`, "ask its owner whether this machine may use it");
  } catch (error) {
    return missing(what, `can't be reached: ${(error as Error).message}`, "check host, port and firewall");
  }
}

function greet({ hostname, port, protocol }: URL): Promise<string> {
  const secure = protocol === "smtps:" || port === "465";
  const to = { host: hostname, port: Number(port) || (secure ? 465 : 587) };
  return new Promise((resolve, reject) => {
    const socket = secure ? connectTls({ ...to, servername: hostname }) : connect(to);
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(answerMsMax, () => end(() => reject(new Error(`no answer within ${answerMsMax / 1000} s`))));
    socket.once("error", (error) => end(() => reject(error)));
    socket.once("data", (data: Buffer) => end(() => resolve(data.toString())));
  });
}
