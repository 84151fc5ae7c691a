import { ConnectionError, KenerError, refusal, UnexpectedAnswer } from "./errors.js";
import { mayDoBetter, pause, secondsOf, sleep } from "./retry.js";

const environment = (name) => globalThis.process?.env?.[name];

/** Sends requests to one Kener, and again where that is safe and may help. */
export class Transport {
  #key;

  constructor({ url, key, timeout = 30, retries = 3, maxWait = 60, fetch, ...tools } = {}) {
    this.base = baseOf(url ?? environment("KENER_URL"));
    this.#key = keyOf(key ?? environment("KENER_API_KEY"));
    this.timeout = timeout;
    this.retries = retries;
    this.maxWait = maxWait;
    this.fetch = fetch ?? globalThis.fetch.bind(globalThis);
    // Tests have a clock, a chance and a patience of their own.
    this.tools = { sleep, random: Math.random, now: Date.now, ...tools };
  }

  /** The body, parsed, and the headers of the answer; the error that it tells of is thrown. */
  async send(operation, request) {
    const url = this.#address(operation, request);
    const init = this.#init(operation, request);
    const { signal, retries = this.retries } = request.options;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#attempt(url, init, signal);
      if (answer.error === undefined) return answer;
      const wait = attempt < retries ? this.#pause(attempt, answer.error) : undefined;
      if (wait === undefined) throw answer.error;
      await this.tools.sleep(wait, signal);
    }
  }

  #address(operation, { path, query }) {
    const url = new URL(this.base + path);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value === undefined || value === null) continue;
      url.searchParams.set(name, value instanceof Date ? value.toISOString() : String(value));
    }
    return url;
  }

  #init(operation, { json, text, options }) {
    const headers = new Headers({ Accept: "application/json" });
    if (this.#key !== undefined && !operation.open) headers.set("Authorization", `Bearer ${this.#key}`);
    if (operation.method === "POST" && !operation.open) {
      headers.set("Idempotency-Key", options.idempotencyKey ?? crypto.randomUUID());
    }
    if (options.ifMatch !== undefined) headers.set("If-Match", options.ifMatch);
    if (options.ifNoneMatch !== undefined) headers.set("If-None-Match", options.ifNoneMatch);
    if (options.requestId !== undefined) headers.set("X-Request-Id", options.requestId);
    if (json !== undefined) headers.set("Content-Type", "application/json");
    const body = json === undefined ? text : JSON.stringify(json);
    return { method: operation.method, headers, body, redirect: "error" };
  }

  async #attempt(url, init, signal) {
    const limit = AbortSignal.timeout(this.timeout * 1000);
    const both = signal ? AbortSignal.any([signal, limit]) : limit;
    let response, text;
    try {
      response = await this.fetch(url, { ...init, signal: both });
      text = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      const why = limit.aborted ? `no answer within ${this.timeout} s` : "nobody answers";
      return { error: new ConnectionError(`${url.origin}: ${why}`, { cause }) };
    }
    return this.#read(response, text);
  }

  #read(response, text) {
    const body = response.status === 304 ? {} : parsed(text);
    const isGood = response.ok || response.status === 304;
    if (isGood && body !== undefined) return { body, headers: response.headers };
    if (response.ok) {
      const told = { status: response.status };
      return { error: new UnexpectedAnswer("The answer is no JSON: is this a Kener?", told) };
    }
    const retryAfter = secondsOf(response.headers.get("Retry-After"), this.tools.now());
    return { error: refusal(response, body, retryAfter) };
  }

  #pause(attempt, error) {
    if (error.status !== undefined && !mayDoBetter(error.status)) return undefined;
    return pause(attempt, error.retryAfter, this.maxWait, this.tools.random);
  }
}

function baseOf(url) {
  if (typeof url !== "string" || url === "") {
    throw new KenerError("Say where Kener is: new Kener({ url }), or KENER_URL");
  }
  let found;
  try {
    found = new URL(url);
  } catch {
    throw new KenerError("The url of Kener must be one like https://status.example.org");
  }
  if (!["http:", "https:"].includes(found.protocol) || found.username || found.password) {
    throw new KenerError("The url of Kener must begin with http:// or https://, without a name in it");
  }
  return `${found.origin}${found.pathname.replace(/\/+$/, "")}/api`;
}

function keyOf(key) {
  // The browser would say it in the error that it throws.
  if (key !== undefined && !/^[!-~]+$/.test(key)) {
    throw new KenerError("The key is none of Kener's: it has a space, a line break or such in it");
  }
  return key;
}

function parsed(text) {
  try {
    const found = JSON.parse(text);
    return typeof found === "object" && found !== null ? found : undefined;
  } catch {
    return undefined;
  }
}
