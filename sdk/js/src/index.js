export { Kener } from "./kener.js";
export * from "./errors.js";
export { verifyWebhook } from "./webhook.js";
