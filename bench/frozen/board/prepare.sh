# A gem with a list of words (4 MB), and a release of the board with a year of posts (11 MB).
mkdir -p vendor/gems slate-1.1.0/data board-0.9/archive
python3 "$FILLER" 80000 7 >slate-1.1.0/data/words.csv
python3 "$APPLICATION/pack_gem.py" slate-1.1.0 vendor/gems/slate-1.1.0.gem
python3 "$FILLER" 200000 8 >board-0.9/archive/2023.csv
tar --sort=name --owner=0 --group=0 --mtime=2024-01-01 -c board-0.9 | gzip -n >board-0.9.tar.gz
rm -r slate-1.1.0 board-0.9
