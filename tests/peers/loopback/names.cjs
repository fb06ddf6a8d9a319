"use strict";
// Resolves `localhost` and every name below it to 127.0.0.1 inside a Node program (RFC 6761, section 6.3).
// Loaded with `node --require`; nothing else about name resolution changes.

const dns = require("node:dns");

const isLoopbackName = (name) => {
  const bare = String(name).replace(/\.$/, "").toLowerCase();
  return bare === "localhost" || bare.endsWith(".localhost");
};

const askTheSystem = dns.lookup;
dns.lookup = (name, options, callback) => {
  const done = typeof options === "function" ? options : callback;
  const wanted = typeof options === "object" && options !== null ? options : {};
  if (!isLoopbackName(name)) return askTheSystem(name, options, callback);
  const all = [{ address: "127.0.0.1", family: 4 }];
  process.nextTick(() => (wanted.all ? done(null, all) : done(null, "127.0.0.1", 4)));
  return {};
};

const askTheSystemLater = dns.promises.lookup;
dns.promises.lookup = async (name, options) => {
  if (!isLoopbackName(name)) return askTheSystemLater(name, options);
  const one = { address: "127.0.0.1", family: 4 };
  return options !== null && typeof options === "object" && options.all ? [one] : one;
};
