#!/usr/bin/env bash
# Runs the HL7 FHIR validator and ours on the same files: how long each takes, and where verdicts differ.
#
#   benches/hl7_validator/run.sh PACKAGES IG NAME FILES
#   benches/hl7_validator/run.sh ~/packages hl7.fhir.us.core#6.1.0 us-core@6.1.0 ~/us-core-examples
#
# PACKAGES: a folder of FHIR packages (.tgz). IG: the package whose profiles are used, NAME: what `--ig` calls it here.
# FILES: a folder of .json.
# Environment: MAVEN_REPOSITORY (where jars are from), VITRUVIAN (our binary), WORK (kept between runs), HEAP.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages=$(cd "${1:?folder of packages}" && pwd)
ig=${2:?package of the profiles, for example hl7.fhir.us.core#6.1.0}
named=${3:?the same for --ig, for example us-core@6.1.0}
files=$(cd "${4:?folder of resources}" && pwd)
vitruvian=$(realpath "${VITRUVIAN:-$here/../../target/release/vitruvian}")
work=${WORK:-$(mktemp -d)}
repository=${MAVEN_REPOSITORY:-https://repo1.maven.org/maven2}
mkdir -p "$work/home/.fhir/packages" "$work/tmp"
cache=$work/home/.fhir/packages

for tool in mvn java python3 tar; do
  command -v "$tool" >/dev/null || { echo "skipped: there is no $tool" >&2; exit 2; }
done
[ -x "$vitruvian" ] || { echo "skipped: build $vitruvian first" >&2; exit 2; }

if [ ! -d "$work/jars" ]; then
  mvn -q -B -f "$here/pom.xml" -Drepository="$repository" dependency:copy-dependencies \
    -DoutputDirectory="$work/jars.new" -DincludeScope=runtime
  mv "$work/jars.new" "$work/jars"
fi

field() { python3 -c 'import json,sys; print(json.load(sys.stdin).get(sys.argv[1], ""))' "$1"; }

for archive in "$packages"/*.tgz; do
  manifest=$(tar xzOf "$archive" package/package.json)
  id="$(field name <<<"$manifest")#$(field version <<<"$manifest")"
  [ -d "$cache/$id" ] || { mkdir "$cache/$id" && tar xzf "$archive" -C "$cache/$id"; }
done

# What is asked for and not at hand: another version of it, or a package with nothing in it.
provide() {
  local name=${1%%#*} version=${1#*#} other
  [ -e "$cache/$1" ] && return
  other=$(find "$cache" -maxdepth 1 -name "$name#*" | sort -V | tail -1)
  if [ -n "$other" ]; then
    echo "instead of $1: $(basename "$other")" >&2
    ln -s "$other" "$cache/$1"
    return
  fi
  echo "instead of $1: nothing" >&2
  mkdir -p "$cache/$1/package"
  printf '{"name":"%s","version":"%s","fhirVersions":["4.0.1"],"dependencies":{}}\n' "$name" "$version" \
    >"$cache/$1/package/package.json"
  printf '{"index-version":2,"files":[]}\n' >"$cache/$1/package/.index.json"
}

python3 -c 'import json,sys
for name, version in json.load(open(sys.argv[1])).get("dependencies", {}).items(): print(f"{name}#{version}")' \
  "$cache/$ig/package/package.json" | while read -r dependency; do provide "$dependency"; done

hl7() {
  java -Xmx"${HEAP:-3g}" -Duser.home="$work/home" -Djava.io.tmpdir="$work/tmp" -cp "$work/jars/*" \
    org.hl7.fhir.validation.ValidatorCli "$@" -version 4.0.1 -ig "$ig" -tx n/a -allow-example-urls true
}

first=$(find "$files" -name '*.json' | sort | head -1)
# It asks for packages of its own, one at a time: try until it has them all.
for _ in 1 2 3 4 5 6 7 8; do
  hl7 "$first" -output "$work/first.json" >"$work/first.log" 2>&1 || true
  missing=$(sed -n 's/.*Failed to resolve package \([^ ]*\) .*/\1/p' "$work/first.log" | head -1)
  [ -n "$missing" ] && [ ! -e "$cache/$missing" ] || break
  provide "$missing"
done

seconds() { local from to; from=$(date +%s.%N); "$@" || [ $? -eq 1 ]; to=$(date +%s.%N); python3 -c "print($to - $from)"; }
their_cold() { hl7 "$first" -output "$work/first.json" >"$work/first.log" 2>&1; }
their_warm() { hl7 "$files" -output "$work/theirs.json" >"$work/theirs.log" 2>&1; }
our_cold() { HOME="$work/nobody" "$vitruvian" validate --ig "$named" --format json "$first" >"$work/first-ours.json" 2>/dev/null; }
our_warm() { HOME="$work/nobody" "$vitruvian" validate --ig "$named" --format json "$files" >"$work/ours.json" 2>/dev/null; }

python3 "$here/compare.py" "$work" "$(seconds their_cold)" "$(seconds their_warm)" \
  "$(seconds our_cold)" "$(seconds our_warm)"
