/** An input of a module: a Terraform variable, and in TypeScript a value of type `T`. */
export interface Input<T = unknown> {
  /** The type as Terraform writes it, such as `map(string)`. */
  readonly type: string;
  readonly description: string;
  /** An input without one has to be given. */
  readonly default?: T;
  /** The only values it takes. */
  readonly oneOf?: readonly string[];
}

export type Inputs = Readonly<Record<string, Input>>;

/** The values a module with these inputs takes: those with a default may be left out. */
export type ValuesOf<I extends Inputs> = {
  readonly [K in keyof I as I[K] extends { readonly default: unknown } ? never : K]: ValueOf<I[K]>;
} & {
  readonly [K in keyof I as I[K] extends { readonly default: unknown } ? K : never]?: ValueOf<I[K]>;
};

type ValueOf<I> = I extends Input<infer T> ? T : never;

type Optional<T> = Input<T> & { readonly default: T };

interface Build<T> {
  (description: string): Input<T>;
  (description: string, fallback: T): Optional<T>;
}

function build<T>(type: string): Build<T> {
  const make = (description: string, fallback?: T) => ({
    type,
    description,
    ...(fallback !== undefined && { default: fallback }),
  });
  return make as Build<T>;
}

export const text = build<string>("string");
export const count = build<number>("number");
export const flag = build<boolean>("bool");
export const texts = build<readonly string[]>("list(string)");
export const textSet = build<readonly string[]>("set(string)");
export const textMap = build<Readonly<Record<string, string>>>("map(string)");

/** The same in every module that makes roles. */
export const permissionsBoundaryArn = text(
  "Policy that bounds what the roles may ever do, where an account asks for one. Empty: none.",
  "",
);

/** `subnetIds` as Terraform writes names: `subnet_ids`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
