/**
 * A list: to be gone through with `for await`, which fetches part after part, or part by part.
 * `fetchPage` takes a cursor (undefined: from the beginning) and gives `{ data, next, … }`.
 */
export function follow(fetchPage) {
  return {
    /** One part: `{ data, limit, next, total }`; `next` is the cursor of the next, null at the end. */
    page: fetchPage,

    /** All of it, in an array. */
    async all() {
      const found = [];
      for await (const each of this) found.push(each);
      return found;
    },

    async *[Symbol.asyncIterator]() {
      let cursor;
      do {
        const part = await fetchPage(cursor);
        yield* part.data;
        cursor = part.next;
      } while (cursor !== null);
    },
  };
}
