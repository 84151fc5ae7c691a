// A real server that answers as it is told, and remembers what it was asked.
import { createServer } from "node:http";
import { once } from "node:events";

export async function serving(answers) {
  const asked = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const { method, url, headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(parts).toString() });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === "hang up") return request.socket.destroy();
      if (answer === "silence") return undefined;
      const { status = 200, body = { success: true, data: {} }, ...more } = answer;
      response.writeHead(status, { "Content-Type": "application/json", ...more });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
      return undefined;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, asked, close };
}

export function refused(status, code, more = {}) {
  return { status, body: { success: false, error: { code, message: "No.", ...more } } };
}
