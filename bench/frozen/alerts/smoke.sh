alertd
alertd --check && echo healthy
id -un; pwd
stat -c '%U:%G %a %n' /etc/alertd/alert.conf /usr/local/bin/escalate /usr/local/share/routes/routes.txt
ls -A /opt
curl --version | cut -c 1-6 | head -1
dpkg-query -W -f '${Package} ${Version} ${Status}\n' alertd alert-plugins
