// Writes a program in which each type of the library must be that of the OpenAPI document's component
// of the same name: node drift.js <file>. tests/sdk/test_js_types.py lets tsc judge it.
import { writeFileSync } from "node:fs";

import { Kener } from "../src/index.js";
import { typeOf } from "./schema.js";

// Not compared: envelopes, parts of documents, and the settings of kinds, which are any object here.
const UNTYPED = /Answer$|Part$|.Settings$|^(Assertion|Capture|Step|Pagination|OpenPagination|Refusal|OpenApi)$/;
const NAMES = { Settings: "ServerSettings" };
const SENT = /(Input|Change|Rotation|Filter)$/;

const document = await new Kener({ retries: 0 }).openapi.json();
const components = document.components.schemas;
const compared = Object.keys(components).filter((name) => !UNTYPED.test(name));
const lines = compared.map((name) => {
  const theirs = typeOf(components[name], components, SENT.test(name));
  return `export const ${name}: Same<ours.${NAMES[name] ?? name}, ${theirs}> = true;`;
});

writeFileSync(
  process.argv[2],
  `import type * as ours from "kener-sdk";
type Fits<A, B> = [A] extends [B] ? ([B] extends [A] ? true : "is of another type") : "is of another type";
type Fields<A> = A extends object ? keyof A : never;
type Same<A, B> = [Fields<A>] extends [Fields<B>]
  ? [Fields<B>] extends [Fields<A>] ? Fits<A, B> : { "is missing": Exclude<Fields<B>, Fields<A>> }
  : { "is not in the document": Exclude<Fields<A>, Fields<B>> };
${lines.join("\n")}
`,
);
console.log(compared.length);
