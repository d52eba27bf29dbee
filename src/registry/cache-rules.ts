import { CACHE_UPSTREAMS, MAX_CACHE_RULES } from "../limits";
import type { SettingsError } from "../settings/errors";
import { type Context, errorAt, repeated } from "../rule-context";

export function* cacheRulesFit({ registry }: Context): Iterable<SettingsError> {
  const { cacheRules = [], cacheCredentials = [], trustedServices } = registry;
  const rules = cacheRules.flatMap((rule, index) => (rule ? [{ ...rule, index }] : []));
  const credentials = cacheCredentials.flatMap((one, index) => (one ? [{ ...one, index }] : []));
  const error = (list: string, index: number, member: string, found: unknown, allowed: string) =>
    errorAt(["registry", list, index, member], found, allowed);
  if (cacheRules.length > MAX_CACHE_RULES)
    yield {
      path: ["registry", "cacheRules"],
      found: `${cacheRules.length} rules`,
      allowed: `at most ${MAX_CACHE_RULES}`,
    };
  if (cacheRules.length > 0 && trustedServices === false)
    yield errorAt(
      ["registry", "trustedServices"],
      false,
      "true if there are cacheRules: Azure fetches their images as a trusted service",
    );
  for (const [{ index, name }, first] of repeated(rules, (rule) => rule.name?.toLowerCase()))
    yield error("cacheRules", index, "name", name, `a name that differs from the one of cacheRules[${first.index}]`);
  for (const [{ index, loginServer }, first] of repeated(credentials, (one) => one.loginServer))
    yield error(
      "cacheCredentials",
      index,
      "loginServer",
      loginServer,
      `a login server that differs from the one of cacheCredentials[${first.index}]`,
    );
  for (const { index, loginServer } of credentials) {
    if (loginServer !== undefined && upstreamOf(loginServer)?.credentials === "none")
      yield error("cacheCredentials", index, "loginServer", loginServer, "a registry that takes credentials");
  }
  for (const { index, source, target } of rules) {
    if (source === undefined) continue;
    const [server = "", ...path] = source.split("/");
    const upstream = upstreamOf(server);
    const at = (found: unknown, allowed: string, member = "source") =>
      error("cacheRules", index, member, found, allowed);
    if (!upstream) yield at(source, `a repository in one of: ${Object.keys(CACHE_UPSTREAMS).join(", ")}`);
    else if (path.length === 0) yield at(source, "a repository of the registry, or all of them with /* at the end");
    else if (server === "docker.io" && path.length < 2 && path[0] !== "*")
      yield at(source, `docker.io/library/${path[0]!}: Azure adds library, and every plan would replace the rule`);
    if (upstream?.credentials === "required" && credentials.every(({ loginServer }) => loginServer !== server))
      yield at(source, `a source with credentials: add ${server} to cacheCredentials`);
    if (target !== undefined && target.endsWith("/*") !== source.endsWith("/*"))
      yield at(target, "a target that ends with /* if the source does, and only then", "target");
  }
  for (const [i, { index, target }] of rules.entries()) {
    const first = rules.slice(0, i).find((rule) => targetsOverlap(rule.target, target));
    if (first)
      yield error(
        "cacheRules",
        index,
        "target",
        target,
        `a target that does not overlap ${first.target!} of cacheRules[${first.index}]`,
      );
  }
}

/** The entry of a registry that can be cached. */
function upstreamOf(server: string) {
  const found = Object.entries(CACHE_UPSTREAMS).find(([end]) => server === end || server.endsWith(`.${end}`));
  return found && { credentials: found[1] };
}

/** Whether two cache rules would write the same repositories. A single repository may be within a prefix. */
function targetsOverlap(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one === other) return true;
  const [a, b] = [one, other].map((target) => target.replace(/\*$/, "")) as [string, string];
  return one.endsWith("/*") && other.endsWith("/*") && (a.startsWith(b) || b.startsWith(a));
}
