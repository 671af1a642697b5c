# Two dictionaries, 11 MB, packed.
mkdir dictionaries
python3 "$FILLER" 100000 1 >dictionaries/one.csv
python3 "$FILLER" 100000 2 >dictionaries/two.csv
tar --sort=name --owner=0 --group=0 --mtime=2024-01-01 -c dictionaries | xz -1 >dictionaries.tar.xz
rm -r dictionaries
