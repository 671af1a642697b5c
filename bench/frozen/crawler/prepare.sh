# What others serve: two repositories with a history, corpora and stop words. And samples of our own, 6 MB.
python3 "$FILLER" 100000 17 >crawler/seeds/samples.csv
export GIT_AUTHOR_DATE=2024-01-01T00:00:00Z GIT_COMMITTER_DATE=2024-01-01T00:00:00Z
export GIT_AUTHOR_NAME=Example GIT_AUTHOR_EMAIL=spider@example.org GIT_COMMITTER_NAME=Example GIT_COMMITTER_EMAIL=spider@example.org

repository() { # FOLDER SEED: with an old file of 5 MB in its history
    git -C "$1" init -q -b main
    python3 "$FILLER" 150000 "$2" >"$1/old.csv"
    git -C "$1" add . && git -C "$1" commit -q -m "All of it"
    git -C "$1" rm -q old.csv && git -C "$1" commit -q -m "Without the old file"
    git clone -q --bare "$1" "$SERVED/$1.git"
    rm -r "$1"
}
cp -R "$APPLICATION/spider" .
python3 "$FILLER" 50000 18 >spider/tests.csv
repository spider 19
mkdir rules && seq 40 >rules/rules.txt
repository rules 20

mkdir corpora && python3 "$FILLER" 250000 21 >corpora/hosts.csv
tar --sort=name --owner=0 --group=0 --mtime=2024-01-01 -c corpora | gzip -n >"$SERVED/corpora-r7.tgz"
echo south >stopwords.txt
python3 "$FILLER" 80000 22 | cut -d, -f2 >>stopwords.txt
tar --sort=name --owner=0 --group=0 --mtime=2024-01-01 -c stopwords.txt | gzip -n >"$SERVED/stopwords.tar.gz"
rm -r corpora stopwords.txt
