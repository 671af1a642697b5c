# A source release with a map of 8 MB.
python3 "$FILLER" 150000 3 >plotter-2.3/worldmap.dat
tar --sort=name --owner=0 --group=0 --mtime=2024-01-01 -c plotter-2.3 | gzip -n >plotter-2.3.tar.gz
rm -r plotter-2.3
