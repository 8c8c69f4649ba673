// Rules as somebody would write them by hand: one function a rule, made of small ones, asked in turn.

/** A function from an event to whether the rule fires. */
export function closureOf({ kinds, when }) {
  const holds = testOf(when);
  if (kinds.length === 1) {
    const [kind] = kinds;
    return (event) => event.type === kind && holds(event);
  }
  return (event) => kinds.includes(event.type) && holds(event);
}

function testOf(condition) {
  const [[name, test]] = Object.entries(condition);
  switch (name) {
    case "all":
      return allOf(test.map(testOf));
    case "any":
      return anyOf(test.map(testOf));
    case "none": {
      const any = anyOf(test.map(testOf));
      return (event) => !any(event);
    }
    case "product":
      return oneOf((event) => event.product, test.any_of);
    case "category":
      return oneOf((event) => event.category, test.any_of);
    case "manufacturer":
      return oneOf((event) => event.manufacturer, test.any_of);
    case "role":
      return oneOf((event) => event.role, test.any_of);
    case "url": {
      const [part] = test.contains;
      return (event) => event.url.includes(part);
    }
    case "referrer": {
      const [part] = test.contains;
      return (event) => event.referrer.includes(part);
    }
    case "event":
      return fieldTest(test);
    default:
      throw new Error(`no closure for \`${name}\``);
  }
}

function fieldTest({ field, is, at_least: least, at_most: most }) {
  const read = readers[field];
  if (is) return oneOf(read, is.any_of);
  if (least === undefined) return (event) => read(event) <= most;
  if (most === undefined) return (event) => read(event) >= least;
  return (event) => read(event) >= least && read(event) <= most;
}

// A property with a fixed name is read faster than one whose name is in a variable.
const readers = {
  country: (event) => event.country,
  device: (event) => event.device,
  campaign: (event) => event.campaign,
  hour: (event) => event.hour,
  orders: (event) => event.orders,
  cart_total: (event) => event.cart_total,
  days_since_order: (event) => event.days_since_order,
};

function oneOf(read, names) {
  if (names.length === 1) {
    const [name] = names;
    return (event) => read(event) === name;
  }
  if (names.length <= 4) return (event) => names.includes(read(event));
  const set = new Set(names);
  return (event) => set.has(read(event));
}

function allOf(tests) {
  const [a, b, c, d] = tests;
  if (tests.length === 1) return a;
  if (tests.length === 2) return (event) => a(event) && b(event);
  if (tests.length === 3) return (event) => a(event) && b(event) && c(event);
  if (tests.length === 4) return (event) => a(event) && b(event) && c(event) && d(event);
  return (event) => tests.every((test) => test(event));
}

function anyOf(tests) {
  const [a, b, c] = tests;
  if (tests.length === 1) return a;
  if (tests.length === 2) return (event) => a(event) || b(event);
  if (tests.length === 3) return (event) => a(event) || b(event) || c(event);
  return (event) => tests.some((test) => test(event));
}
