// What the Fedify peer can do besides posting and following: it shows documents of any kind at its own addresses, and
// sends activities of any kind. Everything goes through Fedify's own vocabulary, which reads and writes it anew.

import { randomUUID } from "node:crypto";
import { Activity, Note, Question, QuoteAuthorization } from "@fedify/vocab";

const CONTEXT = [
  "https://www.w3.org/ns/activitystreams",
  "https://w3id.org/security/data-integrity/v1",
  {
    toot: "http://joinmastodon.org/ns#",
    votersCount: "toot:votersCount",
    Emoji: "toot:Emoji",
    misskey: "https://misskey-hub.net/ns#",
    _misskey_quote: "misskey:_misskey_quote",
    gts: "https://gotosocial.org/ns#",
    interactionPolicy: { "@id": "gts:interactionPolicy", "@type": "@id" },
    canQuote: { "@id": "gts:canQuote", "@type": "@id" },
    automaticApproval: { "@id": "gts:automaticApproval", "@type": "@id" },
    manualApproval: { "@id": "gts:manualApproval", "@type": "@id" },
    quote: { "@id": "https://w3id.org/fep/044f#quote", "@type": "@id" },
    quoteAuthorization: { "@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id" },
    QuoteRequest: "https://w3id.org/fep/044f#QuoteRequest",
    QuoteAuthorization: "https://w3id.org/fep/044f#QuoteAuthorization",
    interactingObject: { "@id": "gts:interactingObject", "@type": "@id" },
    interactionTarget: { "@id": "gts:interactionTarget", "@type": "@id" },
  },
];

/** The kinds that are shown; notes have their address already. */
const KINDS = { Note, Question, QuoteAuthorization };
const PATHS = { Question: "/questions/{id}", QuoteAuthorization: "/consents/{id}" };

/**
 * Adds the addresses to a federation, and gives the commands for them, and how a note is shown. `find` finds actors,
 * `context` is Fedify's.
 */
export function things({ federation, name, find, context }) {
  const shown = new Map(); // address -> the document there
  const featured = [];
  const showAs = (kind) => async (ctx, { id }) => {
    const document = shown.get(ctx.getObjectUri(kind, { id }).href);
    return document == null ? null : await kind.fromJsonLd(document, ctx);
  };
  for (const [kind, path] of Object.entries(PATHS)) {
    federation.setObjectDispatcher(KINDS[kind], path, showAs(KINDS[kind]));
  }
  federation.setFeaturedDispatcher("/users/{identifier}/featured", async (ctx) => ({
    items: await Promise.all(
      featured.map(async (address) => Note.fromJsonLd(shown.get(address), ctx)),
    ),
  }));

  const commands = {
    /** An address of this peer at which nothing is shown yet. */
    async reserve({ kind }) {
      return { id: context().getObjectUri(KINDS[kind], { id: randomUUID() }).href };
    },
    /** Shows a document at its own address from now on, or another one there. */
    async show({ document }) {
      shown.set(document.id, { "@context": CONTEXT, ...document });
      return {};
    },
    /** Shows it no more. */
    async hide({ id }) {
      shown.delete(id);
      return {};
    },
    /** Makes these the pinned posts. */
    async feature({ ids }) {
      featured.splice(0, featured.length, ...ids);
      return { featured: context().getFeaturedUri(name).href };
    },
    /** Sends an activity to an actor. */
    async tell({ to, activity }) {
      const ctx = context();
      const id = new URL(`/activities/${randomUUID()}`, ctx.origin).href;
      const document = { "@context": CONTEXT, id, actor: ctx.getActorUri(name).href, ...activity };
      const parsed = await Activity.fromJsonLd(document, ctx);
      await ctx.sendActivity({ identifier: name }, await find(to), parsed);
      return { id: document.id };
    },
  };
  return { commands, showNote: showAs(Note) };
}
