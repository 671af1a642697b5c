# Pages for the tests, 6 MB, and uploads, 11 MB.
python3 "$FILLER" 100000 5 >packages/fixtures/pages.csv
mkdir storage/uploads
python3 "$FILLER" 200000 6 >storage/uploads/archive.csv
