// The parts of the test run. Each is a name a person can type, `npm test -- vectors`, what has to be
// there first, and a function that runs it and counts.
import { chromium } from "../steps/chromium.mjs";
import { npmPackages } from "../steps/npm-packages.mjs";
import { rust } from "../steps/rust.mjs";
import { typescriptTests } from "../steps/typescript.mjs";
import { cargoTests } from "./cargo.mjs";
import { nodeTests } from "./node.mjs";

// The browser for all of them: a test of the demo shop may open a page too.
const compiled = [npmPackages, typescriptTests, chromium];
const ownParts = ["runtimes", "pages", "packaging"];

export const parts = [
  { name: "rust", title: "the core, natively", needs: [rust], run: cargoTests },
  {
    name: "vectors",
    title: "the same vectors through core.wasm in Node, workerd and Chromium",
    needs: compiled,
    run: nodeTests((file) => file.startsWith("tests/dist/runtimes/")),
  },
  {
    name: "host",
    title: "the host and the demo shop",
    needs: compiled,
    run: nodeTests((file) => !ownParts.some((part) => file.startsWith(`tests/dist/${part}/`))),
  },
  {
    name: "pages",
    title: "pages in a real browser",
    needs: compiled,
    run: nodeTests((file) => file.startsWith("tests/dist/pages/")),
  },
  {
    name: "packaging",
    title: "the package, packed, installed and used",
    needs: compiled,
    run: nodeTests((file) => file.startsWith("tests/dist/packaging/")),
  },
];
