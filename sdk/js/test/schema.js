// The components of an OpenAPI document as TypeScript: types that are compared with the library's.
// What may be sent as a Date is one in ours; settings and permissions are looser or stricter there.

const LITERAL = (each) => JSON.stringify(each);

export function typeOf(schema, components, input) {
  if (schema.$ref) return typeOf(components[schema.$ref.split("/").at(-1)], components, input);
  if (schema.const !== undefined) return LITERAL(schema.const);
  if (schema.enum) return schema.enum.map(LITERAL).join(" | ");
  const choices = schema.properties ? undefined : (schema.anyOf ?? schema.oneOf);
  if (choices) return choices.map((each) => `(${typeOf(each, components, input)})`).join(" | ");
  if (schema.type === "array") return `(${typeOf(schema.items, components, input)})[]`;
  if (schema.type === "object") return objectOf(schema, components, input);
  if (schema.format === "date-time" && input) return "string | Date";
  return { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" }[
    schema.type
  ] ?? "unknown";
}

function objectOf(schema, components, input) {
  if (schema.properties) {
    const needed = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties).map(
      ([name, each]) => `${LITERAL(name)}${needed.has(name) ? "" : "?"}: ${typeOf(each, components, input)}`,
    );
    return `{ ${fields.join("; ")} }`;
  }
  const values = schema.additionalProperties;
  if (typeof values !== "object") return "Record<string, unknown>";
  const keys = schema.propertyNames ? typeOf(schema.propertyNames, components, input) : "string";
  const record = `Record<${keys}, ${typeOf(values, components, input)}>`;
  return schema.propertyNames ? `Partial<${record}>` : record;
}
