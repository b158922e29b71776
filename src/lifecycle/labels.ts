/** Which submission a Job and its pods belong to, so that a resumed command adopts it and a new one does not. */
export const runLabel = "aura.dev/run";
