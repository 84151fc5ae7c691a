// Every operation: its name, method and path; `sends`: it takes a body, `asks`: it takes a query,
// `list`: it comes part by part, `open`: without a key, `bare`: the answer is not in an envelope,
// `log`: the options may hold a text that is sent as it is.

const read = (name, path, more) => ({ name, method: "GET", path, ...more });
const list = (name, path) => read(name, path, { asks: true, list: true });
const send = (name, path, more) => ({ name, method: "POST", path, sends: true, ...more });
const deed = (name, path, more) => ({ name, method: "POST", path, ...more });
const remove = (name, path, more) => ({ name, method: "DELETE", path, ...more });

const change = (name, path) => [
  { name: `${name}.update`, method: "PUT", path, sends: true },
  { name: `${name}.patch`, method: "PATCH", path, sends: true },
];

const resource = (name, path, id) => [
  list(`${name}.list`, path),
  send(`${name}.create`, path),
  read(`${name}.get`, `${path}/{${id}}`),
  ...change(name, `${path}/{${id}}`),
  remove(`${name}.delete`, `${path}/{${id}}`),
];

const WEBHOOK = "/webhooks/{webhook_id}";
const MONITOR = "/monitors/{monitor_id}";
const INCIDENT = "/incidents/{incident_id}";
const BY_TOKEN = { open: true, bare: true };

export const OPERATIONS = [
  ...resource("monitors", "/monitors", "monitor_id"),
  deed("monitors.check", `${MONITOR}/check`),
  deed("monitors.pause", `${MONITOR}/pause`),
  deed("monitors.resume", `${MONITOR}/resume`),
  send("monitors.status", `${MONITOR}/status`),
  list("monitors.results", `${MONITOR}/results`),
  list("monitors.spans", `${MONITOR}/spans`),
  read("monitors.uptime", `${MONITOR}/uptime`, { asks: true }),
  read("monitors.latency", `${MONITOR}/latency`, { asks: true }),
  send("monitors.test", "/monitors/test"),
  send("monitors.bulk", "/monitors/bulk"),

  ...resource("incidents", "/incidents", "incident_id"),
  send("incidents.acknowledge", `${INCIDENT}/acknowledge`),
  remove("incidents.acknowledge.delete", `${INCIDENT}/acknowledge`),
  ...resource("incidents.updates", `${INCIDENT}/updates`, "update_id").map((each) =>
    each.method === "DELETE" ? { ...each, asks: true } : each,
  ),
  ...resource("incident_templates", "/incident-templates", "template_id"),

  ...resource("maintenances", "/maintenances", "maintenance_id"),
  deed("maintenances.cancel", "/maintenances/{maintenance_id}/cancel"),
  list("maintenances.windows.list", "/maintenances/{maintenance_id}/windows"),
  read("windows.get", "/windows/{window_id}"),
  ...change("windows", "/windows/{window_id}"),
  deed("windows.finish", "/windows/{window_id}/finish"),
  send("windows.extend", "/windows/{window_id}/extend"),
  deed("windows.cancel", "/windows/{window_id}/cancel"),

  ...resource("pages", "/pages", "page_id"),
  ...resource("keys", "/keys", "key_id"),
  send("keys.rotate", "/keys/{key_id}/rotate"),

  list("secrets.list", "/secrets"),
  ...change("secrets", "/secrets/{name}"),
  remove("secrets.delete", "/secrets/{name}"),

  ...resource("webhooks", "/webhooks", "webhook_id"),
  deed("webhooks.test", `${WEBHOOK}/test`),
  deed("webhooks.secret", `${WEBHOOK}/secret`),
  list("webhooks.deliveries.list", `${WEBHOOK}/deliveries`),
  read("webhooks.deliveries.get", `${WEBHOOK}/deliveries/{delivery_id}`),
  deed("webhooks.deliveries.redeliver", `${WEBHOOK}/deliveries/{delivery_id}/redeliver`),

  read("settings.get", "/settings"),
  ...change("settings", "/settings"),
  read("me.get", "/me"),
  read("status.get", "/status", { asks: true }),
  read("openapi.json", "/openapi.json", { open: true, bare: true }),

  deed("heartbeat", "/heartbeat/{token}", { ...BY_TOKEN, log: true }),
  deed("heartbeat.word", "/heartbeat/{token}/{word}", { ...BY_TOKEN, log: true }),
  read("heartbeat.get", "/heartbeat/{token}", BY_TOKEN),
  read("heartbeat.word.get", "/heartbeat/{token}/{word}", BY_TOKEN),
  deed("push", "/push/{token}", { ...BY_TOKEN, asks: true }),
  read("push.get", "/push/{token}", { ...BY_TOKEN, asks: true }),
];
