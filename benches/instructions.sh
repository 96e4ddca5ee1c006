#!/bin/sh
# Prints how many instructions a call of each trampoline takes, with what is
# inlined into it but without what it calls, as valgrind's callgrind counts them:
# for a handler that is inlined, which has limits, and for one that is called.
#
# Usage: benches/instructions.sh [OPTIONS OF cargo bench]
# For example: benches/instructions.sh --features static-curl,http2,protocol-ftp
# Fails if a call takes more than its limit.
set -eu

profile=$(mktemp)
trap 'rm -f "$profile"' EXIT

host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUNNER=valgrind --quiet --tool=callgrind \
    --compress-strings=no --compress-pos=no --callgrind-out-file=$profile"

# An older libcurl may hand over several lines at once, so each is searched for an end of line.
header=55
case "$*" in *static-curl*) header=22 ;; esac

missed=0
for handler in inlined opaque; do
    cargo bench --bench instructions "$@" -- "$handler"
    awk -v handler="$handler" -v header="$header" '
        BEGIN {
            count = split("write 30 header " header " read 72 xfer_info 22 debug 20", words)
            for (i = 1; i < count; i += 2) {
                order[++kinds] = words[i]
                limit[words[i]] = words[i + 1]
            }
        }
        # Returns which trampoline a function is, if any.
        function trampoline(name) {
            if (!sub(/^.*curlback::run::trampolines::/, "", name)) return ""
            sub(/^progress::/, "", name)
            sub(/[^a-z_].*$/, "", name)
            return name
        }
        /^fn=/ { current = trampoline($0); next }
        /^cfn=/ { callee = trampoline($0); next }
        # The line after a call is the cost of the called.
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
exit "$missed"
