#!/bin/sh
# What a ledger comes to: sh tally.sh COMMAND FILE, or - for standard input. A command is a program of awk in commands/,
# and sees the functions of lib/.
set -eu
here=$(dirname "$0")
command=${1:-}
program=$here/commands/$command.awk
if [ -z "$command" ] || [ ! -f "$program" ]; then
    echo "tally: say which command: $(cd "$here/commands" && echo *.awk | sed 's/\.awk//g')" >&2
    exit 2
fi
ledger=${2:--}
set --
for library in "$here"/lib/*.awk; do
    set -- "$@" -f "$library"
done
exec awk -F, "$@" -f "$program" "$ledger"
