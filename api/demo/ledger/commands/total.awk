# What all entries come to.
{ total += amount() }
END { printf "%.2f\n", total }
