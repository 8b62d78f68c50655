const turns = new Map<string, Promise<void>>();

/** Lets the writers of one place within this process wait for each other. */
export async function inTurn<T>(place: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(place) ?? Promise.resolve();
  const result = before.then(work);
  const turn = result.then(done, done);
  turns.set(place, turn);
  try {
    return await result;
  } finally {
    if (turns.get(place) === turn) turns.delete(place);
  }
}

/** Whoever waits for its turn does not care how the one before it ended. That one's caller does. */
function done(): void {}
