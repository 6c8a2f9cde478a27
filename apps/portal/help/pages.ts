import { anyone, html, messages, page, type Html, type PageContext, type Problem } from "#kernel";
import { actions, buttonLink, searchBox } from "#ui";
import { sentence } from "../problems.ts";
import { show } from "../shell.ts";

const words = messages({
  fr: {
    help: "Aide",
    intro: "Les réponses courtes aux questions qui reviennent.",
    q1: "Faut-il un compte\u202f?",
    a1: "Non, pour lire les démarches et vérifier un acte. Oui, pour demander un acte\u202f: votre numéro de téléphone suffit à l’ouvrir.",
    q2: "Pourquoi prouver mon identité\u202f?",
    a2: "Un téléphone n’est pas une personne. Avant de lire des données ou de délivrer un acte à votre nom, l’administration doit savoir qui vous êtes. Le registre d’identité le dit en quelques secondes si votre numéro y est inscrit à votre nom\u202f; sinon, un passage à un guichet suffit, une fois pour toutes.",
    q3: "Que faire si le réseau coupe\u202f?",
    a3: "Vos réponses sont gardées à chaque page. Revenez plus tard, sur le même téléphone ou un autre\u202f: tout est dans «\u202fMes dossiers\u202f». Un formulaire envoyé deux fois ne compte qu’une fois.",
    q4: "J’ai payé, et rien ne bouge",
    a4: "Ne payez pas à nouveau. La réponse de l’opérateur tarde parfois\u202f; nous la redemandons, et le dossier avance dès qu’elle arrive. Ce qui serait pris deux fois vous est rendu.",
    q5: "On me demande plus que le prix affiché",
    a5: "Le prix affiché ligne par ligne est le seul dû. Gardez une trace de la demande et signalez-la au service ou à l’autorité de contrôle.",
    q6: "Je n’ai pas de smartphone",
    a6: "Ces pages pèsent moins de 15 ko et fonctionnent sans JavaScript, sur un navigateur ancien. Un proche ou un guichet peut aussi les ouvrir pour vous\u202f: le code de connexion arrive sur votre téléphone, à vous seul.",
    q7: "Qui voit mes données\u202f?",
    a7: "Seuls les agents dont le travail le demande, pour la raison écrite. Chaque regard est inscrit\u202f:",
    a7link: "voir qui a consulté mes données",
    access: "Accessibilité",
    access1:
      "Ce service vise la conformité aux règles WCAG 2.2, niveaux A et AA. Chaque page est contrôlée automatiquement à chaque modification, sans aucune anomalie admise\u202f; les parcours sont rejoués sans JavaScript, et celui de l’agent au clavier seul.",
    access2:
      "Les textes grandissent jusqu’à 400\u202f% sans perte, les couleurs ont un contraste d’au moins 4,5 pour 1, et la page suit le mode sombre de votre appareil.",
    access3:
      "Ce que les contrôles automatiques ne voient pas n’a pas encore été éprouvé avec des personnes handicapées. Les fichiers PDF délivrés ne sont pas balisés pour les lecteurs d’écran\u202f: le contenu de chaque acte se lit aussi dans la page du dossier et par la vérification.",
    access4: "Une difficulté\u202f? Écrivez au service depuis votre dossier, ou demandez à un guichet\u202f: la démarche y est la même.",
    notFound: "Cette page n’existe pas",
    notFoundText: "L’adresse est peut-être incomplète, ou la page a changé de place.",
    forbidden: "Cette page ne vous est pas ouverte",
    forbiddenText: "Vous êtes connecté, mais ce que vous demandez appartient à quelqu’un d’autre ou à une autre fonction.",
    busy: "Trop de demandes en peu de temps",
    busyText: "Attendez un instant, puis reprenez. Rien n’est perdu.",
    wrong: "Quelque chose n’a pas marché de notre côté",
    wrongText: "Ce n’est pas votre faute, et rien de ce que vous avez envoyé n’est compté deux fois. Réessayez dans quelques minutes.",
    changed: "La page n’était plus à jour",
    changedText: "Ce que vous avez envoyé n’a pas été pris en compte. Rouvrez la page et recommencez.",
    other: "Cela n’a pas pu se faire",
    retry: (seconds: number) => `Réessayez dans ${seconds} secondes.`,
    code: "Code à donner si vous demandez de l’aide",
    home: "Revenir à l’accueil",
    again: "Réessayer",
    search: "Chercher une démarche",
    signIn: "Se connecter",
    onlyMe: "Pour votre sécurité, cette page ne se montre qu’à la personne concernée.",
  },
  en: {
    help: "Help",
    intro: "Short answers to the questions that come back.",
    q1: "Do I need an account?",
    a1: "No, to read about services and to verify an act. Yes, to ask for one: your telephone number is enough to open it.",
    q2: "Why prove my identity?",
    a2: "A telephone is not a person. Before reading data or issuing an act in your name, the administration must know who you are. The identity register says so within seconds if your number stands there in your name; otherwise one visit to a counter is enough, once and for all.",
    q3: "What if the network drops?",
    a3: "Your answers are kept on every page. Come back later, on the same telephone or another: everything is under “My cases”. A form sent twice counts once.",
    q4: "I have paid and nothing moves",
    a4: "Do not pay again. The operator’s answer is sometimes late; we ask again, and the case moves as soon as it arrives. Whatever was taken twice is given back.",
    q5: "I am asked for more than the price shown",
    a5: "The price shown line by line is all that is owed. Keep a trace of the request and report it to the office or to the supervisory authority.",
    q6: "I have no smartphone",
    a6: "These pages weigh less than 15 kB and work without JavaScript, on an old browser. A relative or a counter can open them for you: the sign-in code comes to your telephone, to you alone.",
    q7: "Who sees my data?",
    a7: "Only officials whose work requires it, for the reason written. Every look is recorded:",
    a7link: "see who looked at my data",
    access: "Accessibility",
    access1:
      "This service aims to conform to WCAG 2.2, levels A and AA. Every page is checked automatically at each change, with no violation accepted; the journeys are replayed without JavaScript, and the official’s with the keyboard alone.",
    access2: "Texts grow to 400% without loss, colours have a contrast of at least 4.5 to 1, and the page follows your device’s dark mode.",
    access3:
      "What automatic checks do not see has not yet been tried with disabled people. The PDF files issued are not tagged for screen readers: the content of each act can also be read on the case page and by verification.",
    access4: "A difficulty? Write to the office from your case, or ask at a counter: the service there is the same.",
    notFound: "This page does not exist",
    notFoundText: "The address may be incomplete, or the page has moved.",
    forbidden: "This page is not open to you",
    forbiddenText: "You are signed in, but what you ask for belongs to someone else or to another function.",
    busy: "Too many requests in a short time",
    busyText: "Wait a moment, then go on. Nothing is lost.",
    wrong: "Something went wrong on our side",
    wrongText: "It is not your fault, and nothing you sent counts twice. Try again in a few minutes.",
    changed: "The page was out of date",
    changedText: "What you sent was not taken into account. Open the page again and start over.",
    other: "This could not be done",
    retry: (seconds: number) => `Try again in ${seconds} seconds.`,
    code: "Code to give when you ask for help",
    home: "Back to the home page",
    again: "Try again",
    search: "Find a service",
    signIn: "Sign in",
    onlyMe: "For your safety, this page shows only to the person concerned.",
  },
});

export const helpPage = page({
  id: "portal.help",
  path: "/aide",
  who: anyone(),
  render: (p) => {
    const w = words(p.lang);
    const pairs = [
      [w.q1, w.a1],
      [w.q2, w.a2],
      [w.q3, w.a3],
      [w.q4, w.a4],
      [w.q5, w.a5],
      [w.q6, w.a6],
    ];
    return show(p, {
      title: w.help,
      main: html`<div class="t-text">
        <h1>${w.help}</h1>
        <p class="t-lead">${w.intro}</p>
        ${pairs.map(
          ([question, answer]) =>
            html`<h2>${question}</h2>
              <p>${answer}</p>`,
        )}
        <h2>${w.q7}</h2>
        <p>${w.a7} <a href="/mes-donnees">${w.a7link}</a>.</p>
      </div>`,
    });
  },
});

export const accessibilityPage = page({
  id: "portal.accessibility",
  path: "/accessibilite",
  who: anyone(),
  render: (p) => {
    const w = words(p.lang);
    return show(p, {
      title: w.access,
      main: html`<div class="t-text">
        <h1>${w.access}</h1>
        ${[w.access1, w.access2, w.access3, w.access4].map((paragraph) => html`<p>${paragraph}</p>`)}
      </div>`,
    });
  },
});

/** A problem as a page: what happened, whether something was lost, what to do; the code last, small. */
export function failurePage(p: PageContext, problem: Problem): Html {
  const w = words(p.lang);
  const [title, text] =
    problem.status === 404
      ? [w.notFound, w.notFoundText]
      : problem.status === 401
        ? [w.signIn, w.onlyMe]
        : problem.status === 403
          ? problem.code === "kernel.csrf-refused"
            ? [w.changed, w.changedText]
            : [w.forbidden, w.forbiddenText]
          : problem.status === 429
            ? [w.busy, w.busyText]
            : problem.status === 409
              ? [w.changed, w.changedText]
              : problem.status >= 500
                ? [w.wrong, w.wrongText]
                : [w.other, sentence(p, problem)];
  const told = sentence(p, problem);
  return show(p, {
    title,
    failed: true,
    main: html`<div class="t-text">
      <h1>${title}</h1>
      <p class="t-lead">${text}</p>
      ${told !== text && problem.status !== 404 ? html`<p>${told}</p>` : ""}
      ${problem.more.retryAfter ? html`<p>${w.retry(problem.more.retryAfter)}</p>` : ""}
      ${problem.status === 404 ? searchBox({ lang: p.lang, action: "/demarches", label: w.search }) : ""}
      ${actions(problem.status === 401 ? buttonLink(`/connexion?retour=${encodeURIComponent(p.url)}`, w.signIn) : buttonLink("/", w.home), problem.status >= 500 ? html`<a href="${p.url}">${w.again}</a>` : "")}
      <p class="t-source">${w.code} : <code>${problem.code}</code></p>
    </div>`,
  });
}
