/** Which submission a Job and its pods belong to, so that a resumed command adopts it and a new one does not. */
export const runLabel = "aura.dev/run";

/** On everything that is an environment's: its NodePools, and through their templates its NodeClaims and Nodes. */
export const environmentLabel = "aura.dev/environment";
