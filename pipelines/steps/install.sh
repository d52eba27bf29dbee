#!/usr/bin/env bash
# Installs private-link-preview from this repository into a folder, without the rest of the project:
#   pipelines/steps/install.sh FOLDER
# Needs Node.js and npm. The command is then FOLDER/packages/private-link-preview/bin.js.
set -euo pipefail

project=$(cd "$(dirname "$0")/../.." && pwd)
target=$1
package=packages/private-link-preview

if [ -f "$target/installed" ]; then exit 0; fi
if ! node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19) ? 0 : 1);
'; then
  echo "private-link-preview needs Node.js 20.19, 22.13, 24 or newer. Install it in an earlier step."
  exit 3
fi

# npm needs the lock file of the project, and the package.json of all its packages, to install one of them.
mkdir -p "$target/packages/azure-emulator"
cp "$project/package.json" "$project/package-lock.json" "$project/tsconfig.json" "$target"
cp "$project/packages/azure-emulator/package.json" "$target/packages/azure-emulator"
cp -R "$project/$package" "$project/packages/common" "$target/packages"
cd "$target"
npm ci --silent --no-audit --no-fund --ignore-scripts --workspace private-link-preview
cd "$package"
# The checks of this project have checked the types.
npx --no-install tsc --project tsconfig.pack.json --noCheck --declaration false
cp -R lib/html/page dist/private-link-preview/lib/html/page
# The command runs what was compiled where it does not find the source.
rm -r lib
cd "$target"
touch installed
