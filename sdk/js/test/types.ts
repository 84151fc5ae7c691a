// A program that uses the library as its types say: tests/sdk/test_js_types.py lets tsc read it.
import { Kener, NotFound, verifyWebhook } from "kener-sdk";
import type { Incident, Monitor, MonitorInput } from "kener-sdk";

const kener = new Kener({ url: "https://status.example.org", key: "kener_…", retries: 5 });

export async function walk(): Promise<string[]> {
  const input: MonitorInput = { name: "Shop", kind: "http", settings: { url: "https://shop.example/" } };
  const shop: Monitor = await kener.monitors.create(input, { idempotencyKey: "one" });
  await kener.monitors.update(shop.id, { interval: 30 }, { ifMatch: kener.etagOf(shop) });
  const names: string[] = [];
  for await (const each of kener.monitors.list({ tag: ["production"], sort: "-name" })) names.push(each.name);
  const part = await kener.incidents.list({ open: true }).page();
  const incidents: Incident[] = part.data;
  if (part.total > 0 && incidents[0]?.acknowledged === null) {
    await kener.incidents.acknowledge(incidents[0].id, { note: "I am on it" });
    await kener.incidents.acknowledge.delete(incidents[0].id);
  }
  try {
    await kener.monitors.get("nothing");
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    names.push(error.requestId ?? "");
  }
  const message = await verifyWebhook("{}", new Headers(), "whsec_");
  const { secret } = await kener.webhooks.create({ name: "Chat", url: "https://chat.example/" });
  const { key } = await kener.keys.create({ name: "deploy", permissions: ["read:monitors"] });
  await kener.heartbeat.word("token", "fail", { body: "no room" });
  return [...names, message.event, secret, key];
}

// @ts-expect-error - there is no such kind
const unknown_kind: MonitorInput = { name: "Shop", kind: "htttp" };
// @ts-expect-error - a name is needed
const without_name: MonitorInput = { kind: "http" };
// @ts-expect-error - there is no such order
kener.monitors.list({ sort: "colour" });
export { unknown_kind, without_name };
