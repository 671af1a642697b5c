# Run inside the image, as sh -c: prints where the links lead, the same for every build that works.
/docker-entrypoint.sh go-links &
curl --silent --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null -w '%{http_code} %{redirect_url}\n' localhost:8080/docs
curl --silent -w '%{http_code}\n' localhost:8080/nothing
kill $!
