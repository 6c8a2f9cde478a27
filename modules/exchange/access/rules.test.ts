import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decide, type Right, type Wish } from "./rules.ts";

const right: Right = {
  id: "r1",
  service: "ZZ/GOV/M2/SUB2/births",
  subject: "ZZ/GOV/M1/SUB1",
  methods: ["GET"],
  path: "/records/*",
  purposes: ["casier"],
  fields: ["/rows/*/family"],
  from: "2026-01-01",
  until: "2026-12-31",
};
const wish: Wish = {
  client: "ZZ/GOV/M1/SUB1",
  groups: [],
  service: right.service,
  method: "GET",
  path: "/records/12",
  purpose: "casier",
  today: "2026-06-01",
};
const ask = (change: Partial<Wish>, rights: Right[] = [right]) => decide(rights, { ...wish, ...change });

test("the right client, method, path, purpose and day", () => {
  assert.deepEqual(ask({}), { granted: true, rights: ["r1"], fields: ["/rows/*/family"] });
});

test("each difference alone is enough to refuse", () => {
  const none = { granted: false, why: "right" };
  assert.deepEqual(ask({ client: "ZZ/GOV/M1/SUB2" }), none);
  assert.deepEqual(ask({ client: "ZZ/GOV/M1" }), none);
  assert.deepEqual(ask({ service: "ZZ/GOV/M2/SUB2/deaths" }), none);
  assert.deepEqual(ask({ method: "POST" }), none);
  assert.deepEqual(ask({ method: "get" }), none);
  assert.deepEqual(ask({ path: "/records" }), none);
  assert.deepEqual(ask({ path: "/records/12/x" }), none);
  assert.deepEqual(ask({ today: "2025-12-31" }), none);
  assert.deepEqual(ask({ today: "2027-01-01" }), none);
  assert.deepEqual(ask({ purpose: "curiosity" }), { granted: false, why: "purpose" });
  assert.deepEqual(ask({ path: "/records/../12" }), { granted: false, why: "path" });
  assert.deepEqual(ask({}, []), none);
});

test("where a consent is wanted nothing is granted without one; what needs none stays granted, and is told apart", () => {
  const bound = { ...right, id: "r2", fields: ["/rows/*/given"], consent: 90 };
  assert.deepEqual(ask({}, [bound]), { granted: false, why: "consent" });
  assert.deepEqual(ask({ consent: true }, [bound]), { granted: true, rights: ["r2"], fields: bound.fields, bound: bound.fields });
  assert.deepEqual(ask({}, [right, bound]), { granted: true, rights: ["r1"], fields: right.fields });
  assert.deepEqual(ask({ consent: true }, [right, bound]), {
    granted: true,
    rights: ["r1", "r2"],
    fields: ["/rows/*/family", "/rows/*/given"],
    bound: ["/rows/*/given"],
    free: ["/rows/*/family"],
  });
  assert.deepEqual(ask({ consent: true }), { granted: true, rights: ["r1"], fields: right.fields });
});

test("a group is granted to its members only", () => {
  const grouped = { ...right, subject: "group:courts" };
  assert.deepEqual(ask({}, [grouped]), { granted: false, why: "right" });
  assert.equal(ask({ groups: ["courts"] }, [grouped]).granted, true);
  assert.equal(ask({ client: "group:courts" }, [{ ...grouped, subject: "group:x" }]).granted, false);
});

test("two agreements add up, and a whole answer beats a filtered one", () => {
  const second = { ...right, id: "r2", fields: ["/rows/*/given", "/rows/*/family"] };
  assert.deepEqual(ask({}, [right, second]), {
    granted: true,
    rights: ["r1", "r2"],
    fields: ["/rows/*/family", "/rows/*/given"],
  });
  assert.deepEqual(ask({}, [right, { ...second, fields: null }]), {
    granted: true,
    rights: ["r1", "r2"],
    fields: null,
  });
});

test("an agreement for another purpose never lends its fields", () => {
  const other = { ...right, id: "r2", purposes: ["tax"], fields: null };
  assert.deepEqual(ask({}, [right, other]), {
    granted: true,
    rights: ["r1"],
    fields: ["/rows/*/family"],
  });
});

test("no wish is granted that no single right grants in all its parts", () => {
  const code = fc.constantFrom("a", "b", "c");
  const some = fc.record({
    id: fc.uuid(),
    service: code,
    subject: code,
    methods: fc.subarray(["GET", "POST"]),
    path: fc.constantFrom("**", "/a/*", "/b"),
    purposes: fc.subarray(["p", "q"]),
    fields: fc.option(fc.subarray(["/x", "/y"])),
    from: fc.constant("2026-01-01"),
    until: fc.constant(null),
  });
  fc.assert(
    fc.property(
      fc.array(some, { maxLength: 6 }),
      code,
      code,
      fc.constantFrom("GET", "POST"),
      fc.constantFrom("/a/1", "/b", "/c"),
      fc.constantFrom("p", "q"),
      (rights, client, service, method, path, purpose) => {
        const w: Wish = { client, groups: [], service, method, path, purpose, today: "2026-02-02" };
        const single = rights.filter((one) => decide([one], w).granted);
        const all = decide(rights, w);
        assert.equal(all.granted, single.length > 0);
        if (all.granted)
          assert.deepEqual(
            all.rights,
            single.map((one) => one.id),
          );
      },
    ),
  );
});
