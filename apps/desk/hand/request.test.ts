import assert from "node:assert/strict";
import { test } from "node:test";
import { typedValues } from "./request.ts";

const field = (name: string, type: "text" | "date", required: boolean) => ({ name, label: name, type, required });

test("a record as typed: dates from their three boxes, what is empty and optional left out", () => {
  const fields = [field("act", "text", true), field("birth.date", "date", true), field("father.family", "text", false)];
  const form = {
    "v:act": " 1988/0010 ",
    "v:birth.date.day": "2",
    "v:birth.date.month": "11",
    "v:birth.date.year": "1988",
    "v:father.family": "",
  };
  assert.deepEqual(typedValues(form, fields), { act: "1988/0010", "birth.date": "1988-11-02" });
  assert.throws(() => typedValues({ ...form, "v:birth.date.day": "31" }, fields), { code: "kernel.invalid-input" });
  assert.throws(() => typedValues({ ...form, "v:act": "  " }, fields), { code: "kernel.invalid-input" });
});
