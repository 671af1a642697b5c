# Run inside the image, as sh -c: prints the page, a tile, and the modes, the same for every build that works.
serve &
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    busybox wget -q -O /tmp/page http://localhost:8080/index.html 2>/dev/null && break
    sleep 0.3
done
cat /tmp/page
busybox wget -q -O - http://localhost:8080/map/2/3/1.png | cksum
kill $!
find /srv/www -printf '%m %u %p\n' | sort | cksum
