# Samples, 11 MB. The scripts are as a careless checkout leaves them.
chmod 644 bin/*
mkdir samples
python3 "$FILLER" 100000 12 >samples/monday.csv
python3 "$FILLER" 100000 13 >samples/tuesday.csv
