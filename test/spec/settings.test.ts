import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { settings } from "../../src/spec/settings.ts";

describe("env.example", () => {
  it("lists every variable and no other", () => {
    const listed = [...readFileSync("env.example", "utf8").matchAll(/^([A-Z_]+)=$/gm)].map((match) => match[1]);
    const others = ["AURA_CLOUD", "AURA_CHECK_IP_URL"];
    expect(listed).toEqual([...settings.map((setting) => setting.variable), ...others]);
  });
});
