import { missing, ok, warning, type Finding } from "./finding.js";

type Env = Readonly<Record<string, string | undefined>>;

/** Shorter secrets can be guessed by trying. */
const secretLengthMin = 32;

/** Settings from the environment. Their values are secrets or addresses, so none is printed. */
export function settings(env: Env): Finding[] {
  return [address(env), secret(env, "COMEBACK_LINK_SECRET", "signs the links in letters"), secret(env, "COMEBACK_EVENT_SECRET", "signs the events of your shop")]; // prettier-ignore
}

function address(env: Env): Finding {
  const name = "COMEBACK_URL";
  const text = env[name];
  if (!text) return missing(name, "is not set", "set it to where customers reach this server");
  if (!URL.canParse(text)) return missing(name, "is not an address", "it looks like `https://shop.example/comeback`");
  const { protocol, hostname } = new URL(text);
  if (protocol === "https:" || hostname === "localhost" || hostname === "127.0.0.1") return ok(name, "is set");
  return warning(name, "is not https", "links in letters should be read by nobody on the way");
}

function secret(env: Env, name: string, what: string): Finding {
  const made = "`node -p \"crypto.randomBytes(32).toString('base64url')\"` prints a good one";
  const { length } = env[name] ?? "";
  if (length === 0) return missing(name, `is not set; it ${what}`, made);
  if (length < secretLengthMin) return missing(name, `has ${length} characters, ${secretLengthMin} are needed`, made);
  return ok(name, "is set");
}
