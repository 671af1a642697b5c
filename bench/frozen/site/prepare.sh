# The repository itself, with an old archive in its history (8 MB).
chmod 644 docker/start.sh
export GIT_AUTHOR_DATE=2024-01-01T00:00:00Z GIT_COMMITTER_DATE=2024-01-01T00:00:00Z
export GIT_AUTHOR_NAME=Example GIT_AUTHOR_EMAIL=site@example.org GIT_COMMITTER_NAME=Example GIT_COMMITTER_EMAIL=site@example.org
git init -q -b main
python3 "$FILLER" 250000 16 >old-archive.csv
git add . && git commit -q -m "All of it"
git rm -q old-archive.csv && git commit -q -m "The archive is elsewhere"
