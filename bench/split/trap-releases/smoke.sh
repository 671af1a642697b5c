serve
/srv/serve
/srv/releases/1/bin/serve
ls -l /srv | grep -c -e "->"
readlink /srv/current
