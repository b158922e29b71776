import type { CapacityType } from "../kernel/vocabulary.ts";
import type { Shortage } from "./environment.ts";

/** `spot g4dn.* us-east-1a`, checked by the schema, as a Shortage. A zone left out means every zone. */
export function shortageOf(text: string): Shortage {
  const [capacityType = "*", instanceType = "*", zone = "*"] = text.split(/ +/);
  return { capacityType: capacityType as CapacityType | "*", instanceType, zone };
}
