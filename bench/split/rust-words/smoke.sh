# Counts words.
echo 'the cat and the dog and the cat of a dog cat' | ./target/release/words --top 2
