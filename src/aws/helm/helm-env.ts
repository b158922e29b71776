import { join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** What helm, and the program that its kubeconfig asks for a token, need of the environment. */
const passed =
  /^(PATH|HOME|USER|TMPDIR|LANG|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|AWS_.+)$/;

/**
 * Helm's environment: its caches, settings and logins are in `directory`, so that the user's own helm neither disturbs
 * nor is disturbed. With `ownLogins` registries are asked with the user's logins, otherwise with none: public ones serve
 * anybody, but refuse a login that has expired, also one of docker's.
 */
export function helmEnv(env: Env, directory: string, { ownLogins }: { readonly ownLogins: boolean }): Env {
  const logins = ownLogins
    ? { HELM_REGISTRY_CONFIG: registryConfig(env), DOCKER_CONFIG: env["DOCKER_CONFIG"] }
    : { HELM_REGISTRY_CONFIG: join(directory, "no-logins.json"), DOCKER_CONFIG: join(directory, "no-docker") };
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name))),
    HELM_CACHE_HOME: join(directory, "cache"),
    HELM_CONFIG_HOME: join(directory, "config"),
    HELM_DATA_HOME: join(directory, "data"),
    // else what the cluster serves is remembered in ~/.kube
    KUBECACHEDIR: join(directory, "cache", "kube"),
    ...logins,
  };
}

/** Where the user's helm keeps its logins (on Linux; elsewhere HELM_REGISTRY_CONFIG says it). */
function registryConfig(env: Env): string {
  const { HELM_REGISTRY_CONFIG: file, HELM_CONFIG_HOME: home, XDG_CONFIG_HOME: xdg, HOME = "" } = env;
  return file ?? join(home ?? join(xdg ?? join(HOME, ".config"), "helm"), "registry", "config.json");
}
