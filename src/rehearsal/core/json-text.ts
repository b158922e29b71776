const texts = new WeakMap<object, string>();

/** The JSON of an object. Of a frozen one it is made once, for the answer, every watcher and every list alike. */
export function jsonText(object: object): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  if (Object.isFrozen(object)) texts.set(object, text);
  return text;
}
