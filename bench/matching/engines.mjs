// The same rules in every engine: each takes rules and returns a function from an event to the
// numbers of the rules that fire, in order.
import { createRequire } from "node:module";
import { closureOf } from "./closures.mjs";

// Packages that only tests and benchmarks need are installed beside the tests.
const fromTests = createRequire(new URL("../../tests/package.json", import.meta.url));

export const engines = { comeback, closures, "json-logic": jsonLogic, "json-rules-engine": jsonRulesEngine };

async function comeback(rules) {
  const { Core } = await import(process.env.COMEBACK_CORE ?? "comeback/core");
  const core = await Core.load();
  const matcher = core.matcher(programOf(rules));
  if (matcher.leftOut.length) throw new Error(`left out: ${JSON.stringify(matcher.leftOut[0])}`);
  return (event) => matcher.match(event);
}

/** The merchant's text. */
export const programOf = (rules) => ({
  comeback: 1,
  journeys: rules.map(({ id, kinds, when }) => ({ id, trigger: { event: kinds }, when, steps: [{ assign_tag: id }] })),
});

async function closures(rules) {
  const tests = rules.map(closureOf);
  return (event) => {
    const found = [];
    for (let number = 0; number < tests.length; number++) if (tests[number](event)) found.push(number);
    return found;
  };
}

/** json-logic-engine compiles each rule to a JavaScript function. */
async function jsonLogic(rules) {
  const { LogicEngine } = fromTests("json-logic-engine");
  const engine = new LogicEngine();
  const tests = rules.map(({ kinds, when }) =>
    engine.build({ and: [{ in: [{ var: "type" }, kinds] }, logicOf(when)] }),
  );
  return (event) => {
    const found = [];
    for (let number = 0; number < tests.length; number++) if (tests[number](event)) found.push(number);
    return found;
  };
}

function logicOf(condition) {
  const [[name, test]] = Object.entries(condition);
  if (name === "all") return { and: test.map(logicOf) };
  if (name === "any") return { or: test.map(logicOf) };
  if (name === "none") return { "!": [{ or: test.map(logicOf) }] };
  if (test.contains) return { in: [test.contains[0], { var: name }] };
  const { any_of: names } = test.is ?? test;
  const read = { var: test.field ?? name };
  if (names) return names.length === 1 ? { "===": [read, names[0]] } : { in: [read, names] };
  const bounds = [];
  if (test.at_least !== undefined) bounds.push({ ">=": [read, test.at_least] });
  if (test.at_most !== undefined) bounds.push({ "<=": [read, test.at_most] });
  return bounds.length === 1 ? bounds[0] : { and: bounds };
}

async function jsonRulesEngine(rules) {
  const { Engine } = fromTests("json-rules-engine");
  const engine = new Engine();
  engine.addOperator("includesText", (text, part) => typeof text === "string" && text.includes(part));
  rules.forEach(({ kinds, when }, number) => {
    const type = { fact: "type", operator: "in", value: kinds };
    engine.addRule({ conditions: { all: [type, ruleOf(when)] }, event: { type: "fires", params: { number } } });
  });
  return async (event) => {
    const { events } = await engine.run(event);
    return events.map(({ params }) => params.number).sort((a, b) => a - b);
  };
}

function ruleOf(condition) {
  const [[name, test]] = Object.entries(condition);
  if (name === "all" || name === "any") return { [name]: test.map(ruleOf) };
  if (name === "none") return { not: { any: test.map(ruleOf) } };
  if (test.contains) return { fact: name, operator: "includesText", value: test.contains[0] };
  const { any_of: names } = test.is ?? test;
  const fact = test.field ?? name;
  if (names)
    return names.length === 1 ? { fact, operator: "equal", value: names[0] } : { fact, operator: "in", value: names };
  const bounds = [];
  if (test.at_least !== undefined) bounds.push({ fact, operator: "greaterThanInclusive", value: test.at_least });
  if (test.at_most !== undefined) bounds.push({ fact, operator: "lessThanInclusive", value: test.at_most });
  return bounds.length === 1 ? bounds[0] : { all: bounds };
}
