import { SignatureError } from "./errors.js";

const PREFIX = "whsec_";
const TOLERANCE = 300;

/**
 * The message in the body of a webhook, if it is from Kener. `headers` are those of the request (a
 * Headers, or an object), `body` is as it came: a text, or its bytes. By Standard Webhooks.
 */
export async function verifyWebhook(body, headers, secret, { tolerance = TOLERANCE, now = Date.now } = {}) {
  const id = headerOf(headers, "webhook-id");
  const sentAt = headerOf(headers, "webhook-timestamp");
  const given = headerOf(headers, "webhook-signature");
  if (!/^\d{1,12}$/.test(sentAt) || Math.abs(now() / 1000 - Number(sentAt)) > tolerance) {
    throw new SignatureError("The message is too old, or from the future");
  }
  const encoder = new TextEncoder();
  const bytes = typeof body === "string" ? encoder.encode(body) : new Uint8Array(body);
  const signed = joined(encoder.encode(`${id}.${sentAt}.`), bytes);
  const key = await keyOf(secret);
  for (const each of given.split(" ")) {
    const [version, text] = [each.slice(0, 3), each.slice(3)];
    const signature = version === "v1," ? bytesOf(text) : undefined;
    // WebCrypto compares in constant time.
    if (signature && (await crypto.subtle.verify("HMAC", key, signature, signed))) {
      return JSON.parse(new TextDecoder().decode(bytes));
    }
  }
  throw new SignatureError("The message is not from Kener, or was changed on its way");
}

async function keyOf(secret) {
  const raw = bytesOf(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (raw === undefined || raw.length === 0) {
    throw new SignatureError("The secret of a webhook begins with whsec_");
  }
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function headerOf(headers, name) {
  if (typeof headers.get === "function") return headers.get(name) ?? "";
  const found = Object.keys(headers).find((each) => each.toLowerCase() === name);
  const value = found === undefined ? "" : headers[found];
  return Array.isArray(value) ? value.join(" ") : String(value);
}

function bytesOf(base64) {
  try {
    return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function joined(first, second) {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
