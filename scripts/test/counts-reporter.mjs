// A reporter for node --test that only counts. Suites are not tests. A test skipped with the reason
// "long" is one that `npm run test:long` runs; it is not missing, so it is counted apart.
export default async function* counts(source) {
  const sum = { passed: 0, failed: 0, skipped: 0, later: 0 };
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite") continue;
    if (data.skip !== undefined) sum[data.skip === "long" ? "later" : "skipped"] += 1;
    else if (type === "test:pass") sum.passed += 1;
    else if (data.todo === undefined) sum.failed += 1;
  }
  yield `${JSON.stringify(sum)}\n`;
}
