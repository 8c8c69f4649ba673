/** Rows of a small CSV, quotes and line breaks in them as RFC 4180 has it. Large ones go through the core. */
export function* csvRows(text: string): Generator<string[]> {
  let row: string[] = [];
  // A cell is a quoted text, in which quotes are doubled, or anything up to the next separator.
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    row.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'));
    if (match[3] === ",") continue;
    yield row;
    if (match[3] === "" || cell.lastIndex >= text.length) return;
    row = [];
  }
}
