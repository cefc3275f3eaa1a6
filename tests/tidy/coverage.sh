#!/usr/bin/env bash
# Whether every branch of the files that coverage.txt lists was taken, but for those that it excepts.
#
#   coverage.sh BUILD      a build of the preset coverage whose tests have run; prints each file's branches
#
# Ends with 1 when a branch was not taken and is not excepted, or an exception is no longer needed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
list=$here/coverage.txt

main() {
  local build=$1
  report=$(mktemp)
  trap 'rm -f "$report"' EXIT
  branches_of "$build" >"$report"
  cd "$root"
  awk -F '\t' -v list="$list" "$(judge)" "$report"
}

# branches_of BUILD: PATH, LINE, BRANCHES, NOT TAKEN of every line with branches.
branches_of() {
  local filters=() path
  while read -r path; do filters+=(--filter "$(sed 's/\./\\./g' <<<"$root/$path")\$"); done < <(sed -n 's/^file //p' "$list")
  gcovr --root "$root" "$1" "${filters[@]}" --exclude-throw-branches --exclude-unreachable-branches \
    --gcov-ignore-parse-errors --json 2>/dev/null |
    jq -r '.files[] | .file as $file | .lines[] | select((.branches | length) > 0)
      | [$file, .line_number, (.branches | length), ([.branches[] | select(.count == 0)] | length)] | @tsv'
}

# The text of an awk program: the list is read first, then the report.
judge() {
  cat <<'AWK'
    function trimmed(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }
    function words_of(path, number,    text, i) {
      for (i = 0; i < number; ++i) if ((getline text < path) <= 0) text = ""
      close(path)
      return trimmed(text)
    }
    BEGIN {
      while ((getline entry < list) > 0) {
        if (entry ~ /^file /) { path = trimmed(substr(entry, 6)); order[++files] = path }
        if (entry !~ /^except /) continue
        split(entry, field, / \| /)
        key = trimmed(substr(field[1], 8)) "\t" trimmed(field[3])
        allowed[key] = field[2] + 0
      }
    }
    {
      all[$1] += $3; missed[$1] += $4
      if ($4 == 0) next
      key = $1 "\t" words_of($1, $2)
      if (key in allowed && $4 <= allowed[key]) { used[key] = 1; excepted[$1] += $4; next }
      printf "%s:%d: %d of %d branches not taken: %s\n", $1, $2, $4, $3, words_of($1, $2); bad = 1
    }
    END {
      for (i = 1; i <= files; ++i) {
        path = order[i]
        printf "%-48s %4d branches, %4d taken, %3d excepted\n", path, all[path], all[path] - missed[path], excepted[path]
        if (!(path in all)) { print path ": no branch of it was seen"; bad = 1 }
      }
      for (key in allowed) if (!(key in used)) { split(key, field, "\t"); print field[1] ": an exception that nothing needs: " field[2]; bad = 1 }
      exit bad
    }
AWK
}

main "$@"
