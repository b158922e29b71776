/** Where a repository is kept, as a remote's URL says it. */
export interface Remote {
  /** As `github.com`; of an alias in ~/.ssh/config, what it stands for. */
  readonly host: string;
  /** `OWNER/NAME` */
  readonly repository: string;
}

/**
 * A remote's URL, in the forms that git takes: https, ssh, and `git@HOST:OWNER/NAME`. Credentials in it are left out.
 * Undefined for a path of this machine, and for what has no owner.
 */
export function parseRemote(url: string): Remote | undefined {
  const [, host = "", path = ""] =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^:/]+)(?::\d+)?\/(.+)$/.exec(url.trim()) ??
    /^(?:[^@/\s]+@)?([^:/\s]{2,}):(?!\/\/)(.+)$/.exec(url.trim()) ??
    [];
  const [, repository] = /^\/*([\w.-]+\/[\w.-]+?)(?:\.git)?\/*$/.exec(path) ?? [];
  return repository === undefined ? undefined : { host: hostOf(host.toLowerCase()), repository };
}

/** ssh over HTTPS's port has a name of its own; `github.com-work` is what people call a second key. */
function hostOf(host: string): string {
  return /^(www\.|ssh\.)?github\.com(-[\w.-]+)?$/.test(host) ? "github.com" : host;
}
