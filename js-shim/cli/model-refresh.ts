import type { Command } from "./command.js";
import { learn } from "./model-build.js";
import { historyHelp } from "./model-history.js";
import { mapHelp } from "./order-file.js";

/** `comeback model refresh`: what changes from night to night. */
export const command: Command = {
  name: "model refresh",
  summary: "renew a model with the latest orders, keeping its weights",
  help: `
usage: comeback model refresh --model model.bin --history FILE --orders new.csv[.gz] --out model.bin [--products products.csv[.gz]] [--until T]

Renews rhythms, popularity and companions, and sets the weekly chances right by the last six weeks, so
that they follow the season. The weights stay, which makes it several times quicker than \`model build\`:
refresh every week or night, build every few months.

  --model M            made by \`comeback model build\`
  --orders F           order lines, CSV, may be given again: those since the last run with a history, else all
${historyHelp}
  --products F         what the products are
  -o, --out FILE       where the renewed model goes; may be the old one's place
  --until T            see rows strictly before this instant; default all
  --json               the accuracy report, which stays that of the build, as JSON
${mapHelp}

  comeback model build --history shop.history --orders until-today.csv.gz --out model.bin
  comeback model refresh --model model.bin --history shop.history --orders since-yesterday.csv --out model.bin
`,
  run: (args, io) => learn(args, io, true),
};
