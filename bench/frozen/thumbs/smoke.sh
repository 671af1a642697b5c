python -m thumbs.server >/dev/null &
sleep 2
curl -fsS http://localhost:8000/health; echo
curl -fsS http://localhost:8000/harbour | head -c 4 | tail -c 3; echo
kill $!
id -un
stat -c '%U:%G %a %n' /app /app/thumbs /app/photos/tower.ppm /app/venv/bin/python3 /app/cache /app/cache/harbour.png
command -v gcc || echo no compiler
