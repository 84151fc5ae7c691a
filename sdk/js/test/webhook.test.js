// Messages that Kener itself has signed (KENER_SIGNED), and what others made of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { SignatureError, verifyWebhook } from "../src/index.js";

const signed = JSON.parse(process.env.KENER_SIGNED ?? "null");
if (signed === null) throw new Error("KENER_SIGNED is needed: tests/sdk/test_js.py gives it");

const headersOf = (each) => ({
  "Webhook-Id": each.id,
  "webhook-timestamp": each.timestamp,
  "webhook-signature": each.signature,
});
const at = (each, seconds = 0) => ({ now: () => (Number(each.timestamp) + seconds) * 1000 });

test("what Kener has signed is its own", async () => {
  assert.ok(signed.length > 0);
  for (const each of signed) {
    const bytes = new TextEncoder().encode(each.body);
    for (const body of [each.body, bytes, bytes.buffer]) {
      const message = await verifyWebhook(body, headersOf(each), each.secret, at(each));
      assert.deepEqual(message, JSON.parse(each.body));
    }
    await verifyWebhook(each.body, new Headers(headersOf(each)), each.secret, at(each, 299));
  }
});

test("one of several signatures is enough", async () => {
  const [each] = signed;
  const headers = { ...headersOf(each), "webhook-signature": `v1,AAAA v2,x ${each.signature}` };
  await verifyWebhook(each.body, headers, each.secret, at(each));
});

test("what was changed, is old, or was signed by others is refused", async () => {
  const [each] = signed;
  const headers = headersOf(each);
  const other = `whsec_${btoa("another secret of this length!!!")}`;
  const wrong = [
    [`${each.body} `, headers, each.secret, at(each)],
    [each.body, { ...headers, "Webhook-Id": "msg_x" }, each.secret, at(each)],
    [each.body, { ...headers, "webhook-timestamp": "1" }, each.secret, at(each)],
    [each.body, { ...headers, "webhook-timestamp": "soon" }, each.secret, at(each)],
    [each.body, headers, other, at(each)],
    [each.body, headers, "whsec_%%%", at(each)],
    [each.body, headers, each.secret, at(each, 301)],
    [each.body, headers, each.secret, at(each, -301)],
    [each.body, {}, each.secret, at(each)],
    [each.body, { ...headers, "webhook-signature": "v1,%%% v1, nonsense" }, each.secret, at(each)],
  ];
  for (const given of wrong) await assert.rejects(verifyWebhook(...given), SignatureError);
});
