import { KenerError } from "./errors.js";
import { follow } from "./lists.js";
import { OPERATIONS } from "./operations.js";
import { Transport } from "./transport.js";

/**
 * A client of one Kener. Every operation of its API is a method: `kener.monitors.create(…)`,
 * `kener.incidents.updates.list(…)`; `operations.js` has all of them.
 */
export class Kener {
  #transport;
  #etags = new WeakMap();

  constructor(options = {}) {
    this.#transport = new Transport(options);
    for (const operation of OPERATIONS) {
      const names = operation.name.split(".").map(inCamelCase);
      const last = names.pop();
      let place = this;
      for (const name of names) place = place[name] ??= {};
      // `status` is a resource and, of monitors, a deed: a method may have methods.
      place[last] = Object.assign(this.#method(operation), place[last]);
    }
  }

  /** The ETag that a document came with, to be sent as `ifMatch`; undefined when it had none. */
  etagOf(document) {
    return this.#etags.get(document);
  }

  #method(operation) {
    if (operation.list) {
      return (...given) => follow((cursor) => this.#page(operation, given, cursor));
    }
    return (...given) => this.#one(operation, given);
  }

  async #one(operation, given) {
    const { body, headers } = await this.#transport.send(operation, asRequest(operation, given));
    const data = operation.bare ? body : body.data;
    const etag = headers.get("ETag");
    if (etag !== null && typeof data === "object" && data !== null) this.#etags.set(data, etag);
    return data;
  }

  async #page(operation, given, cursor) {
    const request = asRequest(operation, given);
    const query = cursor === undefined ? request.query : { ...request.query, cursor };
    const { body } = await this.#transport.send(operation, { ...request, query });
    return { data: body.data, ...body.pagination };
  }
}

function inCamelCase(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

/** What was given to a method: the ids of its path in their order, its input, and options. */
function asRequest(operation, given) {
  const names = operation.path.match(/\{\w+\}/g) ?? [];
  const rest = [...given];
  const ids = names.map((name) => {
    const id = rest.shift();
    if (typeof id !== "string" || ["", ".", ".."].includes(id)) {
      throw new KenerError(`${operation.name} needs ${name.slice(1, -1)}, a text`);
    }
    return encodeURIComponent(id);
  });
  const input = operation.sends || operation.asks ? rest.shift() : undefined;
  const options = rest.shift() ?? {};
  if (rest.length > 0) throw new KenerError(`${operation.name} takes fewer arguments`);
  return {
    path: operation.path.replace(/\{\w+\}/g, () => ids.shift()),
    query: operation.asks ? input : undefined,
    json: operation.sends ? input ?? {} : undefined,
    text: operation.log ? options.body : undefined,
    options,
  };
}
