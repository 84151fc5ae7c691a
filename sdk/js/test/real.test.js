// Every operation, with a real Kener: tests/sdk/test_js.py starts it (KENER_URL, KENER_API_KEY).
import assert from "node:assert/strict";
import { test } from "node:test";

import { Conflict, InvalidRequest, Kener, NotFound, PreconditionFailed } from "../src/index.js";
import { OPERATIONS } from "../src/operations.js";

if (!process.env.KENER_URL) throw new Error("KENER_URL is needed: tests/sdk/test_js.py gives it");
const done = new Set();
const kener = new Kener({
  fetch: (url, init) => {
    done.add(`${init.method} ${url.pathname}`);
    return fetch(url, init);
  },
});
const manual = (name, more) => kener.monitors.create({ name, kind: "manual", ...more });

test("a monitor from its making to its end", async () => {
  const made = await manual("Bridge", { tags: ["js"] });
  assert.equal((await kener.monitors.get(made.slug)).id, made.id);
  assert.equal((await kener.monitors.status(made.id, { status: "down", message: "closed" })).status, "down");
  assert.equal((await kener.monitors.pause(made.id)).paused, true);
  assert.equal((await kener.monitors.resume(made.id)).paused, false);
  assert.equal((await kener.monitors.check(made.id)).id, made.id);
  assert.equal((await kener.monitors.patch(made.id, { name: "Old bridge" })).name, "Old bridge");
  assert.ok(Array.isArray(await kener.monitors.results(made.id).all()));
  const [span] = await kener.monitors.spans(made.id).all();
  assert.ok("seconds" in span);
  assert.ok((await kener.monitors.uptime(made.id, { window: "7d", days: true })).days.length >= 7);
  const latency = await kener.monitors.latency(made.id, { percentiles: [50, 99] });
  assert.deepEqual(Object.keys(latency.percentiles), ["50", "99"]);
  assert.equal((await kener.monitors.test({ id: made.id })).detail, "closed");
  const bulk = await kener.monitors.bulk({ action: "untag", ids: [made.id], tags: ["js"] });
  assert.equal(bulk.changed.length, 1);
  assert.deepEqual(await kener.monitors.delete(made.id), { id: made.id });
  await assert.rejects(kener.monitors.get(made.id), NotFound);
});

test("a list is fetched part by part, in its order", async () => {
  for (const name of ["One", "Two", "Three"]) await manual(name, { tags: ["paged"] });
  const list = kener.monitors.list({ tag: ["paged"], sort: "name", limit: 2, fields: ["name"] });
  const names = [];
  for await (const each of list) names.push(each.name);
  assert.deepEqual(names, ["One", "Three", "Two"]);
  const part = await list.page();
  assert.equal(part.total, 3);
  assert.equal((await list.page(part.next)).next, null);
});

test("what somebody else has changed is not overwritten", async () => {
  const monitor = await manual("Lighthouse");
  const ifMatch = kener.etagOf(monitor);
  const changed = await kener.monitors.update(monitor.id, { interval: 30 }, { ifMatch });
  assert.equal(changed.interval, 30);
  await assert.rejects(kener.monitors.update(monitor.id, { interval: 60 }, { ifMatch }), PreconditionFailed);
  await assert.rejects(kener.monitors.update(monitor.id, { version: 1, interval: 60 }), Conflict);
});

test("the same POST twice is done once", async () => {
  const once = { idempotencyKey: "one-of-a-kind" };
  const first = await kener.monitors.create({ name: "Once", kind: "manual" }, once);
  assert.equal((await kener.monitors.create({ name: "Once", kind: "manual" }, once)).id, first.id);
});

test("what is wrong is told by field", async () => {
  await assert.rejects(kener.monitors.create({ name: "", kind: "none" }), (error) => {
    assert.ok(error instanceof InvalidRequest);
    assert.deepEqual(error.details.map((each) => each.field).sort(), ["kind", "name"]);
    return true;
  });
});

test("an incident with its messages", async () => {
  const made = await kener.incidents.create({ title: "Slow", impact: "minor", message: "We look." });
  assert.equal((await kener.incidents.acknowledge(made.id, { note: "I do" })).acknowledged.note, "I do");
  assert.equal((await kener.incidents.acknowledge.delete(made.id)).acknowledged, null);
  const said = { status: "identified", message: "It is the disk." };
  const [update] = (await kener.incidents.updates.create(made.id, said)).updates;
  assert.equal((await kener.incidents.updates.get(made.id, update.id)).message, said.message);
  await kener.incidents.updates.update(made.id, update.id, { message: "The disk." });
  await kener.incidents.updates.patch(made.id, update.id, { message: "A disk." });
  assert.equal((await kener.incidents.updates.list(made.id).all()).length, 2);
  await kener.incidents.updates.delete(made.id, update.id, { notify: false });
  assert.equal((await kener.incidents.update(made.id, { title: "Slower" })).title, "Slower");
  assert.equal((await kener.incidents.patch(made.id, { impact: "major" })).impact, "major");
  assert.equal((await kener.incidents.get(made.id)).updates.length, 1);
  assert.equal((await kener.incidents.list({ open: true }).all()).length, 1);
  await kener.incidents.delete(made.id);
});

test("a template", async () => {
  const words = { name: "Outage", title: "Outage", message: "We look.", impact: "major" };
  const made = await kener.incidentTemplates.create(words);
  assert.equal((await kener.incidentTemplates.update(made.id, { name: "Big" })).name, "Big");
  assert.equal((await kener.incidentTemplates.patch(made.id, { name: "Bigger" })).name, "Bigger");
  assert.equal((await kener.incidentTemplates.get(made.id)).name, "Bigger");
  assert.equal((await kener.incidentTemplates.list().all()).length, 1);
  await kener.incidentTemplates.delete(made.id);
});

test("planned work and its windows", async () => {
  const made = await kener.maintenances.create({
    title: "Upgrade", starts: "2099-01-31T02:00", duration: 60, rrule: "FREQ=WEEKLY;COUNT=3",
  });
  assert.equal((await kener.maintenances.update(made.id, { duration: 30 })).duration, 30);
  assert.equal((await kener.maintenances.patch(made.id, { message: "Soon." })).message, "Soon.");
  assert.equal((await kener.maintenances.get(made.id)).title, "Upgrade");
  assert.equal((await kener.maintenances.list({ upcoming: true }).all()).length, 1);
  const [window] = await kener.maintenances.windows.list(made.id).all();
  assert.equal((await kener.windows.get(window.id)).maintenance_id, made.id);
  const ends = new Date(Date.parse(window.starts_at) + 3_600_000);
  await kener.windows.update(window.id, { ends_at: ends });
  await kener.windows.patch(window.id, { ends_at: ends });
  await kener.windows.extend(window.id, { minutes: 5 });
  await assert.rejects(kener.windows.finish(window.id), Conflict);
  assert.equal((await kener.windows.cancel(window.id)).status, "cancelled");
  assert.equal((await kener.maintenances.cancel(made.id)).status, "cancelled");
  await kener.maintenances.delete(made.id);
});

test("a page", async () => {
  const made = await kener.pages.create({ title: "Inside", sections: [{ name: "All" }] });
  assert.equal((await kener.pages.update(made.id, { title: "Ours" })).sections.length, 1);
  assert.equal((await kener.pages.patch(made.id, { look: { theme: "dark" } })).look.theme, "dark");
  assert.equal((await kener.pages.get(made.slug)).id, made.id);
  assert.equal((await kener.pages.list().all()).length, 2);
  assert.equal((await kener.status.get({ page: made.slug })).monitors.length, 0);
  await kener.pages.delete(made.id);
});

test("keys, secrets, settings and who asks", async () => {
  const made = await kener.keys.create({ name: "deploy", permissions: ["read:monitors"] });
  const other = new Kener({ key: made.key });
  assert.equal((await other.me.get()).name, "deploy");
  assert.equal((await kener.keys.update(made.id, { rate_limit: 7 })).rate_limit, 7);
  assert.equal((await kener.keys.patch(made.id, { name: "ship" })).name, "ship");
  assert.equal((await kener.keys.get(made.id)).name, "ship");
  assert.notEqual((await kener.keys.rotate(made.id)).key, made.key);
  assert.equal((await kener.keys.delete(made.id)).state, "revoked");
  assert.ok((await kener.keys.list({ state: "active" }).all()).length >= 1);
  assert.equal((await kener.secrets.update("TOKEN", { value: "x" })).used_by, 0);
  assert.equal((await kener.secrets.patch("TOKEN", { note: "of a test" })).note, "of a test");
  assert.equal((await kener.secrets.list().all()).length, 1);
  assert.deepEqual(await kener.secrets.delete("TOKEN"), { name: "TOKEN" });
  const settings = await kener.settings.get();
  const ifMatch = kener.etagOf(settings);
  assert.equal((await kener.settings.update({ title: "Ours" }, { ifMatch })).title, "Ours");
  assert.equal((await kener.settings.patch({ title: settings.title })).title, settings.title);
  assert.equal((await kener.me.get()).permissions.includes("admin"), true);
});

test("webhooks and what became of their messages", async () => {
  const made = await kener.webhooks.create({ name: "Chat", url: "https://chat.example/" });
  assert.match(made.secret, /^whsec_/);
  assert.deepEqual((await kener.webhooks.update(made.id, { events: ["monitor.down"] })).events, ["monitor.down"]);
  assert.equal((await kener.webhooks.patch(made.id, { name: "Talk" })).name, "Talk");
  assert.equal((await kener.webhooks.get(made.id)).name, "Talk");
  assert.equal((await kener.webhooks.list().all()).length, 1);
  const sent = await kener.webhooks.test(made.id);
  assert.equal((await kener.webhooks.deliveries.get(made.id, sent.id)).body.event, "webhook.test");
  assert.equal((await kener.webhooks.deliveries.list(made.id).all()).length, 1);
  await assert.rejects(kener.webhooks.deliveries.redeliver(made.id, sent.id), Conflict);
  assert.notEqual((await kener.webhooks.secret(made.id)).secret, made.secret);
  await kener.webhooks.delete(made.id);
});

test("a heartbeat reports", async () => {
  const made = await kener.monitors.create({ name: "Backup", kind: "heartbeat", settings: { period: 60 } });
  const token = made.heartbeat_url.split("/").at(-1);
  for (const report of [
    kener.heartbeat(token), kener.heartbeat.get(token), kener.heartbeat.word.get(token, "start"),
    kener.heartbeat.word(token, "0", { body: "all is saved" }),
  ]) assert.equal((await report).success, true);
  assert.deepEqual(await kener.push(token, { status: "up", ping: "12" }), { ok: true });
  assert.deepEqual(await kener.push.get(token, { msg: "fine" }), { ok: true });
});

test("the server's own description names the same operations, and no other", async () => {
  const told = await kener.openapi.json();
  const theirs = Object.entries(told.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
  );
  const ours = OPERATIONS.map((each) => `${each.name} ${each.method} /api${each.path}`);
  assert.deepEqual(ours.toSorted(), theirs.toSorted());
  for (const each of OPERATIONS) {
    const operation = told.paths[`/api${each.path}`][each.method.toLowerCase()];
    const queries = operation.parameters.filter((one) => one.in === "query");
    assert.equal(Boolean(each.asks), queries.length > 0, each.name);
    if (!each.log) assert.equal(Boolean(each.sends), "requestBody" in operation && !each.open, each.name);
  }
});

test("every operation was done above", () => {
  const missing = OPERATIONS.filter(({ method, path }) => {
    const pattern = new RegExp(`^${method} /api${path.replace(/\{\w+\}/g, "[^/]+")}$`);
    return ![...done].some((each) => pattern.test(each));
  });
  assert.deepEqual(missing.map((each) => each.name), []);
});
