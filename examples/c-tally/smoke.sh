printf 'b\na\nb\n' | tally
