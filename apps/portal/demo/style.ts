import { anyone, notFound, page } from "#kernel";
import { gallery } from "#ui";

/** The design system's gallery, in the demonstration only: what to look at after a change of style. */
export const stylePage = page({
  id: "portal.style",
  path: "/demonstration/style",
  who: anyone(),
  render: (p) => {
    if (!p.config.demo) throw notFound();
    return gallery({ lang: p.lang, path: p.url, country: p.country, today: p.clock.today() });
  },
});
