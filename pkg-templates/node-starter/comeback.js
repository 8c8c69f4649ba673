// Comeback as this shop uses it.
import { fileURLToPath } from "node:url";
import { createComeback } from "comeback";

const program = fileURLToPath(new URL("program.yaml", import.meta.url));

/** The engine; `more` is what differs between the server and the tests. */
export const openComeback = (more) => createComeback({ program, ...more });
