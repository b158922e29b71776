import { describe, expect, it } from "vitest";

import { cidrNetwork, cidrSize, cidrsOverlap, cidrText, parseCidr, subCidr } from "../../src/kernel/cidr.ts";

describe("an IPv4 range", () => {
  it.each(["0.0.0.0/0", "10.64.0.0/16", "192.168.1.7/32", "255.255.255.255/32"])(
    "reads %s and writes it again",
    (text) => {
      expect(cidrText(parseCidr(text) ?? { base: 0, prefix: 0 })).toBe(text);
    },
  );

  it.each([
    "",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/8",
    "256.0.0.0/8",
    "10.0.0.0/-1",
    "010.0.0.0/8",
    "10.0.0.0/08",
    "::/0",
    "a.b.c.d/8",
  ])("refuses %j", (text) => expect(parseCidr(text)).toBeUndefined());

  it.each([
    ["10.0.0.0/8", "10.255.0.0/16", true],
    ["10.0.0.0/16", "10.1.0.0/16", false],
    ["10.0.5.0/16", "10.0.0.0/24", true],
    ["0.0.0.0/0", "203.0.113.0/24", true],
  ])("tells whether %s and %s overlap", (a, b, expected) => {
    const [first, second] = [a, b].map((text) => parseCidr(text) ?? { base: 0, prefix: 0 });
    expect(first && second && cidrsOverlap(first, second)).toBe(expected);
    expect(first && second && cidrsOverlap(second, first)).toBe(expected);
  });

  it("is cut into parts of its own", () => {
    const vpc = parseCidr("10.64.7.0/16") ?? { base: 0, prefix: 0 };
    expect(cidrText(cidrNetwork(vpc))).toBe("10.64.0.0/16");
    expect(cidrText(subCidr(vpc, 18, 3))).toBe("10.64.192.0/18");
    expect(cidrSize(vpc)).toBe(65_536);
  });
});
