// Everything that masto.js offers for what a node has, as its users write it. The driver (clients_mastojs.py) starts
// the node and names it in the environment: ORIGIN, STREAMING, and a token for each of ANN, BEN and STAFF. Prints a
// line for each check and the count as its last line.

import { createRestAPIClient, createStreamingAPIClient } from "masto";
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import WebSocket from "ws";

const { ORIGIN: url, STREAMING: streamingApiUrl } = process.env;
const clientOf = (accessToken) => createRestAPIClient({ url, accessToken });
const ann = clientOf(process.env.ANN);
const ben = clientOf(process.env.BEN);
const anybody = createRestAPIClient({ url });
const facts = {};

const checks = [];
const check = (sentence, run) => checks.push([sentence, run]);

/** A picture for uploads. */
const picture = () => new Blob([readFileSync(process.env.PICTURE)], { type: "image/png" });

/** All items of a paginator. */
async function all(paginator, most = 10) {
  const items = [];
  for await (const page of paginator) {
    items.push(...page);
    if (--most === 0) break;
  }
  return items;
}

/** Fails unless the call is refused with this status. */
async function refused(call, statusCode) {
  const cause = await call.then(() => null, (cause) => cause);
  assert.ok(cause, `it was not refused with ${statusCode}`);
  assert.equal(cause.statusCode, statusCode, cause.message);
  assert.equal(typeof cause.message, "string");
}

/** The first event that fits, from events that are being collected. */
async function heard(events, fits, what) {
  const ends = Date.now() + 5000;
  while (Date.now() < ends) {
    const found = events.find(fits);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`${what} was not heard; heard ${events.map((one) => one.event)}`);
}

/** Collects the events of a subscription. */
function collect(subscription) {
  const events = [];
  (async () => {
    for await (const event of subscription) events.push(event);
  })().catch((cause) => events.push({ event: "fault", payload: cause }));
  return events;
}

check("the node is asked what it is, by strangers too", async () => {
  const instance = await anybody.v2.instance.fetch();
  assert.equal(new URL(url).host, instance.domain);
  assert.ok(instance.configuration.statuses.maxCharacters >= 500);
  assert.equal((await anybody.v1.instance.fetch()).uri, instance.domain);
  await anybody.v1.instance.rules.list();
  await anybody.v1.instance.extendedDescription.fetch();
  await anybody.v1.instance.languages.list();
  await anybody.v1.customEmojis.list();
  facts.ann = await ann.v1.accounts.verifyCredentials();
  facts.ben = await ben.v1.accounts.verifyCredentials();
});

check("profiles are changed with files and fields, and looked up", async () => {
  const changed = await ann.v1.accounts.updateCredentials({
    displayName: "Ann Élise",
    note: "Reads #books",
    avatar: picture(),
    fieldsAttributes: [{ name: "Home", value: "https://example.org" }],
  });
  assert.equal(changed.fields[0].name, "Home");
  assert.equal((await ann.v1.accounts.lookup({ acct: "ann" })).displayName, "Ann Élise");
  assert.equal((await ann.v1.accounts.$select(facts.ben.id).fetch()).acct, "ben");
  assert.equal((await ann.v1.accounts.fetch({ id: [facts.ben.id] })).length, 1);
  assert.equal((await all(ann.v1.accounts.search.list({ q: "ben" })))[0].acct, "ben");
  await ann.v1.accounts.familiarFollowers.fetch({ id: [facts.ben.id] });
  await ann.v1.preferences.fetch();
});

check("following and its kin, each twice over", async () => {
  const other = ann.v1.accounts.$select(facts.ben.id);
  assert.equal((await other.follow({ reblogs: false, notify: true })).following, true);
  assert.equal((await other.follow({ reblogs: true })).showingReblogs, true);
  assert.equal((await ann.v1.accounts.relationships.fetch({ id: [facts.ben.id] }))[0].following, true);
  assert.equal((await other.mute({ notifications: false, duration: 60 })).muting, true);
  assert.equal((await all(ann.v1.mutes.list())).length, 1);
  assert.equal((await other.unmute()).muting, false);
  assert.equal((await all(ann.v1.accounts.$select(facts.ann.id).following.list()))[0].id, facts.ben.id);
  assert.equal((await all(ben.v1.accounts.$select(facts.ben.id).followers.list()))[0].id, facts.ann.id);
  const stranger = ben.v1.accounts.$select(facts.ann.id);
  assert.equal((await stranger.block()).blocking, true);
  assert.equal((await all(ben.v1.blocks.list())).length, 1);
  assert.equal((await stranger.unblock()).blocking, false);
  await other.follow();
  await all(ann.v1.followRequests.list());
  assert.equal((await stranger.follow()).following, true);
  await ann.v1.accounts.$select(facts.ben.id).removeFromFollowers();
});

check("uploads are waited for in both versions", async () => {
  const modern = await ann.v2.media.create({ file: picture(), description: "A square", focus: "0.5,-0.5" });
  assert.ok(modern.url);
  assert.equal((await ann.v1.media.$select(modern.id).fetch()).description, "A square");
  assert.equal((await ann.v1.media.$select(modern.id).update({ description: "A grey square" })).id, modern.id);
  const old = await ann.v1.media.create({ file: picture() }, { encoding: "multipart-form" });
  assert.ok(old.url);
  facts.media = [modern.id, old.id];
});

check("a video is worked on behind the answer, and waited for", async () => {
  const { VIDEO } = process.env;
  if (!VIDEO) return console.log("     ffmpeg is not installed: no video was sent");
  const film = () => new Blob([readFileSync(VIDEO)], { type: "video/mp4" });
  // First by hand, so that it shows that there is something to wait for.
  const form = new FormData();
  form.append("file", film(), "a.mp4");
  const headers = { Authorization: `Bearer ${process.env.ANN}` };
  const taken = await fetch(`${url}/api/v2/media`, { method: "POST", headers, body: form });
  assert.equal(taken.status, 202);
  const { id, url: none } = await taken.json();
  assert.equal(none, null);
  const seen = [];
  while (seen.at(-1) !== 200) {
    seen.push((await fetch(`${url}/api/v1/media/${id}`, { headers })).status);
    assert.ok([200, 206].includes(seen.at(-1)), `the upload answered ${seen.at(-1)}`);
    assert.ok(seen.length < 600, "it is never ready");
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.equal(seen[0], 206, "it was ready before anybody could ask");
  const ready = await ann.v2.media.create({ file: film(), description: "Stripes" });
  assert.ok(ready.url && ready.previewUrl);
  assert.equal(ready.type, "video");
  assert.ok(ready.meta.original.duration > 0);
  const status = await ann.v1.statuses.create({ status: "A film", mediaIds: [ready.id] });
  assert.equal(status.mediaAttachments[0].description, "Stripes");
  await ann.v1.statuses.$select(status.id).remove();
});

check("a status is posted with media, edited, read and posted anew", async () => {
  const status = await ann.v1.statuses.create({
    status: "Hello #books", mediaIds: facts.media, sensitive: true, spoilerText: "Careful", language: "en",
  });
  assert.equal(status.mediaAttachments.length, 2);
  facts.status = status;
  const one = ann.v1.statuses.$select(status.id);
  assert.equal((await one.fetch()).spoilerText, "Careful");
  assert.equal((await one.source.fetch()).text, "Hello #books");
  const edited = await one.update({ status: "Hello again #books", mediaIds: facts.media });
  assert.ok(edited.editedAt);
  assert.equal((await all(one.history.list())).length, 2);
  assert.equal((await ann.v1.statuses.fetch({ id: [status.id] })).length, 1);
  const reply = await ben.v1.statuses.create({ status: "@ann Hi", inReplyToId: status.id });
  assert.equal((await one.context.fetch()).descendants[0].id, reply.id);
  const gone = await ben.v1.statuses.$select(reply.id).remove();
  assert.equal(gone.text, "@ann Hi");
  await refused(ben.v1.statuses.$select(reply.id).fetch(), 404);
  await refused(ann.v1.statuses.create({ status: "" }), 422);
});

check("favourites, bookmarks and boosts, there and back", async () => {
  const one = ben.v1.statuses.$select(facts.status.id);
  assert.equal((await one.favourite()).favourited, true);
  assert.equal((await one.bookmark()).bookmarked, true);
  assert.equal((await one.reblog({ visibility: "public" })).reblog.id, facts.status.id);
  assert.equal((await all(one.favouritedBy.list()))[0].acct, "ben");
  assert.equal((await all(one.rebloggedBy.list()))[0].acct, "ben");
  assert.equal((await all(ben.v1.favourites.list()))[0].id, facts.status.id);
  assert.equal((await all(ben.v1.bookmarks.list()))[0].id, facts.status.id);
  assert.equal((await one.unfavourite()).favourited, false);
  assert.equal((await one.unbookmark()).bookmarked, false);
  assert.equal((await one.unreblog()).reblogged, false);
});

check("timelines are paged to their end", async () => {
  for (let number = 0; number < 5; number++) await ann.v1.statuses.create({ status: `Number ${number} #counting` });
  const counted = await all(anybody.v1.timelines.tag.$select("counting").list({ limit: 2 }));
  assert.deepEqual(counted.map((one) => one.content.match(/Number (\d)/)[1]), ["4", "3", "2", "1", "0"]);
  assert.ok((await all(ann.v1.timelines.home.list({ limit: 3 }), 2)).length >= 5);
  assert.ok((await all(anybody.v1.timelines.public.list({ local: true }), 1)).length >= 5);
  const own = await all(ann.v1.accounts.$select(facts.ann.id).statuses.list({ excludeReplies: true, excludeReblogs: true }));
  assert.ok(own.length >= 6);
});

check("search finds accounts and tags", async () => {
  const found = await ann.v2.search.list({ q: "ben", type: "accounts", limit: 5 });
  assert.equal((found.accounts ?? (await found.next()).value.accounts)[0].acct, "ben");
});

check("notifications are read, singly and all", async () => {
  await ben.v1.statuses.create({ status: "@ann look here" });
  const kinds = await all(ann.v1.notifications.list({ types: ["mention", "follow"] }));
  assert.ok(kinds.some((one) => one.type === "mention"));
  const single = ann.v1.notifications.$select(kinds[0].id);
  assert.equal((await single.fetch()).id, kinds[0].id);
  await ann.v1.notifications.unreadCount.fetch();
  await single.dismiss();
  await refused(single.fetch(), 404);
});

check("notifications come in groups", async () => {
  await ben.v1.statuses.$select(facts.status.id).favourite();
  const page = await ann.v2.notifications.list({ groupedTypes: ["favourite"], expandAccounts: "partial_avatars" });
  const results = page.notificationGroups ? page : (await page.next()).value;
  const group = results.notificationGroups.find((one) => one.type === "favourite");
  assert.ok(group.groupKey.startsWith("favourite-"), group.groupKey);
  const one = ann.v2.notifications.$select(group.groupKey);
  assert.equal((await one.fetch()).notificationGroups[0].groupKey, group.groupKey);
  assert.equal((await one.accounts.fetch())[0].acct, "ben");
  assert.ok((await ann.v2.notifications.unreadCount.fetch()).count >= 1);
  await one.dismiss();
  await ann.v1.notifications.clear();
});

check("the policy of notifications makes requests of strangers' mentions", async () => {
  await ann.v1.accounts.$select(facts.ben.id).unfollow();
  const policy = await ann.v2.notifications.policy.update({ forNotFollowing: "filter" });
  assert.equal(policy.forNotFollowing, "filter");
  await ben.v1.statuses.create({ status: "@ann may I?" });
  const requests = await all(ann.v1.notifications.requests.list());
  assert.equal(requests[0].account.acct, "ben");
  const request = ann.v1.notifications.requests.$select(requests[0].id);
  await request.fetch();
  await request.accept();
  await ann.v1.notifications.requests.merged.fetch();
  await ann.v2.notifications.policy.update({ forNotFollowing: "accept" });
  await ann.v1.accounts.$select(facts.ben.id).follow();
});

check("polls are made, voted in and closed to a second vote", async () => {
  const status = await ann.v1.statuses.create({
    status: "Tea?", poll: { options: ["Yes", "No"], expiresIn: 600, multiple: false },
  });
  assert.equal(status.poll.options.length, 2);
  const poll = ben.v1.polls.$select(status.poll.id);
  assert.deepEqual((await poll.votes.create({ choices: [0] })).ownVotes, [0]);
  assert.equal((await poll.fetch()).votesCount, 1);
  await refused(poll.votes.create({ choices: [1] }), 422);
});

check("pins and mutes of threads", async () => {
  const one = ann.v1.statuses.$select(facts.status.id);
  assert.equal((await one.pin()).pinned, true);
  assert.equal((await all(ann.v1.accounts.$select(facts.ann.id).statuses.list({ pinned: true })))[0].id, facts.status.id);
  assert.equal((await one.unpin()).pinned, false);
  assert.equal((await one.mute()).muted, true);
  assert.equal((await one.unmute()).muted, false);
});

check("statuses are scheduled, put off and called off", async () => {
  const scheduledAt = new Date(Date.now() + 3600_000).toISOString();
  const scheduled = await ann.v1.statuses.create({ status: "Later", scheduledAt });
  assert.equal(scheduled.params.text, "Later");
  const one = ann.v1.scheduledStatuses.$select(scheduled.id);
  assert.equal((await one.fetch()).id, scheduled.id);
  await one.update({ scheduledAt: new Date(Date.now() + 7200_000).toISOString() });
  assert.equal((await all(ann.v1.scheduledStatuses.list())).length, 1);
  await one.remove();
  assert.equal((await all(ann.v1.scheduledStatuses.list())).length, 0);
});

check("lists hold people and have a timeline", async () => {
  const list = await ann.v1.lists.create({ title: "Friends", exclusive: true });
  const one = ann.v1.lists.$select(list.id);
  await one.accounts.create({ accountIds: [facts.ben.id] });
  assert.equal((await all(one.accounts.list()))[0].acct, "ben");
  assert.equal((await all(ann.v1.accounts.$select(facts.ben.id).lists.list()))[0].title, "Friends");
  assert.equal((await one.update({ title: "Best friends" })).title, "Best friends");
  const status = await ben.v1.statuses.create({ status: "For the list" });
  assert.equal((await all(ann.v1.timelines.list.$select(list.id).list()))[0].id, status.id);
  await one.accounts.remove({ accountIds: [facts.ben.id] });
  assert.equal((await all(ann.v1.lists.list())).length, 1);
  await one.fetch();
  await one.remove();
});

check("tags are followed and featured", async () => {
  const one = ann.v1.tags.$select("books");
  assert.equal((await one.fetch()).name, "books");
  assert.equal((await one.follow()).following, true);
  assert.equal((await all(ann.v1.followedTags.list()))[0].name, "books");
  assert.equal((await one.unfollow()).following, false);
  const featured = await ann.v1.featuredTags.create({ name: "books" });
  assert.equal((await all(ann.v1.featuredTags.list()))[0].name, "books");
  await all(ann.v1.featuredTags.suggestions.list());
  await ann.v1.featuredTags.$select(featured.id).remove();
  assert.equal((await one.feature()).featuring, true);
  assert.equal((await all(ben.v1.accounts.$select(facts.ann.id).featuredTags.list())).length, 1);
  assert.equal((await one.unfeature()).featuring, false);
});

check("endorsements, notes, domain blocks, suggestions, directory", async () => {
  const other = ann.v1.accounts.$select(facts.ben.id);
  assert.equal((await other.endorse()).endorsed, true);
  assert.equal((await all(ann.v1.endorsements.list()))[0].acct, "ben");
  assert.equal((await other.unendorse()).endorsed, false);
  assert.equal((await other.pin()).endorsed, true);
  assert.equal((await other.unpin()).endorsed, false);
  assert.equal((await other.note.create({ comment: "Met at the pub" })).note, "Met at the pub");
  await ann.v1.domainBlocks.create({ domain: "bad.example" });
  assert.deepEqual(await all(ann.v1.domainBlocks.list()), ["bad.example"]);
  await ann.v1.domainBlocks.remove({ domain: "bad.example" });
  await all(ann.v1.suggestions.list());
  await all(ann.v2.suggestions.list());
  await all(anybody.v1.directory.list({ local: true }), 1);
});

check("filters of both versions", async () => {
  const filter = await ann.v2.filters.create({
    title: "Spoilers", context: ["home", "public"], filterAction: "warn",
    keywordsAttributes: [{ keyword: "ending", wholeWord: true }],
  });
  const one = ann.v2.filters.$select(filter.id);
  assert.equal(filter.keywords[0].keyword, "ending");
  const status = await ben.v1.statuses.create({ status: "What an ending!" });
  const seen = await ann.v1.statuses.$select(status.id).fetch();
  assert.equal(seen.filtered[0].filter.title, "Spoilers");
  assert.deepEqual(seen.filtered[0].keywordMatches, ["ending"]);
  const keyword = await one.keywords.create({ keyword: "twist" });
  assert.equal((await ann.v2.filters.keywords.$select(keyword.id).update({ keyword: "twists" })).keyword, "twists");
  await ann.v2.filters.keywords.$select(keyword.id).fetch();
  assert.equal((await all(one.keywords.list())).length, 2);
  await ann.v2.filters.keywords.$select(keyword.id).remove();
  const held = await one.statuses.create({ statusId: status.id });
  assert.equal((await ann.v2.filters.statuses.$select(held.id).fetch()).statusId, status.id);
  assert.equal((await all(one.statuses.list())).length, 1);
  await ann.v2.filters.statuses.$select(held.id).remove();
  assert.equal((await one.update({ title: "Endings", context: ["home"] })).title, "Endings");
  await one.fetch();
  assert.equal((await all(ann.v2.filters.list())).length, 1);
  await one.remove();
  const old = await ann.v1.filters.create({ phrase: "cats", context: ["home"], wholeWord: true });
  assert.equal((await all(ann.v1.filters.list()))[0].phrase, "cats");
  await ann.v1.filters.$select(old.id).update({ phrase: "dogs", context: ["home"] });
  assert.equal((await ann.v1.filters.$select(old.id).fetch()).phrase, "dogs");
  await ann.v1.filters.$select(old.id).remove();
});

check("conversations are read and put away", async () => {
  await ben.v1.statuses.create({ status: "@ann between us", visibility: "direct" });
  const [conversation] = await all(ann.v1.conversations.list());
  assert.equal(conversation.accounts[0].acct, "ben");
  assert.equal(conversation.unread, true);
  const one = ann.v1.conversations.$select(conversation.id);
  assert.equal((await one.read()).unread, false);
  assert.equal((await one.unread()).unread, true);
  await one.remove();
  assert.equal((await all(ann.v1.conversations.list())).length, 0);
});

check("markers are kept", async () => {
  await ann.v1.markers.create({ home: { lastReadId: facts.status.id } });
  assert.equal((await ann.v1.markers.fetch({ timeline: ["home"] })).home.lastReadId, facts.status.id);
});

check("an account is reported", async () => {
  const report = await ann.v1.reports.create({
    accountId: facts.ben.id, comment: "Too kind", category: "other", statusIds: [],
  });
  assert.equal(report.targetAccount.acct, "ben");
});

check("a socket subscribes to several streams and leaves them again", async () => {
  const client = createStreamingAPIClient({ streamingApiUrl, accessToken: process.env.ANN, implementation: WebSocket });
  try {
    await client.prepare();
    const user = client.user.subscribe();
    const tag = client.hashtag.subscribe({ tag: "live" });
    const local = client.public.local.subscribe();
    const direct = client.direct.subscribe();
    const heardByUser = collect(user);
    const [heardByTag, heardLocal, heardDirect] = [collect(tag), collect(local), collect(direct)];
    // Subscribing has no answer: a status of one's own tells when it holds.
    const first = await ann.v1.statuses.create({ status: "On air #live" });
    await heard(heardByUser, (one) => one.event === "update" && one.payload.id === first.id, "the own status");
    const second = await ben.v1.statuses.create({ status: "@ann Still on air #live" });
    await heard(heardByTag, (one) => one.event === "update" && one.payload.id === second.id, "the tagged status");
    await heard(heardLocal, (one) => one.event === "update" && one.payload.id === second.id, "the public status");
    await heard(heardByUser, (one) => one.event === "notification" && one.payload.status.id === second.id, "the mention");
    await ben.v1.statuses.$select(second.id).update({ status: "@ann Changed #live" });
    await heard(heardByTag, (one) => one.event === "status.update" && one.payload.id === second.id, "the edit");
    await ben.v1.statuses.$select(second.id).remove();
    await heard(heardByTag, (one) => one.event === "delete" && one.payload === second.id, "the deletion");
    await ben.v1.statuses.create({ status: "@ann psst", visibility: "direct" });
    await heard(heardDirect, (one) => one.event === "conversation", "the conversation");
    tag.unsubscribe();
    await new Promise((done) => setTimeout(done, 300));
    const third = await ben.v1.statuses.create({ status: "Off #live" });
    await heard(heardLocal, (one) => one.event === "update" && one.payload.id === third.id, "the third status");
    assert.ok(!heardByTag.some((one) => one.payload?.id === third.id), "the left stream still tells");
  } finally {
    client.close();
  }
});

let passed = 0;
let failed = 0;
for (const [sentence, run] of checks) {
  const began = performance.now();
  try {
    await run();
    passed += 1;
    console.log(`ok   ${sentence} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (cause) {
    failed += 1;
    const line = cause.stack?.match(/mastojs_client\.mjs:\d+/)?.[0] ?? "?";
    console.log(`FAIL ${sentence}: ${`${cause.name}: ${cause.message}`.replaceAll("\n", " ").slice(0, 500)} [${line}]`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
