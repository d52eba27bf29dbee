import { code, details, prose } from "../../../common/text";
import type { FindingHelp } from "../findings/codes";
import type { Finding } from "../findings/finding";

/** Resources that a finding names. */
const MOST_RESOURCES = 10;

/** Where a finding is, as far as the report has files. */
export interface FindingPlaces {
  /** Address of the page about its code. */
  readonly link?: string;
  /** File and line of a finding without resources. */
  readonly where?: string;
  /** File and line of a resource, if known. */
  readonly placeOf?: (resource: string) => string | undefined;
}

/** A finding, with its details to click on: its resources, what it means and how to fix it. */
export function findingParagraph(
  { code: name, severity, message, resources, ignored, reason }: Omit<Finding, "code"> & { readonly code: string },
  { means, fix }: Pick<FindingHelp, "means" | "fix">,
  { link, where, placeOf }: FindingPlaces = {},
): string {
  const more = resources.length - MOST_RESOURCES;
  const why = ignored ? ` Ignored${reason === undefined ? "" : `: ${prose(reason)}`}` : "";
  return [
    `${ignored ? "➖" : severity === "error" ? "❌" : "⚠️"} **${link === undefined ? name : `[${name}](${link})`}**: ${prose(message)}${why}`,
    details(
      "Resources and fix",
      [
        ...(where === undefined ? [] : [`- ${code(where)}`]),
        ...resources.slice(0, MOST_RESOURCES).map((resource) => {
          const place = placeOf?.(resource);
          return `- ${code(resource)}${place === undefined ? "" : `, in ${code(place)}`}`;
        }),
        ...(more > 0 ? [`- and ${more} more`] : []),
        "",
        prose(means),
        "",
        `**How to fix it.** ${prose(fix)}`,
      ].join("\n"),
    ),
  ].join("\n\n");
}
