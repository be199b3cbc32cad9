# A total is the sum of all amounts.
found=$(printf '%s\n' 2026-01-07,Ada,train,40.50 2026-02-01,Bob,paper,9.25 | sh tally.sh total -)
[ "$found" = 49.75 ] || { echo "a total of 49.75 was expected, and it is $found"; exit 1; }
