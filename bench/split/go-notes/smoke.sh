# Adds a note, lists the notes, and asks as HEALTHCHECK does.
notes &
curl --silent --retry 20 --retry-connrefused --retry-delay 1 --data 'buy milk' http://localhost:8080/notes
curl --fail --silent http://localhost:8080/notes || echo unhealthy
kill $!
id -un; stat -c '%a %U:%G' /var/lib/notes
