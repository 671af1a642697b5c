# Run inside the image, as sh -c: prints the pages, and who owns what, the same for every build that works.
python drop.py &
python - <<'PY'
import time, urllib.request, hashlib
for _ in range(50):
    try:
        print(urllib.request.urlopen("http://localhost:8080/").read().decode())
        break
    except OSError:
        time.sleep(0.1)
print(hashlib.sha256(urllib.request.urlopen("http://localhost:8080/assets/photo-3.jpg").read()).hexdigest())
PY
kill $!
touch /srv/app/upload && stat -c '%n %a %U' /srv/app /srv/app/drop.ini /srv/app/assets/photo-0.jpg /srv/templates /srv/app/.ready
