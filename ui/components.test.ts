import assert from "node:assert/strict";
import { test } from "node:test";
import { html, type Html } from "#kernel";
import {
  asset,
  armsFrom,
  attributes,
  banner,
  checkboxes,
  dateFrom,
  dateInput,
  errorSummary,
  evidence,
  facts,
  gallery,
  idOf,
  input,
  inLanguage,
  pagination,
  radios,
  results,
  select,
  table,
  tag,
  textarea,
  timeline,
} from "./index.ts";

const lang = "fr";
const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;
const long = "n".repeat(10_000);
const combining = "a" + "\u0301\u0323".repeat(400);

/** Every component that shows something a person typed. */
const shows: Record<string, (value: string) => Html> = {
  input: (value) => input({ lang, name: value, label: value, hint: value, error: value, value }),
  textarea: (value) => textarea({ lang, name: "m", label: "M", value }),
  select: (value) => select({ lang, name: "s", label: "S", value, items: [{ value, text: value }] }),
  radios: (value) => radios({ lang, name: value, label: value, value, items: [{ value, text: value, hint: value }] }),
  checkboxes: (value) => checkboxes({ lang, name: value, label: value, values: [value], items: [{ value, text: value }] }),
  dateInput: (value) => dateInput({ lang, name: value, label: value, value: { day: value, month: value, year: value } }),
  errorSummary: (value) => errorSummary(lang, [{ path: value, message: value }]) as Html,
  banner: (value) => banner(lang, "success", value, value),
  facts: (value) => facts(lang, [{ key: value, value, action: { href: value, hidden: value } }]),
  evidence: (value) => evidence([{ key: value, value, from: value }]),
  table: (value) => table({ caption: value, columns: [{ head: value }, { head: value }], rows: [[value, value]] }),
  results: (value) => results([{ href: value, title: value, text: value, meta: value }]),
  timeline: (value) => timeline(lang, [{ title: value, when: value, at: value, state: "done", text: value }]),
  tag: (value) => tag(value, "act"),
  attributes: (value) => html`<i${attributes({ title: value })}></i>`,
};

for (const [name, show] of Object.entries(shows)) {
  test(`${name}: what people type stays text`, () => {
    const out = show(hostile).html;
    assert.ok(!/<script|<img/i.test(out), out);
    assert.ok(!out.includes(`alert('x')`), "quotes are escaped too");
    // Attributes cannot be left: outside of tags no raw quote-bracket pair of ours survives.
    assert.ok(!out.includes(`"><script`));
    assert.ok(show(long).html.includes(long), "10,000 characters pass whole");
    assert.ok(show(combining).html.includes(combining), "combining characters are kept as written");
  });
}

test("the link of an error summary lands on the field's own id", () => {
  for (const name of ["phone", "children[0].name", "birth.date", "été"]) {
    const id = idOf(name);
    assert.match(id, /^[A-Za-z0-9_-]+$/);
    assert.ok((errorSummary(lang, [{ path: name, message: "m" }]) as Html).html.includes(`href="#${id}"`));
    assert.ok(input({ lang, name, label: "l" }).html.includes(`id="${id}"`));
    assert.ok(radios({ lang, name, label: "l", items: [{ value: "1", text: "1" }] }).html.includes(`id="${id}"`));
    assert.ok(dateInput({ lang, name, label: "l" }).html.includes(`id="${id}"`));
  }
});

test("a field in error names its message and its hint", () => {
  const out = input({ lang, name: "phone", label: "Téléphone", hint: "h", error: "e" }).html;
  assert.match(out, /aria-describedby="phone-hint phone-error"/);
  assert.match(out, /aria-invalid="true"/);
  assert.ok(!input({ lang, name: "phone", label: "Téléphone" }).html.includes("aria-invalid"));
});

test("a text area keeps its first line break", () => {
  assert.ok(textarea({ lang, name: "m", label: "M", value: "\nsecond line" }).html.includes(">\n\nsecond line</textarea>"));
});

test("dates read from three boxes", () => {
  const read = (day: string, month: string, year: string) => dateFrom({ "b.day": day, "b.month": month, "b.year": year }, "b");
  assert.equal(read("1", "3", "1990"), "1990-03-01");
  assert.equal(read(" 29 ", "02", "2024"), "2024-02-29");
  assert.equal(read("29", "2", "2023"), undefined);
  assert.equal(read("31", "4", "2020"), undefined);
  assert.equal(read("1", "3", "90"), undefined);
  assert.equal(read("x", "3", "1990"), undefined);
  assert.equal(read("", "", ""), "");
  assert.equal(read("1", "", "1990"), undefined);
});

test("language links keep the rest of the query", () => {
  assert.equal(inLanguage("/demarches?q=casier&lang=fr", "en"), "/demarches?q=casier&lang=en");
  assert.equal(inLanguage("/", "en"), "/?lang=en");
});

test("pagination shows only what exists", () => {
  const at = (page: number, pages: number) => (pagination({ lang, page, pages, href: (n) => `?page=${n}` }) as Html).html ?? "";
  assert.equal(pagination({ lang, page: 1, pages: 1, href: String }), "");
  assert.ok(!at(1, 3).includes('rel="prev"'));
  assert.ok(at(1, 3).includes('href="?page=2"'));
  assert.ok(!at(3, 3).includes('rel="next"'));
});

test("a country's arms are shapes only", () => {
  assert.ok(armsFrom('<svg xmlns="x" viewBox="0 0 1 1"><path d="M0 0"/></svg>').html.includes('class="t-sign"'));
  for (const bad of [
    '<svg viewBox="0 0 1 1"><script>1</script></svg>',
    '<svg viewBox="0 0 1 1"><path onload="x"/></svg>',
    '<svg viewBox="0 0 1 1"><image href="http://x"/></svg>',
    '<svg viewBox="0 0 1 1"><path style="fill:red"/></svg>',
    '<svg viewBox="0 0 1 1"><!-- c --></svg>',
    "<p>no</p>",
    `<svg viewBox="0 0 1 1">${"<path/>".repeat(1000)}</svg>`,
  ])
    assert.throws(() => armsFrom(bad), /arms:/);
});

test("the gallery shows every component in both languages, without inline style or script", () => {
  const country = {
    code: "xx",
    name: { fr: "Pays", en: "Country" },
    currency: { code: "XOF" },
    timeZone: "UTC",
    phone: { prefix: "+999" },
  };
  for (const language of ["fr", "en"]) {
    const out = gallery({ lang: language, path: "/style", country, today: "2026-11-21" }).html;
    assert.ok(!/\sstyle=|<style|<script(?![^>]*src=)|\son[a-z]+="/i.test(out), "the content security policy allows none of these");
    assert.ok(out.includes(asset("toguna.css")));
    assert.match(out, new RegExp(`<html lang="${language}"`));
    for (const id of [...out.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1] as string))
      assert.equal(out.split(` id="${id}"`).length, 2, `id ${id} is used once`);
  }
});
