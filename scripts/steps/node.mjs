// Node itself: checked before anything else, because older ones fail in ways that explain nothing.
import { NeedsHelp } from "../lib/shell.mjs";

const oldest = [20, 19];

export const node = {
  name: "node",
  title: `Node ${process.versions.node}`,
  inputs: () => process.versions.node,
  run() {
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
    throw new NeedsHelp(
      `Node ${oldest.join(".")} or newer is needed, this is ${process.versions.node}`,
      "install a newer Node, for example with nvm or from your distribution",
    );
  },
};
