/** Questions on a terminal. Each fails with INTERRUPTED where somebody presses Ctrl-C instead of answering. */
export interface Prompts {
  /** A line of text. `problemOf` says what is wrong with one, and it is asked again; undefined: nothing. */
  text(question: TextQuestion): Promise<string>;
  /** At least one of several. */
  choose(question: ChoiceQuestion): Promise<readonly string[]>;
  /** Yes or no; Enter is `preset`. */
  confirm(question: string, preset: boolean): Promise<boolean>;
}

interface TextQuestion {
  readonly question: string;
  /** What Enter answers. */
  readonly preset: string;
  problemOf(text: string): string | undefined;
}

interface ChoiceQuestion {
  readonly question: string;
  readonly choices: readonly { readonly name: string; readonly hint: string }[];
  readonly preset: readonly string[];
}
