//! Counts the words of standard input but for those in `stopwords.txt` of the working directory.
use std::collections::{HashMap, HashSet};
use std::io::Read;

fn main() {
    let stop = std::fs::read_to_string("stopwords.txt").expect("stopwords.txt");
    let stop: HashSet<&str> = stop.lines().collect();
    let top: usize = std::env::args().nth(2).and_then(|text| text.parse().ok()).unwrap_or(3);
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("text");
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace().filter(|word| !stop.contains(word)) {
        *counts.entry(word).or_default() += 1;
    }
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (word, count) in sorted.into_iter().take(top) {
        println!("{count} {word}");
    }
}
