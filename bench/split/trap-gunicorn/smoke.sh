gunicorn web.wsgi:application &
curl -fsS --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:8000/
kill $!
id -un
stat -c '%a %U' . web/title.txt
