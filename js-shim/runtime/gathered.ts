interface Waiting<Q, A> {
  question: Q;
  answer(answer: A): void;
  failed(error: unknown): void;
}

/**
 * Makes one call of the many that come in one turn of the event loop, so that they share a
 * transaction. What one of them waits for is what all wait for.
 */
export function gathered<Q, A>(askAll: (questions: Q[]) => Promise<A[]>): (question: Q) => Promise<A> {
  let waiting: Waiting<Q, A>[] = [];

  async function ask(): Promise<void> {
    const asked = waiting;
    waiting = [];
    try {
      const answers = await askAll(asked.map(({ question }) => question));
      for (const [at, { answer }] of asked.entries()) answer(answers[at]!);
    } catch (error) {
      for (const { failed } of asked) failed(error);
    }
  }

  return (question) =>
    new Promise((answer, failed) => {
      if (waiting.push({ question, answer, failed }) === 1) setImmediate(() => void ask());
    });
}
