// How requests are sent, tried again, and refused: against a real server of our own.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { inspect } from "node:util";

import * as kenerSdk from "../src/index.js";
import { Kener } from "../src/index.js";
import { pause, secondsOf, sleep } from "../src/retry.js";
import { refused, serving } from "./server.js";

const KEY = "kener_0123456789_thesecretofthiskey";
const NOW = Date.parse("2026-01-31T10:00:00Z");
let open = [];
afterEach(() => {
  open.forEach((each) => each.close());
  open = [];
});

async function talking(answers, options = {}) {
  const server = await serving(answers);
  open.push(server);
  const waits = [];
  const tools = { sleep: async (seconds) => waits.push(seconds), random: () => 1, now: () => NOW };
  const kener = new Kener({ url: server.url, key: KEY, ...tools, ...options });
  return { kener, waits, ...server };
}

const BUSY = refused(503, "UNAVAILABLE");

test("what fails for the moment is tried again, and waited for longer each time", async () => {
  const { kener, waits, asked } = await talking([BUSY, BUSY, { body: { data: { id: "me" } } }]);
  assert.deepEqual(await kener.me.get(), { id: "me" });
  assert.deepEqual(waits, [0.5, 1]);
  assert.equal(asked.length, 3);
});

test("a connection that breaks is tried again", async () => {
  const { kener, asked } = await talking(["hang up", { body: { data: { id: "me" } } }]);
  assert.deepEqual(await kener.me.get(), { id: "me" });
  assert.equal(asked.length, 2);
});

test("a POST that is tried again has the same Idempotency-Key, and another POST another", async () => {
  const { kener, asked } = await talking([BUSY, { status: 201, body: { data: {} } }]);
  await kener.monitors.create({ name: "Shop", kind: "manual" });
  await kener.monitors.create({ name: "Shop", kind: "manual" });
  const keys = asked.map((each) => each.headers["idempotency-key"]);
  assert.match(keys[0], /^[0-9a-f-]{36}$/);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
});

test("it is waited for as long as Retry-After says, in seconds or as a date", async () => {
  const later = (header) => ({ ...refused(429, "RATE_LIMITED"), "Retry-After": header });
  const { kener, waits } = await talking([
    later("7"), later("Sat, 31 Jan 2026 10:00:09 GMT"), { body: { data: {} } },
  ]);
  await kener.me.get();
  assert.deepEqual(waits, [7, 9]);
});

test("who asks to be left alone for long is left alone", async () => {
  const { kener, waits } = await talking([{ ...refused(429, "RATE_LIMITED"), "Retry-After": "3600" }]);
  await assert.rejects(kener.me.get(), (error) => {
    assert.ok(error instanceof kenerSdk.RateLimited);
    assert.equal(error.retryAfter, 3600);
    return true;
  });
  assert.deepEqual(waits, []);
});

test("tries are bounded, by the client and by the request", async () => {
  const { kener, asked } = await talking([BUSY]);
  await assert.rejects(kener.me.get(), kenerSdk.Unavailable);
  assert.equal(asked.length, 4);
  await assert.rejects(kener.me.get({ retries: 0 }), kenerSdk.Unavailable);
  assert.equal(asked.length, 5);
});

test("what is refused is not tried again", async () => {
  for (const [status, code, name] of [
    [400, "INVALID_REQUEST", "InvalidRequest"],
    [401, "KEY_REVOKED", "KeyRevoked"],
    [403, "FORBIDDEN", "Forbidden"],
    [404, "NOT_FOUND", "NotFound"],
    [409, "IDEMPOTENCY_CONFLICT", "IdempotencyConflict"],
    [412, "PRECONDITION_FAILED", "PreconditionFailed"],
    [418, "TEAPOT", "KenerError"],
  ]) {
    const { kener, asked } = await talking([{ ...refused(status, code), "X-Request-Id": "r1" }]);
    await assert.rejects(kener.me.get(), (error) => {
      assert.equal(error.name, name);
      assert.ok(error instanceof kenerSdk[name]);
      assert.deepEqual([error.status, error.code, error.requestId], [status, code, "r1"]);
      return true;
    });
    assert.equal(asked.length, 1);
  }
});

test("every bad field is told", async () => {
  const details = [{ field: "interval", code: "invalid", message: "must be at least 5" }];
  const { kener } = await talking([refused(400, "INVALID_REQUEST", { details })]);
  await assert.rejects(kener.monitors.create({}), (error) => {
    assert.deepEqual(error.details, details);
    return true;
  });
});

test("an answer of somebody else is told from one of Kener's", async () => {
  const { kener } = await talking([{ body: "<h1>Welcome</h1>" }]);
  await assert.rejects(kener.me.get(), kenerSdk.UnexpectedAnswer);
  const proxy = await talking([{ status: 502, body: "<h1>Bad gateway</h1>" }], { retries: 0 });
  await assert.rejects(proxy.kener.me.get(), kenerSdk.UnexpectedAnswer);
});

test("a redirect is not followed: the key would go elsewhere", async () => {
  const { kener } = await talking([{ status: 302, Location: "http://127.0.0.1:9/" }], { retries: 0 });
  await assert.rejects(kener.me.get(), kenerSdk.ConnectionError);
});

test("no answer in time is an error of its own", async () => {
  const { kener } = await talking(["silence"], { timeout: 0.05, retries: 0 });
  await assert.rejects(kener.me.get(), /no answer within 0.05 s/);
});

test("an abort ends a request, and the wait for the next", async () => {
  const { kener } = await talking(["silence"]);
  const stop = new AbortController();
  const asking = kener.me.get({ signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(asking, /enough/);
  await assert.rejects(sleep(60, AbortSignal.abort(new Error("enough"))), /enough/);
  const waiting = new AbortController();
  const asleep = sleep(60, waiting.signal);
  waiting.abort(new Error("awake"));
  await assert.rejects(asleep, /awake/);
});

test("the key is sent, and stands in no error and in nothing that is printed", async () => {
  const { kener, asked } = await talking([refused(401, "UNAUTHORIZED")]);
  const error = await kener.me.get().catch((each) => each);
  assert.equal(asked[0].headers.authorization, `Bearer ${KEY}`);
  assert.ok(!inspect(kener, { depth: 9, showHidden: true }).includes(KEY));
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(KEY));
  const nobody = new Kener({ url: "http://127.0.0.1:9", key: KEY, retries: 0 });
  const lost = await nobody.me.get().catch((each) => each);
  assert.ok(lost instanceof kenerSdk.ConnectionError);
  assert.ok(!inspect(lost, { depth: 9, showHidden: true }).includes(KEY));
});

test("a key that cannot be sent is refused without being told", () => {
  for (const key of [`${KEY}\n`, `${KEY} x`, "", "schlüssel"]) {
    assert.throws(() => new Kener({ url: "http://127.0.0.1:9", key }), (error) => {
      assert.ok(error instanceof kenerSdk.KenerError);
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes("thesecret"));
      return true;
    });
  }
});

test("where a heartbeat reports to, no key is sent", async () => {
  const { kener, asked } = await talking([{ body: { success: true, message: "Noted." } }]);
  await kener.heartbeat.word("token", "fail", { body: "no room" });
  assert.equal(asked[0].url, "/api/heartbeat/token/fail");
  assert.equal(asked[0].body, "no room");
  assert.equal(asked[0].headers.authorization, undefined);
});

test("ids and parameters are written so that nothing else is asked for", async () => {
  const { kener, asked } = await talking([{ body: { data: [], pagination: { next: null } } }]);
  await kener.secrets.delete("a/../b?c=ü");
  assert.equal(asked[0].url, "/api/secrets/a%2F..%2Fb%3Fc%3D%C3%BC");
  await kener.monitors.list({ tag: ["a", "b"], q: "x&y", status: undefined }).all();
  assert.equal(asked[1].url, "/api/monitors?tag=a%2Cb&q=x%26y");
  await assert.rejects(kener.monitors.pause(".."), /needs monitor_id/);
  await assert.rejects(kener.monitors.pause(), /needs monitor_id/);
  await assert.rejects(kener.monitors.pause("x", {}, {}), /fewer arguments/);
  await assert.rejects(kener.monitors.results().all(), /needs monitor_id/);
});

test("an address may have a path, and must be one of the web", async () => {
  const { url, asked } = await talking([{ body: { data: {} } }]);
  await new Kener({ url: `${url}/kener/`, key: KEY }).me.get();
  assert.equal(asked[0].url, "/kener/api/me");
  for (const bad of ["", "status.example.org", "ftp://x", "https://a:b@example.org"]) {
    assert.throws(() => new Kener({ url: bad }), kenerSdk.KenerError);
  }
});

test("waits grow up to half a minute, and less by chance", () => {
  assert.equal(pause(0, undefined, 60, () => 0), 0.25);
  assert.equal(pause(20, undefined, 60, () => 1), 30);
  assert.equal(secondsOf("soon", NOW), undefined);
  assert.equal(secondsOf("Sat, 31 Jan 2026 09:00:00 GMT", NOW), 0);
});
