import { action, anyone, html, page, reply, seeOther, signedIn, T } from "#kernel";
import { answerInteraction, readInteraction, signOut } from "#identity/api";
import { readInstitution } from "#registry/api";
import { actions, button, buttonLink, facts, form, panel } from "#ui";
import { goTo, query, show } from "../shell.ts";
import { words } from "./words.ts";

const interaction = T.String({ pattern: "^[A-Za-z0-9_-]{16,128}$" });

/** Another application asks to know the person: who, why, what exactly; nothing leaves before the answer. */
export const sharePage = page({
  id: "portal.share",
  path: "/connexion/partage",
  who: signedIn(),
  reads: [readInteraction, readInstitution],
  input: T.Object({ interaction }),
  render: async (p, input) => {
    const w = words(p.lang);
    const asked = await p.call(readInteraction, { interaction: input.interaction });
    if (asked.step === "done") return seeOther(asked.next);
    if (asked.step === "sign-in") return goTo("/connexion", { interaction: input.interaction });
    if (asked.step === "raise-level")
      return goTo("/compte/identite", { retour: query("/connexion/partage", { interaction: input.interaction }) });
    const institution = await p.call(readInstitution, { id: asked.institution });
    const shown = show(p, {
      title: w.shareTitle(asked.application),
      main: html`<div class="t-text">
        <h1>${w.shareTitle(asked.application)}</h1>
        ${facts(p.lang, [
          { key: w.shareBy, value: institution.name },
          { key: w.shareWhy, value: asked.purpose },
          {
            key: w.shareWhat,
            value: html`<ul>
              ${asked.shares.map((share) => html`<li>${share}</li>`)}
            </ul>`,
          },
        ])}
        <p>${w.shareNote}</p>
        ${form(
          { action: "/connexion/partage", hidden: p.csrf },
          html`<input type="hidden" name="interaction" value="${input.interaction}" />`,
          actions(
            button(w.allow, { name: "decision", value: "allow" }),
            button(w.refuse, { kind: "second", name: "decision", value: "refuse" }),
          ),
        )}
      </div>`,
    });
    // The answer redirects through us to the application: its address must be in this page's own policy.
    return { ...reply(200, shown), formAction: asked.redirectOrigin };
  },
});

export const shareAction = action({
  id: "portal.share",
  path: "/connexion/partage",
  who: signedIn(),
  calls: [answerInteraction],
  form: T.Object({ interaction, decision: T.Union([T.Literal("allow"), T.Literal("refuse")]) }),
  handle: async (a, sent) => {
    await a.call(answerInteraction, sent);
    return goTo("/connexion/suite", { interaction: sent.interaction });
  },
});

/**
 * Between our form and the application's address: browsers hold redirects after a form to the page's own form-action
 * policy, so the way out is a page of its own that moves on at once.
 */
export const onwardPage = page({
  id: "portal.onward",
  path: "/connexion/suite",
  who: anyone(),
  input: T.Object({ interaction }),
  render: (p, input) => {
    const w = words(p.lang);
    const next = `/oidc/interaction/${input.interaction}`;
    const shown = show(p, {
      title: w.onward,
      main: html`<div class="t-text">
        <h1>${w.onward}</h1>
        ${actions(buttonLink(next, w.enter))}
      </div>`,
    });
    return reply(200, shown, { refresh: `0; url=${next}` });
  },
});

export const signOutAction = action({
  id: "portal.sign-out",
  path: "/deconnexion",
  who: anyone(),
  calls: [signOut],
  handle: async (a) => {
    if (a.caller.kind !== "stranger") await a.call(signOut, {});
    a.signOut();
    return goTo("/deconnexion");
  },
});

export const signedOutPage = page({
  id: "portal.signed-out",
  path: "/deconnexion",
  who: anyone(),
  render: (p) => {
    const w = words(p.lang);
    return show(p, {
      title: w.outTitle,
      main: html`<div class="t-text">${panel(w.outTitle, w.outText)}${actions(buttonLink("/", w.home))}</div>`,
    });
  },
});
