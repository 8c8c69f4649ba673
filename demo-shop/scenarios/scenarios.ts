/** One thing to do, in the order in which it is done. */
export type Act =
  /** Become this customer; nobody when `null`. */
  | { as: string | null; name: string }
  | { go: string; name: string }
  /** Let time pass, `+3h` or `+21d`, and look at a page then. */
  | { wait: string; name: string; then: string };

export interface Step {
  text: string;
  act?: Act;
}

export interface Scenario {
  id: string;
  /** The file in `programs/`. */
  program: string;
  title: string;
  story: string;
  steps: readonly Step[];
}

const as = (id: string, who: string): Act => ({ as: id, name: `Be ${who}` });
const nobody: Act = { as: null, name: "Log out" };
const go = (path: string, name: string): Act => ({ go: path, name });
const letters = (words: string, name = "The mailbox"): Act => ({ go: `/mailbox?q=${encodeURIComponent(words)}`, name });
const wait = (how: string, name: string, then: string): Act => ({ wait: how, name, then });

/**
 * Every program that ships, as a person would live through it. Whom to be is chosen so that what is
 * to be seen can be seen: Anna, for example, is one of the ten in a hundred whom nobody reminds of an
 * unpaid order, and each customer has an arm of the test among recommendations.
 */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: "service-care",
    program: "service-care",
    title: "Monday’s cart",
    story: "What is about to run out is gathered into one cart, and a person confirms it.",
    steps: [
      { text: "The tour on the home page leads through it.", act: go("/tour", "The tour") },
      { text: "Leave a letter unanswered and move the clock by days: a reminder comes, then another, then peace." },
    ],
  },
  {
    id: "gluten-free",
    program: "gluten-free",
    title: "Gluten-free from the first packet",
    story: "Something gluten-free in the basket, or bought, gives a role; the home page recommends what suits it.",
    steps: [
      { text: "Greta has only ever bought for her dog.", act: as("c004", "Greta") },
      { text: "Put the crackers into the basket.", act: go("/products/gf-crackers", "Seed crackers") },
      { text: "“Recommended for you” is on the home page now.", act: go("/", "Home page") },
      { text: "Her page in the back office shows the role.", act: go("/office/customers/c004", "Greta’s page") },
    ],
  },
  {
    id: "facebook-ad",
    program: "facebook-ad",
    title: "From an advertisement",
    story: "A visitor from Facebook gets a tag, a role and a banner with a coupon of their own.",
    steps: [
      { text: "Come as somebody unknown.", act: nobody },
      {
        text: "Follow the advertisement; the banner has a code.",
        act: go("/?utm_source=facebook&utm_campaign=spring", "The link in the advertisement"),
      },
      {
        text: "Register: the code comes along, and the checkout takes it.",
        act: go("/register", "Register"),
      },
    ],
  },
  {
    id: "kayaks",
    program: "kayaks",
    title: "Kayaks, then life vests",
    story: "Who looks at a kayak and later at a life vest sees the newest oars, from six in the evening on.",
    steps: [
      { text: "Priya likes the water.", act: as("c003", "Priya") },
      { text: "Look at a kayak.", act: go("/products/kayak-one", "A kayak") },
      { text: "Then look at a life vest.", act: go("/products/life-vest-adult", "A life vest") },
      {
        text: "Tomorrow the banner with the oars waits on the home page.",
        act: wait("+1d", "A day later", "/"),
      },
    ],
  },
  {
    id: "welcome",
    program: "welcome",
    title: "Welcome",
    story: "Whoever registers sees a banner with what others like, and gets a letter an hour later.",
    steps: [
      { text: "Come as somebody new.", act: nobody },
      { text: "Register, and agree to letters.", act: go("/register", "Register") },
      { text: "The banner is on the home page.", act: go("/", "Home page") },
      { text: "The letter comes an hour later.", act: wait("+2h", "Two hours later", "/mailbox?q=Welcome") },
    ],
  },
  {
    id: "birthday",
    program: "welcome",
    title: "Birthday",
    story: "A letter at nine on the day, with a code that is good for two weeks.",
    steps: [
      {
        text: "Kwame’s birthday is on 9 March, Anna’s on the 19th. Later than that: be one of them and give another day on the account page.",
        act: wait("+4d", "Four days later", "/mailbox?q=Happy+birthday"),
      },
      { text: "The letters with “Happy birthday”.", act: letters("Happy birthday") },
    ],
  },
  {
    id: "a-year-away",
    program: "welcome",
    title: "A year away",
    story: "A year without an order, and a year without a log-in, each bring one letter and no more.",
    steps: [
      {
        text: "Ruth ordered once, a year ago, and logged in last on 14 March: see her page.",
        act: go("/office/customers/c181", "Ruth’s page"),
      },
      { text: "Both letters come within ten days.", act: wait("+10d", "Ten days later", "/mailbox?q=ruth.adeyemi") },
    ],
  },
  {
    id: "unpaid-order",
    program: "unpaid-order",
    title: "An unpaid order",
    story: "Four hours later a letter, two days later another; paying ends the reminders of that order only.",
    steps: [
      { text: "Kwame drinks decaf.", act: as("c005", "Kwame") },
      { text: "Put it into the basket.", act: go("/products/decaf-250", "Evening Decaf") },
      { text: "Order it, and choose “Pay later”.", act: go("/checkout", "To the checkout") },
      {
        text: "The letter leads to the order; pay it there and no other comes.",
        act: wait("+1d", "A day later", "/mailbox?q=kwame"),
      },
      {
        text: "What share of orders is paid, with and without reminders.",
        act: go("/office/results#paid", "The results"),
      },
    ],
  },
  {
    id: "abandoned-cart",
    program: "abandoned-cart",
    title: "A basket left behind",
    story: "Three letters, and a present that fits the reason: dear delivery brings a code for free delivery.",
    steps: [
      { text: "Greta lives in Berlin, where delivery costs more.", act: as("c004", "Greta") },
      { text: "Put the sticks into the basket.", act: go("/products/dental-sticks-28", "Dental sticks") },
      { text: "Go to the checkout, see what delivery costs, and leave.", act: go("/checkout", "To the checkout") },
      {
        text: "Or say below the basket what is missing: the answer counts as well.",
        act: go("/cart#why", "Below the basket"),
      },
      { text: "The first letter.", act: wait("+3h", "Three hours later", "/mailbox?q=greta") },
      { text: "The second, with the code.", act: wait("+2d", "Two days later", "/mailbox?q=greta") },
      { text: "The last.", act: wait("+2d", "Two more days", "/mailbox?q=greta") },
      {
        text: "What was lost, at which step and why.",
        act: go("/office/results#lost-carts", "The results"),
      },
    ],
  },
  {
    id: "after-delivery",
    program: "carrots",
    title: "After delivery: a discount, or a request",
    story: "A large order earns a discount, a small one a request for a review; the review earns one, good or bad.",
    steps: [
      { text: "Priya buys a little.", act: as("c003", "Priya") },
      { text: "Bread mix will do; pay at once.", act: go("/products/gf-bread-mix", "Bread mix") },
      { text: "Five days after delivery she is asked.", act: wait("+8d", "Eight days later", "/mailbox?q=priya") },
      {
        text: "Follow the letter to the order and write a review, good or bad.",
        act: go("/products/gf-bread-mix#reviews", "The product"),
      },
      {
        text: "An hour later a code comes, if the review is still there.",
        act: wait("+2h", "Two hours later", "/mailbox?q=priya"),
      },
      {
        text: "Goods for £50 or more bring the discount without asking: try a sack of dog dinner with sticks as Greta.",
        act: as("c004", "Greta"),
      },
    ],
  },
  {
    id: "refer-a-friend",
    program: "carrots",
    title: "Refer a friend",
    story: "A week after that letter comes an invitation; when the friend registers, both get a code.",
    steps: [
      {
        text: "After the scenario above: the invitation to Priya.",
        act: wait("+8d", "Eight days later", "/mailbox?q=priya"),
      },
      { text: "Log out and follow the link in it.", act: nobody },
      {
        text: "Register as the friend, and agree to letters. Two letters leave: one for each.",
        act: letters("friend"),
      },
      {
        text: "Priya’s own code is refused at her own checkout, and registering again with her address rewards nobody.",
      },
    ],
  },
  {
    id: "repeat-order",
    program: "repeat-order",
    title: "Repeat order",
    story:
      "Three weeks after an order is complete comes what goes with it; a week later, if nothing was ordered and nothing sent, what is new.",
    steps: [
      { text: "Dmitry’s letters show what goes with his order.", act: as("c002", "Dmitry") },
      { text: "He orders tea, and pays at once.", act: go("/products/earl-grey-40", "Earl Grey") },
      {
        text: "Two days to arrive and three weeks to drink. Anna would see what is popular, Priya what suits her, Greta nothing: a test of four.",
        act: wait("+24d", "24 days later", "/mailbox?q=dmitry"),
      },
      { text: "And a week later, what is new.", act: wait("+8d", "Eight days later", "/mailbox?q=dmitry") },
    ],
  },
];
