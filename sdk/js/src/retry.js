const FIRST = 0.5;
const LONGEST = 30;

/** Whether the same request may do better later. */
export function mayDoBetter(status) {
  return status === 429 || (status >= 500 && status !== 501);
}

/** The seconds that a Retry-After says, as a number or as a date; undefined without a sane one. */
export function secondsOf(header, now) {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
}

/**
 * How long to wait before the next try, in seconds: what was said, or twice as long each time, up to
 * half a minute, and less by chance so that not all come back at once. Undefined: not at all, as who
 * asks to be left alone for longer than `most` means it.
 */
export function pause(attempt, retryAfter, most, random) {
  if (retryAfter !== undefined) return retryAfter <= most ? retryAfter : undefined;
  const wait = Math.min(LONGEST, FIRST * 2 ** attempt);
  return wait * (0.5 + random() / 2);
}

/** Wait; an abort ends it at once. */
export function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
