#!/bin/sh
# Prints how many instructions this crate takes, as valgrind's callgrind counts them, and fails if
# it takes more than its limits:
# - a call of five trampolines, with what is inlined into each but without what it calls: once for a
#   handler that is inlined, to which the limits apply, and once for a handler that is called;
# - transfers of five kinds, with libcurl's part, beside those of `curl-sys` alone: benches/cost.rs.
#   The limit is for the difference between the two, per transfer.
#
# Usage: benches/instructions.sh [OPTIONS OF cargo bench]
# For example: benches/instructions.sh --features static-curl,http2,protocol-ftp
set -eu

profile=$(mktemp)
trap 'rm -f "$profile"' EXIT

host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
callgrind="valgrind --quiet --tool=callgrind --compress-strings=no --compress-pos=no \
    --callgrind-out-file=$profile"
runner="CARGO_TARGET_${host}_RUNNER"

missed=0
export "$runner=$callgrind"
for handler in inlined opaque; do
    cargo bench --bench instructions "$@" -- "$handler"
    awk -v handler="$handler" '
        BEGIN {
            count = split("write 22 header 22 read 60 xfer_info 18 debug 16", words)
            for (i = 1; i < count; i += 2) {
                order[++kinds] = words[i]
                limit[words[i]] = words[i + 1]
            }
        }
        # Returns the name of the trampoline that a function belongs to; "" if it is none.
        function trampoline(name) {
            if (!sub(/^.*curlback::run::trampolines::/, "", name)) return ""
            sub(/^progress::/, "", name)
            sub(/[^a-z_].*$/, "", name)
            return name
        }
        /^fn=/ { current = trampoline($0); next }
        /^cfn=/ { callee = trampoline($0); next }
        # The line after `calls=` has the cost of the called function.
        /^calls=/ { sub(/^calls=/, ""); calls[callee] += $1; getline; next }
        /^[0-9]/ && current != "" { self[current] += $2 }
        END {
            printf "\n%-10s %10s %12s %8s   (%s handler)\n", "callback", "calls", "instructions", "limit", handler
            for (i = 1; i <= kinds; i++) {
                name = order[i]
                if (!calls[name]) {
                    printf "%-10s was not called, or has another name now\n", name
                    missed = 1
                    continue
                }
                each = self[name] / calls[name]
                most = handler == "inlined" ? limit[name] : "-"
                printf "%-10s %10d %12.1f %8s\n", name, calls[name], each, most
                if (handler == "inlined" && each > limit[name]) missed = 1
            }
            print ""
            exit missed
        }
    ' "$profile" || missed=1
done

# Prints the instructions of one transfer of a kind by a client. Counts only that kind's function
# and what it calls, on its own thread.
cost() {
    kind=$1
    client=$2
    count=$3
    shift 3
    export "$runner=$callgrind --toggle-collect=cost::$kind*"
    cargo bench --quiet --bench cost "$@" -- "$kind" "$client" "$count" >&2
    awk -v count="$count" '/^(summary|totals):/ { printf "%d\n", $2 / count; exit }' "$profile"
}

# The columns: kind, number of transfers, limit with the system's libcurl, limit with the bundled
# one. Most instructions of `kept` and `fresh` are libcurl's: DESIGN.md. On a busy machine, libcurl
# polls more often; the limits allow for that.
printf '%-10s %12s %12s %10s %8s %8s\n' transfer curl-sys curlback difference limit ratio
while read -r kind count system bundled; do
    limit=$system
    case "$*" in *static-curl*) limit=$bundled ;; esac
    raw=$(cost "$kind" curl-sys "$count" "$@" </dev/null)
    own=$(cost "$kind" curlback "$count" "$@" </dev/null)
    awk -v kind="$kind" -v raw="$raw" -v own="$own" -v limit="$limit" 'BEGIN {
        printf "%-10s %12d %12d %10d %8d %8.3f\n", kind, raw, own, own - raw, limit, raw ? own / raw : 0
        exit !raw || !own || own - raw > limit
    }' || missed=1
done <<END
made 200 2950 2500
fresh 100 20000 25000
kept 200 4000 4500
chunks 10 95000 60000
opened 200 6000 8500
END
exit "$missed"
