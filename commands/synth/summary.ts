import { count, groupBy, naturally } from "../../packages/common/util";
import { answerText, isRegistry, type Preview, servedByText } from "../../packages/private-link-preview";

/** What a synthesis prints: the file that it wrote, where the settings came from, and the summary. */
export function synthText({ file, source, preview }: { file: string; source: string; preview: Preview }): string {
  return `Wrote ${file} from ${source}.\n${summary(preview)}`;
}

/** How many networks the summary lists. */
const NAMED = 12;

/** A few lines at the end of a synthesis: which endpoint each network's DNS returns for the registry. */
function summary({ lookups, findings }: Preview): string {
  const networks = [...groupBy(lookups, ({ network }) => network)].sort(([a], [b]) => naturally(a.name, b.name));
  const width = Math.max(0, ...networks.slice(0, NAMED).map(([{ name }]) => name.length));
  const lines = networks.slice(0, NAMED).map(([{ name }, asked]) => {
    const answers = [...new Set(asked.map(answerText))].join("; ");
    const served = asked
      .filter(({ host, service }) => host.kind === "global" && isRegistry(service) && service.regional)
      .map(servedByText);
    return `  ${name.padEnd(width)}  ${answers}${served.length > 0 ? `, served by ${served.join(", ")}` : ""}`;
  });
  const rest = networks.length - lines.length;
  const registries = [...new Set(lookups.map(({ service }) => service.hosts[0]?.fqdn))].join(", ");
  return [
    `What each network's DNS returns for ${registries}:`,
    ...lines,
    ...(rest > 0 ? [`  and ${count(rest, "more network")}: npm run preview`] : []),
    ...findings.map(({ severity, message }) => `  ${severity}: ${message}`),
  ].join("\n");
}
