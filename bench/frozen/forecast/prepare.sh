# A wheel with a table of 8 MB, and the history of the stations, 11 MB.
mkdir dist
cp -R "$APPLICATION/models/north_models" .
python3 "$FILLER" 150000 14 >north_models/table.csv
python3 "$APPLICATION/pack_wheel.py" north_models dist/north_models-1.0-py3-none-any.whl
rm -r north_models
python3 "$FILLER" 200000 15 >history/stations.csv
