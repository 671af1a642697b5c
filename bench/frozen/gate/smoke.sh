gate tree "$(head -1 dictionaries/two.csv | cut -d, -f2)"
gate -listen :8080 &
sleep 2
gate -check && echo healthy
kill $!
id -un; pwd
stat -c '%U:%G %a %n' /usr/local/bin/gate /var/lib/gate /var/lib/gate/dictionaries /var/lib/gate/dictionaries/one.csv
go version | cut -d' ' -f 1,2
xz --version | head -c 2; echo
ls /go/src
