/docker-entrypoint.sh go-links &
curl --silent --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null -w '%{http_code} %{redirect_url}\n' localhost:8080/docs
curl --silent -w '%{http_code}\n' localhost:8080/nothing
kill $!
