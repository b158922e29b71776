import type { Hands } from "./hands.ts";
import type { Traits } from "./recognize.ts";
import type { SweepScope } from "./scope.ts";

export interface Look extends Hands {
  readonly scope: SweepScope;
  /** The environment's own VPCs: that a thing lies in one is a sign. */
  readonly vpcs: readonly string[];
}

/** Something that was seen, whosever it is. */
export interface Thing extends Traits {
  /** As `remove` takes it. */
  readonly id: string;
  readonly name?: string | undefined;
  /** As AWS says it, where it says one. */
  readonly state?: string | undefined;
  /** Whether it is going already. */
  readonly ending?: boolean;
  /** More than the kind's own `why`, such as `100 GiB gp3`. */
  readonly detail?: string | undefined;
  readonly usdPerHour?: number | undefined;
  readonly createdAt?: Date | undefined;
  /** The aws command that removes it. */
  readonly fix: string;
}

/** Something an environment left behind. All of it is data: it can be kept and removed later. */
export interface Remain {
  /** The kind's name, such as `NAT gateway`. */
  readonly kind: string;
  readonly id: string;
  /** The same as `id` where it has no other. */
  readonly name: string;
  readonly region: string;
  /** How it is billed, or what it blocks. */
  readonly why: string;
  /** On demand or as spot, by the catalog; absent where that does not know. */
  readonly usdPerHour?: number;
  /** The independent tags and names it was recognized by. */
  readonly evidence: readonly string[];
  /** Why it is not touched, of what is not sure. */
  readonly doubt?: string;
  readonly state?: string;
  /** RFC 3339. */
  readonly createdAt?: string;
  /** RFC 3339, or `never`. */
  readonly expiresAt?: string;
  /** The aws command that removes it. */
  readonly fix: string;
}

/** A sort of thing that an environment may leave behind. */
export interface Kind {
  /** What people call one of them. */
  readonly name: string;
  /** How it is billed, or what it blocks. */
  readonly why: string;
  /** Everything that may be the environment's, by whatever AWS can filter by. */
  find(look: Look): Promise<readonly Thing[]>;
  /** Done for all that go, before the first: ties between them that would hold each other. */
  prepare?(ids: readonly string[], hands: Hands): Promise<void>;
  /** Asks for the removal of one. Rejects with the SDK's exception. */
  remove(id: string, hands: Hands): Promise<void>;
  /** Which of them are still there, for kinds that take time to go. */
  present?(ids: readonly string[], hands: Hands): Promise<readonly string[]>;
  /** How long they may take, and how long others may hold them, in milliseconds. Default two minutes. */
  readonly patienceMs?: number;
}
