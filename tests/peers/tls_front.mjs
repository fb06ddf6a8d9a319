// A TLS front before a plain HTTP server on loopback, as an operator's proxy would be: takes https, forwards each
// request with its Host, and says in X-Forwarded-For, -Proto and -Host where it came from.
//
// node tls_front.mjs LISTEN_PORT TARGET_PORT CERTIFICATE KEY     prints "ready" when it listens

import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

const [listenPort, targetPort, certificate, key] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });

const server = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const headers = { ...request.headers };
  for (const name of Object.keys(headers)) {
    if (name.startsWith("x-forwarded-") || name === "forwarded") delete headers[name];
  }
  headers["x-forwarded-for"] = request.socket.remoteAddress;
  headers["x-forwarded-proto"] = "https";
  headers["x-forwarded-host"] = request.headers.host;
  const onward = http.request(
    { host: "127.0.0.1", port: Number(targetPort), method: request.method, path: request.url, headers, agent },
    (answer) => {
      response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    },
  );
  onward.on("error", () => {
    if (response.headersSent) return response.destroy();
    response.writeHead(502, { "content-type": "text/plain" });
    response.end("the server behind this front does not answer\n");
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
});

server.listen(Number(listenPort), "127.0.0.1", () => console.log("ready"));

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
