type Env = Readonly<Record<string, string | undefined>>;

/**
 * What would make an engine work elsewhere, or on something else, than it is told to; and the time between two savings
 * of the state: 20 seconds are the least (OpenTofu panics at less), and more is lost by a kill when it is longer.
 */
const stray = /^TF_(WORKSPACE|DATA_DIR|STATE_PERSIST_INTERVAL|CLI_ARGS(_\w+)?)$/;

/**
 * The environment of an engine: this process's, so that credentials, proxies, `TF_PLUGIN_CACHE_DIR` and
 * `TF_CLI_CONFIG_FILE` count, without what would divert it; it asks nothing, and nobody for news.
 */
export function engineEnv(env: Env): Env {
  const kept = Object.entries(env).filter(([name]) => !stray.test(name));
  return { ...Object.fromEntries(kept), TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
}
