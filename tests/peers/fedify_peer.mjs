// An independent fediverse server with one actor, `fern`, written on Fedify. It is served over https; a plain
// control port on loopback lets the driver tell it what to do and read what it received.
//
// Fedify itself verifies every signature of an incoming activity (skipSignatureVerification stays false). Besides,
// each POST to an inbox is put to Fedify's verifier once more on its own, so that the driver can see for every
// single request which key signed it and what Fedify says about it.
//
// Environment: PEER_DOMAIN (name:port), PEER_CERTIFICATE, PEER_KEY, PEER_CONTROL_PORT; prints "ready".

import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { randomUUID } from "node:crypto";
import {
  MemoryKvStore,
  InProcessMessageQueue,
  createFederation,
  exportJwk,
  generateCryptoKeyPair,
  importJwk,
  signRequest,
  verifyObject,
  verifyRequestDetailed,
} from "@fedify/fedify";
import {
  Accept,
  Activity,
  Announce,
  Block,
  Create,
  Delete,
  Document,
  Endpoints,
  Follow,
  Hashtag,
  Image,
  Like,
  Mention,
  Note,
  PUBLIC_COLLECTION,
  Person,
  Reject,
  Tombstone,
  Undo,
  Update,
  isActor,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";
import { configure, getConsoleSink } from "@logtape/logtape";
import { things } from "./fedify_things.mjs";

const NAME = "fern";
const CAVAGE = "draft-cavage-http-signatures-12";
const domain = process.env.PEER_DOMAIN;
const origin = `https://${domain}`;

// Fedify asks `navigator` which runtime it is in; Node has it since version 21 only.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` };

await configure({
  contextLocalStorage: new AsyncLocalStorage(),
  sinks: { console: getConsoleSink() },
  loggers: [
    { category: "fedify", sinks: ["console"], lowestLevel: process.env.PEER_LOG ?? "info" },
    { category: ["logtape", "meta"], sinks: ["console"], lowestLevel: "warning" },
  ],
});

// -- what the peer knows; it lives as long as the process

const keys = {
  "RSASSA-PKCS1-v1_5": await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
  Ed25519: await generateCryptoKeyPair("Ed25519"),
};
// Without an Ed25519 key Fedify makes no integrity proofs.
const pairs = process.env.PEER_PROOFS === "off" ? [keys["RSASSA-PKCS1-v1_5"]] : Object.values(keys);
const profile = { name: "Fern the Fedify actor", summary: "<p>An independent peer</p>" };
const followers = new Map(); // actor id -> { id, inboxId, endpoints }
const following = new Map(); // actor id -> "asked" | "accepted" | "rejected"
const notes = new Map(); // id -> what it was made of
const received = []; // activities that Fedify verified and gave to a listener
const requests = []; // every POST to an inbox, verified or not
const failures = []; // deliveries that Fedify could not make, and listeners that failed
const done = new Map(); // id -> an activity of this peer that can be answered or undone, and whom it was for

// -- the federation

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue({ pollInterval: { milliseconds: 100 } }),
  origin,
  allowPrivateAddress: true,
  skipSignatureVerification: false,
  firstKnock: process.env.PEER_FIRST_KNOCK ?? CAVAGE,
  onOutboxError(error, activity) {
    failures.push({ activity: activity?.id?.href ?? null, error: String(error?.message ?? error) });
  },
});

federation
  .setActorDispatcher("/users/{identifier}", (ctx, identifier) => (identifier === NAME ? person(ctx) : null))
  .mapHandle((_ctx, username) => (username === NAME ? NAME : null))
  .setKeyPairsDispatcher(async (_ctx, identifier) =>
    identifier === NAME ? pairs : [],
  );

federation.setObjectDispatcher(Note, "/notes/{id}", (ctx, { id }) => {
  const note = notes.get(ctx.getObjectUri(Note, { id }).href);
  if (note == null) return more.showNote(ctx, { id });
  return note.deleted ? null : buildNote(ctx, note);
});
const more = things({ federation, name: NAME, find, context: () => context() });

federation
  .setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }))
  .setCounter(() => followers.size);
federation
  .setFollowingDispatcher("/users/{identifier}/following", () => ({
    items: [...following].filter(([, state]) => state === "accepted").map(([id]) => new URL(id)),
  }))
  .setCounter(() => [...following.values()].filter((state) => state === "accepted").length);
federation
  .setOutboxDispatcher("/users/{identifier}/outbox", (ctx) => ({
    items: [...notes.values()].filter((note) => !note.deleted).map((note) => createOf(ctx, note)),
  }))
  .setCounter(() => [...notes.values()].filter((note) => !note.deleted).length);

federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
  software: { name: "fern", version: "1.0.0" },
  protocols: ["activitypub"],
  usage: { users: { total: 1, activeMonth: 1, activeHalfyear: 1 }, localPosts: notes.size, localComments: 0 },
}));

/** The actor document as it is now. */
async function person(ctx) {
  const pairs = await ctx.getActorKeyPairs(NAME);
  return new Person({
    id: ctx.getActorUri(NAME),
    preferredUsername: NAME,
    name: profile.name,
    summary: profile.summary,
    url: new URL(`/@${NAME}`, origin),
    inbox: ctx.getInboxUri(NAME),
    outbox: ctx.getOutboxUri(NAME),
    followers: ctx.getFollowersUri(NAME),
    following: ctx.getFollowingUri(NAME),
    featured: ctx.getFeaturedUri(NAME),
    endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
    publicKey: pairs[0].cryptographicKey,
    assertionMethods: pairs.map((pair) => pair.multikey),
    manuallyApprovesFollowers: false,
    discoverable: true,
    icon: new Image({ url: new URL("/face.png", origin), mediaType: "image/png" }),
  });
}

// -- what comes in

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    await remember(ctx, follow);
    const follower = await follow.getActor(ctx);
    if (follower?.id == null || follower.inboxId == null) return;
    if (follow.objectId?.href !== ctx.getActorUri(NAME).href) return;
    followers.set(follower.id.href, { id: follower.id, inboxId: follower.inboxId, endpoints: follower.endpoints });
    const id = new URL(`/activities/${randomUUID()}`, origin);
    const accept = new Accept({ id, actor: follow.objectId, to: follower.id, object: follow });
    await ctx.sendActivity({ identifier: NAME }, follower, accept);
  })
  .on(Undo, async (ctx, undo) => {
    await remember(ctx, undo);
    const undone = await undo.getObject(ctx);
    if (undone instanceof Follow && undo.actorId != null) followers.delete(undo.actorId.href);
  })
  .on(Accept, async (ctx, accept) => {
    await remember(ctx, accept);
    const asked = done.get(accept.objectId?.href)?.activity;
    if (asked instanceof Follow && asked.objectId.href === accept.actorId?.href) {
      following.set(accept.actorId.href, "accepted");
    }
  })
  .on(Reject, async (ctx, reject) => {
    await remember(ctx, reject);
    if (reject.actorId != null) following.set(reject.actorId.href, "rejected");
  })
  .on(Block, async (ctx, block) => {
    await remember(ctx, block);
    if (block.actorId != null) followers.delete(block.actorId.href);
  })
  .on(Activity, remember)
  .onError((_ctx, error) => {
    failures.push({ activity: null, error: `listener: ${error?.message ?? error}` });
  });

/** Keeps what Fedify made of an activity: as parsed, and as it came. */
async function remember(ctx, activity) {
  const object = activity instanceof Undo || activity instanceof Create || activity instanceof Update
    ? await activity.getObject(ctx)
    : null;
  received.push({
    type: activity.constructor.name,
    id: activity.id?.href ?? null,
    actor: activity.actorId?.href ?? null,
    object: object?.id?.href ?? activity.objectId?.href ?? null,
    objectType: object?.constructor.name ?? null,
    content: object?.content?.toString() ?? null,
    name: object?.name?.toString() ?? null,
    summary: object?.summary?.toString() ?? null,
    updated: object?.updated?.toString() ?? null,
    inReplyTo: object instanceof Note ? (object.replyTargetId?.href ?? null) : null,
    to: activity.toIds.map((id) => id.href),
    cc: activity.ccIds.map((id) => id.href),
    tags: object instanceof Note ? await names(object.getTags(ctx)) : [],
    attachments: object instanceof Note ? await names(object.getAttachments(ctx)) : [],
  });
}

async function names(things) {
  const found = [];
  for await (const thing of things) {
    found.push({
      type: thing.constructor.name,
      name: thing.name?.toString() ?? null,
      href: (thing.href ?? thing.url)?.href?.toString() ?? null,
      mediaType: thing.mediaType ?? null,
    });
  }
  return found;
}

// -- what goes out

const context = () => federation.createContext(new URL(origin), undefined);

/** The actor behind a handle or address, or an error that says that there is none. */
async function find(who) {
  const found = await context().lookupObject(who);
  if (!isActor(found)) throw new Error(`${who} is not found or no actor`);
  return found;
}

function audience(ctx, visibility, mentioned) {
  const people = mentioned.map((actor) => actor.id);
  const mine = ctx.getFollowersUri(NAME);
  if (visibility === "public") return { tos: [PUBLIC_COLLECTION], ccs: [mine, ...people] };
  if (visibility === "unlisted") return { tos: [mine], ccs: [PUBLIC_COLLECTION, ...people] };
  if (visibility === "private") return { tos: [mine], ccs: people };
  return { tos: people, ccs: [] };
}

function buildNote(ctx, note) {
  const tags = note.mentioned.map((actor) => new Mention({ href: actor.id, name: `@${actor.handle}` }));
  for (const name of note.hashtags) {
    tags.push(new Hashtag({ href: new URL(`/tags/${name}`, origin), name: `#${name}` }));
  }
  return new Note({
    id: new URL(note.id),
    url: new URL(note.id),
    attribution: ctx.getActorUri(NAME),
    content: note.content,
    summary: note.warning ?? undefined,
    sensitive: note.warning != null,
    replyTarget: note.replyTo == null ? undefined : new URL(note.replyTo),
    published: note.published,
    updated: note.updated ?? undefined,
    ...audience(ctx, note.visibility, note.mentioned),
    tags,
    attachments: note.pictures.map(
      (picture) => new Document({ url: new URL(picture.url), mediaType: picture.mediaType, name: picture.name }),
    ),
  });
}

function createOf(ctx, note) {
  return new Create({
    id: new URL(`${note.id}#create`),
    actor: ctx.getActorUri(NAME),
    object: buildNote(ctx, note),
    published: note.published,
    ...audience(ctx, note.visibility, note.mentioned),
  });
}

/** Sends an activity to the people it names and, unless it is direct, to the followers. */
async function send(ctx, activity, note) {
  const sender = { identifier: NAME };
  const orderingKey = note.id;
  const others = note.mentioned.filter((actor) => note.visibility === "direct" || !followers.has(actor.id.href));
  if (others.length > 0) await ctx.sendActivity(sender, others, activity, { orderingKey });
  if (note.visibility !== "direct") {
    await ctx.sendActivity(sender, "followers", activity, { orderingKey, preferSharedInbox: true });
  }
}

async function mentionable(handle) {
  const actor = await find(handle);
  return { id: actor.id, inboxId: actor.inboxId, endpoints: actor.endpoints, handle: handle.replace(/^@/, "") };
}

/** Tells followers and one more actor about something that was done to that actor's object. */
async function interact(kind, { object, author }) {
  const ctx = context();
  const actor = await find(author);
  const id = new URL(`/activities/${randomUUID()}`, origin);
  const boosting = kind === Announce;
  const activity = new kind({
    id,
    actor: ctx.getActorUri(NAME),
    object: new URL(object),
    published: boosting ? Temporal.Now.instant() : undefined,
    tos: boosting ? [PUBLIC_COLLECTION] : [actor.id],
    ccs: boosting ? [ctx.getFollowersUri(NAME), actor.id] : [],
  });
  await ctx.sendActivity({ identifier: NAME }, actor, activity);
  if (boosting) await ctx.sendActivity({ identifier: NAME }, "followers", activity, { preferSharedInbox: true });
  done.set(id.href, { activity, actor });
  return { id: id.href };
}

async function undo({ id }) {
  const ctx = context();
  const { activity, actor } = done.get(id);
  const undoing = new Undo({
    id: new URL(`${id}#undo`),
    actor: ctx.getActorUri(NAME),
    object: activity,
    tos: activity.toIds,
    ccs: activity.ccIds,
  });
  await ctx.sendActivity({ identifier: NAME }, actor, undoing);
  if (activity instanceof Announce) await ctx.sendActivity({ identifier: NAME }, "followers", undoing);
  done.delete(id);
  return {};
}

const commands = {
  async lookup({ what }) {
    const found = await context().lookupObject(what);
    if (found == null) return { found: null };
    return { found: await found.toJsonLd({ contextLoader: context().contextLoader }) };
  },
  async follow({ who }) {
    const ctx = context();
    const actor = await find(who);
    const id = new URL(`/activities/${randomUUID()}`, origin);
    const follow = new Follow({ id, actor: ctx.getActorUri(NAME), object: actor.id, to: actor.id });
    following.set(actor.id.href, "asked");
    done.set(id.href, { activity: follow, actor });
    await ctx.sendActivity({ identifier: NAME }, actor, follow);
    return { id: id.href, actor: actor.id.href };
  },
  async post(wish) {
    const ctx = context();
    const note = {
      id: ctx.getObjectUri(Note, { id: randomUUID() }).href,
      content: wish.content,
      warning: wish.warning ?? null,
      visibility: wish.visibility ?? "public",
      replyTo: wish.replyTo ?? null,
      hashtags: wish.hashtags ?? [],
      pictures: wish.pictures ?? [],
      mentioned: await Promise.all((wish.mention ?? []).map(mentionable)),
      published: Temporal.Now.instant(),
      updated: null,
      deleted: false,
    };
    notes.set(note.id, note);
    await send(ctx, createOf(ctx, note), note);
    return { id: note.id };
  },
  async edit({ id, content }) {
    const ctx = context();
    const note = notes.get(id);
    note.content = content;
    note.updated = Temporal.Now.instant();
    const update = new Update({
      id: new URL(`${id}#update/${randomUUID()}`),
      actor: ctx.getActorUri(NAME),
      object: buildNote(ctx, note),
      ...audience(ctx, note.visibility, note.mentioned),
    });
    await send(ctx, update, note);
    return {};
  },
  async delete({ id }) {
    const ctx = context();
    const note = notes.get(id);
    note.deleted = true;
    const gone = new Delete({
      id: new URL(`${id}#delete`),
      actor: ctx.getActorUri(NAME),
      object: new Tombstone({ id: new URL(id) }),
      ...audience(ctx, note.visibility, note.mentioned),
    });
    await send(ctx, gone, note);
    return {};
  },
  ...more.commands,
  like: (wish) => interact(Like, wish),
  boost: (wish) => interact(Announce, wish),
  undo,
  async profile({ name, summary }) {
    const ctx = context();
    Object.assign(profile, { name, summary });
    const update = new Update({
      id: new URL(`/activities/${randomUUID()}`, origin),
      actor: ctx.getActorUri(NAME),
      object: await person(ctx),
      to: PUBLIC_COLLECTION,
    });
    await ctx.sendActivity({ identifier: NAME }, "followers", update, { preferSharedInbox: true });
    return {};
  },
  /** POSTs an activity with a signature by a key that is not the named one, or with none; returns the answer. */
  async forge({ inbox, activity, keyId, sign, tamper }) {
    let body = JSON.stringify(activity);
    let request = new Request(inbox, {
      method: "POST",
      headers: { "content-type": "application/activity+json" },
      body,
    });
    if (sign === "stranger" || sign === "own") {
      const stranger = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
      const pair = sign === "own" ? keys["RSASSA-PKCS1-v1_5"] : stranger;
      const key = await importJwk(await exportJwk(pair.privateKey), "private");
      request = await signRequest(request, key, new URL(keyId), { spec: CAVAGE });
    }
    if (tamper) body = body.replace(tamper.from, tamper.to);
    const answer = await fetch(inbox, { method: "POST", headers: request.headers, body });
    return { status: answer.status, text: (await answer.text()).slice(0, 500) };
  },
};

// -- the two doors

async function read(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function toRequest(message, body) {
  const headers = new Headers();
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    headers.append(message.rawHeaders[at], message.rawHeaders[at + 1]);
  }
  const bare = message.method === "GET" || message.method === "HEAD";
  return new Request(`https://${message.headers.host}${message.url}`, {
    method: message.method,
    headers,
    body: bare ? undefined : body,
  });
}

const keyCache = new Map();
const remembering = {
  get: async (id) => keyCache.get(id.href),
  set: async (id, key) => void keyCache.set(id.href, key),
};

/** What Fedify's verifier says about a request by itself, for the driver's eyes. */
async function judge(request) {
  const ctx = context();
  try {
    const verdict = await verifyRequestDetailed(request, {
      documentLoader: ctx.documentLoader,
      contextLoader: ctx.contextLoader,
      keyCache: remembering,
    });
    if (verdict.verified) return { verified: true, keyId: verdict.key.id?.href ?? null };
    return { verified: false, reason: verdict.reason.type };
  } catch (error) {
    return { verified: false, reason: String(error) };
  }
}

/** Whether Fedify believes the integrity proof of a document; null if there is none. */
async function judgeProof(body) {
  const document = JSON.parse(body);
  if (!("proof" in document)) return null;
  const { documentLoader, contextLoader } = context();
  return (await verifyObject(Activity, document, { documentLoader, contextLoader })) != null;
}

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

async function serve(message, response) {
  const body = await read(message);
  if (message.url.endsWith(".png")) {
    response.writeHead(200, { "content-type": "image/png", "content-length": PICTURE.length });
    return response.end(PICTURE);
  }
  const request = toRequest(message, body);
  const record = message.method === "POST"
    ? {
        path: message.url,
        contentType: message.headers["content-type"] ?? null,
        userAgent: message.headers["user-agent"] ?? null,
        signature: message.headers.signature ?? null,
        body: body.toString("utf8"),
        ...(await judge(request.clone())),
        proven: await judgeProof(body.toString("utf8")).catch((error) => String(error)),
      }
    : null;
  const answer = await federation.fetch(request, {
    contextData: undefined,
    onNotFound: () => new Response("not found", { status: 404 }),
    onNotAcceptable: () => new Response("<!doctype html><p>fern", { headers: { "content-type": "text/html" } }),
  });
  if (record != null) requests.push({ ...record, status: answer.status });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

async function control(message, response) {
  const reply = (status, value) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  const body = await read(message);
  if (message.method === "GET" && message.url === "/state") {
    const ctx = context();
    return reply(200, {
      actor: ctx.getActorUri(NAME).href,
      inbox: ctx.getInboxUri(NAME).href,
      handle: `${NAME}@${domain}`,
      followers: [...followers.keys()],
      following: Object.fromEntries(following),
      received,
      requests,
      failures,
    });
  }
  const command = Object.hasOwn(commands, message.url.slice(1)) ? commands[message.url.slice(1)] : null;
  if (message.method !== "POST" || command == null) return reply(404, { error: "no such command" });
  return reply(200, await command(JSON.parse(body.toString("utf8") || "{}")));
}

/** A request handler that answers 500 with the reason when the function fails. */
const guarded = (handle) => (message, response) =>
  handle(message, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: String(error?.message ?? error) }));
  });

const door = https.createServer(
  { cert: readFileSync(process.env.PEER_CERTIFICATE), key: readFileSync(process.env.PEER_KEY) },
  guarded(serve),
);
const controlDoor = http.createServer(guarded(control));
await new Promise((go) => door.listen(Number(domain.split(":")[1]), "127.0.0.1", go));
await new Promise((go) => controlDoor.listen(Number(process.env.PEER_CONTROL_PORT), "127.0.0.1", go));
console.log("ready");
process.on("SIGTERM", () => process.exit(0));
